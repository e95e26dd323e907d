"""Identifiers, enumerations and namespaces of CSTA XML (ECMA-323 edition 3, ECMA-354, TR/87).

Constants only: what the schema spells is spelt here once, its misspellings included. Knows no message and no
XML. The names of the features a switch can offer, in the schema's order, are in `features`.
"""

import re
from enum import Enum, StrEnum
from typing import NewType, TypeAlias

CallId = NewType("CallId", str)
DeviceId = NewType("DeviceId", str)
MonitorCrossRefId = NewType("MonitorCrossRefId", str)

#: Edition 3: what Communicator speaks, and what we write unless told otherwise.
ED3 = "http://www.ecma-international.org/standards/ecma-323/csta/ed3"
#: ECMA-354: its messages open, keep and close an application session.
APPLICATION_SESSION = "http://www.ecma-international.org/standards/ecma-354/appl_session"
#: Microsoft's extension of TR/87: carries the Line URI.
RCC_EXTENSION = "http://schemas.microsoft.com/Lcs/2005/04/RCCExtension"
#: Our own private login data inside a StartApplicationSession.
LOGIN = "urn:cstagw:login"

_EDITION = re.compile(
    r"http://www\.ecma-international\.org/standards/ecma-323/csta/ed[0-9]{1,2}(?:/priv[0-9]{1,3})?"
)


def is_csta_edition(namespace: str) -> bool:
    """Whether this is the namespace of CSTA messages in any edition, a vendor's `/privN` variant included."""
    return _EDITION.fullmatch(namespace) is not None


class Absent(Enum):
    """Why a message names no device where it could."""

    NOT_KNOWN = "notKnown"
    RESTRICTED = "restricted"
    NOT_REQUIRED = "notRequired"
    NOT_SPECIFIED = "notSpecified"


#: deviceIdentifier | notKnown | restricted
Party: TypeAlias = DeviceId | Absent
#: numberDialed | notKnown | notRequired | notSpecified | restricted
Redirection: TypeAlias = DeviceId | Absent


class LocalConnectionState(StrEnum):
    """The state of one connection of a call."""

    NULL = "null"
    INITIATED = "initiated"
    ALERTING = "alerting"
    CONNECTED = "connected"
    HOLD = "hold"
    QUEUED = "queued"
    FAIL = "fail"


class SimpleCallState(StrEnum):
    """The state of a call at one device: both connections in one word, the device's own the second."""

    NULL = "callNull"
    PENDING = "callPending"
    ORIGINATED = "callOriginated"
    DELIVERED = "callDelivered"
    DELIVERED_HELD = "callDeliveredHeld"
    RECEIVED = "callReceived"
    ESTABLISHED = "callEstablished"
    ESTABLISHED_HELD = "callEstablishedHeld"
    RECEIVED_ON_HOLD = "callReceivedOnHold"
    ESTABLISHED_ON_HOLD = "callEstablishedOnHold"
    QUEUED = "callQueued"
    QUEUED_HELD = "callQueuedHeld"
    FAILED = "callFailed"
    FAILED_HELD = "callFailedHeld"
    BLOCKED = "callBlocked"


class SystemStatusValue(StrEnum):
    """How a switching function says it is; clients of TR/87 work with `normal` only."""

    DISABLED = "disabled"
    PARTIALLY_DISABLED = "partiallyDisabled"
    ENABLED = "enabled"
    INITIALIZING = "initializing"
    MESSAGES_LOST = "messagesLost"
    NORMAL = "normal"
    OVERLOAD_IMMINENT = "overloadImminent"
    OVERLOAD_REACHED = "overloadReached"
    OVERLOAD_RELIEVED = "overloadRelieved"


class AutoOriginate(StrEnum):
    """Whether the calling phone asks its user before it dials."""

    PROMPT = "prompt"
    DO_NOT_PROMPT = "doNotPrompt"


class MonitorType(StrEnum):
    """Whether a monitor follows a call or a device."""

    CALL = "call"
    DEVICE = "device"


class ParticipationType(StrEnum):
    """How a device takes part in a conference it is added to."""

    SILENT = "silent"
    ACTIVE = "active"
    NONE = "none"


class DigitMode(StrEnum):
    """How digits are sent: `dTMF` is the schema's spelling."""

    ROTARY_PULSE = "rotaryPulse"
    DTMF = "dTMF"


