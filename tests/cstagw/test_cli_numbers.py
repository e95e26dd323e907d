"""`cstagw numbers test`: what it says, as text and as JSON, and that docs/numbers.md shows it as it is."""

import json
import os
import re
import shlex
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from cstagw.cli import main
from cstagw.config import load
from cstagw.errors import BadNumber
from cstagw.identity import read_dialled, shown

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "numbers.md").read_text(encoding="utf-8")
SHOWN = re.findall(r"```\n\$ cstagw (.*?)\n(.*?)```", PAGE, re.DOTALL)
BLOCKS = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)

RULES = r"""
[[numbers.inbound]]
name = "no premium rate"
match = '\+1900\d{7}'
replace = ''
[[numbers.inbound]]
match = '\+1425555(\d{4})(?:;ext=\d+)?'
replace = '\1'
[[numbers.inbound]]
match = '0(\d*)'
replace = '\1+'
[[numbers.outbound]]
name = "ours"
match = '(\d{4})'
replace = '+1425555\1'
"""


@pytest.fixture(autouse=True)
def _where_the_rules_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.upper().startswith("CSTAGW_") or name == "NO_COLOR"]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    Path("gw.toml").write_text(RULES)


def run(*arguments: str, file: str = "gw.toml", color: bool = False) -> Result:
    return CliRunner().invoke(main, ["numbers", "test", "--config", file, *arguments], color=color)


