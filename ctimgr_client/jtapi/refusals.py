"""What a Java exception means: the error a CSTA request is answered with, and words for an administrator.

Tables as data (ECMA-269 §12.3 for the errors). CTIManager's own code says more than the kind of exception, so
it is looked at first. Pure: knows neither JTAPI's objects nor the log.
"""

from dataclasses import dataclass
from typing import NamedTuple

from csta_xml import (
    AnswerCall,
    ClearCall,
    ClearConnection,
    CSTAErrorCode,
    DirectedPickupCall,
    ErrorCategory,
    GroupPickupCall,
    RetrieveCall,
    Service,
    SetForwarding,
)
from ctimgr_client.jtapi.telephony import JtapiFailure, Trouble
from ctimgr_client.serving.refused import Refused

OPERATION = ErrorCategory.OPERATION
STATE = ErrorCategory.STATE_INCOMPATIBILITY
SYSTEM = ErrorCategory.SYSTEM_RESOURCE_AVAILABILITY
SUBSCRIBED = ErrorCategory.SUBSCRIBED_RESOURCE_AVAILABILITY

#: CTIManager's codes have this in front; the tables name them without.
CTI = 0x8CCC0000
ALREADY_FORWARDED = CTI + 0x73
_NOT_ITS_DEVICE = "is not in provider's domain"
_MAX_TEXT = 200


class RefusedByLibrary(Refused):
    """The library, or the CTIManager behind it, did not do it."""

    def __init__(self, error: CSTAErrorCode, text: str) -> None:
        super().__init__(text)
        self._error = error

    @property
    def answer(self) -> CSTAErrorCode:
        return self._error


class NotInDomain(JtapiFailure):
    """A look for a line or a device that found none, whatever words the library has for it."""

    def __init__(self, found: JtapiFailure) -> None:
        super().__init__(found.trouble, found.text, kind=found.kind, code=found.code, name=found.name)


class NotControllable(JtapiFailure):
    """A device of a type that CTI does not control."""

    def __init__(self, device: str, type_name: str) -> None:
        super().__init__(
            Trouble.METHOD_NOT_SUPPORTED, f"{device} ({type_name or 'unknown type'}) cannot be controlled"
        )


class Reading(NamedTuple):
    """One row: the error, and for what an administrator can do something about, cause and cure."""

    category: ErrorCategory
    value: str
    cause: str = ""
    cure: str = ""


@dataclass(frozen=True, slots=True)
class Advice:
    """A line for the log. `kind` is the same for what is one and the same trouble, and is one of few."""

    kind: str
    text: str
    cause: str
    cure: str


_ASSOCIATE = (
    "associate the device with the application user in CUCM and tick Allow Control of Device from CTI "
    "at the device and at the line"
)
_RESTRICTED = "lift the restriction in CUCM: the user needs Allow Control of Device from CTI, or its group"
_WRONG_STATE = Reading(STATE, "invalidConnectionState")
_NOT_THERE = Reading(SYSTEM, "deviceOutOfService")
_NO_SUCH_LINE = Reading(
    OPERATION, "invalidDeviceID", "the line or the device is not configured, or not the user's", _ASSOCIATE
)
_WRONG_TYPE = Reading(
    OPERATION,
    "requestIncompatibleWithDevice",
    "CTI does not control this type of device",
    "give the user a phone that CTI controls, or name another device for the line",
)
_NO_DESTINATION = Reading(OPERATION, "invalidDestination")
_BUSY = Reading(SYSTEM, "resourceBusy")
_LIMIT = Reading(SYSTEM, "resourceLimitExceeded")
_GENERIC = Reading(OPERATION, "generic")
_NOT_SUPPORTED = Reading(OPERATION, "serviceNotSupported")

