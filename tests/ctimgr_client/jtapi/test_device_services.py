"""Monitors, snapshots, features and what a user sets on a phone, through real frames."""

import pytest

from csta_xml import (
    ConnectionId,
    CSTAErrorCode,
    DeviceId,
    ForwardingType,
    GetCSTAFeatures,
    GetCSTAFeaturesResponse,
    GetDoNotDisturb,
    GetDoNotDisturbResponse,
    GetForwarding,
    GetForwardingResponse,
    GetMessageWaitingIndicator,
    GetMessageWaitingIndicatorResponse,
    MonitorStart,
    MonitorStartResponse,
    MonitorStop,
    MonitorStopResponse,
    RequestSystemStatus,
    RequestSystemStatusResponse,
    SetDoNotDisturb,
    SetDoNotDisturbResponse,
    SetForwarding,
    SetForwardingResponse,
    SetMessageWaitingIndicator,
    SetMessageWaitingIndicatorResponse,
    SnapshotDevice,
    SnapshotDeviceResponse,
    SystemRegister,
    SystemRegisterCancel,
    SystemRegisterCancelResponse,
    SystemRegisterResponse,
)
from ctimgr_client.jtapi.keys import LineKey
from ctimgr_client.jtapi.numbers import Ev
from ctimgr_client.jtapi.records import ProviderRecord
from ctimgr_client.jtapi.refusals import ALREADY_FORWARDED
from ctimgr_client.jtapi.services import SERVICES
from ctimgr_client.jtapi.telephony import JtapiFailure, Trouble
from ctimgr_client.serving.capabilities import ANNOUNCED
from ctimgr_client.serving.refused import ResourceBusy
from tests.ctimgr_client.jtapi.desk import ONE, TWO, Client, Desk
from tests.ctimgr_client.jtapi.exchange import HARD, SOFT, phone

SEP_ONE = phone("1001").device
STRANGER = DeviceId("tel:4503")


# -- monitors ----------------------------------------------------------------------------------------------


def test_the_first_monitor_opens_the_line_and_the_last_one_closes_it() -> None:
    desk = Desk()
    one, other = Client(desk), Client(desk)
    first, second, third = one.monitor(ONE), one.monitor(ONE), other.monitor(ONE)
    assert desk.asked() == ["open 1001"]
    one.ask(MonitorStop(monitor_cross_ref_id=first.monitor_cross_ref_id))
    other.ask(MonitorStop(monitor_cross_ref_id=third.monitor_cross_ref_id))
    assert desk.asked() == []
    stop = MonitorStop(monitor_cross_ref_id=second.monitor_cross_ref_id)
    assert one.ask(stop) == MonitorStopResponse()
    assert desk.asked() == ["close 1001"]
    assert (len(desk.switch.lines), desk.switch.devices.open) == (0, 0)


def test_a_session_that_ends_closes_its_own() -> None:
    desk = Desk()
    one, other = Client(desk), Client(desk)
    one.monitor(ONE)
    one.monitor(TWO)
    other.monitor(TWO)
    desk.asked()
    one.caller.end()
    assert desk.asked() == ["close 1001"]
    assert (desk.switch.sessions, len(desk.switch.monitors)) == (1, 1)


def test_several_who_come_at_once_share_one_opening() -> None:
    desk = Desk()
    one, other = Client(desk), Client(desk)
    desk.at_once = False
    asked = one.send(MonitorStart(monitor_object=ONE)), other.send(MonitorStart(monitor_object=ONE))
    desk.work_all()
    assert desk.asked() == ["open 1001"]
    assert isinstance(one.answer(asked[0]), MonitorStartResponse)
    assert isinstance(other.answer(asked[1]), MonitorStartResponse)


def test_opened_again_while_it_is_being_closed() -> None:
    desk = Desk()
    client = Client(desk)
    ref = client.monitor(ONE).monitor_cross_ref_id
    desk.asked()
    desk.at_once = False
    client.send(MonitorStop(monitor_cross_ref_id=ref))
    again = client.send(MonitorStart(monitor_object=ONE))
    desk.work_all()
    assert isinstance(client.answer(again), MonitorStartResponse)
    assert desk.asked() == ["close 1001", "open 1001"]
    assert desk.exchange.watched[phone("1001")] == 1


def test_a_session_that_ends_while_its_line_is_being_opened_leaves_nothing() -> None:
    desk = Desk()
    client = Client(desk)
    desk.at_once = False
    client.send(MonitorStart(monitor_object=ONE))
    desk.work_once()  # finds it
    client.caller.end()
    desk.work_all()
    assert desk.asked() == ["open 1001", "close 1001"]
    assert (len(desk.switch.lines), len(desk.switch.monitors)) == (0, 0)


