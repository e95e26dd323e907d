"""A client of the wire without a socket: asks a provider and reads its answers, in real frames and XML."""

from csta_xml import (
    ED3,
    ConnectionId,
    CSTAErrorCode,
    DeviceId,
    Event,
    MakeCall,
    MakeCallResponse,
    Message,
    MonitorStart,
    MonitorStartResponse,
    StartApplicationSession,
    StartApplicationSessionPosResponse,
    decode_document,
    encode,
)
from ctimgr_client.frames import EVENT_INVOKE_ID, Frame, FrameReader
from ctimgr_client.serving.limits import Limits
from ctimgr_client.serving.monitors import Monitors
from ctimgr_client.simulator.ctimanager import CtiManager
from ctimgr_client.simulator.provider import Provider
from tests.ctimgr_client.simulator.scene import Scene

START = StartApplicationSession(application_id="test", protocol_versions=(ED3,), duration=60)


class Site:
    """A scene with CTIManagers; alarms are collected."""

    def __init__(self, limits: Limits | None = None) -> None:
        self.scene = Scene()
        self.monitors = Monitors()
        self.alarms: list[str] = []
        self.limits = limits or Limits()

    def cti(self, name: str = "ctim1") -> CtiManager:
        return CtiManager(name, self.scene.cluster, self.monitors, self.limits, self.alarms.append)

    def settle(self) -> None:
        self.monitors.publish(self.scene.cluster.take_facts())

    def wait(self, seconds: float) -> None:
        self.scene.wait(seconds)
        self.settle()


class Talker:
    """One connection to a CTIManager. `heard` is (invoke id, message) in order."""

    def __init__(self, site: Site, cti: CtiManager, *, start: bool = True) -> None:
        self.site = site
        self.cti = cti
        self.wakes = 0
        self.provider = Provider(cti, site.scene.now, self._wake)
        self.heard: list[tuple[int, Message]] = []
        self.namespaces: list[str] = []
        self._reader = FrameReader()
        self._invoke_id = 0
        if start:
            assert isinstance(self.ask(START), StartApplicationSessionPosResponse)

    def ended(self) -> bool:
        return self.provider.ended

    def _wake(self) -> None:
        self.wakes += 1

    def say(self, body: bytes, invoke_id: int = 7) -> None:
        self.provider.receive(Frame(invoke_id, body), self.site.scene.now)

    def listen(self) -> None:
        frames = self._reader.receive_data(b"".join(self.provider.out))
        self.provider.out.clear()
        for frame in frames:
            document = decode_document(frame.body)
            self.heard.append((frame.invoke_id, document.message))
            self.namespaces.append(document.namespace)

    def ask(self, message: Message, namespace: str = ED3) -> Message:
        """The answer; what came before and after it is in `heard`."""
        self._invoke_id = (self._invoke_id + 1) % EVENT_INVOKE_ID
        self.say(encode(message, namespace), self._invoke_id)
        self.listen()
        (answer,) = [said for invoke_id, said in self.heard if invoke_id == self._invoke_id]
        return answer

    def refused(self, message: Message) -> str:
        answer = self.ask(message)
        assert isinstance(answer, CSTAErrorCode), answer
        return f"{answer.category}/{answer.value}"

    def monitor(self, number: str) -> MonitorStartResponse:
        answer = self.ask(MonitorStart(monitor_object=DeviceId(number)))
        assert isinstance(answer, MonitorStartResponse)
        self.heard.clear()
        return answer

    def make_call(self, caller: str, number: str) -> ConnectionId:
        answer = self.ask(MakeCall(calling_device=DeviceId(caller), called_directory_number=DeviceId(number)))
        assert isinstance(answer, MakeCallResponse), answer
        return answer.calling_device

    def events(self) -> list[Event]:
        """The events heard since the last time."""
        self.listen()
        events = [said for _, said in self.heard if isinstance(said, Event)]
        self.heard.clear()
        return events
