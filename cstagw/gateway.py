"""Where both protocols meet: SIP events in, CSTA services out, CTI events in, SIP requests out.

Decides nothing itself: `session`, `monitors`, `sign_in` and `errors` do, this runs their effects. Runs on one
event loop and never waits; what takes time comes back by callback.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from csta_xml import (
    CSTAErrorCode,
    Event,
    InvalidMessage,
    Message,
    MonitorCrossRefId,
    MonitorStartResponse,
    Response,
    Service,
    SnapshotDevice,
    SnapshotDeviceResponse,
    SystemStatusValue,
    UnknownMessage,
    XmlRefused,
    decode,
    encode,
)
from ctimgr_client import LinkDown, LinkId
from sip import (
    Dialog,
    DialogEnded,
    Endpoint,
    InfoReceived,
    InviteCancelled,
    InviteReceived,
    OptionsReceived,
    RefreshReceived,
    ServerTransaction,
)
from sip import Event as SipEvent

from . import errors
from .delivery import Delivery
from .ending import Ending
from .following import Following
from .inquiry import Inquiries
from .links import CtiLinks
from .log import get_logger
from .metrics import Metrics
from .monitoring import Monitoring
from .moving import Asked, Moving, needs_a_link
from .numbers import Numbers
from .refused_lines import RefusedLines
from .session import Forward, Session, StartMonitor, StopMonitor
from .session_request import ACCEPT, CONTENT, is_csta, retry_after
from .sessions import Sessions
from .sign_in import NO_SESSION, Policy, SignIn
from .status_reports import StatusReports

_OPTIONS = ACCEPT + b"Allow: INVITE, ACK, BYE, CANCEL, INFO, UPDATE, OPTIONS\r\nSupported: timer\r\n"

_LOG = get_logger("cstagw.session")


class Gateway:
    """All sessions of one node: the application of the SIP endpoint and the listener of the CTIManagers."""

    def __init__(
        self,
        *,
        metrics: Metrics,
        policy: Policy,
        later: Callable[[float, Callable[[], None]], object],
        ready: Callable[[], bool],
        move: bool = False,
    ) -> None:
        self._metrics = metrics
        self._policy = policy
        self._later = later
        self._move = move
        self._ready = ready
        self.sessions = Sessions()

    def attach(self, endpoint: Endpoint, links: CtiLinks) -> None:
        """Give the gateway its two sides, once, before anything can happen."""
        self._endpoint = endpoint
        self._agent = endpoint.agent
        self._links = links
        self.refused_lines = RefusedLines(lambda: endpoint.now)
        self.monitors = Monitoring(links, self.refused_lines)
        self.moving = Moving(
            links, self.sessions, self.monitors, self, clock=lambda: endpoint.now, later=self._later
        )
        self._inquiries = Inquiries(links, self.refused_lines)
        self.following = Following(
            self._policy.lines,
            self.sessions,
            links=links,
            moving=self.moving,
            inquiries=self._inquiries,
            host=self,
            clock=lambda: endpoint.now,
            later=self._later,
        )
        self._ending = Ending(
            endpoint,
            self.sessions,
            monitors=self.monitors,
            moving=self.moving,
            following=self.following,
            metrics=self._metrics,
            later=self._later,
        )
        self._delivery = Delivery(
            endpoint,
            self.sessions,
            monitors=self.monitors,
            following=self.following,
            ending=self._ending,
            metrics=self._metrics,
        )
        self._reports = StatusReports(self._delivery.send, self._flush, self._later)
        self.sign_in = SignIn(
            endpoint,
            links,
            self.sessions,
            metrics=self._metrics,
            policy=self._policy,
            inquiries=self._inquiries,
            replace=self._replace,
        )

    # --- SIP ----------------------------------------------------------------------------------------------

    def sip_event(self, event: SipEvent, now: float) -> None:
        """Take one event of the SIP endpoint."""
        if isinstance(event, InfoReceived):
            self._info(event.dialog, event.transaction, now)
        elif isinstance(event, InviteReceived):
            self.sign_in.invite(event.transaction, now)
        elif isinstance(event, RefreshReceived):
            self.sign_in.refresh(event.dialog, event.transaction, now)
        elif isinstance(event, DialogEnded):
            self._ending.over(event.dialog, event.reason)
        elif isinstance(event, OptionsReceived):
            self._options(event.transaction, now)
        elif isinstance(event, InviteCancelled):
            self.sign_in.cancelled(event.transaction)

    def _info(self, dialog: Dialog, transaction: ServerTransaction, now: float) -> None:
        session = self.sessions.of(dialog)
        request = transaction.request
        if session is None:
            self._agent.reject(transaction, 481, NO_SESSION, now)
        elif request.get(b"info-package"):
            text = "this INFO package is not served here"
            self._agent.reject(transaction, 469, text, now, headers=b"Recv-Info:\r\n")
        elif not request.body:
            self._agent.respond(transaction, 200, now)
        elif not is_csta(request):
            text = "the body of an INFO must be application/csta+xml"
            self._agent.reject(transaction, 415, text, now, headers=ACCEPT)
        else:
            self._read_service(session, transaction, request.body, now)

    def _options(self, transaction: ServerTransaction, now: float) -> None:
        # Within a dialog it asks about the session, which is well; readiness is for who would open a new one.
        if transaction.tagged or self._ready():
            self._agent.respond(transaction, 200, now, headers=_OPTIONS)
        else:
            self._agent.reject(transaction, 503, "not ready", now, headers=retry_after())

    # --- services -----------------------------------------------------------------------------------------

    def _read_service(
        self, session: Session, transaction: ServerTransaction, body: bytes, now: float
    ) -> None:
        try:
            message = decode(body)
        except XmlRefused as error:
            self._metrics.xml_rejected(error.reason)
            self._agent.reject(transaction, 400, str(error), now)
        except UnknownMessage as error:
            self._answer(session, transaction, error.element, errors.SERVICE_NOT_SUPPORTED, now)
        except InvalidMessage as error:
            self._answer(session, transaction, error.element, errors.INVALID_PARAMETER, now)
        else:
            self._serve(session, transaction, message, now)

    def _serve(self, session: Session, transaction: ServerTransaction, message: Message, now: float) -> None:
        operation = type(message).__name__
        if not isinstance(message, Service):
            self._answer(session, transaction, operation, errors.SERVICE_NOT_SUPPORTED, now)
            return
        if session.moving and needs_a_link(session, message):
            if not self.moving.hold(session, (transaction, message)):
                self._answer(session, transaction, operation, errors.RESOURCE_BUSY, now)
            return
        effect = session.request(message)
        if isinstance(effect, Forward):
            reply = partial(self._answered, session, transaction, message)
            self._links.request(session.link, effect.service, reply)
        elif isinstance(effect, StartMonitor):
            tell = partial(self._monitoring, session, transaction, effect.reference)
            self.monitors.join(session, effect.reference, effect.monitor_type, tell)
        else:
            self._answer(session, transaction, operation, effect.message, now)
            if isinstance(effect, StopMonitor):
                self.monitors.leave(session, effect.reference)

    def _answered(
        self,
        session: Session,
        transaction: ServerTransaction,
        service: Service,
        answer: Response | CSTAErrorCode,
    ) -> None:
        now = self._endpoint.now
        operation = type(service).__name__
        try:
            message, released = session.answered(service, answer)
            self._answer(session, transaction, operation, message, now)
            for event in released:
                self._delivery.send(session, event)
        except Exception as error:  # noqa: BLE001 - a request must not stay without an answer
            self._failed(operation, error)
            self._agent.reject(transaction, 500, "the answer of the CTIManager could not be used", now)
        self.following.may_be_free(session)
        self._endpoint.flush_soon()

    def _monitoring(
        self,
        session: Session,
        transaction: ServerTransaction,
        reference: MonitorCrossRefId,
        refused: CSTAErrorCode | None,
    ) -> None:
        message: Message = refused or MonitorStartResponse(monitor_cross_ref_id=reference)
        session.monitor_answered(reference, refused=refused is not None)
        if refused is not None:
            self.monitors.leave(session, reference)
        self._answer(session, transaction, "MonitorStart", message, self._endpoint.now)
        self._endpoint.flush_soon()
        if refused is None and not session.seen:
            session.seen = True
            session.asked += 1
            service = SnapshotDevice(snapshot_object=session.appearance.wire)
            self._links.request(session.link, service, partial(self._calls_known, session))

    def _calls_known(self, session: Session, answer: Response | CSTAErrorCode) -> None:
        """Events tell what happens from here on; what was there before, only the CTIManager knows."""
        session.asked -= 1
        if isinstance(answer, SnapshotDeviceResponse) and session.monitors:
            session.calls.snapshot(answer)
        self.following.may_be_free(session)

    def _answer(
        self, session: Session, transaction: ServerTransaction, operation: str, message: Message, now: float
    ) -> None:
        error = message if isinstance(message, CSTAErrorCode) else None
        self._metrics.csta_request(operation, (error.value or error.category) if error else "")
        body = encode(message, session.namespace)
        self._agent.respond(transaction, 200, now, headers=CONTENT, body=body)

    # --- CTI ----------------------------------------------------------------------------------------------

    def link_up(self, link: LinkId) -> None:
        """A CTIManager is in service under a new identity; sessions come to it one by one."""
        self.moving.go_on()

    def link_down(self, link: LinkId, cause: LinkDown) -> None:
        """Its sessions are dead at once and their BYEs are paced, or they move to another link."""
        self.monitors.link_lost(link)
        if self._move:
            self.moving.begin(self.sessions.on_link(link))
            return
        text = f"CTIManager {link.name} lost ({cause.reason}); INVITE again"
        for session in self.sessions.on_link(link):
            session.monitors.clear()
            self._ending.doom(session, "cti_lost", text)
        self._ending.go()

    def system_status(self, link: LinkId, status: SystemStatusValue) -> None:
        """The CTIManager says how it is: its clients are told."""
        self._reports.tell(self.sessions.on_link(link), status)

    def monitor_ended(self, link: LinkId, reference: MonitorCrossRefId) -> None:
        """The line is not ours to watch any more here: its sessions follow it to where it is now, or their
        clients learn it, rather than being told nothing."""
        sessions: list[Session] = []
        for session, _ in self.monitors.ended(link, reference):
            if session.moving:
                self.moving.displaced(session)
            elif not self.following.line_gone(session):
                sessions.append(session)
        if self._move:
            self.moving.begin(sessions)
            return
        for session in sessions:
            self._ending.doom(
                session, "cti_lost", f"CTIManager {link.name} stopped the monitor; INVITE again"
            )
        self._ending.go_soon()

    def event(self, link: LinkId, event: Event) -> None:
        """An event of a monitor: to every session that watches the line over this link."""
        self._delivery.event(link, event)

    def events_flushed(self, link: LinkId) -> None:
        """What one read of the link brought is complete: write it out."""
        self._endpoint.flush_soon()

    def arrived(self, session: Session, missed: list[Event], waiting: list[Asked]) -> None:
        """A moved session is served again (moving.Host)."""
        if self.following.arrived(session):
            self._metrics.session_reassigned()
        else:
            self._metrics.session_moved()
            _LOG.debug("session.moved", session=session.id, cti=session.link.name, missed=len(missed))
        self._delivery.missed(session, missed)
        for transaction, service in waiting:
            if session.ended:
                self._agent.reject(transaction, 481, NO_SESSION, self._endpoint.now)
            else:
                self._serve(session, transaction, service, self._endpoint.now)
        self._flush()

    def waited(self, session: Session, asked: Asked) -> None:
        """A request has waited too long for its session to arrive (moving.Host)."""
        transaction, service = asked
        operation = type(service).__name__
        self._answer(session, transaction, operation, errors.OUT_OF_SERVICE, self._endpoint.now)
        self._flush()

    def stranded(self, session: Session, text: str) -> None:
        """No CTIManager took a session that had to move (moving.Host)."""
        self._ending.doom(session, "cti_lost", f"{text}; INVITE again")
        self._ending.go_soon()

    def unplaced(self, session: Session) -> None:
        """A session cannot be where its line was found (moving.Host)."""
        self.following.unplaced(session)

    def load(self, link: LinkId) -> int:
        """What a link carries, those included who are about to be let in."""
        return self.sessions.devices_on(link) + self._inquiries.open(link)

    def use(self, numbers: Numbers) -> None:
        """Other rules for numbers are in force, for the sessions there are as well."""
        self.sign_in.numbers = numbers
        for session in self.sessions:
            session.use(numbers)
        self.following.directory_changed()

    # --- who may control what -----------------------------------------------------------------------------

    def revoked(self, session: Session, text: str) -> None:
        """The directory does not give the user this line any more (following.Host)."""
        self._ending.doom(session, "not_authorized", text)
        self._ending.go_soon()

    def _replace(self, session: Session) -> None:
        """The user has signed in again, and one session is all he may have."""
        self._ending.doom(session, "replaced", "the same user has signed in again for this line")
        self._ending.go_soon()

    # --- end ----------------------------------------------------------------------------------------------

    def refuse(self) -> None:
        """Take no more sessions; those there are go on."""
        self.sign_in.close(self._endpoint.now)
        self._flush()

    def admit(self) -> None:
        """Take sessions again."""
        self.sign_in.reopen()

    def close(self) -> None:
        """Take no more sessions and end those there are, each with BYE."""
        self.refuse()
        for session in list(self.sessions):
            self._ending.doom(session, "drain", "the gateway is stopping; INVITE again")
        self._ending.go()

    def _flush(self) -> None:
        self._endpoint.flush_soon()

    def _failed(self, what: str, error: Exception) -> None:
        _LOG.error("gateway.failed", what=what, exc_info=error)
