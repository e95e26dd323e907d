"""Phone features, pickup, park and prompt as they are on the wire; what a model of phone lacks."""

import pytest

from csta_xml import (
    Absent,
    AnswerCall,
    AnswerCallResponse,
    AutoOriginate,
    CallId,
    ClearConnection,
    ConnectionId,
    DeviceId,
    DirectedPickupCall,
    DirectedPickupCallResponse,
    DoNotDisturbEvent,
    GetCSTAFeatures,
    GetCSTAFeaturesResponse,
    GetDoNotDisturb,
    GetDoNotDisturbResponse,
    GetMessageWaitingIndicator,
    GetMessageWaitingIndicatorResponse,
    GroupPickupCall,
    GroupPickupCallResponse,
    LocalConnectionState,
    MakeCall,
    MakeCallResponse,
    MessageWaitingEvent,
    MonitorStart,
    NetworkReachedEvent,
    ParkCall,
    ParkCallResponse,
    Service,
    SetDoNotDisturb,
    SetDoNotDisturbResponse,
    SetMessageWaitingIndicator,
    SetMessageWaitingIndicatorResponse,
    SnapshotCall,
    SnapshotCallInfo,
    SnapshotCallResponse,
)
from ctimgr_client.serving.capabilities import ANNOUNCED
from ctimgr_client.serving.views import EVENTS
from ctimgr_client.simulator.models import MISSING
from ctimgr_client.simulator.services import SERVICES
from tests.ctimgr_client.simulator.scene import HARD, SOFT
from tests.ctimgr_client.simulator.talker import Site, Talker

ONE = DeviceId("tel:1001;device=SEP000000001001")
TWO = DeviceId("tel:1002;device=SEP000000001002")
THREE = DeviceId("tel:1003;device=SEP000000001003")
CALL = CallId("1_4a11")
NOBODY = DeviceId("tel:4711")


def talker() -> Talker:
    site = Site()
    return Talker(site, site.cti())


def con(device: str | None, call_id: str | None = CALL) -> ConnectionId:
    return ConnectionId(
        CallId(call_id) if call_id is not None else None, DeviceId(device) if device is not None else None
    )


# -- do not disturb, message waiting --


def test_do_not_disturb_on_the_wire() -> None:
    client = talker()
    ref = client.monitor(ONE).monitor_cross_ref_id
    assert client.ask(GetDoNotDisturb(device=ONE)) == GetDoNotDisturbResponse(do_not_disturb_on=False)
    on = SetDoNotDisturb(device=ONE, do_not_disturb_on=True)
    for _ in range(2):
        assert client.ask(on) == SetDoNotDisturbResponse()
        client.heard = [(number, said) for number, said in client.heard if number == 9999]
    assert client.events() == [
        DoNotDisturbEvent(monitor_cross_ref_id=ref, device=ONE, do_not_disturb_on=True)
    ]
    assert client.ask(GetDoNotDisturb(device=ONE)) == GetDoNotDisturbResponse(do_not_disturb_on=True)


def test_message_waiting_on_the_wire() -> None:
    client = talker()
    ref = client.monitor(ONE).monitor_cross_ref_id
    mailbox = DeviceId("tel:5000")
    on = SetMessageWaitingIndicator(device=ONE, message_waiting_on=True, device_for_message=mailbox)
    assert client.ask(on) == SetMessageWaitingIndicatorResponse()
    assert client.events() == [
        MessageWaitingEvent(
            monitor_cross_ref_id=ref, target_device=ONE, device_for_message=mailbox, message_waiting_on=True
        )
    ]
    assert client.ask(GetMessageWaitingIndicator(device=ONE)) == GetMessageWaitingIndicatorResponse(
        message_waiting_on=True, device_for_message=mailbox, lamp_is_present=True
    )


def test_features_that_are_filtered_out_do_not_come() -> None:
    client = talker()
    kept_back = frozenset({"doNotDisturb", "messageWaiting"})
    client.ask(MonitorStart(monitor_object=ONE, requested_monitor_filter=kept_back))
    client.ask(SetDoNotDisturb(device=ONE, do_not_disturb_on=True))
    client.ask(SetMessageWaitingIndicator(device=ONE, message_waiting_on=True))
    assert client.events() == []


# -- what a model lacks --