#: By CTIManager's code without the base. Names: CiscoJtapiException.
CODES: dict[int, Reading] = {
    0x0001: _GENERIC,  # TIMEOUT
    0x0005: _NO_SUCH_LINE,  # UNDEFINED_LINE
    0x0006: Reading(OPERATION, "invalidCallingDeviceID"),  # ILLEGAL_CALLINGPARTY
    0x0009: _WRONG_STATE,  # ILLEGAL_CALLSTATE
    0x000A: Reading(STATE, "noCallToAnswer"),  # CALLHANDLE_NOTINCOMINGCALL
    0x000B: _NO_DESTINATION,  # TRANSFERFAILED_DESTINATION_UNALLOCATED
    0x000D: _BUSY,  # TRANSFERFAILED_DESTINATION_BUSY
    0x000E: _GENERIC,  # TRANSFERFAILED
    0x000F: _WRONG_STATE,  # HOLDFAILED
    0x0011: _WRONG_STATE,  # RETRIEVEFAILED
    0x0017: Reading(
        SYSTEM,
        "resourceOutOfService",
        "the CTIManager has lost the node that the device is registered with",
        "look at this node's Cisco CallManager service",
    ),  # CTIERR_CALL_MANAGER_NOT_AVAILABLE
    0x0018: Reading(
        OPERATION,
        "privilegeViolationSpecifiedDevice",
        "the device is not in the application user's control list",
        _ASSOCIATE,
    ),  # CTIERR_ACCESS_TO_DEVICE_DENIED
    0x001A: _NOT_THERE,  # DEVICE_NOT_OPEN
    0x0022: _NO_SUCH_LINE,  # CTIERR_INVALID_DEVICE_NAME
    0x0034: _NO_DESTINATION,  # REDIRECT_CALL_UNKNOWN_DESTINATION
    0x003F: _BUSY,  # REDIRECT_CALL_DESTINATION_BUSY
    0x0040: _NO_DESTINATION,  # REDIRECT_CALL_DESTINATION_OUT_OF_ORDER
    0x0041: Reading(
        SYSTEM,
        "deviceOutOfService",
        "the CTIManager cannot open the device",
        "check that its type can be controlled by CTI and that it is registered",
    ),  # CANNOT_OPEN_DEVICE
    0x0042: Reading(STATE, "invalidConnectionState"),  # TRANSFERFAILED_OUTSTANDING_TRANSFER
    0x0043: _GENERIC,  # TRANSFERFAILED_CALLCONTROL_TIMEOUT
    0x0045: _WRONG_STATE,  # OPERATION_NOT_AVAILABLE_IN_CURRENT_STATE
    0x0046: Reading(SYSTEM, "conferenceMemberLimitExceeded"),  # CONFERENCE_FULL
    0x0049: Reading(
        SYSTEM,
        "resourceBusy",
        "no conference bridge is free for the device",
        "give its media resource group a conference bridge, or a larger one",
    ),  # NO_CONFERENCE_BRIDGE
    0x0062: _GENERIC,  # PROVIDER_ALREADY_OPEN
    0x0064: Reading(
        SYSTEM,
        "resourceOutOfService",
        "the nodes of the cluster do not reach each other",
        "look at the network between them",
    ),  # CLUSTER_LINK_FAILURE
    0x0065: _NO_SUCH_LINE,  # LINE_INFO_DOES_NOT_EXIST
    0x0070: Reading(STATE, "invalidConnectionState"),  # RETRIEVEFAILED_ACTIVE_CALL_ON_LINE
    0x0074: Reading(OPERATION, "invalidForwardingDestination"),  # CFWDALL_DESTN_INVALID
    0x0076: _NOT_THERE,  # CTIERR_LINE_OUT_OF_SERVICE
    0x0077: _NOT_THERE,  # DEVICE_OUT_OF_SERVICE
    0x0078: Reading(OPERATION, "invalidDestination"),  # MSGWAITING_DESTN_INVALID
    0x007A: _GENERIC,  # CONFERENCE_FAILED
    0x007B: _WRONG_STATE,  # CONFERENCE_INVALID_PARTICIPANT
    0x007C: _WRONG_STATE,  # CONFERENCE_ALREADY_PRESENT
    0x007D: _WRONG_STATE,  # CONFERENCE_INACTIVE
    0x0094: Reading(OPERATION, "invalidCallID"),  # CALL_DROPPED
    0x0097: Reading(OPERATION, "invalidParameterValue"),  # CTIERR_INVALID_DTMFDIGITS
    0x0099: Reading(OPERATION, "requestIncompatibleWithDevice"),  # COMMAND_NOT_IMPLEMENTED_ON_DEVICE
    0x00C4: _LIMIT,  # CTIERR_MAXCALL_LIMIT_REACHED
    0x00C9: _NOT_SUPPORTED,  # CTIERR_UNSUPPORTED_CFWD_TYPE
    0x00D2: Reading(
        SYSTEM, "deviceOutOfService", "the device is restricted for applications", _RESTRICTED
    ),  # CTIERR_DEVICE_RESTRICTED
    0x00D3: Reading(
        SYSTEM, "deviceOutOfService", "the line is restricted for applications", _RESTRICTED
    ),  # CTIERR_LINE_RESTRICTED
    0x00D6: Reading(
        SYSTEM,
        "resourceBusy",
        "the location of the device has no bandwidth left",
        "look at its location's bandwidth in CUCM",
    ),  # CTIERR_OUT_OF_BANDWIDTH
}
#: Codes that are not CTIManager's.
OTHER_CODES: dict[int, Reading] = {
    0x8EEE0001: _NO_DESTINATION,  # DESTINATION_UNKNOWN
    0x8EEE0002: _BUSY,  # DESTINATION_BUSY
    0xDEADBEEF: Reading(SYSTEM, "resourceOutOfService"),  # PROVIDER_CLOSED
    0xBEEFBEEF: _GENERIC,  # PROTOCOL_TIMEOUT
}

