"""One CTIManager of the cluster: its name, its limits, its fault, and the applications connected to it.

Through any CTIManager the whole cluster is reached, so calls, monitors and deadlines are shared; what is
its own is counted here. Does not know sockets: the shell acts on the fault where connections are
concerned.
"""

from enum import StrEnum

from ctimgr_client.serving.limits import Alarm, DeviceCount, Limits
from ctimgr_client.serving.monitors import Monitors
from ctimgr_client.simulator.cluster import Cluster


class Fault(StrEnum):
    """What is wrong with a CTIManager."""

    NONE = "none"
    CRASH = "crash"  # every connection reset, nothing listens
    HANG = "hang"  # accepts, reads nothing, says nothing
    REFUSE = "refuse"  # nothing listens; what is connected goes on
    SLOW = "slow"  # everything it says comes late
    BAD_LOGIN = "bad-login"  # refuses new application sessions


class CtiManager:
    """What all providers (application sessions) of one CTIManager share."""

    def __init__(self, name: str, cluster: Cluster, monitors: Monitors, limits: Limits, alarm: Alarm) -> None:
        self.name = name
        self.cluster = cluster
        self.monitors = monitors
        self.limits = limits
        self.alarm = alarm
        self.fault = Fault.NONE
        self.sessions = 0
        self.devices = DeviceCount(f"CTIManager {name}", limits.devices_per_node, alarm)
        self._session_count = 0
        self._register_count = 0

    @property
    def is_full(self) -> bool:
        return self.sessions >= self.limits.sessions

    def next_session_id(self) -> str:
        self._session_count += 1
        return f"{self.name}-{self._session_count:06d}"

    def next_register_id(self) -> str:
        self._register_count += 1
        return str(self._register_count)
