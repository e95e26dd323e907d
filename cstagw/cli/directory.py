"""`cstagw directory`: what is wrong with the directory, read from its source, without a gateway that runs."""

from __future__ import annotations

import asyncio
import json
import platform
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from importlib import import_module
from itertools import groupby
from typing import TYPE_CHECKING, Any

import click

from cstagw.cli.exits import Exit, Failure, colour
from cstagw.cli.options import config_option, json_option, load_config, unusable
from cstagw.config import Config, ConfigError
from cstagw.config.databases import parse_database_url
from cstagw.config.places import scheme_of

if TYPE_CHECKING:
    from cstagw.directory import Source
    from cstagw.directory.check import Asked, Finding
    from cstagw.selection import Choices

#: Findings that are shown, and those of them that each kind gets before the first kinds take the rest.
MAX_SHOWN, SHOWN_OF_EACH = 200, 10
#: Seconds that the store of selections may take.
LONGEST_STORE = 8.0

_OPEN = """\
The directory is open: every line that a CTIManager knows is everybody's. There is nothing to check.
next: name a source in [directory], where users are to control their own lines only"""
_TITLES = {
    "source": "the source cannot be read",
    "row": "rows that cannot be read",
    "empty": "nobody has a line",
    "phone-context": "E.164 Line URIs with a phone-context",
    "duplicate": "line appearances that are there twice",
    "line-uri": "Line URIs that lead to none of their user's lines",
    "unknown-device": "devices or lines that do not exist",
    "not-associated": "devices that may not be controlled",
    "not-asked": "devices of which it is not known whether they exist",
    "selections": "what users have chosen is not known",
    "shared-line-uri": "one Line URI for several users",
    "no-line": "users without a line",
    "no-rule": "lines on several devices, without a rule that chooses one",
    "device-name": "names that are hardly those of devices",
    "e164": "numbers that are not valid E.164",
    "host-name": "host names with characters that CUCM does not take",
}
_COLOURS = {"error": "red", "warning": "yellow"}


@dataclass(frozen=True, slots=True)
class Result:
    """What there is to say of one source. Its figures are None where it is open or cannot be read, `asked`
    where no CTIManager was to be asked."""

    source: str
    findings: Sequence[Finding] = ()
    line_appearances: int | None = None
    users: int | None = None
    asked: Asked | None = None

    def count(self, severity: str) -> int:
        """How many findings are as bad as that."""
        return sum(1 for finding in self.findings if finding.severity == severity)


@click.group()
@config_option
def directory() -> None:
    """Check the directory: who may control which line appearance."""


@directory.command()
@config_option
@click.option("--offline", is_flag=True, help="Ask no CTIManager whether the devices exist.")
@json_option
@click.pass_context
def check(context: click.Context, *, offline: bool, as_json: bool) -> None:
    """Read the directory from its source and list what is wrong with it, each with the next step.

    Asks the configured CTIManagers for every device, for a minute at most; without any configured, the
    embedded simulated cluster. Exit code 1 where there are errors, 0 where there are none or warnings only.
    """
    from cstagw.directory.sources import source_of
    from cstagw.log import set_up

    config = load_config()
    set_up("error", "text", platform.node(), sys.stderr)  # what matters of the links is in the findings
    try:
        source = source_of(config.directory)
    except ConfigError as error:
        raise unusable(error) from None
    if source is None:
        click.echo(json.dumps(facts(Result("open")), indent=2) if as_json else _OPEN)
        return
    result = asyncio.run(look(config, source, offline=offline))
    if as_json:
        click.echo(json.dumps(facts(result), indent=2))
    elif result.users is None:
        raise Failure(result.findings[0].text, next_step=result.findings[0].cure)
    else:
        click.echo("\n".join(render(result)), color=colour())
    context.exit(Exit.FAILED if result.count("error") else Exit.OK)


async def look(config: Config, source: Source, *, offline: bool) -> Result:
    """Load the directory once and check it. A source that is down is the only finding then."""
    from cstagw.directory import SourceError, Table
    from cstagw.directory.check import Facts, Finding, Kind, in_order, read, to_ask
    from cstagw.directory.check import check as check_entries
    from cstagw.directory.known_devices import ask

    try:
        entries, findings = read(await source.load())
    except SourceError as error:
        return Result(source.name, [Finding(Kind.SOURCE, "", source.name, str(error), error.cure)])
    finally:
        await source.close()
    appearances = list(to_ask(entries))
    asked = await ask(config, appearances) if appearances and not offline else None
    facts = Facts(
        dialled=config.numbers.compiled().dialled, hosts=_hosts(config), is_valid=_e164(), asked=asked
    )
    more = list(check_entries(entries, facts))
    if any(finding.kind is Kind.NO_RULE for finding in more):
        choices, trouble = await _chosen(config)
        more = [*trouble, *check_entries(entries, replace(facts, choices=choices))]
    table = Table(entries)
    return Result(source.name, in_order([*findings, *more]), len(table), sum(1 for _ in table.users()), asked)


