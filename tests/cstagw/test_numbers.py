"""Rules that rewrite numbers: what they do both ways, which are taken, and how they are configured."""

import os
import re
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from csta_xml import DeviceId
from cstagw.config import Config, ConfigError, changes, load, show
from cstagw.errors import BadNumber
from cstagw.identity import LineAppearance, LineUri, Translator
from cstagw.numbers import MAX_KEPT, MAX_RULES, NO_RULES, Numbers, Outcome, Rule
from cstagw.patterns import LONGEST, check_match, check_replace

SITE = Numbers(
    inbound=(
        Rule(r"\+1900\d{7}", ""),
        Rule(r"\+14255551000;ext=([1-8]\d{3})", r"\1"),
        Rule(r"\+1425555([1-8]\d{3})", r"\1"),
        Rule(r"\+1(\d{10})", r"91\1"),
        Rule(r"\+([2-9]\d{6,14})", r"9011\1"),
        Rule(r"0(\d+)", r"+\1+"),
    ),
    outbound=(
        Rule(r"1999", ""),
        Rule(r"([1-8]\d{3})", r"+1425555\1"),
        Rule(r"9?011([2-9]\d{6,14})", r"+\1"),
        Rule(r"(?:91|1)?([2-9]\d{9})", r"+1\1"),
        Rule(r"55(\d*)", r"+\1"),
    ),
)


# Both ways


@pytest.mark.parametrize(
    ("text", "extension", "number"),
    [
        ("+14255551042", None, "1042"),
        ("+1 (425) 555-1042", None, "1042"),
        ("+12065550100", None, "912065550100"),
        ("+442079460958", None, "9011442079460958"),
        ("1042", None, "1042"),
        ("911", None, "911"),
        ("*86#", None, "*86#"),
        ("+14255551000", "1042", "1042"),
        ("+14255551000", "42", "1000"),
        ("+12065550100", "7", "912065550100"),
        ("2001", "7", "2001"),
    ],
)
def test_what_clients_dial(text: str, extension: str | None, number: str) -> None:
    assert SITE.dialled(text, extension) == number


@pytest.mark.parametrize(
    ("text", "extension", "reason"),
    [
        ("5555551234v:41234", None, "'5555551234v:41234' is not a number that can be dialled"),
        ("", None, "'' is not a number"),
        ("1" * 41, None, "is not a number"),
        ("+14255551000", "12x", "'12x' is not a number"),
        ("+19005551234", None, "numbers.inbound[0] refuses it: its replace is empty"),
        ("0123", None, "numbers.inbound[5] makes '+123+' of it, which cannot be dialled"),
    ],
)
def test_what_clients_cannot_dial(text: str, extension: str | None, reason: str) -> None:
    with pytest.raises(BadNumber) as caught:
        SITE.dialled(text, extension)
    assert reason in str(caught.value)


def test_rubbish_never_meets_a_rule() -> None:
    anything = Numbers(inbound=(Rule(".*", "911"),), outbound=(Rule(".*", "911"),))
    with pytest.raises(BadNumber):
        anything.dialled("5555551234v:41234")
    assert anything.reported("Conference 1") == "Conference 1"


@pytest.mark.parametrize(
    ("dn", "number"),
    [
        ("1042", "+14255551042"),
        ("2065550100", "+12065550100"),
        ("912065550100", "+12065550100"),
        ("9011442079460958", "+442079460958"),
        ("+442079460958", "+442079460958"),
        ("1999", "1999"),
        ("911", "911"),
        ("2-065-550-100", "+12065550100"),
        ("9-1-1", "9-1-1"),
        ("55", "55"),
        ("Anonymous", "Anonymous"),
        ("", ""),
    ],
)
def test_what_ctimanagers_report(dn: str, number: str) -> None:
    assert SITE.reported(dn) == number


def test_a_result_loses_its_separators() -> None:
    rules = Numbers((Rule(r"(\d{3})", r"9-\1"),), (Rule(r"(\d{3})", r"+1 (206) \1"),))
    assert (rules.dialled("123"), rules.reported("123")) == ("9123", "+1206123")


