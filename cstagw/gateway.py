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
    SystemStatus,
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
from .links import CtiLinks
from .log import get_logger
from .metrics import Metrics
from .monitoring import Monitoring
from .moving import Asked, Moving, needs_a_link
from .pace import Pace
from .session import Forward, Session, SessionIncomplete, StartMonitor, StopMonitor
from .sessions import Sessions
from .sign_in import ACCEPT, CONTENT, NO_SESSION, SignIn, is_csta, retry_after

_OPTIONS = ACCEPT + b"Allow: INVITE, ACK, BYE, CANCEL, INFO, UPDATE, OPTIONS\r\nSupported: timer\r\n"

_LOG = get_logger("cstagw.session")


class Gateway:
    """All sessions of one node: the application of the SIP endpoint and the listener of the CTIManagers."""

    def __init__(
        self,
        *,
        metrics: Metrics,
        max_sessions: int,
        later: Callable[[float, Callable[[], None]], object],
        ready: Callable[[], bool],
        move: bool = False,
    ) -> None:
        self._metrics = metrics
        self._later = later
        self._move = move
        self._max_sessions = max_sessions
        self._ready = ready
        self._goodbyes = Pace(self._bye, self._flush, later)
        self._reports = Pace(self._report, self._flush, later)
        self._statuses: dict[Session, SystemStatusValue] = {}
        self.sessions = Sessions()

    def attach(self, endpoint: Endpoint, links: CtiLinks) -> None:
        """Give the gateway its two sides, once, before anything can happen."""
        self._endpoint = endpoint
        self._agent = endpoint.agent
        self._links = links
        self.monitors = Monitoring(links)
        self.moving = Moving(
            links, self.sessions, self.monitors, self, clock=lambda: endpoint.now, later=self._later
        )
        self._sign_in = SignIn(endpoint, links, self.sessions, self._metrics, self._max_sessions)

    # --- SIP ----------------------------------------------------------------------------------------------

    def sip_event(self, event: SipEvent, now: float) -> None:
        """Take one event of the SIP endpoint."""
        if isinstance(event, InfoReceived):
            self._info(event.dialog, event.transaction, now)
        elif isinstance(event, InviteReceived):
            self._sign_in.invite(event.transaction, now)
        elif isinstance(event, RefreshReceived):
            self._sign_in.refresh(event.dialog, event.transaction, now)
        elif isinstance(event, DialogEnded):
            self._end(event.dialog, event.reason)
        elif isinstance(event, OptionsReceived):
            self._options(event.transaction, now)
        elif isinstance(event, InviteCancelled):
            self._sign_in.cancelled(event.transaction)

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
                self._send(session, event, now)
        except Exception as error:  # noqa: BLE001 - a request must not stay without an answer
            self._failed(operation, error)
            self._agent.reject(transaction, 500, "the answer of the CTIManager could not be used", now)
        self._endpoint.flush_soon()

    def _monitoring(
        self,
        session: Session,
        transaction: ServerTransaction,
        reference: MonitorCrossRefId,
        refused: CSTAErrorCode | None,
    ) -> None:
        message: Message = refused or MonitorStartResponse(monitor_cross_ref_id=reference)
        if refused is not None:
            session.monitor_refused(reference)
        self._answer(session, transaction, "MonitorStart", message, self._endpoint.now)
        self._endpoint.flush_soon()
        if refused is None and not session.seen:
            session.seen = True
            service = SnapshotDevice(snapshot_object=session.appearance.wire)
            self._links.request(session.link, service, partial(self._calls_known, session))

    def _calls_known(self, session: Session, answer: Response | CSTAErrorCode) -> None:
        """Events tell what happens from here on; what was there before, only the CTIManager knows."""
        if isinstance(answer, SnapshotDeviceResponse) and session.monitors:
            session.calls.snapshot(answer)

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
            self._doom(session, "cti_lost", text)
        self._goodbyes.go()

    def system_status(self, link: LinkId, status: SystemStatusValue) -> None:
        """The CTIManager says how it is: its clients are told, each once with the last that was said."""
        for session in self.sessions.on_link(link):
            if session not in self._statuses:
                self._reports.add(session)
            self._statuses[session] = status
        self._reports.go_soon()

    def _report(self, session: Session) -> None:
        self._send(session, SystemStatus(system_status=self._statuses.pop(session)), self._endpoint.now)

    def monitor_ended(self, link: LinkId, reference: MonitorCrossRefId) -> None:
        """The line is not ours to watch any more here: its clients move or learn it, rather than being told
        nothing."""
        sessions = [session for session, _ in self.monitors.ended(link, reference)]
        if self._move:
            self.moving.begin(session for session in sessions if not session.moving)
            return
        for session in sessions:
            self._doom(session, "cti_lost", f"CTIManager {link.name} stopped the monitor; INVITE again")
        self._goodbyes.go_soon()

    def event(self, link: LinkId, event: Event) -> None:
        """An event of a monitor: to every session that watches the line over this link."""
        now = self._endpoint.now
        for session, reference in self.monitors.watching(link, event):
            try:
                shown = session.event(reference, event)
                if shown is not None:
                    self._send(session, shown, now)
            except SessionIncomplete as error:
                self._doom(session, "error", str(error))
                self._goodbyes.go_soon()
            except Exception as error:  # noqa: BLE001 - one session's trouble is not another's
                self._failed(type(event).__name__, error)
                self._doom(session, "error", "an event could not be delivered")
                self._goodbyes.go_soon()

    def events_flushed(self, link: LinkId) -> None:
        """What one read of the link brought is complete: write it out."""
        self._endpoint.flush_soon()

    def _send(self, session: Session, event: Event | SystemStatus, now: float) -> None:
        dialog = self.sessions.dialog_of(session)
        if dialog is None or session.ended:
            return
        body = encode(event, session.namespace)
        if self._agent.request(dialog, b"INFO", now, headers=CONTENT, body=body):
            self._metrics.csta_event(type(event).__name__)
        else:
            # A session with a gap is worse than none: its client would show calls that are over.
            self._doom(session, "peer_lost", "an event could not be delivered")
            self._goodbyes.go_soon()

    def arrived(self, session: Session, missed: list[Event], waiting: list[Asked]) -> None:
        """A moved session is served again (moving.Host)."""
        self._metrics.session_moved()
        _LOG.debug("session.moved", session=session.id, cti=session.link.name, missed=len(missed))
        try:
            self._tell_missed(session, missed)
        except Exception as error:  # noqa: BLE001 - one session's trouble is not another's
            self._failed("move", error)
            self._doom(session, "error", "what happened meanwhile could not be told")
            self._goodbyes.go_soon()
        for transaction, service in waiting:
            if session.ended:
                self._agent.reject(transaction, 481, NO_SESSION, self._endpoint.now)
            else:
                self._serve(session, transaction, service, self._endpoint.now)
        self._flush()

    def _tell_missed(self, session: Session, missed: list[Event]) -> None:
        now = self._endpoint.now
        for event in missed:
            for reference in list(session.monitors):
                shown = session.event(reference, event)
                if shown is not None:
                    self._send(session, shown, now)
        for shown in session.take_backlog():
            self._send(session, shown, now)

    def waited(self, session: Session, asked: Asked) -> None:
        """A request has waited too long for its session to arrive (moving.Host)."""
        transaction, service = asked
        operation = type(service).__name__
        self._answer(session, transaction, operation, errors.OUT_OF_SERVICE, self._endpoint.now)
        self._flush()

    def stranded(self, session: Session, text: str) -> None:
        """No CTIManager took a session that had to move (moving.Host)."""
        self._doom(session, "cti_lost", f"{text}; INVITE again")
        self._goodbyes.go_soon()

    def load(self, link: LinkId) -> int:
        """What a link carries, those included who are about to be let in."""
        return self.sessions.devices_on(link) + self._sign_in.asking(link)

    # --- end ----------------------------------------------------------------------------------------------

    def refuse(self) -> None:
        """Take no more sessions; those there are go on."""
        self._sign_in.close(self._endpoint.now)
        self._flush()

    def admit(self) -> None:
        """Take sessions again."""
        self._sign_in.reopen()

    def close(self) -> None:
        """Take no more sessions and end those there are, each with BYE."""
        self.refuse()
        for session in list(self.sessions):
            self._doom(session, "drain", "the gateway is stopping; INVITE again")
        self._goodbyes.go()

    def _doom(self, session: Session, reason: str, text: str) -> None:
        """The session is over for us; its client learns it by the BYE, or by a 481 if it is faster."""
        dialog = self.sessions.dialog_of(session)
        if dialog is not None and not session.ended:
            self._agent.doom(dialog, text)
            self._finish(session, dialog, reason)
            self._goodbyes.add(session)

    def _end(self, dialog: Dialog, reason: str) -> None:
        session = self.sessions.remove(dialog)
        if session is not None:
            self._finish(session, dialog, reason)

    def _finish(self, session: Session, dialog: Dialog, reason: str) -> None:
        for transaction, _ in self.moving.forget(session):
            self._agent.reject(transaction, 481, NO_SESSION, self._endpoint.now)
        if session.ended:
            return
        session.ended = reason
        self.monitors.leave_all(session)
        self._metrics.session_ended(reason)
        _LOG.info(
            "session.ended",
            session=session.id,
            call_id=dialog.call_id.decode("utf-8", "replace"),
            user=session.user,
            line=session.line.text,
            cti=session.link.name,
            reason=reason,
            text=dialog.doomed,
            seconds=round(self._endpoint.now - session.started, 3),
        )

    def _bye(self, session: Session) -> None:
        dialog = self.sessions.dialog_of(session)
        if dialog is not None:
            self._agent.bye(dialog, self._endpoint.now, status=480, text=dialog.doomed)
            self._end(dialog, session.ended)

    def _flush(self) -> None:
        self._endpoint.flush_soon()

    def _failed(self, what: str, error: Exception) -> None:
        _LOG.error("gateway.failed", what=what, exc_info=error)
