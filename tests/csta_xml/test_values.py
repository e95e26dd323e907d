"""What holds for every message class: frozen, small, named as its element, and secrets stay secret."""

import re
from dataclasses import FrozenInstanceError, fields, is_dataclass

import pytest

import csta_xml
from csta_xml import Event, Message, Response, Service
from csta_xml.codec import COMPILED_KEPT, _reader, _writer
from csta_xml.structure import field_name
from csta_xml.table import CSTA, SESSION
from tests.csta_xml.cases import ESTABLISHED, LOGIN

MESSAGES = [*CSTA, *SESSION]


@pytest.mark.parametrize("message", MESSAGES, ids=lambda cls: cls.__name__)
def test_message_is_a_public_frozen_slots_dataclass(message: type[Message]) -> None:
    assert is_dataclass(message)
    assert getattr(csta_xml, message.__name__) is message
    value = object.__new__(message)
    assert not hasattr(value, "__dict__")
    for field in fields(message):
        assert field.kw_only
        with pytest.raises(FrozenInstanceError):
            setattr(value, field.name, None)


def test_every_exported_message_is_in_the_table() -> None:
    bases = {Message, Service, Response, Event}
    exported = [getattr(csta_xml, name) for name in csta_xml.__all__]
    messages = {cls for cls in exported if isinstance(cls, type) and issubclass(cls, Message)}
    assert messages - bases == set(MESSAGES)


@pytest.mark.parametrize("message", MESSAGES, ids=lambda cls: cls.__name__)
def test_family_follows_from_the_name(message: type[Message]) -> None:
    name = message.__name__
    assert issubclass(message, Event) == name.endswith("Event")
    assert issubclass(message, Response) == name.endswith("Response")
    assert issubclass(message, Service) == (
        not re.search(r"Event$|Response$|^CSTAErrorCode$|Terminated$|Abort$", name)
    )


@pytest.mark.parametrize(
    ("element", "field"),
    [
        ("monitorCrossRefID", "monitor_cross_ref_id"),
        ("sysStatRegisterID", "sys_stat_register_id"),
        ("forwardDN", "forward_dn"),
        ("originatinNIDConnection", "originatin_nid_connection"),
        ("callToBeAnswered", "call_to_be_answered"),
        ("device", "device"),
    ],
)
def test_field_is_the_element_in_snake_case(element: str, field: str) -> None:
    assert field_name(element) == field


def test_password_is_not_shown() -> None:
    assert "a<b" not in repr(LOGIN)
    assert LOGIN.password == "a<b"


def test_errors_do_not_repeat_what_the_peer_wrote() -> None:
    body = csta_xml.encode(ESTABLISHED).replace(b">connected<", b">s3cret<")
    with pytest.raises(csta_xml.InvalidMessage) as caught:
        csta_xml.decode(body)
    assert "s3cret" not in str(caught.value)


def test_compiled_tables_stay_bounded_whatever_editions_are_asked_for() -> None:
    for edition in range(1, 100):
        for private in range(30):
            namespace = f"http://www.ecma-international.org/standards/ecma-323/csta/ed{edition}/priv{private}"
            body = csta_xml.encode(ESTABLISHED, namespace)
            assert csta_xml.decode_document(body).namespace == namespace
    assert _reader.cache_info().currsize == _reader.cache_info().maxsize == COMPILED_KEPT
    assert _writer.cache_info().currsize == _writer.cache_info().maxsize == COMPILED_KEPT
