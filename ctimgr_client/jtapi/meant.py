"""Which line appearance, which call and which number a request means. Pure.

What is open is known without asking the library. On a shared line that is named by its number only, the
appearance that has the call is meant.
"""

from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

from csta_xml import ConnectionId, DeviceId, LocalConnectionState
from ctimgr_client.devices import WireDevice, parse_wire_device
from ctimgr_client.jtapi.application import Application
from ctimgr_client.jtapi.calls import Call
from ctimgr_client.jtapi.errands import Steps
from ctimgr_client.jtapi.keys import Appearance
from ctimgr_client.jtapi.refusals import NotInDomain
from ctimgr_client.jtapi.snapshots import calls_at
from ctimgr_client.jtapi.telephony import JtapiFailure, Telephony, Trouble
from ctimgr_client.serving.refused import (
    InvalidCallId,
    InvalidConnectionId,
    InvalidDestination,
    InvalidDeviceId,
    NoActiveCall,
    NoCallToAnswer,
    NoConnectionToClear,
    NoHeldCall,
    Refused,
)

ALERTING, CONNECTED = LocalConnectionState.ALERTING, LocalConnectionState.CONNECTED
HOLD, INITIATED = LocalConnectionState.HOLD, LocalConnectionState.INITIATED
QUEUED, NULL = LocalConnectionState.QUEUED, LocalConnectionState.NULL


class Choice(NamedTuple):
    """Which call is meant when only the device is named: the oldest in the first of these states."""

    states: tuple[LocalConnectionState, ...]
    nothing: type[Refused]


TO_ANSWER = Choice((ALERTING,), NoCallToAnswer)
TO_HOLD = Choice((CONNECTED,), NoActiveCall)
TO_PARK = Choice((CONNECTED, HOLD), NoActiveCall)
HELD = Choice((HOLD,), NoHeldCall)
TO_RESUME = Choice((HOLD, QUEUED), NoHeldCall)
TO_SWAP_IN = Choice((HOLD, ALERTING), NoHeldCall)
TO_HANG_UP = Choice((CONNECTED, INITIATED, ALERTING, HOLD), NoConnectionToClear)


@dataclass(frozen=True, slots=True)
class Leg:
    """A call at an appearance."""

    where: Appearance
    call: Call

    @property
    def own(self) -> ConnectionId:
        return ConnectionId(self.call.id, self.where.device_id)

    @property
    def state(self) -> LocalConnectionState:
        return self.call.local(self.where)


def device(text: str) -> WireDevice:
    try:
        return parse_wire_device(text)
    except ValueError as error:
        raise InvalidDeviceId(str(error)) from None


def number(text: str, refusal: type[Refused] = InvalidDestination) -> str:
    """The digits to dial."""
    try:
        return parse_wire_device(text).dn
    except ValueError as error:
        raise refusal(str(error)) from None


def appearances(application: Application, text: str) -> Steps[tuple[Appearance, ...]]:
    """All that a device identifier fits, at least one; asks the library where it is not open."""
    switch = application.switch
    known = switch.lines.named(text)
    if known is not None:
        return (known,)
    try:
        found = yield from switch.ask(partial(_find, device(text)))
    except JtapiFailure as failure:
        if failure.trouble is Trouble.INVALID_ARGUMENT:
            raise NotInDomain(failure) from None
        raise
    if not found:
        raise InvalidDeviceId(f"no line appearance {text!r}")
    return tuple(sorted(found, key=lambda where: not switch.lines.is_open(where)))


def appearance(application: Application, text: str) -> Steps[Appearance]:
    """The one meant; of several, one that is open."""
    found = yield from appearances(application, text)
    return found[0]


def leg(application: Application, connection: ConnectionId, choice: Choice) -> Steps[Leg]:
    """The leg that a request is about; its line is open then."""
    if connection.device_id is None:
        raise InvalidConnectionId("the connection names no device")
    switch = application.switch
    found = yield from appearances(application, connection.device_id)
    if not switch.lines.is_open(found[0]):
        found = found[:1]
    for where in found:
        if where is found[0] or switch.lines.is_open(where):
            yield from application.use(where)
    if connection.call_id is None:
        return _chosen(application, found, choice)
    call = switch.tracker.find(connection.call_id)
    if call is None:
        raise InvalidCallId(f"no call {connection.call_id!r}")
    legs = [Leg(where, call) for where in found if call.local(where) is not NULL]
    if not legs:
        raise InvalidConnectionId(f"{connection.device_id} is not on call {call.id}")
    return next((one for one in legs if one.state is not QUEUED), legs[0])


def pair(
    application: Application, held: ConnectionId, active: ConnectionId, choice: Choice = HELD
) -> Steps[tuple[Leg, Leg]]:
    """A held and an active call of one appearance."""
    one = yield from leg(application, held, choice)
    other = yield from leg(application, active, TO_HOLD)
    if one.where != other.where:
        raise InvalidConnectionId("the calls are not at the same line appearance")
    if one.call is other.call:
        raise InvalidConnectionId("both connections are the same")
    return one, other


def _chosen(application: Application, found: tuple[Appearance, ...], choice: Choice) -> Leg:
    tracker = application.switch.tracker
    legs = [Leg(where, call) for where in found for call in calls_at(tracker, where)]
    for state in choice.states:
        for one in legs:
            if one.state is state:
                return one
    raise choice.nothing


def _find(wanted: WireDevice, telephony: Telephony) -> tuple[Appearance, ...]:
    return telephony.find(wanted)


def named(text: str) -> DeviceId:
    """A device identifier as it is written on this wire."""
    try:
        return DeviceId(str(parse_wire_device(text)))
    except ValueError:
        return DeviceId(text)
