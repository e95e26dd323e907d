"""Header values of SIP messages, parsed only where the endpoint has to look inside (RFC 3261 §7.3, §20, §25).

Everything is bytes: what a peer sent is kept and echoed as it was, a parsed form is only a view of it.
Knows grammar; does not know transactions, dialogs or sockets.
"""

import re
from dataclasses import dataclass
from typing import NamedTuple

#: RFC 3261 §7.3.3, RFC 4028 and RFC 6086: the compact forms and what they stand for.
COMPACT = {
    b"a": b"accept-contact",
    b"b": b"referred-by",
    b"c": b"content-type",
    b"e": b"content-encoding",
    b"f": b"from",
    b"i": b"call-id",
    b"k": b"supported",
    b"l": b"content-length",
    b"m": b"contact",
    b"o": b"event",
    b"r": b"refer-to",
    b"s": b"subject",
    b"t": b"to",
    b"u": b"allow-events",
    b"v": b"via",
    b"x": b"session-expires",
}

#: Every branch of an RFC 3261 element begins with it (§8.1.1.7).
MAGIC_COOKIE = b"z9hG4bK"

_TOKEN = re.compile(rb"[A-Za-z0-9\-.!%*_+`'~]+\Z")
_USUAL_VIA = re.compile(rb"SIP/2\.0/(TCP|TLS|UDP) ([^\s;,]+);branch=([^\s;,]+)")
_VIA = re.compile(
    rb"SIP\s*/\s*2\.0\s*/\s*([A-Za-z0-9]+)\s+([^\s;,]+?)(\s*:\s*\d+)?\s*(?=[;,]|\Z)", re.IGNORECASE
)
_BRANCH = re.compile(rb";\s*branch\s*=\s*([^\s;,]+)", re.IGNORECASE)
_RPORT = re.compile(rb";\s*rport(?=\s*(?:;|\Z))", re.IGNORECASE)
_RECEIVED = re.compile(rb";\s*received\s*=[^;]*", re.IGNORECASE)
_TAG = re.compile(rb";\s*tag\s*=\s*([^\s;,]+)", re.IGNORECASE)
_URI = re.compile(
    rb"(sips?):(?:([^@<>\s]*)@)?"
    rb"(\[[0-9A-Fa-f:.]+\]|[^:;?@<>\s\[\]]*)(?::(\d{1,5}))?"
    rb"((?:;[^?<>\s]*)?)(?:\?[^<>\s]*)?\Z",
    re.IGNORECASE,
)
_ANY_URI = re.compile(rb"[A-Za-z][A-Za-z0-9+.\-]*:[^\s<>\"]+\Z")
_QUOTED = re.compile(rb'"(?:[^"\\]|\\.?)*(?:"|\Z)')
_QUOTED_DISPLAY = re.compile(rb'\s*"(?:[^"\\]|\\.)*"')


class Via(NamedTuple):
    """The topmost Via of a message: who sent it and how to tell its transaction apart (RFC 3261 §20.42)."""

    transport: bytes
    sent_by: bytes
    branch: bytes | None
    wants_rport: bool

    @property
    def port(self) -> int | None:
        """The port of sent-by, None where it names none."""
        tail = self.sent_by.rpartition(b":")[2]
        return int(tail) if tail.isdigit() and len(tail) < 6 and b":" in self.sent_by else None


@dataclass(frozen=True, slots=True)
class SipUri:
    """A sip: or sips: URI as far as routing needs it (RFC 3261 §19.1); a GRUU may have an empty `host`."""

    secure: bool
    user: bytes
    host: bytes
    port: int | None
    parameters: tuple[tuple[bytes, bytes], ...]

    def parameter(self, name: bytes) -> bytes | None:
        """The value of a URI parameter, empty for one without value, None where it is absent."""
        return next((value for key, value in self.parameters if key == name), None)


def is_token(text: bytes) -> bool:
    """Whether these bytes are a token of RFC 3261 §25.1."""
    return _TOKEN.match(text) is not None


def is_uri(text: bytes) -> bool:
    """Whether these bytes can stand as a Request-URI: a scheme, and no blanks, quotes or brackets."""
    return _ANY_URI.match(text) is not None


def parse_via(value: bytes) -> Via | None:
    """Read the first Via of a header value; None where it is not a Via of SIP/2.0."""
    usual = _USUAL_VIA.match(value)
    if usual is not None:
        transport, sent_by, branch = usual.groups()
        return Via(transport, sent_by, branch, value.find(b"rport") >= 0 and _wants_rport(value))
    match = _VIA.match(value)
    if match is None:
        return None
    sent_by = match.group(2) + (match.group(3) or b"").translate(None, b" \t")
    return Via(
        match.group(1),
        sent_by,
        branch_of(value[match.end() :].partition(b",")[0]) or None,
        _wants_rport(value),
    )


