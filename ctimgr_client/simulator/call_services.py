"""Call control services: each turns a request into an operation of the cluster, its result into a response.

What cannot be done is raised as Refused.
"""

from csta_xml import (
    AlternateCall,
    AlternateCallResponse,
    AnswerCall,
    AnswerCallResponse,
    AutoOriginate,
    ClearCall,
    ClearCallResponse,
    ClearConnection,
    ClearConnectionResponse,
    ConferenceCall,
    ConferenceCallResponse,
    ConnectionId,
    ConsultationCall,
    ConsultationCallResponse,
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
    ParticipationType,
    ReconnectCall,
    ReconnectCallResponse,
    RetrieveCall,
    RetrieveCallResponse,
    SingleStepConferenceCall,
    SingleStepConferenceCallResponse,
    SingleStepTransferCall,
    SingleStepTransferCallResponse,
    TransferCall,
    TransferCallResponse,
)
from ctimgr_client.serving.call_views import device_id
from ctimgr_client.serving.facts import MergeFact
from ctimgr_client.serving.merge_views import connections
from ctimgr_client.serving.refused import InvalidConnectionId, InvalidParameterValue
from ctimgr_client.simulator import (
    call_control,
    conference,
    dialling,
    diversion,
    parking,
    pickup,
    transfer,
    two_calls,
)
from ctimgr_client.simulator.application import Application
from ctimgr_client.simulator.call_control import Choice
from ctimgr_client.simulator.calls import Connection, Leg


def make_call(application: Application, request: MakeCall, now: float) -> MakeCallResponse:
    cluster, number = application.cluster, request.called_directory_number
    appearance = cluster.appearance(request.calling_device)
    begin = dialling.prompt if request.auto_originate is AutoOriginate.PROMPT else dialling.dial
    leg = begin(cluster, appearance, number, now)
    return MakeCallResponse(calling_device=ConnectionId(leg.call.id, appearance.device_id))


def answer_call(application: Application, request: AnswerCall, now: float) -> AnswerCallResponse:
    leg = _leg(application, request.call_to_be_answered, call_control.TO_ANSWER)
    dialling.lift(application.cluster, leg, now)
    return AnswerCallResponse()


def hold_call(application: Application, request: HoldCall, _now: float) -> HoldCallResponse:
    call_control.hold(application.cluster, _leg(application, request.call_to_be_held, call_control.TO_HOLD))
    return HoldCallResponse()


def retrieve_call(application: Application, request: RetrieveCall, _now: float) -> RetrieveCallResponse:
    leg = _leg(application, request.call_to_be_retrieved, call_control.TO_RESUME)
    call_control.resume(application.cluster, leg)
    return RetrieveCallResponse()


def clear_connection(
    application: Application, request: ClearConnection, _now: float
) -> ClearConnectionResponse:
    leg = _leg(application, request.connection_to_be_cleared, call_control.TO_HANG_UP)
    call_control.hangup(application.cluster, leg)
    return ClearConnectionResponse()


def clear_call(application: Application, request: ClearCall, _now: float) -> ClearCallResponse:
    leg = _leg(application, request.call_to_be_cleared, call_control.TO_HANG_UP)
    call_control.clear(application.cluster, leg)
    return ClearCallResponse()


def generate_digits(application: Application, request: GenerateDigits, _now: float) -> GenerateDigitsResponse:
    leg = _leg(application, request.connection_to_send_digits, call_control.TO_HOLD)
    call_control.send_digits(application.cluster, leg, request.characters_to_send)
    return GenerateDigitsResponse()


# -- two calls ---------------------------------------------------------------------------------------------


def consultation_call(
    application: Application, request: ConsultationCall, now: float
) -> ConsultationCallResponse:
    existing = _leg(application, request.existing_call, call_control.TO_HOLD)
    leg = two_calls.consult(application.cluster, existing, request.consulted_device, now)
    return ConsultationCallResponse(initiated_call=_own(leg))


def alternate_call(application: Application, request: AlternateCall, _now: float) -> AlternateCallResponse:
    two_calls.alternate(application.cluster, *_pair(application, request.held_call, request.active_call))
    return AlternateCallResponse()


def reconnect_call(application: Application, request: ReconnectCall, _now: float) -> ReconnectCallResponse:
    held, active = _pair(application, request.held_call, request.active_call)
    two_calls.reconnect(application.cluster, active, held)
    return ReconnectCallResponse()


