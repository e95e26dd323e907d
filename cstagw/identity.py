"""Numbers and lines as the two sides write them: Line URIs and tel: URIs of clients, ids of CTIManagers.

Pure translation in both directions (RFC 3966; the Line URI of remote call control). What a client calls its
own line goes back to it byte for byte, because clients compare it that way. Does not know which lines exist.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import unquote

from csta_xml import DeviceId
from ctimgr_client import WireDevice, parse_wire_device

from .errors import BadNumber
from .numbers import NO_RULES, Numbers, diallable

#: Clients write it for numbers that are to be dialled as they are.
_DIAL_STRING = ";phone-context=dialstring"


@dataclass(frozen=True, slots=True)
class LineUri:
    """A client's line, e.g. tel:2001;phone-context=dialstring;device=SEP0011;partition=PT. `text` is what it
    wrote, `extension` the digits of `ext` (RFC 3966 §3)."""

    text: str
    number: str
    device: str | None = None
    partition: str | None = None
    extension: str | None = None

    @classmethod
    def parse(cls, text: str) -> LineUri:
        """Read a tel: URI, any order and case of parameters, visual separators ignored, unknown parameters
        left alone. Raises BadNumber."""
        scheme, colon, rest = text.strip().partition(":")
        if not colon or scheme.strip().lower() != "tel":
            raise BadNumber(f"{text[:80]!r} is not a tel: URI")
        number, *parameters = rest.split(";")
        values: dict[str, str] = {}
        for parameter in parameters:
            name, _, value = parameter.partition("=")
            values.setdefault(name.strip().lower(), unquote(value.strip()))
        extension = values.get("ext")
        return cls(
            text,
            diallable(number.strip()),
            values.get("device") or None,
            values.get("partition") or None,
            diallable(extension) if extension else None,
        )

    @property
    def dns(self) -> tuple[str, ...]:
        """The directory numbers that it can mean, the likelier first: an extension is what tells users of one
        public number apart."""
        return (self.number,) if self.extension is None else (self.extension, self.number)

    @property
    def has_phone_context(self) -> bool:
        """Whether its client may dial from it as it stands; clients fail over one on a number with a plus."""
        return ";phone-context=" in self.text.replace(" ", "").lower()


@dataclass(frozen=True, slots=True)
class LineAppearance:
    """A line on a device: what is controlled. Equal by directory number, device and partition, not by
    text."""

    dn: str
    device: str | None = None
    partition: str | None = None

    def __str__(self) -> str:
        """For people."""
        device = f" on {self.device}" if self.device else ""
        return f"{self.dn}{device}{f' in partition {self.partition}' if self.partition else ''}"

    @property
    def wire(self) -> DeviceId:
        """The identifier that CTIManagers know it by."""
        return DeviceId(str(WireDevice(self.dn, self.device, self.partition)))

    @property
    def key(self) -> tuple[str, str, str]:
        """What two appearances that are the same have in common: device names are the same in any case."""
        return self.dn, (self.device or "").casefold(), self.partition or ""

    def covers(self, dn: str, device: str | None, partition: str | None) -> bool:
        """Whether an identifier that may leave out device or partition means this appearance."""
        return (
            dn == self.dn
            and (device is None or self.device is None or device.casefold() == self.device.casefold())
            and (partition is None or self.partition is None or partition == self.partition)
        )


class Translator:
    """Device identifiers of one session: its own line by the client's text, everybody else by number, as the
    site's rules rewrite it. The own line is not rewritten either way."""

    __slots__ = ("appearance", "line", "numbers", "own_wire")

    def __init__(self, line: LineUri, appearance: LineAppearance, numbers: Numbers = NO_RULES) -> None:
        self.line = line
        self.appearance = appearance
        self.numbers = numbers
        self.own_wire = appearance.wire

    def is_own(self, device: str) -> bool:
        """Whether an identifier that the client wrote means its own line."""
        try:
            return self.to_wire(DeviceId(device)) == self.own_wire
        except BadNumber:
            return False

    def is_own_wire(self, device: DeviceId) -> bool:
        """Whether an identifier that the CTIManager wrote means the client's own line."""
        return self.appearance.covers(*_read_wire(device))

    def to_wire(self, device: DeviceId) -> DeviceId:
        """What a client wrote, as the CTIManager knows it. Raises BadNumber."""
        if device == self.line.text:
            return self.own_wire
        uri = read_dialled(device)
        if self._covers(self._own_dn(uri), uri):
            return self.own_wire
        number = self.numbers.dialled(uri.number, uri.extension)
        return self.own_wire if self._covers(number, uri) else _wire(number)

    def to_client(self, device: DeviceId) -> DeviceId:
        """What a CTIManager wrote, as the client knows it: its Line URI byte for byte, or a tel: URI of a
        number."""
        dn, name, partition = _read_wire(device)
        if self.appearance.covers(dn, name, partition):
            return DeviceId(self.line.text)
        return shown(self.numbers.reported(dn))

    def _own_dn(self, uri: LineUri) -> str | None:
        """The number that is held against the own line before any rule: the own one where a URI is the Line
        URI spelt otherwise; none where an extension makes it somebody else's."""
        if (uri.number, uri.extension) == (self.line.number, self.line.extension):
            return self.appearance.dn
        return uri.number if uri.extension is None else None

    def _covers(self, dn: str | None, uri: LineUri) -> bool:
        return dn is not None and self.appearance.covers(dn, uri.device, uri.partition)


@lru_cache(maxsize=8192)
def read_dialled(device: str) -> LineUri:
    """What a client may write for a party: a tel: URI, or a number alone. Raises BadNumber."""
    return LineUri.parse(device if ":" in device else f"tel:{device}")


@lru_cache(maxsize=8192)
def _wire(number: str) -> DeviceId:
    return DeviceId(str(WireDevice(number)))


@lru_cache(maxsize=8192)
def shown(number: str) -> DeviceId:
    """A number as clients are shown it: they can normalise it, or take it as it is where it begins with +."""
    return DeviceId(f"tel:{number}" if number.startswith("+") else f"tel:{number}{_DIAL_STRING}")


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
