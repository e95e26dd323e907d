"""What stands in the cluster: nodes, devices, lines, line appearances, and numbers outside CTI control.

Knows what is configured and where each device is registered. Does not know calls, monitors or the wire.
"""

from dataclasses import dataclass
from enum import StrEnum

from csta_xml import DeviceId
from ctimgr_client.devices import WireDevice


@dataclass(slots=True, eq=False)
class Node:
    """One CUCM node: devices register with it."""

    name: str
    up: bool = True


@dataclass(slots=True, eq=False)
class Device:
    """A phone. `node` is where it is registered now; None means out of service."""

    name: str
    model: str
    home: Node
    node: Node | None
    plugged: bool = True  # False: somebody unregistered it, so it does not rehome by itself
    do_not_disturb: bool = False
    appearances: "tuple[Appearance, ...]" = ()

    @property
    def in_service(self) -> bool:
        return self.node is not None


@dataclass(slots=True, eq=False)
class Line:
    """A directory number in a partition, on every device in `appearances` (in the cluster's fixed order)."""

    dn: str
    partition: str | None
    pickup_group: str | None = None
    appearances: "tuple[Appearance, ...]" = ()
    forward: "Destination | None" = None
    message_waiting: bool = False
    message_for: DeviceId | None = None  # what whoever lit the lamp called the mailbox

    @property
    def device_id(self) -> DeviceId:
        """The id where no single appearance is meant: that of the first one."""
        return self.appearances[0].device_id

    @property
    def number(self) -> DeviceId:
        """The line as a number to dial or to forward to: no device is meant."""
        return DeviceId(str(WireDevice(self.dn, partition=self.partition)))


@dataclass(slots=True, eq=False)
class Appearance:
    """A line on a device: what an application opens, monitors and controls."""

    device: Device
    line: Line
    device_id: DeviceId


class Conduct(StrEnum):
    """What a number outside CTI control does with a call."""

    ANSWERS = "answers at once"
    ANSWERS_LATER = "answers after a second"
    BUSY = "is busy"
    SILENT = "never answers"
    REJECTS = "rejects"
    PARKS = "keeps one call until somebody takes it"


@dataclass(slots=True, eq=False)
class Outside:
    """A number the cluster can dial but not control: somebody outside, or a park number."""

    dn: str
    device_id: DeviceId
    conduct: Conduct
    trunk: bool = False  # behind a trunk: the call leaves the cluster's network

    @property
    def number(self) -> DeviceId:
        return self.device_id


Destination = Line | Outside
Endpoint = Appearance | Outside
