"""From an INVITE to a session: who asks, for which line, on which phone, over which CTIManager; then accept
(RFC 3261 §13.3).

Nothing is kept of an INVITE that is refused but who asked and why not. What takes time comes back by
callback; a cancelled INVITE is forgotten.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Literal

from csta_xml import RequestSystemStatusResponse, SystemStatusValue, encode
from ctimgr_client import LinkId
from sip import Dialog, Endpoint, ServerTransaction, uri_of

from . import errors
from .aor import user_key
from .askings import Asking, Askings
from .caller import FROM, Caller, Identity
from .errors import GatewayError, NotAuthorized, SignedInAlready, UnsupportedContent
from .identity import LineUri
from .inquiry import Inquiries
from .lines import Candidates, Lines
from .links import CtiLinks
from .log import get_logger
from .metrics import Metrics
from .numbers import NO_RULES, Numbers
from .repeats import Repeats
from .search import Found, Search
from .session import Session
from .session_request import ACCEPT, CONTENT, read_request, read_status, retry_after
from .sessions import Sessions

NO_SESSION = "no session here; INVITE again"
_NORMAL = RequestSystemStatusResponse(system_status=SystemStatusValue.NORMAL)
#: Seconds in which another CTIManager is asked where one did not answer; clients give an INVITE 32.
_LONGEST_ASKING = 20.0
#: INVITEs for whose line one CTIManager is being asked at a time: a herd comes in as fast as it answers.
MAX_ASKING = 100

_LOG = get_logger("cstagw.session")

Duplicate = Literal["allow", "replace", "refuse"]


@dataclass(frozen=True, slots=True)
class Policy:
    """Who may sign in. `duplicate` is what happens where a user has a session for the same line appearance;
    `numbers` are the rules that sessions are opened with at first."""

    lines: Lines
    max_sessions: int
    identity: Identity = FROM
    duplicate: Duplicate = "allow"
    numbers: Numbers = NO_RULES


@dataclass(slots=True, eq=False)
class _Candidate:
    """An INVITE whose line is being asked for."""

    transaction: ServerTransaction
    caller: Caller
    line: LineUri
    namespace: str
    begun: float
    search: Search | None = None


class SignIn:
    """Decides on INVITEs. `pending` are those whose line a CTIManager is being asked for; `replace` ends a
    session in favour of a newer one."""

    def __init__(
        self,
        endpoint: Endpoint,
        links: CtiLinks,
        sessions: Sessions,
        *,
        metrics: Metrics,
        policy: Policy,
        inquiries: Inquiries,
        replace: Callable[[Session], None],
    ) -> None:
        self._endpoint = endpoint
        self._links = links
        self._sessions = sessions
        self._metrics = metrics
        self._policy = policy
        self._inquiries = inquiries
        self._replace = replace
        self._pending: dict[ServerTransaction, _Candidate] = {}
        self._closed = False
        self._repeats = Repeats()
        self.numbers = policy.numbers
        self.askings = Askings()

    def invite(self, transaction: ServerTransaction, now: float) -> None:
        """Take an INVITE that would open a dialog."""
        line, caller = None, None
        try:
            line, namespace = read_request(transaction.request)
            caller = self._caller(transaction)
            if self._closed:
                raise errors.Draining("this node is stopping")
            if len(self._sessions) + len(self._pending) >= self._policy.max_sessions:
                raise errors.TooManySessions(f"the limit of {self._policy.max_sessions} sessions is reached")
            candidates = self._policy.lines.candidates(caller.key, line)
        except GatewayError as error:
            self._refuse(transaction, caller, line, error, now)
        else:
            self._search(_Candidate(transaction, caller, line, namespace, now), candidates)

    def _caller(self, transaction: ServerTransaction) -> Caller:
        """With the open directory anybody may be anybody, and need not say who."""
        try:
            return self._policy.identity.caller(transaction.request, transaction.flow.remote[0])
        except NotAuthorized:
            if not self._policy.lines.directory.is_open or self._policy.identity.asserted:
                raise
            uri = uri_of(transaction.request.get(b"from")).decode("utf-8", "replace")
            return Caller(uri, uri.casefold())

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
            read_status(transaction.request)
        except GatewayError as error:
            agent.reject(transaction, error.sip_status, str(error), now)
        else:
            body = encode(_NORMAL, session.namespace)
            agent.accept_refresh(transaction, dialog, now, content=CONTENT, body=body)

    def cancelled(self, transaction: ServerTransaction) -> None:
        """The client does not want it any more."""
        candidate = self._pending.pop(transaction, None)
        if candidate is not None and candidate.search is not None:
            candidate.search.abandoned = True

    def reopen(self) -> None:
        """Take sessions again."""
        self._closed = False

    def close(self, now: float) -> None:
        """Take no more sessions, those under way included."""
        self._closed = True
        for candidate in list(self._pending.values()):
            self.cancelled(candidate.transaction)
            error = errors.Draining("this node is stopping")
            self._refuse(candidate.transaction, candidate.caller, candidate.line, error, now)

    def _search(self, candidate: _Candidate, candidates: Candidates) -> None:
        """Ask the CTIManagers for the line."""
        self._pending[candidate.transaction] = candidate
        candidate.search = Search(
            self._inquiries,
            candidates,
            link_for=self._link_for,
            patient=lambda: self._endpoint.now - candidate.begun < _LONGEST_ASKING,
            tell=partial(self._judge, candidate),
        )
        candidate.search.go()

    def _link_for(self, silent: set[str]) -> LinkId:
        """The next CTIManager in turn that is not too busy. Raises GatewayError."""
        link = self._links.choose(
            lambda link: link.name in silent or self._inquiries.open(link) >= MAX_ASKING
        )
        if link is not None:
            return link
        if self._links.choose() is None:
            raise errors.NoCtiManagerInService("no CTIManager is in service")
        if silent:
            raise errors.CtiManagerBusy(f"no answer for the line from {', '.join(sorted(silent))}")
        raise errors.CtiManagerBusy("more sign-ins at once than the CTIManagers answer for")

    def _judge(self, candidate: _Candidate, outcome: Found | GatewayError) -> None:
        if self._pending.pop(candidate.transaction, None) is None:
            return
        now, refused = self._endpoint.now, outcome if isinstance(outcome, GatewayError) else None
        try:
            if isinstance(outcome, Found):
                self._accept(candidate, outcome, now)
        except GatewayError as error:
            refused = error
        except Exception as error:  # noqa: BLE001 - an INVITE must not stay without an answer
            _LOG.error("session.failed", line=candidate.line.text, exc_info=error)
            text = "the session could not be opened"
            self._endpoint.agent.reject(candidate.transaction, 500, text, now)
        if refused is not None:
            self._refuse(candidate.transaction, candidate.caller, candidate.line, refused, now)
        self._endpoint.flush_soon()

    def _accept(self, candidate: _Candidate, found: Found, now: float) -> None:
        caller, line = candidate.caller, candidate.line
        candidates = self._policy.lines.candidates(caller.key, line)
        if found.appearance not in candidates.appearances:
            self._search(candidate, candidates)  # the directory, or the user's choice, has changed meanwhile
            return
        replaced = self._replaced(caller, found)
        body = encode(_NORMAL, candidate.namespace)
        dialog = self._endpoint.agent.accept(candidate.transaction, now, content=CONTENT, body=body)
        if dialog is None:
            return
        session = Session(
            secrets.token_hex(4),
            caller.uri,
            line,
            found.appearance,
            found.link,
            candidate.namespace,
            now,
            found.features,
            owner=caller.key,
            rule=found.rule,
            numbers=self.numbers,
        )
        self._sessions.add(dialog, session)
        self._metrics.session_created()
        self._note_granted(candidate, session, now)
        _LOG.info(
            "session.started",
            session=session.id,
            call_id=dialog.call_id.decode("utf-8", "replace"),
            user=session.user,
            line=line.text,
            device=found.appearance.device,
            cti=found.link.name,
            client=dialog.user_agent.decode("utf-8", "replace")[:120],
        )
        for old in replaced:
            self._replace(old)

    def _replaced(self, caller: Caller, found: Found) -> list[Session]:
        """The sessions that a new one takes the place of. Raises SignedInAlready."""
        if self._policy.duplicate == "allow":
            return []
        there = [
            one
            for one in self._sessions.of_user(caller.key)
            if not one.ended and one.appearance.key == found.appearance.key
        ]
        if there and self._policy.duplicate == "refuse":
            raise SignedInAlready(f"{caller.key} has a session for this line already; sign out there")
        return there

    def _note_granted(self, candidate: _Candidate, session: Session, now: float) -> None:
        peer = candidate.transaction.flow.remote[0]
        device = session.appearance.device or ""
        asking = Asking(
            now, session.line.text, peer, 200, device=device, rule=str(session.rule), session=session.id
        )
        self.askings.granted(session.owner, asking)

    def _refuse(
        self,
        transaction: ServerTransaction,
        caller: Caller | None,
        line: LineUri | None,
        error: GatewayError,
        now: float,
    ) -> None:
        self._metrics.session_rejected(error.reason)
        headers = retry_after() if error.retry else b""
        if isinstance(error, UnsupportedContent):
            headers += ACCEPT
        request = transaction.request
        self._endpoint.agent.reject(transaction, error.sip_status, str(error), now, headers=headers)
        uri = caller.uri if caller else uri_of(request.get(b"from")).decode("utf-8", "replace")
        peer, text = transaction.flow.remote[0], line.text if line else ""
        asking = Asking(now, text, peer, error.sip_status, error.reason, str(error))
        self.askings.refused(caller.key if caller else _key(uri), asking)
        left_out = self._repeats.note(error.reason, now)
        if left_out is not None:
            _LOG.warning(
                "session.rejected",
                call_id=request.get(b"call-id").decode("utf-8", "replace"),
                user=uri,
                line=line.text if line else None,
                peer=peer,
                status=error.sip_status,
                reason=error.reason,
                text=str(error),
                left_out=left_out,
            )


def _key(uri: str) -> str:
    """Whoever he says he is: his refusal is found under that."""
    try:
        return user_key(uri)
    except ValueError:
        return uri[:200].casefold()
