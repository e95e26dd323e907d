"""What is wrong with a request that could be framed, and the answer it is owed (RFC 3261 §8.2, RFC 4475).

Pure judgement over one `Request`; whether it fits a dialog is not asked here.
"""

from __future__ import annotations

from dataclasses import dataclass

from .headers import is_token, is_uri, uri_of
from .message import Request

#: What `Allow` says; the order is the one peers are used to.
ALLOW = b"INVITE, ACK, BYE, CANCEL, INFO, UPDATE, OPTIONS"
SERVED = frozenset({b"INVITE", b"ACK", b"BYE", b"CANCEL", b"INFO", b"UPDATE", b"OPTIONS"})
_KNOWN = frozenset({b"REGISTER", b"SUBSCRIBE", b"NOTIFY", b"MESSAGE", b"REFER", b"PRACK", b"PUBLISH"})
#: Extensions a peer may require of us.
SUPPORTED = frozenset({b"timer"})
_SCHEMES = (b"sip:", b"sips:", b"tel:")
_ONCE = (b"from", b"to", b"call-id", b"cseq", b"max-forwards", b"content-type")
_NEEDED = (b"from", b"to", b"call-id", b"cseq")


@dataclass(frozen=True, slots=True)
class Refusal:
    """The status owed, the words for its Reason, and header lines that the status needs."""

    status: int
    text: str
    headers: bytes = b""


def refusal(request: Request) -> Refusal | None:
    """The answer owed to a request that cannot be served as it stands; None where it can."""
    if request.version != b"SIP/2.0" and request.version.upper() != b"SIP/2.0":
        return Refusal(505, f"only SIP/2.0 is spoken here, not {_text(request.version)}")
    if request.problem:
        return Refusal(400, request.problem)
    if request.via is None:
        return Refusal(400, "no Via of SIP/2.0")
    fields = request.fields
    for name in _NEEDED:
        if not fields.get(name):
            return Refusal(400, f"header {_text(name)} is missing or empty")
    if request.repeated:
        for name in _ONCE:
            if len(set(request.repeated.get(name, ()))) > 1:
                return Refusal(400, f"header {_text(name)} comes more than once with different values")
    cseq = request.cseq
    if cseq is None:
        return Refusal(400, "CSeq is not a number below 2**31 and a method")
    if cseq[1] != request.method:
        return Refusal(400, f"CSeq names {_text(cseq[1])} in a request of {_text(request.method)}")
    return _refuse_feature(request)


def _refuse_feature(request: Request) -> Refusal | None:
    method = request.method
    if method not in SERVED:
        if not is_token(method):
            return Refusal(400, "the method is not a token")
        status = 405 if method in _KNOWN else 501
        return Refusal(status, f"method {_text(method)} is not served here", b"Allow: %s\r\n" % ALLOW)
    if not request.uri.startswith(_SCHEMES) and not request.uri.lower().startswith(_SCHEMES):
        scheme = request.uri.partition(b":")[0]
        return Refusal(416, f"Request-URI scheme {_text(scheme)} is not served here")
    if b"require" in request.fields and method not in (b"ACK", b"CANCEL"):
        unknown = sorted(request.options(b"require") - SUPPORTED)
        if unknown:
            names = b", ".join(unknown)
            text = f"required extension not supported: {_text(names)}"
            return Refusal(420, text, b"Unsupported: %s\r\n" % names)
    if method == b"INVITE" and not is_uri(uri_of(request.get(b"contact") or request.get(b"from"))):
        return Refusal(400, "Contact has no URI that requests could be sent to")
    return None


def _text(value: bytes) -> str:
    return value[:60].decode("ascii", "replace")


def reason(status: int, text: str) -> bytes:
    """A Reason header line that a support engineer can read in a trace (RFC 3326)."""
    clean = text.replace("\\", "/").replace('"', "'")
    safe = "".join(character if character.isprintable() else "?" for character in clean)[:200]
    return b'Reason: SIP;cause=%d;text="%s"\r\n' % (status, safe.encode())
