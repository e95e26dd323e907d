"""What one application has opened through the bridge: its monitors, and the lines that it uses. Pure."""

from csta_xml import MonitorCrossRefId
from ctimgr_client.jtapi.errands import Steps
from ctimgr_client.jtapi.keys import Appearance
from ctimgr_client.jtapi.lines import Line
from ctimgr_client.jtapi.switch import Switch
from ctimgr_client.serving.application import Application as Base
from ctimgr_client.serving.application import Tell
from ctimgr_client.serving.monitors import Deliver, Monitor
from ctimgr_client.serving.refused import NoSession


class Application(Base):
    """Services act for one of these. A line without a monitor that it has controlled stays open for it until
    it ends, so that the calls there are known."""

    def __init__(self, switch: Switch, name: str, deliver: Deliver, tell: Tell, *, has_session: bool) -> None:
        super().__init__(switch, name, deliver, tell, has_session=has_session)
        self.switch = switch
        self._monitored: dict[MonitorCrossRefId, Line] = {}
        self._kept: dict[Appearance, Line] = {}
        self._is_over = False

    def watch(self, where: Appearance, kept_back: frozenset[str], *, of_calls: bool) -> Steps[Monitor]:
        """Open the line and start a monitor there."""
        line = yield from self._taken(where)
        try:
            monitor = self.start_monitor(where, kept_back, of_calls=of_calls)
        except BaseException:
            self.switch.lines.release(line)
            raise
        self._monitored[monitor.ref] = line
        return monitor

    def use(self, where: Appearance) -> Steps[None]:
        """Have the line open, as it must be for whoever controls it."""
        lines = self.switch.lines
        if lines.is_open(where) and (where in self._kept or self._watches(where)):
            return
        line = yield from self._taken(where)
        old = self._kept.pop(where, None)
        self._kept[where] = line
        if old is not None:
            lines.release(old)

    def close(self) -> None:
        self._is_over = True
        super().close()
        for line in self._kept.values():
            self.switch.lines.release(line)
        self._kept.clear()

    def _taken(self, where: Appearance) -> Steps[Line]:
        line = yield from self.switch.lines.take(where)
        if self._is_over:
            self.switch.lines.release(line)
            raise NoSession("the session has ended meanwhile")
        return line

    def _watches(self, where: Appearance) -> bool:
        return any(line.where == where for line in self._monitored.values())

    def _close(self, monitor: Monitor) -> None:
        super()._close(monitor)
        self.switch.lines.release(self._monitored.pop(monitor.ref))

    def _monitor_ended(self, monitor: Monitor) -> None:
        super()._monitor_ended(monitor)
        self.switch.lines.release(self._monitored.pop(monitor.ref))
