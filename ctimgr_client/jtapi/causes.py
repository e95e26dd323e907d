"""JTAPI's causes as CSTA's (ECMA-269 §12.2.15): tables. The most telling number of a record decides.

CTIManager's own cause is first, then call control's, then the feature that is at work, then JTAPI's general
one. Causes of SIP are packed: the low 24 bits are a Q.850 number.
"""

from collections.abc import Mapping

from csta_xml import Cause
from ctimgr_client.jtapi import numbers
from ctimgr_client.jtapi.numbers import ControlCause, Reason
from ctimgr_client.jtapi.records import CallRecord

#: CiscoCallEv.getCiscoCause.
CISCO: Mapping[int, str] = {
    1: Cause.NUMBER_UNALLOCATED,
    3: Cause.DEST_NOT_OBTAINABLE,
    16: Cause.NORMAL_CLEARING,
    17: Cause.BUSY,
    18: Cause.CALL_NOT_ANSWERED,
    19: Cause.CALL_NOT_ANSWERED,
    20: Cause.DEST_OUT_OF_ORDER,
    21: Cause.CALL_CANCELLED,
    22: Cause.NUMBER_UNALLOCATED,
    27: Cause.DEST_OUT_OF_ORDER,
    28: Cause.INVALID_NUMBER_FORMAT,
    34: Cause.TRUNKS_BUSY,
    38: Cause.NETWORK_NOT_OBTAINABLE,
    41: Cause.RESOURCES_NOT_AVAILABLE,
    42: Cause.NETWORK_CONGESTION,
    47: Cause.RESOURCES_NOT_AVAILABLE,
    63: Cause.RESOURCES_NOT_AVAILABLE,
    125: Cause.RESOURCES_NOT_AVAILABLE,
    200: Cause.REDIRECTED,
    501: Cause.TRANSFER,
    502: Cause.CONFERENCE,
    503: Cause.TRANSFER,
    504: Cause.CONFERENCE,
    505: Cause.SINGLE_STEP_TRANSFER,
    507: Cause.NETWORK_NOT_OBTAINABLE,
    508: Cause.NETWORK_NOT_OBTAINABLE,
    262144: Cause.RESOURCES_NOT_AVAILABLE,
    458752: Cause.CONFERENCE,
}
#: CallCtlEv.getCallControlCause.
CONTROL: Mapping[int, str] = {
    ControlCause.ALTERNATE: Cause.ALTERNATE,
    ControlCause.BUSY: Cause.BUSY,
    ControlCause.CALL_NOT_ANSWERED: Cause.CALL_NOT_ANSWERED,
    ControlCause.CALL_PICKUP: Cause.CALL_PICKUP,
    ControlCause.CONFERENCE: Cause.CONFERENCE,
    ControlCause.DO_NOT_DISTURB: Cause.DO_NOT_DISTURB,
    ControlCause.PARK: Cause.PARK,
    ControlCause.REDIRECTED: Cause.REDIRECTED,
    ControlCause.REORDER_TONE: Cause.REORDER_TONE,
    ControlCause.TRANSFER: Cause.TRANSFER,
    ControlCause.TRUNKS_BUSY: Cause.TRUNKS_BUSY,
}
#: CiscoFeatureReason.
FEATURE: Mapping[int, str] = {
    Reason.TRANSFER: Cause.TRANSFER,
    Reason.FORWARD_NO_ANSWER: Cause.CALL_FORWARD_NO_ANSWER,
    Reason.FORWARD_BUSY: Cause.CALL_FORWARD_BUSY,
    Reason.FORWARD_ALL: Cause.CALL_FORWARD_IMMEDIATE,
    Reason.REDIRECT: Cause.REDIRECTED,
    Reason.BLIND_TRANSFER: Cause.SINGLE_STEP_TRANSFER,
    Reason.CONFERENCE: Cause.CONFERENCE,
    Reason.PARK: Cause.PARK,
    Reason.PARK_REMINDER: Cause.RECALL,
    Reason.CALL_PICKUP: Cause.CALL_PICKUP,
    Reason.UNPARK: Cause.PARK,
    Reason.IMMEDIATE_DIVERT: Cause.REDIRECTED,
}
#: Event.getCause.
GENERAL: Mapping[int, str] = {
    numbers.Cause.CALL_CANCELLED: Cause.CALL_CANCELLED,
    numbers.Cause.DEST_NOT_OBTAINABLE: Cause.DEST_NOT_OBTAINABLE,
    numbers.Cause.INCOMPATIBLE_DESTINATION: Cause.DEST_NOT_OBTAINABLE,
    numbers.Cause.NEW_CALL: Cause.NEW_CALL,
    numbers.Cause.RESOURCES_NOT_AVAILABLE: Cause.RESOURCES_NOT_AVAILABLE,
    numbers.Cause.NETWORK_CONGESTION: Cause.NETWORK_CONGESTION,
    numbers.Cause.NETWORK_NOT_OBTAINABLE: Cause.NETWORK_NOT_OBTAINABLE,
}

#: What makes a cleared connection a diverted one: the call goes on somewhere else.
_DIVERTING = frozenset(
    {
        Cause.REDIRECTED,
        Cause.CALL_FORWARD_BUSY,
        Cause.CALL_FORWARD_IMMEDIATE,
        Cause.CALL_FORWARD_NO_ANSWER,
        Cause.PARK,
    }
)


def cause_of(record: CallRecord, otherwise: str) -> str:
    """The cause to tell; `otherwise` where the record has none worth telling."""
    cisco = record.cisco_cause & 0xFFFFFFFF
    if cisco > 0xFFFFFF:
        cisco &= 0xFFFFFF
    return (
        CISCO.get(cisco)
        or CONTROL.get(record.control_cause)
        or FEATURE.get(record.reason)
        or GENERAL.get(record.cause)
        or otherwise
    )


def way_of(record: CallRecord, otherwise: str) -> str:
    """How a call came to a party: the feature that brought it, else `otherwise`."""
    return FEATURE.get(record.reason) or CONTROL.get(record.control_cause) or otherwise


def diverted_by(record: CallRecord) -> str | None:
    """The cause where a connection was not cleared but diverted; who takes a parked call goes nowhere."""
    feature = None if record.reason == Reason.UNPARK else FEATURE.get(record.reason)
    causes = (feature, CONTROL.get(record.control_cause), CISCO.get(record.cisco_cause))
    return next((cause for cause in causes if cause in _DIVERTING), None)
