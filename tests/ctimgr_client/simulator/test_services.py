import pytest

from csta_xml import (
    EVENT_LISTS,
    FILTER_FLAGS,
    SERVICE_LISTS,
    CallId,
    CapabilityList,
    ConnectionId,
    DeviceId,
    ForwardingType,
    ForwardListItem,
    GetCSTAFeatures,
    GetCSTAFeaturesResponse,
    GetForwarding,
    GetForwardingResponse,
    HoldCall,
    MonitorCrossRefId,
    MonitorStart,
    MonitorStartResponse,
    MonitorStop,
    MonitorStopResponse,
    RequestSystemStatus,
    RequestSystemStatusResponse,
    Service,
    SetForwarding,
    SetForwardingResponse,
    SystemRegister,
    SystemRegisterResponse,
    SystemStatus,
    SystemStatusResponse,
    SystemStatusValue,
)
from ctimgr_client.serving.capabilities import ANNOUNCED
from ctimgr_client.serving.facts import Kind
from ctimgr_client.serving.limits import Limits
from ctimgr_client.serving.views import EVENTS
from ctimgr_client.simulator import nodes
from ctimgr_client.simulator.services import SERVICES
from tests.ctimgr_client.simulator.talker import Site, Talker

ONE = DeviceId("tel:1001;device=SEP000000001001")
TWO = DeviceId("tel:1002;device=SEP000000001002")
NOBODY = DeviceId("tel:4711")


def talker(limits: Limits | None = None) -> Talker:
    site = Site(limits)
    return Talker(site, site.cti())


def con(call_id: str | None, device: str | None = ONE) -> ConnectionId:
    return ConnectionId(
        CallId(call_id) if call_id is not None else None, DeviceId(device) if device is not None else None
    )


# -- what is served --


def names(lists: tuple[CapabilityList, ...]) -> dict[str, list[str]]:
    return {each.name: [capability.name for capability in each.capabilities] for each in lists}


@pytest.mark.parametrize("line", [None, ONE, "tel:1100;phone-context=dialstring"])
def test_features_are_exactly_what_is_served(line: str | None) -> None:
    answer = talker().ask(GetCSTAFeatures(line=line))
    assert isinstance(answer, GetCSTAFeaturesResponse)
    assert names(answer.services) == {
        "capExchangeServList": ["getCSTAFeatures"],
        "systemStatServList": [
            "systemRegister",
            "systemStatusRegisterCancel",
            "requestSystemStatus",
            "systemStatus",
        ],
        "monitoringServList": ["monitorStart", "monitorStop"],
        "snapshotServList": ["snapshotCall", "snapshotDevice"],
        "callControlServList": [
            "alternateCall",
            "answerCall",
            "clearCall",
            "clearConnection",
            "conferenceCall",
            "consultationCall",
            "deflectCall",
            "directedPickupCall",
            "groupPickupCall",
            "holdCall",
            "makeCall",
            "parkCall",
            "reconnectCall",
            "retrieveCall",
            "singleStepConference",
            "singleStepTransfer",
            "transferCall",
        ],
        "callAssociatedServList": ["generateDigits"],
        "physDevServList": ["getMessageWaitingIndicator", "setMessageWaitingIndicator"],
        "logicalServList": ["getDoNotDisturb", "getForwarding", "setDoNotDisturb", "setForwarding"],
    }
    assert names(answer.events) == {
        "callControlEvtsList": sorted({*Kind, "netwReached"} - {"networkReached"}),
        "physDevEvtsList": ["messageWaiting"],
        "logicalEvtsList": ["doNotDisturb", "forwarding"],
        "deviceMaintEvtsList": ["backInService", "outOfService"],
    }


def test_every_row_is_announced_under_a_name_of_the_schema() -> None:
    for service in SERVICES:
        assert ANNOUNCED[service].name in SERVICE_LISTS[ANNOUNCED[service].capability_list]
    for name, events in EVENTS.items():
        assert set(events) <= set(EVENT_LISTS[name])
    assert set(Kind) <= set(FILTER_FLAGS["callcontrol"])


def test_features_of_an_unknown_line_are_refused() -> None:
    assert talker().refused(GetCSTAFeatures(line=NOBODY)) == "operation/invalidDeviceID"


def test_a_service_without_a_row_is_not_supported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(SERVICES, HoldCall)
    assert talker().refused(HoldCall(call_to_be_held=con("1_1"))) == "operation/serviceNotSupported"


def test_system_status() -> None:
    client = talker()
    normal = RequestSystemStatusResponse(system_status=SystemStatusValue.NORMAL)
    assert client.ask(RequestSystemStatus()) == normal
    assert client.ask(RequestSystemStatus(line=ONE)) == normal
    assert client.refused(RequestSystemStatus(line=NOBODY)) == "operation/invalidDeviceID"
    assert client.ask(SystemStatus(system_status=SystemStatusValue.NORMAL)) == SystemStatusResponse()


def test_registrations_echo_their_filter_and_have_numbers_of_their_own() -> None:
    client = talker()
    kept_back = frozenset({"messageLost"})
    register = SystemRegister(request_types=frozenset({"systemStatus"}), requested_status_filter=kept_back)
    for number in ("1", "2"):
        answer = SystemRegisterResponse(sys_stat_register_id=number, actual_status_filter=kept_back)
        assert client.ask(register) == answer


# -- monitoring --


