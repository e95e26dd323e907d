"""What one application has opened at a server: its monitors, with them its devices, and its registrations
for system status.

Knows who gets events. Does not know how its session began or what bytes look like.
"""

from collections import Counter
from collections.abc import Callable, Hashable
from typing import Protocol

from csta_xml import MonitorCrossRefId, MonitorStop, SystemRegister, SystemStatus, SystemStatusValue
from ctimgr_client.serving.limits import Alarm, DeviceCount, Limits
from ctimgr_client.serving.monitors import Deliver, Monitor, Monitors
from ctimgr_client.serving.parties import Viewer
from ctimgr_client.serving.refused import (
    InvalidMonitorCrossRefId,
    InvalidParameterValue,
    OverallMonitorLimitExceeded,
    ResourceLimitExceeded,
)

MAX_REGISTRATIONS = 100

Tell = Callable[[SystemStatus | MonitorStop], None]


class Server(Protocol):
    """What all applications of one server share. `devices` are those that any of them has open."""

    @property
    def limits(self) -> Limits: ...
    @property
    def monitors(self) -> Monitors: ...
    @property
    def devices(self) -> DeviceCount: ...
    @property
    def alarm(self) -> Alarm: ...
    def next_register_id(self) -> str: ...


def status_of(complete: bool) -> SystemStatusValue:
    """How something is that is whole, or not."""
    return SystemStatusValue.NORMAL if complete else SystemStatusValue.PARTIALLY_DISABLED


class Application:
    """Services act for one of these. Everything it opened is closed with it; calls stay as they are.

    `has_session`: it is told the system status without having registered for it.
    """

    def __init__(self, server: Server, name: str, deliver: Deliver, tell: Tell, *, has_session: bool) -> None:
        self._server = server
        self._deliver = deliver
        self._tell = tell
        self._has_session = has_session
        self._monitors: dict[MonitorCrossRefId, Monitor] = {}
        self._devices: Counter[Hashable] = Counter()
        self._registrations: dict[str, SystemRegister] = {}
        self._count = DeviceCount(f"provider {name}", server.limits.devices_per_provider, server.alarm)
        server.monitors.listen_to_status(self._status_changed)

    def start_monitor(
        self, appearance: Viewer, kept_back: frozenset[str], *, of_calls: bool = False
    ) -> Monitor:
        if len(self._monitors) >= self._server.limits.monitors_per_session:
            raise OverallMonitorLimitExceeded
        monitor = self._server.monitors.start(
            appearance, kept_back, self._deliver, self._monitor_ended, of_calls=of_calls
        )
        self._monitors[monitor.ref] = monitor
        self._devices[appearance.device] += 1
        if self._devices[appearance.device] == 1:
            self._count.opened()
            self._server.devices.opened()
        return monitor

    def stop_monitor(self, ref: MonitorCrossRefId) -> None:
        monitor = self._monitors.pop(ref, None)
        if monitor is None:
            raise InvalidMonitorCrossRefId
        self._close(monitor)

    def register(self, wish: SystemRegister) -> str:
        """The number of the registration."""
        if len(self._registrations) >= MAX_REGISTRATIONS:
            raise ResourceLimitExceeded("too many registrations")
        number = self._server.next_register_id()
        self._registrations[number] = wish
        return number

    def cancel(self, number: str) -> None:
        if self._registrations.pop(number, None) is None:
            raise InvalidParameterValue(f"no registration {number!r}")

    def close(self) -> None:
        """The session is over, however it ended."""
        self._server.monitors.forget_status(self._status_changed)
        for monitor in self._monitors.values():
            self._close(monitor)
        self._monitors.clear()
        self._registrations.clear()

    def _close(self, monitor: Monitor) -> None:
        self._server.monitors.stop(monitor)
        self._let_go(monitor.appearance.device)

    def _monitor_ended(self, monitor: Monitor) -> None:
        """The CTIManager has stopped it by itself (ECMA-269 MonitorStop, from the switching function)."""
        del self._monitors[monitor.ref]
        self._let_go(monitor.appearance.device)
        self._tell(MonitorStop(monitor_cross_ref_id=monitor.ref))

    def _let_go(self, device: Hashable) -> None:
        """A monitor less at the device; with the last one it is closed."""
        self._devices[device] -= 1
        if not self._devices[device]:
            del self._devices[device]
            self._count.closed()
            self._server.devices.closed()

    def _status_changed(self, complete: bool) -> None:
        """One message for each registration that wants it; for a session without any, one all the same."""
        status = status_of(complete)
        for number, wish in self._registrations.items():
            if "systemStatus" in wish.request_types and status not in (wish.requested_status_filter or ()):
                self._tell(SystemStatus(sys_stat_register_id=number, system_status=status))
        if self._has_session and not self._registrations:
            self._tell(SystemStatus(system_status=status))