class ForwardingType(StrEnum):
    """Which calls a forwarding diverts; Int and Ext restrict it to internal and external callers."""

    IMMEDIATE = "forwardImmediate"
    BUSY = "forwardBusy"
    NO_ANSWER = "forwardNoAns"
    DND = "forwardDND"
    BUSY_INTERNAL = "forwardBusyInt"
    BUSY_EXTERNAL = "forwardBusyExt"
    NO_ANSWER_INTERNAL = "forwardNoAnsInt"
    NO_ANSWER_EXTERNAL = "forwardNoAnsExt"
    IMMEDIATE_INTERNAL = "forwardImmInt"
    IMMEDIATE_EXTERNAL = "forwardImmExt"
    DND_INTERNAL = "forwardDNDInt"
    DND_EXTERNAL = "forwardDNDExt"


class ForwardDefault(StrEnum):
    """Which parts of a forwarding are the switch's default."""

    TYPE_AND_DN = "forwardingTypeAndForwardDN"
    TYPE = "forwardingType"
    DN = "forwardDN"


class Cause(StrEnum):
    """Causes we give or look for. A decoded cause is any text: a foreign switch may know more of them."""

    ALTERNATE = "alternate"
    BUSY = "busy"
    CALL_CANCELLED = "callCancelled"
    CALL_FORWARD = "callForward"
    CALL_FORWARD_BUSY = "callForwardBusy"
    CALL_FORWARD_IMMEDIATE = "callForwardImmediate"
    CALL_FORWARD_NO_ANSWER = "callForwardNoAnswer"
    CALL_NOT_ANSWERED = "callNotAnswered"
    CALL_PICKUP = "callPickup"
    CONFERENCE = "conference"
    CONSULTATION = "consultation"
    DEST_NOT_OBTAINABLE = "destNotObtainable"
    DEST_OUT_OF_ORDER = "destOutOfOrder"
    DISTRIBUTED = "distributed"
    DO_NOT_DISTURB = "doNotDisturb"
    ENTERING_DISTRIBUTION = "enteringDistribution"
    INVALID_NUMBER_FORMAT = "invalidNumberFormat"
    KEY_OPERATION = "keyOperation"
    MAINTENANCE = "maintenance"
    MAKE_CALL = "makeCall"
    NETWORK_CONGESTION = "networkCongestion"
    NETWORK_NOT_OBTAINABLE = "networkNotObtainable"
    NEW_CALL = "newCall"
    NORMAL = "normal"
    NORMAL_CLEARING = "normalClearing"
    NUMBER_UNALLOCATED = "numberUnallocated"
    PARK = "park"
    RECALL = "recall"
    REDIRECTED = "redirected"
    REORDER_TONE = "reorderTone"
    RESOURCES_NOT_AVAILABLE = "resourcesNotAvailable"
    SINGLE_STEP_TRANSFER = "singleStepTransfer"
    TRANSFER = "transfer"
    TRUNKS_BUSY = "trunksBusy"


class ErrorCategory(StrEnum):
    """The nine kinds of CSTAErrorCode; `Availibility` is misspelt in the schema."""

    OPERATION = "operation"
    SECURITY = "security"
    STATE_INCOMPATIBILITY = "stateIncompatibility"
    SYSTEM_RESOURCE_AVAILABILITY = "systemResourceAvailibility"
    SUBSCRIBED_RESOURCE_AVAILABILITY = "subscribedResourceAvailability"
    PERFORMANCE_MANAGEMENT = "performanceManagement"
    PRIVATE_DATA = "privateData"
    UNSPECIFIED = "unspecified"
    PRIVATE_ERROR_CODE = "privateErrorCode"


class SessionError(StrEnum):
    """Why a server refuses an application session service (ECMA-354)."""

    INVALID_APPLICATION_INFO = "invalidApplicationInfo"
    REQUESTED_PROTOCOL_VERSION_NOT_SUPPORTED = "requestedProtocolVersionNotSupported"
    SERVER_RESOURCES_BUSY = "serverResourcesBusy"
    MAX_NUMBER_SESSIONS = "maxNumberSessions"
    INVALID_SESSION_ID = "invalidSessionID"
    SERVER_CANNOT_RESET_SESSION_TIMER = "serverCannotResetSessionTimer"


class SessionEndReason(StrEnum):
    """Why an application ends its session (ECMA-354)."""

    NORMAL = "normal"


class SessionTermReason(StrEnum):
    """Why a server ended an application session on its own (ECMA-354)."""

    RESOURCE_LIMITATION = "resourceLimitation"
    SESSION_TIMER_EXPIRED = "sessionTimerExpired"
