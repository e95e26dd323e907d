"""What the captures of the services on calls say: two calls, transfer, conference, diversion, digits."""

import csta_xml as x
from tests.csta_xml.captures import AT_TARGET, CONNECTED, FAR, FIRST, LINE, PHONE, PSTN, SECOND, TARGET

CONSULTED = x.ConnectionId(x.CallId("2_19c5"), TARGET)
TRANSFERRED = (
    x.ConnectionListItem(
        new_connection=x.ConnectionId(x.CallId("2_19c4"), PSTN),
        old_connection=x.ConnectionId(x.CallId("2_19c4"), PSTN),
        endpoint=PSTN,
    ),
    x.ConnectionListItem(new_connection=AT_TARGET, old_connection=CONSULTED, endpoint=x.Absent.RESTRICTED),
)
SNAPSHOT = x.SnapshotCallResponse(
    snapshot=(
        x.SnapshotCallInfo(device_on_call=PHONE, call_identifier=FIRST, local_connection_info=CONNECTED),
        x.SnapshotCallInfo(
            device_on_call=FAR,
            call_identifier=x.ConnectionId(x.CallId("2_19c4"), FAR),
            local_connection_info=x.LocalConnectionState.ALERTING,
        ),
        x.SnapshotCallInfo(device_on_call=x.Absent.NOT_KNOWN),
    ),
    calling_device=PHONE,
    called_device=FAR,
)

CALL_FEATURES: dict[str, x.Message] = {
    "clear_call": x.ClearCall(call_to_be_cleared=FIRST),
    "clear_call_response": x.ClearCallResponse(),
    "generate_digits": x.GenerateDigits(connection_to_send_digits=FIRST, characters_to_send="42*,#A"),
    "generate_digits_timed": x.GenerateDigits(
        connection_to_send_digits=FIRST,
        digit_mode=x.DigitMode.DTMF,
        characters_to_send="7",
        tone_duration=120,
        pulse_rate=10,
        pause_duration=80,
    ),
    "generate_digits_response": x.GenerateDigitsResponse(),
    "alternate_call": x.AlternateCall(held_call=FIRST, active_call=SECOND, connection_reservation=False),
    "alternate_call_response": x.AlternateCallResponse(),
    "consultation_call": x.ConsultationCall(existing_call=FIRST, consulted_device=TARGET),
    "consultation_call_reserved": x.ConsultationCall(
        existing_call=FIRST, consulted_device=TARGET, connection_reservation=True
    ),
    "consultation_call_response": x.ConsultationCallResponse(
        initiated_call=x.ConnectionId(x.CallId("2_19c5"), LINE)
    ),
    "reconnect_call": x.ReconnectCall(active_call=SECOND, held_call=FIRST),
    "reconnect_call_response": x.ReconnectCallResponse(),
    "transfer_call": x.TransferCall(held_call=FIRST, active_call=SECOND),
    "transfer_call_response": x.TransferCallResponse(transferred_call=AT_TARGET, connections=TRANSFERRED),
    "transfer_call_response_bare": x.TransferCallResponse(transferred_call=AT_TARGET),
    "transfer_call_response_nobody": x.TransferCallResponse(transferred_call=AT_TARGET, connections=()),
    "single_step_transfer_call": x.SingleStepTransferCall(
        active_call=FIRST, transferred_to=TARGET, reason=x.Cause.NORMAL
    ),
    "single_step_transfer_call_response": x.SingleStepTransferCallResponse(
        transferred_call=AT_TARGET,
        connections=(x.ConnectionListItem(new_connection=AT_TARGET, endpoint=x.Absent.NOT_KNOWN),),
    ),
    "conference_call": x.ConferenceCall(held_call=FIRST, active_call=SECOND),
    "conference_call_response": x.ConferenceCallResponse(
        conference_call=FIRST,
        connections=(
            x.ConnectionListItem(new_connection=FIRST, endpoint=PHONE),
            x.ConnectionListItem(new_connection=AT_TARGET, old_connection=CONSULTED),
        ),
    ),
    "conference_call_response_bare": x.ConferenceCallResponse(
        conference_call=x.ConnectionId(x.CallId("2_19c4"))
    ),
    "single_step_conference_call": x.SingleStepConferenceCall(
        active_call=FIRST, device_to_join=TARGET, participation_type=x.ParticipationType.SILENT
    ),
    "single_step_conference_call_unstated": x.SingleStepConferenceCall(
        active_call=FIRST, device_to_join=TARGET, participation_type=x.ParticipationType.ACTIVE
    ),
    "single_step_conference_call_response": x.SingleStepConferenceCallResponse(conferenced_call=AT_TARGET),
    "deflect_call": x.DeflectCall(call_to_be_diverted=SECOND, new_destination=TARGET),
    "deflect_call_reason": x.DeflectCall(
        call_to_be_diverted=SECOND, new_destination=TARGET, reason=x.Cause.REDIRECTED
    ),
    "deflect_call_response": x.DeflectCallResponse(),
    "directed_pickup_call": x.DirectedPickupCall(
        call_to_be_picked_up=x.ConnectionId(x.CallId("2_19c5"), x.DeviceId("tel:1002")),
        requesting_device=LINE,
    ),
    "directed_pickup_call_response": x.DirectedPickupCallResponse(
        picked_call=x.ConnectionId(x.CallId("2_19c5"), LINE)
    ),
    "directed_pickup_call_response_bare": x.DirectedPickupCallResponse(),
    "group_pickup_call": x.GroupPickupCall(new_destination=PHONE, pick_group=x.DeviceId("tel:7500")),
    "group_pickup_call_own_group": x.GroupPickupCall(new_destination=PHONE),
    "group_pickup_call_response": x.GroupPickupCallResponse(picked_call=SECOND),
    "park_call": x.ParkCall(parking=FIRST, park_to=x.DeviceId("tel:7003")),
    "park_call_response": x.ParkCallResponse(
        parked_to=x.ConnectionId(x.CallId("2_19c4"), x.DeviceId("tel:7003"))
    ),
    "park_call_response_bare": x.ParkCallResponse(),
    "snapshot_call": x.SnapshotCall(snapshot_object=FIRST),
    "snapshot_call_response": SNAPSHOT,
    "snapshot_call_response_bare": x.SnapshotCallResponse(snapshot=()),
}
