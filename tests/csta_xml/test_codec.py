"""One table of captures read both ways, and every message against a tree built by lxml."""

from dataclasses import fields

import pytest
from lxml import etree

import csta_xml
from csta_xml import InvalidMessage, Message, UnknownMessage, decode, decode_document, encode
from csta_xml.table import CSTA as CSTA_TABLE
from csta_xml.table import SESSION as SESSION_TABLE
from tests.csta_xml.captures import CAPTURES, ED4, load
from tests.csta_xml.cases import CASES, MAKE_CALL
from tests.csta_xml.trees import Node, tree
from tests.csta_xml.trees_calls import CALL_CONTROL
from tests.csta_xml.trees_events import EVENTS
from tests.csta_xml.trees_session import APPLICATION_SESSION
from tests.csta_xml.trees_system import SYSTEM

ED3_TREES = [*SYSTEM, *CALL_CONTROL, *EVENTS]
ALL_TREES = [(value, node, csta_xml.ED3) for value, node in ED3_TREES] + [
    (value, node, csta_xml.APPLICATION_SESSION) for value, node in APPLICATION_SESSION
]


def canonical(body: bytes) -> bytes:
    """Canonical XML: documents are equal when they say the same."""
    return etree.tostring(etree.fromstring(body), method="c14n")


@pytest.mark.parametrize("capture", CASES)
def test_capture_reads_as_its_value(capture: str) -> None:
    assert decode(load(capture)) == CASES[capture]


@pytest.mark.parametrize("capture", CASES)
def test_value_survives_writing_and_reading(capture: str) -> None:
    assert decode(encode(CASES[capture])) == CASES[capture]


@pytest.mark.parametrize(("value", "node", "namespace"), ALL_TREES, ids=[node[0] for _, node, _ in ALL_TREES])
def test_written_document_is_the_tree_lxml_builds(value: Message, node: Node, namespace: str) -> None:
    assert canonical(encode(value)) == canonical(etree.tostring(tree(node, namespace)))


@pytest.mark.parametrize(("value", "node"), ED3_TREES, ids=[node[0] for _, node in ED3_TREES])
def test_another_edition_differs_in_its_namespace_only(value: Message, node: Node) -> None:
    body = encode(value, ED4)
    assert canonical(body) == canonical(etree.tostring(tree(node, ED4)))
    assert decode(body) == decode(encode(value))


def test_every_capture_has_a_case() -> None:
    assert {path.stem for path in CAPTURES.glob("*.xml")} == CASES.keys()


def test_every_message_has_a_capture_and_a_tree() -> None:
    messages = {*CSTA_TABLE, *SESSION_TABLE}
    assert {type(value) for value in CASES.values()} == messages
    assert {type(value) for value, _, _ in ALL_TREES} == messages


@pytest.mark.parametrize("message", [*CSTA_TABLE, *SESSION_TABLE], ids=lambda cls: cls.__name__)
def test_trees_fill_every_field_of_a_message_at_least_once(message: type[Message]) -> None:
    values = [value for value, _, _ in ALL_TREES if type(value) is message]
    for field in fields(message):
        assert any(getattr(value, field.name) is not None for value in values), field.name


def test_document_is_utf_8_with_a_declaration() -> None:
    body = encode(csta_xml.MonitorStop(monitor_cross_ref_id=csta_xml.MonitorCrossRefId("Zürich ✓")))
    assert body.startswith(b'<?xml version="1.0" encoding="UTF-8"?>')
    assert "Zürich ✓".encode() in body


@pytest.mark.parametrize(
    ("capture", "namespace"),
    [
        ("make_call", csta_xml.ED3),
        ("make_call_prefixed", csta_xml.ED3),
        ("make_call_edition_4", ED4),
        ("make_call_private_version", f"{csta_xml.ED3}/priv7"),
        ("stop_application_session", csta_xml.APPLICATION_SESSION),
    ],
)
def test_document_knows_its_namespace(capture: str, namespace: str) -> None:
    document = decode_document(load(capture))
    assert document.namespace == namespace
    assert document.message == CASES[capture]


