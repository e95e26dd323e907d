"""`Telephony` over a JTAPI provider."""

import time
from collections.abc import Callable
from typing import Any, TypeVar

from csta_xml import CallId
from ctimgr_client.devices import WireDevice
from ctimgr_client.jtapi.java.failures import failure_of
from ctimgr_client.jtapi.java.machine import Library, start_machine
from ctimgr_client.jtapi.java.observers import Reader, forwarded, make_observers
from ctimgr_client.jtapi.java.registry import Registry
from ctimgr_client.jtapi.keys import Appearance, LineKey
from ctimgr_client.jtapi.numbers import FORWARD_UNCONDITIONALLY
from ctimgr_client.jtapi.opening import OpeningFailed
from ctimgr_client.jtapi.settings import BridgeSettings
from ctimgr_client.jtapi.telephony import (
    Enqueue,
    JtapiFailure,
    OpenedLine,
    TerminalFacts,
    Trouble,
)

T = TypeVar("T")
_IN_SERVICE_WITHIN = 2.0

_TAILS = (
    ("login=", "no_login"),
    ("bad login", "bad_login"),
    ("password", "bad_login"),
    ("connection refused", "refused"),
    ("timed out", "timed_out"),
    ("null", "no_version"),
)


def reason_of_opening(text: str, host: str) -> str:
    """The label for what the library said."""
    tail = text.rpartition("--")[2].strip().lower()
    for words, reason in _TAILS:
        if words in tail:
            return reason
    return "not_resolvable" if tail == host.lower() else "other"


def open_provider(
    settings: BridgeSettings, enqueue: Enqueue, complain: Callable[[str], None]
) -> "JavaTelephony":
    """A provider of the library; blocks. Raises OpeningFailed."""
    import jpype  # noqa: PLC0415

    if settings.secure is not None:
        raise OpeningFailed("security", "this version cannot open secure connections yet")
    if any(sign in settings.user + settings.password for sign in ";="):
        raise OpeningFailed(
            "bad_login", "user or password has a semicolon or an equals sign, which JTAPI cannot pass on"
        )
    library = start_machine(settings)
    factory = library.get("javax.telephony.JtapiPeerFactory")
    try:
        peer = factory.getJtapiPeer(settings.peer or None)
    except jpype.JException as error:
        raise OpeningFailed("peer", str(error.getMessage())) from None
    if library.cisco and hasattr(peer, "getJtapiProperties"):
        properties = peer.getJtapiProperties()
        properties.setDesiredServerHeartbeatInterval(settings.server_heartbeat)
        properties.setProviderOpenRequestTimeout(settings.open_timeout)
        properties.setProviderRetryInterval(settings.retry_interval)
        properties.setCtiRequestTimeout(settings.request_timeout)
        properties.setJtapiPostConditionTimeout(settings.post_condition_timeout)
        peer.setJtapiProperties(properties)
    words = f"{settings.host};login={settings.user};passwd={settings.password};appinfo={settings.appinfo}"
    try:
        provider = peer.getProvider(words)
    except jpype.JException as error:
        failure = failure_of(error)
        text = failure.text.replace(settings.password, "***")
        raise OpeningFailed(reason_of_opening(text, settings.host), text) from None
    return JavaTelephony(library, provider, enqueue, complain)


