"""One link: the application session on one TCP connection to a CTIManager, as a state machine.

    OPENING --session granted, or registered--> OPEN --stop--> STOPPING --> CLOSED     (lost: CLOSED)

We send StartApplicationSession (ECMA-354). A foreign switch without sessions speaks first, with
SystemStatus: it gets its answer and a SystemRegister (ECMA-323), and the answer to that opens the link as
well. Whichever of the two answers comes first counts.

Knows messages, invoke ids and times as numbers. Does not know sockets, other links or who asks. What is to be
done is returned as effects; time comes in as `now`.
"""

from dataclasses import dataclass
from enum import Enum, auto
from math import inf

from csta_xml import (
    ED3,
    ApplicationSessionTerminated,
    CSTAErrorCode,
    Event,
    InvalidMessage,
    Message,
    MonitorCrossRefId,
    MonitorStartResponse,
    MonitorStop,
    MonitorStopResponse,
    RequestSystemStatus,
    RequestSystemStatusResponse,
    ResetApplicationSessionTimer,
    ResetApplicationSessionTimerNegResponse,
    ResetApplicationSessionTimerPosResponse,
    Response,
    Service,
    StartApplicationSession,
    StartApplicationSessionNegResponse,
    StartApplicationSessionPosResponse,
    StopApplicationSession,
    SystemRegister,
    SystemRegisterAbort,
    SystemRegisterResponse,
    SystemStatus,
    SystemStatusResponse,
    SystemStatusValue,
    UnknownMessage,
    XmlRefused,
    decode_document,
    encode,
    is_csta_edition,
)
from ctimgr_client.address import CtiManagerAddress
from ctimgr_client.answers import (
    NOT_SUPPORTED,
    RESOURCE_BUSY,
    RESOURCE_OUT_OF_SERVICE,
    STATE_OF,
    TOO_LONG,
    UNREADABLE,
    may_be_answer,
    refusal,
    said_by_bridge,
)
from ctimgr_client.devices import from_wire, to_wire
from ctimgr_client.effects import (
    Answered,
    Arrived,
    Close,
    Effect,
    Lost,
    MonitorEnded,
    Opened,
    Send,
    StateChanged,
    StatusReported,
    Unreadable,
    Wake,
)
from ctimgr_client.failures import link_down
from ctimgr_client.frames import EVENT_INVOKE_ID, MAX_BODY_SIZE, Frame, encode_frame
from ctimgr_client.heartbeat import Heartbeat
from ctimgr_client.listener import Answer, Reply
from ctimgr_client.requests import MAX_OUTSTANDING, OpenRequests, Unexpected
from ctimgr_client.status import Counters, LinkState


class _Phase(Enum):
    OPENING = auto()
    OPEN = auto()
    STOPPING = auto()
    CLOSED = auto()


@dataclass(frozen=True, slots=True)
class _Asked:
    """A request on its way: of the gateway with its `reply`, or of the link itself."""

    service: Service
    reply: Reply | None


