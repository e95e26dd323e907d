"""What a person can ask for with a verb and a few words: one table line per service.

A verb is a function from the client and the words to the service. Which call is meant, where there are
several, is always the newest in the state that the service needs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from csta_xml import (
    AlternateCall,
    AnswerCall,
    AutoOriginate,
    ClearCall,
    ClearConnection,
    ConferenceCall,
    ConnectionId,
    ConsultationCall,
    DeflectCall,
    DeviceId,
    DirectedPickupCall,
    ForwardingType,
    GenerateDigits,
    GetCSTAFeatures,
    GetDoNotDisturb,
    GetForwarding,
    GetMessageWaitingIndicator,
    GroupPickupCall,
    HoldCall,
    LocalConnectionState,
    MakeCall,
    ParkCall,
    ReconnectCall,
    RequestSystemStatus,
    RetrieveCall,
    Service,
    SetDoNotDisturb,
    SetForwarding,
    SetMessageWaitingIndicator,
    SingleStepConferenceCall,
    SingleStepTransferCall,
    SnapshotCall,
    SnapshotDevice,
    TransferCall,
)

from .rcc import RccClient
from .refusals import ServiceRefused

_ALERTING, _CONNECTED = LocalConnectionState.ALERTING, LocalConnectionState.CONNECTED
_HOLD, _INITIATED = LocalConnectionState.HOLD, LocalConnectionState.INITIATED

Words = tuple[str, ...]
Build = Callable[[RccClient, Words], Service]


class UsageError(ValueError):
    """A script that makes no sense, with what would."""


@dataclass(frozen=True, slots=True)
class Verb:
    """How a verb is written, what it is for, and how its service is built."""

    parameters: str
    purpose: str
    service: Build


def _device(number: str) -> DeviceId:
    return DeviceId(number if ":" in number else f"tel:{number}")


def _call(client: RccClient, what: str, *states: LocalConnectionState) -> ConnectionId:
    call = client.newest_call(*states)
    if call is None:
        raise ServiceRefused("not sent", f"there is no call to {what}; snapshot lists the calls of the line")
    return client.connection(call)


def _active(client: RccClient, what: str) -> ConnectionId:
    return _call(client, what, _CONNECTED)


def _held(client: RccClient, what: str) -> ConnectionId:
    return _call(client, what, _HOLD)


def _make(client: RccClient, words: Words, how: AutoOriginate = AutoOriginate.DO_NOT_PROMPT) -> Service:
    return MakeCall(calling_device=client.line, called_directory_number=_device(words[0]), auto_originate=how)


def _swap(client: RccClient, _words: Words) -> Service:
    held = _call(client, "swap to", _HOLD, _ALERTING)
    return AlternateCall(held_call=held, active_call=_active(client, "swap from"))


def _reconnect(client: RccClient, _words: Words) -> Service:
    return ReconnectCall(active_call=_active(client, "give up"), held_call=_held(client, "go back to"))


def _transfer(client: RccClient, _words: Words) -> Service:
    return TransferCall(held_call=_held(client, "transfer"), active_call=_active(client, "transfer it to"))


def _conference(client: RccClient, _words: Words) -> Service:
    return ConferenceCall(held_call=_held(client, "join"), active_call=_active(client, "join it to"))


def _forward(client: RccClient, words: Words) -> Service:
    off = words[0] == "off"
    return SetForwarding(
        device=client.line,
        forwarding_type=ForwardingType.IMMEDIATE,
        activate_forward=not off,
        forward_dn=None if off else _device(words[0]),
    )


def _pickup(client: RccClient, words: Words) -> Service:
    ringing = ConnectionId(None, _device(words[0]))
    return DirectedPickupCall(call_to_be_picked_up=ringing, requesting_device=client.line)


def is_on(words: Words) -> bool:
    """The switch in a verb's words. Raises UsageError."""
    if words[0] not in ("on", "off"):
        raise UsageError(f"write on or off, not {words[0]!r}")
    return words[0] == "on"


def _consult(client: RccClient, words: Words) -> Service:
    return ConsultationCall(existing_call=_active(client, "hold"), consulted_device=_device(words[0]))


