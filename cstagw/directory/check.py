"""What is wrong with a directory, for an administrator: each finding has a place, a cause and a next step.

Pure: rows, then entries and what else is known come in, findings go out, in time linear in the rows whatever
they hold. Knows neither where a directory is kept nor how CTIManagers are asked.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from itertools import islice
from typing import Literal, TypeAlias, TypeVar

from cstagw.errors import BadNumber, NotAuthorized, UnknownLine
from cstagw.identity import LineAppearance, LineUri
from cstagw.lines import Candidates, Dialled, Lines, appearance_of, is_ip_communicator
from cstagw.numbers import NO_RULES
from cstagw.selection import Choices

from .entries import Entry, Row, read_row
from .state import Directory
from .table import Table

Severity: TypeAlias = Literal["error", "warning"]
#: Line URIs by their text, None for what is no tel: URI.
Uris: TypeAlias = Mapping[str, LineUri | None]
K = TypeVar("K", str, tuple[str, ...])

#: Line URIs of one user that are followed; his client is given one.
MAX_LINE_URIS = 16

_FOREIGN = re.compile(r"[^A-Za-z0-9.-]")
_SEP = re.compile(r"SEP[0-9A-F]{12}\Z")
_MAC = re.compile(r"(?:[0-9A-Fa-f]{2}[.-]?){5}[0-9A-Fa-f]{2}\Z")
_LISTED = 3


class Kind(StrEnum):
    """What a finding is about, in the order in which findings are shown. The words are for programs, too."""

    SOURCE = "source"
    ROW = "row"
    EMPTY = "empty"
    PHONE_CONTEXT = "phone-context"
    DUPLICATE = "duplicate"
    LINE_URI = "line-uri"
    UNKNOWN_DEVICE = "unknown-device"
    NOT_ASSOCIATED = "not-associated"
    NOT_ASKED = "not-asked"
    SELECTIONS = "selections"
    SHARED_LINE_URI = "shared-line-uri"
    NO_LINE = "no-line"
    NO_RULE = "no-rule"
    DEVICE_NAME = "device-name"
    E164 = "e164"
    HOST_NAME = "host-name"


_ORDER = {kind: place for place, kind in enumerate(Kind)}
_FIRST_WARNING = _ORDER[Kind.NOT_ASKED]

_CURES: Mapping[Kind, str] = {
    Kind.ROW: "correct them; until then the gateway goes on with the directory that it had",
    Kind.EMPTY: "fill the directory; until then the gateway goes on with the one that it had",
    Kind.PHONE_CONTEXT: "leave out ;phone-context= behind a number with +, here and in the user's Line URI",
    Kind.DUPLICATE: "delete one of the two rows",
    Kind.NOT_ASSOCIATED: "associate its device with the application's user in CUCM",
    Kind.SHARED_LINE_URI: "give each a Line URI of his own; on one line ;ext= or ;device= tells them apart",
    Kind.NO_LINE: "give him a line appearance or enable one; leave him out where he is to have none",
    Kind.NO_RULE: "choose one with `cstagw user URI select DEVICE`, or name device= in the Line URI",
    Kind.DEVICE_NAME: "take the name from CUCM (Device > Phone)",
    Kind.E164: "correct the number; one that only the site dials has no +",
    Kind.HOST_NAME: "use letters, digits, hyphens and dots only; CUCM has trouble with all others",
}
_FOLLOW = "correct it, or let a rule in [[numbers.inbound]] make his number of it (`cstagw numbers test`)"


@dataclass(frozen=True, slots=True)
class Finding:
    """`place` is that of a row, or a part of the configuration; `who` a user, or whatever else it is about.
    Either may be empty. `text` is the cause, `cure` the next step; what they quote of a row is as it stands
    there."""

    kind: Kind
    place: str
    who: str
    text: str
    cure: str

    @property
    def severity(self) -> Severity:
        """Whether somebody cannot work because of it."""
        return "error" if _ORDER[self.kind] < _FIRST_WARNING else "warning"


@dataclass(frozen=True, slots=True)
class Asked:
    """What CTIManagers, `by` their names, said of line appearances. `known` is how many they know and let us
    control; `others` are errors that decide nothing, with their number. `trouble` is why not all were asked
    for, empty where they were; `unknown_cure` is the next step for those that are not known."""

    by: str
    known: int = 0
    unknown: frozenset[LineAppearance] = frozenset()
    not_associated: frozenset[LineAppearance] = frozenset()
    others: Mapping[str, int] = field(default_factory=dict)
    trouble: str = ""
    cure: str = ""
    unknown_cure: str = "correct number, partition and device, or put the line on the device in CUCM"

    @property
    def checked(self) -> int:
        """How many they have decided on."""
        return self.known + len(self.unknown) + len(self.not_associated)


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known beside the rows: `hosts` by where they are named, `is_valid` for E.164 numbers where the
    numbering plans are at hand, `asked` where CTIManagers were."""

    choices: Choices = field(default_factory=Choices)
    dialled: Dialled = NO_RULES.dialled
    hosts: Mapping[str, str] = field(default_factory=dict)
    is_valid: Callable[[str], bool] | None = None
    asked: Asked | None = None


