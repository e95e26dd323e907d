"""What the captures in tests/captures/csta say: one line per capture, read both ways."""

import csta_xml as x
from tests.csta_xml.captures import (
    CONNECTED,
    ED4,
    FAR,
    FIRST,
    LINE,
    PHONE,
    PSTN,
    REF,
    SECOND,
    TARGET,
    capabilities,
)
from tests.csta_xml.cases_calls import CALL_FEATURES
from tests.csta_xml.cases_features import FEATURES_AND_EVENTS

MAKE_CALL = x.MakeCall(
    calling_device=LINE, called_directory_number=FAR, auto_originate=x.AutoOriginate.DO_NOT_PROMPT
)
LOGIN = x.StartApplicationSession(
    application_id="cstagw-a", user="gateway", password="a<b", protocol_versions=(x.ED3,), duration=10
)
FEATURES = x.GetCSTAFeaturesResponse(
    services=(
        capabilities("capExchangeServList", "getCSTAFeatures"),
        capabilities("systemStatServList", "requestSystemStatus", "systemStatus"),
        x.CapabilityList(
            "callControlServList",
            (
                x.Capability("answerCall"),
                x.Capability("clearConnection"),
                x.Capability("makeCall", ("autoOriginateDoNotPrompt",)),
            ),
        ),
        capabilities("logicalServList", "getForwarding", "setForwarding"),
    ),
    events=(
        capabilities("callControlEvtsList", "connectionCleared", "delivered", "netwReached"),
        capabilities("logicalEvtsList", "forwarding"),
    ),
)
SNAPSHOT = x.SnapshotDeviceResponse(
    snapshot=(
        x.SnapshotDeviceInfo(
            connection_identifier=FIRST, local_call_state=(CONNECTED, x.LocalConnectionState.HOLD)
        ),
        x.SnapshotDeviceInfo(
            connection_identifier=SECOND, endpoint_device=PSTN, local_call_state=x.SimpleCallState.RECEIVED
        ),
        x.SnapshotDeviceInfo(
            connection_identifier=x.ConnectionId(x.CallId("2_19c6")),
            endpoint_device=x.Absent.RESTRICTED,
            local_call_state=x.Absent.NOT_KNOWN,
        ),
    )
)
ESTABLISHED = x.EstablishedEvent(
    monitor_cross_ref_id=REF,
    established_connection=x.ConnectionId(x.CallId("2_19c4"), FAR),
    answering_device=FAR,
    calling_device=PHONE,
    called_device=FAR,
    local_connection_info=CONNECTED,
    cause=x.Cause.NORMAL,
)

