import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import pytest
from prometheus_client import CollectorRegistry, generate_latest

from cstagw import metric_labels
from cstagw.errors import REJECT_REASONS
from cstagw.metrics import Metrics
from ctimgr_client import CtiManagerAddress, CtiManagerStatus, LinkState

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
    }
)
LOST = replace(LINK, name="ctim2", state=LinkState.OUT_OF_SERVICE, heartbeat_rtt=None, requests_in_flight=0)


@dataclass
class Node:
    """Figures as a node has them."""

    is_ready: bool = True

    def ready(self) -> bool:
        return self.is_ready

    def tasks(self) -> int:
        return 12

    def sip_connections(self) -> Mapping[str, int]:
        return {"tcp": 2}

    def sessions(self) -> Mapping[str, int]:
        return {"open": 40}

    def monitors(self) -> int:
        return 30

    def links(self) -> Sequence[CtiManagerStatus]:
        return [LINK, LOST]

    def link_sessions(self) -> Mapping[str, int]:
        return {"ctim1": 40}


@pytest.fixture
def registry() -> CollectorRegistry:
    return CollectorRegistry()


@pytest.fixture
def metrics(registry: CollectorRegistry) -> Metrics:
    return Metrics(registry)


def value(registry: CollectorRegistry, name: str, **labels: str) -> float | None:
    return registry.get_sample_value(name, labels)


@pytest.mark.parametrize(
    ("name", "label", "values"),
    [
        ("cstagw_sessions_rejected_total", "reason", REJECT_REASONS),
        ("cstagw_sessions_ended_total", "reason", metric_labels.END_REASONS),
        ("cstagw_sip_parse_errors_total", "reason", metric_labels.PARSE_ERRORS),
        ("cstagw_csta_xml_rejected_total", "reason", metric_labels.XML_REFUSALS),
        ("cstagw_csta_events_total", "event", metric_labels.EVENTS),
    ],
)
@pytest.mark.usefixtures("metrics")
def test_series_exist_at_zero(
    registry: CollectorRegistry, name: str, label: str, values: Sequence[str]
) -> None:
    assert values
    assert all(value(registry, name, **{label: one}) == 0 for one in values)


@pytest.mark.usefixtures("metrics")
def test_pairs_exist_at_zero(registry: CollectorRegistry) -> None:
    assert value(registry, "cstagw_csta_requests_total", operation="MakeCall", outcome="ok") == 0
    assert value(registry, "cstagw_sip_requests_total", direction="in", method="INVITE") == 0
    assert value(registry, "cstagw_sip_responses_total", direction="out", method="INVITE", code="480") == 0


def test_counting(registry: CollectorRegistry, metrics: Metrics) -> None:
    metrics.session_created()
    metrics.session_ended("bye")
    metrics.session_rejected("no_cti")
    metrics.csta_request("MakeCall")
    metrics.csta_request("MakeCall", "invalidDestination")
    metrics.csta_event("DeliveredEvent")
    metrics.xml_rejected("doctype")
    metrics.sip_request("in", "INFO")
    metrics.sip_response("out", "INFO", 200)
    metrics.sip_parse_error("malformed")
    metrics.loop_lag(0.003)
    expected: list[tuple[str, dict[str, str]]] = [
        ("cstagw_sessions_created_total", {}),
        ("cstagw_sessions_ended_total", {"reason": "bye"}),
        ("cstagw_sessions_rejected_total", {"reason": "no_cti"}),
        ("cstagw_csta_requests_total", {"operation": "MakeCall", "outcome": "ok"}),
        ("cstagw_csta_requests_total", {"operation": "MakeCall", "outcome": "error"}),
        ("cstagw_csta_errors_total", {"operation": "MakeCall", "error": "invalidDestination"}),
        ("cstagw_csta_events_total", {"event": "DeliveredEvent"}),
        ("cstagw_csta_xml_rejected_total", {"reason": "doctype"}),
        ("cstagw_sip_requests_total", {"direction": "in", "method": "INFO"}),
        ("cstagw_sip_responses_total", {"direction": "out", "method": "INFO", "code": "200"}),
        ("cstagw_sip_parse_errors_total", {"reason": "malformed"}),
        ("cstagw_event_loop_lag_seconds_count", {}),
        ("cstagw_event_loop_lag_seconds_bucket", {"le": "0.005"}),
    ]
    assert [(name, value(registry, name, **labels)) for name, labels in expected] == [
        (name, 1.0) for name, _ in expected
    ]


def test_a_peer_cannot_make_up_series(registry: CollectorRegistry, metrics: Metrics) -> None:
    before = len(generate_latest(registry).splitlines())
    for number in range(1000):
        metrics.sip_request("in", f"METHOD{number}")
        metrics.sip_response("in", "INFO", 1000 + number)
        metrics.csta_request(f"Service{number}", f"error{number}")
        metrics.csta_event(f"Event{number}")
    assert len(generate_latest(registry).splitlines()) - before == 5
    assert value(registry, "cstagw_sip_requests_total", direction="in", method="other") == 1000
    assert value(registry, "cstagw_csta_errors_total", operation="other", error="other") == 1000
    assert len(metrics._sip_requests) == len(metric_labels.METHODS) * 2 + 1


def test_figures_are_read_at_the_scrape(registry: CollectorRegistry, metrics: Metrics) -> None:
    node = Node()
    metrics.watch(node)
    up = [value(registry, "cstagw_cti_connection_up", connection=name) for name in ("ctim1", "ctim2")]
    assert up == [1, 0]
    of_first: list[tuple[str, dict[str, str], float]] = [
        ("cstagw_cti_connection_state", {"state": "IN_SERVICE"}, 1),
        ("cstagw_cti_connection_state", {"state": "OUT_OF_SERVICE"}, 0),
        ("cstagw_cti_connection_sessions", {}, 40),
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
    node.is_ready = False
    assert value(registry, "cstagw_ready") == 0


def test_the_exposition(registry: CollectorRegistry, metrics: Metrics) -> None:
    metrics.watch(Node())
    text = generate_latest(registry).decode()
    assert 'cstagw_build_info{python_version="' in text
    assert "process_resident_memory_bytes" in text
    assert "python_gc_collections_total" in text
    assert not re.search(r"_created[ {]", text)
    ours = {
        line.split()[2]: line.split()[3] for line in text.splitlines() if line.startswith("# TYPE cstagw_")
    }
    assert all(name.endswith("_total") == (kind == "counter") for name, kind in ours.items())
    documented = {line.split()[2] for line in text.splitlines() if line.startswith("# HELP cstagw_")}
    assert documented == ours.keys()
