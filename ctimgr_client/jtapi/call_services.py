"""Services about one call: each turns a request into calls of the library, their result into a response.

What cannot be done is raised, as Refused or as the library's own failure. JTAPI dials at once: a phone cannot
be made to ask its user first, so that is neither announced nor done.
"""

from csta_xml import (
    AnswerCall,
    AnswerCallResponse,
    AutoOriginate,
    ClearCall,
    ClearCallResponse,
    ClearConnection,
    ClearConnectionResponse,
    ConnectionId,
    DeflectCall,
    DeflectCallResponse,
    DirectedPickupCall,
    DirectedPickupCallResponse,
    GenerateDigits,
    GenerateDigitsResponse,
    GroupPickupCall,
    GroupPickupCallResponse,
    HoldCall,
    HoldCallResponse,
    MakeCall,
    MakeCallResponse,
    ParkCall,
    ParkCallResponse,
    RetrieveCall,
    RetrieveCallResponse,
)
from ctimgr_client.jtapi import meant
from ctimgr_client.jtapi.application import Application
from ctimgr_client.jtapi.errands import Steps
from ctimgr_client.jtapi.keys import Appearance, LineKey
from ctimgr_client.jtapi.refusals import NotInDomain
from ctimgr_client.jtapi.telephony import JtapiFailure
from ctimgr_client.serving.refused import InvalidConnectionId, InvalidDeviceId, InvalidParameterValue

MAX_DIGITS = 64
_DIGITS = frozenset("0123456789*#ABCDabcd")


def make_call(application: Application, request: MakeCall) -> Steps[MakeCallResponse]:
    if request.auto_originate is AutoOriginate.PROMPT:
        raise InvalidParameterValue("JTAPI dials at once and cannot prompt")
    called = meant.number(request.called_directory_number)
    where = yield from meant.appearance(application, request.calling_device)
    yield from application.use(where)
    call = yield from application.switch.ask(lambda library: library.make_call(where, called))
    return MakeCallResponse(calling_device=ConnectionId(call, where.device_id))


def answer_call(application: Application, request: AnswerCall) -> Steps[AnswerCallResponse]:
    leg = yield from meant.leg(application, request.call_to_be_answered, meant.TO_ANSWER)
    yield from application.switch.ask(lambda library: library.answer(leg.where, leg.call.id))
    return AnswerCallResponse()


def hold_call(application: Application, request: HoldCall) -> Steps[HoldCallResponse]:
    leg = yield from meant.leg(application, request.call_to_be_held, meant.TO_HOLD)
    yield from application.switch.ask(lambda library: library.hold(leg.where, leg.call.id))
    return HoldCallResponse()


def retrieve_call(application: Application, request: RetrieveCall) -> Steps[RetrieveCallResponse]:
    leg = yield from meant.leg(application, request.call_to_be_retrieved, meant.TO_RESUME)
    yield from application.switch.ask(lambda library: library.retrieve(leg.where, leg.call.id))
    return RetrieveCallResponse()


def clear_connection(application: Application, request: ClearConnection) -> Steps[ClearConnectionResponse]:
    leg = yield from meant.leg(application, request.connection_to_be_cleared, meant.TO_HANG_UP)
    yield from application.switch.ask(lambda library: library.disconnect(leg.where, leg.call.id))
    return ClearConnectionResponse()


def clear_call(application: Application, request: ClearCall) -> Steps[ClearCallResponse]:
    leg = yield from meant.leg(application, request.call_to_be_cleared, meant.TO_HANG_UP)
    leg.call.ending = True
    try:
        yield from application.switch.ask(lambda library: library.drop(leg.call.id))
    except Exception:
        leg.call.ending = False
        raise
    return ClearCallResponse()


def generate_digits(application: Application, request: GenerateDigits) -> Steps[GenerateDigitsResponse]:
    digits = request.characters_to_send
    if not 0 < len(digits) <= MAX_DIGITS or not _DIGITS.issuperset(digits):
        raise InvalidParameterValue(f"digits are 1 to {MAX_DIGITS} of 0-9 * # A-D; JTAPI knows no pause")
    leg = yield from meant.leg(application, request.connection_to_send_digits, meant.TO_HOLD)
    yield from application.switch.ask(lambda library: library.send_digits(leg.where, leg.call.id, digits))
    return GenerateDigitsResponse()


# -- to other devices, and from them -----------------------------------------------------------------------


def deflect_call(application: Application, request: DeflectCall) -> Steps[DeflectCallResponse]:
    target = meant.number(request.new_destination)
    leg = yield from meant.leg(application, request.call_to_be_diverted, meant.TO_ANSWER)
    yield from application.switch.ask(lambda library: library.redirect(leg.where, leg.call.id, target))
    return DeflectCallResponse()


def park_call(application: Application, request: ParkCall) -> Steps[ParkCallResponse]:
    target = meant.number(request.park_to)
    leg = yield from meant.leg(application, request.parking, meant.TO_PARK)
    at = yield from application.switch.ask(lambda library: library.park(leg.where, leg.call.id, target))
    device = meant.named(request.park_to) if at is None else at.device_id
    return ParkCallResponse(parked_to=ConnectionId(leg.call.id, device))


def directed_pickup_call(
    application: Application, request: DirectedPickupCall
) -> Steps[DirectedPickupCallResponse]:
    ringing = request.call_to_be_picked_up.device_id
    if ringing is None:
        raise InvalidConnectionId("the connection names no device")
    where = yield from meant.appearance(application, request.requesting_device)
    yield from application.use(where)
    try:
        line = (yield from meant.appearance(application, ringing)).line
    except (NotInDomain, InvalidDeviceId):
        return (yield from _pick_up_from_outside(application, where, meant.number(ringing)))
    call = yield from application.switch.ask(lambda library: library.pick_up(where, line))
    return DirectedPickupCallResponse(picked_call=ConnectionId(call, where.device_id))


def _pick_up_from_outside(
    application: Application, where: Appearance, number: str
) -> Steps[DirectedPickupCallResponse]:
    """A number that is not ours to control: it is a park number, or else somebody's phone rings there."""
    try:
        call = yield from application.switch.ask(lambda library: library.unpark(where, number))
    except JtapiFailure:
        call = yield from application.switch.ask(lambda library: library.pick_up(where, LineKey(number)))
    picked = None if call is None else ConnectionId(call, where.device_id)
    return DirectedPickupCallResponse(picked_call=picked)


def group_pickup_call(application: Application, request: GroupPickupCall) -> Steps[GroupPickupCallResponse]:
    group = None if request.pick_group is None else meant.number(request.pick_group, InvalidDeviceId)
    where = yield from meant.appearance(application, request.new_destination)
    yield from application.use(where)
    call = yield from application.switch.ask(lambda library: library.pick_up_group(where, group))
    return GroupPickupCallResponse(picked_call=ConnectionId(call, where.device_id))
