"""`Telephony` over a JTAPI provider: each service is a few calls into the library, and blocks.

Of a line that several devices share the device is named where JTAPI has a way to name it. What a library may
lack is asked for before it is used.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, NamedTuple

from csta_xml import CallId
from ctimgr_client.devices import WireDevice
from ctimgr_client.jtapi.java.call_events import CallReader
from ctimgr_client.jtapi.java.device_events import DeviceReader, forwarded
from ctimgr_client.jtapi.java.domain import Domain
from ctimgr_client.jtapi.java.failures import failure_of, reported
from ctimgr_client.jtapi.java.library import Library
from ctimgr_client.jtapi.java.observers import Passing, make_observers
from ctimgr_client.jtapi.java.registry import Registry
from ctimgr_client.jtapi.keys import Appearance, LineKey
from ctimgr_client.jtapi.names import Feature
from ctimgr_client.jtapi.numbers import FORWARD_UNCONDITIONALLY, Ev
from ctimgr_client.jtapi.records import MergeRecord
from ctimgr_client.jtapi.telephony import Enqueue, JtapiFailure, OpenedLine, TerminalFacts, Trouble

_CISCO_PROVIDER = "com.cisco.jtapi.extensions.CiscoProvider"
_FORWARDING = "javax.telephony.callcontrol.CallControlForwarding"

_TRANSFER = (Ev.CISCO_TRANSFER_START, Ev.CISCO_TRANSFER_END)
_CONFERENCE = (Ev.CISCO_CONFERENCE_START, Ev.CISCO_CONFERENCE_END)


class _Part(NamedTuple):
    """Java's Connection and TerminalConnection of an appearance that is on a call."""

    connection: Any
    leg: Any
    is_shared: bool