async def _chosen(config: Config) -> tuple[Choices, list[Finding]]:
    """What users have chosen, or why that is not known."""
    from cstagw.directory.check import Finding, Kind
    from cstagw.selection import Choices, StoreError
    from cstagw.selection.stores import store_of

    choices, store = Choices(), store_of(config)
    try:
        async with asyncio.timeout(LONGEST_STORE):
            choices.replace(await store.load())
    except StoreError as error:
        return choices, [Finding(Kind.SELECTIONS, "[selection] store", store.name, str(error), error.cure)]
    except TimeoutError:
        text, cure = f"no answer within {LONGEST_STORE:g} s", "see whether it is overloaded"
        return choices, [Finding(Kind.SELECTIONS, "[selection] store", store.name, text, cure)]
    finally:
        await store.close()
    return choices, []


def _hosts(config: Config) -> dict[str, str]:
    """Host names by their place. Those of CTIManagers, of AXL and of [sip] advertise are refused with the
    configuration where there is anything wrong with them."""
    hosts = {"this machine": platform.node()}
    source = config.directory.source
    if scheme_of(source) == "postgresql":
        url = parse_database_url(source)
        if not url.is_local and ":" not in url.host:
            hosts["[directory] source"] = url.host
    return hosts


def _e164() -> Callable[[str], bool] | None:
    """Whether a number is in a numbering plan of the world; None where those are not installed."""
    try:
        library = import_module("phonenumbers")
    except ImportError:
        return None

    def is_valid(number: str) -> bool:
        try:
            return bool(library.is_valid_number(library.parse(number, None)))
        except library.NumberParseException:
            return False

    return is_valid


def facts(result: Result) -> dict[str, Any]:
    """The same for programs, with every finding. `checked_devices` counts those that a CTIManager decided on;
    null where none was to be asked."""
    return {
        "source": result.source,
        "line_appearances": result.line_appearances,
        "users": result.users,
        "findings": [
            {
                "severity": finding.severity,
                "kind": finding.kind,
                "place": finding.place,
                "who": finding.who,
                "text": finding.text,
                "cure": finding.cure,
            }
            for finding in result.findings
        ],
        "checked_devices": None if result.asked is None else result.asked.checked,
    }


def render(result: Result) -> Iterator[str]:
    """By kind, errors first, the next step below those that it helps; the last line counts."""
    yield click.style(_plain(result.source), bold=True)
    for group in shares(result.findings):
        yield ""
        yield from _group(*group)
    yield ""
    shown = sum(len(group) for group, _ in shares(result.findings))
    if shown < len(result.findings):
        yield f"{shown} of {len(result.findings):,} findings are shown, --json has all of them"
    if result.asked is not None:
        yield f"{_counted(result.asked.checked, 'device')} checked at {result.asked.by}"
    counts = [_counted(result.line_appearances or 0, "line appearance"), _counted(result.users or 0, "user")]
    for severity in ("error", "warning"):
        count = result.count(severity)
        counts.append(click.style(_counted(count, severity), fg=_COLOURS[severity] if count else None))
    yield ", ".join(counts)


def shares(findings: Sequence[Finding]) -> list[tuple[list[Finding], int]]:
    """For each kind the findings to show, and how many there are; those of one kind leave room for others."""
    groups = [list(group) for _, group in groupby(findings, key=lambda finding: finding.kind)]
    left = MAX_SHOWN - sum(min(len(group), SHOWN_OF_EACH) for group in groups)
    shown: list[tuple[list[Finding], int]] = []
    for group in groups:
        more = min(left, max(len(group) - SHOWN_OF_EACH, 0))
        left -= more
        shown.append((group[: SHOWN_OF_EACH + more], len(group)))
    return shown


def _group(findings: Sequence[Finding], count: int) -> Iterator[str]:
    first = findings[0]
    head = f"{first.severity}: {_TITLES[first.kind]} ({count:,})"
    yield f"{click.style(head, fg=_COLOURS[first.severity], bold=True)} [{first.kind}]"
    wide = [_width(finding.place for finding in findings), _width(finding.who for finding in findings)]
    for cure, helped in _by_cure(findings).items():
        for finding in helped:
            cells = [f"{_plain(finding.place):<{wide[0]}}", f"{_plain(finding.who):<{wide[1]}}"]
            yield "  ".join(["", *(cell for cell in cells if cell), _plain(finding.text)])
        yield f"  next: {_plain(cure)}"
    if count > len(findings):
        yield f"  and {count - len(findings):,} more"


def _by_cure(findings: Iterable[Finding]) -> dict[str, list[Finding]]:
    groups: dict[str, list[Finding]] = {}
    for finding in findings:
        groups.setdefault(finding.cure, []).append(finding)
    return groups


def _width(texts: Iterable[str]) -> int:
    return max((len(_plain(text)) for text in texts), default=0)


def _counted(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def _plain(text: str) -> str:
    """A row must not write to the terminal but in its place."""
    return "".join(sign if sign.isprintable() else "?" for sign in text)