def test_why_a_reported_number_stays_as_it_is() -> None:
    reasons = {dn: SITE.explain_reported(dn).reason for dn in ("1999", "55", "911", "Anonymous", "1042")}
    assert reasons == {
        "1999": "numbers.outbound[0] leaves it as it is: its replace is empty",
        "55": "numbers.outbound[4] makes '+' of it, which is no number, so it stays as it is",
        "911": "no rule matches, so it stays as it is",
        "Anonymous": "it is not a number, so no rule is tried",
        "1042": "",
    }


def test_what_is_left_of_ext_is_dropped() -> None:
    prefix = Numbers(inbound=(Rule(r"\+1(.*)", r"91\1"),))
    assert prefix.dialled("+14255550100", "1234") == "914255550100"


def test_all_rules_see_the_extension_before_one_sees_the_number_alone() -> None:
    rules = Numbers(inbound=(Rule(r"\+1(\d{10})", r"91\1"), Rule(r"\+1\d{10};ext=(\d+)", r"\1")))
    assert rules.dialled("+14255550100", "1234") == "1234"
    assert rules.dialled("+14255550100") == "914255550100"


def test_the_first_rule_that_matches_decides() -> None:
    narrow, wide = Rule(r"1234", "1"), Rule(r"\d{4}", "2")
    assert Numbers(inbound=(narrow, wide)).dialled("1234") == "1"
    assert Numbers(inbound=(wide, narrow)).dialled("1234") == "2"
    assert Numbers(outbound=(narrow, wide)).reported("1234") == "1"
    assert Numbers(outbound=(wide, narrow)).reported("1234") == "2"


@pytest.mark.parametrize("number", ["12345", "01234", "+1234", "123"])
def test_a_rule_matches_whole_numbers_only(number: str) -> None:
    rules = Numbers((Rule("1234|9", "1"),), (Rule("1234|9", "1"),))
    assert (rules.dialled(number), rules.reported(number)) == (number, number)


def test_rules_are_values() -> None:
    assert Numbers((Rule("1", "2"),)) == Numbers((Rule("1", "2"),)) != Numbers((), (Rule("1", "2"),))
    assert repr(Rule("1", "2", "x")) == "Rule(match='1', replace='2', name='x')"


def test_results_are_kept_up_to_a_limit() -> None:
    rules = Numbers((Rule("1", "2"),), (Rule("1", "2"),))
    for number in range(MAX_KEPT + 10):
        rules.dialled(str(number))
        rules.reported(str(number))
    for kept in (rules._dialled, rules._reported):
        assert kept.cache_info().currsize == MAX_KEPT  # type: ignore[union-attr]


# What no rule set does

NUMBERS = st.from_regex(r"\+?[0-9*#]{1,15}", fullmatch=True)
EXTENSIONS = st.from_regex(r"[0-9]{3,6}", fullmatch=True)
PATTERNS = st.lists(
    st.sampled_from(
        [r"(\d+)", r"(\d*)", r"(\d{2})", r"(\+?)", r"([1-5]\d)", "(.*)", "1", "23", r"\+", r"\d"]
    ),
    min_size=1,
    max_size=3,
).map("".join)


@st.composite
def rules_of(draw: st.DrawFn, signs: str) -> Rule:
    """A rule whose replacement is made of its groups and these signs."""
    match = draw(PATTERNS)
    groups = [rf"\g<{group}>" for group in range(re.compile(match).groups + 1)]
    replace = draw(st.lists(st.sampled_from([*signs, *groups]), max_size=4).map("".join))
    return Rule(check_match(match), check_replace(replace, match))


def rule_sets(signs: str) -> st.SearchStrategy[Numbers]:
    rules = st.lists(rules_of(signs), max_size=5).map(tuple)
    return st.builds(Numbers, rules, rules)


def dialled(rules: Numbers, number: str, extension: str | None = None) -> str:
    """Empty where it is refused, as in an Outcome."""
    try:
        return rules.dialled(number, extension)
    except BadNumber:
        return ""


def decisive(outcome: Outcome) -> list[Rule]:
    return [step.rule for step in outcome.steps if step.result is not None]


@given(rule_sets("0189"), EXTENSIONS)
def test_no_extension_becomes_e164_where_no_replacement_has_a_plus(rules: Numbers, extension: str) -> None:
    assert not dialled(rules, extension).startswith("+")
    assert not rules.reported(extension).startswith("+")


