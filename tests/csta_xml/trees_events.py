"""Events as documents.

Names and order are written down here a second time on purpose.
"""

import csta_xml as x
from tests.csta_xml.trees import (
    CON,
    LAST,
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
        x.OutOfServiceEvent(monitor_cross_ref_id=REF, device=A, cause=TRANSFER),
        ("OutOfServiceEvent", [REF_NODE, party("device", 2001), ("cause", "transfer")]),
    ),
    (
        x.BackInServiceEvent(monitor_cross_ref_id=REF, device=A, cause=TRANSFER),
        ("BackInServiceEvent", [REF_NODE, party("device", 2001), ("cause", "transfer")]),
    ),
]