def transfer_call(application: Application, request: TransferCall, _now: float) -> TransferCallResponse:
    held, active = _pair(application, request.held_call, request.active_call)
    fact = transfer.transfer(application.cluster, held, active)
    return TransferCallResponse(transferred_call=_added(fact), connections=connections(fact, fact.controller))


def single_step_transfer_call(
    application: Application, request: SingleStepTransferCall, now: float
) -> SingleStepTransferCallResponse:
    leg = _leg(application, request.active_call, call_control.TO_HOLD)
    fact = transfer.single_step_transfer(application.cluster, leg, request.transferred_to, now)
    return SingleStepTransferCallResponse(
        transferred_call=_added(fact), connections=connections(fact, fact.controller)
    )


def conference_call(application: Application, request: ConferenceCall, _now: float) -> ConferenceCallResponse:
    held, active = _pair(application, request.held_call, request.active_call)
    fact = conference.conference(application.cluster, held, active)
    return ConferenceCallResponse(
        conference_call=ConnectionId(fact.call_id, fact.controller.device_id),
        connections=connections(fact, fact.controller),
    )


def single_step_conference_call(
    application: Application, request: SingleStepConferenceCall, now: float
) -> SingleStepConferenceCallResponse:
    if request.participation_type is not ParticipationType.ACTIVE:
        raise InvalidParameterValue("who joins takes part")
    leg = _leg(application, request.active_call, call_control.TO_HOLD)
    fact = conference.single_step_conference(application.cluster, leg, request.device_to_join, now)
    return SingleStepConferenceCallResponse(conferenced_call=_added(fact))


# -- to other devices --------------------------------------------------------------------------------------


def deflect_call(application: Application, request: DeflectCall, now: float) -> DeflectCallResponse:
    leg = _leg(application, request.call_to_be_diverted, call_control.TO_PICK_UP)
    diversion.deflect(application.cluster, leg, request.new_destination, now)
    return DeflectCallResponse()


def directed_pickup_call(
    application: Application, request: DirectedPickupCall, _now: float
) -> DirectedPickupCallResponse:
    cluster = application.cluster
    appearance = cluster.appearance(request.requesting_device)
    wanted = _parked(application, request.call_to_be_picked_up)
    if wanted is None:
        wanted = _leg(application, request.call_to_be_picked_up, call_control.TO_PICK_UP).connection
    return DirectedPickupCallResponse(picked_call=_own(pickup.pick_up(cluster, wanted, appearance)))


def group_pickup_call(
    application: Application, request: GroupPickupCall, _now: float
) -> GroupPickupCallResponse:
    cluster = application.cluster
    appearance = cluster.appearance(request.new_destination)
    wanted = pickup.ringing_in_group(cluster, appearance, request.pick_group)
    return GroupPickupCallResponse(picked_call=_own(pickup.pick_up(cluster, wanted, appearance)))


def park_call(application: Application, request: ParkCall, _now: float) -> ParkCallResponse:
    leg = _leg(application, request.parking, call_control.TO_PARK)
    parked = parking.park(application.cluster, leg, request.park_to)
    return ParkCallResponse(parked_to=ConnectionId(parked.call.id, parked.party.device_id))


# -- which call is meant, and how it is named --------------------------------------------------------------


def _leg(application: Application, connection: ConnectionId, choice: Choice) -> Leg:
    """The leg a request is about. Without a callID: the call of the device that the service can be about."""
    cluster = application.cluster
    if connection.call_id is None and connection.device_id is not None:
        return call_control.choose(cluster, (cluster.appearance(connection.device_id),), choice)
    return cluster.leg(connection)


def _pair(application: Application, held: ConnectionId, active: ConnectionId) -> tuple[Leg, Leg]:
    return (
        _leg(application, held, call_control.HELD),
        _leg(application, active, call_control.TO_HOLD),
    )


def _parked(application: Application, connection: ConnectionId) -> Connection | None:
    """The parked call a connection names by its park number; None where it names no park number."""
    cluster = application.cluster
    number = cluster.fleet.destination(connection.device_id) if connection.device_id is not None else None
    if number is None or not parking.is_park(number):
        return None
    parked = parking.parked_at(cluster, number)
    if parked is None or connection.call_id not in (None, parked.call.id):
        raise InvalidConnectionId("the call is not parked there")
    return parked


def _own(leg: Leg) -> ConnectionId:
    return ConnectionId(leg.call.id, leg.endpoint.device_id)


def _added(fact: MergeFact) -> ConnectionId:
    return ConnectionId(fact.call_id, device_id(fact.added, fact.controller))