def facts(*arguments: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(run("--json", *arguments).stdout)
    return found


def test_rule_by_rule_both_ways() -> None:
    result = run("+1 (425) 555-1042")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.splitlines() == [
        "Rules of gw.toml",
        "",
        "A client dials +1 (425) 555-1042: the phone dials 1042",
        "  read as +14255551042",
        r"    numbers.inbound[0]  no match  \+1900\d{7} -> (nothing)             no premium rate",
        r"    numbers.inbound[1]  MATCHES   \+1425555(\d{4})(?:;ext=\d+)? -> \1",
        "",
        "A CTIManager reports +1 (425) 555-1042: clients are shown tel:+14255551042",
        "  read as +14255551042",
        r"    numbers.outbound[0]  no match  (\d{4}) -> +1425555\1  ours",
        "  no rule matches, so it stays as it is",
        "",
        "phonenumbers: +14255551042 is valid in US, written +1 425-555-1042",
    ]


@pytest.mark.parametrize(
    ("number", "dialled", "seen"),
    [
        ("+14255551042", "1042", "tel:+14255551042"),
        ("tel:+14255551042", "1042", "tel:+14255551042"),
        ("tel:+1425-555-1042;phone-context=dialstring", "1042", "tel:+14255551042"),
        ("tel:+14255551042;ext=7", "1042", "tel:+14255551042"),
        ("1042", "1042", "tel:+14255551042"),
        ("*86", "*86", "tel:*86;phone-context=dialstring"),
    ],
)
def test_numbers_however_they_are_written(number: str, dialled: str, seen: str) -> None:
    found = facts(number)
    assert (found["inbound"]["result"], found["inbound"]["error"]) == (dialled, None)
    assert found["outbound"]["shown"] == seen


def test_an_extension_is_tried_and_then_left_out() -> None:
    lines = run("tel:+12065550100;ext=7", "--direction", "inbound").stdout.splitlines()
    assert [line for line in lines if " as " in line] == [
        "  read as +12065550100;ext=7",
        "  then as +12065550100",
        "  no rule matches, so it stays as it is",
    ]


@pytest.mark.parametrize(
    ("number", "reason", "advice"),
    [
        ("tel:5555551234v:41234", "'5555551234v:41234' is not a number that can be dialled", "no rule can"),
        ("sip:bob@example.com", "'sip:bob@example.com' is not a tel: URI", "no rule can"),
        ("+19005550199", "numbers.inbound[0] refuses it: its replace is empty", "correct numbers.inbound[0]"),
        ("0123", "numbers.inbound[2] makes '123+' of it", "correct numbers.inbound[2]"),
    ],
)
@pytest.mark.parametrize("direction", ["inbound", "both"])
def test_what_is_refused(number: str, reason: str, advice: str, direction: str) -> None:
    result = run(number, "--direction", direction)
    assert result.exit_code == 1
    assert f"A client dials {number}: refused, invalidDestination" in result.stdout.splitlines()
    assert f"  {reason}" in result.stdout
    error, following = result.stderr.splitlines()
    assert error.startswith(f"error: clients that dial {number} get invalidDestination: {reason}")
    assert advice in following
    result = run(number, "--json", "--direction", direction)
    found = json.loads(result.stdout)["inbound"]
    assert (result.exit_code, result.stderr) == (1, "")
    assert (found["result"], found["error"]) == (None, "invalidDestination")
    assert reason in found["reason"]


def test_whatever_a_ctimanager_reports_is_shown() -> None:
    result = run("Anonymous", "--direction", "outbound")
    assert result.exit_code == 0
    assert "clients are shown tel:Anonymous;phone-context=dialstring" in result.stdout
    assert "it is not a number, so no rule is tried" in result.stdout
    assert facts("tel:5v:4", "--direction", "outbound")["outbound"]["result"] == "5v:4"


def test_in_json() -> None:
    step = {"match": r"(\d{4})", "replace": r"+1425555\1", "name": "ours", "rule": "numbers.outbound[0]"}
    assert facts("1042", "--direction", "outbound") == {
        "number": "1042",
        "outbound": {
            "steps": [step | {"tried": "1042", "matched": True, "result": "+14255551042"}],
            "result": "+14255551042",
            "reason": None,
            "shown": "tel:+14255551042",
        },
        "e164": [
            {
                "number": "+14255551042",
                "possible": True,
                "valid": True,
                "region": "US",
                "international": "+1 425-555-1042",
            }
        ],
    }


@pytest.mark.parametrize(
    ("number", "sentence"),
    [
        ("+442079460958", "+442079460958 is valid in GB, written +44 20 7946 0958"),
        ("+80012345678", "+80012345678 is valid, written +800 1234 5678"),
        ("+4420794609", "+4420794609 is as long as it should be, but in no numbering plan"),
        ("+1425", "+1425 is not valid: no numbering plan has numbers like it"),
        ("+1234567890123456789", "+1234567890123456789 is not valid: no numbering plan has numbers like it"),
        ("*86", "not E.164, which begins with +"),
    ],
)
def test_the_standing_in_the_world(number: str, sentence: str) -> None:
    assert run(number).stdout.splitlines()[-1] == f"phonenumbers: {sentence}"


def test_without_the_library(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "phonenumbers", None)
    result = run("+14255551042")
    assert result.exit_code == 0
    assert result.stdout.splitlines()[-1] == (
        "phonenumbers is not installed: E.164 is not checked; pip install 'cstagw[numbers]'"
    )
    assert facts("+14255551042")["e164"] is None


def test_without_rules_and_without_a_file() -> None:
    result = CliRunner().invoke(main, ["numbers", "test", "1042"])
    assert result.exit_code == 0
    assert "Rules of the environment; no file is named, --config FILE does that" in result.stdout
    assert "A client dials 1042: the phone dials 1042" in result.stdout
    assert result.stdout.count("there is no rule, so it stays as it is") == 2
    assert "clients are shown tel:1042;phone-context=dialstring" in result.stdout


def test_rules_that_cannot_be_used() -> None:
    Path("bad.toml").write_text("[[numbers.inbound]]\nmatch = '+1'\nreplace = ''\n")
    result = run("1042", file="bad.toml")
    assert (result.exit_code, result.stdout) == (3, "")
    assert "numbers.inbound[0].match: given" in result.stderr


@pytest.mark.parametrize("arguments", [[], ["1", "2"], ["1", "--direction", "up"]])
def test_usage_errors(arguments: list[str]) -> None:
    assert run(*arguments).exit_code == 2


def test_colour_only_where_it_is_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "\x1b[" not in run("1042").stdout
    assert "\x1b[1m" in run("1042", color=True).stdout
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[" not in run("1042", color=True).stdout


# docs/numbers.md and deploy/cstagw.toml


def test_the_page_shows_something() -> None:
    assert (len(SHOWN), len(BLOCKS)) == (2, 1)


@pytest.mark.parametrize(("command", "output"), SHOWN)
def test_the_page_shows_what_the_command_says(command: str, output: str) -> None:
    Path("site.toml").write_text(BLOCKS[0])
    assert CliRunner().invoke(main, shlex.split(command)).output == output


def rows(heading: str) -> list[tuple[str, str]]:
    """(number, what becomes of it) of a table of the page."""
    table = re.search(rf"\| {heading} \|.*\n\|[-|]+\|\n((?:\|.*\n)+)", PAGE)
    assert table is not None
    cells = [line.split(" | ") for line in table[1].splitlines()]
    return [(number, after) for before, after, _ in cells for number in before.strip("| ").split(", ")]


@pytest.mark.parametrize(("number", "after"), rows("dialled"))
def test_the_table_of_dialled_numbers(number: str, after: str) -> None:
    Path("site.toml").write_text(BLOCKS[0])
    rules = load(Path("site.toml")).numbers.compiled()
    uri = read_dialled(number)
    if after == "nothing":
        with pytest.raises(BadNumber):
            rules.dialled(uri.number, uri.extension)
    else:
        expected = number if after == "the same" else after
        assert rules.dialled(uri.number, uri.extension) == expected


@pytest.mark.parametrize(("number", "after"), rows("reported"))
def test_the_table_of_reported_numbers(number: str, after: str) -> None:
    Path("site.toml").write_text(BLOCKS[0])
    assert shown(load(Path("site.toml")).numbers.compiled().reported(number)) == after


def test_what_clients_of_the_page_are_shown_they_can_dial() -> None:
    Path("site.toml").write_text(BLOCKS[0])
    rules = load(Path("site.toml")).numbers.compiled()
    for extension in range(1000, 9000):
        assert rules.dialled(read_dialled(shown(rules.reported(str(extension)))).number) == str(extension)


def test_the_environment_that_the_page_shows(monkeypatch: pytest.MonkeyPatch) -> None:
    example = re.search(r"^    (CSTAGW_NUMBERS__INBOUND)='(.*)'$", PAGE, re.MULTILINE)
    assert example is not None
    monkeypatch.setenv(*example.groups())
    assert load().numbers.compiled().dialled("+14255551042") == "1042"


def test_the_rules_in_the_sample_configuration() -> None:
    sample = (ROOT / "deploy" / "cstagw.toml").read_text(encoding="utf-8")
    example = re.search(r"(?:^# .*\n)*^# \[\[numbers\.inbound\]\].*\n(?:^#.*\n)*", sample, re.MULTILINE)
    assert example is not None
    text = "\n".join(line[2:] for line in example[0].splitlines() if re.match(r"# (\[\[|\w+ = )", line))
    assert set(tomllib.loads(text)["numbers"]) == {"inbound", "outbound"}
    Path("sample.toml").write_text(text)
    rules = load(Path("sample.toml")).numbers.compiled()
    assert (rules.dialled("+14255551042"), rules.reported("1042")) == ("1042", "+14255551042")
