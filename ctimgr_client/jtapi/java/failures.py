"""A Java exception as a value."""

from typing import Any

from ctimgr_client.jtapi.telephony import JtapiFailure, Trouble

_KINDS = (
    ("ResourceUnavailable", Trouble.RESOURCE_UNAVAILABLE, "getType"),
    ("PrivilegeViolation", Trouble.PRIVILEGE_VIOLATION, "getType"),
    ("InvalidState", Trouble.INVALID_STATE, "getObjectType"),
    ("InvalidArgument", Trouble.INVALID_ARGUMENT, ""),
    ("InvalidParty", Trouble.INVALID_PARTY, "getType"),
    ("MethodNotSupported", Trouble.METHOD_NOT_SUPPORTED, ""),
    ("ProviderUnavailable", Trouble.PROVIDER_UNAVAILABLE, ""),
    ("JtapiPeerUnavailable", Trouble.PEER_UNAVAILABLE, ""),
    ("Platform", Trouble.PLATFORM, ""),
)


def failure_of(error: Any) -> JtapiFailure:
    """`error` is a jpype.JException."""
    name = str(type(error).__name__).rpartition(".")[2]
    text = str(error.getMessage() or "")
    code = int(error.getErrorCode()) & 0xFFFFFFFF if hasattr(error, "getErrorCode") else 0
    for part, trouble, getter in _KINDS:
        if part in name:
            kind = int(getattr(error, getter)()) if getter and hasattr(error, getter) else -1
            return JtapiFailure(trouble, text, kind=kind, code=code, name=name)
    return JtapiFailure(Trouble.OTHER, f"{name}: {text}", code=code, name=name)
