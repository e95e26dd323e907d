"""Numbers and lines as the two sides write them: Line URIs and tel: URIs of clients, ids of CTIManagers.

Pure translation in both directions (RFC 3966; the Line URI of remote call control). What a client calls its
own line goes back to it byte for byte, because clients compare it that way. Does not know which lines exist.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import unquote

from csta_xml import DeviceId
from ctimgr_client import WireDevice, parse_wire_device

from .errors import BadNumber

_SEPARATORS = str.maketrans("", "", "-.() ")
_DIALLABLE = re.compile(r"\+?[0-9A-Da-d*#]{1,40}\Z")
#: Clients write it for numbers that are to be dialled as they are.
_DIAL_STRING = ";phone-context=dialstring"


@dataclass(frozen=True, slots=True)
class LineUri:
    """A client's line, e.g. tel:2001;phone-context=dialstring;device=SEP0011;partition=PT. `text` is what it
    wrote."""

    text: str
    number: str
    device: str | None = None
    partition: str | None = None

    @classmethod
    def parse(cls, text: str) -> LineUri:
        """Read a tel: URI, any order and case of parameters, visual separators ignored. Raises BadNumber."""
        scheme, colon, rest = text.partition(":")
        if not colon or scheme.lower() != "tel":
            raise BadNumber(f"{text[:80]!r} is not a tel: URI")
        number, *parameters = rest.split(";")
        values: dict[str, str] = {}
        for parameter in parameters:
            name, _, value = parameter.partition("=")
            values.setdefault(name.strip().lower(), unquote(value.strip()))
        return cls(text, diallable(number), values.get("device") or None, values.get("partition") or None)


@dataclass(frozen=True, slots=True)
class LineAppearance:
    """A line on a device: what is controlled. Equal by directory number, device and partition, not by
    text."""

    dn: str
    device: str | None = None
    partition: str | None = None

    @property
    def wire(self) -> DeviceId:
        """The identifier that CTIManagers know it by."""
        return DeviceId(str(WireDevice(self.dn, self.device, self.partition)))

    def covers(self, dn: str, device: str | None, partition: str | None) -> bool:
        """Whether an identifier that may leave out device or partition means this appearance."""
        return (
            dn == self.dn
            and (device is None or self.device is None or device.casefold() == self.device.casefold())
            and (partition is None or self.partition is None or partition == self.partition)
        )


def diallable(number: str) -> str:
    """A number without visual separators. Raises BadNumber for what a phone could not dial
    (`5551234v:41234`)."""
    digits = unquote(number).translate(_SEPARATORS)
    if _DIALLABLE.match(digits) is None:
        raise BadNumber(f"{number[:80]!r} is not a number that can be dialled")
    return digits


class Translator:
    """Device identifiers of one session: its own line by the client's text, everybody else by number."""

    __slots__ = ("appearance", "line", "own_wire")

    def __init__(self, line: LineUri, appearance: LineAppearance) -> None:
        self.line = line
        self.appearance = appearance
        self.own_wire = appearance.wire

    def is_own(self, device: str) -> bool:
        """Whether an identifier that the client wrote means its own line."""
        try:
            return self.to_wire(DeviceId(device)) == self.own_wire
        except BadNumber:
            return False

    def to_wire(self, device: DeviceId) -> DeviceId:
        """What a client wrote, as the CTIManager knows it. Raises BadNumber."""
        if device == self.line.text:
            return self.own_wire
        number = device if ":" in device else f"tel:{device}"
        uri = _read_client(number)
        if self.appearance.covers(uri.number, uri.device, uri.partition):
            return self.own_wire
        return DeviceId(str(WireDevice(uri.number)))

    def to_client(self, device: DeviceId) -> DeviceId:
        """What a CTIManager wrote, as the client knows it: its Line URI byte for byte, or a tel: URI of a
        number."""
        dn, name, partition = _read_wire(device)
        if self.appearance.covers(dn, name, partition):
            return DeviceId(self.line.text)
        return DeviceId(f"tel:{dn}" if dn.startswith("+") else f"tel:{dn}{_DIAL_STRING}")


@lru_cache(maxsize=8192)
def _read_client(device: str) -> LineUri:
    return LineUri.parse(device)


def number_of(device: DeviceId) -> str:
    """The directory number of an identifier of a CTIManager, whichever of the line's phones is meant."""
    return _read_wire(device)[0]


@lru_cache(maxsize=8192)
def _read_wire(device: str) -> tuple[str, str | None, str | None]:
    try:
        wire = parse_wire_device(device)
    except ValueError:
        return device, None, None
    return wire.dn, wire.device, wire.partition