@pytest.mark.parametrize(
    ("namespace", "expected"),
    [
        ("http://www.ecma-international.org/standards/ecma-323/csta/ed3", True),
        ("http://www.ecma-international.org/standards/ecma-323/csta/ed6", True),
        ("http://www.ecma-international.org/standards/ecma-323/csta/ed10", True),
        ("http://www.ecma-international.org/standards/ecma-323/csta/ed3/priv12", True),
        ("http://www.ecma-international.org/standards/ecma-323/csta/ed", False),
        ("http://www.ecma-international.org/standards/ecma-323/csta/ed100", False),
        ("http://www.ecma-international.org/standards/ecma-323/csta/ed3/priv", False),
        ("http://www.ecma-international.org/standards/ecma-323/csta/ed3/", False),
        ("http://www.ecma-international.org/standards/ecma-323/csta/ed3\n", False),
        ("http://www.ecma-international.org/standards/ecma-323/csta/ed٣", False),
        ("http://www.ecma-international.org/standards/ecma-354/appl_session", False),
        ("", False),
    ],
)
def test_editions_of_csta(namespace: str, expected: bool) -> None:
    assert csta_xml.is_csta_edition(namespace) is expected


def test_namespace_that_is_no_edition_is_not_written() -> None:
    with pytest.raises(ValueError, match="no edition"):
        encode(MAKE_CALL, 'urn:x"><evil/>')


def test_session_messages_keep_their_own_namespace() -> None:
    stop = csta_xml.StopApplicationSession(session_id="1")
    assert encode(stop, ED4) == encode(stop)


@pytest.mark.parametrize(
    ("body", "element"),
    [
        (b"<MakeCall/>", "MakeCall"),
        (b"<MakeCall xmlns='urn:example:other'/>", "MakeCall"),
        (f"<MakeCall xmlns='{csta_xml.APPLICATION_SESSION}'/>".encode(), "MakeCall"),
        (f"<StopApplicationSession xmlns='{csta_xml.ED3}'/>".encode(), "StopApplicationSession"),
        (f"<CampOnCall xmlns='{csta_xml.ED3}'/>".encode(), "CampOnCall"),
        (f"<callingDevice xmlns='{csta_xml.ED3}'/>".encode(), "callingDevice"),
        (f"<{'x' * 500} xmlns='{csta_xml.ED3}'/>".encode(), "x" * 64),
    ],
)
def test_other_documents_are_unknown(body: bytes, element: str) -> None:
    with pytest.raises(UnknownMessage) as caught:
        decode(body)
    assert caught.value.element == element


