"""From an INVITE to a session: read the line, choose a link, ask the CTIManager for the line, accept (RFC
3261 §13.3).

Nothing is kept of an INVITE that is refused. What takes time comes back by callback; a cancelled INVITE is
forgotten.
"""

from __future__ import annotations

import random
import secrets
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from csta_xml import (
    CSTAErrorCode,
    InvalidMessage,
    RequestSystemStatus,
    RequestSystemStatusResponse,
    Response,
    Service,
    SnapshotDevice,
    SystemStatusValue,
    UnknownMessage,
    XmlRefused,
    decode_document,
    encode,
)
from ctimgr_client import LinkId, Reply
from sip import Endpoint, Request, ServerTransaction, uri_of

from . import errors
from .errors import BadSessionRequest, GatewayError, UnsupportedContent
from .identity import LineAppearance, LineUri
from .lines import appearance_of, line_of_invite
from .log import get_logger
from .metrics import Metrics
from .session import Session
from .sessions import Sessions

#: What describes every CSTA body, in both directions.
CONTENT = b"Content-Disposition: signal;handling=required\r\nContent-Type: application/csta+xml\r\n"
ACCEPT = b"Accept: application/csta+xml\r\n"
_CSTA = b"application/csta+xml"
_NORMAL = RequestSystemStatusResponse(system_status=SystemStatusValue.NORMAL)
#: Seconds; the random part keeps refused clients from coming back all at once.
_RETRY_AFTER, _RETRY_SPREAD = 2, 4

_LOG = get_logger("cstagw.session")


class CtiLinks(Protocol):
    """What the gateway needs of the CTIManagers."""

    def choose(self) -> LinkId | None:
        """The link for the next session."""

    def request(self, link: LinkId, service: Service, reply: Reply) -> None:
        """Send a service; the reply comes exactly once, later."""


@dataclass(slots=True, eq=False)
class _Candidate:
    transaction: ServerTransaction
    line: LineUri
    namespace: str
    appearance: LineAppearance
    link: LinkId


class SignIn:
    """Decides on INVITEs. `pending` are those whose line the CTIManager is being asked for."""

    def __init__(
        self, endpoint: Endpoint, links: CtiLinks, sessions: Sessions, metrics: Metrics, max_sessions: int
    ) -> None:
        self._endpoint = endpoint
        self._links = links
        self._sessions = sessions
        self._metrics = metrics
        self._max_sessions = max_sessions
        self._pending: set[ServerTransaction] = set()

    def invite(self, transaction: ServerTransaction, now: float) -> None:
        """Take an INVITE that would open a dialog."""
        try:
            line, namespace = read_request(transaction.request)
            if len(self._sessions) + len(self._pending) >= self._max_sessions:
                raise errors.TooManySessions(f"the limit of {self._max_sessions} sessions is reached")
            link = self._links.choose()
            if link is None:
                raise errors.NoCtiManagerInService("no CTIManager is in service")
        except GatewayError as error:
            self._refuse(transaction, error, now)
            return
        candidate = _Candidate(transaction, line, namespace, appearance_of(line), link)
        self._pending.add(transaction)
        service = SnapshotDevice(snapshot_object=candidate.appearance.wire)
        self._links.request(link, service, partial(self._line_answered, candidate))

    def cancelled(self, transaction: ServerTransaction) -> None:
        """The client does not want it any more."""
        self._pending.discard(transaction)

    def _line_answered(self, candidate: _Candidate, answer: Response | CSTAErrorCode) -> None:
        if candidate.transaction not in self._pending:
            return
        self._pending.discard(candidate.transaction)
        now = self._endpoint.now
        # A phone that is not registered now can be later; its user must be able to sign in meanwhile.
        if isinstance(answer, CSTAErrorCode) and answer.value != "deviceOutOfService":
            self._refuse(candidate.transaction, errors.refused_by_cti(answer, candidate.line.text), now)
        else:
            self._accept(candidate, now)
        self._endpoint.flush_soon()

    def _accept(self, candidate: _Candidate, now: float) -> None:
        body = encode(_NORMAL, candidate.namespace)
        dialog = self._endpoint.agent.accept(candidate.transaction, now, content=CONTENT, body=body)
        if dialog is None:
            return
        session = Session(
            secrets.token_hex(4),
            uri_of(dialog.remote).decode("utf-8", "replace"),
            candidate.line,
            candidate.appearance,
            candidate.link,
            candidate.namespace,
            now,
        )
        self._sessions.add(dialog, session)
        self._metrics.session_created()
        _LOG.info(
            "session.started",
            session=session.id,
            call_id=dialog.call_id.decode("utf-8", "replace"),
            user=session.user,
            line=session.line.text,
            cti=session.link.name,
            client=dialog.user_agent.decode("utf-8", "replace")[:120],
        )

    def _refuse(self, transaction: ServerTransaction, error: GatewayError, now: float) -> None:
        self._metrics.session_rejected(error.reason)
        headers = retry_after() if error.retry else b""
        if isinstance(error, UnsupportedContent):
            headers += ACCEPT
        self._endpoint.agent.reject(transaction, error.sip_status, str(error), now, headers=headers)


def status_answer(namespace: str) -> bytes:
    """The body that tells a client its session is well; anything but `normal` stops clients."""
    return encode(_NORMAL, namespace)


def read_request(request: Request) -> tuple[LineUri, str]:
    """The line and the edition of a body that asks for a session. Raises GatewayError."""
    if not request.body or not is_csta(request):
        raise UnsupportedContent("an INVITE must carry application/csta+xml")
    try:
        document = decode_document(request.body)
    except (XmlRefused, UnknownMessage, InvalidMessage) as error:
        raise BadSessionRequest(str(error)) from None
    if not isinstance(document.message, RequestSystemStatus):
        name = type(document.message).__name__
        raise BadSessionRequest(f"a session begins with RequestSystemStatus, not {name}")
    return line_of_invite(document.message.line, request.get(b"to")), document.namespace


def is_csta(request: Request) -> bool:
    """Whether the body says it is CSTA; parameters and case do not matter."""
    return request.get(b"content-type").partition(b";")[0].strip().lower() == _CSTA


def retry_after() -> bytes:
    """A Retry-After header line with a random part."""
    return b"Retry-After: %d\r\n" % (_RETRY_AFTER + random.randint(0, _RETRY_SPREAD))  # noqa: S311 - spreads load