class Link:
    """Frames and time in, effects out. Every public method may be called in every phase."""

    def __init__(
        self,
        address: CtiManagerAddress,
        *,
        application_id: str,
        interval: float,
        request_timeout: float,
        counters: Counters,
        secret: str | None = None,
    ) -> None:
        self._address = address
        self._secret = secret
        self._application_id = application_id
        self._heartbeat = Heartbeat(interval)
        self._timeout = request_timeout
        self._counters = counters
        self._requests: OpenRequests[_Asked] = OpenRequests(request_timeout, counters)
        self._phase = _Phase.OPENING
        self._state = LinkState.IN_SERVICE
        self._said = SystemStatusValue.NORMAL
        self._namespace = ED3
        self._session_id: str | None = None
        self._registering = False
        self._opening_until = inf
        self._unwanted: set[MonitorCrossRefId] = set()  # each is waited for in `_requests`
        self._wake_at = inf
        self.requests_in_flight = 0
        self.heartbeat_rtt: float | None = None

    def __repr__(self) -> str:
        return f"<Link {self._address.name} {self._phase.name} session={self._session_id} {self._requests!r}>"

    # What the shell and the gateway do

    def start(self, now: float) -> list[Effect]:
        """The connection stands: open the session."""
        self._heartbeat.heard(now)
        self._opening_until = now + self._timeout
        start = StartApplicationSession(
            application_id=self._application_id,
            user=self._application_id if self._secret else None,
            password=self._secret,
            protocol_versions=(ED3,),
            duration=self._heartbeat.duration,
        )
        return self._and_wake([self._ask(start, now)])

    def request(self, service: Service, reply: Reply, now: float, *, choked: bool = False) -> list[Effect]:
        """Send a service, or answer it with an error. `choked`: the CTIManager reads too slowly."""
        if self._phase is not _Phase.OPEN:
            return [Answered(reply, RESOURCE_OUT_OF_SERVICE)]
        if choked or self.requests_in_flight >= MAX_OUTSTANDING:
            self._counters.requests_refused += 1
            return [Answered(reply, RESOURCE_BUSY)]
        xml = encode(to_wire(service, self._address.device_format), self._namespace)
        if len(xml) > MAX_BODY_SIZE:
            return [Answered(reply, TOO_LONG)]
        self._counters.requests += 1
        self.requests_in_flight += 1
        invoke_id = self._requests.add(_Asked(service, reply), now)
        return self._and_wake([Send(encode_frame(invoke_id, xml))])

    def heard(self, now: float) -> None:
        """Anything was received, be it half a frame: the far side is alive."""
        self._heartbeat.heard(now)

    def receive(self, frame: Frame, now: float) -> list[Effect]:
        """One frame of the CTIManager."""
        if self._phase is _Phase.CLOSED:
            return []
        try:
            document = decode_document(frame.body)
        except (XmlRefused, UnknownMessage, InvalidMessage) as error:
            return self._unreadable(frame.invoke_id, error)
        message = document.message
        if isinstance(message, Event):
            return self._event(message)
        if isinstance(message, Response | CSTAErrorCode):
            return self._and_wake(self._answer(frame.invoke_id, message, now))
        return self._and_wake(self._asked(frame.invoke_id, message, document.namespace, now))

    def wake(self, now: float) -> list[Effect]:
        """Do what is due at this time."""
        self._wake_at = inf
        if self._phase is _Phase.OPENING and now >= self._opening_until:
            return self.lose("no_answer")
        if self._phase is not _Phase.OPEN:
            return self._and_wake([])
        if self._heartbeat.is_silent(now):
            return self.lose("silent")
        effects = self._time_out(now)
        if self._heartbeat.is_due(now):
            effects.append(self._ask(self._sign_of_life(), now))
        return self._and_wake(effects)

    def lose(self, reason: str, detail: str = "") -> list[Effect]:
        """The connection is gone or of no more use; the second time nothing happens."""
        phase, self._phase = self._phase, _Phase.CLOSED
        if phase is _Phase.CLOSED:
            return []
        if phase is _Phase.STOPPING:
            return [Close()]
        return [self._lost(reason, detail), Close()]

    def stop(self, now: float) -> list[Effect]:
        """End the session in good order: Close follows with its answer."""
        if self._phase is not _Phase.OPEN or self._session_id is None:
            return self.lose("stopped")
        self._phase = _Phase.STOPPING
        lost = self._lost("stopped")
        return [lost, self._ask(StopApplicationSession(session_id=self._session_id), now)]

    # What the CTIManager says

    def _unreadable(
        self, invoke_id: int, error: XmlRefused | UnknownMessage | InvalidMessage
    ) -> list[Effect]:
        """One bad document is no reason to lose a link; who waits for it need not wait for the time-out."""
        self._counters.bad_messages += 1
        effects: list[Effect] = [Unreadable(str(error))]
        if invoke_id != EVENT_INVOKE_ID and may_be_answer(error):
            request = self._requests.answered(invoke_id)
            if not isinstance(request, Unexpected):
                effects += self._deliver(request.what, UNREADABLE)
        return effects

    def _event(self, event: Event) -> list[Effect]:
        if self._phase is not _Phase.OPEN or event.monitor_cross_ref_id in self._unwanted:
            return []
        self._counters.events += 1
        return [Arrived(from_wire(event, self._address.device_format))]

    def _answer(self, invoke_id: int, answer: Answer, now: float) -> list[Effect]:
        request = self._requests.answered(invoke_id)
        if isinstance(request, Unexpected):
            return self._nobody_waits(answer, now) if request is Unexpected.LATE else []
        if request.what.reply is not None:
            return self._deliver(request.what, from_wire(answer, self._address.device_format))
        return self._own_answer(request.what.service, answer, now, now - request.sent_at)

    def _nobody_waits(self, late: Answer, now: float) -> list[Effect]:
        """Whoever asked was told that it failed: a monitor that was started after all must not stay."""
        if self._phase is not _Phase.OPEN or not isinstance(late, MonitorStartResponse):
            return []
        self._unwanted.add(late.monitor_cross_ref_id)
        return [self._ask(MonitorStop(monitor_cross_ref_id=late.monitor_cross_ref_id), now)]

    def _own_answer(self, service: Service, answer: Answer, now: float, took: float) -> list[Effect]:
        if isinstance(service, MonitorStop):
            self._unwanted.discard(service.monitor_cross_ref_id)
            return []
        match answer:
            case StartApplicationSessionPosResponse():
                return self._session_granted(answer, now)
            case StartApplicationSessionNegResponse():
                return self.lose(*refusal(answer))
            case SystemRegisterResponse():
                return self._opened(now)
            case ResetApplicationSessionTimerPosResponse():
                self.heartbeat_rtt = took
                self._heartbeat.granted(answer.actual_session_duration, now)
                return []
            case ResetApplicationSessionTimerNegResponse():
                return self.lose("session_expired", answer.error_code)
            case RequestSystemStatusResponse():
                self.heartbeat_rtt = took
                return self._status_is(answer.system_status)
            case CSTAErrorCode():
                return self._own_refused(service, answer, took)
            case _:
                return self.lose("stopped") if self._phase is _Phase.STOPPING else []

    def _own_refused(self, service: Service, error: CSTAErrorCode, took: float) -> list[Effect]:
        if isinstance(service, RequestSystemStatus):
            self.heartbeat_rtt = took
            return []
        if isinstance(service, StartApplicationSession) and (self._registering or self._phase is _Phase.OPEN):
            return []  # a switch without sessions refuses the session and goes on with the registration
        if isinstance(service, ResetApplicationSessionTimer):
            return self.lose("session_expired", f"{error.category}/{error.value}")
        return self.lose(*refusal(error))

    def _asked(self, invoke_id: int, message: Message, namespace: str, now: float) -> list[Effect]:
        match message:
            case ApplicationSessionTerminated():
                said = said_by_bridge(message.session_term_reason)
                return self.lose(*(said or ("session_terminated", message.session_term_reason)))
            case SystemStatus():
                register = self._register(namespace, now)
                response = self._reply(invoke_id, SystemStatusResponse())
                return [response, *register, *self._reported(message.system_status)]
            case RequestSystemStatus():
                normal = RequestSystemStatusResponse(system_status=SystemStatusValue.NORMAL)
                return [self._reply(invoke_id, normal)]
            case MonitorStop():
                stopped = self._reply(invoke_id, MonitorStopResponse())
                return [stopped, MonitorEnded(message.monitor_cross_ref_id)]
            case SystemRegisterAbort():
                return []  # has no response; heartbeats ask for the status anyway
            case _:
                return [self._reply(invoke_id, NOT_SUPPORTED)]

    # Opening, heartbeat, time-outs

    def _register(self, namespace: str, now: float) -> list[Effect]:
        if self._registering or self._phase is not _Phase.OPENING:
            return []
        self._registering = True
        self._namespace = namespace
        return [self._ask(SystemRegister(request_types=frozenset({"systemStatus"})), now)]

    def _session_granted(self, answer: StartApplicationSessionPosResponse, now: float) -> list[Effect]:
        self._session_id = answer.session_id
        if is_csta_edition(answer.actual_protocol_version):
            self._namespace = answer.actual_protocol_version
        self._heartbeat.granted(answer.actual_session_duration, now)
        return self._opened(now)

    def _opened(self, now: float) -> list[Effect]:
        if self._phase is not _Phase.OPENING:
            return []
        self._phase = _Phase.OPEN
        self._heartbeat.start(now)
        return [Opened(self._state)]

    def _status_is(self, status: SystemStatusValue) -> list[Effect]:
        state = STATE_OF.get(status, self._state)
        if state is LinkState.OUT_OF_SERVICE:
            return self.lose("disabled")
        changed = state is not self._state
        self._state = state
        return [StateChanged(state)] if changed and self._phase is _Phase.OPEN else []

    def _reported(self, status: SystemStatusValue) -> list[Effect]:
        said, self._said = self._said, status
        effects = self._status_is(status)
        news = self._phase is _Phase.OPEN and status is not said
        return [*effects, StatusReported(status)] if news else effects

    def _sign_of_life(self) -> Service:
        if self._session_id is None:
            return RequestSystemStatus()
        return ResetApplicationSessionTimer(
            session_id=self._session_id, requested_session_duration=self._heartbeat.duration
        )

    def _time_out(self, now: float) -> list[Effect]:
        effects: list[Effect] = []
        for asked in self._requests.expire(now):
            if asked.reply is not None:
                self._counters.request_timeouts += 1
            elif isinstance(asked.service, ResetApplicationSessionTimer | RequestSystemStatus):
                self._counters.heartbeats_missed += 1
            elif isinstance(asked.service, MonitorStop):
                self._unwanted.discard(asked.service.monitor_cross_ref_id)
            effects += self._deliver(asked, RESOURCE_OUT_OF_SERVICE)
        return effects

    # What goes out

    def _ask(self, service: Service, now: float) -> Send:
        invoke_id = self._requests.add(_Asked(service, None), now)
        return Send(encode_frame(invoke_id, encode(service, self._namespace)))

    def _reply(self, invoke_id: int, answer: Answer) -> Send:
        return Send(encode_frame(invoke_id, encode(answer, self._namespace)))

    def _deliver(self, asked: _Asked, answer: Answer) -> list[Effect]:
        if asked.reply is None:
            return []
        self.requests_in_flight -= 1
        return [Answered(asked.reply, answer)]

    def _lost(self, reason: str, detail: str = "") -> Lost:
        unanswered = tuple(asked.reply for asked in self._requests.clear() if asked.reply is not None)
        self.requests_in_flight = 0
        return Lost(link_down(reason, self._address, detail), unanswered)

    def _and_wake(self, effects: list[Effect]) -> list[Effect]:
        """Ask for a call of `wake` when something is due earlier than what was asked for so far."""
        at = self._deadline()
        if at < self._wake_at:
            self._wake_at = at
            effects.append(Wake(at))
        return effects

    def _deadline(self) -> float:
        if self._phase is _Phase.OPENING:
            return self._opening_until
        if self._phase is _Phase.OPEN:
            return min(self._heartbeat.deadline(), self._requests.deadline())
        return inf