def test_the_answer_waits_until_the_calls_there_are_known() -> None:
    desk = Desk()
    Client(desk).make_call(TWO, "1001")
    client = Client(desk)
    desk.late = []
    asked = client.send(MonitorStart(monitor_object=ONE))
    assert client.answer(asked) is None
    desk.hear_late()
    assert isinstance(client.answer(asked), MonitorStartResponse)
    snapshot = client.ask(SnapshotDevice(snapshot_object=ONE))
    assert isinstance(snapshot, SnapshotDeviceResponse)
    assert [one.connection_identifier.call_id for one in snapshot.snapshot] == ["1/1"]


def test_and_not_for_ever() -> None:
    desk = Desk()
    client = Client(desk)
    client.make_call(TWO, "1001")
    desk.switch.tracker.clear()
    desk.late = []
    asked = client.send(MonitorStart(monitor_object=ONE))
    assert client.answer(asked) is None
    desk.wait(1.1)
    assert isinstance(client.answer(asked), MonitorStartResponse)


def test_a_phone_that_is_not_there_is_monitored_and_its_return_is_told() -> None:
    desk = Desk()
    desk.exchange.away.add(SEP_ONE)
    client = Client(desk)
    client.monitor(ONE)
    desk.exchange.device(SEP_ONE, there=True)
    assert client.events() == ["BackInServiceEvent"]
    desk.exchange.device(SEP_ONE, there=False)
    assert client.events() == ["OutOfServiceEvent"]


def test_an_opening_that_fails_is_refused_and_leaves_room() -> None:
    desk = Desk(max_lines=1)
    client = Client(desk)
    desk.exchange.fail["open"] = JtapiFailure(Trouble.PLATFORM, "restricted", code=0x8CCC00D2)
    refused = "systemResourceAvailibility/deviceOutOfService"
    assert client.refused(MonitorStart(monitor_object=ONE)) == refused
    desk.exchange.fail.clear()
    client.monitor(TWO)
    assert len(desk.switch.lines) == 1
    assert [advice.kind for advice, _ in desk.advices] == ["deviceOutOfService"]


def test_lines_are_bounded() -> None:
    desk = Desk(max_lines=1)
    client = Client(desk)
    client.monitor(ONE)
    too_many = "systemResourceAvailibility/resourceLimitExceeded"
    assert client.refused(MonitorStart(monitor_object=TWO)) == too_many


@pytest.mark.parametrize(
    ("object_", "answer"),
    [
        (STRANGER, "operation/invalidDeviceID"),
        (DeviceId("tel:"), "operation/invalidDeviceID"),
        (ConnectionId(None, ONE), "operation/invalidMonitorObject"),
    ],
)
def test_what_cannot_be_monitored(object_: DeviceId | ConnectionId, answer: str) -> None:
    assert Client(Desk()).refused(MonitorStart(monitor_object=object_)) == answer


def test_a_stranger_is_explained_to_the_administrator_once_a_minute() -> None:
    desk = Desk()
    client = Client(desk)
    for _ in range(3):
        client.refused(MonitorStart(monitor_object=STRANGER))
    desk.time += 61
    client.refused(MonitorStart(monitor_object=STRANGER))
    (first, _), (_, count) = desk.advices
    assert first.text == "Address 4503 is not in provider's domain."
    assert "Allow Control of Device from CTI" in first.cure
    assert count == 3


def test_a_line_that_leaves_its_phone_ends_the_monitors_there() -> None:
    desk = Desk()
    client = Client(desk)
    client.monitor(ONE)
    client.make_call(TWO, "1901")  # keeps 1002 open without a monitor
    client.heard.clear()
    gone = [
        ProviderRecord(event=Ev.CISCO_ADDR_REMOVED_FROM_TERMINAL, line=one.line, terminal=one.device)
        for one in (phone("1001"), phone("1002"))
    ]
    desk.asked()
    desk.exchange.tell(gone)
    assert [type(said).__name__ for _, said in client.listen()] == ["MonitorStop"]
    assert desk.asked() == ["close 1001", "close 1002"]
    assert len(desk.switch.lines) == 0
    client.make_call(TWO, "1901")
    assert desk.asked() == ["open 1002", "make_call 1002 1901"]


def test_a_line_that_is_controlled_without_a_monitor_is_open_until_the_session_ends() -> None:
    desk = Desk()
    client = Client(desk)
    call = client.make_call(ONE, "1901")
    client.make_call(ONE, "1902")
    assert desk.asked() == ["open 1001", "make_call 1001 1901", "make_call 1001 1902"]
    assert client.events() == []
    assert call.device_id == ONE
    client.caller.end()
    assert desk.asked() == ["close 1001"]


