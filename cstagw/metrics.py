"""Every metric of the gateway: names, labels, help texts. The registry is given.

Hot paths count through children that are kept; figures that exist elsewhere are read at the scrape, through
`Figures`. No user, device, call or session is ever a label; what a peer could choose is one of a known set.
"""

import platform
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import product
from typing import Protocol, TypeAlias

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    GCCollector,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
)
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from cstagw import __version__
from cstagw.errors import REJECT_REASONS
from cstagw.metric_labels import (
    BUCKETS,
    COMMON_RESPONSES,
    CSTA_ERRORS,
    DIRECTIONS,
    END_REASONS,
    EVENTS,
    LINK_FAILURES,
    METHODS,
    OPERATIONS,
    OTHER,
    OUTCOMES,
    PARSE_ERRORS,
    STATUS_CODES,
    XML_REFUSALS,
)
from ctimgr_client import CtiManagerStatus, LinkState

Labels: TypeAlias = tuple[str | int, ...]


class Children(dict[Labels, Counter]):
    """The children of one counter by label values. `known`: the values per label, all else is "other"."""

    def __init__(
        self, counter: Counter, initial: Iterable[Labels], known: Sequence[Collection[str | int]] = ()
    ) -> None:
        super().__init__()
        self._counter = counter
        self._known = [frozenset(values) for values in known]
        for labels in initial:
            self[labels].inc(0)

    def __missing__(self, labels: Labels) -> Counter:
        bounded = self._bounded(labels)
        if bounded != labels:
            return self[
                bounded
            ]  # what a peer made up is not kept, or the table would grow with every new name
        child = self[labels] = self._counter.labels(*labels)
        return child

    def _bounded(self, labels: Labels) -> Labels:
        if not self._known:
            return labels
        pairs = zip(labels, self._known, strict=True)
        return tuple(value if value in values else OTHER for value, values in pairs)


class Metrics:
    """What the gateway counts while it works."""

    def __init__(self, registry: CollectorRegistry, revision: str = "unknown") -> None:
        disable_created_metrics()
        self._registry = registry
        build = Gauge(
            "cstagw_build_info",
            "The running program; always 1.",
            ["version", "revision", "python_version"],
            registry=registry,
        )
        build.labels(__version__, revision, platform.python_version()).set(1)
        ProcessCollector(registry=registry)
        GCCollector(registry=registry)
        self._loop_lag = Histogram(
            "cstagw_event_loop_lag_seconds",
            "How late the event loop ran a timer.",
            buckets=BUCKETS,
            registry=registry,
        )
        self._make_sip()
        self._make_sessions()
        self._make_csta()

    def watch(self, figures: "Figures") -> None:
        """Read these figures at every scrape from now on."""
        self._registry.register(_FiguresCollector(figures))

    def loop_lag(self, seconds: float) -> None:
        """One measurement of the event loop."""
        self._loop_lag.observe(seconds)

    def sip_request(self, direction: str, method: str) -> None:
        """A SIP request came "in" or went "out"."""
        self._sip_requests[direction, method].inc()

    def sip_response(self, direction: str, method: str, code: int) -> None:
        """A SIP response came "in" or went "out"; `method` is the request's."""
        self._sip_responses[direction, method, code].inc()

    def sip_parse_error(self, reason: str) -> None:
        """Bytes of a SIP peer that are no message we can serve."""
        self._sip_parse_errors[reason,].inc()

    def session_created(self) -> None:
        """An INVITE opened a session."""
        self._sessions_created.inc()

    def session_ended(self, reason: str) -> None:
        """A session is over."""
        self._sessions_ended[reason,].inc()

    def session_rejected(self, reason: str) -> None:
        """An INVITE got no session."""
        self._sessions_rejected[reason,].inc()

    def csta_request(self, operation: str, error: str = "") -> None:
        """A CSTA service was answered; `error` is the value of the CSTAErrorCode, empty for success."""
        self._csta_requests[operation, "error" if error else "ok"].inc()
        if error:
            self._csta_errors[operation, error].inc()

    def csta_event(self, event: str) -> None:
        """A CSTA event was sent to a client."""
        self._csta_events[event,].inc()

    def xml_rejected(self, reason: str) -> None:
        """A body of a client that the XML parser does not take."""
        self._xml_rejected[reason,].inc()

    def _counter(self, name: str, text: str, *labels: str) -> Counter:
        return Counter(name, text, labels, registry=self._registry)

    def _make_sip(self) -> None:
        self._sip_requests = Children(
            self._counter("cstagw_sip_requests_total", "SIP requests.", "direction", "method"),
            product(DIRECTIONS, METHODS),
            (DIRECTIONS, METHODS),
        )
        self._sip_responses = Children(
            self._counter("cstagw_sip_responses_total", "SIP responses.", "direction", "method", "code"),
            COMMON_RESPONSES,
            (DIRECTIONS, METHODS, STATUS_CODES),
        )
        self._sip_parse_errors = Children(
            self._counter("cstagw_sip_parse_errors_total", "Bytes that are no usable SIP message.", "reason"),
            _single(PARSE_ERRORS),
        )

    def _make_sessions(self) -> None:
        self._sessions_created = self._counter("cstagw_sessions_created_total", "CSTA sessions opened.")
        self._sessions_ended = Children(
            self._counter("cstagw_sessions_ended_total", "CSTA sessions ended.", "reason"),
            _single(END_REASONS),
        )
        self._sessions_rejected = Children(
            self._counter("cstagw_sessions_rejected_total", "INVITEs that got no session.", "reason"),
            _single(REJECT_REASONS),
        )

    def _make_csta(self) -> None:
        self._csta_requests = Children(
            self._counter(
                "cstagw_csta_requests_total", "CSTA services of clients answered.", "operation", "outcome"
            ),
            product(OPERATIONS, OUTCOMES),
            (OPERATIONS, OUTCOMES),
        )
        self._csta_errors = Children(
            self._counter(
                "cstagw_csta_errors_total", "CSTAErrorCodes sent to clients.", "operation", "error"
            ),
            product(OPERATIONS, ("resourceOutOfService", "serviceNotSupported")),
            (OPERATIONS, CSTA_ERRORS),
        )
        self._csta_events = Children(
            self._counter("cstagw_csta_events_total", "CSTA events sent to clients.", "event"),
            _single(EVENTS),
            (EVENTS,),
        )
        self._xml_rejected = Children(
            self._counter("cstagw_csta_xml_rejected_total", "Bodies refused by the XML parser.", "reason"),
            _single(XML_REFUSALS),
        )