#: capture -> value; several captures may say the same.
CASES: dict[str, x.Message] = {
    **CALL_FEATURES,
    **FEATURES_AND_EVENTS,
    "request_system_status": x.RequestSystemStatus(line=LINE),
    "request_system_status_response": x.RequestSystemStatusResponse(system_status=x.SystemStatusValue.NORMAL),
    "system_status": x.SystemStatus(
        sys_stat_register_id="41", system_status=x.SystemStatusValue.OVERLOAD_IMMINENT
    ),
    "system_status_response": x.SystemStatusResponse(),
    "system_register": x.SystemRegister(
        request_types=frozenset({"systemStatus", "requestSystemStatus"}),
        requested_status_filter=frozenset({"messageLost"}),
    ),
    "system_register_response": x.SystemRegisterResponse(
        sys_stat_register_id="41", actual_status_filter=frozenset({"messageLost"})
    ),
    "get_csta_features": x.GetCSTAFeatures(line=LINE),
    "get_csta_features_response": FEATURES,
    "csta_error_code": x.CSTAErrorCode(category=x.ErrorCategory.OPERATION, value="invalidDestination"),
    "csta_error_code_misspelt_category": x.CSTAErrorCode(
        category=x.ErrorCategory.SYSTEM_RESOURCE_AVAILABILITY, value="deviceOutOfService"
    ),
    "csta_error_code_unspecified": x.CSTAErrorCode(category=x.ErrorCategory.UNSPECIFIED),
    "csta_error_code_private": x.CSTAErrorCode(
        category=x.ErrorCategory.PRIVATE_ERROR_CODE, value="licence 17 used up"
    ),
    "csta_error_code_unknown_value": x.CSTAErrorCode(
        category=x.ErrorCategory.OPERATION, value="invalidMoonPhase"
    ),
    "monitor_start": x.MonitorStart(monitor_object=LINE),
    "monitor_start_filter": x.MonitorStart(
        monitor_object=PHONE,
        requested_monitor_filter=frozenset({"digitsDialed", "networkReached", "forwarding"}),
        monitor_type=x.MonitorType.DEVICE,
    ),
    "monitor_start_call": x.MonitorStart(
        monitor_object=x.ConnectionId(x.CallId("2_19c4")), monitor_type=x.MonitorType.CALL
    ),
    "monitor_start_response": x.MonitorStartResponse(monitor_cross_ref_id=REF),
    "monitor_start_response_filter": x.MonitorStartResponse(
        monitor_cross_ref_id=REF, actual_monitor_filter=frozenset({"queued"}), monitor_existing_calls=True
    ),
    "monitor_stop": x.MonitorStop(monitor_cross_ref_id=REF),
    "monitor_stop_response": x.MonitorStopResponse(),
    "snapshot_device": x.SnapshotDevice(snapshot_object=LINE),
    "snapshot_device_response": SNAPSHOT,
    "snapshot_device_response_idle": x.SnapshotDeviceResponse(snapshot=()),
    "make_call": MAKE_CALL,
    "make_call_prefixed": MAKE_CALL,
    "make_call_commented": MAKE_CALL,
    "make_call_unknown_children": MAKE_CALL,
    "make_call_extensions": MAKE_CALL,
    "make_call_spaced": MAKE_CALL,
    "make_call_edition_4": MAKE_CALL,
    "make_call_private_version": MAKE_CALL,
    "make_call_escaped": x.MakeCall(
        calling_device=x.DeviceId('tel:1001;partition=R&D <"lab"> \u2713\'\rx'), called_directory_number=FAR
    ),
    "make_call_response": x.MakeCallResponse(calling_device=x.ConnectionId(x.CallId("2_19c4"), LINE)),
    "answer_call": x.AnswerCall(call_to_be_answered=SECOND),
    "answer_call_device_only": x.AnswerCall(call_to_be_answered=x.ConnectionId(None, PHONE)),
    "answer_call_response": x.AnswerCallResponse(),
    "hold_call": x.HoldCall(call_to_be_held=FIRST, connection_reservation=True),
    "hold_call_response": x.HoldCallResponse(),
    "retrieve_call": x.RetrieveCall(call_to_be_retrieved=FIRST),
    "retrieve_call_response": x.RetrieveCallResponse(),
    "clear_connection": x.ClearConnection(connection_to_be_cleared=FIRST, reason=x.Cause.NORMAL_CLEARING),
    "clear_connection_response": x.ClearConnectionResponse(),
    "get_forwarding": x.GetForwarding(device=PHONE),
    "get_forwarding_response": x.GetForwardingResponse(
        forwarding_list=(
            x.ForwardListItem(
                forwarding_type=x.ForwardingType.IMMEDIATE, forward_status=True, forward_dn=TARGET
            ),
            x.ForwardListItem(
                forwarding_type=x.ForwardingType.NO_ANSWER_EXTERNAL,
                forward_status=False,
                forward_default=x.ForwardDefault.DN,
                ring_count=4,
            ),
        )
    ),
    "get_forwarding_response_none": x.GetForwardingResponse(),
    "set_forwarding": x.SetForwarding(
        device=PHONE,
        forwarding_type=x.ForwardingType.IMMEDIATE,
        activate_forward=True,
        forward_dn=TARGET,
    ),
    "set_forwarding_off": x.SetForwarding(device=PHONE, activate_forward=False),
    "set_forwarding_response": x.SetForwardingResponse(),
    "service_initiated_event": x.ServiceInitiatedEvent(
        monitor_cross_ref_id=REF,
        initiated_connection=FIRST,
        initiating_device=PHONE,
        local_connection_info=x.LocalConnectionState.INITIATED,
        cause=x.Cause.MAKE_CALL,
    ),
    "originated_event": x.OriginatedEvent(
        monitor_cross_ref_id=REF,
        originated_connection=FIRST,
        calling_device=PHONE,
        called_device=FAR,
        local_connection_info=CONNECTED,
        cause=x.Cause.NEW_CALL,
    ),
    "network_reached_event": x.NetworkReachedEvent(
        monitor_cross_ref_id=REF,
        outbound_connection=x.ConnectionId(x.CallId("2_19c4"), PSTN),
        network_interface_used=x.Absent.NOT_KNOWN,
        calling_device=PHONE,
        called_device=PSTN,
        local_connection_info=CONNECTED,
    ),
    "delivered_event": x.DeliveredEvent(
        monitor_cross_ref_id=REF,
        connection=SECOND,
        alerting_device=PHONE,
        calling_device=x.Absent.RESTRICTED,
        called_device=x.DeviceId("tel:1100"),
        last_redirection_device=x.DeviceId("tel:1100"),
        local_connection_info=x.LocalConnectionState.ALERTING,
        cause=x.Cause.CALL_FORWARD_NO_ANSWER,
    ),
    "delivered_event_bare": x.DeliveredEvent(
        monitor_cross_ref_id=REF,
        connection=x.ConnectionId(x.CallId("2_19c5"), x.DeviceId("tel:1001")),
        alerting_device=x.DeviceId("tel:1001"),
        calling_device=x.Absent.NOT_KNOWN,
        called_device=x.DeviceId("tel:1001"),
        last_redirection_device=x.Absent.NOT_REQUIRED,
        cause="normal",
    ),
    "established_event": ESTABLISHED,
    "established_event_vendor": x.EstablishedEvent(
        monitor_cross_ref_id=REF,
        established_connection=x.ConnectionId(x.CallId("2_19c4"), FAR),
        answering_device=FAR,
        calling_device=PHONE,
        called_device=FAR,
        last_redirection_device=x.Absent.NOT_SPECIFIED,
        local_connection_info=CONNECTED,
        cause="someCauseOfTheVendor",
    ),
    "held_event": x.HeldEvent(
        monitor_cross_ref_id=REF,
        held_connection=FIRST,
        holding_device=PHONE,
        local_connection_info=x.LocalConnectionState.HOLD,
        cause=x.Cause.KEY_OPERATION,
    ),
    "retrieved_event": x.RetrievedEvent(
        monitor_cross_ref_id=REF,
        retrieved_connection=FIRST,
        retrieving_device=PHONE,
        local_connection_info=CONNECTED,
    ),
    "diverted_event": x.DivertedEvent(
        monitor_cross_ref_id=REF,
        connection=SECOND,
        diverting_device=PHONE,
        new_destination=TARGET,
        calling_device=PSTN,
        called_device=PHONE,
        last_redirection_device=PHONE,
        local_connection_info=x.LocalConnectionState.NULL,
        cause=x.Cause.REDIRECTED,
    ),
    "connection_cleared_event": x.ConnectionClearedEvent(
        monitor_cross_ref_id=REF,
        dropped_connection=FIRST,
        releasing_device=FAR,
        local_connection_info=x.LocalConnectionState.NULL,
        cause=x.Cause.NORMAL_CLEARING,
    ),
    "call_cleared_event": x.CallClearedEvent(
        monitor_cross_ref_id=REF,
        cleared_call=x.ConnectionId(x.CallId("2_19c4")),
        cause=x.Cause.NORMAL_CLEARING,
    ),
    "failed_event": x.FailedEvent(
        monitor_cross_ref_id=REF,
        failed_connection=x.ConnectionId(x.CallId("2_19c4"), x.DeviceId("tel:1903")),
        failing_device=x.DeviceId("tel:1903"),
        calling_device=PHONE,
        called_device=x.DeviceId("tel:1903"),
        last_redirection_device=x.Absent.NOT_KNOWN,
        local_connection_info=CONNECTED,
        cause=x.Cause.BUSY,
    ),
    "forwarding_event": x.ForwardingEvent(
        monitor_cross_ref_id=REF,
        device=PHONE,
        forwarding_type=x.ForwardingType.IMMEDIATE,
        forward_status=True,
        forward_to=TARGET,
    ),
    "out_of_service_event": x.OutOfServiceEvent(
        monitor_cross_ref_id=REF, device=PHONE, cause=x.Cause.MAINTENANCE
    ),
    "back_in_service_event": x.BackInServiceEvent(monitor_cross_ref_id=REF, device=PHONE),
    "start_application_session": x.StartApplicationSession(
        application_id="cstagw-a", protocol_versions=(x.ED3, ED4), duration=10
    ),
    "start_application_session_login": LOGIN,
    "start_application_session_vendor_login": LOGIN,
    "start_application_session_pos_response": x.StartApplicationSessionPosResponse(
        session_id="ctim1-000023", actual_protocol_version=x.ED3, actual_session_duration=10
    ),
    "start_application_session_neg_response": x.StartApplicationSessionNegResponse(
        error_code=x.SessionError.INVALID_APPLICATION_INFO
    ),
    "stop_application_session": x.StopApplicationSession(
        session_id="ctim1-000023", session_end_reason=x.SessionEndReason.NORMAL
    ),
    "stop_application_session_own_reason": x.StopApplicationSession(
        session_id="ctim1-000023", session_end_reason="drained"
    ),
    "stop_application_session_pos_response": x.StopApplicationSessionPosResponse(),
    "stop_application_session_neg_response": x.StopApplicationSessionNegResponse(
        error_code="taken over elsewhere"
    ),
    "reset_application_session_timer": x.ResetApplicationSessionTimer(
        session_id="ctim1-000023", requested_session_duration=10
    ),
    "reset_application_session_timer_pos_response": x.ResetApplicationSessionTimerPosResponse(
        actual_session_duration=10
    ),
    "reset_application_session_timer_neg_response": x.ResetApplicationSessionTimerNegResponse(
        error_code=x.SessionError.SERVER_CANNOT_RESET_SESSION_TIMER
    ),
    "application_session_terminated": x.ApplicationSessionTerminated(
        session_id="ctim1-000023", session_term_reason=x.SessionTermReason.SESSION_TIMER_EXPIRED
    ),
    "application_session_terminated_own_reason": x.ApplicationSessionTerminated(
        session_id="ctim1-000023", session_term_reason="moved to another node"
    ),
}
