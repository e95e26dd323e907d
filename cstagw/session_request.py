"""What an INVITE that opens a session must carry, and how bodies are described in both directions.

Reads requests; decides nothing. Shell only for the chance in Retry-After.
"""

from __future__ import annotations

import random

from csta_xml import (
    InvalidMessage,
    RequestSystemStatus,
    UnknownMessage,
    XmlRefused,
    decode_document,
)
from sip import Request

from .errors import BadSessionRequest, UnsupportedContent
from .identity import LineUri
from .lines import line_of_invite

#: What describes every CSTA body, in both directions.
CONTENT = b"Content-Disposition: signal;handling=required\r\nContent-Type: application/csta+xml\r\n"
ACCEPT = b"Accept: application/csta+xml\r\n"
_CSTA = b"application/csta+xml"
#: Seconds; the random part keeps refused clients from coming back all at once.
_RETRY_AFTER, _RETRY_SPREAD = 2, 4


def read_request(request: Request) -> tuple[LineUri, str]:
    """The line and the edition of a body that asks for a session. Raises GatewayError."""
    message, namespace = read_status(request)
    return line_of_invite(message.line, request.get(b"to")), namespace


def read_status(request: Request) -> tuple[RequestSystemStatus, str]:
    """The body of a request that asks for the status, and its edition. Raises GatewayError."""
    if not request.body or not is_csta(request):
        raise UnsupportedContent("an INVITE must carry application/csta+xml")
    try:
        document = decode_document(request.body)
    except (XmlRefused, UnknownMessage, InvalidMessage) as error:
        raise BadSessionRequest(str(error)) from None
    if not isinstance(document.message, RequestSystemStatus):
        name = type(document.message).__name__
        raise BadSessionRequest(f"a session begins with RequestSystemStatus, not {name}")
    return document.message, document.namespace


def is_csta(request: Request) -> bool:
    """Whether the body says it is CSTA; parameters and case do not matter."""
    return request.get(b"content-type").partition(b";")[0].strip().lower() == _CSTA


def retry_after() -> bytes:
    """A Retry-After header line with a random part."""
    return b"Retry-After: %d\r\n" % (_RETRY_AFTER + random.randint(0, _RETRY_SPREAD))  # noqa: S311 - spreads load