def _wants_rport(value: bytes) -> bool:
    return _RPORT.search(value.partition(b",")[0]) is not None


def branch_of(value: bytes) -> bytes:
    """The first branch parameter of a Via value; empty where it has none."""
    match = _BRANCH.search(value)
    return match.group(1) if match else b""


def stamp_via(value: bytes, via: Via, host: bytes, port: int) -> bytes:
    """Add `received` and `rport` to the topmost Via where they are owed (RFC 3261 §18.2.1, RFC 3581 §4)."""
    sent_host, colon, sent_port = via.sent_by.rpartition(b":")
    if not colon or not sent_port.isdigit():
        sent_host = via.sent_by
    if not via.wants_rport and sent_host.strip(b"[]") == host:
        return value
    first, comma, others = value.partition(b",")
    if b"received" in first:
        first = _RECEIVED.sub(b"", first)
    if via.wants_rport:
        first = _RPORT.sub(b";rport=%d" % port, first, count=1)
    return first.rstrip() + b";received=" + host + comma + others


def parse_cseq(value: bytes) -> tuple[int, bytes] | None:
    """Sequence number (below 2**31) and method, None where the value is no CSeq (RFC 3261 §20.16)."""
    words = value.split()
    if len(words) != 2 or not words[0].isdigit() or len(words[0]) > 10:
        return None
    number = int(words[0])
    return (number, words[1]) if number < 2**31 else None


def parameters_of(value: bytes) -> bytes:
    """The header parameters of a From, To, Contact or Route value: what follows the URI (RFC 3261 §20.10)."""
    _, bracket, parameters = value.rpartition(b">")
    if bracket and b'"' not in parameters:
        return parameters
    start = _after_display(value)
    opening = value.find(b"<", start)
    if opening >= 0:
        return value[opening:].partition(b">")[2]
    return b";" + value[start:].partition(b";")[2]


def tag_of(value: bytes) -> bytes:
    """The tag parameter of a From or To value; empty where there is none (RFC 3261 §19.3)."""
    _, usual, rest = value.rpartition(b">;tag=")
    if usual and rest.find(b'"') < 0:
        return rest.partition(b";")[0].strip()
    match = _TAG.search(_QUOTED.sub(b"", parameters_of(value)))
    return match.group(1) if match else b""


def uri_of(value: bytes) -> bytes:
    """The URI of a From, To, Contact or Route value, byte for byte, without the angle brackets."""
    start = _after_display(value)
    opening = value.find(b"<", start)
    if opening >= 0:
        return value[opening + 1 :].partition(b">")[0]
    return value[start:].partition(b";")[0].strip()


def _after_display(value: bytes) -> int:
    quoted = _QUOTED_DISPLAY.match(value) if b'"' in value else None
    return quoted.end() if quoted else 0


def parse_sip_uri(uri: bytes) -> SipUri | None:
    """Read a sip: or sips: URI; None for any other scheme or a form without meaning to a router."""
    match = _URI.match(uri)
    if match is None:
        return None
    scheme, user, host, port, parameters = match.groups()
    if port and not 0 < int(port) < 65536:
        return None
    return SipUri(
        secure=scheme.lower() == b"sips",
        user=user or b"",
        host=host,
        port=int(port) if port else None,
        parameters=tuple(_uri_parameters(parameters)),
    )


def _uri_parameters(text: bytes) -> list[tuple[bytes, bytes]]:
    pairs = (part.partition(b"=") for part in text.split(b";") if part)
    return [(name.strip().lower(), value.strip()) for name, _, value in pairs]


def split_values(value: bytes) -> list[bytes]:
    """Cut a comma separated header value, minding quotes and angle brackets (RFC 3261 §7.3.1)."""
    if b"," not in value:
        return [value]
    parts: list[bytes] = []
    start = 0
    quoted = bracketed = escaped = False
    for index, byte in enumerate(value):
        if escaped:
            escaped = False
        elif quoted:
            escaped = byte == 0x5C
            quoted = byte != 0x22
        elif byte == 0x22:
            quoted = True
        elif byte in b"<>":
            bracketed = byte == 0x3C
        elif byte == 0x2C and not bracketed:
            parts.append(value[start:index].strip())
            start = index + 1
    parts.append(value[start:].strip())
    return [part for part in parts if part]


def option_tags(values: list[bytes]) -> set[bytes]:
    """The option tags of Supported or Require values, in lower case (RFC 3261 §20.37)."""
    return {tag.strip().lower() for value in values for tag in value.split(b",") if tag.strip()}


def is_loose(route: bytes) -> bool:
    """Whether a Route value names a loose router: its URI carries `lr` (RFC 3261 §19.1.1)."""
    uri = parse_sip_uri(uri_of(route))
    return uri is not None and uri.parameter(b"lr") is not None