def test_a_monitor_is_started_and_stopped() -> None:
    client = talker()
    ref = client.monitor(ONE).monitor_cross_ref_id
    assert client.ask(MonitorStop(monitor_cross_ref_id=ref)) == MonitorStopResponse()
    client.make_call(ONE, "1904")
    assert client.events() == []
    assert client.refused(MonitorStop(monitor_cross_ref_id=ref)) == "operation/invalidMonitorCrossRefID"


def test_a_monitor_of_another_application_cannot_be_stopped() -> None:
    site = Site()
    cti = site.cti()
    first, second = Talker(site, cti), Talker(site, cti)
    ref = first.monitor(ONE).monitor_cross_ref_id
    assert second.refused(MonitorStop(monitor_cross_ref_id=ref)) == "operation/invalidMonitorCrossRefID"


def test_two_monitors_of_one_device_both_get_everything() -> None:
    client = talker()
    refs = [client.monitor(ONE).monitor_cross_ref_id for _ in range(2)]
    assert refs[0] != refs[1]
    client.make_call(ONE, "1904")
    assert [event.monitor_cross_ref_id for event in client.events()] == refs * 3


def test_events_that_are_filtered_out_do_not_come() -> None:
    client = talker()
    kept_back = frozenset({"serviceInitiated", "outOfService", "forwarding"})
    answer = client.ask(MonitorStart(monitor_object=ONE, requested_monitor_filter=kept_back))
    assert isinstance(answer, MonitorStartResponse)
    assert answer.actual_monitor_filter == kept_back
    client.make_call(ONE, "1904")
    client.ask(SetForwarding(device=ONE, activate_forward=True, forward_dn=TWO))
    nodes.unregister(client.site.scene.cluster, client.site.scene.device(ONE))
    nodes.register(client.site.scene.cluster, client.site.scene.device(ONE))
    client.site.settle()
    assert [type(event).__name__ for event in client.events()] == [
        "OriginatedEvent",
        "DeliveredEvent",
        "ConnectionClearedEvent",
        "ConnectionClearedEvent",
        "BackInServiceEvent",
    ]


MONITOR_REFUSALS: list[tuple[MonitorStart, str]] = [
    (MonitorStart(monitor_object=NOBODY), "operation/invalidDeviceID"),
    (MonitorStart(monitor_object=con("1_1")), "operation/invalidMonitorObject"),
]


@pytest.mark.parametrize(("request_", "expected"), MONITOR_REFUSALS)
def test_what_cannot_be_monitored(request_: MonitorStart, expected: str) -> None:
    assert talker().refused(request_) == expected


def test_monitors_of_a_session_are_bounded() -> None:
    client = talker(Limits(monitors_per_session=2))
    client.monitor(ONE)
    client.monitor(ONE)
    assert (
        client.refused(MonitorStart(monitor_object=ONE))
        == "systemResourceAvailibility/overallMonitorLimitExceeded"
    )


def test_an_unknown_cross_reference() -> None:
    stop = MonitorStop(monitor_cross_ref_id=MonitorCrossRefId("feedc0de"))
    assert talker().refused(stop) == "operation/invalidMonitorCrossRefID"


# -- forwarding --


def forwarding(target: str | None) -> GetForwardingResponse:
    return GetForwardingResponse(
        forwarding_list=(
            ForwardListItem(
                forwarding_type=ForwardingType.IMMEDIATE,
                forward_status=target is not None,
                forward_dn=DeviceId(target) if target is not None else None,
            ),
        )
    )


def test_forwarding_is_set_and_taken_away() -> None:
    client = talker()
    assert client.ask(GetForwarding(device=ONE)) == forwarding(None)
    on = SetForwarding(device=ONE, activate_forward=True, forward_dn=DeviceId("tel:1200;partition=lab"))
    assert client.ask(on) == SetForwardingResponse()
    assert client.ask(GetForwarding(device=ONE)) == forwarding("tel:1200;partition=lab")
    off = SetForwarding(device=ONE, forwarding_type=ForwardingType.IMMEDIATE, activate_forward=False)
    assert client.ask(off) == SetForwardingResponse()
    assert client.ask(GetForwarding(device=ONE)) == forwarding(None)


FORWARDING_REFUSALS: list[tuple[Service, str]] = [
    (GetForwarding(device=NOBODY), "operation/invalidDeviceID"),
    (SetForwarding(device=NOBODY, activate_forward=False), "operation/invalidDeviceID"),
    (SetForwarding(device=ONE, activate_forward=True), "operation/invalidParameterValue"),
    (
        SetForwarding(device=ONE, activate_forward=True, forward_dn=NOBODY),
        "operation/invalidForwardingDestination",
    ),
    (
        SetForwarding(device=ONE, activate_forward=True, forward_dn=ONE),
        "operation/invalidForwardingDestination",
    ),
    *[
        (
            SetForwarding(device=ONE, forwarding_type=kind, activate_forward=True, forward_dn=TWO),
            "operation/serviceNotSupported",
        )
        for kind in ForwardingType
        if kind is not ForwardingType.IMMEDIATE
    ],
]


@pytest.mark.parametrize(("request_", "expected"), FORWARDING_REFUSALS)
def test_refusals_of_forwarding(request_: Service, expected: str) -> None:
    client = talker()
    assert client.refused(request_) == expected
    assert client.ask(GetForwarding(device=ONE)) == forwarding(None)
