"""Device identifiers on the wire towards CTIManagers: tel:DN;device=NAME;partition=P.

The three parts name one line appearance (line x partition x device); both parameters are optional and are
written in this order. Characters that a tel parameter cannot hold (RFC 3966 §3) are percent-encoded. Knows
the text only: neither whether such a line exists nor who may control it.
"""

from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import quote, unquote

from csta_xml import DeviceId, Message, rewrite
from ctimgr_client.address import DeviceFormat

M = TypeVar("M", bound=Message)

_SAFE_IN_DN = "+*#()!'"
_SAFE_IN_VALUE = "+*()!'[]/:&$"


@dataclass(frozen=True, slots=True)
class WireDevice:
    """A line appearance, or a plain number when it names neither device nor partition."""

    dn: str
    device: str | None = None
    partition: str | None = None

    def __str__(self) -> str:
        text = f"tel:{quote(self.dn, safe=_SAFE_IN_DN)}"
        if self.device is not None:
            text += f";device={quote(self.device, safe=_SAFE_IN_VALUE)}"
        if self.partition is not None:
            text += f";partition={quote(self.partition, safe=_SAFE_IN_VALUE)}"
        return text


def parse_wire_device(text: str) -> WireDevice:
    """Read what `str(WireDevice)` writes, and the plain numbers of switches that know nothing else.

    The scheme may be missing, parameters may come in any order, unknown and empty ones are left out. Raises
    ValueError when there is no number.
    """
    number, *parameters = _without_scheme(text).split(";")
    if not number:
        raise ValueError(f"{text!r} has no directory number")
    values: dict[str, str] = {}
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if value:
            values[name.lower()] = unquote(value)
    return WireDevice(unquote(number), values.get("device"), values.get("partition"))


def to_wire(message: M, device_format: DeviceFormat) -> M:
    """The message as this CTIManager wants it: a switch that knows plain numbers only gets plain numbers."""
    return message if device_format == "full" else rewrite(message, _plain)


def from_wire(message: M, device_format: DeviceFormat) -> M:
    """The message with devices as tel URIs, whatever this CTIManager writes."""
    return message if device_format == "full" else rewrite(message, _tel)


def _plain(device: DeviceId) -> DeviceId:
    try:
        return DeviceId(parse_wire_device(device).dn)
    except ValueError:
        return device  # without a number there is nothing to reduce; the switch will say what it thinks of it


def _tel(device: DeviceId) -> DeviceId:
    try:
        return DeviceId(str(parse_wire_device(device)))
    except ValueError:
        return device  # what the switch names without a number is not ours to correct


def _without_scheme(text: str) -> str:
    return text[4:] if text[:4].lower() == "tel:" else text
