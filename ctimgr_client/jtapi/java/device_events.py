"""Events of lines, terminals and the provider to records.

Called on the library's threads. What no record needs is passed over by its number. Does not know who
observes.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ctimgr_client.jtapi.java.registry import Registry
from ctimgr_client.jtapi.numbers import FORWARD_UNCONDITIONALLY, Ev
from ctimgr_client.jtapi.records import Batch, LineRecord, ProviderRecord, Record, TerminalRecord

_OF_PROVIDER = (
    Ev.PROV_IN_SERVICE,
    Ev.PROV_OUT_OF_SERVICE,
    Ev.PROV_SHUTDOWN,
    Ev.CISCO_PROVIDER_CAPABILITY_CHANGED,
)
_OF_TERMINALS = (
    Ev.CISCO_TERM_CREATED,
    Ev.CISCO_TERM_REMOVED,
    Ev.CISCO_TERM_RESTRICTED,
    Ev.CISCO_TERM_ACTIVATED,
)
_OF_LINES = (Ev.CISCO_ADDR_CREATED, Ev.CISCO_ADDR_RESTRICTED, Ev.CISCO_ADDR_ACTIVATED)
_OF_APPEARANCES = (
    Ev.CISCO_ADDR_REMOVED,
    Ev.CISCO_ADDR_ADDED_TO_TERMINAL,
    Ev.CISCO_ADDR_REMOVED_FROM_TERMINAL,
    Ev.CISCO_ADDR_ACTIVATED_ON_TERMINAL,
    Ev.CISCO_ADDR_RESTRICTED_ON_TERMINAL,
)

Read = Callable[[Any, int], Record]


class DeviceReader:
    """Reads the arrays of three observers."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._provider: dict[int, Read] = {
            **dict.fromkeys(_OF_PROVIDER, _of_provider),
            **dict.fromkeys(_OF_TERMINALS, _of_terminal),
            **dict.fromkeys(_OF_LINES, self._of_line),
            **dict.fromkeys(_OF_APPEARANCES, self._of_appearance),
            Ev.CISCO_PROV_AUTHENTICATION_INFO: _password,
        }
        self._address: dict[int, Read] = {
            Ev.CTL_ADDR_FORWARD: self._forwarding,
            Ev.CTL_ADDR_MESSAGE_WAITING: self._message_waiting,
            Ev.CISCO_ADDR_IN_SERVICE: self._line_service,
            Ev.CISCO_ADDR_OUT_OF_SERVICE: self._line_service,
        }
        self._terminal: dict[int, Read] = {
            Ev.CISCO_TERM_IN_SERVICE: _terminal_service,
            Ev.CISCO_TERM_OUT_OF_SERVICE: _terminal_service,
            Ev.CISCO_TERM_DND_STATUS_CHANGED: _do_not_disturb,
        }

    def provider(self, events: Iterable[Any]) -> Batch:
        return _read(self._provider, events)

    def address(self, events: Iterable[Any]) -> Batch:
        return _read(self._address, events)

    def terminal(self, events: Iterable[Any]) -> Batch:
        return _read(self._terminal, events)

    # -- the provider's ------------------------------------------------------------------------------------

    def _of_line(self, event: Any, number: int) -> Record:
        line = self._registry.optional_line(event.getAddress())
        return ProviderRecord(event=number, line=line, cause=int(event.getCause()))

    def _of_appearance(self, event: Any, number: int) -> Record:
        line = self._registry.optional_line(event.getAddress())
        terminal = _name(event.getTerminal())
        return ProviderRecord(event=number, line=line, terminal=terminal, cause=int(event.getCause()))

    # -- lines' --------------------------------------------------------------------------------------------

    def _forwarding(self, event: Any, number: int) -> Record:
        line = self._registry.line(event.getAddress())
        target = forwarded(event.getForwarding())
        return LineRecord(event=number, line=line, cause=int(event.getCause()), forwarded_to=target)

    def _message_waiting(self, event: Any, number: int) -> Record:
        line = self._registry.line(event.getAddress())
        on = bool(event.getMessageWaitingState())
        return LineRecord(event=number, line=line, cause=int(event.getCause()), message_waiting=on)

    def _line_service(self, event: Any, number: int) -> Record:
        line = self._registry.line(event.getAddress())
        terminal = _name(event.getTerminal())
        return LineRecord(event=number, line=line, cause=int(event.getCause()), terminal=terminal)


def forwarded(entries: Iterable[Any] | None) -> str:
    """The target of unconditional forwarding among CallControlForwardings, "" for none."""
    for entry in entries or ():
        if int(entry.getType()) == FORWARD_UNCONDITIONALLY:
            return str(entry.getDestinationAddress() or "")
    return ""


def _read(readers: Mapping[int, Read], events: Iterable[Any]) -> Batch:
    numbered = ((event, int(event.getID())) for event in events)
    return tuple(readers[number](event, number) for event, number in numbered if number in readers)


def _of_provider(event: Any, number: int) -> Record:
    return ProviderRecord(event=number, cause=int(event.getCause()))


def _of_terminal(event: Any, number: int) -> Record:
    return ProviderRecord(event=number, terminal=_name(event.getTerminal()), cause=int(event.getCause()))


def _password(event: Any, number: int) -> Record:
    days = int(event.getDaysUntilPasswordExpiry())
    detail = "it has expired" if days < 0 else f"in {days} days"
    return ProviderRecord(event=number, detail=detail)


def _terminal_service(event: Any, number: int) -> Record:
    terminal = str(event.getTerminal().getName())
    return TerminalRecord(event=number, terminal=terminal, cause=int(event.getCause()))


def _do_not_disturb(event: Any, number: int) -> Record:
    terminal = str(event.getTerminal().getName())
    return TerminalRecord(
        event=number,
        terminal=terminal,
        cause=int(event.getCause()),
        do_not_disturb=bool(event.getDNDStatus()),
    )


def _name(terminal: Any) -> str | None:
    return None if terminal is None else str(terminal.getName())
