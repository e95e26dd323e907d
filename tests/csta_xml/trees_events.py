"""Events as documents.

Names and order are written down here a second time on purpose.
"""

import csta_xml as x
from tests.csta_xml.trees import (
    CON,
    CONNECTION_NODES,
    CONNECTIONS,
    LAST,
    OTHER,
    PARTIES,
    QUEUED,
    REF,
    REF_NODE,
    TAIL,
    TRANSFER,
    A,
    B,
    C,
    D,
    F,
    Node,
    con,
    no_party,
    other_con,
    party,
)

EVENTS: list[tuple[x.Message, Node]] = [
    (
        x.ServiceInitiatedEvent(
            monitor_cross_ref_id=REF,
            initiated_connection=CON,
            initiating_device=F,
            local_connection_info=QUEUED,
            cause=TRANSFER,
        ),
        (
            "ServiceInitiatedEvent",
            [REF_NODE, con("initiatedConnection"), party("initiatingDevice", 2005), *TAIL],
        ),
    ),
    (
        x.OriginatedEvent(
            monitor_cross_ref_id=REF,
            originated_connection=CON,
            calling_device=B,
            called_device=C,
            local_connection_info=QUEUED,
            cause=TRANSFER,
        ),
        ("OriginatedEvent", [REF_NODE, con("originatedConnection"), *PARTIES, *TAIL]),
    ),
    (
        x.NetworkReachedEvent(
            monitor_cross_ref_id=REF,
            outbound_connection=CON,
            network_interface_used=F,
            calling_device=B,
            called_device=C,
            last_redirection_device=D,
            local_connection_info=QUEUED,
            cause=TRANSFER,
        ),
        (
            "NetworkReachedEvent",
            [
                REF_NODE,
                con("outboundConnection"),
                party("networkInterfaceUsed", 2005),
                *PARTIES,
                LAST,
                *TAIL,
            ],
        ),
    ),
    (
        x.DeliveredEvent(
            monitor_cross_ref_id=REF,
            connection=CON,
            alerting_device=F,
            calling_device=B,
            called_device=C,
            last_redirection_device=D,
            local_connection_info=QUEUED,
            cause=TRANSFER,
        ),
        (
            "DeliveredEvent",
            [REF_NODE, con("connection"), party("alertingDevice", 2005), *PARTIES, LAST, *TAIL],
        ),
    ),
    (
        x.EstablishedEvent(
            monitor_cross_ref_id=REF,
            established_connection=CON,
            answering_device=x.Absent.NOT_KNOWN,
            calling_device=x.Absent.RESTRICTED,
            called_device=C,
            local_connection_info=QUEUED,
        ),
        (
            "EstablishedEvent",
            [
                REF_NODE,
                con("establishedConnection"),
                no_party("answeringDevice", "notKnown"),
                no_party("callingDevice", "restricted"),
                party("calledDevice", 2003),
                no_party("lastRedirectionDevice", "notRequired"),
                ("localConnectionInfo", "queued"),
                ("cause", "normal"),
            ],
        ),
    ),
    (
        x.HeldEvent(
            monitor_cross_ref_id=REF,
            held_connection=CON,
            holding_device=F,
            local_connection_info=QUEUED,
            cause=TRANSFER,
        ),
        ("HeldEvent", [REF_NODE, con("heldConnection"), party("holdingDevice", 2005), *TAIL]),
    ),
    (
        x.RetrievedEvent(
            monitor_cross_ref_id=REF,
            retrieved_connection=CON,
            retrieving_device=F,
            local_connection_info=QUEUED,
            cause=TRANSFER,
        ),
        ("RetrievedEvent", [REF_NODE, con("retrievedConnection"), party("retrievingDevice", 2005), *TAIL]),
    ),
    (
        x.DivertedEvent(
            monitor_cross_ref_id=REF,
            connection=CON,
            diverting_device=F,
            new_destination=A,
            calling_device=B,
            called_device=C,
            last_redirection_device=x.Absent.NOT_SPECIFIED,
            local_connection_info=QUEUED,
            cause=TRANSFER,
        ),
        (
            "DivertedEvent",
            [
                REF_NODE,
                con("connection"),
                party("divertingDevice", 2005),
                party("newDestination", 2001),
                *PARTIES,
                no_party("lastRedirectionDevice", "notSpecified"),
                *TAIL,
            ],
        ),
    ),
    (
        x.TransferedEvent(
            monitor_cross_ref_id=REF,
            primary_old_call=CON,
            secondary_old_call=OTHER,
            transferring_device=F,
            transferred_to_device=A,
            transferred_connections=CONNECTIONS,
            local_connection_info=QUEUED,
            cause=TRANSFER,
        ),
        (
            "TransferedEvent",
            [
                REF_NODE,
                con("primaryOldCall"),
                other_con("secondaryOldCall"),
                party("transferringDevice", 2005),
                party("transferredToDevice", 2001),
                ("transferredConnections", CONNECTION_NODES),
                *TAIL,
            ],
        ),
    ),
    (
        x.TransferedEvent(
            monitor_cross_ref_id=REF,
            primary_old_call=CON,
            transferring_device=x.Absent.RESTRICTED,
            transferred_to_device=x.Absent.NOT_KNOWN,
            transferred_connections=(),
        ),
        (
            "TransferedEvent",
            [
                REF_NODE,
                con("primaryOldCall"),
                no_party("transferringDevice", "restricted"),
                no_party("transferredToDevice", "notKnown"),
                ("transferredConnections", ""),
                ("cause", "normal"),
            ],
        ),
    ),
    (
        x.ConferencedEvent(
            monitor_cross_ref_id=REF,
            primary_old_call=CON,
            secondary_old_call=OTHER,
            conferencing_device=F,
            added_party=A,
            conference_connections=CONNECTIONS,
            local_connection_info=QUEUED,
            cause=TRANSFER,
        ),
        (
            "ConferencedEvent",
            [
                REF_NODE,
                con("primaryOldCall"),
                other_con("secondaryOldCall"),
                party("conferencingDevice", 2005),
                party("addedParty", 2001),
                ("conferenceConnections", CONNECTION_NODES),
                *TAIL,
            ],
        ),
    ),
    (
        x.BridgedEvent(
            monitor_cross_ref_id=REF,
            bridged_connection=CON,
            bridged_appearance=F,
            local_connection_info=QUEUED,
            cause=TRANSFER,
        ),
        ("BridgedEvent", [REF_NODE, con("bridgedConnection"), party("bridgedAppearance", 2005), *TAIL]),
    ),
    (
        x.ConnectionClearedEvent(
            monitor_cross_ref_id=REF,
            dropped_connection=CON,
            releasing_device=F,
            local_connection_info=QUEUED,
            cause=TRANSFER,
        ),
        (
            "ConnectionClearedEvent",
            [REF_NODE, con("droppedConnection"), party("releasingDevice", 2005), *TAIL],
        ),
    ),
    (
        x.CallClearedEvent(monitor_cross_ref_id=REF, cleared_call=CON, cause=TRANSFER),
        ("CallClearedEvent", [REF_NODE, con("clearedCall"), ("cause", "transfer")]),
    ),
    (
        x.FailedEvent(
            monitor_cross_ref_id=REF,
            failed_connection=CON,
            failing_device=F,
            calling_device=B,
            called_device=C,
            last_redirection_device=x.Absent.RESTRICTED,
            local_connection_info=QUEUED,
            cause=TRANSFER,
        ),
        (
            "FailedEvent",
            [
                REF_NODE,
                con("failedConnection"),
                party("failingDevice", 2005),
                *PARTIES,
                no_party("lastRedirectionDevice", "restricted"),
                *TAIL,
            ],
        ),
    ),
    (
        x.ForwardingEvent(
            monitor_cross_ref_id=REF,
            device=A,
            forwarding_type=x.ForwardingType.NO_ANSWER,
            forward_status=False,
            forward_to=F,
            forward_default=x.ForwardDefault.TYPE,
            ring_count=5,
        ),
        (
            "ForwardingEvent",
            [
                REF_NODE,
                party("device", 2001),
                ("forwardingType", "forwardNoAns"),
                ("forwardStatus", "false"),
                ("forwardTo", "tel:2005"),
                ("forwardDefault", "forwardingType"),
                ("ringCount", "5"),
            ],
        ),
    ),
    (
        x.DoNotDisturbEvent(
            monitor_cross_ref_id=REF,
            device=A,
            do_not_disturb_on=False,
            call_origination=frozenset({"external"}),
            calling_device_list=(B,),
        ),
        (
            "DoNotDisturbEvent",
            [
                REF_NODE,
                party("device", 2001),
                ("doNotDisturbOn", "false"),
                ("callOrigination", [("external", "true")]),
                ("callingDeviceList", [("callingDevice", B)]),
            ],
        ),
    ),
    (
        x.MessageWaitingEvent(
            monitor_cross_ref_id=REF, target_device=A, device_for_message=B, message_waiting_on=True
        ),
        (
            "MessageWaitingEvent",
            [
                REF_NODE,
                party("targetDevice", 2001),
                ("deviceForMessage", "tel:2002"),
                ("messageWaitingOn", "true"),
            ],
        ),
    ),
    (
        x.OutOfServiceEvent(monitor_cross_ref_id=REF, device=A, cause=TRANSFER),
        ("OutOfServiceEvent", [REF_NODE, party("device", 2001), ("cause", "transfer")]),
    ),
    (
        x.BackInServiceEvent(monitor_cross_ref_id=REF, device=A, cause=TRANSFER),
        ("BackInServiceEvent", [REF_NODE, party("device", 2001), ("cause", "transfer")]),
    ),
    (
        x.PartiallyInServiceEvent(monitor_cross_ref_id=REF, device=A, cause=TRANSFER),
        ("PartiallyInServiceEvent", [REF_NODE, party("device", 2001), ("cause", "transfer")]),
    ),
]
