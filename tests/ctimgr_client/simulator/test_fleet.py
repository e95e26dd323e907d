import pytest

from ctimgr_client.simulator.fleet import MAX_GENERATED, Fleet
from ctimgr_client.simulator.phones import Appearance, Line, Outside

FLEET = Fleet()

IDENTIFIERS = [
    ("tel:1001;device=SEP000000001001", ["tel:1001;device=SEP000000001001"]),
    ("TEL:1001;DEVICE=SEP000000001001", ["tel:1001;device=SEP000000001001"]),
    ("tel:1001;device=sep000000001001", ["tel:1001;device=SEP000000001001"]),
    ("tel:1001;phone-context=dialstring", ["tel:1001;device=SEP000000001001"]),
    ("tel:1001", ["tel:1001;device=SEP000000001001"]),
    ("1001", ["tel:1001;device=SEP000000001001"]),
    ("tel:10-0.1", ["tel:1001;device=SEP000000001001"]),
    ("tel:1100", ["tel:1100;device=SEP000000001100", "tel:1100;device=SEP00000000110C"]),
    ("tel:1100;device=SEP00000000110C", ["tel:1100;device=SEP00000000110C"]),
    (
        "tel:1200",
        [
            "tel:1200;device=SEP000000001200;partition=staff",
            "tel:1200;device=SEP00000000120B;partition=lab",
        ],
    ),
    ("tel:1200;partition=lab", ["tel:1200;device=SEP00000000120B;partition=lab"]),
    ("tel:1200;partition=lab;device=SEP00000000120B", ["tel:1200;device=SEP00000000120B;partition=lab"]),
    ("tel:1200;device=SEP000000001200", ["tel:1200;device=SEP000000001200;partition=staff"]),
    ("tel:1301", ["tel:1301;device=SEP000000001300"]),
    ("tel:1001;device=SEP000000001002", []),
    ("tel:1200;partition=attic", []),
    ("tel:1001;partition=staff", []),
    ("tel:2000000", []),
    ("tel:1902", []),
    ("tel:", []),
    ("", []),
    ("tel:5555551234v:41234", []),
]


@pytest.mark.parametrize(("text", "expected"), IDENTIFIERS)
def test_identifiers_fit_appearances_in_the_fixed_order(text: str, expected: list[str]) -> None:
    assert [appearance.device_id for appearance in FLEET.appearances(text)] == expected


DIALLED = [
    ("tel:1002", "1002"),
    ("tel:1002;device=SEP000000001002", "1002"),
    ("1002", "1002"),
    ("tel:1200;partition=lab", "1200"),
    ("tel:1902", "1902"),
    ("tel:19-02;phone-context=dialstring", "1902"),
    ("tel:1999", None),
    ("tel:+15550100", None),
    ("nobody", None),
    ("", None),
]


@pytest.mark.parametrize(("number", "expected"), DIALLED)
def test_numbers_reach_lines_and_outside_numbers(number: str, expected: str | None) -> None:
    found = FLEET.destination(number)
    assert (found.dn if found is not None else None) == expected


def test_a_number_in_two_partitions_reaches_staff_first() -> None:
    found = FLEET.destination("tel:1200")
    assert isinstance(found, Line)
    assert found.partition == "staff"
    assert found.number == "tel:1200;partition=staff"


def test_the_embedded_phones_are_those_of_the_contract() -> None:
    devices = {name: [a.line.dn for a in device.appearances] for name, device in FLEET.devices.items()}
    assert devices == {
        **{f"SEP00000000{dn}": [str(dn)] for dn in range(1001, 1021)},
        "SEP000000001100": ["1100"],
        "SEP00000000110C": ["1100"],
        "SEP000000001200": ["1200"],
        "SEP00000000120B": ["1200"],
        "SEP000000001300": ["1300", "1301"],
    }
    assert FLEET.devices["SEP00000000110C"].model == "Cisco IP Communicator"


def test_phones_are_spread_over_both_nodes() -> None:
    on = [device.node.name for device in FLEET.devices.values() if device.node is not None]
    assert len(on) == len(FLEET.devices)
    assert abs(on.count("cucm1") - on.count("cucm2")) <= 1


def test_generated_phones_are_many_and_small() -> None:
    fleet = Fleet(40_000)
    (last,) = fleet.appearances("tel:2039999")
    assert last.device_id == "tel:2039999;device=SEP000002039999"
    assert fleet.appearances("tel:2040000") == ()
    assert len(fleet.devices) == 40_025
    assert not any(hasattr(thing, "__dict__") for thing in (last, last.line, last.device))


def test_a_line_that_moves_takes_its_place_among_the_appearances_along() -> None:
    fleet = Fleet()
    hard, soft = fleet.appearances("tel:1100")
    phone = fleet.devices["SEP000000001001"]
    moved = fleet.move(hard, phone)
    assert moved.device_id == "tel:1100;device=SEP000000001001"
    assert fleet.appearances("tel:1100") == (moved, soft)
    assert fleet.appearances("tel:1100;device=sep000000001001") == (moved,)
    assert fleet.appearances(hard.device_id) == ()
    assert fleet.destination(hard.device_id) is None
    assert fleet.destination(moved.device_id) is fleet.destination("1100") is soft.line
    assert soft.line.device_id == moved.device_id
    assert [each.line.dn for each in phone.appearances] == ["1001", "1100"]
    assert hard.device.appearances == ()


@pytest.mark.parametrize("phones", [-1, MAX_GENERATED + 1])
def test_the_number_of_phones_is_bounded(phones: int) -> None:
    with pytest.raises(ValueError, match="phones"):
        Fleet(phones)


def test_only_lines_have_appearances() -> None:
    found = FLEET.destination("tel:1901")
    assert isinstance(found, Outside)
    assert found.device_id == found.number == "tel:1901"
    assert all(isinstance(appearance, Appearance) for appearance in FLEET.appearances("tel:1001"))
