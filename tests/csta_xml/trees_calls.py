"""Call control and device feature messages as documents.

Names and order are written down here a second time on purpose.
"""

import csta_xml as x
from tests.csta_xml.trees import (
    CON,
    CONNECTION_NODES,
    CONNECTIONS,
    OTHER,
    TRANSFER,
    A,
    B,
    F,
    Node,
    con,
    other_con,
)

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
    (x.ClearCall(call_to_be_cleared=CON), ("ClearCall", [con("callToBeCleared")])),
    (x.ClearCallResponse(), ("ClearCallResponse", "")),
    (
        x.GenerateDigits(
            connection_to_send_digits=CON,
            digit_mode=x.DigitMode.ROTARY_PULSE,
            characters_to_send="19#",
            tone_duration=70,
            pulse_rate=20,
            pause_duration=90,
        ),
        (
            "GenerateDigits",
            [
                con("connectionToSendDigits"),
                ("digitMode", "rotaryPulse"),
                ("charactersToSend", "19#"),
                ("toneDuration", "70"),
                ("pulseRate", "20"),
                ("pauseDuration", "90"),
            ],
        ),
    ),
    (x.GenerateDigitsResponse(), ("GenerateDigitsResponse", "")),
    (
        x.AlternateCall(held_call=CON, active_call=OTHER, connection_reservation=True),
        ("AlternateCall", [con("heldCall"), other_con("activeCall"), ("connectionReservation", "true")]),
    ),
    (x.AlternateCallResponse(), ("AlternateCallResponse", "")),
    (
        x.ConsultationCall(existing_call=CON, consulted_device=F, connection_reservation=False),
        (
            "ConsultationCall",
            [con("existingCall"), ("consultedDevice", "tel:2005"), ("connectionReservation", "false")],
        ),
    ),
    (
        x.ConsultationCallResponse(initiated_call=OTHER),
        ("ConsultationCallResponse", [other_con("initiatedCall")]),
    ),
    (
        x.ReconnectCall(active_call=OTHER, held_call=CON),
        ("ReconnectCall", [other_con("activeCall"), con("heldCall")]),
    ),
    (x.ReconnectCallResponse(), ("ReconnectCallResponse", "")),
    (
        x.TransferCall(held_call=CON, active_call=OTHER),
        ("TransferCall", [con("heldCall"), other_con("activeCall")]),
    ),
    (
        x.TransferCallResponse(transferred_call=CON, connections=CONNECTIONS),
        ("TransferCallResponse", [con("transferredCall"), ("connections", CONNECTION_NODES)]),
    ),
    (
        x.TransferCallResponse(transferred_call=CON),
        ("TransferCallResponse", [con("transferredCall")]),
    ),
    (
        x.SingleStepTransferCall(active_call=CON, transferred_to=F, reason=TRANSFER),
        (
            "SingleStepTransferCall",
            [con("activeCall"), ("transferredTo", "tel:2005"), ("reason", "transfer")],
        ),
    ),
    (
        x.SingleStepTransferCallResponse(transferred_call=CON, connections=CONNECTIONS),
        ("SingleStepTransferCallResponse", [con("transferredCall"), ("connections", CONNECTION_NODES)]),
    ),
    (
        x.ConferenceCall(held_call=CON, active_call=OTHER),
        ("ConferenceCall", [con("heldCall"), other_con("activeCall")]),
    ),
    (
        x.ConferenceCallResponse(conference_call=CON, connections=CONNECTIONS),
        ("ConferenceCallResponse", [con("conferenceCall"), ("connections", CONNECTION_NODES)]),
    ),
    (
        x.SingleStepConferenceCall(active_call=CON, device_to_join=F),
        (
            "SingleStepConferenceCall",
            [con("activeCall"), ("deviceToJoin", "tel:2005"), ("participationType", "active")],
        ),
    ),
    (
        x.SingleStepConferenceCall(
            active_call=CON, device_to_join=F, participation_type=x.ParticipationType.NONE
        ),
        (
            "SingleStepConferenceCall",
            [con("activeCall"), ("deviceToJoin", "tel:2005"), ("participationType", "none")],
        ),
    ),
    (
        x.SingleStepConferenceCallResponse(conferenced_call=CON),
        ("SingleStepConferenceCallResponse", [con("conferencedCall")]),
    ),
    (
        x.DeflectCall(call_to_be_diverted=CON, new_destination=F, reason=TRANSFER),
        ("DeflectCall", [con("callToBeDiverted"), ("newDestination", "tel:2005"), ("reason", "transfer")]),
    ),
    (x.DeflectCallResponse(), ("DeflectCallResponse", "")),
    (
        x.DirectedPickupCall(call_to_be_picked_up=CON, requesting_device=F),
        ("DirectedPickupCall", [con("callToBePickedUp"), ("requestingDevice", "tel:2005")]),
    ),
    (
        x.DirectedPickupCallResponse(picked_call=CON),
        ("DirectedPickupCallResponse", [con("pickedCall")]),
    ),
    (
        x.GroupPickupCall(new_destination=F, pick_group=B),
        ("GroupPickupCall", [("newDestination", "tel:2005"), ("pickGroup", "tel:2002")]),
    ),
    (x.GroupPickupCallResponse(picked_call=CON), ("GroupPickupCallResponse", [con("pickedCall")])),
    (
        x.ParkCall(parking=CON, park_to=F),
        ("ParkCall", [con("parking"), ("parkTo", "tel:2005")]),
    ),
    (x.ParkCallResponse(parked_to=CON), ("ParkCallResponse", [con("parkedTo")])),
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
    (x.GetDoNotDisturb(device=A), ("GetDoNotDisturb", [("device", "tel:2001")])),
    (
        x.GetDoNotDisturbResponse(
            do_not_disturb_on=False, call_origination=frozenset({"internal"}), calling_device_list=(A, B)
        ),
        (
            "GetDoNotDisturbResponse",
            [
                ("doNotDisturbOn", "false"),
                ("callOrigination", [("internal", "true")]),
                ("callingDeviceList", [("callingDevice", "tel:2001"), ("callingDevice", B)]),
            ],
        ),
    ),
    (
        x.SetDoNotDisturb(device=A, do_not_disturb_on=True),
        ("SetDoNotDisturb", [("device", "tel:2001"), ("doNotDisturbOn", "true")]),
    ),
    (
        x.SetDoNotDisturb(
            device=A,
            do_not_disturb_on=True,
            call_origination=frozenset({"external"}),
            calling_device_list=(F,),
        ),
        (
            "SetDoNotDisturb",
            [
                ("device", "tel:2001"),
                ("doNotDisturbOn", "true"),
                ("callOrigination", [("external", "true")]),
                ("callingDeviceList", [("callingDevice", F)]),
            ],
        ),
    ),
    (x.SetDoNotDisturbResponse(), ("SetDoNotDisturbResponse", "")),
    (x.GetMessageWaitingIndicator(device=A), ("GetMessageWaitingIndicator", [("device", "tel:2001")])),
    (
        x.GetMessageWaitingIndicatorResponse(
            message_waiting_on=False, device_for_message=B, lamp_is_present=True
        ),
        (
            "GetMessageWaitingIndicatorResponse",
            [("messageWaitingOn", "false"), ("deviceForMessage", "tel:2002"), ("lampIsPresent", "true")],
        ),
    ),
    (
        x.SetMessageWaitingIndicator(device=A, message_waiting_on=True, device_for_message=B),
        (
            "SetMessageWaitingIndicator",
            [("device", "tel:2001"), ("messageWaitingOn", "true"), ("deviceForMessage", "tel:2002")],
        ),
    ),
    (x.SetMessageWaitingIndicatorResponse(), ("SetMessageWaitingIndicatorResponse", "")),
]