def read(rows: Iterable[Row]) -> tuple[list[Entry], list[Finding]]:
    """The entries of all rows that can be read, and what rows show by themselves."""
    entries: list[Entry] = []
    findings: list[Finding] = []
    for row in rows:
        try:
            entries.append(read_row(row))
        except ValueError as error:
            findings.append(found(Kind.ROW, row.place, _cut(row.user.strip()), str(error)))
        findings.extend(_phone_contexts(row))
    return entries, findings


def to_ask(entries: Iterable[Entry]) -> dict[LineAppearance, Entry]:
    """What CTIManagers are asked for, with the first entry that names it; disabled entries name none."""
    first: dict[LineAppearance, Entry] = {}
    for entry in entries:
        if entry.dn and entry.enabled:
            first.setdefault(appearance_of(entry), entry)
    return first


def check(entries: Sequence[Entry], facts: Facts) -> Iterator[Finding]:
    """What the entries show together with what else is known."""
    table, uris = Table(entries), {entry.line_uri: _parsed(entry.line_uri) for entry in entries}
    if not len(table):
        yield found(Kind.EMPTY, "", "", "no row has a line appearance that can be read")
    yield from _duplicates(entries)
    yield from _shared(entries, uris)
    yield from _users(table, uris, facts)
    yield from _device_names(entries)
    yield from _host_names(table, facts.hosts)
    if facts.is_valid is not None:
        yield from _numbers(entries, uris, facts.is_valid)
    if facts.asked is not None:
        yield from _devices(entries, facts.asked)


def in_order(findings: Iterable[Finding]) -> list[Finding]:
    """Errors first, each kind together, else as they came."""
    return sorted(findings, key=lambda finding: _ORDER[finding.kind])


def found(kind: Kind, place: str, who: str, text: str, cure: str = "") -> Finding:
    """A finding, with the next step that is usual for its kind."""
    return Finding(kind, place, who, text, cure or _CURES[kind])


# --- what one row shows -------------------------------------------------------------------------------------


def _phone_contexts(row: Row) -> Iterator[Finding]:
    for text in dict.fromkeys((row.dn.strip(), row.line_uri)):
        line = _parsed(text) if "phone-context" in text.lower() else None
        if line is not None and line.number.startswith("+") and line.has_phone_context:
            cause = f"{_cut(text)} makes Lync clients fail"
            yield found(Kind.PHONE_CONTEXT, row.place, _cut(row.user.strip()), cause)


def _device_names(entries: Iterable[Entry]) -> Iterator[Finding]:
    for name, entry in _first(entries, lambda entry: entry.device).items():
        text = _why_no_device(name)
        if text:
            yield found(Kind.DEVICE_NAME, entry.place, entry.user, f"{name} {text}")


def _why_no_device(name: str) -> str:
    capitals = name.upper()
    if capitals.startswith("SEP") and _SEP.match(name) is None:
        return f"is {capitals} in CUCM" if _SEP.match(capitals) else "is not SEP and 12 hexadecimal digits"
    if _MAC.match(name):
        return "is a MAC address, which has SEP before it in the name of a phone"
    return "is a number" if name.isdigit() else ""


