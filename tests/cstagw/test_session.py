"""One session as values: services in, effects out; events in, events for the client out."""

from dataclasses import replace
from typing import TypeVar

import pytest

from csta_xml import (
    AlternateCall,
    CallClearedEvent,
    CallId,
    Capability,
    CapabilityList,
    ClearConnection,
    ConnectionClearedEvent,
    ConnectionId,
    CSTAErrorCode,
    DeliveredEvent,
    DeviceId,
    ErrorCategory,
    Event,
    GetCSTAFeatures,
    GetCSTAFeaturesResponse,
    HoldCall,
    LocalConnectionState,
    MakeCall,
    MakeCallResponse,
    MonitorCrossRefId,
    MonitorStart,
    MonitorStop,
    MonitorType,
    OriginatedEvent,
    RequestSystemStatus,
    Service,
    SetForwarding,
    SimpleCallState,
    SnapshotDevice,
    SnapshotDeviceInfo,
    SnapshotDeviceResponse,
    SystemStatus,
    SystemStatusValue,
    TransferCall,
)
from cstagw import errors
from cstagw.holding import MAX_HELD
from cstagw.identity import LineAppearance, LineUri
from cstagw.session import (
    MAX_MONITORS,
    Answer,
    Forward,
    Session,
    SessionIncomplete,
    StartMonitor,
    StopMonitor,
)
from ctimgr_client import LinkId

LINE = DeviceId("tel:1001;phone-context=dialstring")
WIRE = DeviceId("tel:1001")
REF = MonitorCrossRefId("theirs")
THEIRS = GetCSTAFeaturesResponse(
    services=(CapabilityList("callControlServList", (Capability("makeCall"), Capability("intrudeCall"))),),
    events=(CapabilityList("callControlEvtsList", (Capability("delivered"), Capability("offered"))),),
)
T = TypeVar("T")


def session(features: GetCSTAFeaturesResponse | None = None) -> Session:
    line = LineUri.parse(LINE)
    return Session("abcd", "sip:a@x", line, LineAppearance("1001"), LinkId("ctim1", 1), "ns", 0.0, features)


def effect(kind: type[T], service: Service, on: Session | None = None) -> T:
    found = (on or session()).request(service)
    assert isinstance(found, kind)
    return found


def error(service: Service) -> str:
    message = effect(Answer, service).message
    assert isinstance(message, CSTAErrorCode)
    return f"{message.category}/{message.value}"


def monitored() -> tuple[Session, MonitorCrossRefId]:
    one = session()
    return one, effect(StartMonitor, MonitorStart(monitor_object=LINE), one).reference


def originated(call: str, device: str = WIRE) -> OriginatedEvent:
    return OriginatedEvent(
        monitor_cross_ref_id=MonitorCrossRefId("theirs"),
        originated_connection=ConnectionId(CallId(call), DeviceId(device)),
        calling_device=DeviceId(device),
        called_device=DeviceId("tel:1902"),
        local_connection_info=LocalConnectionState.CONNECTED,
    )


def make_call(number: str = "tel:1902;phone-context=dialstring") -> MakeCall:
    return MakeCall(calling_device=LINE, called_directory_number=DeviceId(number))


def test_a_service_goes_out_with_the_identifiers_of_the_wire() -> None:
    assert effect(Forward, make_call()).service == MakeCall(
        calling_device=WIRE, called_directory_number=DeviceId("tel:1902")
    )


def test_a_connection_without_device_is_the_own_one() -> None:
    service = ClearConnection(connection_to_be_cleared=ConnectionId(CallId("1_1")))
    assert effect(Forward, service).service == ClearConnection(
        connection_to_be_cleared=ConnectionId(CallId("1_1"), WIRE)
    )


OTHER = DeviceId("tel:1002")
REFUSED: list[tuple[Service, str]] = [
    (make_call("tel:5551234v:41234"), "operation/invalidDestination"),
    (
        MakeCall(calling_device=OTHER, called_directory_number=LINE),
        "operation/privilegeViolationSpecifiedDevice",
    ),
    (SnapshotDevice(snapshot_object=OTHER), "operation/privilegeViolationSpecifiedDevice"),
    (
        ClearConnection(connection_to_be_cleared=ConnectionId(CallId("1_1"), OTHER)),
        "operation/invalidConnectionID",
    ),
    (ClearConnection(connection_to_be_cleared=ConnectionId(None, LINE)), "operation/invalidCallID"),
    (
        SetForwarding(device=LINE, activate_forward=True, forward_dn=DeviceId("tel:x")),
        "operation/invalidForwardingDestination",
    ),
    (MonitorStart(monitor_object=OTHER), "operation/privilegeViolationSpecifiedDevice"),
    (MonitorStart(monitor_object=ConnectionId(CallId("1"), LINE)), "operation/invalidObjectType"),
    (MonitorStop(monitor_cross_ref_id=MonitorCrossRefId("x")), "operation/invalidMonitorCrossRefID"),
    (SystemStatus(system_status=SystemStatusValue.NORMAL), "operation/serviceNotSupported"),
]