class JavaTelephony:
    """One provider."""

    def __init__(
        self, library: Library, provider: Any, enqueue: Enqueue, complain: Callable[[str], None]
    ) -> None:
        self._library = library
        self._provider = provider
        self._registry = Registry(cisco=library.cisco)
        reader = Reader(library, self._registry)
        observers = make_observers(library, reader, enqueue, complain)
        self._of_provider, self._of_terminals, self._of_addresses, self._of_calls = observers
        self._lines: dict[LineKey, set[Appearance]] = {}
        self._terminals: dict[str, set[Appearance]] = {}
        provider.addObserver(self._of_provider)

    @property
    def is_cisco(self) -> bool:
        return self._library.cisco

    def _do(self, work: Callable[[], T]) -> T:
        import jpype  # noqa: PLC0415

        try:
            return work()
        except jpype.JException as error:
            raise failure_of(error) from None

    def state(self) -> int:
        return self._do(lambda: int(self._provider.getState()))

    def _address(self, line: LineKey) -> Any:
        if self.is_cisco and line.partition:
            return self._provider.getAddress(line.dn, line.partition)
        return self._provider.getAddress(line.dn)

    def _terminal(self, name: str) -> Any:
        return self._provider.getTerminal(name)

    def find(self, device: WireDevice) -> tuple[Appearance, ...]:
        return self._do(lambda: self._find(device))

    def _find(self, device: WireDevice) -> tuple[Appearance, ...]:
        if device.device is not None:
            addresses = list(self._terminal(device.device).getAddresses() or [])
            names = [device.device]
        else:
            names = []
            addresses = (
                list(self._provider.getAddresses(device.dn) or [])
                if self.is_cisco
                else [self._provider.getAddress(device.dn)]
            )
            if not addresses:
                addresses = [self._provider.getAddress(device.dn)]
        found: list[Appearance] = []
        for address in addresses:
            line = self._registry.line(address)
            if line.dn != device.dn or device.partition not in (None, line.partition):
                continue
            at = names or [str(one.getName()) for one in address.getTerminals() or []]
            found += [Appearance(name, line) for name in at]
        if not found:
            raise JtapiFailure(Trouble.INVALID_ARGUMENT, f"Address {device.dn} is not in provider's domain.")
        return tuple(sorted(found, key=lambda where: where.device))

    def facts(self, terminal: str) -> TerminalFacts:
        return self._do(lambda: self._facts(terminal))

    def _facts(self, name: str) -> TerminalFacts:
        terminal = self._terminal(name)
        if not self.is_cisco:
            return TerminalFacts(has_do_not_disturb=False)
        return TerminalFacts(
            registered=bool(terminal.isRegistered()),
            in_service=bool(terminal.getState()) if name in self._terminals else None,
            restricted=bool(terminal.isRestricted()),
            type_name=str(terminal.getTypeName() or ""),
        )

    def open(self, where: Appearance) -> OpenedLine:
        return self._do(lambda: self._open(where))

    def _open(self, where: Appearance) -> OpenedLine:
        terminal, address = self._terminal(where.device), self._address(where.line)
        if not self._terminals.get(where.device):
            if self.is_cisco:
                wanted = terminal.getFilter()
                wanted.setDNDChangedEvFilter(True)
                wanted.setDNDOptionChangedEvFilter(True)
                terminal.setFilter(wanted)
            terminal.addObserver(self._of_terminals)
        self._terminals.setdefault(where.device, set()).add(where)
        if not self._lines.get(where.line):
            address.addObserver(self._of_addresses)
            address.addCallObserver(self._of_calls)
        self._lines.setdefault(where.line, set()).add(where)
        in_service = True
        if self.is_cisco:
            end = time.monotonic() + _IN_SERVICE_WITHIN
            while not (in_service := self._is_there(address, terminal)) and time.monotonic() < end:
                if not terminal.isRegistered():
                    break
                time.sleep(0.02)
        there = address.getConnections() or []
        return OpenedLine(tuple(self._registry.id_of(one.getCall()) for one in there), in_service)

    @staticmethod
    def _is_there(address: Any, terminal: Any) -> bool:
        there = address.getInServiceAddrTerminals() or []
        return any(one.getName() == terminal.getName() for one in there) and bool(terminal.getState())

    def close(self, where: Appearance) -> None:
        self._do(lambda: self._close(where))

    def _close(self, where: Appearance) -> None:
        at = self._lines.get(where.line, set())
        at.discard(where)
        if not at and self._lines.pop(where.line, None) is not None:
            address = self._address(where.line)
            address.removeCallObserver(self._of_calls)
            address.removeObserver(self._of_addresses)
        on = self._terminals.get(where.device, set())
        on.discard(where)
        if not on and self._terminals.pop(where.device, None) is not None:
            self._terminal(where.device).removeObserver(self._of_terminals)

    # -- calls ---------------------------------------------------------------------------------------------

    def _leg(self, where: Appearance, call: CallId) -> Any:
        for connection in self._registry.call(call).getConnections() or []:
            if self._registry.line(connection.getAddress()) == where.line:
                for leg in connection.getTerminalConnections() or []:
                    if str(leg.getTerminal().getName()) == where.device:
                        return leg
        raise JtapiFailure(Trouble.UNKNOWN_CALL, f"{where.device} is not on call {call}")

    def make_call(self, where: Appearance, number: str) -> CallId:
        def work() -> CallId:
            call = self._provider.createCall()
            call.connect(self._terminal(where.device), self._address(where.line), number)
            return self._registry.id_of(call)

        return self._do(work)

    def answer(self, where: Appearance, call: CallId) -> None:
        self._do(lambda: self._leg(where, call).answer())

    def hold(self, where: Appearance, call: CallId) -> None:
        self._do(lambda: self._leg(where, call).hold())

    def retrieve(self, where: Appearance, call: CallId) -> None:
        self._do(lambda: self._leg(where, call).unhold())

    def disconnect(self, where: Appearance, call: CallId) -> None:
        self._do(lambda: self._leg(where, call).getConnection().disconnect())

    def drop(self, call: CallId) -> None:
        self._do(lambda: self._registry.call(call).drop())

    def consult(self, where: Appearance, call: CallId, number: str) -> CallId:
        def work() -> CallId:
            new = self._provider.createCall()
            new.consult(self._leg(where, call), number)
            return self._registry.id_of(new)

        return self._do(work)

    def transfer(self, where: Appearance, held: CallId, active: CallId) -> CallId:
        def work() -> CallId:
            first = self._registry.call(held)
            first.setTransferController(self._leg(where, held))
            first.transfer(self._registry.call(active))
            return self._registry.id_of(first)

        return self._do(work)

    def transfer_to(self, where: Appearance, call: CallId, number: str) -> CallId:
        import jpype  # noqa: PLC0415

        def work() -> CallId:
            first = self._registry.call(call)
            first.setTransferController(self._leg(where, call))
            first.transfer(jpype.JString(number))
            return self._registry.id_of(first)

        return self._do(work)

    def conference(self, where: Appearance, held: CallId, active: CallId) -> CallId:
        def work() -> CallId:
            first = self._registry.call(held)
            first.setConferenceController(self._leg(where, held))
            first.conference(self._registry.call(active))
            return self._registry.id_of(first)

        return self._do(work)

    def redirect(self, where: Appearance, call: CallId, number: str) -> None:
        self._do(lambda: self._leg(where, call).getConnection().redirect(number))

    def send_digits(self, where: Appearance, call: CallId, digits: str) -> None:
        self._do(lambda: self._leg(where, call).generateDtmf(digits))

    def park(self, where: Appearance, call: CallId, number: str) -> LineKey | None:
        parked = self._do(lambda: self._leg(where, call).getConnection().park(number))
        return self._registry.line(parked.getAddress()) if parked is not None else None

    def _need_cisco(self) -> None:
        if not self.is_cisco:
            raise JtapiFailure(Trouble.NOT_OFFERED, "plain JTAPI has no such method")

    def pick_up(self, where: Appearance, ringing: LineKey) -> CallId:
        self._need_cisco()
        return self._do(
            lambda: self._registry.id_of(
                self._terminal(where.device).directedPickup(self._address(where.line), ringing.dn)
            )
        )

    def unpark(self, where: Appearance, parked_at: str) -> CallId | None:
        self._need_cisco()
        leg = self._do(lambda: self._terminal(where.device).unPark(self._address(where.line), parked_at))
        return self._registry.id_of(leg.getConnection().getCall()) if leg is not None else None

    def pick_up_group(self, where: Appearance, group: str | None) -> CallId:
        self._need_cisco()

        def work() -> CallId:
            terminal, address = self._terminal(where.device), self._address(where.line)
            call = terminal.groupPickup(address, group) if group else terminal.pickup(address)
            return self._registry.id_of(call)

        return self._do(work)

    # -- features ------------------------------------------------------------------------------------------

    def forwarding(self, line: LineKey) -> str:
        return self._do(lambda: forwarded(self._address(line).getForwarding()))

    def set_forwarding(self, line: LineKey, target: str) -> None:
        import jpype  # noqa: PLC0415

        def work() -> None:
            address = self._address(line)
            if not target:
                address.cancelForwarding()
                return
            kind = self._library.get("javax.telephony.callcontrol.CallControlForwarding")
            address.setForwarding(jpype.JArray(kind)([kind(target, FORWARD_UNCONDITIONALLY)]))

        self._do(work)

    def do_not_disturb(self, terminal: str) -> bool:
        self._need_cisco()
        return self._do(lambda: bool(self._terminal(terminal).getDNDStatus()))

    def set_do_not_disturb(self, terminal: str, *, on: bool) -> None:
        self._need_cisco()

        def work() -> None:
            device = self._terminal(terminal)
            if bool(device.getDNDStatus()) is not on:
                device.setDNDStatus(on)

        self._do(work)

    def message_waiting(self, line: LineKey) -> bool:
        return self._do(lambda: bool(self._address(line).getMessageWaiting()))

    def set_message_waiting(self, line: LineKey, *, on: bool) -> None:
        self._do(lambda: self._address(line).setMessageWaiting(on))

    def shut_down(self) -> None:
        self._do(self._provider.shutdown)
