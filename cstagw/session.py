"""One CSTA application session: what a service means for its line, and what an event means for its monitors.

Values in, values out: no sockets, no bytes, no time of day. A session is bound to one line appearance and one
link at a time.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field, fields, replace
from typing import TypeAlias

from csta_xml import (
    CallClearedEvent,
    CallId,
    ConnectionId,
    CSTAErrorCode,
    DeviceId,
    Event,
    GetCSTAFeatures,
    GetCSTAFeaturesResponse,
    LocalConnectionState,
    Message,
    MonitorCrossRefId,
    MonitorStart,
    MonitorStop,
    MonitorStopResponse,
    MonitorType,
    RequestSystemStatus,
    RequestSystemStatusResponse,
    Response,
    Service,
    SnapshotDeviceResponse,
    SystemStatusValue,
    rewrite,
)
from ctimgr_client import LinkId

from . import errors
from .calls import LineCalls
from .errors import BadNumber
from .holding import HeldTooMany, Holding
from .identity import LineAppearance, LineUri, Translator
from .numbers import NO_RULES, Numbers
from .services import CAPABILITIES, EVENTS, RULES, Rule, features, offered

#: Monitors one session may have; clients are known to use one.
MAX_MONITORS = 4
#: Events that wait while a session moves; its last snapshot is answered in a moment.
MAX_BACKLOG = 256


class SessionIncomplete(Exception):
    """The session cannot give its client every event any more, so it has to end where the client sees it."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Answer the service with this at once."""

    message: Message


@dataclass(frozen=True, slots=True)
class Forward:
    """Send this to the session's link; give what comes back to `Session.answered`."""

    service: Service


@dataclass(frozen=True, slots=True)
class StartMonitor:
    """Join the monitor of the line appearance under this reference, then answer."""

    reference: MonitorCrossRefId
    monitor_type: MonitorType


@dataclass(frozen=True, slots=True)
class StopMonitor:
    """Leave the monitor under this reference; the client has its answer already."""

    reference: MonitorCrossRefId
    message: Message


Effect: TypeAlias = Answer | Forward | StartMonitor | StopMonitor


@dataclass(frozen=True, slots=True)
class Subscription:
    """One MonitorStart of the client: of its device or of the device's calls, less the events `kept_back`."""

    monitor_type: MonitorType
    kept_back: frozenset[str]


