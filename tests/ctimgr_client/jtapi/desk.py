"""A bridge without a socket and without threads: a client asks in real frames, a test lets workers work."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

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
    decode,
    encode,
)
from ctimgr_client.frames import EVENT_INVOKE_ID, Frame, FrameReader
from ctimgr_client.jtapi.conversation import Caller
from ctimgr_client.jtapi.errands import Resume
from ctimgr_client.jtapi.numbers import ProviderState
from ctimgr_client.jtapi.records import Batch
from ctimgr_client.jtapi.refusals import Advice
from ctimgr_client.jtapi.switch import Switch
from ctimgr_client.serving.limits import Limits
from tests.ctimgr_client.jtapi.exchange import Exchange, phone

START = StartApplicationSession(application_id="test", protocol_versions=(ED3,), duration=60)
ONE, TWO, THREE = (phone(dn).device_id for dn in ("1001", "1002", "1003"))


class Desk:
    """`work` is what waits for a worker. With `at_once` it is done when it is asked for."""

    def __init__(
        self,
        *,
        at_once: bool = True,
        is_cisco: bool = True,
        in_service: bool = True,
        secret: str = "",
        max_lines: int = 100,
        limits: Limits | None = None,
    ) -> None:
        self.time = 100.0
        self.at_once = at_once
        self.work: list[tuple[Callable[[], Any], Resume]] = []
        self.alarms: list[str] = []
        self.advices: list[tuple[Advice, int]] = []
        self.late: list[Batch] | None = None
        self.switch = Switch(
            "cucm1",
            self._do,
            lambda: self.time,
            secret=secret,
            max_lines=max_lines,
            limits=limits,
            alarm=self.alarms.append,
            advise=lambda advice, count: self.advices.append((advice, count)),
        )
        self.exchange = Exchange(self._enqueue, is_cisco=is_cisco)
        if in_service:
            self.switch.life.opening()
            self.switch.telephony = self.exchange
            self.switch.life.opened(ProviderState.IN_SERVICE)

    def wait(self, seconds: float) -> None:
        self.time += seconds
        self.switch.timers.run(self.time)

    def work_once(self, place: int = 0) -> None:
        """One worker comes back."""
        call, resume = self.work.pop(place)
        run(call, resume)

    def work_all(self) -> None:
        while self.work:
            self.work_once()

    def hear_late(self) -> None:
        """Events that were kept back come now."""
        late, self.late = self.late or [], None
        for batch in late:
            self.switch.happened(batch)

    def asked(self, *without: str) -> list[str]:
        """What the library was asked since the last time, but for looks for a line."""
        asked, self.exchange.asked = self.exchange.asked, []
        return [one for one in asked if one.split()[0] not in ("find", *without)]

    def _do(self, call: Callable[[], Any], resume: Resume) -> None:
        if self.at_once:
            run(call, resume)
        else:
            self.work.append((call, resume))

    def _enqueue(self, batch: Batch) -> None:
        if self.late is not None:
            self.late.append(batch)
        else:
            self.switch.happened(batch)


def run(call: Callable[[], Any], resume: Resume) -> None:
    try:
        value = call()
    except Exception as error:  # noqa: BLE001 - as a worker does
        resume(None, error)
    else:
        resume(value, None)


class Client:
    """One application. `heard` is (invoke id, message) in order."""

    def __init__(self, desk: Desk, *, start: bool = True) -> None:
        self.desk = desk
        self.caller = Caller(desk.switch, desk.time, lambda: None)
        self.heard: list[tuple[int, Message]] = []
        self._reader = FrameReader()
        self._invoke_id = 0
        if start:
            self.ask(START)

    def send(self, message: Message) -> int:
        """The invoke id."""
        self._invoke_id = (self._invoke_id + 1) % EVENT_INVOKE_ID
        self.caller.receive(Frame(self._invoke_id, encode(message, ED3)), self.desk.time)
        return self._invoke_id

    def listen(self) -> list[tuple[int, Message]]:
        frames = self._reader.receive_data(b"".join(self.caller.out))
        self.caller.out.clear()
        self.heard += [(frame.invoke_id, decode(frame.body)) for frame in frames]
        return self.heard

    def answer(self, invoke_id: int) -> Message | None:
        return next((said for id_, said in self.listen() if id_ == invoke_id), None)

    def ask(self, message: Message) -> Message:
        answer = self.answer(self.send(message))
        assert answer is not None, "no answer yet"
        return answer

    def refused(self, message: Message) -> str:
        answer = self.ask(message)
        assert isinstance(answer, CSTAErrorCode), answer
        return f"{answer.category}/{answer.value}"

    def monitor(self, device: DeviceId) -> MonitorStartResponse:
        answer = self.ask(MonitorStart(monitor_object=device))
        assert isinstance(answer, MonitorStartResponse), answer
        self.events()
        return answer

    def make_call(self, caller: DeviceId, number: str) -> ConnectionId:
        answer = self.ask(MakeCall(calling_device=caller, called_directory_number=DeviceId(f"tel:{number}")))
        assert isinstance(answer, MakeCallResponse), answer
        return answer.calling_device

    def events(self) -> list[str]:
        """Names of the events since the last time."""
        events = [type(said).__name__ for _, said in self.listen() if isinstance(said, Event)]
        self.heard.clear()
        return events