def _transfer_to(client: RccClient, words: Words) -> Service:
    return SingleStepTransferCall(active_call=_active(client, "transfer"), transferred_to=_device(words[0]))


def _join(client: RccClient, words: Words) -> Service:
    return SingleStepConferenceCall(active_call=_active(client, "join"), device_to_join=_device(words[0]))


def _deflect(client: RccClient, words: Words) -> Service:
    ringing = _call(client, "deflect", _ALERTING)
    return DeflectCall(call_to_be_diverted=ringing, new_destination=_device(words[0]))


def _dtmf(client: RccClient, words: Words) -> Service:
    active = _active(client, "send tones into")
    return GenerateDigits(connection_to_send_digits=active, characters_to_send=words[0])


def _message_waiting(client: RccClient, words: Words) -> Service:
    return SetMessageWaitingIndicator(device=client.line, message_waiting_on=is_on(words))


# fmt: off
VERBS: dict[str, Verb] = {
    "call": Verb("NUMBER", "make a call", _make),
    "prompt": Verb("NUMBER", "make a call once the handset is lifted",
                   lambda c, w: _make(c, w, AutoOriginate.PROMPT)),
    "answer": Verb("", "answer the ringing call",
                   lambda c, w: AnswerCall(call_to_be_answered=_call(c, "answer", _ALERTING, _INITIATED))),
    "hangup": Verb("", "leave the newest call, or reject it",
                   lambda c, w: ClearConnection(connection_to_be_cleared=_call(c, "hang up"))),
    "clear": Verb("", "end the active call for everybody on it",
                  lambda c, w: ClearCall(call_to_be_cleared=_active(c, "clear"))),
    "hold": Verb("", "hold the active call", lambda c, w: HoldCall(call_to_be_held=_active(c, "hold"))),
    "retrieve": Verb("", "take the held call back",
                     lambda c, w: RetrieveCall(call_to_be_retrieved=_held(c, "retrieve"))),
    "swap": Verb("", "hold the active call and take the other one", _swap),
    "consult": Verb("NUMBER", "hold the active call and ask somebody about it", _consult),
    "reconnect": Verb("", "give up the active call and go back to the held one", _reconnect),
    "transfer": Verb("", "connect the held call with the active one", _transfer),
    "transfer-to": Verb("NUMBER", "transfer the active call without asking", _transfer_to),
    "conference": Verb("", "make one call of the held and the active one", _conference),
    "join": Verb("NUMBER", "bring somebody into the active call", _join),
    "deflect": Verb("NUMBER", "send the ringing call elsewhere", _deflect),
    "pickup": Verb("NUMBER", "take the call that rings at a number", _pickup),
    "pickup-group": Verb("", "take the call that rings in the pickup group",
                         lambda c, w: GroupPickupCall(new_destination=c.line)),
    "park": Verb("NUMBER", "park the active call at a park number",
                 lambda c, w: ParkCall(parking=_active(c, "park"), park_to=_device(w[0]))),
    "dtmf": Verb("DIGITS", "send tones into the active call", _dtmf),
    "forward": Verb("NUMBER|off", "forward all calls, or stop it", _forward),
    "forwarding": Verb("", "ask where calls are forwarded", lambda c, w: GetForwarding(device=c.line)),
    "dnd": Verb("on|off", "set do not disturb",
                lambda c, w: SetDoNotDisturb(device=c.line, do_not_disturb_on=is_on(w))),
    "dnd-state": Verb("", "ask for do not disturb", lambda c, w: GetDoNotDisturb(device=c.line)),
    "message-waiting": Verb("on|off", "set the message waiting lamp", _message_waiting),
    "message-waiting-state": Verb("", "ask for the message waiting lamp",
                                  lambda c, w: GetMessageWaitingIndicator(device=c.line)),
    "snapshot": Verb("", "list the calls of the line", lambda c, w: SnapshotDevice(snapshot_object=c.line)),
    "snapshot-call": Verb("", "list who is on the newest call",
                          lambda c, w: SnapshotCall(snapshot_object=_call(c, "list"))),
    "features": Verb("", "ask what the line can do", lambda c, w: GetCSTAFeatures(line=c.line)),
    "status": Verb("", "ask for the system status", lambda c, w: RequestSystemStatus()),
}
# fmt: on