@given(rule_sets("+01"), EXTENSIONS)
def test_an_extension_becomes_e164_only_by_the_rule_that_says_so(rules: Numbers, extension: str) -> None:
    for number, outcome in (
        (dialled(rules, extension), rules.explain_dialled(extension)),
        (rules.reported(extension), rules.explain_reported(extension)),
    ):
        if number.startswith("+"):
            assert ["+" in rule.replace for rule in decisive(outcome)] == [True]


@given(rule_sets("+01"), NUMBERS)
def test_a_plus_comes_from_the_number_or_from_the_rule(rules: Numbers, number: str) -> None:
    for result, outcome in (
        (dialled(rules, number), rules.explain_dialled(number)),
        (rules.reported(number), rules.explain_reported(number)),
    ):
        if result.startswith("+"):
            assert "+" in number or any("+" in rule.replace for rule in decisive(outcome))


@given(NUMBERS, st.none() | EXTENSIONS)
def test_without_rules_nothing_changes(number: str, extension: str | None) -> None:
    assert NO_RULES.dialled(number, extension) == number
    assert NO_RULES.reported(number) == number


@given(st.text(max_size=60))
def test_without_rules_whatever_is_reported_is_shown(text: str) -> None:
    assert NO_RULES.reported(text) is text
    assert NO_RULES.explain_reported(text).number == text


@given(rule_sets("+01"), NUMBERS, st.none() | EXTENSIONS)
def test_the_explanation_is_what_happens(rules: Numbers, number: str, extension: str | None) -> None:
    explained = rules.explain_dialled(number, extension)
    assert explained.number == dialled(rules, number, extension)
    assert explained.number or explained.reason
    assert rules.explain_reported(number).number == rules.reported(number)


@given(rule_sets("+01"), NUMBERS)
def test_rules_behind_the_one_that_matches_and_those_before_it_change_nothing(
    rules: Numbers, number: str
) -> None:
    alone = Numbers(
        tuple(decisive(rules.explain_dialled(number))), tuple(decisive(rules.explain_reported(number)))
    )
    assert dialled(alone, number) == dialled(rules, number)
    assert alone.reported(number) == rules.reported(number)


def test_the_steps_say_what_was_tried_on_what() -> None:
    steps = SITE.explain_dialled("+14255551000", "42").steps
    tried = [(step.place, step.tried, step.result) for step in steps]
    with_extension, without = "+14255551000;ext=42", "+14255551000"
    assert tried == [
        *((f"numbers.inbound[{index}]", with_extension, None) for index in range(6)),
        *((f"numbers.inbound[{index}]", without, None) for index in range(2)),
        ("numbers.inbound[2]", without, "1000"),
    ]


# In a session


def translator(
    line: str = "tel:+14255551001", dn: str = "1001", device: str | None = None, rules: Numbers = SITE
) -> Translator:
    return Translator(LineUri.parse(line), LineAppearance(dn, device), rules)


@pytest.mark.parametrize(
    ("device", "wire"),
    [
        ("tel:+14255551042", "tel:1042"),
        ("tel:+14255551042;phone-context=dialstring", "tel:1042"),
        ("+1 425 555 1042", "tel:1042"),
        ("tel:+14255551000;ext=1042", "tel:1042"),
        ("tel:912065550100;phone-context=dialstring", "tel:912065550100"),
        ("tel:1042", "tel:1042"),
    ],
)
def test_towards_the_ctimanager_others_go_through_the_rules(device: str, wire: str) -> None:
    assert translator().to_wire(DeviceId(device)) == wire


@pytest.mark.parametrize("device", ["tel:5555551234v:41234", "tel:+19005551234", "5555551234v:41234"])
def test_what_cannot_be_dialled_is_no_device(device: str) -> None:
    with pytest.raises(BadNumber):
        translator().to_wire(DeviceId(device))
    assert not translator().is_own(device)


@pytest.mark.parametrize(
    ("wire", "device"),
    [
        ("tel:1042;device=SEP000000001042", "tel:+14255551042"),
        ("tel:+442079460958", "tel:+442079460958"),
        ("911", "tel:911;phone-context=dialstring"),
        ("tel:1999", "tel:1999;phone-context=dialstring"),
    ],
)
def test_towards_clients_others_go_through_the_rules(wire: str, device: str) -> None:
    assert translator().to_client(DeviceId(wire)) == device


