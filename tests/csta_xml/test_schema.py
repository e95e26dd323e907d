"""What we write against schemas. None come with the project: CSTA_XSD and APPL_SESSION_XSD name them."""

import os

import pytest
from lxml import etree

from csta_xml import (
    EVENT_LISTS,
    FILTER_FLAGS,
    SERVICE_LISTS,
    STATUS_FLAGS,
    Cause,
    GetCSTAFeaturesResponse,
    Message,
    MonitorStart,
    OutOfServiceEvent,
    SystemRegisterResponse,
    encode,
)
from csta_xml.table import SESSION
from tests.csta_xml.captures import PHONE, REF, capabilities
from tests.csta_xml.cases import CASES
from tests.csta_xml.trees_calls import CALL_CONTROL
from tests.csta_xml.trees_events import EVENTS
from tests.csta_xml.trees_session import APPLICATION_SESSION
from tests.csta_xml.trees_system import SYSTEM

#: Captures with a name no schema knows; we only pass such names on.
FOREIGN = {"established_event_vendor", "csta_error_code_unknown_value"}
CAPTURED = [value for capture, value in CASES.items() if capture not in FOREIGN]
WHOLE_LISTS: list[Message] = [
    GetCSTAFeaturesResponse(
        services=tuple(capabilities(name, *names) for name, names in SERVICE_LISTS.items()),
        events=tuple(capabilities(name, *names) for name, names in EVENT_LISTS.items()),
    ),
    MonitorStart(
        monitor_object=PHONE,
        requested_monitor_filter=frozenset().union(*FILTER_FLAGS.values()),
    ),
    SystemRegisterResponse(sys_stat_register_id="1", actual_status_filter=frozenset(STATUS_FLAGS)),
    *[OutOfServiceEvent(monitor_cross_ref_id=REF, device=PHONE, cause=cause) for cause in Cause],
]


def violations(variable: str, messages: list[Message]) -> list[str]:
    """What the schema the environment names has against these messages; a skip when it names none."""
    path = os.environ.get(variable)
    if not path:
        pytest.skip(f"set {variable} to the path of a schema file")
    schema = etree.XMLSchema(etree.parse(path))
    invalid = [message for message in messages if not schema.validate(etree.fromstring(encode(message)))]
    return [str(message) for message in invalid]


def test_csta_messages_are_valid() -> None:
    messages = [value for value, _ in [*SYSTEM, *CALL_CONTROL, *EVENTS]]
    captured = [value for value in CAPTURED if type(value) not in SESSION]
    assert violations("CSTA_XSD", [*messages, *captured, *WHOLE_LISTS]) == []


def test_application_session_messages_are_valid() -> None:
    messages = [value for value, _ in APPLICATION_SESSION]
    captured = [value for value in CAPTURED if type(value) in SESSION]
    assert violations("APPL_SESSION_XSD", [*messages, *captured]) == []