def _single(values: Iterable[str]) -> Iterator[Labels]:
    return ((value,) for value in values)


class Figures(Protocol):
    """What is counted elsewhere and read at a scrape."""

    def ready(self) -> bool:
        """As /readyz answers."""
        ...

    def tasks(self) -> int:
        """Tasks on the event loop."""
        ...

    def sip_connections(self) -> Mapping[str, int]:
        """Open SIP connections by transport."""
        ...

    def sessions(self) -> Mapping[str, int]:
        """CSTA sessions by state."""
        ...

    def monitors(self) -> int:
        """Monitors open at CTIManagers."""
        ...

    def links(self) -> Sequence[CtiManagerStatus]:
        """Every configured CTIManager."""
        ...

    def link_sessions(self) -> Mapping[str, int]:
        """CSTA sessions by the name of the CTIManager that carries them."""
        ...


class _FiguresCollector(Collector):
    def __init__(self, figures: Figures) -> None:
        self._figures = figures

    def collect(self) -> Iterator[Metric]:
        figures = self._figures
        yield _gauge("cstagw_ready", "1 where /readyz answers 200.", (), {(): figures.ready()})
        yield _gauge("cstagw_event_loop_tasks", "Tasks on the event loop.", (), {(): figures.tasks()})
        yield _gauge(
            "cstagw_sip_connections",
            "Open SIP connections.",
            ("transport",),
            _keyed(figures.sip_connections()),
        )
        yield _gauge("cstagw_sessions", "Open CSTA sessions.", ("state",), _keyed(figures.sessions()))
        yield _gauge("cstagw_csta_monitors", "Monitors open at CTIManagers.", (), {(): figures.monitors()})
        yield from _links(figures.links(), figures.link_sessions())


def _links(links: Sequence[CtiManagerStatus], sessions: Mapping[str, int]) -> Iterator[Metric]:
    one = ("connection",)
    yield _gauge(
        "cstagw_cti_connection_up",
        "1 where the CTIManager is in service.",
        one,
        {(link.name,): link.state is not LinkState.OUT_OF_SERVICE for link in links},
    )
    yield _gauge(
        "cstagw_cti_connection_state",
        "1 for the state the CTIManager is in.",
        ("connection", "state"),
        {(link.name, state.value): link.state is state for link in links for state in LinkState},
    )
    yield _gauge(
        "cstagw_cti_connection_sessions",
        "CSTA sessions carried by the CTIManager.",
        one,
        {(link.name,): sessions.get(link.name, 0) for link in links},
    )
    yield _gauge(
        "cstagw_cti_requests_in_flight",
        "Requests the CTIManager has not answered yet.",
        one,
        {(link.name,): link.requests_in_flight for link in links},
    )
    yield _gauge(
        "cstagw_cti_heartbeat_rtt_seconds",
        "Round trip of the last heartbeat.",
        one,
        {(link.name,): link.heartbeat_rtt for link in links if link.heartbeat_rtt is not None},
    )
    yield from _link_counts(links)


def _link_counts(links: Sequence[CtiManagerStatus]) -> Iterator[Metric]:
    yield _count(
        "cstagw_cti_connect_attempts_total",
        "Attempts to open an application session.",
        ("connection", "result"),
        {
            (link.name, result): count
            for link in links
            for result, count in (
                {"connected": link.connects} | _every_failure(link.connect_failures)
            ).items()
        },
    )
    yield _count(
        "cstagw_cti_disconnects_total",
        "Links lost.",
        ("connection", "reason"),
        {
            (link.name, reason): count
            for link in links
            for reason, count in _every_failure(link.disconnect_reasons).items()
        },
    )
    yield _count(
        "cstagw_cti_heartbeats_missed_total",
        "Heartbeats without an answer.",
        ("connection",),
        {(link.name,): link.heartbeats_missed for link in links},
    )


def _every_failure(counted: Mapping[str, int]) -> dict[str, int]:
    return dict.fromkeys(LINK_FAILURES, 0) | dict(counted)


Values: TypeAlias = Mapping[tuple[str, ...], float]


def _keyed(values: Mapping[str, int]) -> Values:
    return {(key,): value for key, value in values.items()}


def _gauge(name: str, text: str, labels: Sequence[str], values: Values) -> Metric:
    family = GaugeMetricFamily(name, text, labels=labels)
    for key, value in values.items():
        family.add_metric(key, float(value))
    return family


def _count(name: str, text: str, labels: Sequence[str], values: Values) -> Metric:
    family = CounterMetricFamily(name.removesuffix("_total"), text, labels=labels)
    for key, value in values.items():
        family.add_metric(key, value)
    return family
