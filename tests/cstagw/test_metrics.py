import re
from collections.abc import Sequence

import pytest
from prometheus_client import CollectorRegistry, generate_latest

from cstagw import metric_labels
from cstagw.errors import REJECT_REASONS
from cstagw.metrics import Metrics
from tests.cstagw.test_figures import Node


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


def test_counting(registry: CollectorRegistry, metrics: Metrics) -> None:
    metrics.session_created()
    metrics.session_ended("bye")
    metrics.session_rejected("no_cti")
    metrics.csta_request("MakeCall")
    metrics.csta_request("MakeCall", "invalidDestination")
    metrics.csta_event("DeliveredEvent")
    metrics.xml_rejected("doctype")
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
        ("cstagw_event_loop_lag_seconds_count", {}),
        ("cstagw_event_loop_lag_seconds_bucket", {"le": "0.005"}),
    ]
    assert [(name, value(registry, name, **labels)) for name, labels in expected] == [
        (name, 1.0) for name, _ in expected
    ]


def test_a_peer_cannot_make_up_series(registry: CollectorRegistry, metrics: Metrics) -> None:
    before = len(generate_latest(registry).splitlines())
    for number in range(1000):
        metrics.csta_request(f"Service{number}", f"error{number}")
        metrics.csta_event(f"Event{number}")
    assert len(generate_latest(registry).splitlines()) - before == 3
    assert value(registry, "cstagw_csta_errors_total", operation="other", error="other") == 1000
    assert len(metrics._csta_events) == len(metric_labels.EVENTS) + 1


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
