"""The set of the simulated cluster, and how a device identifier or a dialled number finds its place in it.

Devices, lines and numbers are fixed; on which devices a line is can change. Where an identifier fits several
appearances, the first in the fixed order is meant: the order in which `_embedded` and `Fleet` put them up, so
the hard phone before Cisco IP Communicator and partition `staff` before `lab`. An appearance that moves takes
its place along. Knows device identifiers of the wire. Does not know calls.
"""

from collections.abc import Iterator

from csta_xml import DeviceId
from ctimgr_client.devices import WireDevice, parse_wire_device
from ctimgr_client.simulator.phones import Appearance, Conduct, Destination, Device, Line, Node, Outside

HARD_PHONE = "Cisco 8851"
SOFT_PHONE = "Cisco IP Communicator"
FIRST_GENERATED = 2_000_000
MAX_GENERATED = 1_000_000

_OUTSIDE = {
    "1901": Conduct.ANSWERS,
    "1902": Conduct.ANSWERS_LATER,
    "1903": Conduct.BUSY,
    "1904": Conduct.SILENT,
    "1905": Conduct.REJECTS,
}
_PARK_NUMBERS = range(7001, 7011)
_PUBLIC = "+1555"  # the same again behind a trunk
PICKUP_GROUP = "7500"
_SEPARATORS = str.maketrans("", "", "-.() ")


class Fleet:
    """All nodes, devices, lines and outside numbers, each found by its name in one step."""

    def __init__(self, phones: int = 0) -> None:
        if not 0 <= phones <= MAX_GENERATED:
            raise ValueError(f"phones = {phones}: 0 to {MAX_GENERATED} are possible")
        self.nodes = {name: Node(name) for name in ("cucm1", "cucm2")}
        self.devices: dict[str, Device] = {}
        self._spread = tuple(self.nodes.values())
        self._lines: dict[str, tuple[Line, ...]] = {}
        self._appearances: dict[str, Appearance] = {}
        self._groups: dict[str, tuple[Line, ...]] = {}
        self._outside: dict[str, Outside] = {}
        for dn, conduct in _OUTSIDE.items():
            self._number(dn, conduct)
            self._number(_PUBLIC + dn, conduct, trunk=True)
        for number in _PARK_NUMBERS:
            self._number(str(number), Conduct.PARKS)
        self._embedded()
        for number in range(FIRST_GENERATED, FIRST_GENERATED + phones):
            self._phone(str(number))

    def appearances(self, device_id: str) -> tuple[Appearance, ...]:
        """The line appearances an identifier fits, in the fixed order: one when it is complete."""
        exact = self._appearances.get(device_id)
        if exact is not None:
            return (exact,)
        wire = _parsed(device_id)
        return tuple(self._fitting(wire)) if wire is not None else ()

    def destination(self, number: str) -> Destination | None:
        """Whom a dialled number reaches; None where the dial plan has nobody."""
        exact = self._appearances.get(number)
        if exact is not None:
            return exact.line
        wire = _parsed(number)
        if wire is None:
            return None
        found = next(self._fitting(wire), None)
        return found.line if found is not None else self._outside.get(wire.dn)

    def pickup_group(self, number: str) -> tuple[Line, ...] | None:
        """The lines of a pickup group, None where there is no such group."""
        wire = _parsed(number)
        return self._groups.get(wire.dn) if wire is not None else None

    def move(self, appearance: Appearance, device: Device) -> Appearance:
        """Put the line on `device` instead, which does not have it yet; the appearance there comes back."""
        line, left = appearance.line, appearance.device
        left.appearances = tuple(each for each in left.appearances if each is not appearance)
        del self._appearances[appearance.device_id]
        moved = self._appearance(device, line)
        line.appearances = tuple(moved if each is appearance else each for each in line.appearances)
        return moved

    def _fitting(self, wire: WireDevice) -> Iterator[Appearance]:
        device = wire.device.upper() if wire.device is not None else None
        for line in self._lines.get(wire.dn, ()):
            if wire.partition is None or line.partition == wire.partition:
                for appearance in line.appearances:
                    if device is None or appearance.device.name == device:
                        yield appearance

    def _embedded(self) -> None:
        grouped = [self._phone(str(number), PICKUP_GROUP) for number in range(1001, 1021)]
        self._groups[PICKUP_GROUP] = tuple(grouped)
        hard, soft = self._device("SEP000000001100"), self._device("SEP00000000110C", SOFT_PHONE)
        self._line("1100", None, hard, soft)
        self._line("1200", "staff", self._device("SEP000000001200"))
        self._line("1200", "lab", self._device("SEP00000000120B"))
        two_lines = self._device("SEP000000001300")
        self._line("1300", None, two_lines)
        self._line("1301", None, two_lines)

    def _number(self, dn: str, conduct: Conduct, *, trunk: bool = False) -> None:
        self._outside[dn] = Outside(dn, DeviceId(str(WireDevice(dn))), conduct, trunk)

    def _phone(self, dn: str, pickup_group: str | None = None) -> Line:
        line = self._line(dn, None, self._device(f"SEP{dn:0>12}"))
        line.pickup_group = pickup_group
        return line

    def _device(self, name: str, model: str = HARD_PHONE) -> Device:
        node = self._spread[len(self.devices) % len(self._spread)]
        device = self.devices[name] = Device(name, model, home=node, node=node)
        return device

    def _line(self, dn: str, partition: str | None, *devices: Device) -> Line:
        line = Line(dn, partition)
        line.appearances = tuple(self._appearance(device, line) for device in devices)
        self._lines[dn] = (*self._lines.get(dn, ()), line)
        return line

    def _appearance(self, device: Device, line: Line) -> Appearance:
        device_id = DeviceId(str(WireDevice(line.dn, device.name, line.partition)))
        appearance = self._appearances[device_id] = Appearance(device, line, device_id)
        device.appearances = (*device.appearances, appearance)
        return appearance


def _parsed(text: str) -> WireDevice | None:
    try:
        wire = parse_wire_device(text)
    except ValueError:
        return None
    return WireDevice(wire.dn.translate(_SEPARATORS), wire.device, wire.partition)
