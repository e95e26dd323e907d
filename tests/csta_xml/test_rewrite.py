"""The same message with other device identifiers, and the same event for another monitor."""

from dataclasses import replace

import pytest

from csta_xml import (
    Absent,
    ConnectionId,
    DeviceId,
    Event,
    Message,
    MonitorCrossRefId,
    decode,
    encode,
    rewrite,
    with_cross_ref,
)
from tests.csta_xml.captures import PHONE, REF, load
from tests.csta_xml.cases import CASES, ESTABLISHED, MAKE_CALL
from tests.csta_xml.trees_calls import CALL_CONTROL
from tests.csta_xml.trees_events import EVENTS
from tests.csta_xml.trees_session import APPLICATION_SESSION
from tests.csta_xml.trees_system import SYSTEM

MESSAGES = [value for value, _ in [*SYSTEM, *CALL_CONTROL, *EVENTS, *APPLICATION_SESSION]]


def renamed(device: DeviceId) -> DeviceId:
    return DeviceId(device.replace("tel:", "sip:"))


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: type(message).__name__)
def test_every_device_identifier_is_passed_through(message: Message) -> None:
    line = getattr(message, "line", None)
    expected = encode(message).replace(b"tel:", b"sip:")
    if line is not None:
        expected = expected.replace(b"sip:1", b"tel:1")
    assert encode(rewrite(message, renamed)) == expected


@pytest.mark.parametrize("capture", CASES)
def test_identity_changes_nothing(capture: str) -> None:
    assert rewrite(CASES[capture], lambda device: device) == CASES[capture]


def test_the_line_uri_of_the_extension_is_no_device_identifier() -> None:
    message = decode(load("request_system_status"))
    assert rewrite(message, renamed) == message


def test_each_occurrence_is_asked_for() -> None:
    asked: list[DeviceId] = []

    def remember(device: DeviceId) -> DeviceId:
        asked.append(device)
        return device

    rewrite(ESTABLISHED, remember)
    assert asked == ["tel:1902", "tel:1902", PHONE, "tel:1902"]


def test_absent_parties_and_half_connections_stay() -> None:
    event = replace(
        ESTABLISHED,
        established_connection=ConnectionId(ESTABLISHED.established_connection.call_id),
        answering_device=Absent.RESTRICTED,
        calling_device=Absent.NOT_KNOWN,
        called_device=Absent.NOT_KNOWN,
    )
    assert rewrite(event, renamed) == event


def test_the_original_is_not_touched() -> None:
    before = replace(MAKE_CALL)
    assert rewrite(MAKE_CALL, renamed).calling_device == MAKE_CALL.calling_device.replace("tel:", "sip:")
    assert before == MAKE_CALL


@pytest.mark.parametrize("event", [value for value, _ in EVENTS], ids=lambda event: type(event).__name__)
def test_event_for_another_monitor(event: Message) -> None:
    assert isinstance(event, Event)
    other = with_cross_ref(event, MonitorCrossRefId("other"))
    assert type(other) is type(event)
    assert other.monitor_cross_ref_id == "other"
    assert with_cross_ref(other, event.monitor_cross_ref_id) == event
    assert REF not in encode(other).decode()
