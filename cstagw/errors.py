"""Every way a session or a service is refused, with the answer it is owed.

SIP towards INVITE, CSTA within a session. The one place where a failure becomes a status, a metric label and
words for a support engineer (RFC 3261 §21, ECMA-269 §12.3).
"""

from dataclasses import dataclass

from csta_xml import CSTAErrorCode, ErrorCategory


class GatewayError(Exception):
    """An INVITE that gets no session. `reason` is the metric label; `retry` asks for a Retry-After (it may
    succeed later)."""

    sip_status = 480
    reason = "error"
    retry = False


class NoCtiManagerInService(GatewayError):
    """No CTIManager can take a session now."""

    reason = "no_cti"
    retry = True


class CtiManagerBusy(GatewayError):
    """The CTIManager that was chosen did not answer for the line, or is overloaded."""

    reason = "overload"
    retry = True


class TooManySessions(GatewayError):
    """The configured number of sessions is reached."""

    reason = "limit"
    retry = True


class Draining(GatewayError):
    """This node takes no new sessions: it is about to stop."""

    reason = "draining"
    retry = True


class DirectoryNotLoaded(GatewayError):
    """Nobody knows yet who may control what."""

    reason = "no_directory"
    retry = True


class SignedInAlready(GatewayError):
    """The user has a session for this line appearance, and one is all he may have."""

    reason = "duplicate"
    retry = True


class UnknownLine(GatewayError):
    """No line appearance answers to this Line URI."""

    sip_status = 404
    reason = "unknown_line"


class NotAuthorized(GatewayError):
    """The directory does not give this user control of this line, or it is not known who he is."""

    sip_status = 403
    reason = "not_authorized"


class LineNotAssociated(GatewayError):
    """The CTIManager does not let us control this line."""

    sip_status = 403
    reason = "not_associated"


class BadSessionRequest(GatewayError):
    """The body of the INVITE does not open a session."""

    sip_status = 400
    reason = "bad_request"


class UnsupportedContent(GatewayError):
    """The INVITE has no CSTA body."""

    sip_status = 415
    reason = "bad_request"


#: Reasons of refused sessions, for metrics that exist from the start.
REJECT_REASONS = tuple(
    sorted(
        {
            cls.reason
            for cls in (
                NoCtiManagerInService,
                CtiManagerBusy,
                TooManySessions,
                Draining,
                DirectoryNotLoaded,
                SignedInAlready,
                UnknownLine,
                NotAuthorized,
                LineNotAssociated,
                BadSessionRequest,
            )
        }
    )
)


class BadNumber(ValueError):
    """Text that names no number a switch could take."""


def operation(value: str) -> CSTAErrorCode:
    """The request itself is at fault (ECMA-269 §12.3.1)."""
    return CSTAErrorCode(category=ErrorCategory.OPERATION, value=value)


SERVICE_NOT_SUPPORTED = operation("serviceNotSupported")
INVALID_PARAMETER = operation("invalidParameterValue")
INVALID_DEVICE = operation("invalidDeviceID")
INVALID_DESTINATION = operation("invalidDestination")
INVALID_CONNECTION = operation("invalidConnectionID")
INVALID_CROSS_REF = operation("invalidMonitorCrossRefID")
NOT_YOUR_DEVICE = operation("privilegeViolationSpecifiedDevice")
RESOURCE_BUSY = CSTAErrorCode(category=ErrorCategory.SYSTEM_RESOURCE_AVAILABILITY, value="resourceBusy")
OUT_OF_SERVICE = CSTAErrorCode(
    category=ErrorCategory.SYSTEM_RESOURCE_AVAILABILITY, value="resourceOutOfService"
)
MONITOR_LIMIT = CSTAErrorCode(
    category=ErrorCategory.SUBSCRIBED_RESOURCE_AVAILABILITY, value="objectMonitorLimitExceeded"
)


@dataclass(frozen=True, slots=True)
class NotInDomain:
    """Why a CTIManager does not let us control a line, for its administrator. `known` is whether it has the
    line at all."""

    known: bool
    cause: str
    cure: str


def not_in_domain(error: CSTAErrorCode, line: str) -> NotInDomain | None:
    """None where the CTIManager refused for another reason."""
    cause = f"Address {line} is not in provider's domain"
    if error.value in ("invalidDeviceID", "invalidCallingDeviceID", "invalidObjectType"):
        cause += ": the CTIManager has no such line at such a device, or not for the application user"
        return NotInDomain(False, cause, f"check number and device, {_ASSOCIATE}")
    if error.value.startswith("privilegeViolation"):
        cause += ": the application user may not control it"
        return NotInDomain(True, cause, _ASSOCIATE)
    return None


_ASSOCIATE = (
    "associate the device with the application user in CUCM and tick Allow Control of Device from CTI "
    "at device and line"
)


def refused_by_cti(error: CSTAErrorCode, line: str) -> GatewayError:
    """What an INVITE gets when the CTIManager refused the line with this error."""
    value = error.value
    domain = not_in_domain(error, line)
    if domain is not None:
        refused = LineNotAssociated if domain.known else UnknownLine
        return refused(f"{domain.cause}; {domain.cure}")
    if value == "resourceOutOfService":
        return NoCtiManagerInService(
            "the CTIManager chosen for the session was lost or did not answer in time"
        )
    return CtiManagerBusy(f"the CTIManager refused {line}: {error.category} {value}".rstrip())