@pytest.mark.parametrize(("service", "answer"), REFUSED, ids=lambda value: type(value).__name__)
def test_what_cannot_be_served_gets_its_own_error(service: Service, answer: str) -> None:
    assert error(service) == answer


def test_system_status_is_answered_here() -> None:
    assert effect(Answer, RequestSystemStatus()).message is not None


def test_features_are_those_of_the_device_that_the_gateway_serves() -> None:
    one = session()
    asked = effect(Forward, GetCSTAFeatures(line=LINE), one).service
    assert asked == GetCSTAFeatures(line=WIRE)
    shown, _ = one.answered(asked, THEIRS)
    known = effect(Answer, GetCSTAFeatures(line=LINE), session(THEIRS)).message
    assert shown == known
    assert isinstance(shown, GetCSTAFeaturesResponse)
    assert CapabilityList("callControlServList", (Capability("makeCall"),)) in shown.services
    assert shown.events == (CapabilityList("callControlEvtsList", (Capability("delivered"),)),)


def test_features_that_come_late_count_from_then_on() -> None:
    one, hold = session(), HoldCall(call_to_be_held=ConnectionId(CallId("1_1"), LINE))
    effect(Forward, hold, one)
    one.answered(effect(Forward, GetCSTAFeatures(line=LINE), one).service, THEIRS)
    assert effect(Answer, hold, one).message == errors.SERVICE_NOT_SUPPORTED
    effect(Answer, GetCSTAFeatures(line=LINE), one)


def test_the_features_of_somebody_else_are_not_told() -> None:
    asked = effect(Answer, GetCSTAFeatures(line="tel:1002"), session(THEIRS)).message
    assert asked == errors.NOT_YOUR_DEVICE


def test_a_snapshot_does_not_announce_a_call_before_its_response() -> None:
    one, reference = monitored()
    service = make_call()
    one.request(service)
    there = SnapshotDeviceInfo(
        connection_identifier=ConnectionId(CallId("1_1"), WIRE), local_call_state=SimpleCallState.ORIGINATED
    )
    one.answered(SnapshotDevice(snapshot_object=LINE), SnapshotDeviceResponse(snapshot=(there,)))
    assert one.event(reference, originated("1_1")) is None
    answer = MakeCallResponse(calling_device=ConnectionId(CallId("1_1"), WIRE))
    assert len(one.answered(service, answer)[1]) == 1


def test_a_call_that_was_answered_for_does_not_wait_for_another_one() -> None:
    one, reference = monitored()
    first, second = make_call(), make_call()
    one.request(first)
    one.request(second)
    for call in ("1_1", "1_2", "1_1"):
        assert one.event(reference, originated(call)) is None
    answer = MakeCallResponse(calling_device=ConnectionId(CallId("1_1"), WIRE))
    assert len(one.answered(first, answer)[1]) == 2
    assert one.event(reference, originated("1_1")) is not None
    assert one.event(reference, originated("1_2")) is None
    assert len(one.answered(second, errors.OUT_OF_SERVICE)[1]) == 2


def test_only_what_is_advertised_is_served() -> None:
    one = session(THEIRS)
    effect(Forward, make_call(), one)
    refused = effect(Answer, HoldCall(call_to_be_held=ConnectionId(CallId("1_1"), LINE)), one).message
    assert refused == errors.SERVICE_NOT_SUPPORTED


def test_both_connections_of_a_service_must_be_the_sessions_own() -> None:
    one, own = session(), ConnectionId(CallId("1_1"), LINE)
    other = ConnectionId(CallId("1_2"), DeviceId("tel:1002"))
    effect(Forward, TransferCall(held_call=own, active_call=own), one)
    for service in (
        TransferCall(held_call=own, active_call=other),
        TransferCall(held_call=other, active_call=own),
    ):
        assert effect(Answer, service, one).message == errors.INVALID_CONNECTION


def test_a_connection_without_device_is_the_own_one_in_every_place() -> None:
    bare = ConnectionId(CallId("1_1"))
    service = effect(Forward, AlternateCall(held_call=bare, active_call=bare)).service
    assert isinstance(service, AlternateCall)
    assert service.held_call.device_id == service.active_call.device_id == WIRE


def test_the_end_of_a_call_goes_to_monitors_of_calls_only() -> None:
    one, of_device = monitored()
    of_calls = effect(
        StartMonitor, MonitorStart(monitor_object=LINE, monitor_type=MonitorType.CALL), one
    ).reference
    cleared = CallClearedEvent(monitor_cross_ref_id=REF, cleared_call=ConnectionId(CallId("1_1")))
    assert one.event(of_device, cleared) is None
    assert one.event(of_calls, cleared) == replace(cleared, monitor_cross_ref_id=of_calls)