class JavaTelephony:
    """One provider, observed from now on."""

    def __init__(
        self, library: Library, provider: Any, enqueue: Enqueue, complain: Callable[[str], None]
    ) -> None:
        self.library = library
        self.is_cisco = library.is_a(provider, _CISCO_PROVIDER)
        self._provider = provider
        self._enqueue = enqueue
        self._registry = Registry(cisco=self.is_cisco)
        self._domain = Domain(library, provider, self._registry, cisco=self.is_cisco)
        devices = DeviceReader(self._registry)
        calls = CallReader(library, self._registry, cisco=self.is_cisco, is_own_end=self._is_own_end)
        self._observers = make_observers(
            library,
            Passing(enqueue, complain),
            provider=devices.provider,
            terminals=devices.terminal,
            lines=devices.address,
            calls=calls.read,
        )
        provider.addObserver(self._observers.provider)

    def _is_own_end(self, line: LineKey) -> bool:
        return not self._domain.is_observed(line)

    def _need(self, feature: Feature) -> None:
        self.library.need(feature, cisco=self.is_cisco)

    # -- provider, lines -----------------------------------------------------------------------------------

    @reported
    def state(self) -> int:
        return int(self._provider.getState())

    @reported
    def find(self, device: WireDevice) -> tuple[Appearance, ...]:
        return self._domain.find(device)

    @reported
    def facts(self, terminal: str) -> TerminalFacts:
        return self._domain.facts(terminal)

    @reported
    def open(self, where: Appearance) -> OpenedLine:
        return self._domain.open(where, self._observers)

    @reported
    def close(self, where: Appearance) -> None:
        self._domain.close(where, self._observers)

    @reported
    def shut_down(self) -> None:
        self._provider.shutdown()

    # -- one call ------------------------------------------------------------------------------------------

    @reported
    def make_call(self, where: Appearance, number: str) -> CallId:
        terminal, address = self._domain.terminal(where.device), self._domain.address(where.line)
        return self._new_call(lambda call: call.connect(terminal, address, number))

    @reported
    def answer(self, where: Appearance, call: CallId) -> None:
        self._part(where, call).leg.answer()

    @reported
    def hold(self, where: Appearance, call: CallId) -> None:
        self._part(where, call).leg.hold()

    @reported
    def retrieve(self, where: Appearance, call: CallId) -> None:
        self._part(where, call).leg.unhold()

    @reported
    def disconnect(self, where: Appearance, call: CallId) -> None:
        self._as_device(self._part(where, call)).disconnect()

    @reported
    def drop(self, call: CallId) -> None:
        self._registry.call(call).drop()

    @reported
    def redirect(self, where: Appearance, call: CallId, number: str) -> None:
        self._as_device(self._part(where, call)).redirect(number)

    @reported
    def send_digits(self, where: Appearance, call: CallId, digits: str) -> None:
        self._need(Feature.DIGITS)
        self._part(where, call).leg.generateDtmf(digits)

    @reported
    def park(self, where: Appearance, call: CallId, number: str) -> LineKey | None:
        self._need(Feature.PARKING)
        parked = self._as_device(self._part(where, call)).park(number)
        return None if parked is None else self._registry.optional_line(parked.getAddress())

    @reported
    def pick_up(self, where: Appearance, ringing: LineKey) -> CallId:
        self._need(Feature.PICKUP)
        terminal, address = self._domain.terminal(where.device), self._domain.address(where.line)
        return self._registry.id_of(terminal.directedPickup(address, ringing.dn))

    @reported
    def pick_up_group(self, where: Appearance, group: str | None) -> CallId:
        self._need(Feature.PICKUP)
        terminal, address = self._domain.terminal(where.device), self._domain.address(where.line)
        call = terminal.groupPickup(address, group) if group else terminal.pickup(address)
        return self._registry.id_of(call)

    @reported
    def unpark(self, where: Appearance, parked_at: str) -> CallId | None:
        self._need(Feature.UNPARKING)
        terminal, address = self._domain.terminal(where.device), self._domain.address(where.line)
        leg = terminal.unPark(address, parked_at)
        return None if leg is None else self._registry.id_of(leg.getConnection().getCall())

    # -- two calls -----------------------------------------------------------------------------------------

    @reported
    def consult(self, where: Appearance, call: CallId, number: str) -> CallId:
        leg = self._part(where, call).leg
        return self._new_call(lambda new: new.consult(leg, number))

    @reported
    def transfer(self, where: Appearance, held: CallId, active: CallId) -> CallId:
        first, second = self._registry.call(held), self._registry.call(active)
        self._controlled_by(self._part(where, held), first.setTransferController)
        with self._told(_TRANSFER, where, held, (active,)):
            first.transfer(second)
        return self._registry.id_of(first)

    @reported
    def transfer_to(self, where: Appearance, call: CallId, number: str) -> CallId:
        first = self._registry.call(call)
        self._controlled_by(self._part(where, call), first.setTransferController)
        with self._told(_TRANSFER, where, call):
            first.transfer(self.library.text(number))
        return self._registry.id_of(first)

    @reported
    def conference(self, where: Appearance, held: CallId, active: CallId) -> CallId:
        first, second = self._registry.call(held), self._registry.call(active)
        self._controlled_by(self._part(where, held), first.setConferenceController)
        with self._told(_CONFERENCE, where, held, (active,)):
            first.conference(second)
        return self._registry.id_of(first)

    # -- features ------------------------------------------------------------------------------------------

    @reported
    def forwarding(self, line: LineKey) -> str:
        self._need(Feature.FORWARDING)
        return forwarded(self._domain.address(line).getForwarding())

    @reported
    def set_forwarding(self, line: LineKey, target: str) -> None:
        self._need(Feature.FORWARDING)
        address = self._domain.address(line)
        if forwarded(address.getForwarding()) == target:
            return
        if target:
            kind = self.library.find(_FORWARDING)
            address.setForwarding(self.library.array(kind, [kind(target, FORWARD_UNCONDITIONALLY)]))
        else:
            address.cancelForwarding()

    @reported
    def do_not_disturb(self, terminal: str) -> bool:
        self._need(Feature.DO_NOT_DISTURB)
        return bool(self._domain.terminal(terminal).getDNDStatus())

    @reported
    def set_do_not_disturb(self, terminal: str, *, on: bool) -> None:
        self._need(Feature.DO_NOT_DISTURB)
        device = self._domain.terminal(terminal)
        if bool(device.getDNDStatus()) is not on:
            device.setDNDStatus(on)

    @reported
    def message_waiting(self, line: LineKey) -> bool:
        self._need(Feature.MESSAGE_WAITING)
        return bool(self._domain.address(line).getMessageWaiting())

    @reported
    def set_message_waiting(self, line: LineKey, *, on: bool) -> None:
        self._need(Feature.MESSAGE_WAITING)
        self._domain.address(line).setMessageWaiting(on)

    # -- how a call is found and made ----------------------------------------------------------------------

    def _part(self, where: Appearance, call: CallId) -> _Part:
        for connection in self._registry.call(call).getConnections() or ():
            if self._registry.line(connection.getAddress()) == where.line:
                legs = list(connection.getTerminalConnections() or ())
                for leg in legs:
                    if str(leg.getTerminal().getName()) == where.device:
                        return _Part(connection, leg, len(legs) > 1)
        raise JtapiFailure(Trouble.UNKNOWN_CALL, f"{where.device} is not on call {call}")

    def _as_device(self, part: _Part) -> Any:
        """The connection, for a request of this device."""
        if part.is_shared and self.library.offers(Feature.SHARED_LINES, cisco=self.is_cisco):
            part.connection.setRequestController(part.leg)
        return part.connection

    def _controlled_by(self, part: _Part, choose: Callable[[Any], None]) -> None:
        """Some releases take a device that talks only; where it does not, they find the one that holds."""
        try:
            choose(part.leg)
        except self.library.exception as error:
            if failure_of(error, self.library).trouble is not Trouble.INVALID_STATE:
                raise

    @contextmanager
    def _told(
        self, events: tuple[Ev, Ev], where: Appearance, final: CallId, merged: tuple[CallId, ...] = ()
    ) -> Iterator[None]:
        """Plain JTAPI does not say that its events are those of a transfer: here it is known."""
        if self.is_cisco:
            yield
            return
        start, end = (
            MergeRecord(event=event, call=final, merged=merged, controllers=(where,), controller=where.line)
            for event in events
        )
        self._enqueue((start,))
        try:
            yield
        except BaseException:
            self._enqueue((replace(end, success=False),))
            raise
        for call in merged:
            self._registry.merged(call, final)
        self._enqueue((end,))

    def _new_call(self, begin: Callable[[Any], object]) -> CallId:
        """A call that could not be begun is of no use to anybody."""
        call = self._provider.createCall()
        try:
            begin(call)
        except self.library.exception:
            if self.library.offers(Feature.CLEANING_UP, cisco=self.is_cisco):
                self._discard(call)
            raise
        return self._registry.id_of(call)

    def _discard(self, call: Any) -> None:
        try:
            self._provider.deleteCall(call)
        except self.library.exception:
            return  # it has begun all the same, and ends like any other
