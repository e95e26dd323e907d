"""System, features, monitoring and snapshot messages as documents.

Names and order are written down here a second time on purpose.
"""

import csta_xml as x
from tests.csta_xml.trees import (
    CON,
    ONLY_CALL,
    ONLY_DEVICE,
    REF,
    REF_NODE,
    A,
    B,
    Node,
    con,
    line,
    no_party,
    party,
)

SYSTEM: list[tuple[x.Message, Node]] = [
    (
        x.RequestSystemStatus(sys_stat_register_id="9", line="tel:1 & <2>"),
        ("RequestSystemStatus", [("sysStatRegisterID", "9"), line("tel:1 & <2>")]),
    ),
    (
        x.RequestSystemStatusResponse(system_status=x.SystemStatusValue.MESSAGES_LOST),
        ("RequestSystemStatusResponse", [("systemStatus", "messagesLost")]),
    ),
    (
        x.SystemStatus(sys_stat_register_id="9", system_status=x.SystemStatusValue.DISABLED),
        ("SystemStatus", [("sysStatRegisterID", "9"), ("systemStatus", "disabled")]),
    ),
    (x.SystemStatusResponse(), ("SystemStatusResponse", "")),
    (
        x.SystemRegister(
            request_types=frozenset(x.REQUEST_TYPES),
            requested_status_filter=frozenset({"overloadReached", "enabled"}),
        ),
        (
            "SystemRegister",
            [
                (
                    "requestTypes",
                    [
                        ("systemStatus", "true"),
                        ("requestSystemStatus", "true"),
                        ("switchingFunctionCapsChanged", "true"),
                        ("switchingFunctionDevicesChanged", "true"),
                    ],
                ),
                ("requestedStatusFilter", [("enabled", "true"), ("overloadReached", "true")]),
            ],
        ),
    ),
    (
        x.SystemRegisterResponse(sys_stat_register_id="9", actual_status_filter=frozenset()),
        ("SystemRegisterResponse", [("sysStatRegisterID", "9"), ("actualStatusFilter", "")]),
    ),
    (
        x.SystemRegisterCancel(sys_stat_register_id="9"),
        ("SystemRegisterCancel", [("sysStatRegisterID", "9")]),
    ),
    (x.SystemRegisterCancelResponse(), ("SystemRegisterCancelResponse", "")),
    (
        x.SystemRegisterAbort(sys_stat_register_id="9"),
        ("SystemRegisterAbort", [("sysStatRegisterID", "9")]),
    ),
    (x.GetCSTAFeatures(line="tel:1"), ("GetCSTAFeatures", [line("tel:1")])),
    (
        x.GetCSTAFeaturesResponse(
            services=(
                x.CapabilityList(
                    "callControlServList",
                    (x.Capability("makeCall", ("autoOriginateDoNotPrompt",)), x.Capability("answerCall")),
                ),
                x.CapabilityList("monitoringServList", (x.Capability("monitorStart"),)),
            ),
            events=(
                x.CapabilityList("deviceMaintEvtsList", (x.Capability("outOfService"),)),
                x.CapabilityList("callControlEvtsList", (x.Capability("held"), x.Capability("established"))),
            ),
        ),
        (
            "GetCSTAFeaturesResponse",
            [
                (
                    "supportedServices",
                    [
                        ("monitoringServList", [("monitorStart", "")]),
                        (
                            "callControlServList",
                            [("answerCall", ""), ("makeCall", [("autoOriginateDoNotPrompt", "true")])],
                        ),
                    ],
                ),
                (
                    "supportedEvents",
                    [
                        ("callControlEvtsList", [("established", ""), ("held", "")]),
                        ("deviceMaintEvtsList", [("outOfService", "")]),
                    ],
                ),
            ],
        ),
    ),
    (
        x.CSTAErrorCode(category=x.ErrorCategory.SYSTEM_RESOURCE_AVAILABILITY, value="resourceBusy"),
        ("CSTAErrorCode", [("systemResourceAvailibility", "resourceBusy")]),
    ),
    (
        x.CSTAErrorCode(category=x.ErrorCategory.UNSPECIFIED, value="never written"),
        ("CSTAErrorCode", [("unspecified", "")]),
    ),
    (
        x.MonitorStart(
            monitor_object=A,
            requested_monitor_filter=frozenset({"outOfService", "held", "bridged", "messageWaiting"}),
            monitor_type=x.MonitorType.DEVICE,
        ),
        (
            "MonitorStart",
            [
                ("monitorObject", [("deviceObject", "tel:2001")]),
                (
                    "requestedMonitorFilter",
                    [
                        ("callcontrol", [("bridged", "true"), ("held", "true")]),
                        ("physicalDeviceFeature", [("messageWaiting", "true")]),
                        ("maintenance", [("outOfService", "true")]),
                    ],
                ),
                ("monitorType", "device"),
            ],
        ),
    ),
    (
        x.MonitorStart(monitor_object=CON, monitor_type=x.MonitorType.CALL),
        ("MonitorStart", [("monitorObject", [con("callObject")]), ("monitorType", "call")]),
    ),
    (
        x.MonitorStartResponse(
            monitor_cross_ref_id=REF, actual_monitor_filter=frozenset(), monitor_existing_calls=False
        ),
        (
            "MonitorStartResponse",
            [REF_NODE, ("actualMonitorFilter", ""), ("monitorExistingCalls", "false")],
        ),
    ),
    (x.MonitorStop(monitor_cross_ref_id=REF), ("MonitorStop", [REF_NODE])),
    (x.MonitorStopResponse(), ("MonitorStopResponse", "")),
    (x.SnapshotDevice(snapshot_object=A), ("SnapshotDevice", [("snapshotObject", "tel:2001")])),
    (
        x.SnapshotDeviceResponse(
            snapshot=(
                x.SnapshotDeviceInfo(
                    connection_identifier=CON,
                    endpoint_device=B,
                    local_call_state=x.SimpleCallState.ESTABLISHED_ON_HOLD,
                ),
                x.SnapshotDeviceInfo(
                    connection_identifier=ONLY_CALL,
                    endpoint_device=x.Absent.NOT_KNOWN,
                    local_call_state=(x.LocalConnectionState.FAIL, x.LocalConnectionState.NULL),
                ),
                x.SnapshotDeviceInfo(connection_identifier=ONLY_DEVICE, local_call_state=x.Absent.NOT_KNOWN),
            )
        ),
        (
            "SnapshotDeviceResponse",
            [
                (
                    "crossRefIDorSnapshotData",
                    [
                        (
                            "snapshotData",
                            [
                                (
                                    "snapshotDeviceResponseInfo",
                                    [
                                        con("connectionIdentifier"),
                                        party("endpointDevice", 2002),
                                        ("localCallState", [("simpleCallState", "callEstablishedOnHold")]),
                                    ],
                                ),
                                (
                                    "snapshotDeviceResponseInfo",
                                    [
                                        ("connectionIdentifier", [("callID", "call-2")]),
                                        no_party("endpointDevice", "notKnown"),
                                        (
                                            "localCallState",
                                            [
                                                (
                                                    "compoundCallState",
                                                    [
                                                        ("localConnectionState", "fail"),
                                                        ("localConnectionState", "null"),
                                                    ],
                                                )
                                            ],
                                        ),
                                    ],
                                ),
                                (
                                    "snapshotDeviceResponseInfo",
                                    [
                                        ("connectionIdentifier", [("deviceID", "tel:2002")]),
                                        ("localCallState", [("unknown", "")]),
                                    ],
                                ),
                            ],
                        )
                    ],
                )
            ],
        ),
    ),
    (x.SnapshotCall(snapshot_object=CON), ("SnapshotCall", [con("snapshotObject")])),
    (
        x.SnapshotCallResponse(
            snapshot=(
                x.SnapshotCallInfo(
                    device_on_call=A,
                    call_identifier=CON,
                    local_connection_info=x.LocalConnectionState.HOLD,
                ),
                x.SnapshotCallInfo(device_on_call=x.Absent.RESTRICTED),
            ),
            calling_device=B,
            called_device=x.Absent.NOT_KNOWN,
        ),
        (
            "SnapshotCallResponse",
            [
                (
                    "crossRefIDorSnapshotData",
                    [
                        (
                            "snapshotData",
                            [
                                (
                                    "snapshotCallResponseInfo",
                                    [
                                        party("deviceOnCall", 2001),
                                        con("callIdentifier"),
                                        ("localConnectionInfo", "hold"),
                                    ],
                                ),
                                ("snapshotCallResponseInfo", [no_party("deviceOnCall", "restricted")]),
                            ],
                        )
                    ],
                ),
                party("callingDevice", 2002),
                no_party("calledDevice", "notKnown"),
            ],
        ),
    ),
]
