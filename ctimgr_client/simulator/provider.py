"""One application's conversation with a CTIManager: frames and time in, frames out (ECMA-354, ECMA-323).

    OPENING --StartApplicationSession--> SESSION                 ┐
    OPENING --SystemRegister or SystemStatus--> REGISTERED       ├--stop, silence, connection gone--> ENDED

Opening. The client's first message decides. StartApplicationSession opens an ECMA-354 session.
SystemRegister, or SystemStatus from the client, is the opening without a session of older switches; for
clients that let the switch speak first, SystemStatus normal is sent when nothing came for `greeting`
seconds. Any other CSTA request before that is refused with stateIncompatibility/generic and opens
nothing.

Silence. Any message is life. An application silent for the granted duration gets
ApplicationSessionTerminated; one without a session is just closed, after the longest duration there is.
Its monitors go with it, calls of phones stay.

A response leaves before the events its service causes. Answers are in the edition of the request, events
in that of the opening. Does not know sockets: it says `wake()` when there is something in `out` or it has
ended.
"""

from collections.abc import Callable
from enum import Enum, auto

from csta_xml import (
    ED3,
    ApplicationSessionTerminated,
    CSTAErrorCode,
    Event,
    InvalidMessage,
    Message,
    MonitorStop,
    ResetApplicationSessionTimer,
    ResetApplicationSessionTimerNegResponse,
    ResetApplicationSessionTimerPosResponse,
    Response,
    Service,
    SessionError,
    SessionTermReason,
    StartApplicationSession,
    StartApplicationSessionNegResponse,
    StartApplicationSessionPosResponse,
    StopApplicationSession,
    StopApplicationSessionNegResponse,
    StopApplicationSessionPosResponse,
    SystemRegister,
    SystemStatus,
    SystemStatusValue,
    UnknownMessage,
    XmlRefused,
    decode_document,
    encode,
    is_csta_edition,
)
from ctimgr_client.frames import EVENT_INVOKE_ID, Frame, FrameTooLong, encode_frame
from ctimgr_client.simulator.application import Application
from ctimgr_client.simulator.ctimanager import CtiManager, Fault
from ctimgr_client.simulator.refused import (
    InvalidParameterValue,
    NoSession,
    Refused,
    ResourceLimitExceeded,
    ServiceNotSupported,
)
from ctimgr_client.simulator.services import serve

BAD_LOGIN = "bad login or password"


class Phase(Enum):
    OPENING = auto()
    SESSION = auto()
    REGISTERED = auto()
    ENDED = auto()