@pytest.mark.parametrize(
    ("capture", "old", "new", "element", "problem"),
    [
        ("make_call", "callingDevice", "caller", "MakeCall", "callingDevice is missing"),
        ("make_call", "calledDirectoryNumber", "number", "MakeCall", "calledDirectoryNumber is missing"),
        ("make_call", "doNotPrompt", "maybe", "autoOriginate", "none of prompt, doNotPrompt"),
        ("make_call", "doNotPrompt", "DoNotPrompt", "autoOriginate", "none of prompt, doNotPrompt"),
        ("hold_call", ">1<", ">yes<", "connectionReservation", "none of true, 1, false, 0"),
        ("hold_call", ">1<", "><", "connectionReservation", "none of true, 1, false, 0"),
        ("held_event", ">hold<", ">held<", "localConnectionInfo", "none of null, initiated, alerting"),
        ("held_event", "monitorCrossRefID", "ref", "HeldEvent", "monitorCrossRefID is missing"),
        ("held_event", "deviceIdentifier", "deviceID", "holdingDevice", "none of deviceIdentifier, notKnown"),
        ("answer_call", "ID>", "Id>", "callToBeAnswered", "neither callID nor deviceID"),
        ("delivered_event", "numberDialed", "number", "lastRedirectionDevice", "none of numberDialed"),
        ("monitor_start", "deviceObject", "device", "monitorObject", "none of deviceObject, callObject"),
        ("monitor_start_filter", ">1<", ">on<", "networkReached", "none of true, 1, false, 0"),
        ("csta_error_code", "operation", "operations", "CSTAErrorCode", "none of operation, security"),
        ("get_forwarding_response", ">4<", ">four<", "ringCount", "no integer"),
        ("get_forwarding_response", ">4<", ">4.0<", "ringCount", "no integer"),
        ("get_forwarding_response", ">4<", ">٤<", "ringCount", "no integer"),
        ("get_forwarding_response", ">4<", f">{'9' * 19}<", "ringCount", "no integer"),
        ("get_forwarding_response", "forwardStatus", "status", "forwardListItem", "forwardStatus is missing"),
        ("snapshot_device_response", "snapshotData>", "x>", "crossRefIDorSnapshotData", "snapshotData is"),
        ("snapshot_device_response", "callReceived", "x", "simpleCallState", "none of callNull"),
        (
            "snapshot_call_response",
            "deviceOnCall",
            "x",
            "snapshotCallResponseInfo",
            "deviceOnCall is",
        ),
        ("snapshot_call_response", ">alerting<", ">x<", "localConnectionInfo", "none of null, initiated"),
        ("reconnect_call", "heldCall", "x", "ReconnectCall", "heldCall is missing"),
        ("generate_digits", "charactersToSend", "x", "GenerateDigits", "charactersToSend is missing"),
        ("generate_digits_timed", "dTMF", "dtmf", "digitMode", "none of rotaryPulse, dTMF"),
        (
            "single_step_conference_call",
            "silent",
            "loud",
            "participationType",
            "none of silent, active, none",
        ),
        ("transfer_call_response", "restricted", "x", "endpoint", "none of deviceID, notKnown, restricted"),
        ("conferenced_event", "conferenceConnections", "x", "ConferencedEvent", "conferenceConnections is"),
        ("transfered_event", "transferringDevice", "x", "TransferedEvent", "transferringDevice is missing"),
        ("set_do_not_disturb", ">false<", ">off<", "doNotDisturbOn", "none of true, 1, false, 0"),
        ("start_application_session", "applicationID", "id", "applicationInfo", "applicationID is missing"),
        ("start_application_session", "applicationInfo", "x", "StartApplicationSession", "application_id is"),
        ("start_application_session_neg_response", "invalidA", "a", "definedError", "none of invalidAppl"),
        ("application_session_terminated", ">session", ">x", "definedTermReason", "none of resourceLim"),
    ],
)
def test_invalid_message_says_where_and_why(
    capture: str, old: str, new: str, element: str, problem: str
) -> None:
    with pytest.raises(InvalidMessage) as caught:
        decode(load(capture).replace(old.encode(), new.encode()))
    assert caught.value.element == element
    assert caught.value.problem.startswith(problem)


def test_of_a_repeated_child_the_last_one_counts() -> None:
    body = load("monitor_stop").replace(b"</Mon", b"<monitorCrossRefID>other</monitorCrossRefID></Mon")
    assert decode(body) == csta_xml.MonitorStop(monitor_cross_ref_id=csta_xml.MonitorCrossRefId("other"))


def test_optional_children_may_come_in_any_order() -> None:
    body = encode(csta_xml.HoldCall(call_to_be_held=csta_xml.ConnectionId(csta_xml.CallId("1"))))
    body = body.replace(b"<callTo", b"<connectionReservation>0</connectionReservation><callTo")
    message = decode(body)
    assert isinstance(message, csta_xml.HoldCall)
    assert message.connection_reservation is False


def test_our_device_identifiers_carry_no_attributes() -> None:
    assert all(b"typeOfNumber" not in encode(value) for value, _, _ in ALL_TREES)


def test_extensions_without_a_line_are_no_line() -> None:
    body = load("get_csta_features").replace(b"Lcs/2005/04", b"Lcs/2099/04")
    assert decode(body) == csta_xml.GetCSTAFeatures(line=None)


def test_value_the_schema_has_no_place_for_is_not_written() -> None:
    event = csta_xml.OutOfServiceEvent(
        monitor_cross_ref_id=csta_xml.MonitorCrossRefId("1"), device=csta_xml.Absent.NOT_REQUIRED
    )
    with pytest.raises(ValueError, match="<device>: no place"):
        encode(event)
