"""One SIP message as values: split once, kept as bytes, looked into on demand (RFC 3261 §7).

Knows how a message is laid out. Does not judge it (see `validation`) and does not know whose it is.
"""

import re

from .headers import COMPACT, Via, option_tags, parse_cseq, parse_via, split_values, stamp_via

_FOLD = re.compile(rb"(?:\r\n)+[ \t]+")
_STRAY = re.compile(rb"\r(?!\n)|(?<!\r)\n|\0|(?:\r\n)+\Z")
_NOT_A_NAME = re.compile(rb"[^!-9;-~]")
_VERSION = b"SIP/2.0"

#: Reason phrases for the answers this endpoint gives (RFC 3261 §21, RFC 4028, RFC 6086); others go without
#: one.
PHRASES = {
    100: b"Trying",
    200: b"OK",
    400: b"Bad Request",
    403: b"Forbidden",
    404: b"Not Found",
    405: b"Method Not Allowed",
    408: b"Request Timeout",
    413: b"Request Entity Too Large",
    415: b"Unsupported Media Type",
    416: b"Unsupported URI Scheme",
    420: b"Bad Extension",
    422: b"Session Interval Too Small",
    469: b"Bad Info Package",
    480: b"Temporarily Unavailable",
    481: b"Call/Transaction Does Not Exist",
    482: b"Loop Detected",
    483: b"Too Many Hops",
    486: b"Busy Here",
    487: b"Request Terminated",
    488: b"Not Acceptable Here",
    491: b"Request Pending",
    500: b"Server Internal Error",
    501: b"Not Implemented",
    503: b"Service Unavailable",
    505: b"Version Not Supported",
    513: b"Message Too Large",
    603: b"Decline",
}

_KNOWN_NAMES = (
    b"Via From To Call-ID CSeq Contact Max-Forwards Content-Type Content-Length Content-Disposition "
    b"User-Agent Supported Require Allow Route Record-Route Session-Expires Min-SE Info-Package Reason "
    b"Retry-After Accept P-Asserted-Identity Server"
).split()
#: Header names as peers write them -> lower case long form. Others take the slow way; the table never grows.
_CANONICAL = {form: name.lower() for name in _KNOWN_NAMES for form in (name, name.lower(), name.upper())} | {
    form: name for short, name in COMPACT.items() for form in (short, short.upper())
}


class NotSip(ValueError):
    """The bytes do not begin with a start line of SIP: they can be neither represented nor answered."""


class Message:
    """What requests and responses share.

    `fields` has the first value of each header under its lower case long name; `repeated` every value of
    those that came more than once; `vias` the Via lines as received; `cseq` number and method, None where
    they cannot be read; `problem` what could not be represented, in words.
    """

    __slots__ = ("body", "cseq", "fields", "problem", "repeated", "vias")

    def __init__(self) -> None:
        self.fields: dict[bytes, bytes] = {}
        self.repeated: dict[bytes, list[bytes]] = {}
        self.vias: list[bytes] = []
        self.cseq: tuple[int, bytes] | None = None
        self.body = b""
        self.problem = ""

    def get(self, name: bytes) -> bytes:
        """The first value of a header, empty where it is absent."""
        return self.fields.get(name, b"")

    def lines(self, name: bytes) -> list[bytes]:
        """The header's values line by line, as they came."""
        return self.repeated.get(name) or ([self.fields[name]] if name in self.fields else [])

    def values(self, name: bytes) -> list[bytes]:
        """Every value of a header that may be repeated or comma separated, in order (RFC 3261 §7.3.1)."""
        return [value for line in self.lines(name) for value in split_values(line)]

    def options(self, name: bytes) -> set[bytes]:
        """The option tags of Supported, Require or Proxy-Require."""
        return option_tags(self.lines(name)) if name in self.fields else set()

    def _read_field(self, line: bytes) -> None:
        """Take a header line whose name is not among the usual ones or has come before."""
        raw, colon, value = line.partition(b":")
        name = canonical(raw)
        value = value.strip()
        if not colon or not name:
            self.problem = self.problem or "a header line without a name and a colon"
        elif name == b"via":
            self.vias.append(value)
        elif name not in self.fields:
            self.fields[name] = value
        else:
            self.repeated.setdefault(name, [self.fields[name]]).append(value)


