"""One application's conversation with a server: frames and time in, frames out (ECMA-354, ECMA-323).

    OPENING --StartApplicationSession--> SESSION                 ┐
    OPENING --SystemRegister or SystemStatus--> REGISTERED       ├--stop, silence, connection gone--> ENDED

Opening. The client's first message decides. StartApplicationSession opens an ECMA-354 session.
SystemRegister, or SystemStatus from the client, is the opening without a session of older switches; for
clients that let the switch speak first, SystemStatus normal is sent when nothing came for `greeting`
seconds and they would be let in. Any other CSTA request before that is refused with
stateIncompatibility/generic and opens nothing.

Silence. Any message is life. An application silent for the granted duration gets
ApplicationSessionTerminated; one without a session is just closed, after the longest duration there is.
Its monitors go with it, calls of phones stay.

Answers are in the edition of the request, events in that of the opening; an answer may come later, in any
order. Does not know sockets: it says `wake()` when there is something in `out` or it has ended. Does not know
what is served either: a server derives its own conversation and says who is let in and how he is answered.
"""

from abc import ABC, abstractmethod
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
from ctimgr_client.serving.limits import Limits
from ctimgr_client.serving.refused import (
    InvalidParameterValue,
    NoSession,
    Refused,
    ResourceBusy,
    ResourceLimitExceeded,
    ServiceNotSupported,
)
from ctimgr_client.serving.timers import Timers

Answer = Response | CSTAErrorCode
Reply = Callable[[Answer], None]

#: As many requests may wait for their answer; clients of ours have no more open.
MAX_UNANSWERED = 1000


class Phase(Enum):
    OPENING = auto()
    SESSION = auto()
    REGISTERED = auto()
    ENDED = auto()