def test_the_own_line_is_not_rewritten() -> None:
    everything = Numbers((Rule(".*", "911"),), (Rule(".*", "911"),))
    own = translator("tel:1001;phone-context=dialstring", "1001", "SEP1", everything)
    assert own.to_client(DeviceId("tel:1001;device=SEP1")) == "tel:1001;phone-context=dialstring"
    assert own.to_client(DeviceId("tel:1001;device=SEP2")) == "tel:911;phone-context=dialstring"
    for device in ("tel:1001;phone-context=dialstring", "tel:1001", "10-01", "tel:1001;device=sep1"):
        assert own.to_wire(DeviceId(device)) == "tel:1001;device=SEP1"
    assert own.to_wire(DeviceId("tel:1002")) == "tel:911"


@pytest.mark.parametrize(
    ("line", "device", "own"),
    [
        ("tel:+14255551001", "tel:+1-425-555-1001", True),
        ("tel:+12065550100", "tel:+1-206-555-0100", True),
        ("tel:+14255551001", "tel:1001", True),
        ("tel:+12065550100;ext=1001", "tel:+12065550100;EXT=1001", True),
        ("tel:+12065550100;ext=1001", "tel:+12065550100", False),
        ("tel:+14255551001", "tel:+14255551001;device=SEP2", False),
        ("tel:+14255551001", "tel:+14255551000;ext=1001", True),
        ("tel:1001", "tel:1001;ext=7", True),
        ("tel:+14255551001", "tel:+14255551002", False),
    ],
)
def test_the_own_line_is_known_however_it_is_spelt(line: str, device: str, own: bool) -> None:
    assert translator(line, device="SEP1").is_own(device) is own


def test_an_extension_of_the_own_number_is_somebody_else() -> None:
    attendant = translator("tel:+14255551000", "+14255551000")
    assert attendant.to_wire(DeviceId("tel:+14255551000;ext=1042")) == "tel:1042"


def test_another_party_that_is_shown_like_the_line_is_not_the_line() -> None:
    own = translator("tel:+14255551001", "1001", "SEP1")
    other = DeviceId("tel:1001;device=SEP2")
    assert own.to_client(other) == own.line.text
    assert not own.is_own_wire(other)
    assert own.is_own_wire(DeviceId("tel:1001;device=SEP1"))
    assert own.is_own_wire(DeviceId("1001"))


# Which rules are taken


@pytest.mark.parametrize(
    "pattern",
    [
        r"\+1425555(\d{4})",
        r"(?:91|1)?([2-9]\d{9})",
        r"(?P<area>\d{3})(?P<rest>\d{7})",
        r"9(?!11)\d+",
        r"(?<!x)[^]0-3\]]+",
        r"\d*\*\d+#\d{2,}",
        r"(\d{3})+",
        r"\(\d+\)+",
        r"[(|)+]{2}",
        r"\d{}",
        r"\d++\*",
    ],
)
def test_a_pattern_that_is_taken(pattern: str) -> None:
    assert check_match(pattern) == pattern


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        ("", "matches no number"),
        ("+1425", r"nothing to repeat at position 0; a plus sign is written \+"),
        (r"(\d+", "unterminated subpattern"),
        ("[[:digit:]]{4}", r"nested set at position 1; a digit is written \d"),
        (r"\d{99999999999}", "a digit is written"),
        (r"(\d+)+", "too many ways"),
        (r"(\d+)*x", "too many ways"),
        (r"(\d\d?)+", "too many ways"),
        (r"(?:1|2)*", "too many ways"),
        (r"((1|2){2}){20}", "too many ways"),
        (r"\d*\d*\d*\d*", "too many ways"),
        ("1?" * 20, "too many ways"),
        (r"(?=\d*\d*)\d*\d*", "too many ways"),
        ("(?i)a", '"(?i" is not taken'),
        ("(?#x)1", '"(?#" is not taken'),
        ("(?>1)", '"(?>" is not taken'),
        (r"(1)?(?(1)2|3)", '"(?(" is not taken'),
    ],
)
def test_a_pattern_that_is_not_taken(pattern: str, reason: str) -> None:
    with pytest.raises(ValueError, match=re.escape(reason)):
        check_match(pattern)


