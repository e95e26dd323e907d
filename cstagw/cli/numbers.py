"""`cstagw numbers`: what the rules of the configuration do with a number, without a gateway that runs."""

import json
from collections.abc import Iterator, Mapping, Sequence
from importlib import import_module
from types import ModuleType
from typing import Any

import click

from csta_xml import DeviceId
from cstagw.cli.exits import Exit, Failure, colour
from cstagw.cli.options import config_file, config_option, json_option, load_config
from cstagw.errors import INVALID_DESTINATION, BadNumber
from cstagw.identity import number_of, read_dialled, shown
from cstagw.numbers import Numbers, Outcome, Step

_WITHOUT = "phonenumbers is not installed: E.164 is not checked; pip install 'cstagw[numbers]'"
_NO_COUNTRY = "001"  # numbers of services that no one country has
_DIALLABLE = "correct the number: a + in front, then digits, *, # and A to D, 40 at most; no rule can do that"

Standing = Mapping[str, Any]


@click.group()
@config_option
def numbers() -> None:
    """Try the rules that rewrite numbers."""


@numbers.command()
@config_option
@click.argument("number")
@click.option(
    "--direction",
    type=click.Choice(["inbound", "outbound", "both"]),
    default="both",
    show_default=True,
    help="inbound: as if a client dialled it; outbound: as if a CTIManager reported it.",
)
@json_option
@click.pass_context
def test(context: click.Context, number: str, direction: str, *, as_json: bool) -> None:
    """Show rule by rule what becomes of NUMBER: what the phone dials, and what clients are shown.

    NUMBER is written as a client may write it: digits with or without separators, or a tel: URI. The line
    that a session controls is never rewritten. Exit code 1 where clients get invalidDestination.
    """
    outcomes = explain(load_config().numbers.compiled(), number, direction)
    checked = check(number, outcomes)
    if as_json:
        click.echo(json.dumps(facts(number, outcomes, checked), indent=2))
    else:
        click.echo(
            f"Rules of {config_file() or 'the environment; no file is named, --config FILE does that'}\n"
        )
        click.echo("\n".join(render(number, outcomes, checked)), color=colour())
    dialled = outcomes.get("inbound")
    if dialled is None or dialled.number:
        return
    if as_json:
        context.exit(Exit.FAILED)
    raise Failure(
        f"clients that dial {number} get {INVALID_DESTINATION.value}: {dialled.reason}",
        next_step=f"if it should be dialled, correct {dialled.steps[-1].place}"
        if dialled.steps
        else _DIALLABLE,
    )


def explain(rules: Numbers, given: str, direction: str) -> dict[str, Outcome]:
    """By direction, the outcome for a number as it was typed."""
    try:
        uri = read_dialled(given)
    except BadNumber as error:
        dialled = Outcome("", reason=str(error))
        reported = rules.explain_reported(number_of(DeviceId(given)))
    else:
        dialled = rules.explain_dialled(uri.number, uri.extension)
        reported = rules.explain_reported(uri.number)
    outcomes = {"inbound": dialled, "outbound": reported}
    return outcomes if direction == "both" else {direction: outcomes[direction]}


def check(given: str, outcomes: Mapping[str, Outcome]) -> list[Standing] | None:
    """What the library of the world's numbering plans says of each number with a plus, given or made; None
    where it is not installed."""
    try:
        library = import_module("phonenumbers")
    except ImportError:
        return None
    found = [*_given(given), *(outcome.number for outcome in outcomes.values())]
    return [_standing(library, one) for one in dict.fromkeys(found) if one.startswith("+")]


def _given(text: str) -> list[str]:
    try:
        return [read_dialled(text).number]
    except BadNumber:
        return []


def _standing(library: ModuleType, number: str) -> Standing:
    try:
        parsed = library.parse(number, None)
    except library.NumberParseException:
        return {"number": number, "possible": False, "valid": False, "region": None, "international": None}
    return {
        "number": number,
        "possible": library.is_possible_number(parsed),
        "valid": library.is_valid_number(parsed),
        "region": library.region_code_for_number(parsed),
        "international": library.format_number(parsed, library.PhoneNumberFormat.INTERNATIONAL),
    }


def facts(given: str, outcomes: Mapping[str, Outcome], checked: Sequence[Standing] | None) -> dict[str, Any]:
    """The same for programs. `result` is null where the number is refused."""
    found: dict[str, Any] = {"number": given}
    for direction, outcome in outcomes.items():
        steps = [
            {
                "rule": step.place,
                "name": step.rule.name or None,
                "match": step.rule.match,
                "replace": step.rule.replace,
                "tried": step.tried,
                "matched": step.result is not None,
                "result": step.result,
            }
            for step in outcome.steps
        ]
        found[direction] = {
            "steps": steps,
            "result": outcome.number or None,
            "reason": outcome.reason or None,
        }
    if "inbound" in found:
        found["inbound"]["error"] = None if outcomes["inbound"].number else INVALID_DESTINATION.value
    if "outbound" in found:
        found["outbound"]["shown"] = shown(outcomes["outbound"].number)
    return found | {"e164": None if checked is None else list(checked)}


def render(given: str, outcomes: Mapping[str, Outcome], checked: Sequence[Standing] | None) -> Iterator[str]:
    """For each direction the result and how it comes about, then what the world's numbering plans say."""
    for direction, outcome in outcomes.items():
        yield click.style(_result(given, direction, outcome), bold=True)
        yield from _steps(outcome.steps)
        if outcome.reason:
            yield f"  {outcome.reason}"
        yield ""
    if checked is None:
        yield _WITHOUT
    elif not checked:
        yield "phonenumbers: not E.164, which begins with +"
    else:
        yield from (f"phonenumbers: {_sentence(one)}" for one in checked)


def _result(given: str, direction: str, outcome: Outcome) -> str:
    if direction == "outbound":
        return f"A CTIManager reports {given}: clients are shown {shown(outcome.number)}"
    if outcome.number:
        return f"A client dials {given}: the phone dials {outcome.number}"
    return f"A client dials {given}: refused, {INVALID_DESTINATION.value}"


def _steps(steps: Sequence[Step]) -> Iterator[str]:
    """A table of the rules, with a line above for the text that they are tried on."""
    places, rules = [step.place for step in steps], [_rule(step) for step in steps]
    wide = [max(map(len, column), default=0) for column in (places, rules)]
    word, tried = "read as", ""
    for step, place, rule in zip(steps, places, rules, strict=True):
        if step.tried != tried:
            yield f"  {word} {step.tried}"
            word, tried = "then as", step.tried
        verdict = "no match" if step.result is None else "MATCHES "
        yield f"    {place:<{wide[0]}}  {verdict}  {rule:<{wide[1]}}  {step.rule.name}".rstrip()


def _rule(step: Step) -> str:
    return f"{step.rule.match} -> {step.rule.replace or '(nothing)'}"


def _sentence(standing: Standing) -> str:
    number, region = standing["number"], standing["region"]
    if standing["valid"]:
        place = "" if region == _NO_COUNTRY else f" in {region}"
        return f"{number} is valid{place}, written {standing['international']}"
    if standing["possible"]:
        return f"{number} is as long as it should be, but in no numbering plan"
    return f"{number} is not valid: no numbering plan has numbers like it"
