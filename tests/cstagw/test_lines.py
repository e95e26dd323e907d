"""Which appearance a Line URI means for a user: every rule, in its order."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cstagw.directory import Directory, Row, Table, read_rows
from cstagw.errors import DirectoryNotLoaded, GatewayError, NotAuthorized, UnknownLine
from cstagw.identity import LineAppearance, LineUri
from cstagw.lines import MAX_CANDIDATES, Candidates, Lines, Rule, is_ip_communicator
from cstagw.numbers import Numbers
from cstagw.numbers import Rule as NumberRule
from cstagw.selection import Choice, Choices

SOFT = "Cisco IP Communicator"


def row(text: str) -> Row:
    """user dn device[;partition] model enabled"""
    user, dn, device, model, enabled = (*text.split("|"), "", "", "")[:5]
    name, _, partition = device.partition(";")
    return Row("test", user, dn, partition, name, model, enabled)


ROWS = [
    "al@x|1001|SEP1",
    "bo@x|1002|SEP2",
    "ca@x|1100|SEPB|8851",
    "ca@x|1100|SEPA|8851",
    f"ca@x|1100|SEPC|{SOFT}",
    "da@x|1200|SEPS;staff",
    "da@x|1200|SEPL;lab",
    "ed@x|1300|SEP3||no",
    "|1400|SEP4",
    "al@x|+14255551001|SEPE",
    "fi@x|1500",
    "ga@x|1600|SEPZ",
    "ga@x|1600|SEPY",
]


def lines_of(
    *choices: Choice, rows: list[str] = ROWS, every: str = "", numbers: Numbers | None = None
) -> Lines:
    known = Choices()
    known.apply(choices)
    table = Table(read_rows(map(row, rows)))
    lines = Lines(Directory("csv", "csv:x", table), known, all_lines=frozenset(every.split()))
    if numbers is not None:
        lines.dialled = numbers.dialled
    return lines


def short(found: Candidates) -> str:
    """`SEPC SEPA SEPB | SEPA`: the order in which they are asked, and what is left when none is there."""
    return " ".join(map(_name, found.appearances)) + f" | {_name(found.fallback)}"


def _name(one: LineAppearance) -> str:
    return f"{one.dn}@{one.device}{';' + one.partition if one.partition else ''}"


@pytest.mark.parametrize(
    ("user", "line", "found", "rule"),
    [
        ("al@x", "tel:1001", "1001@SEP1 | 1001@SEP1", Rule.ONLY),
        ("al@x", "tel:10-01;phone-context=dialstring", "1001@SEP1 | 1001@SEP1", Rule.ONLY),
        ("al@x", "tel:1001;device=sep1", "1001@SEP1 | 1001@SEP1", Rule.NAMED),
        ("al@x", "tel:+1 (425) 555-1001", "+14255551001@SEPE | +14255551001@SEPE", Rule.ONLY),
        ("al@x", "tel:+14255550100;ext=1001", "1001@SEP1 | 1001@SEP1", Rule.ONLY),
        ("al@x", "tel:+14255551001;ext=77", "+14255551001@SEPE | +14255551001@SEPE", Rule.ONLY),
        ("ca@x", "tel:1100", "1100@SEPC 1100@SEPA 1100@SEPB | 1100@SEPA", Rule.COMMUNICATOR),
        ("ca@x", "tel:1100;device=SEPB", "1100@SEPB | 1100@SEPB", Rule.NAMED),
        ("da@x", "tel:1200", "1200@SEPL;lab 1200@SEPS;staff | 1200@SEPL;lab", Rule.FIRST),
        ("da@x", "tel:1200;partition=STAFF", "1200@SEPS;staff | 1200@SEPS;staff", Rule.ONLY),
        ("fi@x", "tel:1500", "1500@None | 1500@None", Rule.ONLY),
        ("fi@x", "tel:1500;device=SEP9", "1500@SEP9 | 1500@SEP9", Rule.NAMED),
        ("ga@x", "tel:1600", "1600@SEPY 1600@SEPZ | 1600@SEPY", Rule.FIRST),
    ],
)
def test_the_rules(user: str, line: str, found: str, rule: Rule) -> None:
    candidates = lines_of().candidates(user, LineUri.parse(line))
    assert (short(candidates), candidates.rule) == (found, rule)


@pytest.mark.parametrize(
    ("user", "line", "error", "words"),
    [
        ("al@x", "tel:1002", NotAuthorized, "al@x may not control tel:1002: it is not his in csv:x"),
        ("al@x", "tel:1100;device=SEPA", NotAuthorized, "may not control"),
        ("al@x", "tel:1001;device=SEP2", UnknownLine, "no line appearance for tel:1001;device=SEP2"),
        ("al@x", "tel:1001;partition=p", UnknownLine, "no line appearance"),
        ("al@x", "tel:1400", NotAuthorized, "may not control"),
        ("ed@x", "tel:1300", NotAuthorized, "tel:1300 is disabled for ed@x"),
        ("zz@x", "tel:9", UnknownLine, "no line appearance for tel:9 in csv:x"),
    ],
)
def test_who_may_not(user: str, line: str, error: type[GatewayError], words: str) -> None:
    with pytest.raises(error, match=words.replace("(", "\\(")):
        lines_of().candidates(user, LineUri.parse(line))


@pytest.mark.parametrize(
    ("choice", "line", "found", "rule"),
    [
        (Choice("ca@x", "1100", "sepb"), "tel:1100", "1100@SEPB | 1100@SEPB", Rule.CHOSEN),
        (Choice("ca@x", "1100", "SEPB"), "tel:1100;device=SEPA", "1100@SEPB | 1100@SEPB", Rule.CHOSEN),
        (Choice("ca@x", "1100", "SEP1"), "tel:1100;device=SEPA", "1100@SEPA | 1100@SEPA", Rule.NAMED),
        (Choice("da@x", "1200", "SEPL", "lab"), "tel:1200", "1200@SEPL;lab | 1200@SEPL;lab", Rule.CHOSEN),
        (
            Choice("da@x", "1200", "SEPL", "lab"),
            "tel:1200;partition=staff",
            "1200@SEPS;staff | 1200@SEPS;staff",
            Rule.ONLY,
        ),
    ],
)
def test_the_users_choice_comes_first_where_it_is_possible(
    choice: Choice, line: str, found: str, rule: Rule
) -> None:
    candidates = lines_of(choice).candidates(choice.user, LineUri.parse(line))
    assert (short(candidates), candidates.rule) == (found, rule)


@pytest.mark.parametrize("every", ["su@x", "*"])
def test_a_super_provider(every: str) -> None:
    lines = lines_of(every=every)
    assert short(lines.candidates("su@x", LineUri.parse("tel:1002"))) == "1002@SEP2 | 1002@SEP2"
    unknown = lines.candidates("su@x", LineUri.parse("tel:9;device=X"))
    assert (short(unknown), unknown.rule) == ("9@X | 9@X", Rule.OPEN)
    # Two users on one line are one appearance.
    both = lines_of(rows=["a@x|1|SEP1", "b@x|1|SEP1"], every=every)
    assert short(both.candidates("su@x", LineUri.parse("tel:1"))) == "1@SEP1 | 1@SEP1"


def test_the_open_directory_leaves_the_rest_to_the_cluster() -> None:
    lines = Lines(Directory(), Choices())
    found = lines.candidates("anybody", LineUri.parse("tel:+14255550100;ext=12;partition=p"))
    assert short(found) == "12@None;p +14255550100@None;p | 12@None;p"


def test_nobody_before_the_directory_was_loaded() -> None:
    lines = Lines(Directory("csv", "csv:x"), Choices())
    with pytest.raises(DirectoryNotLoaded, match="csv:x has not been loaded yet"):
        lines.candidates("al@x", LineUri.parse("tel:1001"))


def test_a_public_number_finds_the_extension_by_the_rules_for_numbers() -> None:
    plain = Numbers(inbound=(NumberRule(r"\+1425555(\d{4})", r"\1"),))
    with_extension = Numbers(inbound=(NumberRule(r"\+14255550100;ext=9(\d{4})", r"\1"),))
    assert short(lines_of(numbers=plain).candidates("bo@x", LineUri.parse("tel:+14255551002"))) == (
        "1002@SEP2 | 1002@SEP2"
    )
    line = LineUri.parse("tel:+14255550100;ext=91002")
    assert short(lines_of(numbers=with_extension).candidates("bo@x", line)) == "1002@SEP2 | 1002@SEP2"


def test_a_line_on_very_many_phones_is_asked_for_so_many_times_only() -> None:
    rows = [f"al@x|1|SEP{number:03}" for number in range(100)]
    assert len(lines_of(rows=rows).candidates("al@x", LineUri.parse("tel:1")).appearances) == MAX_CANDIDATES


@pytest.mark.parametrize(
    ("model", "is_one"),
    [(SOFT, True), ("cisco ip communicator", True), ("CIPC", True), ("Cisco 8851", False), ("", False)],
)
def test_ip_communicator(model: str, is_one: bool) -> None:
    assert is_ip_communicator(model) is is_one


_dns, _devices = st.sampled_from(["1", "2", "3"]), st.sampled_from(["SEPA", "SEPB", "SEPC"])
_rows = st.lists(
    st.builds(
        lambda user, dn, device, soft, on: f"{user}|{dn}|{device}|{SOFT if soft else ''}|{on}",
        st.sampled_from(["al@x", "bo@x", ""]),
        _dns,
        _devices,
        st.booleans(),
        st.sampled_from(["yes", "no"]),
    ),
    max_size=12,
)


@given(_rows, _dns, st.none() | _devices, st.none() | _devices)
def test_nobody_ever_gets_what_is_not_his(
    rows: list[str], dn: str, named: str | None, chosen: str | None
) -> None:
    lines = lines_of(*([Choice("al@x", dn, chosen)] if chosen else []), rows=rows)
    his = {(one.dn, one.device) for one in lines.appearances_of("al@x") if one.enabled}
    try:
        found = lines.candidates("al@x", LineUri.parse(f"tel:{dn};device={named or ''}"))
    except (NotAuthorized, UnknownLine):
        assert not [one for one in his if one[0] == dn and named in (None, one[1])]
        return
    assert {(one.dn, one.device) for one in found.appearances} <= his
    assert found.fallback in found.appearances
    if (dn, chosen) in his:
        assert found.fallback.device == chosen
    elif named:
        assert found.fallback.device == named
