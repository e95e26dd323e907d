"""What the captures of the device features, of registrations and of the events around them say."""

import csta_xml as x
from tests.csta_xml.captures import AT_TARGET, CONNECTED, FAR, FIRST, PHONE, REF, SECOND, TARGET
from tests.csta_xml.cases_calls import CONSULTED, TRANSFERRED

SHARED = x.DeviceId("tel:1100;device=SEP000000001001")
MAILBOX = x.DeviceId("tel:1001")

FEATURES_AND_EVENTS: dict[str, x.Message] = {
    "get_do_not_disturb": x.GetDoNotDisturb(device=PHONE),
    "get_do_not_disturb_response": x.GetDoNotDisturbResponse(
        do_not_disturb_on=True, call_origination=frozenset({"internal"})
    ),
    "set_do_not_disturb": x.SetDoNotDisturb(device=PHONE, do_not_disturb_on=False),
    "set_do_not_disturb_response": x.SetDoNotDisturbResponse(),
    "get_message_waiting_indicator": x.GetMessageWaitingIndicator(device=PHONE),
    "get_message_waiting_indicator_response": x.GetMessageWaitingIndicatorResponse(
        message_waiting_on=True, device_for_message=MAILBOX, lamp_is_present=False
    ),
    "get_message_waiting_indicator_response_bare": x.GetMessageWaitingIndicatorResponse(
        message_waiting_on=False
    ),
    "set_message_waiting_indicator": x.SetMessageWaitingIndicator(
        device=PHONE, message_waiting_on=True, device_for_message=MAILBOX
    ),
    "set_message_waiting_indicator_off": x.SetMessageWaitingIndicator(device=PHONE, message_waiting_on=False),
    "set_message_waiting_indicator_response": x.SetMessageWaitingIndicatorResponse(),
    "system_register_cancel": x.SystemRegisterCancel(sys_stat_register_id="41"),
    "system_register_cancel_response": x.SystemRegisterCancelResponse(),
    "system_register_abort": x.SystemRegisterAbort(sys_stat_register_id="41"),
    "transfered_event": x.TransferedEvent(
        monitor_cross_ref_id=REF,
        primary_old_call=FIRST,
        secondary_old_call=SECOND,
        transferring_device=PHONE,
        transferred_to_device=TARGET,
        transferred_connections=TRANSFERRED,
        local_connection_info=x.LocalConnectionState.NULL,
        cause=x.Cause.TRANSFER,
    ),
    "transfered_event_single_step": x.TransferedEvent(
        monitor_cross_ref_id=REF,
        primary_old_call=FIRST,
        transferring_device=FAR,
        transferred_to_device=x.Absent.NOT_KNOWN,
        transferred_connections=(),
        local_connection_info=CONNECTED,
        cause=x.Cause.SINGLE_STEP_TRANSFER,
    ),
    "conferenced_event": x.ConferencedEvent(
        monitor_cross_ref_id=REF,
        primary_old_call=FIRST,
        secondary_old_call=SECOND,
        conferencing_device=PHONE,
        added_party=TARGET,
        conference_connections=(
            x.ConnectionListItem(new_connection=FIRST, old_connection=FIRST, endpoint=PHONE),
            x.ConnectionListItem(new_connection=AT_TARGET, old_connection=CONSULTED, endpoint=TARGET),
        ),
        local_connection_info=CONNECTED,
        cause=x.Cause.CONFERENCE,
    ),
    "bridged_event": x.BridgedEvent(
        monitor_cross_ref_id=REF,
        bridged_connection=x.ConnectionId(x.CallId("2_19c6"), SHARED),
        bridged_appearance=SHARED,
        local_connection_info=x.LocalConnectionState.QUEUED,
    ),
    "do_not_disturb_event": x.DoNotDisturbEvent(
        monitor_cross_ref_id=REF, device=PHONE, do_not_disturb_on=True
    ),
    "message_waiting_event": x.MessageWaitingEvent(
        monitor_cross_ref_id=REF,
        target_device=PHONE,
        device_for_message=MAILBOX,
        message_waiting_on=True,
    ),
    "message_waiting_event_off": x.MessageWaitingEvent(
        monitor_cross_ref_id=REF, target_device=PHONE, message_waiting_on=False
    ),
    "partially_in_service_event": x.PartiallyInServiceEvent(
        monitor_cross_ref_id=REF, device=PHONE, cause=x.Cause.MAINTENANCE
    ),
}