class Request(Message):
    """A request; `method` and `uri` as received, `version` the third word of the request line."""

    __slots__ = ("method", "uri", "version", "via")

    def __init__(self, method: bytes, uri: bytes, version: bytes) -> None:
        super().__init__()
        self.method = method
        self.uri = uri
        self.version = version
        self.via: Via | None = None

    def received_from(self, host: bytes, port: int) -> None:
        """Note on the topmost Via where the request came from (RFC 3261 §18.2.1, RFC 3581)."""
        if self.vias:
            self.via = parse_via(self.vias[0])
            if self.via is not None:
                self.vias[0] = stamp_via(self.vias[0], self.via, host, port)

    def response(self, status: int, to_tag: bytes = b"", extra: bytes = b"", body: bytes = b"") -> bytes:
        """The bytes of a response (RFC 3261 §8.2.6); `extra` are whole header lines with CRLF."""
        fields = self.fields
        try:
            echo = b"From: %s\r\nTo: %s%s\r\nCall-ID: %s\r\nCSeq: %s\r\n" % (
                fields[b"from"],
                fields[b"to"],
                b";tag=" + to_tag if to_tag else b"",
                fields[b"call-id"],
                fields[b"cseq"],
            )
        except KeyError:
            names = [name for name in (b"From", b"To", b"Call-ID", b"CSeq") if name.lower() in fields]
            echo = b"".join(b"%s: %s\r\n" % (name, fields[name.lower()]) for name in names)
        return b"SIP/2.0 %d %s\r\nVia: %s\r\n%s%sContent-Length: %d\r\n\r\n%s" % (
            status,
            PHRASES.get(status, b""),
            b"\r\nVia: ".join(self.vias),
            echo,
            extra,
            len(body),
            body,
        )


class Response(Message):
    """A response; `status` 100..699 and the phrase as received."""

    __slots__ = ("phrase", "status")

    def __init__(self, status: int, phrase: bytes) -> None:
        super().__init__()
        self.status = status
        self.phrase = phrase


def canonical(raw: bytes) -> bytes:
    """The lower case long form of a header name; empty where it is no name."""
    name = raw.strip().lower()
    return b"" if _NOT_A_NAME.search(name) else COMPACT.get(name, name)


def parse(head: bytes, body: bytes) -> Request | Response:
    """Split one framed message. `head` is everything before the empty line, without its CRLF CRLF.

    Raises NotSip where there is no start line; everything else that is wrong is kept in `problem` or left to
    `validation`, so that a request can be answered.
    """
    lines = head.splitlines()
    # As long as every line but the last has ended with two bytes, there is no line end but CRLF.
    stray = len(b"".join(lines)) + 2 * len(lines) - 2 != len(head) or head[-1:] == b"\n" or head[-1:] == b"\r"
    if stray or head.find(b"\0") >= 0:
        return _mended(head, body)
    message = _start(lines[0])
    message.body = body
    fields, known = message.fields, _CANONICAL.get
    for line in lines[1:]:
        raw, _, value = line.partition(b":")
        name = known(raw)
        if name is None or name in fields:
            if line[:1] in (b" ", b"\t") and _FOLD.search(head):
                return parse(_FOLD.sub(b" ", head), body)
            message._read_field(line)
        elif name == b"via":
            message.vias.append(value.strip())
        else:
            fields[name] = value.strip()
    message.cseq = parse_cseq(fields.get(b"cseq", b""))
    return message


def _mended(head: bytes, body: bytes) -> Request | Response:
    """Read a head with stray line ends; echoed, each would be one more header line to its reader."""
    message = parse(_STRAY.sub(b" ", head) or b" ", body)
    message.problem = message.problem or "a CR, LF or NUL where none may stand"
    return message


def _start(line: bytes) -> Request | Response:
    method, _, rest = line.partition(b" ")
    uri, _, version = rest.partition(b" ")
    if version == _VERSION and method and uri:
        return Request(method, uri, version)
    if method.upper() == _VERSION:
        if len(uri) != 3 or not uri.isdigit() or not 1 <= int(uri[:1]) <= 6:
            raise NotSip(f"status line without a status: {line[:80]!r}")
        return Response(int(uri), version)
    words = line.rstrip(b" ").split(b" ")
    if len(words) < 3 or not words[-1].upper().startswith(b"SIP/") or not words[0]:
        raise NotSip(f"no start line of SIP: {line[:80]!r}")
    request = Request(words[0], b" ".join(words[1:-1]), words[-1])
    if len(words) != 3 or not request.uri or line.endswith(b" "):
        request.problem = "a request line that is not: method, one space, URI, one space, version"
    return request
