"""How much one server of the wire takes, and the alarms of CUCM's device limits.

Maximum Devices Per Provider and Maximum Devices Per Node are soft: above them an alarm is raised, once,
and the device is served all the same. The other limits are hard bounds of tables.
"""

from collections.abc import Callable
from dataclasses import dataclass

Alarm = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Limits:
    """Of one server; durations are seconds."""

    devices_per_provider: int = 2000
    devices_per_node: int = 800
    sessions: int = 1000
    monitors_per_session: int = 50_000
    opening_timeout: float = 10.0  # for a connection that opens nothing
    greeting: float = 1.0  # a client silent for so long may wait for the switch to speak first
    min_duration: int = 1
    max_duration: int = 3600

    def granted(self, duration: int) -> int:
        """The session duration an application gets when it asks for `duration`."""
        return min(max(duration, self.min_duration), self.max_duration)


class DeviceCount:
    """Devices opened by one provider or through one node; the first time over the limit raises the alarm."""

    def __init__(self, what: str, limit: int, alarm: Alarm) -> None:
        self.open = 0
        self._what = what
        self._limit = limit
        self._alarm = alarm
        self._raised = False

    def opened(self) -> None:
        self.open += 1
        if self.open > self._limit and not self._raised:
            self._raised = True
            self._alarm(f"{self._what} has more than {self._limit} devices open")

    def closed(self) -> None:
        self.open -= 1
