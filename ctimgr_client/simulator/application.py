"""What one application has opened through a CTIManager: its monitors, and with them its devices.

Knows the cluster and who gets events. Does not know how its session began or what bytes look like.
"""

from collections import Counter

from csta_xml import MonitorCrossRefId
from ctimgr_client.simulator.cluster import Cluster
from ctimgr_client.simulator.ctimanager import CtiManager
from ctimgr_client.simulator.limits import DeviceCount
from ctimgr_client.simulator.monitors import Deliver, Monitor
from ctimgr_client.simulator.phones import Appearance, Device
from ctimgr_client.simulator.refused import InvalidMonitorCrossRefId, OverallMonitorLimitExceeded


class Application:
    """Services act for one of these. Everything it opened is closed with it; calls stay as they are."""

    def __init__(self, cti: CtiManager, name: str, deliver: Deliver) -> None:
        self.cti = cti
        self._deliver = deliver
        self._monitors: dict[MonitorCrossRefId, Monitor] = {}
        self._devices: Counter[Device] = Counter()
        self._count = DeviceCount(f"provider {name}", cti.limits.devices_per_provider, cti.alarm)

    @property
    def cluster(self) -> Cluster:
        return self.cti.cluster

    def start_monitor(self, appearance: Appearance, kept_back: frozenset[str]) -> Monitor:
        if len(self._monitors) >= self.cti.limits.monitors_per_session:
            raise OverallMonitorLimitExceeded
        monitor = self.cti.monitors.start(appearance, kept_back, self._deliver)
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

    def close(self) -> None:
        """The session is over, however it ended."""
        for monitor in self._monitors.values():
            self._close(monitor)
        self._monitors.clear()

    def _close(self, monitor: Monitor) -> None:
        self.cti.monitors.stop(monitor)
        device = monitor.appearance.device
        self._devices[device] -= 1
        if not self._devices[device]:
            del self._devices[device]
            self._count.closed()
            self.cti.devices.closed()
