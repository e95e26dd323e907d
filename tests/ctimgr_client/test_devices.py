"""Device identifiers on the wire: tel:DN;device=NAME;partition=P."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from csta_xml import CallId, ClearConnection, ConnectionId, DeviceId, MakeCall
from ctimgr_client.devices import WireDevice, from_wire, parse_wire_device, to_wire

CASES = {
    "tel:1001": WireDevice("1001"),
    "tel:+81312345678": WireDevice("+81312345678"),
    "tel:*67%3B#": WireDevice("*67;#"),
    "tel:1001;device=SEP000000001001": WireDevice("1001", "SEP000000001001"),
    "tel:1200;partition=staff": WireDevice("1200", None, "staff"),
    "tel:1200;device=SEP00000000120B;partition=lab": WireDevice("1200", "SEP00000000120B", "lab"),
    "tel:1200;partition=Staff%20%3B%20Lab%3D1": WireDevice("1200", None, "Staff ; Lab=1"),
}


@pytest.mark.parametrize(("text", "device"), CASES.items(), ids=CASES)
def test_written_and_read(text: str, device: WireDevice) -> None:
    assert str(device) == text
    assert parse_wire_device(text) == device


@pytest.mark.parametrize(
    ("text", "device"),
    [
        ("1001", WireDevice("1001")),
        ("TEL:1001;Device=A;PARTITION=b", WireDevice("1001", "A", "b")),
        ("tel:1001;partition=b;device=A", WireDevice("1001", "A", "b")),
        ("tel:1001;phone-context=dialstring;device=A;flag", WireDevice("1001", "A")),
        ("tel:1001;device=;partition=", WireDevice("1001")),
        ("tel:1001;;", WireDevice("1001")),
    ],
)
def test_other_spellings_are_understood(text: str, device: WireDevice) -> None:
    assert parse_wire_device(text) == device


@pytest.mark.parametrize("text", ["", "tel:", "tel:;device=A", ";device=A"])
def test_a_device_without_a_number_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no directory number"):
        parse_wire_device(text)


WORDS = st.text(min_size=1)


@given(st.builds(WireDevice, WORDS, st.none() | WORDS, st.none() | WORDS))
def test_any_text_survives(device: WireDevice) -> None:
    assert parse_wire_device(str(device)) == device


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        device = parse_wire_device(text)
    except ValueError:
        return
    assert parse_wire_device(str(device)) == device


MAKE_CALL = MakeCall(
    calling_device=DeviceId("tel:1001;device=SEP000000001001"),
    called_directory_number=DeviceId("tel:1902"),
)
CLEAR = ClearConnection(
    connection_to_be_cleared=ConnectionId(CallId("1_4a11"), DeviceId("1001")),
)


def test_full_identifiers_pass_untouched() -> None:
    assert to_wire(MAKE_CALL, "full") is MAKE_CALL
    assert from_wire(MAKE_CALL, "full") is MAKE_CALL


def test_a_switch_of_plain_numbers_gets_plain_numbers() -> None:
    plain = to_wire(MAKE_CALL, "dn")
    assert (plain.calling_device, plain.called_directory_number) == ("1001", "1902")


def test_plain_numbers_of_a_switch_become_tel_uris() -> None:
    assert from_wire(CLEAR, "dn").connection_to_be_cleared == ConnectionId(
        CallId("1_4a11"), DeviceId("tel:1001")
    )


def test_an_identifier_without_a_number_is_left_alone() -> None:
    odd = ClearConnection(connection_to_be_cleared=ConnectionId(CallId("1"), DeviceId(";device=A")))
    assert to_wire(odd, "dn") == odd
    assert from_wire(odd, "dn") == odd