def _numbers(entries: Iterable[Entry], uris: Uris, is_valid: Callable[[str], bool]) -> Iterator[Finding]:
    seen: set[str] = set()
    for entry in entries:
        line = uris[entry.line_uri]
        for number in (entry.dn, line.number if line else ""):
            if number.startswith("+") and number not in seen:
                seen.add(number)
                if not is_valid(number):
                    yield found(Kind.E164, entry.place, entry.user, f"{number} is in no numbering plan")


def _host_names(table: Table, hosts: Mapping[str, str]) -> Iterator[Finding]:
    for place, host in hosts.items():
        foreign = _FOREIGN.search(host)
        if foreign:
            yield found(Kind.HOST_NAME, place, host, f'"{foreign[0]}" is in it')
    users: dict[str, list[str]] = {}
    for user in table.users():
        users.setdefault(user.partition("@")[2], []).append(user)
    for domain, there in users.items():
        foreign = _FOREIGN.search(domain)
        if foreign and not domain.startswith("["):
            others = f", that of {len(there) - 1:,} more as well" if len(there) > 1 else ""
            place = table.of_user(there[0])[0].place
            yield found(
                Kind.HOST_NAME, place, there[0], f'"{foreign[0]}" is in the domain {_cut(domain)}{others}'
            )


# --- what several rows show ---------------------------------------------------------------------------------


def _duplicates(entries: Iterable[Entry]) -> Iterator[Finding]:
    places: dict[tuple[str, ...], str] = {}
    for entry in entries:
        key = _key(entry)
        if key in places:
            text = f"{_named(entry)} is in {places[key]} already"
            yield found(Kind.DUPLICATE, entry.place, entry.user, text)
        elif entry.dn:
            places[key] = entry.place


def _shared(entries: Iterable[Entry], uris: Uris) -> Iterator[Finding]:
    """Spelling does not tell Line URIs apart."""
    first: dict[tuple[str, ...], Entry] = {}
    told: set[tuple[str, ...]] = set()
    for entry in entries:
        line = uris[entry.line_uri]
        if line is None or not entry.user or not entry.enabled:
            continue
        parts = line.extension, line.device, line.partition
        key = line.number, *((part or "").casefold() for part in parts)
        other = first.setdefault(key, entry)
        if other.user != entry.user and (*key, entry.user) not in told:
            told.add((*key, entry.user))
            text = f"{_cut(line.text)} is that of {other.user} as well ({other.place})"
            yield found(Kind.SHARED_LINE_URI, entry.place, entry.user, text)


def _users(table: Table, uris: Uris, facts: Facts) -> Iterator[Finding]:
    for user in table.users():
        entries = table.of_user(user)
        his = [entry for entry in entries if entry.dn and entry.enabled]
        if his:
            yield from _of_user(user, his, uris, facts)
            continue
        numbers = dict.fromkeys(entry.dn for entry in entries if entry.dn)
        text = f"disabled for him: {_several(numbers)}" if numbers else "no line appearance"
        yield found(Kind.NO_LINE, entries[0].place, user, text)


def _of_user(user: str, his: list[Entry], uris: Uris, facts: Facts) -> Iterator[Finding]:
    """Where a user's Line URIs lead him, and whether rules choose among his devices. Only his own entries are
    looked into: a number that everybody has would else be gone through for everybody."""
    given = _first(his, lambda entry: entry.line_uri)
    if len(his) == 1 and not given:
        return
    once = Table(_first(his, _key).values())
    lines = Lines(Directory("one user", user, once), facts.choices, facts.dialled)
    reached: dict[str, list[Candidates]] = {}
    for text, entry in islice(given.items(), MAX_LINE_URIS):
        candidates = _follow(lines, user, uris[text])
        if candidates is not None:
            reached.setdefault(candidates.fallback.dn, []).append(candidates)
            continue
        cause, cure = _why_nowhere(lines, user, uris[text])
        yield found(Kind.LINE_URI, entry.place, user, f"{_cut(text)} {cause}", cure)
    if len(given) > MAX_LINE_URIS:
        text = f"{len(given):,} Line URIs, of which {MAX_LINE_URIS} were followed"
        yield found(Kind.LINE_URI, his[0].place, user, text, "leave the one that his client is given")
    yield from _undecided(user, his, lines, reached)