@pytest.mark.parametrize("text", ["1" * LONGEST, "1" * 41, "1" * 19, "+" + "1" * 40])
@pytest.mark.parametrize("pattern", [r"\d*\d*\d*x", "1?" * 19 + "x", r"(?:1|1){19}x", r"(?:1{1,3}){12}x"])
def test_the_dearest_patterns_that_are_taken_come_to_an_end(pattern: str, text: str) -> None:
    assert Rule(check_match(pattern), "").apply(text) is None


@pytest.mark.parametrize(
    ("replace", "match"),
    [
        ("", "1"),
        (r"\1", "(1)"),
        (r"+1425555\1", "(1)"),
        (r"\g<1>0", "(1)"),
        (r"\g<0>*#AbcD", "1"),
        (r"\g<area>\2", "(?P<area>1)(2)"),
        (r"9-\1 (0)", "(1)"),
        (r"\11", "(1)" * 11),
    ],
)
def test_a_replacement_that_is_taken(replace: str, match: str) -> None:
    assert check_replace(replace, match) == replace


@pytest.mark.parametrize(
    ("replace", "match", "reason"),
    [
        (r"\2", "(1)", "invalid group reference 2 at position 1"),
        (
            r"\10",
            "(1)",
            r"invalid group reference 10 at position 1; a digit behind group 1 is written \g<1>0",
        ),
        (r"\1425", "(1)", r"\g<1>425 group 1 and 425"),
        (r"\0", "(1)", r"\g<0> is the whole number"),
        (r"\n", "(1)", "a backslash names a group"),
        (r"\g<area>", "(1)", "unknown group name 'area'"),
        (r"sip:\1", "(1)", '"s" cannot be dialled'),
        (r"\1;ext=2", "(1)", '";" cannot be dialled'),
        ("１", "(1)", '"１" cannot be dialled'),
    ],
)
def test_a_replacement_that_is_not_taken(replace: str, match: str, reason: str) -> None:
    with pytest.raises(ValueError, match=re.escape(reason)):
        check_replace(replace, match)


# In the configuration


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.upper().startswith("CSTAGW_")]:
        monkeypatch.delenv(name)


def configured(tmp_path: Path, text: str) -> Config:
    path = tmp_path / "gw.toml"
    path.write_text(text, encoding="utf-8")
    return load(path)


RULES = r"""
[[numbers.inbound]]
name = "our block"
match = '\+1425555(\d{4})'
replace = '\1'
[[numbers.inbound]]
match = "\\+1900.*"
replace = ""
[[numbers.outbound]]
match = '(\d{4})'
replace = '+1425555\1'
"""


def test_rules_are_read_in_their_order(tmp_path: Path) -> None:
    numbers = configured(tmp_path, RULES).numbers.compiled()
    assert numbers == Numbers(
        (Rule(r"\+1425555(\d{4})", r"\1", "our block"), Rule(r"\+1900.*", "")),
        (Rule(r"(\d{4})", r"+1425555\1"),),
    )


def test_there_are_no_rules_by_default() -> None:
    assert Config().numbers.compiled() == NO_RULES


@pytest.mark.parametrize(
    ("text", "path", "parts"),
    [
        ("[numbers]\nx = 1", "numbers.x", ["unknown key; allowed: inbound, outbound"]),
        (
            "[numbers]\ninbound = 5",
            "numbers.inbound",
            ["given 5", "a list of 0 to 100, each a table with the keys name, match, replace"],
        ),
        (
            "[numbers.inbound]\nmatch = '1'",
            "numbers.inbound",
            ["write [[numbers.inbound]] with two brackets"],
        ),
        ("[[numbers.inbound]]\nreplace = '1'", "numbers.inbound[0].match", ["missing; allowed: a regular"]),
        (
            "[[numbers.inbound]]\nmatch = '1'",
            "numbers.inbound[0].replace",
            ["missing", r"groups of match as \1"],
        ),
        ("[[numbers.outbound]]\nmatch = 5\nreplace = '1'", "numbers.outbound[0].match", ["given 5"]),
        (
            RULES + "[[numbers.inbound]]\nmatch = '+1'\nreplace = '1'",
            "numbers.inbound[2].match",
            ['given "+1": nothing to repeat', "allowed: a regular expression for the whole number"],
        ),
        ("[[numbers.inbound]]\nmatch = '(1+)+'\nreplace = ''", "numbers.inbound[0].match", ["too many ways"]),
        (
            "[[numbers.outbound]]\nmatch = '1'\nreplace = '\\1'",
            "numbers.outbound[0].replace",
            [r'given "\\1": invalid group reference 1', "empty refuses the number"],
        ),
        ("[[numbers.inbound]]\nmatch = '('\nreplace = '\\9'", "numbers.inbound[0].match", ["given"]),
        (f"[[numbers.inbound]]\nmatch = '{'1' * 201}'\nreplace = ''", "numbers.inbound[0].match", ["200"]),
        (
            f"[[numbers.inbound]]\nmatch = '1'\nreplace = '{'1' * 81}'",
            "numbers.inbound[0].replace",
            ["given"],
        ),
        (
            f"[[numbers.inbound]]\nmatch = '1'\nreplace = ''\nname = '{'x' * 81}'",
            "numbers.inbound[0].name",
            ["80 characters"],
        ),
    ],
)
def test_a_wrong_rule(tmp_path: Path, text: str, path: str, parts: list[str]) -> None:
    with pytest.raises(ConfigError) as caught:
        configured(tmp_path, text)
    assert [problem.path for problem in caught.value.problems] == [path]
    for part in parts:
        assert part in caught.value.problems[0].text