def names(model: str | None) -> tuple[set[str], set[str]]:
    answer = talker().ask(GetCSTAFeatures(line=model))
    assert isinstance(answer, GetCSTAFeaturesResponse)
    services = {each.name for group in answer.services for each in group.capabilities}
    return services, {each.name for group in answer.events for each in group.capabilities}


def test_only_what_the_phone_can_do_is_announced() -> None:
    services, events = names(None)
    assert names(HARD) == (services, events)
    lacking = MISSING["Cisco IP Communicator"]
    assert names(SOFT) == (services - lacking, events - lacking)
    assert "doNotDisturb" in events - names(SOFT)[1]


def test_what_models_lack_is_there_to_be_lacked() -> None:
    announced = {ANNOUNCED[service].name for service in SERVICES}
    assert frozenset().union(*MISSING.values()) <= announced.union(*EVENTS.values())


LACKING: list[Service] = [
    GetDoNotDisturb(device=DeviceId(SOFT)),
    SetDoNotDisturb(device=DeviceId(SOFT), do_not_disturb_on=True),
    GetMessageWaitingIndicator(device=DeviceId(SOFT)),
    SetMessageWaitingIndicator(device=DeviceId(SOFT), message_waiting_on=True),
    ParkCall(parking=con(SOFT), park_to=DeviceId("7001")),
    ParkCall(parking=con(SOFT, None), park_to=DeviceId("7001")),
]


@pytest.mark.parametrize("request_", LACKING)
def test_what_is_not_announced_is_refused(request_: Service) -> None:
    client = talker()
    client.make_call(SOFT, "1901")
    assert client.refused(request_) == "operation/serviceNotSupported"


def test_every_service_that_is_lacked_knows_its_device() -> None:
    lacked = {type(request) for request in LACKING}
    assert {kind for kind, row in SERVICES.items() if row.concerns} == lacked
    assert {ANNOUNCED[kind].name for kind in lacked} == MISSING["Cisco IP Communicator"] - {"doNotDisturb"}


# -- pick up and park --


def test_directed_pickup_on_the_wire() -> None:
    client = talker()
    client.make_call(ONE, "1002")
    request = DirectedPickupCall(call_to_be_picked_up=con(TWO), requesting_device=DeviceId("1003"))
    assert client.ask(request) == DirectedPickupCallResponse(picked_call=con(THREE))


def test_directed_pickup_of_whatever_rings_at_a_device() -> None:
    client = talker()
    client.make_call(ONE, "1002")
    request = DirectedPickupCall(call_to_be_picked_up=con(TWO, None), requesting_device=THREE)
    assert client.ask(request) == DirectedPickupCallResponse(picked_call=con(THREE))


def test_group_pickup_on_the_wire() -> None:
    client = talker()
    client.make_call(ONE, "1002")
    request = GroupPickupCall(new_destination=THREE, pick_group=DeviceId("7500"))
    assert client.ask(request) == GroupPickupCallResponse(picked_call=con(THREE))


@pytest.mark.parametrize("call_id", [CALL, None])
def test_a_parked_call_is_picked_up_by_its_number(call_id: str | None) -> None:
    client = talker()
    client.site.scene.talk("1001", "1002")
    request = ParkCall(parking=con(ONE), park_to=DeviceId("7003"))
    assert client.ask(request) == ParkCallResponse(parked_to=con("tel:7003"))
    take = DirectedPickupCall(call_to_be_picked_up=con("tel:7003", call_id), requesting_device=THREE)
    assert client.ask(take) == DirectedPickupCallResponse(picked_call=con(THREE))


def test_a_phone_that_dials_a_park_number_is_on_the_parked_call() -> None:
    client = talker()
    client.site.scene.park("1001", client.site.scene.talk("1001", "1002"), "7003")
    assert client.make_call(THREE, "7003") == con(THREE)