def test_what_could_not_be_closed_for_want_of_a_worker_is_closed_later() -> None:
    desk = Desk()
    client = Client(desk)
    client.monitor(ONE)
    desk.asked()
    desk.at_once = False
    client.caller.end()
    _, resume = desk.work.pop()
    resume(None, ResourceBusy("too many"))
    assert desk.work == []
    desk.wait(1.1)
    desk.work_all()
    assert desk.asked() == ["close 1001"]


# -- snapshots, features, status ---------------------------------------------------------------------------


def test_the_snapshot_of_a_line_that_nobody_watches_opens_nothing() -> None:
    desk = Desk()
    client = Client(desk)
    assert client.ask(SnapshotDevice(snapshot_object=ONE)) == SnapshotDeviceResponse()
    assert desk.asked() == [f"facts {SEP_ONE}"]


def test_the_snapshot_of_a_phone_that_is_not_registered() -> None:
    desk = Desk()
    desk.exchange.away.add(SEP_ONE)
    answer = Client(desk).refused(SnapshotDevice(snapshot_object=ONE))
    assert answer == "systemResourceAvailibility/deviceOutOfService"


def test_a_type_of_phone_that_cti_does_not_control_is_said_to_be_one() -> None:
    desk = Desk()
    desk.exchange.not_for_cti.add(SEP_ONE)
    answer = Client(desk).refused(SnapshotDevice(snapshot_object=ONE))
    assert answer == "operation/requestIncompatibleWithDevice"
    ((advice, _),) = desk.advices
    assert "Cisco 7960" in advice.text
    assert "a phone that CTI controls" in advice.cure


def features(client: Client, line: str | None) -> tuple[set[str], set[str], set[str]]:
    """Services, events, and the options of MakeCall."""
    answer = client.ask(GetCSTAFeatures(line=line))
    assert isinstance(answer, GetCSTAFeaturesResponse)
    services = {one.name: one.options for each in answer.services for one in each.capabilities}
    events = {one.name for each in answer.events for one in each.capabilities}
    return set(services), events, set(services["makeCall"])


def test_features_are_what_is_served_and_say_that_nobody_is_prompted() -> None:
    services, events, options = features(Client(Desk()), ONE)
    assert services == {ANNOUNCED[service].name for service in SERVICES}
    assert "singleStepConference" not in services
    assert {"delivered", "doNotDisturb", "outOfService"} <= events
    assert options == {"autoOriginateDoNotPrompt"}


def test_a_device_without_do_not_disturb_is_not_offered_it() -> None:
    desk = Desk()
    desk.exchange.without_dnd.add(SEP_ONE)
    everything, _, _ = features(Client(desk), None)
    services, events, _ = features(Client(desk), ONE)
    assert everything - services == {"getDoNotDisturb", "setDoNotDisturb"}
    assert "doNotDisturb" not in events


def test_plain_jtapi_is_not_promised_more_than_it_has() -> None:
    plain, plain_events, _ = features(Client(Desk(is_cisco=False)), None)
    cisco, cisco_events, _ = features(Client(Desk()), None)
    assert cisco - plain == {"getDoNotDisturb", "setDoNotDisturb", "directedPickupCall", "groupPickupCall"}
    assert cisco_events - plain_events == {"doNotDisturb", "backInService", "outOfService"}


def test_system_status_and_registration() -> None:
    client = Client(Desk())
    status = client.ask(RequestSystemStatus(line=ONE))
    assert isinstance(status, RequestSystemStatusResponse)
    assert status.system_status == "normal"
    assert client.refused(RequestSystemStatus(line=STRANGER)) == "operation/invalidDeviceID"
    registered = client.ask(SystemRegister(request_types=frozenset({"systemStatus"})))
    assert isinstance(registered, SystemRegisterResponse)
    cancel = SystemRegisterCancel(sys_stat_register_id=registered.sys_stat_register_id)
    assert client.ask(cancel) == SystemRegisterCancelResponse()
    assert client.refused(cancel) == "operation/invalidParameterValue"


# -- what a user sets --------------------------------------------------------------------------------------


def test_forwarding() -> None:
    desk = Desk()
    client = Client(desk)
    client.monitor(ONE)
    desk.asked()
    on = SetForwarding(device=ONE, activate_forward=True, forward_dn=DeviceId("tel:1003;device=SEP1"))
    assert client.ask(on) == SetForwardingResponse()
    assert client.events() == ["ForwardingEvent"]
    answer = client.ask(GetForwarding(device=ONE))
    assert isinstance(answer, GetForwardingResponse)
    (item,) = answer.forwarding_list
    assert (item.forward_status, item.forward_dn) == (True, "tel:1003")
    assert client.ask(SetForwarding(device=ONE, activate_forward=False)) == SetForwardingResponse()
    assert desk.asked() == ["set_forwarding 1001 1003", "forwarding 1001", "set_forwarding 1001 off"]


