"""What the gateway counts as metrics: names, labels, help texts. The registry is given.

Hot paths count through children that are kept; figures that exist elsewhere are read at the scrape, see
`figures`. No user, device, call or session is ever a label; what a peer could choose is one of a known set.
"""

import platform
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import product
from typing import TypeAlias

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    GCCollector,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
)

from cstagw import __version__
from cstagw.errors import REJECT_REASONS
from cstagw.figures import Figures, FiguresCollector
from cstagw.metric_labels import (
    BUCKETS,
    CSTA_ERRORS,
    END_REASONS,
    EVENTS,
    OPERATIONS,
    OTHER,
    OUTCOMES,
    XML_REFUSALS,
)

Labels: TypeAlias = tuple[str, ...]


class Children(dict[Labels, Counter]):
    """The children of one counter by label values. `known`: the values per label, all else is "other"."""

    def __init__(
        self, counter: Counter, initial: Iterable[Labels], known: Sequence[Collection[str]] = ()
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
        self._make_config()
        self._make_sessions()
        self._make_csta()

    def watch(self, figures: Figures) -> None:
        """Read these figures at every scrape from now on."""
        self._registry.register(FiguresCollector(figures))

    def loop_lag(self, seconds: float) -> None:
        """One measurement of the event loop."""
        self._loop_lag.observe(seconds)

    def config_taken(self, at: float) -> None:
        """A configuration is in force since this moment, in seconds since 1970."""
        self._reload_successful.set(1)
        self._reload_at.set(at)

    def config_refused(self) -> None:
        """A configuration had mistakes; the one before is still in force."""
        self._reload_successful.set(0)

    def session_created(self) -> None:
        """An INVITE opened a session."""
        self._sessions_created.inc()

    def session_ended(self, reason: str) -> None:
        """A session is over."""
        self._sessions_ended[reason,].inc()

    def session_moved(self) -> None:
        """A session went on over another CTIManager."""
        self._sessions_moved.inc()

    def session_reassigned(self) -> None:
        """A session went on at another line appearance."""
        self._sessions_reassigned.inc()

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

    def _make_config(self) -> None:
        self._reload_successful = Gauge(
            "cstagw_config_last_reload_successful",
            "1 where the configuration could be used when it was last read.",
            registry=self._registry,
        )
        self._reload_at = Gauge(
            "cstagw_config_last_reload_success_timestamp_seconds",
            "When a configuration that could be used was last read.",
            registry=self._registry,
        )

    def _make_sessions(self) -> None:
        self._sessions_created = self._counter("cstagw_sessions_created_total", "CSTA sessions opened.")
        self._sessions_moved = self._counter(
            "cstagw_sessions_moved_total", "CSTA sessions that went on over another CTIManager."
        )
        self._sessions_reassigned = self._counter(
            "cstagw_sessions_reassigned_total", "CSTA sessions that went on at another line appearance."
        )
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
