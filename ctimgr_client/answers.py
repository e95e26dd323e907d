"""Answers the client gives itself, and how a CTIManager's refusals are read. Constants and pure functions."""

from csta_xml import (
    CSTAErrorCode,
    ErrorCategory,
    InvalidMessage,
    SessionError,
    StartApplicationSessionNegResponse,
    SystemStatusValue,
    UnknownMessage,
    XmlRefused,
)
from ctimgr_client.bridge_words import reason_in
from ctimgr_client.failures import FAILURES
from ctimgr_client.status import LinkState

RESOURCE_BUSY = CSTAErrorCode(category=ErrorCategory.SYSTEM_RESOURCE_AVAILABILITY, value="resourceBusy")
RESOURCE_OUT_OF_SERVICE = CSTAErrorCode(
    category=ErrorCategory.SYSTEM_RESOURCE_AVAILABILITY, value="resourceOutOfService"
)
NOT_SUPPORTED = CSTAErrorCode(category=ErrorCategory.OPERATION, value="serviceNotSupported")
# No error name of the standard says that an answer cannot be read, or that a request cannot be framed.
UNREADABLE = CSTAErrorCode(category=ErrorCategory.OPERATION, value="generic")
TOO_LONG = CSTAErrorCode(category=ErrorCategory.OPERATION, value="generic")

# A status that is not listed (messages lost, overload) says nothing about which lines are served.
STATE_OF: dict[SystemStatusValue, LinkState] = {
    SystemStatusValue.NORMAL: LinkState.IN_SERVICE,
    SystemStatusValue.ENABLED: LinkState.IN_SERVICE,
    SystemStatusValue.INITIALIZING: LinkState.PARTIAL_SERVICE,
    SystemStatusValue.PARTIALLY_DISABLED: LinkState.PARTIAL_SERVICE,
    SystemStatusValue.DISABLED: LinkState.OUT_OF_SERVICE,
}

_REFUSED: dict[str, str] = {
    SessionError.INVALID_APPLICATION_INFO: "bad_login",
    SessionError.REQUESTED_PROTOCOL_VERSION_NOT_SUPPORTED: "no_version",
}


def may_be_answer(error: XmlRefused | UnknownMessage | InvalidMessage) -> bool:
    """Whether what could not be decoded may answer a request of ours; a request or an event does not."""
    if isinstance(error, XmlRefused):
        return True
    return error.element.endswith("Response") or error.element == "CSTAErrorCode"


def refusal(answer: StartApplicationSessionNegResponse | CSTAErrorCode) -> tuple[str, str]:
    """Reason and detail of a refused opening."""
    if isinstance(answer, CSTAErrorCode):
        login = answer.category is ErrorCategory.SECURITY
        return ("bad_login" if login else "session_refused"), f"{answer.category}/{answer.value}"
    return said_by_bridge(answer.error_code) or (_refused_for(answer.error_code), str(answer.error_code))


def said_by_bridge(text: str) -> tuple[str, str] | None:
    """Reason and detail in the words of a bridge of ours; None for anybody else's. A newer one may know
    reasons that we do not."""
    said = reason_in(text)
    if said is None or said[0] in FAILURES:
        return said
    return "other", ": ".join(filter(None, said))


def _refused_for(code: str) -> str:
    """Servers say "wrong password" in several ways; a bridge passes on what its provider said."""
    words = code.strip().lower()
    if words.endswith("login="):
        return "no_login"
    if "login" in words or "password" in words:
        return "bad_login"
    if words.split()[-1:] == ["null"]:
        return "no_version"
    return _REFUSED.get(code, "session_refused")
