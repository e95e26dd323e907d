"""What applications ask of the bridge, through real frames, and what the library is asked for it."""

import pytest

from csta_xml import (
    AlternateCall,
    AlternateCallResponse,
    AnswerCall,
    AnswerCallResponse,
    AutoOriginate,
    CallId,
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
    DeviceId,
    DirectedPickupCall,
    DirectedPickupCallResponse,
    GenerateDigits,
    GenerateDigitsResponse,
    GroupPickupCall,
    GroupPickupCallResponse,
    HoldCall,
    HoldCallResponse,
    MakeCall,
    Message,
    ParkCall,
    ParkCallResponse,
    ReconnectCall,
    ReconnectCallResponse,
    RetrieveCall,
    RetrieveCallResponse,
    Service,
    SingleStepConferenceCall,
    SingleStepTransferCall,
    SingleStepTransferCallResponse,
    SnapshotCall,
    SnapshotCallResponse,
    TransferCall,
    TransferCallResponse,
)
from ctimgr_client.jtapi.telephony import JtapiFailure, Trouble
from tests.ctimgr_client.jtapi.desk import ONE, THREE, TWO, Client, Desk
from tests.ctimgr_client.jtapi.exchange import HARD, SOFT

PARKED = DeviceId("tel:7001")


def watching() -> tuple[Desk, Client]:
    """Both lines are monitored; what led to it is forgotten."""
    desk = Desk()
    client = Client(desk)
    client.monitor(ONE)
    client.monitor(TWO)
    desk.asked()
    return desk, client


def at(device: DeviceId) -> ConnectionId:
    return ConnectionId(None, device)


def test_a_call_from_dialling_to_its_end() -> None:
    desk, client = watching()
    call = client.make_call(ONE, "1901")
    assert call == ConnectionId(CallId("1/1"), ONE)
    assert client.events() == [
        "ServiceInitiatedEvent",
        "OriginatedEvent",
        "DeliveredEvent",
        "EstablishedEvent",
    ]
    assert isinstance(client.ask(HoldCall(call_to_be_held=call)), HoldCallResponse)
    assert isinstance(client.ask(RetrieveCall(call_to_be_retrieved=call)), RetrieveCallResponse)
    digits = GenerateDigits(connection_to_send_digits=call, characters_to_send="12#")
    assert isinstance(client.ask(digits), GenerateDigitsResponse)
    assert isinstance(client.ask(ClearConnection(connection_to_be_cleared=call)), ClearConnectionResponse)
    assert client.events() == [
        "HeldEvent",
        "RetrievedEvent",
        "ConnectionClearedEvent",
        "ConnectionClearedEvent",
    ]
    assert desk.asked() == [
        "make_call 1001 1901",
        "hold 1001 1/1",
        "retrieve 1001 1/1",
        "send_digits 1001 1/1 12#",
        "disconnect 1001 1/1",
    ]


def test_a_call_that_comes_is_answered_and_ended_for_all() -> None:
    desk, client = watching()
    call = client.make_call(ONE, "1002")
    own = ConnectionId(call.call_id, TWO)
    assert isinstance(client.ask(AnswerCall(call_to_be_answered=own)), AnswerCallResponse)
    snapshot = client.ask(SnapshotCall(snapshot_object=own))
    assert isinstance(snapshot, SnapshotCallResponse)
    assert [one.device_on_call for one in snapshot.snapshot] == [TWO, ONE]
    assert isinstance(client.ask(ClearCall(call_to_be_cleared=own)), ClearCallResponse)
    assert desk.asked() == ["make_call 1001 1002", "answer 1002 1/1", "drop 1/1"]


def test_without_a_call_the_fitting_one_is_meant() -> None:
    desk, client = watching()
    client.make_call(ONE, "1901")
    client.ask(HoldCall(call_to_be_held=at(ONE)))
    client.make_call(ONE, "1002")
    client.ask(AnswerCall(call_to_be_answered=at(TWO)))
    client.ask(RetrieveCall(call_to_be_retrieved=at(ONE)))
    assert desk.asked("make_call") == ["hold 1001 1/1", "answer 1002 1/2", "retrieve 1001 1/1"]


