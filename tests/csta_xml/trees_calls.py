"""Call control and forwarding messages as documents.

Names and order are written down here a second time on purpose.
"""

import csta_xml as x
from tests.csta_xml.trees import CON, TRANSFER, A, B, F, Node, con

CALL_CONTROL: list[tuple[x.Message, Node]] = [
    (
        x.MakeCall(calling_device=A, called_directory_number=B, auto_originate=x.AutoOriginate.PROMPT),
        (
            "MakeCall",
            [
                ("callingDevice", "tel:2001"),
                ("calledDirectoryNumber", "tel:2002"),
                ("autoOriginate", "prompt"),
            ],
        ),
    ),
    (x.MakeCallResponse(calling_device=CON), ("MakeCallResponse", [con("callingDevice")])),
    (x.AnswerCall(call_to_be_answered=CON), ("AnswerCall", [con("callToBeAnswered")])),
    (x.AnswerCallResponse(), ("AnswerCallResponse", "")),
    (
        x.HoldCall(call_to_be_held=CON, connection_reservation=True),
        ("HoldCall", [con("callToBeHeld"), ("connectionReservation", "true")]),
    ),
    (x.HoldCallResponse(), ("HoldCallResponse", "")),
    (x.RetrieveCall(call_to_be_retrieved=CON), ("RetrieveCall", [con("callToBeRetrieved")])),
    (x.RetrieveCallResponse(), ("RetrieveCallResponse", "")),
    (
        x.ClearConnection(connection_to_be_cleared=CON, reason=TRANSFER),
        ("ClearConnection", [con("connectionToBeCleared"), ("reason", "transfer")]),
    ),
    (x.ClearConnectionResponse(), ("ClearConnectionResponse", "")),
    (x.GetForwarding(device=A), ("GetForwarding", [("device", "tel:2001")])),
    (
        x.GetForwardingResponse(
            forwarding_list=(
                x.ForwardListItem(
                    forwarding_type=x.ForwardingType.BUSY,
                    forward_status=True,
                    forward_dn=F,
                    forward_default=x.ForwardDefault.TYPE_AND_DN,
                    ring_count=3,
                ),
                x.ForwardListItem(forward_status=False),
            )
        ),
        (
            "GetForwardingResponse",
            [
                (
                    "forwardingList",
                    [
                        (
                            "forwardListItem",
                            [
                                ("forwardingType", "forwardBusy"),
                                ("forwardStatus", "true"),
                                ("forwardDN", "tel:2005"),
                                ("forwardDefault", "forwardingTypeAndForwardDN"),
                                ("ringCount", "3"),
                            ],
                        ),
                        ("forwardListItem", [("forwardStatus", "false")]),
                    ],
                )
            ],
        ),
    ),
    (
        x.SetForwarding(
            device=A,
            forwarding_type=x.ForwardingType.DND_INTERNAL,
            activate_forward=True,
            forward_dn=F,
            ring_count=3,
        ),
        (
            "SetForwarding",
            [
                ("device", "tel:2001"),
                ("forwardingType", "forwardDNDInt"),
                ("activateForward", "true"),
                ("forwardDN", "tel:2005"),
                ("ringCount", "3"),
            ],
        ),
    ),
    (x.SetForwardingResponse(), ("SetForwardingResponse", "")),
]
