"""One user as an administrator sees him: his line appearances, what he chose, his sessions, what became of
his last sign-ins; and choosing a device for him.

Reads what others hold. Everything is JSON; times are given as seconds ago.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from .askings import Asking, Askings
from .directory import Entry
from .following import Following, Wanted
from .lines import Lines, is_choice
from .log import get_logger
from .selection import Choice, StoreError
from .selection.keeping import Keeping
from .session import Session
from .sessions import Sessions

Json = dict[str, object]

_AUDIT = get_logger("audit")


class UnknownUser(Exception):
    """Nobody has heard of him: neither the directory nor a session nor a refused sign-in."""


class NotHis(Exception):
    """The device that was chosen cannot be his; the text says why and which can."""


class Users:
    """`keeping` holds the choices; `clock` is monotonic seconds, `wall_clock` seconds since 1970."""

    def __init__(
        self,
        lines: Lines,
        sessions: Sessions,
        *,
        following: Following,
        askings: Askings,
        keeping: Keeping,
        clock: Callable[[], float],
        wall_clock: Callable[[], float],
    ) -> None:
        self._lines = lines
        self._sessions = sessions
        self._following = following
        self._askings = askings
        self._keeping = keeping
        self._clock = clock
        self._wall_clock = wall_clock

    def report(self, user: str) -> Json:
        """Everything about a user (as `directory.user_key` makes him). Raises UnknownUser."""
        entries, sessions = self._lines.appearances_of(user), self._sessions.of_user(user)
        granted, refused = self._askings.last_granted(user), self._askings.last_refused(user)
        all_lines = self._lines.controls_all(user)
        if not (self._is_listed(user) or sessions or granted or refused or all_lines):
            raise UnknownUser(user)
        return {
            "user": user,
            "controls_all_lines": all_lines or self._lines.directory.is_open,
            "directory": self._lines.directory.report(self._wall_clock()),
            "selection_store": {
                "name": self._keeping.name,
                "error": self._keeping.error,
                "cure": self._keeping.cure,
            },
            "appearances": [self._appearance(user, entry) for entry in entries],
            "selections": self._selections(user, entries, sessions),
            "sessions": [self._session(session) for session in sessions],
            "last_granted": self._asking(granted),
            "last_refused": self._asking(refused),
        }

    async def select(self, user: str, device: str | None, dn: str | None = None) -> None:
        """Choose a device for every line that the user has there, or for one of them; without a device his
        choices are taken back. Raises UnknownUser, NotHis, StoreError."""
        kept: list[str] = []
        for choice in self._wished(user, device, dn):
            try:
                await self._keeping.put(choice)
            except StoreError as error:
                if not kept:
                    raise
                text = f"{error}; before that it was kept for {', '.join(kept)}"
                raise StoreError(text, f"{error.cure}; then choose again") from None
            kept.append(choice.dn)
            _AUDIT.info(
                "selection.taken_back" if not choice.device else "selection.chosen",
                user=user,
                dn=choice.dn,
                device=choice.device,
                partition=choice.partition,
            )

    def _wished(self, user: str, device: str | None, dn: str | None) -> list[Choice]:
        if self._lines.directory.is_open:
            raise NotHis("the directory is open, so nobody's devices are known; configure [directory] source")
        directory = self._lines.directory
        if directory.table is None:
            text = f"the directory {directory.name} has not been loaded yet"
            raise StoreError(text, directory.cure or "wait a moment, and see `cstagw status`")
        entries = [entry for entry in self._lines.appearances_of(user) if dn in (None, entry.dn)]
        if not entries:
            self.report(user)
            raise NotHis(f"{user} has no line {dn}" if dn else f"{user} has no line appearance")
        now = self._wall_clock()
        if device is None:
            return [Choice(user, number, "", chosen_at=now) for number in {entry.dn: 0 for entry in entries}]
        fitting = [entry for entry in entries if entry.device.casefold() == device.casefold()]
        enabled = [entry for entry in fitting if entry.enabled]
        if enabled:
            chosen = {entry.dn: entry for entry in reversed(enabled)}
            return [Choice(user, one.dn, one.device, one.partition, now) for one in chosen.values()]
        if fitting:
            raise NotHis(f"{fitting[0].device} is disabled for {user}")
        raise NotHis(f"{device} is not a device of {user}; his are {_devices(entries)}")

    # --- the parts of report() ------------------------------------------------------------------------------

    def _is_listed(self, user: str) -> bool:
        table = self._lines.directory.table
        return table is not None and bool(table.of_user(user))

    def _appearance(self, user: str, entry: Entry) -> Json:
        choice = self._lines.choices.of(user, entry.dn)
        return {
            "dn": entry.dn,
            "partition": entry.partition,
            "device": entry.device,
            "model": entry.model,
            "enabled": entry.enabled,
            "chosen": choice is not None and is_choice(entry, choice),
        }

    def _selections(self, user: str, entries: Iterable[Entry], sessions: list[Session]) -> list[Json]:
        found = []
        for dn in {entry.dn: 0 for entry in entries}:
            choice = self._lines.choices.of(user, dn)
            if choice is not None:
                found.append(self._selection(choice, entries, sessions))
        return found

    def _selection(self, choice: Choice, entries: Iterable[Entry], sessions: list[Session]) -> Json:
        state, text = "stored", "takes effect at the next sign-in"
        of_line = [one for one in sessions if one.appearance.dn == choice.dn]
        waiting = next((want for one in of_line if (want := self._following.wanted(one))), None)
        if not any(entry.enabled and entry.dn == choice.dn and is_choice(entry, choice) for entry in entries):
            state, text = "void", "the directory does not give him this device; the default rule is in force"
        elif waiting is not None:
            state, text = "pending", _why_pending(waiting)
        elif any(_is_at(one, choice) for one in of_line):
            state, text = "in force", ""
        elif of_line:
            text = "the Line URI of his session does not allow it; it counts where one does"
        return {
            "dn": choice.dn,
            "device": choice.device,
            "partition": choice.partition,
            "state": state,
            "text": text,
            "chosen_seconds_ago": round(self._wall_clock() - choice.chosen_at, 3),
        }

    def _session(self, session: Session) -> Json:
        appearance, wanted = session.appearance, self._following.wanted(session)
        return {
            "id": session.id,
            "line": session.line.text,
            "dn": appearance.dn,
            "device": appearance.device,
            "partition": appearance.partition,
            "rule": str(session.rule),
            "ctimanager": session.link.name,
            "moving": session.moving,
            "waits_for": None if wanted is None else _waits_for(wanted),
            "monitors": len(session.monitors),
            "calls": {str(call): str(state) for call, state in session.calls.states().items()},
            "seconds": round(self._clock() - session.started, 3),
        }

    def _asking(self, asking: Asking | None) -> Json | None:
        return None if asking is None else asking.report(self._clock())


def _is_at(session: Session, choice: Choice) -> bool:
    appearance = session.appearance
    is_device = (appearance.device or "").casefold() == choice.device.casefold()
    return is_device and (appearance.partition or "") == choice.partition


def _waits_for(wanted: Wanted) -> Json:
    """Where a session is to go, and why it is not there."""
    devices = [one.device for one in wanted.candidates.appearances]
    return {"devices": devices, "text": _why_pending(wanted)}


def _why_pending(wanted: Wanted) -> str:
    if wanted.problem:
        return f"not possible so far: {wanted.problem}"
    if wanted.session.calls.busy:
        return "takes effect when the call at the old device is over"
    return "about to take effect"


def _devices(entries: Iterable[Entry]) -> str:
    names = sorted({entry.device for entry in entries if entry.device})
    return ", ".join(names) if names else "none"


__all__ = ["Json", "NotHis", "StoreError", "UnknownUser", "Users"]