@pytest.mark.parametrize(
    ("request_", "answer"),
    [
        (AnswerCall(call_to_be_answered=at(ONE)), "noCallToAnswer"),
        (DeflectCall(call_to_be_diverted=at(ONE), new_destination=TWO), "noCallToAnswer"),
        (HoldCall(call_to_be_held=at(ONE)), "noActiveCall"),
        (RetrieveCall(call_to_be_retrieved=at(ONE)), "noHeldCall"),
        (ClearConnection(connection_to_be_cleared=at(ONE)), "noConnectionToClear"),
        (ParkCall(parking=at(ONE), park_to=PARKED), "noActiveCall"),
    ],
)
def test_without_a_call_there_may_be_none(request_: Service, answer: str) -> None:
    desk, client = watching()
    assert client.refused(request_) == f"stateIncompatibility/{answer}"
    assert desk.asked() == []


@pytest.mark.parametrize(
    ("request_", "answer"),
    [
        (HoldCall(call_to_be_held=ConnectionId(CallId("9/9"), ONE)), "invalidCallID"),
        (HoldCall(call_to_be_held=ConnectionId(CallId("1/1"), TWO)), "invalidConnectionID"),
        (HoldCall(call_to_be_held=ConnectionId(CallId("1/1"), None)), "invalidConnectionID"),
        (HoldCall(call_to_be_held=at(DeviceId("tel:4503"))), "invalidDeviceID"),
        (MakeCall(calling_device=DeviceId("tel:4503"), called_directory_number=TWO), "invalidDeviceID"),
        (MakeCall(calling_device=ONE, called_directory_number=DeviceId("tel:")), "invalidDestination"),
        (
            MakeCall(calling_device=ONE, called_directory_number=TWO, auto_originate=AutoOriginate.PROMPT),
            "invalidParameterValue",
        ),
        (
            GenerateDigits(connection_to_send_digits=at(ONE), characters_to_send="1,2"),
            "invalidParameterValue",
        ),
        (
            SingleStepConferenceCall(active_call=at(ONE), device_to_join=TWO),
            "serviceNotSupported",
        ),
        (AlternateCall(held_call=at(ONE), active_call=at(ONE)), "noHeldCall"),
    ],
)
def test_what_is_not_there_or_cannot_be(request_: Service, answer: str) -> None:
    _, client = watching()
    client.make_call(ONE, "1901")
    assert client.refused(request_).partition("/")[2] == answer


def test_the_library_refuses_in_its_own_way() -> None:
    desk, client = watching()
    client.make_call(ONE, "1901")
    desk.exchange.fail["hold"] = JtapiFailure(Trouble.INVALID_STATE, "not talking", kind=5)
    assert client.refused(HoldCall(call_to_be_held=at(ONE))) == "stateIncompatibility/invalidConnectionState"
    assert desk.advices == []


def test_an_everyday_request_to_an_open_line_asks_for_no_line() -> None:
    desk, client = watching()
    desk.exchange.asked.clear()
    client.make_call(ONE, "1901")
    assert desk.exchange.asked == ["make_call 1001 1901"]


# -- two calls ---------------------------------------------------------------------------------------------


def consulting() -> tuple[Desk, Client, ConnectionId, ConnectionId]:
    """1001 has 1901 on hold and talks to 1902."""
    desk, client = watching()
    held = client.make_call(ONE, "1901")
    answer = client.ask(ConsultationCall(existing_call=held, consulted_device=DeviceId("tel:1902")))
    assert isinstance(answer, ConsultationCallResponse)
    desk.asked()
    client.events()
    return desk, client, held, answer.initiated_call


def test_a_consultation_names_the_new_call() -> None:
    _, _, held, active = consulting()
    assert (held.call_id, active) == ("1/1", ConnectionId(CallId("1/2"), ONE))


def test_alternate_holds_first() -> None:
    desk, client, held, active = consulting()
    answer = client.ask(AlternateCall(held_call=held, active_call=active))
    assert isinstance(answer, AlternateCallResponse)
    assert desk.asked() == ["hold 1001 1/2", "retrieve 1001 1/1"]


