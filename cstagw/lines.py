"""Which line appearance a user's session controls: from his Line URI, the directory and his own choice.

Pure. Says in which order CTIManagers are to be asked and by which rule; whether a phone is registered only
they know. With the open directory the Line URI alone decides.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from sip import uri_of

from .directory import Directory, Entry
from .errors import BadNumber, BadSessionRequest, DirectoryNotLoaded, NotAuthorized, UnknownLine
from .identity import LineAppearance, LineUri
from .numbers import NO_RULES, diallable
from .selection import Choice, Choices

#: Appearances of one line that are asked for; a line on more phones than this is no desk phone's.
MAX_CANDIDATES = 16

#: How a number with its extension is written at the CTIManagers; raises BadNumber.
Dialled = Callable[[str, str | None], str]


class Rule(StrEnum):
    """Which rule chose an appearance, in words for people."""

    OPEN = "the Line URI alone: the directory is open"
    CHOSEN = "the user's choice"
    NAMED = "device= of the Line URI"
    ONLY = "the only device"
    COMMUNICATOR = "Cisco IP Communicator where it is registered, else the desk phone"
    FIRST = "the first registered device in the order of their names"


@dataclass(frozen=True, slots=True)
class Candidates:
    """Appearances in the order in which they are asked for. The first that is registered is taken; where none
    is, `fallback`."""

    appearances: tuple[LineAppearance, ...]
    rule: Rule
    fallback: LineAppearance

    @classmethod
    def only(cls, appearance: LineAppearance, rule: Rule) -> Candidates:
        """No other is possible."""
        return cls((appearance,), rule, appearance)


@dataclass(slots=True)
class Lines:
    """`dialled` turns a number of a Line URI into one of the cluster; `all_lines` are users who may control
    every line (as `user_key` makes them; "*" is everybody)."""

    directory: Directory
    choices: Choices
    dialled: Dialled = NO_RULES.dialled
    all_lines: frozenset[str] = field(default_factory=frozenset)

    def controls_all(self, user: str) -> bool:
        """Whether this user may control every line."""
        return "*" in self.all_lines or user in self.all_lines

    def candidates(self, user: str, line: LineUri) -> Candidates:
        """Raises UnknownLine, NotAuthorized, DirectoryNotLoaded."""
        if self.directory.is_open:
            return _open(line)
        table = self.directory.table
        if table is None:
            raise DirectoryNotLoaded(f"the directory {self.directory.name} has not been loaded yet")
        on_line = [entry for dn in self._numbers(line) for entry in _in_partition(table.on_line(dn), line)]
        allowed = [entry for entry in on_line if entry.user == user or self.controls_all(user)]
        found = self._found(user, line, _each_once(entry for entry in allowed if entry.enabled))
        if found is not None:
            return found
        if self.controls_all(user):
            return _open(line)
        raise self._refusal(user, line, on_line, allowed)

    def _found(self, user: str, line: LineUri, entries: list[Entry]) -> Candidates | None:
        """The rules in their order, for what the user may control; the number that comes first counts."""
        if not entries:
            return None
        dn = entries[0].dn
        entries = [entry for entry in entries if entry.dn == dn]
        choice = self.choices.of(user, dn)
        chosen = next((entry for entry in entries if choice is not None and is_choice(entry, choice)), None)
        if chosen is not None:
            return Candidates.only(appearance_of(chosen), Rule.CHOSEN)
        if line.device is not None:
            return _named(entries, line.device)
        if len(entries) == 1:
            return Candidates.only(appearance_of(entries[0]), Rule.ONLY)
        return _of_several(sorted(entries, key=lambda entry: (entry.device.casefold(), entry.partition)))

    def _refusal(
        self, user: str, line: LineUri, on_line: list[Entry], allowed: list[Entry]
    ) -> UnknownLine | NotAuthorized:
        """Why not, in words that a trace shows."""
        where = self.directory.name
        if line.device is not None:
            on_line = [entry for entry in on_line if _is(entry, line.device)]
            allowed = [entry for entry in allowed if _is(entry, line.device)]
        if allowed:
            return NotAuthorized(f"{line.text} is disabled for {user} in {where}")
        if on_line:
            return NotAuthorized(f"{user} may not control {line.text}: it is not his in {where}")
        return UnknownLine(f"no line appearance for {line.text} in {where}")

    def may_control(self, user: str, appearance: LineAppearance) -> bool:
        """Whether a session of this user may stay at an appearance."""
        table = self.directory.table
        if self.directory.is_open or self.controls_all(user) or table is None:
            return True
        on_line = [entry for entry in table.on_line(appearance.dn) if entry.user == user and entry.enabled]
        return any(
            (not entry.device or entry.device == appearance.device)
            and entry.partition == (appearance.partition or "")
            for entry in on_line
        )

    def appearances_of(self, user: str) -> tuple[Entry, ...]:
        """Every line appearance of a user, disabled ones too, in the order of the directory."""
        table = self.directory.table
        return tuple(entry for entry in table.of_user(user) if entry.dn) if table is not None else ()

    def _numbers(self, line: LineUri) -> Iterator[str]:
        """What the Line URI says first, then the same by the rules for dialled numbers."""
        yield from line.dns
        for number, extension in ((line.number, line.extension), (line.dns[0], None)):
            try:
                other = self.dialled(number, extension)
            except BadNumber:
                continue
            if other not in line.dns:
                yield other


def line_of_invite(line: str | None, to: bytes) -> LineUri:
    """The Line URI of the request body, or the number in the user part of To where the body names none.

    Raises BadSessionRequest where neither does, UnknownLine where the Line URI is not one.
    """
    if line:
        try:
            return LineUri.parse(line)
        except BadNumber as error:
            raise UnknownLine(f"Line URI {error}") from None
    user = uri_of(to).partition(b":")[2].partition(b"@")[0].decode("utf-8", "replace")
    try:
        number = diallable(user)
    except BadNumber:
        raise BadSessionRequest("the body has no lcs:line and To names no number") from None
    return LineUri(f"tel:{number}", number)


def is_ip_communicator(model: str) -> bool:
    """Whether a model is Cisco's softphone; directories write it in full or as CIPC."""
    name = model.casefold()
    return "ip communicator" in name or name == "cipc"