PICKUP_REFUSALS: list[tuple[Service, str]] = [
    (
        DirectedPickupCall(call_to_be_picked_up=con(TWO), requesting_device=NOBODY),
        "operation/invalidDeviceID",
    ),
    (
        DirectedPickupCall(call_to_be_picked_up=con(TWO), requesting_device=TWO),
        "operation/invalidConnectionID",
    ),
    (
        DirectedPickupCall(call_to_be_picked_up=con(ONE), requesting_device=THREE),
        "stateIncompatibility/invalidConnectionState",
    ),
    (
        DirectedPickupCall(call_to_be_picked_up=con(ONE, None), requesting_device=THREE),
        "stateIncompatibility/noCallToAnswer",
    ),
    (
        DirectedPickupCall(call_to_be_picked_up=con("tel:7003"), requesting_device=THREE),
        "operation/invalidConnectionID",
    ),
    (GroupPickupCall(new_destination=TWO), "stateIncompatibility/noCallToAnswer"),
    (GroupPickupCall(new_destination=DeviceId(HARD)), "stateIncompatibility/noCallToAnswer"),
    (GroupPickupCall(new_destination=THREE, pick_group=NOBODY), "operation/invalidDeviceID"),
    (
        ParkCall(parking=con(ONE), park_to=DeviceId("7003")),
        "stateIncompatibility/invalidConnectionState",
    ),
    (ParkCall(parking=con(ONE), park_to=THREE), "operation/invalidDestination"),
]


@pytest.mark.parametrize(("request_", "expected"), PICKUP_REFUSALS)
def test_refusals_of_pickup_and_park(request_: Service, expected: str) -> None:
    client = talker()
    client.make_call(ONE, "1002")
    client.monitor(ONE)
    assert client.refused(request_) == expected
    assert client.events() == []


# -- prompt, network, snapshot --


def test_a_prompted_call_is_made_with_answer_call() -> None:
    client = talker()
    client.monitor(ONE)
    request = MakeCall(calling_device=ONE, called_directory_number=TWO, auto_originate=AutoOriginate.PROMPT)
    assert client.ask(request) == MakeCallResponse(calling_device=con(ONE))
    assert [type(event).__name__ for event in client.events()] == ["ServiceInitiatedEvent"]
    assert client.ask(AnswerCall(call_to_be_answered=con(ONE))) == AnswerCallResponse()
    assert [type(event).__name__ for event in client.events()] == ["OriginatedEvent", "DeliveredEvent"]


def test_a_prompted_call_is_given_up_with_clear_connection() -> None:
    client = talker()
    client.ask(MakeCall(calling_device=ONE, called_directory_number=TWO, auto_originate=AutoOriginate.PROMPT))
    client.ask(ClearConnection(connection_to_be_cleared=con(ONE, None)))
    assert client.site.scene.cluster.calls == {}


def test_the_network_on_the_wire() -> None:
    client = talker()
    ref = client.monitor(ONE).monitor_cross_ref_id
    client.make_call(ONE, "+15551904")
    number = DeviceId("tel:+15551904")
    assert client.events()[2] == NetworkReachedEvent(
        monitor_cross_ref_id=ref,
        outbound_connection=con(number),
        network_interface_used=Absent.NOT_KNOWN,
        calling_device=ONE,
        called_device=number,
        local_connection_info=LocalConnectionState.CONNECTED,
        cause="newCall",
    )


def test_a_snapshot_of_a_call_begins_with_who_asks() -> None:
    client = talker()
    client.make_call(ONE, "1002")

    def entry(device: DeviceId, state: str) -> SnapshotCallInfo:
        return SnapshotCallInfo(
            device_on_call=device,
            call_identifier=con(device),
            local_connection_info=LocalConnectionState(state),
        )

    one, two = entry(ONE, "connected"), entry(TWO, "alerting")
    for asking, snapshot in ((ONE, (one, two)), (TWO, (two, one))):
        assert client.ask(SnapshotCall(snapshot_object=con(asking))) == SnapshotCallResponse(
            snapshot=snapshot, calling_device=ONE, called_device=TWO
        )


@pytest.mark.parametrize(
    ("connection", "expected"),
    [
        (con(ONE, "1_0"), "operation/invalidCallID"),
        (con(ONE, None), "operation/invalidCallID"),
        (con(THREE), "operation/invalidConnectionID"),
        (con(NOBODY), "operation/invalidDeviceID"),
    ],
)
def test_refusals_of_a_snapshot_of_a_call(connection: ConnectionId, expected: str) -> None:
    client = talker()
    client.make_call(ONE, "1002")
    assert client.refused(SnapshotCall(snapshot_object=connection)) == expected