def test_forwarding_that_is_set_already_is_a_success() -> None:
    desk = Desk()
    desk.exchange.fail["set_forwarding"] = JtapiFailure(Trouble.PLATFORM, "set", code=ALREADY_FORWARDED)
    on = SetForwarding(device=ONE, activate_forward=True, forward_dn=TWO)
    assert Client(desk).ask(on) == SetForwardingResponse()


@pytest.mark.parametrize(
    ("request_", "answer"),
    [
        (SetForwarding(device=ONE, activate_forward=True), "invalidParameterValue"),
        (
            SetForwarding(
                device=ONE, activate_forward=True, forward_dn=TWO, forwarding_type=ForwardingType.BUSY
            ),
            "serviceNotSupported",
        ),
        (
            SetForwarding(device=ONE, activate_forward=True, forward_dn=DeviceId("tel:")),
            "invalidForwardingDestination",
        ),
    ],
)
def test_forwarding_that_cannot_be(request_: SetForwarding, answer: str) -> None:
    desk = Desk()
    assert Client(desk).refused(request_) == f"operation/{answer}"
    assert desk.asked() == []


def test_do_not_disturb_is_the_devices() -> None:
    desk = Desk()
    client = Client(desk)
    assert client.ask(SetDoNotDisturb(device=ONE, do_not_disturb_on=True)) == SetDoNotDisturbResponse()
    assert client.ask(GetDoNotDisturb(device=ONE)) == GetDoNotDisturbResponse(do_not_disturb_on=True)
    some = SetDoNotDisturb(device=ONE, do_not_disturb_on=True, calling_device_list=(TWO,))
    assert client.refused(some) == "operation/invalidParameterValue"
    assert desk.asked("open") == [f"set_do_not_disturb {SEP_ONE} on", f"do_not_disturb {SEP_ONE}"]


def test_the_lamp_is_the_lines() -> None:
    desk = Desk()
    client = Client(desk)
    lamp = SetMessageWaitingIndicator(device=ONE, message_waiting_on=True)
    assert client.ask(lamp) == SetMessageWaitingIndicatorResponse()
    answer = client.ask(GetMessageWaitingIndicator(device=ONE))
    assert answer == GetMessageWaitingIndicatorResponse(message_waiting_on=True)
    assert desk.exchange.lamps == {LineKey("1001")}


def test_what_plain_jtapi_lacks_is_refused() -> None:
    desk = Desk(is_cisco=False)
    desk.exchange.fail["do_not_disturb"] = JtapiFailure(Trouble.NOT_OFFERED)
    assert Client(desk).refused(GetDoNotDisturb(device=ONE)) == "operation/serviceNotSupported"


# -- the provider goes -------------------------------------------------------------------------------------


def test_a_line_named_by_its_number_is_the_one_that_is_open() -> None:
    desk = Desk()
    client = Client(desk)
    client.monitor(SOFT.device_id)
    desk.asked()
    call = client.make_call(DeviceId("tel:1100"), "1901")
    assert call.device_id == SOFT.device_id
    assert desk.asked() == ["make_call 1100 1901"]
    assert desk.switch.lines.is_open(HARD) is False


def test_when_the_provider_goes_what_waits_is_told_and_everything_is_taken_off() -> None:
    desk = Desk()
    client = Client(desk)
    client.monitor(ONE)
    desk.at_once = False
    asked = client.send(MonitorStart(monitor_object=TWO))
    desk.work_once()  # finds it
    desk.asked()
    desk.switch.left()
    answer = client.answer(asked)
    assert isinstance(answer, CSTAErrorCode)
    assert answer.value == "resourceOutOfService"
    desk.work_all()
    assert sorted(desk.asked()) == ["close 1001", "close 1002", "open 1002"]
    assert (len(desk.switch.lines), len(desk.switch.waits)) == (0, 0)


def test_after_its_return_a_line_is_closed_before_it_is_opened_anew() -> None:
    desk = Desk()
    one = Client(desk)
    one.monitor(ONE)
    one.monitor(TWO)
    desk.at_once = False
    desk.switch.left()
    one.caller.end()
    desk.asked()
    desk.at_once = True
    again = Client(desk)
    asked = again.send(MonitorStart(monitor_object=TWO))
    assert isinstance(again.answer(asked), MonitorStartResponse)
    assert desk.asked() == ["close 1002", "open 1002"]
    desk.work_all()
    assert desk.asked() == ["close 1001"]


def test_of_a_provider_that_is_gone_for_good_nothing_is_asked() -> None:
    desk = Desk()
    client = Client(desk)
    client.monitor(ONE)
    desk.asked()
    desk.switch.shut()
    client.caller.end()
    assert desk.asked() == []
