"""From an INVITE to a session: read the line, choose a link, ask the CTIManager for the line, accept (RFC
3261 §13.3).

Nothing is kept of an INVITE that is refused. What takes time comes back by callback; a cancelled INVITE is
forgotten.
"""

from __future__ import annotations

import random
import secrets
from collections import Counter
from dataclasses import dataclass, field
from functools import partial

from csta_xml import (
    CSTAErrorCode,
    GetCSTAFeatures,
    GetCSTAFeaturesResponse,
    InvalidMessage,
    RequestSystemStatus,
    RequestSystemStatusResponse,
    Response,
    SnapshotDevice,
    SystemStatusValue,
    UnknownMessage,
    XmlRefused,
    decode_document,
    encode,
)
from ctimgr_client import LinkId
from sip import Dialog, Endpoint, Request, ServerTransaction, uri_of

from . import errors
from .errors import BadSessionRequest, GatewayError, UnsupportedContent
from .identity import LineAppearance, LineUri
from .lines import appearance_of, line_of_invite
from .links import CtiLinks
from .log import get_logger
from .metrics import Metrics
from .repeats import Repeats
from .session import Session
from .sessions import Sessions

#: What describes every CSTA body, in both directions.
CONTENT = b"Content-Disposition: signal;handling=required\r\nContent-Type: application/csta+xml\r\n"
NO_SESSION = "no session here; INVITE again"
ACCEPT = b"Accept: application/csta+xml\r\n"
_CSTA = b"application/csta+xml"
_NORMAL = RequestSystemStatusResponse(system_status=SystemStatusValue.NORMAL)
#: Seconds in which another CTIManager is asked where one did not answer; clients give an INVITE 32.
_LONGEST_ASKING = 20.0
#: INVITEs for whose line one CTIManager is being asked at a time: a herd comes in as fast as it answers.
MAX_ASKING = 100
#: Seconds; the random part keeps refused clients from coming back all at once.
_RETRY_AFTER, _RETRY_SPREAD = 2, 4

_LOG = get_logger("cstagw.session")


@dataclass(slots=True, eq=False)
class _Candidate:
    """An INVITE whose line is being asked for; `tried` are the CTIManagers that failed to answer for it."""

    transaction: ServerTransaction
    line: LineUri
    namespace: str
    appearance: LineAppearance
    begun: float
    tried: set[str] = field(default_factory=set)


@dataclass(slots=True, eq=False)
class _Inquiry:
    """What one CTIManager is asked for an INVITE: the line's calls, so whether it has the line, and what the
    line can do."""

    candidate: _Candidate
    link: LinkId
    line: Response | CSTAErrorCode | None = None
    features: Response | CSTAErrorCode | None = None