class Conversation(ABC):
    """`out` holds the frames to be written, until somebody does. `ended`: close once they are written."""

    def __init__(self, limits: Limits, timers: Timers, now: float, wake: Callable[[], None]) -> None:
        self.limits = limits
        self.out: list[bytes] = []
        self.phase = Phase.OPENING
        self._timers = timers
        self._wake = wake
        self._namespace = ED3
        self._session_id = ""
        self._unanswered = 0
        self._heard_at = now
        self._patience = limits.opening_timeout
        self._greeting = timers.at(now + limits.greeting, self._greet)
        self._watch = timers.at(now + self._patience, self._check)

    # -- what a server says of itself ----------------------------------------------------------------------

    @abstractmethod
    def refusal(self, start: StartApplicationSession | None) -> SessionError | str | None:
        """Why nobody is let in now, or this one is not; None: he is. `start` is None without a session."""

    @abstractmethod
    def opened(self) -> str:
        """Somebody was let in: the name of his session."""

    @abstractmethod
    def closed(self) -> None:
        """Whoever was let in is gone: nothing is kept of him."""

    @abstractmethod
    def serve(self, request: Service, reply: Reply, now: float) -> None:
        """Do what is asked and reply once, now or later; or raise Refused."""

    def is_asleep(self) -> bool:
        """Whether the server has not looked for messages, so that nobody can be blamed for silence."""
        return False

    # -- what its surroundings do --------------------------------------------------------------------------

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
                self._asked(document.message, frame.invoke_id, document.namespace, now)
        if self.out or self.ended:
            self._wake()

    def alive(self, now: float) -> None:
        """The application's silence begins anew."""
        self._heard_at = now
        self._greeting.cancel()

    def tell(self, news: SystemStatus | MonitorStop) -> None:
        """What is told like an event, though it has an answer. The answer changes nothing."""
        self._say(EVENT_INVOKE_ID, news, self._namespace)
        self._wake()

    def deliver(self, event: Event) -> None:
        """An event of a monitor of this application."""
        self.out.append(encode_frame(EVENT_INVOKE_ID, encode(event, self._namespace)))
        self._wake()

    def terminate(self, reason: SessionTermReason | str) -> None:
        """End an application's session from this side."""
        if self.phase is Phase.SESSION:
            ended = ApplicationSessionTerminated(session_id=self._session_id, session_term_reason=reason)
            self._say(EVENT_INVOKE_ID, ended, self._namespace)
        self.end()

    def end(self) -> None:
        """The conversation is over, whoever ended it."""
        if self.ended:
            return
        had_entered = self.phase is not Phase.OPENING
        self.phase = Phase.ENDED
        if had_entered:
            self.closed()
        self._watch.cancel()
        self._greeting.cancel()
        self._wake()

    # -- what is asked -------------------------------------------------------------------------------------

    def _asked(self, request: Service, invoke_id: int, namespace: str, now: float) -> None:
        match request:
            case StartApplicationSession():
                self._say(invoke_id, self._start(request, now), namespace)
            case StopApplicationSession():
                self._say(invoke_id, self._stop(request), namespace)
            case ResetApplicationSessionTimer():
                self._say(invoke_id, self._reset(request), namespace)
            case _:
                self._serve(request, invoke_id, namespace, now)

    def _serve(self, request: Service, invoke_id: int, namespace: str, now: float) -> None:
        answered = False

        def reply(answer: Answer) -> None:
            nonlocal answered
            if not answered:
                answered = True
                self._unanswered -= 1
                if not self.ended:
                    self._say(invoke_id, answer, namespace)
                    self._wake()

        self._unanswered += 1
        try:
            if self._unanswered > MAX_UNANSWERED:
                raise ResourceBusy
            if self.phase is Phase.OPENING:
                self._register(request, namespace, now)
            self.serve(request, reply, now)
        except Refused as refused:
            reply(refused.answer)

    def _register(self, request: Service, namespace: str, now: float) -> None:
        """The opening without a session. A refusal cannot say much there."""
        if not isinstance(request, SystemRegister | SystemStatus):
            raise NoSession
        refusal = self.refusal(None)
        if refusal is SessionError.MAX_NUMBER_SESSIONS:
            raise ResourceLimitExceeded
        if refusal is not None:
            raise NoSession
        self._open(Phase.REGISTERED, namespace, self.limits.max_duration, now)

    def _start(self, request: StartApplicationSession, now: float) -> Response:
        edition = next(filter(is_csta_edition, request.protocol_versions), None)
        opening = self.phase is Phase.OPENING
        refusal = self.refusal(request) if opening else "a session is open on this connection"
        if refusal is not None:
            return StartApplicationSessionNegResponse(error_code=refusal)
        if edition is None:
            return StartApplicationSessionNegResponse(
                error_code=SessionError.REQUESTED_PROTOCOL_VERSION_NOT_SUPPORTED
            )
        granted = self.limits.granted(request.duration)
        self._open(Phase.SESSION, edition, granted, now)
        return StartApplicationSessionPosResponse(
            session_id=self._session_id, actual_protocol_version=edition, actual_session_duration=granted
        )

    def _open(self, phase: Phase, namespace: str, patience: float, now: float) -> None:
        self.phase = phase
        self._namespace = namespace
        self._session_id = self.opened()
        self._be_patient(patience, now)

    def _stop(self, request: StopApplicationSession) -> Response:
        if request.session_id != self._session_id or self.phase is not Phase.SESSION:
            return StopApplicationSessionNegResponse(error_code=SessionError.INVALID_SESSION_ID)
        self.end()
        return StopApplicationSessionPosResponse()

    def _reset(self, request: ResetApplicationSessionTimer) -> Response:
        if request.session_id != self._session_id or self.phase is not Phase.SESSION:
            return ResetApplicationSessionTimerNegResponse(error_code=SessionError.INVALID_SESSION_ID)
        granted = self.limits.granted(request.requested_session_duration)
        self._be_patient(granted, self._heard_at)
        return ResetApplicationSessionTimerPosResponse(actual_session_duration=granted)

    # -- silence -------------------------------------------------------------------------------------------

    def _be_patient(self, duration: float, now: float) -> None:
        """A longer duration is noticed when the present deadline comes, a shorter one needs a new one."""
        if duration < self._patience:
            self._watch.cancel()
            self._watch = self._timers.at(now + duration, self._check)
        self._patience = duration

    def _check(self, now: float) -> None:
        deadline = self._heard_at + self._patience
        if self.is_asleep():
            deadline = now + self._patience  # it has not looked, so it has not missed anything
        if now < deadline:
            self._watch = self._timers.at(deadline, self._check)
        else:
            self.terminate(SessionTermReason.SESSION_TIMER_EXPIRED)

    def _greet(self, _now: float) -> None:
        if self.refusal(None) is not None:
            return
        self._say(0, SystemStatus(system_status=SystemStatusValue.NORMAL), self._namespace)
        self._wake()

    # -- what goes out -------------------------------------------------------------------------------------

    def _say(self, invoke_id: int, message: Message, namespace: str) -> None:
        try:
            frame = encode_frame(invoke_id, encode(message, namespace))
        except FrameTooLong:
            frame = encode_frame(invoke_id, encode(ResourceLimitExceeded().answer, namespace))
        self.out.append(frame)
