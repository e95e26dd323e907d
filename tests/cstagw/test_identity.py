"""Line URIs, numbers and device identifiers, in both directions."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from csta_xml import DeviceId
from cstagw.errors import BadNumber
from cstagw.identity import LineAppearance, LineUri, Translator
from cstagw.numbers import diallable

LINES = [
    ("tel:2001", "2001", None, None),
    (" Tel:20-01 ", "2001", None, None),
    ("tel:2001;phone-context=dialstring", "2001", None, None),
    ("TEL:2001;Partition=PT_INT;DEVICE=SEP0011", "2001", "SEP0011", "PT_INT"),
    ("tel:2001;device=SEP0011;phone-context=dialstring;partition=PT%20INT", "2001", "SEP0011", "PT INT"),
    ("tel:+1-425-555-0100", "+14255550100", None, None),
    ("tel:*51#", "*51#", None, None),
]


@pytest.mark.parametrize(("text", "number", "device", "partition"), LINES)
def test_a_line_uri_is_read_and_its_text_is_kept(
    text: str, number: str, device: str | None, partition: str | None
) -> None:
    assert LineUri.parse(text) == LineUri(text, number, device, partition)


@pytest.mark.parametrize(
    ("text", "dns"),
    [
        ("tel:(425)555.0100;ext=12", ("12", "4255550100")),
        ("tel:+14255550100;EXT=1-234;phone-context=dialstring", ("1234", "+14255550100")),
        ("tel:2001;ext=", ("2001",)),
    ],
)
def test_an_extension_tells_the_lines_of_one_number_apart(text: str, dns: tuple[str, ...]) -> None:
    assert LineUri.parse(text).dns == dns


@pytest.mark.parametrize(
    ("text", "has"), [("tel:+1425;PHONE-context=dialstring", True), ("tel:+1425;ext=1", False)]
)
def test_a_phone_context_is_seen(text: str, has: bool) -> None:
    assert LineUri.parse(text).has_phone_context is has


@pytest.mark.parametrize(
    "text", ["", "2001", "sip:2001@x", "tel:", "tel:5555551234v:41234", "tel:;device=SEP1", "tel:12 x"]
)
def test_what_is_no_line_uri_is_refused(text: str) -> None:
    with pytest.raises(BadNumber):
        LineUri.parse(text)


@pytest.mark.parametrize(("own", "other", "same"), [
    (LineAppearance("1"), ("1", "SEP1", "PT"), True),
    (LineAppearance("1", "SEP1"), ("1", None, None), True),
    (LineAppearance("1", "SEP1"), ("1", "sep1", None), True),
    (LineAppearance("1", "SEP1"), ("1", "SEP2", None), False),
    (LineAppearance("1", None, "A"), ("1", "SEP1", "B"), False),
    (LineAppearance("1"), ("2", None, None), False),
])  # fmt: skip
def test_appearances_are_equal_by_number_device_and_partition(
    own: LineAppearance, other: tuple[str, str | None, str | None], same: bool
) -> None:
    assert own.covers(*other) is same


def translator(text: str = "tel:1001;phone-context=dialstring") -> Translator:
    line = LineUri.parse(text)
    return Translator(line, LineAppearance(line.number, line.device, line.partition))


def test_the_own_line_goes_back_byte_for_byte() -> None:
    own = translator("tel:1001;Phone-Context=dialstring;x=%41")
    for wire in ("tel:1001", "tel:1001;device=SEP000000001001", "1001"):
        assert own.to_client(DeviceId(wire)) == "tel:1001;Phone-Context=dialstring;x=%41"


def test_other_parties_are_numbers_that_a_client_can_normalise() -> None:
    own = translator()
    assert own.to_client(DeviceId("tel:1002;device=SEP000000001002")) == "tel:1002;phone-context=dialstring"
    assert own.to_client(DeviceId("tel:+15550100")) == "tel:+15550100"


def test_towards_the_ctimanager_the_own_line_is_the_appearance() -> None:
    own = translator("tel:1001;device=SEP1;partition=P")
    assert own.to_wire(DeviceId("tel:1001;device=SEP1;partition=P")) == "tel:1001;device=SEP1;partition=P"
    assert own.to_wire(DeviceId("tel:1001")) == "tel:1001;device=SEP1;partition=P"
    assert own.to_wire(DeviceId("tel:1902;phone-context=dialstring")) == "tel:1902"
    assert own.to_wire(DeviceId("1902")) == "tel:1902"


@given(st.text(alphabet="0123456789-.() +*#", max_size=30))
def test_a_number_loses_nothing_but_separators(text: str) -> None:
    try:
        number = diallable(text)
    except BadNumber:
        return
    assert number == "".join(one for one in text if one not in "-.() ")


@given(st.text(max_size=60))
def test_no_text_breaks_the_reader(text: str) -> None:
    translator().to_client(DeviceId(text))
    translator().is_own(text)