class SignIn:
    """Decides on INVITEs. `pending` are those whose line a CTIManager is being asked for."""

    def __init__(
        self, endpoint: Endpoint, links: CtiLinks, sessions: Sessions, metrics: Metrics, max_sessions: int
    ) -> None:
        self._endpoint = endpoint
        self._links = links
        self._sessions = sessions
        self._metrics = metrics
        self._max_sessions = max_sessions
        self._pending: dict[ServerTransaction, _Candidate] = {}
        self._asking: Counter[LinkId] = Counter()
        self._closed = False
        self._repeats = Repeats()

    def invite(self, transaction: ServerTransaction, now: float) -> None:
        """Take an INVITE that would open a dialog."""
        line = None
        try:
            line, namespace = read_request(transaction.request)
            if self._closed:
                raise errors.Draining("this node is stopping")
            if len(self._sessions) + len(self._pending) >= self._max_sessions:
                raise errors.TooManySessions(f"the limit of {self._max_sessions} sessions is reached")
            candidate = _Candidate(transaction, line, namespace, appearance_of(line), now)
            self._ask(candidate)
        except GatewayError as error:
            self._refuse(transaction, line, error, now)

    def refresh(self, dialog: Dialog, transaction: ServerTransaction, now: float) -> None:
        """An INVITE or UPDATE within a session; a body asks for the status, and a line in it is ignored."""
        agent, session = self._endpoint.agent, self._sessions.of(dialog)
        if session is None:
            agent.reject(transaction, 481, NO_SESSION, now)
            return
        if not transaction.request.body:
            agent.accept_refresh(transaction, dialog, now)
            return
        try:
            _read_status(transaction.request)
        except GatewayError as error:
            agent.reject(transaction, error.sip_status, str(error), now)
        else:
            body = encode(_NORMAL, session.namespace)
            agent.accept_refresh(transaction, dialog, now, content=CONTENT, body=body)

    def cancelled(self, transaction: ServerTransaction) -> None:
        """The client does not want it any more."""
        self._pending.pop(transaction, None)

    def asking(self, link: LinkId) -> int:
        """INVITEs for whose line this CTIManager is being asked."""
        return self._asking[link]

    def reopen(self) -> None:
        """Take sessions again."""
        self._closed = False

    def close(self, now: float) -> None:
        """Take no more sessions, those under way included."""
        self._closed = True
        pending, self._pending = self._pending, {}
        for candidate in pending.values():
            error = errors.Draining("this node is stopping")
            self._refuse(candidate.transaction, candidate.line, error, now)

    def _ask(self, candidate: _Candidate) -> None:
        """Ask the next CTIManager in turn for the line. Raises NoCtiManagerInService."""
        link = self._untried(candidate.tried)
        self._pending[candidate.transaction] = candidate
        self._asking[link] += 1
        inquiry, wire = _Inquiry(candidate, link), candidate.appearance.wire
        self._links.request(link, SnapshotDevice(snapshot_object=wire), partial(self._line, inquiry))
        self._links.request(link, GetCSTAFeatures(line=wire), partial(self._features, inquiry))

    def _untried(self, tried: set[str]) -> LinkId:
        link = self._links.choose(lambda link: link.name in tried or self._asking[link] >= MAX_ASKING)
        if link is not None:
            return link
        if self._links.choose() is None:
            raise errors.NoCtiManagerInService("no CTIManager is in service")
        if tried:
            raise errors.CtiManagerBusy(f"no answer for the line from {', '.join(sorted(tried))}")
        raise errors.CtiManagerBusy("more sign-ins at once than the CTIManagers answer for")

    def _line(self, inquiry: _Inquiry, answer: Response | CSTAErrorCode) -> None:
        """A refusal need not wait for what the line could do."""
        inquiry.line = answer
        if inquiry.features is not None or not _may_be_opened(answer):
            self._answered(inquiry, answer)

    def _features(self, inquiry: _Inquiry, answer: Response | CSTAErrorCode) -> None:
        inquiry.features = answer
        if inquiry.line is not None and _may_be_opened(inquiry.line):
            self._answered(inquiry, inquiry.line)

    def _answered(self, inquiry: _Inquiry, line: Response | CSTAErrorCode) -> None:
        candidate = inquiry.candidate
        self._asking[inquiry.link] -= 1
        if not self._asking[inquiry.link]:
            del self._asking[inquiry.link]
        if self._pending.pop(candidate.transaction, None) is None:
            return
        now = self._endpoint.now
        try:
            self._judge(inquiry, line, now)
        except GatewayError as error:
            self._refuse(candidate.transaction, candidate.line, error, now)
        except Exception as error:  # noqa: BLE001 - an INVITE must not stay without an answer
            _LOG.error("session.failed", line=candidate.line.text, exc_info=error)
            text = "the session could not be opened"
            self._endpoint.agent.reject(candidate.transaction, 500, text, now)
        self._endpoint.flush_soon()

    def _judge(self, inquiry: _Inquiry, answer: Response | CSTAErrorCode, now: float) -> None:
        candidate = inquiry.candidate
        if _may_be_opened(answer):
            self._accept(inquiry, now)
            return
        assert isinstance(answer, CSTAErrorCode)  # noqa: S101 - a response would have opened it
        if answer.value == "resourceOutOfService" and now - candidate.begun < _LONGEST_ASKING:
            candidate.tried.add(inquiry.link.name)
            self._ask(candidate)
        else:
            raise errors.refused_by_cti(answer, candidate.line.text)

    def _accept(self, inquiry: _Inquiry, now: float) -> None:
        candidate, link, features = inquiry.candidate, inquiry.link, inquiry.features
        body = encode(_NORMAL, candidate.namespace)
        dialog = self._endpoint.agent.accept(candidate.transaction, now, content=CONTENT, body=body)
        if dialog is None:
            return
        session = Session(
            secrets.token_hex(4),
            uri_of(dialog.remote).decode("utf-8", "replace"),
            candidate.line,
            candidate.appearance,
            link,
            candidate.namespace,
            now,
            features if isinstance(features, GetCSTAFeaturesResponse) else None,
        )
        self._sessions.add(dialog, session)
        self._metrics.session_created()
        _LOG.info(
            "session.started",
            session=session.id,
            call_id=dialog.call_id.decode("utf-8", "replace"),
            user=session.user,
            line=session.line.text,
            cti=link.name,
            client=dialog.user_agent.decode("utf-8", "replace")[:120],
        )

    def _refuse(
        self, transaction: ServerTransaction, line: LineUri | None, error: GatewayError, now: float
    ) -> None:
        self._metrics.session_rejected(error.reason)
        headers = retry_after() if error.retry else b""
        if isinstance(error, UnsupportedContent):
            headers += ACCEPT
        request = transaction.request
        self._endpoint.agent.reject(transaction, error.sip_status, str(error), now, headers=headers)
        left_out = self._repeats.note(error.reason, now)
        if left_out is not None:
            _LOG.warning(
                "session.rejected",
                call_id=request.get(b"call-id").decode("utf-8", "replace"),
                user=uri_of(request.get(b"from")).decode("utf-8", "replace"),
                line=line.text if line else None,
                status=error.sip_status,
                reason=error.reason,
                text=str(error),
                left_out=left_out,
            )


def _may_be_opened(answer: Response | CSTAErrorCode) -> bool:
    """A phone that is not registered now can be later; its user must be able to sign in meanwhile."""
    return isinstance(answer, Response) or answer.value == "deviceOutOfService"


def read_request(request: Request) -> tuple[LineUri, str]:
    """The line and the edition of a body that asks for a session. Raises GatewayError."""
    message, namespace = _read_status(request)
    return line_of_invite(message.line, request.get(b"to")), namespace


def _read_status(request: Request) -> tuple[RequestSystemStatus, str]:
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