def test_responses_name_the_own_line_as_the_client_does() -> None:
    one = session()
    shown, released = one.answered(
        SnapshotDevice(snapshot_object=LINE),
        MakeCallResponse(calling_device=ConnectionId(CallId("1_1"), DeviceId("tel:1001;device=SEP1"))),
    )
    assert shown == MakeCallResponse(calling_device=ConnectionId(CallId("1_1"), LINE))
    assert released == []


def test_events_carry_the_sessions_own_reference_and_line() -> None:
    one, reference = monitored()
    shown = one.event(reference, originated("1_1", "tel:1001;device=SEP1"))
    assert isinstance(shown, OriginatedEvent)
    assert shown.monitor_cross_ref_id == reference
    assert shown.calling_device == LINE
    assert shown.called_device == "tel:1902;phone-context=dialstring"


def test_events_for_a_stopped_monitor_are_dropped() -> None:
    one, reference = monitored()
    assert effect(StopMonitor, MonitorStop(monitor_cross_ref_id=reference), one).reference == reference
    assert one.event(reference, originated("1_1")) is None


def test_a_filter_keeps_events_back() -> None:
    one = session()
    service = MonitorStart(monitor_object=LINE, requested_monitor_filter=frozenset({"originated"}))
    reference = effect(StartMonitor, service, one).reference
    assert one.event(reference, originated("1_1")) is None
    assert one.calls.states() == {"1_1": LocalConnectionState.CONNECTED}


def test_an_event_that_overtakes_the_response_waits_for_it() -> None:
    one, reference = monitored()
    service = make_call()
    one.request(service)
    assert one.event(reference, originated("1_1")) is None
    answer = MakeCallResponse(calling_device=ConnectionId(CallId("1_1"), WIRE))
    _, released = one.answered(service, answer)
    assert [type(event) for event in released] == [OriginatedEvent]
    assert one.event(reference, originated("1_2")) is not None


def test_a_call_that_rings_meanwhile_does_not_wait() -> None:
    one, reference = monitored()
    one.request(make_call())
    ringing = DeliveredEvent(
        monitor_cross_ref_id=MonitorCrossRefId("theirs"),
        connection=ConnectionId(CallId("7_7"), WIRE),
        alerting_device=WIRE,
        calling_device=DeviceId("tel:1005"),
        called_device=WIRE,
        local_connection_info=LocalConnectionState.ALERTING,
    )
    assert one.event(reference, ringing) is not None


def test_events_of_known_calls_do_not_wait() -> None:
    one, reference = monitored()
    assert one.event(reference, originated("1_1")) is not None
    one.request(make_call())
    assert one.event(reference, originated("1_1")) is not None


def test_a_refused_call_releases_what_waited() -> None:
    one, reference = monitored()
    service = make_call()
    one.request(service)
    one.event(reference, originated("9_9"))
    refused = CSTAErrorCode(category=ErrorCategory.OPERATION, value="invalidDestination")
    shown, released = one.answered(service, refused)
    assert shown == refused
    assert len(released) == 1


def test_what_waits_is_bounded_and_the_session_ends_rather_than_lose_an_event() -> None:
    one, reference = monitored()
    one.request(make_call())
    for number in range(MAX_HELD):
        one.event(reference, originated(f"9_{number}"))
    with pytest.raises(SessionIncomplete):
        one.event(reference, originated("10_1"))


def test_monitors_of_a_session_are_bounded() -> None:
    one = session()
    for _ in range(MAX_MONITORS):
        effect(StartMonitor, MonitorStart(monitor_object=LINE), one)
    message = effect(Answer, MonitorStart(monitor_object=LINE), one).message
    assert isinstance(message, CSTAErrorCode)
    assert message.value == "objectMonitorLimitExceeded"


def test_calls_are_followed_to_their_end() -> None:
    one, reference = monitored()
    events: list[Event] = [
        originated("1_1"),
        ConnectionClearedEvent(
            monitor_cross_ref_id=MonitorCrossRefId("theirs"),
            dropped_connection=ConnectionId(CallId("1_1"), WIRE),
            releasing_device=WIRE,
            local_connection_info=LocalConnectionState.NULL,
        ),
    ]
    for event in events:
        one.event(reference, event)
    assert not one.calls


@pytest.mark.parametrize(
    "end",
    [
        ConnectionClearedEvent(
            monitor_cross_ref_id=MonitorCrossRefId("theirs"),
            dropped_connection=ConnectionId(CallId("1_1"), DeviceId("tel:1001;device=SEP1")),
            releasing_device=OTHER,
        ),
        CallClearedEvent(
            monitor_cross_ref_id=MonitorCrossRefId("theirs"), cleared_call=ConnectionId(CallId("1_1"))
        ),
    ],
    ids=lambda event: type(event).__name__,
)
def test_the_end_of_a_call_is_known_without_the_local_state(end: Event) -> None:
    one, reference = monitored()
    one.event(reference, originated("1_1"))
    one.event(reference, end)
    assert not one.calls
