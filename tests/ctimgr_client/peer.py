"""A link and the CTIManager in front of it, in one hand; what tests of `link` share."""

from csta_xml import (
    CallId,
    ConnectionId,
    CSTAErrorCode,
    DeviceId,
    ErrorCategory,
    HoldCall,
    MakeCall,
    Message,
    MonitorCrossRefId,
    OutOfServiceEvent,
    StartApplicationSessionPosResponse,
    SystemRegisterResponse,
    SystemStatus,
    SystemStatusValue,
    decode,
    encode,
)
from ctimgr_client.address import CtiManagerAddress
from ctimgr_client.effects import (
    Answered,
    Close,
    Effect,
    Lost,
    Send,
    Wake,
)
from ctimgr_client.frames import Frame, FrameReader
from ctimgr_client.link import Link
from ctimgr_client.listener import Answer
from ctimgr_client.status import Counters

ADDRESS = CtiManagerAddress("ctim1", "ctim1.example.com", 8800)
ED3 = "http://www.ecma-international.org/standards/ecma-323/csta/ed3"
ED6 = "http://www.ecma-international.org/standards/ecma-323/csta/ed6"
PRIV5 = "http://www.ecma-international.org/standards/ecma-323/csta/ed3/priv5"
INTERVAL, TIMEOUT = 5.0, 3.0

BUSY = CSTAErrorCode(category=ErrorCategory.SYSTEM_RESOURCE_AVAILABILITY, value="resourceBusy")
OUT_OF_SERVICE = CSTAErrorCode(
    category=ErrorCategory.SYSTEM_RESOURCE_AVAILABILITY, value="resourceOutOfService"
)
HOLD = HoldCall(call_to_be_held=ConnectionId(CallId("1_4a11"), DeviceId("tel:1001")))
DIAL = MakeCall(calling_device=DeviceId("tel:1001;device=SEP1"), called_directory_number=DeviceId("tel:1902"))
EVENT = OutOfServiceEvent(monitor_cross_ref_id=MonitorCrossRefId("7"), device=DeviceId("tel:1001"))


class Peer:
    """A link and the CTIManager in front of it, in one hand. `now` moves only when told."""

    def __init__(
        self,
        address: CtiManagerAddress = ADDRESS,
        *,
        interval: float = INTERVAL,
        timeout: float = TIMEOUT,
        secret: str | None = None,
    ) -> None:
        self.counters = Counters()
        self.link = Link(
            address,
            application_id="cstagw-node1",
            interval=interval,
            request_timeout=timeout,
            counters=self.counters,
            secret=secret,
        )
        self.now = 100.0
        self.opening = self.link.start(self.now)

    def says(self, invoke_id: int, message: Message, namespace: str = ED3) -> list[Effect]:
        self.link.heard(self.now)
        return self.link.receive(Frame(invoke_id, encode(message, namespace)), self.now)

    def opened(self, granted: int = 10, version: str = ED3) -> "Peer":
        self.says(0, granted_session(granted, version))
        return self

    def registered(self) -> "Peer":
        self.says(17, SystemStatus(system_status=SystemStatusValue.NORMAL))
        self.says(1, SystemRegisterResponse(sys_stat_register_id="27"))
        return self

    def asked(self, service: Message = HOLD) -> tuple[int, list[Answer]]:
        """A request of the gateway: its invoke id, and the answers it will have had."""
        answers: list[Answer] = []
        assert isinstance(service, HoldCall | MakeCall)
        effects = self.link.request(service, answers.append, self.now)
        [(invoke_id, message)] = sent(effects)
        assert message == service
        return invoke_id, answers

    def wakes(self, at: float) -> list[Effect]:
        self.now = at
        return self.link.wake(at)


def granted_session(duration: int = 10, version: str = ED3) -> StartApplicationSessionPosResponse:
    return StartApplicationSessionPosResponse(
        session_id="n1-000417", actual_protocol_version=version, actual_session_duration=duration
    )


def sent(effects: list[Effect]) -> list[tuple[int, Message]]:
    wire = b"".join(effect.data for effect in effects if isinstance(effect, Send))
    return [(frame.invoke_id, decode(frame.body)) for frame in FrameReader().receive_data(wire)]


def carry_out(effects: list[Effect]) -> None:
    """What the shell does with replies."""
    for effect in effects:
        if isinstance(effect, Answered):
            effect.reply(effect.answer)


def kinds(effects: list[Effect]) -> list[type[Effect]]:
    return [type(effect) for effect in effects]


def lost(effects: list[Effect]) -> Lost:
    [found] = [effect for effect in effects if isinstance(effect, Lost)]
    assert isinstance(effects[-1], Close)
    return found


def wake_at(effects: list[Effect]) -> float:
    [wake] = [effect for effect in effects if isinstance(effect, Wake)]
    return wake.at