def test_alternate_takes_a_call_that_waits() -> None:
    desk, client = watching()
    active = client.make_call(TWO, "1901")
    waiting = client.make_call(ONE, "1002")
    desk.asked()
    held = ConnectionId(waiting.call_id, TWO)
    assert isinstance(client.ask(AlternateCall(held_call=held, active_call=active)), AlternateCallResponse)
    assert desk.asked() == ["hold 1002 1/1", "answer 1002 1/2"]


def test_alternate_that_fails_half_way_goes_back() -> None:
    desk, client, held, active = consulting()
    desk.exchange.fail["retrieve"] = JtapiFailure(Trouble.PLATFORM, "post conditions could not be met")
    assert client.refused(AlternateCall(held_call=held, active_call=active)) == "operation/generic"
    assert desk.asked() == ["hold 1001 1/2", "retrieve 1001 1/1", "retrieve 1001 1/2"]


def test_reconnect_leaves_the_one_and_takes_the_other() -> None:
    desk, client, held, active = consulting()
    answer = client.ask(ReconnectCall(active_call=active, held_call=held))
    assert isinstance(answer, ReconnectCallResponse)
    assert desk.asked() == ["disconnect 1001 1/2", "retrieve 1001 1/1"]


def test_transfer_says_who_is_on_the_call_now() -> None:
    desk, client, held, active = consulting()
    answer = client.ask(TransferCall(held_call=held, active_call=active))
    assert isinstance(answer, TransferCallResponse)
    assert desk.asked() == ["transfer 1001 1/1 1/2"]
    assert answer.transferred_call == ConnectionId(CallId("1/1"), DeviceId("tel:1902"))
    assert [one.endpoint for one in answer.connections] == ["tel:1901", "tel:1902"]
    assert client.events()[:1] == ["TransferedEvent"]


def test_transfer_waits_a_moment_for_the_events_that_say_so() -> None:
    desk, client, held, active = consulting()
    desk.late = []
    asked = client.send(TransferCall(held_call=held, active_call=active))
    assert client.answer(asked) is None
    desk.hear_late()
    answer = client.answer(asked)
    assert isinstance(answer, TransferCallResponse)
    assert len(answer.connections) == 2


def test_transfer_does_not_wait_for_ever() -> None:
    desk, client, held, active = consulting()
    desk.late = []
    asked = client.send(TransferCall(held_call=held, active_call=active))
    desk.wait(1.1)
    answer = client.answer(asked)
    assert answer == TransferCallResponse(transferred_call=ConnectionId(CallId("1/1"), ONE))
    assert len(desk.switch.waits) == 0


def test_conference() -> None:
    desk, client, held, active = consulting()
    answer = client.ask(ConferenceCall(held_call=held, active_call=active))
    assert isinstance(answer, ConferenceCallResponse)
    assert desk.asked() == ["conference 1001 1/1 1/2"]
    assert answer.conference_call == ConnectionId(CallId("1/1"), ONE)
    assert len(answer.connections) == 3


def test_two_calls_have_to_be_at_one_appearance() -> None:
    desk, client, held, _ = consulting()
    other = client.make_call(TWO, "1903")
    desk.asked()
    assert client.refused(TransferCall(held_call=held, active_call=other)) == "operation/invalidConnectionID"
    assert desk.asked() == []


# -- to other devices, and from them -----------------------------------------------------------------------


def test_a_transfer_in_a_single_step_names_the_number() -> None:
    desk, client = watching()
    call = client.make_call(ONE, "1901")
    asked = client.send(SingleStepTransferCall(active_call=call, transferred_to=DeviceId("tel:1902")))
    desk.wait(1.1)
    answer = client.answer(asked)
    assert isinstance(answer, SingleStepTransferCallResponse)
    assert answer.transferred_call == ConnectionId(call.call_id, DeviceId("tel:1902"))
    assert desk.asked("make_call") == ["transfer_to 1001 1/1 1902"]


def test_a_ringing_call_is_deflected_to_the_number_alone() -> None:
    desk, client = watching()
    client.make_call(ONE, "1002")
    answer = client.ask(DeflectCall(call_to_be_diverted=at(TWO), new_destination=THREE))
    assert isinstance(answer, DeflectCallResponse)
    assert desk.asked("make_call") == ["redirect 1002 1/1 1003"]


