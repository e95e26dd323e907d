from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any

import pytest
from prometheus_client import CollectorRegistry

from cstagw import metric_labels
from cstagw.directory import Directory
from cstagw.figures import FiguresCollector, SipFigures
from cstagw.log import lost_lines
from ctimgr_client import CtiManagerAddress, CtiManagerStatus, LinkState
from sip.limits import Counters

NOTHING: dict[str, Any] = {field.name: 0 for field in fields(CtiManagerStatus)}
LINK = CtiManagerStatus(
    **NOTHING
    | {
        "name": "ctim1",
        "address": CtiManagerAddress("ctim1", "127.0.0.1", 8730),
        "state": LinkState.IN_SERVICE,
        "requests_in_flight": 3,
        "heartbeat_rtt": 0.002,
        "connects": 2,
        "connect_failures": {"refused": 4},
        "disconnect_reasons": {"silent": 1},
        "heartbeats_missed": 7,
        "flaps": 6,
    }
)
LOST = replace(LINK, name="ctim2", state=LinkState.OUT_OF_SERVICE, heartbeat_rtt=None, requests_in_flight=0)
SIP = SipFigures(
    connections={"tcp": 2, "tls": 0},
    dialogs=40,
    server_transactions=3,
    client_transactions=2,
    counts={("in", "INVITE", ""): 41, ("out", "INVITE", "480"): 1, ("in", "other", ""): 7},
    refusals={"too_large": 5},
    absorbed=9,
    counters=Counters(accepted=6, refused_limit=4, slow_peers=1, handshakes=8, handshake_failures=2),
)


@dataclass
class Node:
    """Figures as a node has them."""

    is_ready: bool = True
    draining: bool = False
    endpoint: SipFigures = field(default_factory=lambda: SIP)
    lines: Directory = field(default_factory=lambda: Directory("csv", "csv:x", loaded_at=1000.0, failures=2))

    def ready(self) -> bool:
        return self.is_ready

    def tasks(self) -> int:
        return 12

    def sip(self) -> SipFigures:
        return self.endpoint

    def sessions(self) -> Mapping[str, int]:
        return {"open": 40}

    def monitors(self) -> int:
        return 30

    def links(self) -> Sequence[CtiManagerStatus]:
        return [LINK, LOST]

    def directory(self) -> Directory:
        return self.lines

    def selection_store_up(self) -> bool:
        return False

    def link_sessions(self) -> Mapping[str, int]:
        return {"ctim1": 40}

    def link_devices(self) -> Mapping[str, int]:
        return {"ctim1": 38}


@pytest.fixture
def node() -> Node:
    return Node()


@pytest.fixture
def registry(node: Node) -> CollectorRegistry:
    registry = CollectorRegistry()
    registry.register(FiguresCollector(node))
    return registry


def value(registry: CollectorRegistry, name: str, **labels: str) -> float | None:
    return registry.get_sample_value(name, labels)


def test_figures_are_read_at_the_scrape(registry: CollectorRegistry, node: Node) -> None:
    up = [value(registry, "cstagw_cti_connection_up", connection=name) for name in ("ctim1", "ctim2")]
    assert up == [1, 0]
    of_first: list[tuple[str, dict[str, str], float]] = [
        ("cstagw_cti_connection_state", {"state": "IN_SERVICE"}, 1),
        ("cstagw_cti_connection_state", {"state": "OUT_OF_SERVICE"}, 0),
        ("cstagw_cti_connection_sessions", {}, 40),
        ("cstagw_cti_connection_devices", {}, 38),
        ("cstagw_cti_flaps_total", {}, 6),
        ("cstagw_cti_requests_in_flight", {}, 3),
        ("cstagw_cti_heartbeat_rtt_seconds", {}, 0.002),
        ("cstagw_cti_heartbeats_missed_total", {}, 7),
        ("cstagw_cti_connect_attempts_total", {"result": "connected"}, 2),
        ("cstagw_cti_connect_attempts_total", {"result": "refused"}, 4),
        ("cstagw_cti_connect_attempts_total", {"result": "timed_out"}, 0),
        ("cstagw_cti_disconnects_total", {"reason": "silent"}, 1),
        ("cstagw_cti_disconnects_total", {"reason": "reset"}, 0),
    ]
    for name, labels, expected in of_first:
        assert value(registry, name, connection="ctim1", **labels) == expected, name
    assert value(registry, "cstagw_cti_heartbeat_rtt_seconds", connection="ctim2") is None
    assert value(registry, "cstagw_sip_connections", transport="tcp") == 2
    assert value(registry, "cstagw_sessions", state="open") == 40
    assert value(registry, "cstagw_csta_monitors") == 30
    assert value(registry, "cstagw_event_loop_tasks") == 12
    assert value(registry, "cstagw_ready") == 1
    assert value(registry, "cstagw_draining") == 0
    node.is_ready, node.draining = False, True
    assert value(registry, "cstagw_ready") == 0
    assert value(registry, "cstagw_draining") == 1


@pytest.mark.parametrize(
    ("name", "labels", "expected"),
    [
        ("cstagw_sip_requests_total", {"direction": "in", "method": "INVITE"}, 41),
        ("cstagw_sip_requests_total", {"direction": "in", "method": "other"}, 7),
        ("cstagw_sip_requests_total", {"direction": "out", "method": "INFO"}, 0),
        ("cstagw_sip_responses_total", {"direction": "out", "method": "INVITE", "code": "480"}, 1),
        ("cstagw_sip_responses_total", {"direction": "out", "method": "INVITE", "code": "200"}, 0),
        ("cstagw_sip_parse_errors_total", {"reason": "too_large"}, 5),
        ("cstagw_sip_connections_accepted_total", {}, 6),
        ("cstagw_sip_connections_rejected_total", {"reason": "limit"}, 4),
        ("cstagw_sip_slow_peer_disconnects_total", {}, 1),
        ("cstagw_sip_retransmissions_absorbed_total", {}, 9),
        ("cstagw_tls_handshakes_total", {"result": "ok"}, 8),
        ("cstagw_tls_handshakes_total", {"result": "failed"}, 2),
    ],
)
def test_what_the_sip_endpoint_counts(
    registry: CollectorRegistry, name: str, labels: dict[str, str], expected: float
) -> None:
    assert value(registry, name, **labels) == expected


def test_sip_series_exist_at_zero(registry: CollectorRegistry, node: Node) -> None:
    node.endpoint = replace(SIP, counts={}, refusals={})
    for reason in metric_labels.PARSE_ERRORS:
        assert value(registry, "cstagw_sip_parse_errors_total", reason=reason) == 0
    for method in metric_labels.METHODS:
        assert value(registry, "cstagw_sip_requests_total", direction="in", method=method) == 0


def test_lost_log_lines_are_told(registry: CollectorRegistry) -> None:
    assert value(registry, "cstagw_log_lines_lost_total") == lost_lines()
