"""What one application has opened through a CTIManager: its monitors, with them its devices, and its
registrations for system status.

Knows the cluster and who gets events. Does not know how its session began or what bytes look like.
"""

from collections import Counter
from collections.abc import Callable

from csta_xml import MonitorCrossRefId, MonitorStop, SystemRegister, SystemStatus, SystemStatusValue
from ctimgr_client.simulator.cluster import Cluster
from ctimgr_client.simulator.ctimanager import CtiManager
from ctimgr_client.simulator.limits import DeviceCount
from ctimgr_client.simulator.monitors import Deliver, Monitor
from ctimgr_client.simulator.phones import Appearance, Device
from ctimgr_client.simulator.refused import (
    InvalidMonitorCrossRefId,
    InvalidParameterValue,
    OverallMonitorLimitExceeded,
    ResourceLimitExceeded,
)

MAX_REGISTRATIONS = 100

Tell = Callable[[SystemStatus | MonitorStop], None]


def status_of(complete: bool) -> SystemStatusValue:
    """How a cluster is that has all its nodes, or not."""
    return SystemStatusValue.NORMAL if complete else SystemStatusValue.PARTIALLY_DISABLED


class Application:
    """Services act for one of these. Everything it opened is closed with it; calls stay as they are.

    `has_session`: it is told the system status without having registered for it.
    """

    def __init__(
        self, cti: CtiManager, name: str, deliver: Deliver, tell: Tell, *, has_session: bool
    ) -> None:
        self.cti = cti
        self._deliver = deliver
        self._tell = tell
        self._has_session = has_session
        self._monitors: dict[MonitorCrossRefId, Monitor] = {}
        self._devices: Counter[Device] = Counter()
        self._registrations: dict[str, SystemRegister] = {}
        self._count = DeviceCount(f"provider {name}", cti.limits.devices_per_provider, cti.alarm)
        cti.monitors.listen_to_status(self._status_changed)

    @property
    def cluster(self) -> Cluster:
        return self.cti.cluster

    def start_monitor(
        self, appearance: Appearance, kept_back: frozenset[str], *, of_calls: bool = False
    ) -> Monitor:
        if len(self._monitors) >= self.cti.limits.monitors_per_session:
            raise OverallMonitorLimitExceeded
        monitor = self.cti.monitors.start(
            appearance, kept_back, self._deliver, self._monitor_ended, of_calls=of_calls
        )
        self._monitors[monitor.ref] = monitor
        self._devices[appearance.device] += 1
        if self._devices[appearance.device] == 1:
            self._count.opened()
            self.cti.devices.opened()
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
        number = self.cti.next_register_id()
        self._registrations[number] = wish
        return number

    def cancel(self, number: str) -> None:
        if self._registrations.pop(number, None) is None:
            raise InvalidParameterValue(f"no registration {number!r}")

    def close(self) -> None:
        """The session is over, however it ended."""
        self.cti.monitors.forget_status(self._status_changed)
        for monitor in self._monitors.values():
            self._close(monitor)
        self._monitors.clear()
        self._registrations.clear()

    def _close(self, monitor: Monitor) -> None:
        self.cti.monitors.stop(monitor)
        self._let_go(monitor.appearance.device)

    def _monitor_ended(self, monitor: Monitor) -> None:
        """The CTIManager has stopped it by itself (ECMA-269 MonitorStop, from the switching function)."""
        del self._monitors[monitor.ref]
        self._let_go(monitor.appearance.device)
        self._tell(MonitorStop(monitor_cross_ref_id=monitor.ref))

    def _let_go(self, device: Device) -> None:
        """A monitor less at the device; with the last one it is closed."""
        self._devices[device] -= 1
        if not self._devices[device]:
            del self._devices[device]
            self._count.closed()
            self.cti.devices.closed()

    def _status_changed(self, complete: bool) -> None:
        """One message for each registration that wants it; for a session without any, one all the same."""
        status = status_of(complete)
        for number, wish in self._registrations.items():
            if "systemStatus" in wish.request_types and status not in (wish.requested_status_filter or ()):
                self._tell(SystemStatus(sys_stat_register_id=number, system_status=status))
        if self._has_session and not self._registrations:
            self._tell(SystemStatus(system_status=status))
