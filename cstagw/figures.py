"""Figures that exist elsewhere, read at a scrape: links, sessions, SIP counts.

Knows the node through `Figures` only. Labels are bounded by whoever counts; the usual series are there at 0
from the start.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Protocol, TypeAlias

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from cstagw.directory import Directory
from cstagw.log import lost_lines
from cstagw.metric_labels import COMMON_RESPONSES, DIRECTIONS, LINK_FAILURES, METHODS, PARSE_ERRORS
from ctimgr_client import CtiManagerStatus, LinkState
from sip.limits import Counters

Labels: TypeAlias = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SipFigures:
    """`connections` by transport; `counts` by direction, method and status code (empty for requests);
    `refusals` by reason; `absorbed` repeats of requests; `counters` those of the transport.
    """

    connections: Mapping[str, int]
    dialogs: int
    server_transactions: int
    client_transactions: int
    counts: Mapping[tuple[str, str, str], int]
    refusals: Mapping[str, int]
    absorbed: int
    counters: Counters


class Figures(Protocol):
    """What is counted elsewhere and read at a scrape."""

    @property
    def draining(self) -> bool:
        """Whether no new sessions are to come."""
        ...

    def ready(self) -> bool:
        """As /readyz answers."""
        ...

    def tasks(self) -> int:
        """Tasks on the event loop."""
        ...

    def sip(self) -> "SipFigures":
        """What the SIP endpoint has counted, and what is open there."""
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

    def directory(self) -> Directory:
        """Who may control what, as it is known."""
        ...

    def selection_store_up(self) -> bool:
        """Whether choices can be kept."""
        ...

    def link_sessions(self) -> Mapping[str, int]:
        """CSTA sessions by the name of the CTIManager that carries them."""
        ...

    def link_devices(self) -> Mapping[str, int]:
        """Devices in use by the name of the CTIManager that carries them."""
        ...


class FiguresCollector(Collector):
    """One scrape reads everything anew."""

    def __init__(self, figures: Figures) -> None:
        self._figures = figures

    def collect(self) -> Iterator[Metric]:
        figures = self._figures
        yield _gauge("cstagw_ready", "1 where /readyz answers 200.", (), {(): figures.ready()})
        yield _gauge("cstagw_draining", "1 while the node takes no new sessions.", (), {(): figures.draining})
        yield _gauge("cstagw_event_loop_tasks", "Tasks on the event loop.", (), {(): figures.tasks()})
        yield _gauge("cstagw_sessions", "Open CSTA sessions.", ("state",), _keyed(figures.sessions()))
        yield _gauge("cstagw_csta_monitors", "Monitors open at CTIManagers.", (), {(): figures.monitors()})
        yield _count(
            "cstagw_log_lines_lost_total", "Log lines that could not be written.", (), {(): lost_lines()}
        )
        yield from _sip(figures.sip())
        yield from _directory(figures.directory())
        yield _gauge(
            "cstagw_selection_store_up",
            "1 where users' choices of devices can be kept.",
            (),
            {(): figures.selection_store_up()},
        )
        yield from _links(figures.links(), figures.link_sessions(), figures.link_devices())


def _sip(sip: SipFigures) -> Iterator[Metric]:
    counters = sip.counters
    yield _gauge("cstagw_sip_connections", "Open SIP connections.", ("transport",), _keyed(sip.connections))
    yield from _sip_messages(sip)
    yield _count(
        "cstagw_sip_connections_accepted_total",
        "SIP connections that a listener took.",
        (),
        {(): counters.accepted},
    )
    yield _count(
        "cstagw_sip_connections_rejected_total",
        "SIP connections that a listener closed at once.",
        ("reason",),
        {("limit",): counters.refused_limit},
    )
    yield _count(
        "cstagw_sip_slow_peer_disconnects_total",
        "SIP connections cut because the peer read too slowly.",
        (),
        {(): counters.slow_peers},
    )
    yield _count(
        "cstagw_sip_retransmissions_absorbed_total",
        "Repeated SIP requests that got the stored answer.",
        (),
        {(): sip.absorbed},
    )
    yield _count(
        "cstagw_tls_handshakes_total",
        "TLS handshakes with peers that connected to us.",
        ("result",),
        {("ok",): counters.handshakes, ("failed",): counters.handshake_failures},
    )


def _sip_messages(sip: SipFigures) -> Iterator[Metric]:
    requests: dict[Labels, float] = dict.fromkeys(product(DIRECTIONS, METHODS), 0)
    responses: dict[Labels, float] = dict.fromkeys(COMMON_RESPONSES, 0)
    for (direction, method, code), count in sip.counts.items():
        if code:
            responses[direction, method, code] = count
        else:
            requests[direction, method] = count
    refusals = dict.fromkeys(PARSE_ERRORS, 0) | dict(sip.refusals)
    yield _count("cstagw_sip_requests_total", "SIP requests.", ("direction", "method"), requests)
    yield _count("cstagw_sip_responses_total", "SIP responses.", ("direction", "method", "code"), responses)
    yield _count(
        "cstagw_sip_parse_errors_total",
        "SIP bytes that are no usable message.",
        ("reason",),
        _keyed(refusals),
    )


def _directory(directory: Directory) -> Iterator[Metric]:
    source, of_source = ("source",), (directory.kind,)
    table, at = directory.table, directory.loaded_at
    lines: dict[Labels, float] = {of_source: len(table)} if table is not None else {}
    loaded: dict[Labels, float] = {of_source: at} if at else {}
    yield _gauge("cstagw_line_appearances", "Line appearances in the directory.", source, lines)
    yield _gauge(
        "cstagw_directory_stale",
        "1 while the source of the directory is down or wrong and the last good copy is served.",
        source,
        {of_source: directory.stale},
    )
    yield _gauge(
        "cstagw_directory_last_success_timestamp_seconds",
        "When the directory was last loaded from its source.",
        source,
        loaded,
    )
    yield _count(
        "cstagw_directory_failures_total",
        "Loads of the directory that failed.",
        source,
        {of_source: directory.failures},
    )


def _links(
    links: Sequence[CtiManagerStatus], sessions: Mapping[str, int], devices: Mapping[str, int]
) -> Iterator[Metric]:
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
        "cstagw_cti_connection_devices",
        "Devices in use over the CTIManager.",
        one,
        {(link.name,): devices.get(link.name, 0) for link in links},
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
        "cstagw_cti_flaps_total",
        "Links lost within a minute of coming up.",
        ("connection",),
        {(link.name,): link.flaps for link in links},
    )
    yield _count(
        "cstagw_cti_heartbeats_missed_total",
        "Heartbeats without an answer.",
        ("connection",),
        {(link.name,): link.heartbeats_missed for link in links},
    )


def _every_failure(counted: Mapping[str, int]) -> dict[str, int]:
    return dict.fromkeys(LINK_FAILURES, 0) | dict(counted)


def _keyed(values: Mapping[str, int]) -> dict[Labels, float]:
    return {(key,): value for key, value in values.items()}


def _gauge(name: str, text: str, labels: Sequence[str], values: Mapping[Labels, float]) -> Metric:
    family = GaugeMetricFamily(name, text, labels=labels)
    for key, value in values.items():
        family.add_metric(key, float(value))
    return family


def _count(name: str, text: str, labels: Sequence[str], values: Mapping[Labels, float]) -> Metric:
    family = CounterMetricFamily(name.removesuffix("_total"), text, labels=labels)
    for key, value in values.items():
        family.add_metric(key, value)
    return family