#: By the kind of exception, and by its getType or getObjectType; None: any other.
TROUBLES: dict[Trouble, dict[int | None, Reading]] = {
    Trouble.INVALID_STATE: {
        0: Reading(STATE, "invalidDeviceState"),  # provider
        3: Reading(STATE, "invalidDeviceState"),  # terminal
        4: Reading(STATE, "invalidDeviceState"),  # address
        None: _WRONG_STATE,
    },
    Trouble.INVALID_PARTY: {
        0: Reading(OPERATION, "invalidCallingDeviceID"),
        1: Reading(OPERATION, "invalidCalledDeviceID"),
        None: _NO_DESTINATION,
    },
    Trouble.INVALID_ARGUMENT: {None: Reading(OPERATION, "invalidParameterValue")},
    Trouble.PRIVILEGE_VIOLATION: {
        0: Reading(
            OPERATION, "privilegeViolationCallingDevice", "the user may not control the device", _ASSOCIATE
        ),
        1: Reading(OPERATION, "privilegeViolationCalledDevice"),
        None: Reading(
            OPERATION, "privilegeViolationSpecifiedDevice", "the user may not control the device", _ASSOCIATE
        ),
    },
    Trouble.RESOURCE_UNAVAILABLE: {
        1: _NOT_THERE,
        2: Reading(
            SYSTEM,
            "overallMonitorLimitExceeded",
            "the library has no room for another observer",
            "spread the users over more CTIManagers",
        ),
        3: Reading(SUBSCRIBED, "trunkLimitExceeded"),
        4: Reading(SUBSCRIBED, "outstandingReqLimitExceeded"),
        None: _BUSY,
    },
    Trouble.METHOD_NOT_SUPPORTED: {None: Reading(OPERATION, "requestIncompatibleWithDevice")},
    Trouble.NOT_OFFERED: {None: _NOT_SUPPORTED},
    Trouble.UNKNOWN_CALL: {None: Reading(OPERATION, "invalidConnectionID")},
    Trouble.PROVIDER_UNAVAILABLE: {None: Reading(SYSTEM, "resourceOutOfService")},
    Trouble.PEER_UNAVAILABLE: {None: Reading(SYSTEM, "resourceOutOfService")},
    Trouble.PLATFORM: {None: _GENERIC},
    Trouble.OTHER: {None: _GENERIC},
}

#: What a wrong state of a call means to whoever asked for this.
NOTHING_THERE: dict[type[Service], str] = {
    AnswerCall: "noCallToAnswer",
    DirectedPickupCall: "noCallToAnswer",
    GroupPickupCall: "noCallToAnswer",
    RetrieveCall: "noHeldCall",
    ClearConnection: "noConnectionToClear",
    ClearCall: "noConnectionToClear",
}


def refusal(failure: JtapiFailure, service: type[Service]) -> RefusedByLibrary:
    """What the request is answered with."""
    reading = _reading(failure)
    value = reading.value
    if reading is _WRONG_STATE:
        value = NOTHING_THERE.get(service, value)
    elif reading is _NO_DESTINATION and service is SetForwarding:
        value = "invalidForwardingDestination"
    return RefusedByLibrary(CSTAErrorCode(category=reading.category, value=value), _plain(failure))


def advice(failure: JtapiFailure) -> Advice | None:
    """For what an administrator can do something about; None for everyday refusals."""
    reading = _reading(failure)
    if not reading.cause:
        return None
    return Advice(reading.value, _plain(failure), reading.cause, reading.cure)


def _reading(failure: JtapiFailure) -> Reading:
    if isinstance(failure, NotControllable):
        return _WRONG_TYPE
    if isinstance(failure, NotInDomain) or _NOT_ITS_DEVICE in failure.text:
        return _NO_SUCH_LINE
    code = failure.code
    known = CODES.get(code - CTI) if code & 0xFFFF0000 == CTI else OTHER_CODES.get(code)
    if known is not None:
        return known
    kinds = TROUBLES[failure.trouble]
    return kinds.get(failure.kind, kinds[None])


def _plain(failure: JtapiFailure) -> str:
    """The exception's words: they must not break out of a log line or fill it."""
    said = failure.text or failure.name or str(failure.trouble)
    return "".join(c if c.isprintable() else " " for c in said[:_MAX_TEXT]).strip()