def appearance_of(entry: Entry) -> LineAppearance:
    """The same as CTIManagers are asked for it."""
    return LineAppearance(entry.dn, entry.device or None, entry.partition or None)


def is_choice(entry: Entry, choice: Choice) -> bool:
    """Whether this is the appearance that was chosen."""
    return _is(entry, choice.device) and entry.partition == choice.partition


def _open(line: LineUri) -> Candidates:
    """What the Line URI leaves out, the cluster completes."""
    numbers = tuple(LineAppearance(dn, line.device, line.partition) for dn in line.dns)
    return Candidates(numbers, Rule.OPEN, numbers[0])


def _in_partition(entries: Iterable[Entry], line: LineUri) -> Iterator[Entry]:
    wanted = line.partition.casefold() if line.partition is not None else None
    return (entry for entry in entries if wanted is None or entry.partition.casefold() == wanted)


def _each_once(entries: Iterable[Entry]) -> list[Entry]:
    """Two users on one line are two entries of one appearance."""
    found: dict[LineAppearance, Entry] = {}
    for entry in entries:
        found.setdefault(appearance_of(entry), entry)
    return list(found.values())


def _named(entries: list[Entry], device: str) -> Candidates | None:
    """An entry without a device is on whichever the Line URI says."""
    named = next((entry for entry in entries if _is(entry, device)), None)
    named = named or next((entry for entry in entries if not entry.device), None)
    if named is None:
        return None
    return Candidates.only(
        LineAppearance(named.dn, named.device or device, named.partition or None), Rule.NAMED
    )


def _of_several(entries: list[Entry]) -> Candidates:
    soft = [appearance_of(entry) for entry in entries if is_ip_communicator(entry.model)]
    hard = [appearance_of(entry) for entry in entries if not is_ip_communicator(entry.model)]
    order = (*soft, *hard)[:MAX_CANDIDATES]
    if soft and hard:
        return Candidates(order, Rule.COMMUNICATOR, hard[0])
    return Candidates(order, Rule.FIRST, order[0])


def _is(entry: Entry, device: str) -> bool:
    return entry.device.casefold() == device.casefold()
