"""The provider's terminals and lines: found by what the wire names them, observed while wanted.

Shell: blocks, may be used on any thread. Those who want the same line, or the same terminal, take turns.
Putting an observer on a terminal is what opens the device, on a line what opens the line.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from ctimgr_client.devices import WireDevice
from ctimgr_client.jtapi.java.failures import failure_of
from ctimgr_client.jtapi.java.library import Library
from ctimgr_client.jtapi.java.observers import Observers
from ctimgr_client.jtapi.java.registry import Locks, Registry
from ctimgr_client.jtapi.keys import Appearance, LineKey
from ctimgr_client.jtapi.names import Feature
from ctimgr_client.jtapi.numbers import NOT_PHONES
from ctimgr_client.jtapi.telephony import JtapiFailure, OpenedLine, TerminalFacts, Trouble

#: Seconds in which a line that was opened comes into service as a rule; later an event says so.
IN_SERVICE_WITHIN = 2.0
_LOOK_EVERY = 0.02

_CAPABILITIES = "com.cisco.jtapi.extensions.CiscoProviderCapabilities"
_LINE_RESTRICTED = 0x8CCC00D3


@dataclass(slots=True)
class _Observed:
    """A Java object with our observers, and for which appearances."""

    thing: Any
    users: set[Appearance] = field(default_factory=set)


class Domain:
    """`cisco`: whether the provider has Cisco's extensions."""

    def __init__(self, library: Library, provider: Any, registry: Registry, *, cisco: bool) -> None:
        self.library = library
        self._provider = provider
        self._registry = registry
        self._cisco = cisco
        self._locks = Locks()
        self._terminals: dict[str, _Observed] = {}
        self._lines: dict[LineKey, _Observed] = {}

    # -- found ---------------------------------------------------------------------------------------------

    def terminal(self, name: str) -> Any:
        """A super-provider has it made where it is not in the control list."""
        observed = self._terminals.get(name)
        if observed is not None:
            return observed.thing
        try:
            return self._provider.getTerminal(name)
        except self.library.exception as error:
            unknown = failure_of(error, self.library).trouble is Trouble.INVALID_ARGUMENT
            if not unknown or not self._may_observe_any():
                raise
        return self._provider.createTerminal(name)

    def address(self, line: LineKey) -> Any:
        observed = self._lines.get(line)
        if observed is not None:
            return observed.thing
        if self._cisco and line.partition:
            return self._provider.getAddress(line.dn, line.partition)
        return self._provider.getAddress(line.dn)

    def find(self, device: WireDevice) -> tuple[Appearance, ...]:
        """As `Telephony.find`."""
        if device.device is not None:
            addresses = self.terminal(device.device).getAddresses()
        elif self._cisco:
            addresses = self._provider.getAddresses(device.dn)
        else:
            addresses = [self._provider.getAddress(device.dn)]
        found: list[Appearance] = []
        for address in addresses or ():
            line = self._registry.line(address)
            if line.dn == device.dn and device.partition in (None, line.partition):
                found += [Appearance(name, line) for name in self._names(device, address)]
        if not found:
            raise JtapiFailure(Trouble.INVALID_ARGUMENT, f"Address {device.dn} is not in provider's domain.")
        return tuple(sorted(found, key=lambda where: where.device))

    def facts(self, name: str) -> TerminalFacts:
        """As `Telephony.facts`."""
        terminal = self.terminal(name)
        if not self._cisco:
            return TerminalFacts(has_do_not_disturb=False)
        return TerminalFacts(
            registered=bool(terminal.isRegistered()),
            in_service=bool(terminal.getState()) if name in self._terminals else None,
            restricted=bool(terminal.isRestricted()),
            has_do_not_disturb=self.library.offers(Feature.DO_NOT_DISTURB, cisco=True),
            controllable=int(terminal.getType()) not in NOT_PHONES,
            type_name=str(terminal.getTypeName() or ""),
        )

    def _names(self, device: WireDevice, address: Any) -> list[str]:
        if device.device is not None:
            return [device.device]
        return [str(terminal.getName()) for terminal in address.getTerminals() or ()]

    def _may_observe_any(self) -> bool:
        if not self.library.offers(Feature.ANY_TERMINAL, cisco=self._cisco):
            return False
        capabilities = self._provider.getProviderCapabilities()
        return self.library.is_a(capabilities, _CAPABILITIES) and bool(capabilities.canObserveAnyTerminal())

    # -- observed ------------------------------------------------------------------------------------------

    def is_observed(self, line: LineKey) -> bool:
        return line in self._lines

    def open(self, where: Appearance, observers: Observers) -> OpenedLine:
        """As `Telephony.open`."""
        terminal = self.terminal(where.device)
        self._observe_terminal(terminal, where, observers)
        try:
            address = self.address(where.line)
            self._observe_line(address, terminal, where, observers)
        except BaseException:
            self._leave_terminal(where, observers)
            raise
        in_service = self._comes_into_service(address, terminal)
        calls = [self._registry.id_of(one.getCall()) for one in address.getConnections() or ()]
        return OpenedLine(tuple(calls), in_service)

    def close(self, where: Appearance, observers: Observers) -> None:
        """As `Telephony.close`."""
        with self._locks.of(where.line):
            line = self._lines.get(where.line)
            if line is not None:
                line.users.discard(where)
                if not line.users:
                    del self._lines[where.line]  # first, so that the end of the observation is our own doing
                    self._if_there(lambda: line.thing.removeCallObserver(observers.calls))
                    self._if_there(lambda: line.thing.removeObserver(observers.lines))
        self._leave_terminal(where, observers)

    def _observe_terminal(self, terminal: Any, where: Appearance, observers: Observers) -> None:
        with self._locks.of(where.device):
            observed = self._terminals.get(where.device)
            if observed is None:
                if self.library.offers(Feature.DO_NOT_DISTURB, cisco=self._cisco):
                    _ask_for_do_not_disturb(terminal)
                terminal.addObserver(observers.terminals)
                observed = self._terminals[where.device] = _Observed(terminal)
            observed.users.add(where)

    def _observe_line(self, address: Any, terminal: Any, where: Appearance, observers: Observers) -> None:
        if self._cisco and address.isRestricted(terminal):
            text = f"{where.device_id} is restricted"
            raise JtapiFailure(Trouble.PLATFORM, text, code=_LINE_RESTRICTED)
        with self._locks.of(where.line):
            observed = self._lines.get(where.line)
            if observed is None:
                address.addObserver(observers.lines)
                observed = self._lines[where.line] = _Observed(address)
                try:
                    address.addCallObserver(observers.calls)
                except BaseException:
                    del self._lines[where.line]
                    self._if_there(lambda: address.removeObserver(observers.lines))
                    raise
            observed.users.add(where)

    def _leave_terminal(self, where: Appearance, observers: Observers) -> None:
        with self._locks.of(where.device):
            observed = self._terminals.get(where.device)
            if observed is None:
                return
            observed.users.discard(where)
            if not observed.users:
                del self._terminals[where.device]
                self._if_there(lambda: observed.thing.removeObserver(observers.terminals))

    def _comes_into_service(self, address: Any, terminal: Any) -> bool:
        """Whether the appearance is in service; one of a phone that is not registered is not waited for."""
        if not self._cisco:
            return True
        end = time.monotonic() + IN_SERVICE_WITHIN
        while not _is_in_service(address, terminal):
            if not terminal.isRegistered() or time.monotonic() >= end:
                return False
            time.sleep(_LOOK_EVERY)
        return True

    def _if_there(self, remove: Callable[[], None]) -> None:
        """What is gone already needs no removing."""
        try:
            remove()
        except self.library.exception:
            return


def _is_in_service(address: Any, terminal: Any) -> bool:
    name = terminal.getName()
    there = any(one.getName() == name for one in address.getInServiceAddrTerminals() or ())
    return there and bool(terminal.getState())


def _ask_for_do_not_disturb(terminal: Any) -> None:
    """Its events come to those who ask for them only."""
    wanted = terminal.getFilter()
    wanted.setDNDChangedEvFilter(True)
    terminal.setFilter(wanted)