@dataclass(slots=True, eq=False)
class Session:
    """`id` names it in logs and in its cross reference ids; `namespace` is the edition its client speaks;
    `features` is what the CTIManager says that the line can do, None where it does not say; `owner` is the
    user as users are compared, `rule` says how the appearance was chosen; `moving` while it is bound anew and
    a snapshot is to come, with a `backlog` of the events since the snapshot; `seen` once a snapshot of its
    line was asked for; `asked` counts what the CTIManager has not answered yet; `ended` says why it is over,
    empty while it is not.
    """

    id: str
    user: str
    line: LineUri
    appearance: LineAppearance
    link: LinkId
    namespace: str
    started: float
    features: GetCSTAFeaturesResponse | None = None
    owner: str = ""
    rule: str = ""
    numbers: Numbers = NO_RULES
    translator: Translator = field(init=False)
    calls: LineCalls = field(init=False)
    monitors: dict[MonitorCrossRefId, Subscription] = field(default_factory=dict)
    moving: bool = False
    seen: bool = False
    asked: int = 0
    backlog: deque[tuple[MonitorCrossRefId, Event]] | None = None
    ended: str = ""
    _offered: frozenset[str] | None = None
    _references: int = 0
    _holding: Holding = field(default_factory=Holding)

    def __post_init__(self) -> None:
        self.translator = Translator(self.line, self.appearance, self.numbers)
        self.calls = LineCalls(self.is_line)
        if self.features is not None:
            self.learn(self.features)

    def learn(self, answer: GetCSTAFeaturesResponse | None) -> None:
        """What the CTIManager says that the line can do from now on; None where it does not say."""
        self.features = features(answer) if answer is not None else None
        self._offered = offered(self.features) if self.features is not None else None

    def bind(self, link: LinkId, appearance: LineAppearance) -> None:
        """It goes on over this link and at this appearance; its client's words stay the same."""
        self.link = link
        if appearance != self.appearance:
            self.appearance = appearance
            self.translator = Translator(self.line, appearance, self.numbers)

    def use(self, numbers: Numbers) -> None:
        """Other rules for numbers are in force."""
        self.numbers = numbers
        self.translator = Translator(self.line, self.appearance, numbers)

    @property
    def is_free(self) -> bool:
        """Nothing is going on at its appearance that a change of the appearance would disturb."""
        return not (self.asked or self.moving or self.calls.busy)

    # --- services -------------------------------------------------------------------------------------------

    def request(self, service: Service) -> Effect:
        """Decide what a service of the client needs."""
        effect = self._decide(service)
        if isinstance(effect, Forward | StartMonitor):
            self.asked += 1
        return effect

    def _decide(self, service: Service) -> Effect:
        rule = RULES.get(type(service))
        if rule is not None:
            return self._forward(service, rule)
        if isinstance(service, RequestSystemStatus):
            return Answer(RequestSystemStatusResponse(system_status=SystemStatusValue.NORMAL))
        if isinstance(service, GetCSTAFeatures):
            return self._get_features(service)
        if isinstance(service, MonitorStart):
            return self._start_monitor(service)
        if isinstance(service, MonitorStop):
            return self._stop_monitor(service)
        return Answer(errors.SERVICE_NOT_SUPPORTED)

    def answered(self, service: Service, answer: Response | CSTAErrorCode) -> tuple[Message, list[Event]]:
        """What the CTIManager answered, as the client gets it, and events that had to wait for it."""
        self.asked -= 1
        rule = RULES.get(type(service))
        released = self._release(answer) if rule is not None and rule.creates_call else []
        if isinstance(answer, GetCSTAFeaturesResponse):
            self.learn(answer)
            return features(answer), released
        if isinstance(answer, SnapshotDeviceResponse) and self.monitors:
            self.calls.snapshot(answer)
        if isinstance(answer, Response):
            return rewrite(answer, self.translator.to_client), released
        return answer, released

    def monitor_answered(self, reference: MonitorCrossRefId, *, refused: bool) -> None:
        """The monitor was started, or could not be."""
        self.asked -= 1
        if refused:
            self.monitors.pop(reference, None)

    # --- events ---------------------------------------------------------------------------------------------

    def event(self, reference: MonitorCrossRefId, event: Event) -> Event | None:
        """An event of the line for one of the session's monitors, as the client gets it; None for one that
        is filtered out or held back until the response that tells the client of the call. Raises
        SessionIncomplete."""
        subscription = self.monitors.get(reference)
        rule = EVENTS.get(type(event))
        if subscription is None or rule is None:
            return None
        if self.moving:
            self._on_the_way(reference, event)
            return None
        connection = getattr(event, rule.connection) if rule.connection else None
        call = connection.call_id if isinstance(connection, ConnectionId) else None
        if call is not None and self._holding.waits(call, incoming=_is_incoming(event)):
            try:
                self._holding.keep(call, (reference, event))
            except HeldTooMany as error:
                raise SessionIncomplete(str(error)) from None
            return None
        if isinstance(connection, ConnectionId):
            self.calls.event(event, connection)
        if rule.flag in subscription.kept_back:
            return None
        if isinstance(event, CallClearedEvent) and subscription.monitor_type is not MonitorType.CALL:
            return None  # the monitor of a device learns the end from ConnectionCleared
        return self._present(reference, event)

    def _present(self, reference: MonitorCrossRefId, event: Event) -> Event:
        return replace(rewrite(event, self.translator.to_client), monitor_cross_ref_id=reference)

    def _on_the_way(self, reference: MonitorCrossRefId, event: Event) -> None:
        """What happens before the snapshot is in it; what happens afterwards waits until that is told."""
        if self.backlog is None:
            return
        if len(self.backlog) >= MAX_BACKLOG:
            raise SessionIncomplete(f"more than {MAX_BACKLOG} events while the session moved")
        self.backlog.append((reference, event))

    def take_backlog(self) -> list[Event]:
        """The session has arrived: the events of meanwhile, as the client gets them."""
        backlog, self.backlog = self.backlog or (), None
        shown = [self.event(reference, event) for reference, event in backlog]
        return [event for event in shown if event is not None]

    def is_line(self, device: DeviceId) -> bool:
        """Whether an identifier of the CTIManager means the session's own line."""
        return self.translator.is_own_wire(device)

    def _release(self, answer: Response | CSTAErrorCode) -> list[Event]:
        held = self._holding.answered(_call_named_in(answer))
        released = (self.event(reference, event) for reference, event in held)
        return [event for event in released if event is not None]

    # --- the parts of request() -----------------------------------------------------------------------------

    def _get_features(self, service: GetCSTAFeatures) -> Effect:
        """Known since the session began, unless the switch did not say then."""
        if service.line and not self.translator.is_own(service.line):
            return Answer(errors.NOT_YOUR_DEVICE)
        if self.features is not None:
            return Answer(self.features)
        return Forward(GetCSTAFeatures(line=self.translator.own_wire))

    def _forward(self, service: Service, rule: Rule) -> Effect:
        if self._offered is not None and CAPABILITIES[type(service)] not in self._offered:
            return Answer(errors.SERVICE_NOT_SUPPORTED)
        for field_name in rule.subjects:
            refused = self._check_subject(getattr(service, field_name))
            if refused is not None:
                return Answer(refused)
        destination = getattr(service, rule.destination) if rule.destination else None
        if destination is not None:
            try:
                self.translator.to_wire(destination)
            except BadNumber:
                return Answer(rule.bad_destination)
        try:
            wire = rewrite(service, self.translator.to_wire)
        except BadNumber:
            return Answer(errors.INVALID_DEVICE)
        for field_name in rule.subjects:
            subject = getattr(wire, field_name)
            if isinstance(subject, ConnectionId) and subject.device_id is None:
                wire = replace(wire, **{field_name: ConnectionId(subject.call_id, self.translator.own_wire)})
        if rule.creates_call:
            self._holding.begin(self.calls)
        return Forward(wire)

    def _check_subject(self, subject: object) -> CSTAErrorCode | None:
        if isinstance(subject, ConnectionId):
            if subject.call_id is None:
                return errors.operation("invalidCallID")
            own = subject.device_id is None or self.translator.is_own(subject.device_id)
            return None if own else errors.INVALID_CONNECTION
        return None if self.translator.is_own(str(subject)) else errors.NOT_YOUR_DEVICE

    def _start_monitor(self, service: MonitorStart) -> Effect:
        if isinstance(service.monitor_object, ConnectionId):
            return Answer(errors.operation("invalidObjectType"))
        if not self.translator.is_own(service.monitor_object):
            return Answer(errors.NOT_YOUR_DEVICE)
        if len(self.monitors) >= MAX_MONITORS:
            return Answer(errors.MONITOR_LIMIT)
        self._references += 1
        reference = MonitorCrossRefId(f"{self.id}{self._references}")
        kind = service.monitor_type or MonitorType.DEVICE
        self.monitors[reference] = Subscription(kind, service.requested_monitor_filter or frozenset())
        return StartMonitor(reference, kind)

    def _stop_monitor(self, service: MonitorStop) -> Effect:
        reference = service.monitor_cross_ref_id
        if self.monitors.pop(reference, None) is None:
            return Answer(errors.INVALID_CROSS_REF)
        if not self.monitors:
            self.seen = False
            self.calls.clear()
        return StopMonitor(reference, MonitorStopResponse())


def _call_named_in(answer: Response | CSTAErrorCode) -> CallId | None:
    """The call that a response is about: its first connection."""
    values = (getattr(answer, one.name) for one in fields(answer))
    return next((value.call_id for value in values if isinstance(value, ConnectionId)), None)


def _local_state(event: Event) -> LocalConnectionState | None:
    state: LocalConnectionState | None = getattr(event, "local_connection_info", None)
    return state


def _is_incoming(event: Event) -> bool:
    """A call that rings here is not the one that is being made."""
    return _local_state(event) is LocalConnectionState.ALERTING