def _follow(lines: Lines, user: str, line: LineUri | None) -> Candidates | None:
    if line is None:
        return None
    try:
        return lines.candidates(user, line)
    except (NotAuthorized, UnknownLine):
        return None


def _why_nowhere(lines: Lines, user: str, line: LineUri | None) -> tuple[str, str]:
    """Why a Line URI leads to nothing of a user's, and what helps."""
    if line is None:
        return "is no tel: URI of a number", "write tel:NUMBER, such as tel:1001 or tel:+14255551001"
    if _follow(lines, user, replace(line, device=None, partition=None)) is not None:
        return "names another device or partition than his", "name one of his, or leave it out"
    numbers = dict.fromkeys(entry.dn for entry in lines.appearances_of(user))
    return f"does not lead to {_several(numbers)}", _FOLLOW


def _undecided(
    user: str, his: list[Entry], lines: Lines, reached: Mapping[str, Sequence[Candidates]]
) -> Iterator[Finding]:
    soft = {appearance_of(entry) for entry in his if is_ip_communicator(entry.model)}
    for dn, entry in _first(his, lambda entry: entry.dn).items():
        # A client whose Line URI is not known here is taken to be given the number alone.
        for candidates in reached.get(dn) or [lines.candidates(user, LineUri(f"tel:{dn}", dn))]:
            there = candidates.appearances
            if len(there) > 1 and sum(each in soft for each in there) != 1:
                devices = _several(each.device or "(any device)" for each in there)
                text = f"{dn} is on {devices}: the first that is registered is taken"
                yield found(Kind.NO_RULE, entry.place, user, text)
                break


# --- what CTIManagers said ----------------------------------------------------------------------------------


def _devices(entries: Iterable[Entry], asked: Asked) -> Iterator[Finding]:
    for appearance, entry in to_ask(entries).items():
        text = f"{_named(entry)} is not in provider's domain at {asked.by}"
        if appearance in asked.unknown:
            yield found(Kind.UNKNOWN_DEVICE, entry.place, entry.user, text, asked.unknown_cure)
        elif appearance in asked.not_associated:
            yield found(Kind.NOT_ASSOCIATED, entry.place, entry.user, text)
    if asked.trouble:
        yield found(Kind.NOT_ASKED, "", asked.by, asked.trouble, asked.cure)
    if asked.others:
        errors = ", ".join(f"{count:,} with {error}" for error, count in asked.others.items())
        cure = "check again; resourceOutOfService: the CTIManager was lost, or silent for too long"
        yield found(Kind.NOT_ASKED, "", asked.by, f"no answer that decides: {errors}", cure)


# --- pieces -------------------------------------------------------------------------------------------------


def _first(entries: Iterable[Entry], key: Callable[[Entry], K]) -> dict[K, Entry]:
    """The first entry of each key, in the order of the rows; an empty key is none."""
    first: dict[K, Entry] = {}
    for entry in entries:
        name = key(entry)
        if name:
            first.setdefault(name, entry)
    return first


def _parsed(text: str) -> LineUri | None:
    try:
        return LineUri.parse(text)
    except BadNumber:
        return None


def _key(entry: Entry) -> tuple[str, ...]:
    """What tells an entry from others; case does not."""
    return entry.user, entry.dn, entry.partition.casefold(), entry.device.casefold()


def _named(entry: Entry) -> str:
    device = f" on {entry.device}" if entry.device else ""
    return f"{entry.dn}{device}{f' in partition {entry.partition}' if entry.partition else ''}"


def _several(names: Iterable[str]) -> str:
    """A, B, C and 5 more"""
    listed = list(names)
    more = f" and {len(listed) - _LISTED:,} more" if len(listed) > _LISTED else ""
    return ", ".join(listed[:_LISTED]) + more


def _cut(text: str) -> str:
    return text if len(text) <= 120 else text[:120] + "..."