def test_park_says_where() -> None:
    desk, client = watching()
    call = client.make_call(ONE, "1901")
    answer = client.ask(ParkCall(parking=call, park_to=PARKED))
    assert answer == ParkCallResponse(parked_to=ConnectionId(call.call_id, PARKED))
    assert desk.asked("make_call") == ["park 1001 1/1 7001"]


@pytest.mark.parametrize(
    ("ringing", "broken", "asked"),
    [
        (TWO, "", ["pick_up 1001 1002"]),
        (PARKED, "", ["unpark 1001 7001"]),
        (PARKED, "unpark", ["unpark 1001 7001", "pick_up 1001 7001"]),
    ],
)
def test_directed_pickup(ringing: DeviceId, broken: str, asked: list[str]) -> None:
    desk, client = watching()
    if broken:
        desk.exchange.fail[broken] = JtapiFailure(Trouble.INVALID_ARGUMENT, "no such park number")
    answer = client.ask(DirectedPickupCall(call_to_be_picked_up=at(ringing), requesting_device=ONE))
    assert isinstance(answer, DirectedPickupCallResponse)
    assert answer.picked_call is not None
    assert answer.picked_call.device_id == ONE
    assert desk.asked() == asked


@pytest.mark.parametrize(
    ("group", "asked"), [(None, "pick_up_group 1001 own"), (DeviceId("tel:8000"), "pick_up_group 1001 8000")]
)
def test_group_pickup(group: DeviceId | None, asked: str) -> None:
    desk, client = watching()
    answer = client.ask(GroupPickupCall(new_destination=ONE, pick_group=group))
    assert answer == GroupPickupCallResponse(picked_call=ConnectionId(CallId("1/79"), ONE))
    assert desk.asked() == [asked]


def test_of_a_shared_line_the_appearance_that_has_the_call_is_meant() -> None:
    desk = Desk()
    client = Client(desk)
    for device in (ONE, HARD.device_id, SOFT.device_id):
        client.monitor(device)
    call = client.make_call(ONE, "1100")
    client.ask(AnswerCall(call_to_be_answered=ConnectionId(call.call_id, SOFT.device_id)))
    client.ask(HoldCall(call_to_be_held=ConnectionId(call.call_id, DeviceId("tel:1100"))))
    held: list[Message] = [said for _, said in client.listen() if type(said).__name__ == "HeldEvent"]
    assert {getattr(said, "holding_device", None) for said in held} == {SOFT.device_id}


# -- order -------------------------------------------------------------------------------------------------


def test_requests_for_one_device_are_done_in_their_order_and_others_do_not_wait() -> None:
    desk, client = watching()
    first, second = client.make_call(ONE, "1901"), client.make_call(TWO, "1902")
    desk.asked()
    desk.at_once = False
    client.send(HoldCall(call_to_be_held=first))
    client.send(RetrieveCall(call_to_be_retrieved=first))
    client.send(HoldCall(call_to_be_held=second))
    assert len(desk.work) == 2
    desk.work_once(1)
    assert desk.asked() == ["hold 1002 1/2"]
    desk.work_all()
    assert desk.asked() == ["hold 1001 1/1", "retrieve 1001 1/1"]
    assert desk.switch.errands.waiting() == 0


def test_the_next_one_gets_its_turn_after_a_failure() -> None:
    desk, client = watching()
    call = client.make_call(ONE, "1901")
    desk.asked()
    desk.at_once = False
    desk.exchange.fail["hold"] = JtapiFailure(Trouble.PLATFORM, "time-out")
    refused, done = client.send(HoldCall(call_to_be_held=call)), client.send(HoldCall(call_to_be_held=call))
    desk.work_once()
    del desk.exchange.fail["hold"]
    assert client.answer(refused) is not None
    desk.work_all()
    assert isinstance(client.answer(done), HoldCallResponse)


def test_an_answer_for_somebody_who_has_gone_is_dropped() -> None:
    desk, client = watching()
    call = client.make_call(ONE, "1901")
    client.listen()
    desk.at_once = False
    client.send(HoldCall(call_to_be_held=call))
    client.caller.end()
    desk.work_all()
    assert client.caller.out == []