def many(count: int) -> str:
    return "[[numbers.inbound]]\nmatch = '1'\nreplace = '2'\n" * count


def test_a_hundred_rules_and_not_one_more(tmp_path: Path) -> None:
    assert len(configured(tmp_path, many(MAX_RULES)).numbers.inbound) == MAX_RULES
    with pytest.raises(ConfigError, match=r"numbers\.inbound: .*a list of 0 to 100"):
        configured(tmp_path, many(MAX_RULES + 1))


@pytest.mark.parametrize("text", ["", RULES, RULES.replace("outbound", "inbound")])
def test_what_is_shown_is_a_file_with_the_same_rules(tmp_path: Path, text: str) -> None:
    config = configured(tmp_path, text)
    again = configured(tmp_path, show(config))
    assert again.model_dump() == config.model_dump()


def test_show_tells_where_rules_came_from(tmp_path: Path) -> None:
    lines = [" ".join(line.split()) for line in show(configured(tmp_path, RULES)).splitlines()]
    assert lines.count("[[numbers.inbound]]") == 2
    origin = f"# file {tmp_path / 'gw.toml'}"
    assert {
        rf'match = "\\+1425555(\\d{{4}})" {origin}',
        rf'replace = "+1425555\\1" {origin}',
        f'name = "our block" {origin}',
        "# name is not set # default",
    } <= set(lines)
    shown = show(Config())
    assert "# no [[numbers.inbound]]: what clients dial stays as it is" in shown
    assert "numbers" not in tomllib.loads(shown)


def test_rules_from_the_environment_are_json(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CSTAGW_NUMBERS__INBOUND", r'[{"match": "(\\d)", "replace": "9\\1"}]')
    config = configured(tmp_path, RULES)
    rules = config.numbers.compiled()
    assert (rules.dialled("1"), rules.dialled("+14255551042")) == ("91", "+14255551042")
    assert rules.reported("1042") == "+14255551042"
    assert config.origins["numbers.inbound"] == "environment CSTAGW_NUMBERS__INBOUND"
    assert "# environment CSTAGW_NUMBERS__INBOUND" in show(config)


@pytest.mark.parametrize(
    ("value", "path"),
    [
        ("junk", "numbers.inbound"),
        ("[1]", "numbers.inbound[0]"),
        (r'[{"match": "\\d", "replace": "\\1"}]', "numbers.inbound[0].replace"),
    ],
)
def test_junk_in_the_environment(monkeypatch: pytest.MonkeyPatch, value: str, path: str) -> None:
    monkeypatch.setenv("CSTAGW_NUMBERS__INBOUND", value)
    with pytest.raises(ConfigError) as caught:
        load()
    (problem,) = caught.value.problems
    assert problem.path == path
    assert problem.text.endswith("(environment CSTAGW_NUMBERS__INBOUND)")


def test_a_change_is_one_of_its_list(tmp_path: Path) -> None:
    before, after = configured(tmp_path, RULES), configured(tmp_path, RULES.replace("our block", "block"))
    found = changes(before, after)
    assert {*found.applied, *found.restart} == {"numbers.inbound"}
