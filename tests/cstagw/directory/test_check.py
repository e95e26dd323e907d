"""What is found in a directory: a broken one for each kind of finding, and a clean one that has none."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cstagw.directory import Row, Table
from cstagw.directory.check import MAX_LINE_URIS, Asked, Facts, Finding, Kind, check, in_order, read, to_ask
from cstagw.identity import LineAppearance
from cstagw.numbers import Numbers, Rule
from cstagw.selection import Choice, Choices

CLEAN = """
al@example.com|1001|SEP000000001001
bo@example.com|1100|SEP000000001100|Cisco 8851||tel:1100
bo@example.com|1100|SEP00000000110C|Cisco IP Communicator
ca@example.com|1001|SEP000000001001
da@example.com|1200|SEP000000001200;staff|||tel:1200;partition=STAFF
da@example.com|1200|SEP00000000120B;lab
ed@example.com|1300|SEP000000001300|||tel:1300;device=sep000000001300
ed@example.com|1300|SEP000000001301
fi@example.com|1301
fi@example.com|1302|SEP000000001302||no|tel:9
|1400|CTIPORT_1
ga@example.com|+14255551001|SEPAABBCCDDEEFF|||tel:+1 (425) 555-1001
ga@example.com||
"""


def rows(text: str) -> list[Row]:
    """user|dn|device;partition|model|enabled|line_uri, each line a row."""
    return [_row(place, line) for place, line in enumerate(text.strip().splitlines(), 1)]


def _row(place: int, line: str) -> Row:
    user, dn, device, model, enabled, line_uri = (*line.split("|"), "", "", "", "", "")[:6]
    name, _, partition = device.partition(";")
    return Row(f"line {place}", user, dn, partition, name, model, enabled, line_uri)


def findings(text: str, facts: Facts | None = None) -> list[Finding]:
    entries, shown = read(rows(text))
    return in_order([*shown, *check(entries, facts or Facts())])


def short(found: list[Finding]) -> list[str]:
    return [f"{one.kind}: {one.place}: {one.who}: {one.text}" for one in found]


def is_valid(number: str) -> bool:
    return number == "+14255551001"


def test_nothing_is_found_in_a_clean_directory() -> None:
    entries, _ = read(rows(CLEAN))
    asked = Asked("ctim1", known=len(to_ask(entries)))
    facts = Facts(hosts={"this machine": "gw-1.example.com"}, is_valid=is_valid, asked=asked)
    assert short(findings(CLEAN, facts)) == []


@dataclass(frozen=True)
class Broken:
    """A directory, and what is found in it beside nothing else."""

    text: str
    found: str
    facts: Facts | None = None


_AWAY = LineAppearance("1009", "SEP000000001009", "staff")
_TABLE = [
    Broken(
        "al@@|1001|SEP000000001001\nbo@example.com|1002",
        "row: line 1: al@@: user 'al@@' is not a SIP address such as sip:alice@example.com",
    ),
    Broken("al@example.com|1001|S P1\nbo@x|1002", "row: line 1: al@example.com: device 'S P1' is not the"),
    Broken("al@example.com|1001|||?\nbo@x|1002", "row: line 1: al@example.com: enabled '?' is neither"),
    Broken("|1001|||no", "no finding"),
    Broken("", "empty: : : no row has a line appearance that can be read"),
    # Line URIs
    Broken(
        "al@example.com|+14255551001||||tel:+14255551001;Phone-Context=dialstring",
        "phone-context: line 1: al@example.com: tel:+14255551001;Phone-Context=dialstring makes Lync clients",
    ),
    Broken(
        "al@example.com|tel:+14255551001;phone-context=x",
        "phone-context: line 1: al@example.com: tel:+14255551001;phone-context=x makes Lync clients fail",
    ),
    Broken(
        "al@example.com|tel:+14255551001;phone-context=x||||tel:+14255551001",
        "phone-context: line 1: al@example.com: tel:+14255551001;phone-context=x makes Lync clients fail",
    ),
    Broken("al@example.com|tel:1001;phone-context=dialstring", "no finding"),
    Broken(
        "al@example.com|1001||||1001",
        "line-uri: line 1: al@example.com: 1001 is no tel: URI of a number",
    ),
    Broken(
        "al@example.com|1001||||tel:1002\nbo@example.com|1002",
        "line-uri: line 1: al@example.com: tel:1002 does not lead to 1001",
    ),
    Broken(
        "al@example.com|1001|SEP000000001001|||tel:1001;device=SEP000000001002",
        "line-uri: line 1: al@example.com: tel:1001;device=SEP000000001002 names another device or partition",
    ),
    Broken(
        "al@example.com|1001|SEP000000001001;staff|||tel:1001;partition=lab",
        "line-uri: line 1: al@example.com: tel:1001;partition=lab names another device or partition",
    ),
    Broken(
        "al@example.com|1001||||tel:+14255551001",
        "line-uri: line 1: al@example.com: tel:+14255551001 does not lead to 1001",
    ),
    Broken(
        "al@example.com|1001||||tel:+14255551001",
        "no finding",
        Facts(dialled=Numbers(inbound=(Rule(r"\+1425555(\d{4})", r"\1"),)).dialled),
    ),
    Broken("al@example.com|1001||||tel:+14255550100;ext=1001", "no finding"),
    Broken(
        "al@example.com|1001||||tel:1001\nbo@example.com|1001||||TEL:10-01;phone-context=dialstring",
        "shared-line-uri: line 2: bo@example.com: TEL:10-01;phone-context=dialstring is that of "
        "al@example.com as well (line 1)",
    ),
    Broken(
        "al@example.com|1001|SEPAABBCCDDEEF1|||tel:1001;device=SEPAABBCCDDEEF1\n"
        "bo@example.com|1001|SEPAABBCCDDEEF2|||tel:1001;device=SEPAABBCCDDEEF2",
        "no finding",
    ),
    # Lines
    Broken(
        "al@example.com|1001|CSF1;Staff\nAL@example.com|10-01|csf1;staff||no",
        "duplicate: line 2: al@example.com: 1001 on csf1 in partition staff is in line 1 already",
    ),
    Broken("|1001|CSF1\n|1001|CSF1", "duplicate: line 2: : 1001 on CSF1 is in line 1 already"),
    Broken("al@example.com|1001|CSF1;a\nal@example.com|1001|CSF1;b", "no-rule: line 1: al@example.com: 1001"),
    Broken("al@example.com||\nbo@example.com|1001", "no-line: line 1: al@example.com: no line appearance"),
    Broken(
        "al@example.com|1001|||no\nal@example.com|1002|||no\nbo@example.com|1001",
        "no-line: line 1: al@example.com: disabled for him: 1001, 1002",
    ),
    Broken(
        "al@example.com|1001|CSF2\nal@example.com|1001|CSF1",
        "no-rule: line 1: al@example.com: 1001 is on CSF1, CSF2: the first that is registered is taken",
    ),
    Broken(
        "al@example.com|1001|CSF3\nal@example.com|1001|CSF2|CIPC\nal@example.com|1001|CSF1|CIPC",
        "no-rule: line 1: al@example.com: 1001 is on CSF1, CSF2, CSF3: the first that is registered is taken",
    ),
    Broken(
        "al@example.com|1001|CSF1|||tel:1001\nal@example.com|1001|CSF2|||tel:1001;device=CSF2",
        "no-rule: line 1: al@example.com: 1001 is on CSF1, CSF2",
    ),
    Broken("al@example.com|1001|CSF1\nal@example.com|1001|CSF2||no", "no finding"),
    # Names and numbers
    Broken(
        "al@example.com|1001|sepaabbccddeeff",
        "device-name: line 1: al@example.com: sepaabbccddeeff is SEPAABBCCDDEEFF in CUCM",
    ),
    Broken("al@example.com|1001|SEP1001", "device-name: line 1: al@example.com: SEP1001 is not SEP and 12"),
    Broken("al@example.com|1001|AA-BB-CC-DD-EE-FF", "device-name: line 1: al@example.com: AA-BB-CC-DD-EE-FF"),
    Broken("al@example.com|1001|1001", "device-name: line 1: al@example.com: 1001 is a number"),
    Broken(
        "al@example.com|+142\nbo@example.com|+142",
        "e164: line 1: al@example.com: +142 is in no numbering plan",
        Facts(is_valid=is_valid),
    ),
    Broken("al@example.com|+142", "no finding"),
    Broken(
        "bo@example.com|1001\nal@ex_ample.com|1002\nca@ex_ample.com|1003\nal@ex_ample.com|1004",
        'host-name: line 2: al@ex_ample.com: "_" is in the domain ex_ample.com, that of 1 more as well',
    ),
    Broken(
        "bo@example.com|1001",
        'host-name: this machine: gw_1: "_" is in it',
        Facts(hosts={"this machine": "gw_1", "[directory] source": "db.example.com"}),
    ),
    # What CTIManagers say
    Broken(
        "al@example.com|1009|SEP000000001009;staff\nbo@example.com|1009|SEP000000001009;staff",
        "unknown-device: line 1: al@example.com: 1009 on SEP000000001009 in partition staff is not in "
        "provider's domain at ctim1",
        Facts(asked=Asked("ctim1", unknown=frozenset({_AWAY}))),
    ),
    Broken(
        "al@example.com|1009|SEP000000001009;staff",
        "not-associated: line 1: al@example.com: 1009 on SEP000000001009 in partition staff is not in "
        "provider's domain at ctim1",
        Facts(asked=Asked("ctim1", not_associated=frozenset({_AWAY}))),
    ),
    Broken(
        "al@example.com|1001",
        "not-asked: : ctim1: Connection refused",
        Facts(asked=Asked("ctim1", trouble="Connection refused", cure="start it")),
    ),
    Broken(
        "al@example.com|1001",
        "not-asked: : ctim1: no answer that decides: 3 with resourceBusy",
        Facts(asked=Asked("ctim1", others={"resourceBusy": 3})),
    ),
]


@pytest.mark.parametrize("broken", _TABLE, ids=lambda broken: broken.text[:60].replace("\n", " "))
def test_one_thing_is_wrong(broken: Broken) -> None:
    found = findings(broken.text, broken.facts)
    if broken.found == "no finding":
        assert short(found) == []
        return
    assert len(found) == 1
    assert short(found)[0].startswith(broken.found)
    assert found[0].cure


def test_the_table_has_every_kind_that_rows_can_be_of() -> None:
    there = {one.found.partition(":")[0] for one in _TABLE}
    assert there - {"no finding"} == set(Kind) - {Kind.SOURCE, Kind.SELECTIONS}


def test_errors_come_first_and_kinds_together() -> None:
    found = findings(
        "al@example.com|||\nbo@x_y|1001|SEP1\nca@@|1\nal@example.com|||\nbo@x_y|1001|SEP1\nda@@|1\ned@x_y||"
    )
    kinds = [one.kind for one in found]
    assert kinds == ["row", "row", "duplicate", "no-line", "no-line", "device-name", "host-name"]
    assert [one.severity for one in found] == ["error"] * 3 + ["warning"] * 4
    assert [one.place for one in found] == [f"line {number}" for number in (3, 6, 5, 1, 7, 2, 2)]


def test_what_is_to_be_asked_for() -> None:
    entries, _ = read(rows("al@x|1|A;p\nbo@x|1|A;p\nbo@x|2|B||no\nca@x||\n|3"))
    assert list(to_ask(entries)) == [LineAppearance("1", "A", "p"), LineAppearance("3")]


def test_what_was_chosen_needs_no_rule() -> None:
    choices = Choices()
    choices.apply([Choice("al@example.com", "1001", "CSF2")])
    text = "al@example.com|1001|CSF2\nal@example.com|1001|CSF1"
    assert short(findings(text, Facts(choices=choices))) == []


def test_only_so_many_line_uris_of_a_user_are_followed() -> None:
    text = "\n".join(f"al@example.com|1|||| tel:9{number}" for number in range(MAX_LINE_URIS + 4))
    found = [one for one in findings(text) if one.kind is Kind.LINE_URI]
    assert len(found) == 1 + MAX_LINE_URIS
    assert found[-1].text == f"{MAX_LINE_URIS + 4} Line URIs, of which {MAX_LINE_URIS} were followed"


def test_many_names_are_counted() -> None:
    text = "\n".join(f"al@example.com|1|CSF{number}" for number in range(9))
    assert findings(text)[0].text.startswith("1 is on CSF0, CSF1, CSF2 and 6 more:")


_SHAPES: dict[str, Callable[[int], str]] = {
    "a number that everybody has": lambda number: f"u{number}@x|1|SEP{number:012X}|||tel:1",
    "a user who has everything": lambda number: f"u@x|{number}|SEP{number:012X}|||tel:{number}",
    "a user with one line on everything": lambda number: f"u@x|1|SEP{number:012X}|||tel:1;device=D{number}",
    "one row again and again": lambda _number: "u@x|1|SEP1|||tel:2",
    "one Line URI for all": lambda number: f"u{number}@x|{number}||||tel:1",
    "a domain for each": lambda number: f"u@x_{number}|",
}


@pytest.mark.parametrize("shape", _SHAPES.values(), ids=_SHAPES)
def test_the_work_grows_with_the_rows_and_not_faster(shape: Callable[[int], str]) -> None:
    few, many = (_work("\n".join(map(shape, range(1, count)))) for count in (200, 1600))
    assert many < 8 * 1.5 * few


def _work(text: str) -> int:
    """Calls of functions, in Python and in C, and steps of generators."""
    count = 0

    def seen(_frame: object, event: str, _argument: object) -> None:
        nonlocal count
        count += event in {"call", "c_call"}

    sys.setprofile(seen)
    try:
        findings(text)
    finally:
        sys.setprofile(None)
    return count


_texts = st.sampled_from(["", "a@x", "b@x", "c@x_y", "@", "1", "2", "tel:1", "tel:+1;phone-context=p", "\n"])
_rows = st.builds(
    Row,
    st.integers(1, 9).map("line {}".format),
    _texts,
    _texts,
    st.sampled_from(["", "p", "P"]),
    st.sampled_from(["", "SEP1", "sep1", "D", "?"]),
    st.sampled_from(["", "CIPC"]),
    st.sampled_from(["", "no", "?"]),
    _texts,
)


@given(st.lists(_rows, max_size=8))
def test_whatever_the_rows_hold(given_rows: list[Row]) -> None:
    entries, shown = read(given_rows)
    found = in_order([*shown, *check(entries, Facts(is_valid=is_valid))])
    places = {row.place for row in given_rows}
    assert all(one.text and one.cure and (one.place in places or one.kind is Kind.EMPTY) for one in found)
    refused = [one for one in found if one.kind is Kind.ROW]
    assert len(refused) + len(entries) == len(given_rows)
    without = {one.who for one in found if one.kind is Kind.NO_LINE}
    table = Table(entries)
    for user in table.users():
        assert (user in without) is not any(one.dn and one.enabled for one in table.of_user(user))
