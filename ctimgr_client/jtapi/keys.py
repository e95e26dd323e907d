"""How the bridge names lines, terminals and calls, and what it calls them on the wire.

Values only. A JTAPI address is a line: a directory number in a partition; plain JTAPI knows no partitions,
there it is empty. A terminal is a device. The pair is a line appearance.
"""

from dataclasses import dataclass

from csta_xml import DeviceId
from ctimgr_client.devices import WireDevice


@dataclass(frozen=True, slots=True)
class LineKey:
    """A JTAPI Address. As a party of a call: a line as a whole, or any number that is not ours."""

    dn: str
    partition: str = ""

    @property
    def device_id(self) -> DeviceId:
        return DeviceId(str(WireDevice(self.dn, partition=self.partition or None)))

    @property
    def number(self) -> DeviceId:
        return self.device_id


@dataclass(frozen=True, slots=True)
class Appearance:
    """A line at a terminal: what is monitored and controlled. Equal ones are the same one."""

    device: str
    line: LineKey

    @property
    def device_id(self) -> DeviceId:
        return DeviceId(str(WireDevice(self.line.dn, self.device, self.line.partition or None)))
