"""One application's conversation with a simulated CTIManager.

A response leaves before the events its service causes. Does not know sockets.
"""

from collections.abc import Callable

from csta_xml import Service, SessionError, StartApplicationSession
from ctimgr_client.serving.conversation import Conversation, Phase, Reply
from ctimgr_client.simulator.application import Application
from ctimgr_client.simulator.ctimanager import CtiManager, Fault
from ctimgr_client.simulator.services import serve

BAD_LOGIN = "bad login or password"


class Provider(Conversation):
    """What is asked is done at once, on the cluster that all CTIManagers share."""

    def __init__(self, cti: CtiManager, now: float, wake: Callable[[], None]) -> None:
        super().__init__(cti.limits, cti.cluster.timers, now, wake)
        self.cti = cti
        self._application: Application | None = None

    def refusal(self, start: StartApplicationSession | None) -> SessionError | str | None:
        if start is not None and self.cti.fault is Fault.BAD_LOGIN:
            return BAD_LOGIN
        return SessionError.MAX_NUMBER_SESSIONS if self.cti.is_full else None

    def opened(self) -> str:
        name = self.cti.next_session_id()
        self._application = Application(
            self.cti, name, self.deliver, self.tell, has_session=self.phase is Phase.SESSION
        )
        self.cti.sessions += 1
        return name

    def closed(self) -> None:
        if self._application is not None:
            self._application.close()
            self.cti.sessions -= 1

    def serve(self, request: Service, reply: Reply, now: float) -> None:
        assert self._application is not None  # noqa: S101  # nothing is served before somebody was let in
        try:
            reply(serve(self._application, request, now))
        finally:
            self.cti.monitors.publish(self.cti.cluster.take_facts())

    def is_asleep(self) -> bool:
        return self.cti.fault is Fault.HANG
