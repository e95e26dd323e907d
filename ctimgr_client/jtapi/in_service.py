"""Which open appearances are in service, and what else is said of lines and terminals, as facts.

An appearance is in service when its terminal is and its line is there: as far as anybody said, and what is
restricted is not. Each change is told once. Knows no calls.
"""

from collections.abc import Iterable, Mapping
from typing import TypeVar

from ctimgr_client.jtapi.keys import Appearance, LineKey
from ctimgr_client.jtapi.numbers import Ev
from ctimgr_client.jtapi.records import LineRecord, ProviderRecord, TerminalRecord
from ctimgr_client.serving.facts import (
    DoNotDisturbFact,
    Fact,
    ForwardingFact,
    MessageWaitingFact,
    RemovedFact,
    ServiceFact,
)

K = TypeVar("K")

_TERMINAL: Mapping[int, bool] = {
    Ev.CISCO_TERM_IN_SERVICE: True,
    Ev.CISCO_TERM_ACTIVATED: True,
    Ev.CISCO_TERM_OUT_OF_SERVICE: False,
    Ev.CISCO_TERM_RESTRICTED: False,
}
_LINE: Mapping[int, bool] = {
    Ev.CISCO_ADDR_IN_SERVICE: True,
    Ev.CISCO_ADDR_ACTIVATED: True,
    Ev.CISCO_ADDR_ACTIVATED_ON_TERMINAL: True,
    Ev.CISCO_ADDR_OUT_OF_SERVICE: False,
    Ev.CISCO_ADDR_RESTRICTED: False,
    Ev.CISCO_ADDR_RESTRICTED_ON_TERMINAL: False,
}


class InService:
    """The open appearances and their state."""

    def __init__(self) -> None:
        self._terminals: dict[str, bool] = {}
        self._lines: dict[Appearance, bool] = {}
        self._told: dict[Appearance, bool] = {}
        self._on_line: dict[LineKey, dict[Appearance, None]] = {}
        self._at_terminal: dict[str, dict[Appearance, None]] = {}

    def __contains__(self, where: Appearance) -> bool:
        return where in self._told

    def open(self, where: Appearance, *, in_service: bool = True) -> None:
        """`in_service`: what it is taken for, until an event says otherwise; what one has said stays."""
        self._on_line.setdefault(where.line, {})[where] = None
        self._at_terminal.setdefault(where.device, {})[where] = None
        told = self._told.setdefault(where, in_service)
        if in_service and not told and self._is_up(where):
            self._told[where] = True

    def close(self, where: Appearance) -> None:
        """Nothing is kept of it, nor of its terminal with its last line."""
        if self._told.pop(where, None) is None:
            return
        self._lines.pop(where, None)
        _take_out(self._on_line, where.line, where)
        _take_out(self._at_terminal, where.device, where)
        if where.device not in self._at_terminal:
            self._terminals.pop(where.device, None)

    def appearances(self, line: LineKey | None = None, terminal: str | None = None) -> list[Appearance]:
        """The open ones of a line, of a terminal, of both."""
        if line is not None:
            return [where for where in self._on_line.get(line, ()) if terminal in (None, where.device)]
        return list(self._at_terminal.get(terminal, ())) if terminal is not None else list(self._told)

    def terminal(self, record: TerminalRecord) -> list[Fact]:
        at = self.appearances(terminal=record.terminal)
        up = _TERMINAL.get(record.event)
        if up is not None and at:
            self._terminals[record.terminal] = up
            return self._changes(at)
        if record.do_not_disturb is not None:
            return [DoNotDisturbFact(where, record.do_not_disturb) for where in at]
        return []

    def line(self, record: LineRecord) -> list[Fact]:
        at = self.appearances(record.line, record.terminal)
        up = _LINE.get(record.event)
        if up is not None:
            for where in at:
                self._lines[where] = up
            return self._changes(at)
        facts: list[Fact] = []
        if record.forwarded_to is not None:
            target = LineKey(record.forwarded_to) if record.forwarded_to else None
            facts += [ForwardingFact(where, target) for where in at]
        if record.message_waiting is not None:
            facts += [MessageWaitingFact(where, record.message_waiting, None) for where in at]
        return facts

    def provider(self, record: ProviderRecord) -> list[Fact]:
        """What the provider lets go of is an appearance no more."""
        match record.event:
            case Ev.CISCO_TERM_REMOVED | Ev.CISCO_ADDR_REMOVED | Ev.CISCO_ADDR_REMOVED_FROM_TERMINAL:
                if record.line is None and record.terminal is None:
                    return []
                return self.removed(self.appearances(record.line, record.terminal))
            case Ev.CISCO_TERM_RESTRICTED | Ev.CISCO_TERM_ACTIVATED if record.terminal is not None:
                return self.terminal(TerminalRecord(event=record.event, terminal=record.terminal))
            case _ if record.line is not None:
                return self.line(LineRecord(event=record.event, line=record.line, terminal=record.terminal))
        return []

    def removed(self, gone: Iterable[Appearance]) -> list[Fact]:
        facts: list[Fact] = []
        for where in gone:
            self.close(where)
            facts.append(RemovedFact(where))
        return facts

    def _changes(self, at: Iterable[Appearance]) -> list[Fact]:
        facts: list[Fact] = []
        for where in at:
            up = self._is_up(where)
            if up is not self._told[where]:
                self._told[where] = up
                facts.append(ServiceFact(where, up))
        return facts

    def _is_up(self, where: Appearance) -> bool:
        return self._terminals.get(where.device, True) and self._lines.get(where, True)


def _take_out(table: dict[K, dict[Appearance, None]], key: K, where: Appearance) -> None:
    del table[key][where]
    if not table[key]:
        del table[key]
