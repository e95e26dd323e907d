"""The bundled client: what it leaves behind, and how it ends."""

from __future__ import annotations

import asyncio
import os
import pty
import signal
from collections.abc import Iterator
from contextlib import suppress

import pytest

from csta_xml import DeviceId, ForwardingEvent, ForwardingType, MonitorCrossRefId, SetForwarding
from cstagw.client import RccClient, ServiceRefused, SignInRefused, parse_script, render
from cstagw.client.timeline import describe
from cstagw.simulate import Caller, SessionEnded, client

from .conftest import ALICE, House, until
from .test_calls import do

pytestmark = pytest.mark.asyncio


async def test_a_monitor_that_is_refused_leaves_no_session(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cstagw.session.MAX_MONITORS", 0)
    with pytest.raises(ServiceRefused, match="MonitorStart"):
        await RccClient(ALICE, "tel:1001", house.gateway).sign_in()
    await until(lambda: house.node.session_count() == 0, within=1.0)


async def test_a_sign_in_that_is_cancelled_leaves_no_session(house: House) -> None:
    for name in ("ctim1", "ctim2"):
        words: dict[str, object] = {"fault": "slow", "delay": 0.1}
        assert await house.post(f"/sim/v1/ctimanagers/{name}/fault", words) == 200
    task = asyncio.create_task(RccClient(ALICE, "tel:1001", house.gateway).sign_in())
    await until(lambda: house.node.session_count() == 1)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await until(lambda: house.node.session_count() == 0, within=1.0)


async def test_a_sign_in_that_is_cancelled_before_the_answer_ends_the_session_that_comes(
    house: House,
) -> None:
    for name in ("ctim1", "ctim2"):
        words: dict[str, object] = {"fault": "slow", "delay": 0.2}
        assert await house.post(f"/sim/v1/ctimanagers/{name}/fault", words) == 200
    client = RccClient(ALICE, "tel:1001", house.gateway, watch=house.lines.append)
    task = asyncio.create_task(client.sign_in())
    await until(lambda: bool(house.lines))
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await until(lambda: house.node.session_count() == 0, within=1.0)
    _, metrics = await house.get("/metrics")
    assert "cstagw_sessions_created_total 1.0" in metrics
    assert 'cstagw_sessions_ended_total{reason="bye"} 1.0' in metrics


async def test_the_reason_of_a_refusal_is_in_the_timeline(house: House) -> None:
    with pytest.raises(SignInRefused) as refused:
        await house.client(ALICE, "tel:9999")
    assert refused.value.reason
    assert render(house.lines[-1], 0.0).endswith(f"<-- 404    Not Found ({refused.value.reason})")


async def test_what_cannot_be_done_is_said_in_words(house: House) -> None:
    alice = await house.client(ALICE, "tel:1001")
    for verb, words in (("hangup", "hang up"), ("answer", "answer"), ("hold", "hold")):
        with pytest.raises(ServiceRefused, match=f"there is no call to {words};"):
            await do(alice, verb)


async def test_a_forwarding_that_ends_is_off() -> None:
    device, kind = DeviceId("tel:1001"), ForwardingType.IMMEDIATE
    off = SetForwarding(device=device, forwarding_type=kind, activate_forward=False)
    assert describe(off) == "SetForwarding type=forwardImmediate off"
    event = ForwardingEvent(
        monitor_cross_ref_id=MonitorCrossRefId("1"),
        device=device,
        forwarding_type=kind,
        forward_status=True,
        forward_to=DeviceId("tel:1901"),
    )
    assert describe(event) == "ForwardingEvent type=forwardImmediate to=1901"


class Keyboard:
    """Standard input of the process, and what comes to the screen."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, house: House, ends: tuple[int, int]) -> None:
        self.reading, self.writing = ends
        self.screen: list[str] = []
        self._house = house
        self._file = os.fdopen(self.reading)
        monkeypatch.setattr("sys.stdin", self._file)

    def types(self, text: str) -> None:
        os.write(self.writing, text.encode())

    def start(self, script: str = "") -> asyncio.Task[None]:
        caller = Caller(ALICE, "tel:1001", self._house.gateway)
        return asyncio.create_task(client(caller, parse_script(script.split()), self.screen.append))

    async def sees(self, text: str) -> None:
        await until(lambda: text in "\n".join(self.screen))

    def hang_up(self) -> None:
        with suppress(OSError):
            os.close(self.writing)

    def close(self) -> None:
        self._file.close()
        self.hang_up()


@pytest.fixture
def keyboard(monkeypatch: pytest.MonkeyPatch, house: House) -> Iterator[Keyboard]:
    keyboard = Keyboard(monkeypatch, house, os.pipe())
    yield keyboard
    keyboard.close()


async def signed_out(house: House) -> None:
    await until(lambda: house.node.session_count() == 0, within=1.0)


async def test_verbs_are_typed_until_quit(house: House, keyboard: Keyboard) -> None:
    task = keyboard.start()
    await keyboard.sees("verbs:")
    keyboard.types("status\nnonsense\n\nhangup\nqu")
    await keyboard.sees("no verb 'nonsense'")
    await keyboard.sees("there is no call to hang up")
    assert not task.done()
    keyboard.types("it\nstatus\n")
    await task
    await signed_out(house)
    assert "RequestSystemStatusResponse" in "\n".join(keyboard.screen)


async def test_the_end_of_input_signs_out(house: House, keyboard: Keyboard) -> None:
    task = keyboard.start()
    await keyboard.sees("verbs:")
    keyboard.types("status")  # a last line without its end counts
    keyboard.hang_up()
    await task
    assert "RequestSystemStatus" in keyboard.screen[-5]
    await signed_out(house)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_a_signal_signs_out_without_a_further_line(
    house: House, keyboard: Keyboard, number: signal.Signals
) -> None:
    task = keyboard.start()
    await keyboard.sees("verbs:")
    await asyncio.sleep(0.01)
    os.kill(os.getpid(), number)
    async with asyncio.timeout(2):
        await task
    await signed_out(house)


async def test_the_gateway_ends_the_session_while_nothing_is_typed(house: House, keyboard: Keyboard) -> None:
    task = keyboard.start()
    await keyboard.sees("verbs:")
    await house.fault(next(iter(house.node.link_sessions())), "crash")
    with pytest.raises(SessionEnded, match="ended by the gateway"):
        async with asyncio.timeout(2):
            await task


async def test_a_script_ends_with_its_session(house: House, keyboard: Keyboard) -> None:
    task = keyboard.start("wait 60")
    await keyboard.sees("MonitorStartResponse")
    await house.fault(next(iter(house.node.link_sessions())), "crash")
    with pytest.raises(SessionEnded):
        async with asyncio.timeout(2):
            await task


async def test_a_terminal_gets_a_prompt_below_the_last_line(
    house: House, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    master, slave = pty.openpty()
    keyboard = Keyboard(monkeypatch, house, (slave, master))
    task = keyboard.start()
    await keyboard.sees("verbs:")
    keyboard.types("status\n")
    await keyboard.sees("RequestSystemStatusResponse")
    keyboard.types("quit\n")
    await task
    assert capsys.readouterr().out.count("\r> ") >= 4  # after the verbs, and below each of three messages
    keyboard.close()
