"""Who takes part in a call and who looks at it, as far as events need to know them.

Types only: a server has its own classes for phones and lines, which fit these.
"""

from collections.abc import Hashable
from typing import Protocol

from csta_xml import DeviceId


class Party(Protocol):
    """One party of a call: a line appearance, a line as a whole, a number outside."""

    @property
    def device_id(self) -> DeviceId: ...


class Destination(Party, Protocol):
    """What calls can be sent to; `number` names no single device."""

    @property
    def number(self) -> DeviceId: ...


class Viewer(Party, Hashable, Protocol):
    """A line appearance that can be monitored: equal ones are one, and so are equal lines."""

    @property
    def device(self) -> Hashable: ...
    @property
    def line(self) -> Party: ...