class Provider:
    """`out` holds the frames to be written, until somebody does. `ended`: close once they are written."""

    def __init__(self, cti: CtiManager, now: float, wake: Callable[[], None]) -> None:
        self.cti = cti
        self.out: list[bytes] = []
        self.phase = Phase.OPENING
        self._wake = wake
        self._namespace = ED3
        self._session_id = ""
        self._application: Application | None = None
        self._heard_at = now
        self._patience = cti.limits.opening_timeout
        timers = cti.cluster.timers
        self._greeting = timers.at(now + cti.limits.greeting, self._greet)
        self._watch = timers.at(now + self._patience, self._check)

    @property
    def ended(self) -> bool:
        return self.phase is Phase.ENDED

    def receive(self, frame: Frame, now: float) -> None:
        """One message of the application."""
        if self.ended:
            return
        self.alive(now)
        try:
            document = decode_document(frame.body)
        except UnknownMessage:
            self._say(frame.invoke_id, ServiceNotSupported().answer, self._namespace)
        except InvalidMessage:
            self._say(frame.invoke_id, InvalidParameterValue().answer, self._namespace)
        except XmlRefused:
            self._say(frame.invoke_id, Refused().answer, self._namespace)
        else:
            if isinstance(document.message, Service):
                answer = self._answer(document.message, document.namespace, now)
                self._say(frame.invoke_id, answer, document.namespace)
                self._publish()
        if self.out or self.ended:
            self._wake()

    def alive(self, now: float) -> None:
        """The application's silence begins anew."""
        self._heard_at = now
        self._greeting.cancel()

    def terminate(self, reason: SessionTermReason | str) -> None:
        """End an application's session from this side."""
        if self.phase is Phase.SESSION:
            ended = ApplicationSessionTerminated(session_id=self._session_id, session_term_reason=reason)
            self._say(EVENT_INVOKE_ID, ended, self._namespace)
        self.end()

    def end(self) -> None:
        """The conversation is over, whoever ended it: nothing is kept of the application."""
        if self.ended:
            return
        if self._application is not None:
            self._application.close()
            self.cti.sessions -= 1
        self.phase = Phase.ENDED
        self._watch.cancel()
        self._greeting.cancel()
        self._wake()

    # -- what is asked -------------------------------------------------------------------------------------

    def _answer(self, request: Service, namespace: str, now: float) -> Response | CSTAErrorCode:
        match request:
            case StartApplicationSession():
                return self._start(request, now)
            case StopApplicationSession():
                return self._stop(request)
            case ResetApplicationSessionTimer():
                return self._reset(request)
        try:
            if self.phase is Phase.OPENING and isinstance(request, SystemRegister | SystemStatus):
                if self.cti.is_full:
                    raise ResourceLimitExceeded
                self._open(Phase.REGISTERED, namespace, self.cti.limits.max_duration, now)
            if self._application is None:
                raise NoSession
            return serve(self._application, request, now)
        except Refused as refused:
            return refused.answer

    def _start(self, request: StartApplicationSession, now: float) -> Response:
        edition = next(filter(is_csta_edition, request.protocol_versions), None)
        refusal = self._refusal()
        if refusal is not None:
            return StartApplicationSessionNegResponse(error_code=refusal)
        if edition is None:
            return StartApplicationSessionNegResponse(
                error_code=SessionError.REQUESTED_PROTOCOL_VERSION_NOT_SUPPORTED
            )
        granted = self.cti.limits.granted(request.duration)
        self._open(Phase.SESSION, edition, granted, now)
        return StartApplicationSessionPosResponse(
            session_id=self._session_id, actual_protocol_version=edition, actual_session_duration=granted
        )

    def _refusal(self) -> SessionError | str | None:
        if self.phase is not Phase.OPENING:
            return "a session is open on this connection"
        if self.cti.fault is Fault.BAD_LOGIN:
            return BAD_LOGIN
        return SessionError.MAX_NUMBER_SESSIONS if self.cti.is_full else None

    def _open(self, phase: Phase, namespace: str, patience: float, now: float) -> None:
        self.phase = phase
        self._namespace = namespace
        self._session_id = self.cti.next_session_id()
        self._application = Application(
            self.cti, self._session_id, self._event, self._tell, has_session=phase is Phase.SESSION
        )
        self.cti.sessions += 1
        self._be_patient(patience, now)

    def _stop(self, request: StopApplicationSession) -> Response:
        if request.session_id != self._session_id or self.phase is not Phase.SESSION:
            return StopApplicationSessionNegResponse(error_code=SessionError.INVALID_SESSION_ID)
        self.end()
        return StopApplicationSessionPosResponse()

    def _reset(self, request: ResetApplicationSessionTimer) -> Response:
        if request.session_id != self._session_id or self.phase is not Phase.SESSION:
            return ResetApplicationSessionTimerNegResponse(error_code=SessionError.INVALID_SESSION_ID)
        granted = self.cti.limits.granted(request.requested_session_duration)
        self._be_patient(granted, self._heard_at)
        return ResetApplicationSessionTimerPosResponse(actual_session_duration=granted)

    # -- silence -------------------------------------------------------------------------------------------

    def _be_patient(self, duration: float, now: float) -> None:
        """A longer duration is noticed when the present deadline comes, a shorter one needs a new one."""
        if duration < self._patience:
            self._watch.cancel()
            self._watch = self.cti.cluster.timers.at(now + duration, self._check)
        self._patience = duration

    def _check(self, now: float) -> None:
        deadline = self._heard_at + self._patience
        if self.cti.fault is Fault.HANG:
            deadline = now + self._patience  # it has not looked, so it has not missed anything
        if now < deadline:
            self._watch = self.cti.cluster.timers.at(deadline, self._check)
        else:
            self.terminate(SessionTermReason.SESSION_TIMER_EXPIRED)

    def _greet(self, _now: float) -> None:
        self._say(0, SystemStatus(system_status=SystemStatusValue.NORMAL), self._namespace)
        self._wake()

    # -- what goes out -------------------------------------------------------------------------------------

    def _publish(self) -> None:
        self.cti.monitors.publish(self.cti.cluster.take_facts())

    def _tell(self, news: SystemStatus | MonitorStop) -> None:
        """What is told like an event, though it has an answer. The answer changes nothing."""
        self._say(EVENT_INVOKE_ID, news, self._namespace)
        self._wake()

    def _event(self, event: Event) -> None:
        self.out.append(encode_frame(EVENT_INVOKE_ID, encode(event, self._namespace)))
        self._wake()

    def _say(self, invoke_id: int, message: Message, namespace: str) -> None:
        try:
            frame = encode_frame(invoke_id, encode(message, namespace))
        except FrameTooLong:
            frame = encode_frame(invoke_id, encode(ResourceLimitExceeded().answer, namespace))
        self.out.append(frame)
