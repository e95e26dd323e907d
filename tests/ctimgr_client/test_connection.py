"""The shell over real sockets on loopback: up, down, up again. The pauses between attempts are cut short."""

import asyncio
from time import monotonic

import pytest
from structlog.testing import capture_logs
from structlog.typing import EventDict

from csta_xml import (
    ApplicationSessionTerminated,
    CallId,
    ConnectionId,
    DeviceId,
    HoldCall,
    MakeCall,
    MonitorCrossRefId,
    OutOfServiceEvent,
    ResetApplicationSessionTimer,
    SessionError,
    StartApplicationSessionNegResponse,
    StopApplicationSession,
    SystemStatus,
    SystemStatusResponse,
    SystemStatusValue,
    encode,
)
from ctimgr_client import CtiManagers, LinkId, LinkState
from ctimgr_client.frames import EVENT_INVOKE_ID, encode_frame
from ctimgr_client.link import Link
from ctimgr_client.listener import Answer
from ctimgr_client.supervisor import Supervisor
from tests.ctimgr_client.fake_ctimanager import Diary, FakeCtiManager, connected, running, until

HOLD = HoldCall(call_to_be_held=ConnectionId(CallId("1_4a11"), DeviceId("tel:1001")))
NEVER_ANSWERED = MakeCall(calling_device=DeviceId("tel:1001"), called_directory_number=DeviceId("tel:1902"))
EVENT = OutOfServiceEvent(monitor_cross_ref_id=MonitorCrossRefId("7"), device=DeviceId("tel:1001"))


@pytest.fixture(autouse=True)
def _short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ctimgr_client.backoff.FIRST_PAUSE", 0.02)
    monkeypatch.setattr("ctimgr_client.backoff.LONGEST_PAUSE", 0.05)


@pytest.mark.asyncio
async def test_up_and_answered() -> None:
    diary = Diary()
    async with connected(diary) as (ctim, managers, link):
        assert link == LinkId("ctim1", 1) == managers.choose()
        managers.request(link, HOLD, diary.reply())
        assert diary.words == ["up ctim1#1"]
        await until(lambda: diary.words[-1] == "flushed")
        assert diary.words == ["up ctim1#1", "reply HoldCallResponse", "flushed"]
        [status] = managers.status()
        assert (status.state, status.connects, status.requests_in_flight) == (LinkState.IN_SERVICE, 1, 0)
        assert status.address == ctim.address
        assert status.last_error is None


@pytest.mark.asyncio
async def test_a_killed_one_answers_everybody_goes_down_and_comes_back_as_a_new_generation() -> None:
    diary = Diary()
    async with connected(diary) as (ctim, managers, link):
        managers.request(link, NEVER_ANSWERED, diary.reply("first"))
        managers.request(link, NEVER_ANSWERED, diary.reply("second"))
        await until(lambda: len(ctim.received) == 3)
        ctim.kill()
        await until(lambda: diary.downs)
        assert diary.words[1:3] == ["first resourceOutOfService", "second resourceOutOfService"]
        assert diary.words[3].startswith("down ctim1#1")
        assert managers.in_service() == 0
        assert managers.choose() is None
        await ctim.start()
        await until(lambda: len(diary.links) == 2)
        assert managers.choose() == LinkId("ctim1", 2)
        [status] = managers.status()
        assert (status.generation, status.connects, status.disconnects) == (2, 2, 1)


@pytest.mark.asyncio
async def test_a_request_on_an_old_or_unknown_link_is_never_sent() -> None:
    diary = Diary()
    async with connected(diary) as (ctim, managers, _):
        for link in (LinkId("ctim1", 0), LinkId("ctim1", 2), LinkId("nobody", 1)):
            managers.request(link, HOLD, diary.reply())
        assert diary.words == ["up ctim1#1"]
        await until(lambda: len(diary.words) == 4)
        assert diary.words[1:] == ["reply resourceOutOfService"] * 3
        assert HOLD not in ctim.received


@pytest.mark.asyncio
async def test_a_refused_session_is_out_of_service_and_tried_again() -> None:
    diary, ctim = Diary(), await FakeCtiManager().start()
    ctim.refusal = StartApplicationSessionNegResponse(error_code=SessionError.INVALID_APPLICATION_INFO)
    async with running(ctim.address, diary=diary) as managers:
        await until(lambda: managers.status()[0].connect_failures.get("bad_login", 0) >= 2)
        assert (managers.status()[0].last_error or "").startswith("bad login or password")
        assert diary.words == []
        ctim.refusal = None
        await until(lambda: diary.links)
    ctim.kill()


@pytest.mark.asyncio
async def test_one_that_hangs_is_found_by_its_silence() -> None:
    diary = Diary()
    async with connected(diary, interval=0.1, request_timeout=0.3) as (ctim, managers, _):
        await until(lambda: sum(isinstance(m, ResetApplicationSessionTimer) for m in ctim.received) >= 3)
        assert managers.status()[0].heartbeat_rtt is not None
        assert not diary.downs
        ctim.hangs = True
        await until(lambda: diary.downs)
        assert diary.words[-1] == "down ctim1#1 silent"
        await until(lambda: "no_answer" in managers.status()[0].connect_failures)
        ctim.hangs = False
        await until(lambda: len(diary.links) == 2)


@pytest.mark.asyncio
async def test_a_request_times_out_while_the_link_lives() -> None:
    diary = Diary()
    async with connected(diary, request_timeout=0.05) as (_, managers, link):
        managers.request(link, NEVER_ANSWERED, diary.reply())
        await until(lambda: diary.words[-1] == "flushed")
        assert diary.words[1:] == ["reply resourceOutOfService", "flushed"]
        assert managers.status()[0].request_timeouts == 1
        assert managers.in_service() == 1


@pytest.mark.asyncio
async def test_lost_framing_closes_the_link_after_the_frames_before_it() -> None:
    diary = Diary()
    async with connected(diary) as (ctim, _, __):
        ctim.sends_bytes(encode_frame(EVENT_INVOKE_ID, encode(EVENT)) + b"GET / HTTP/1.1\r\n\r\n")
        await until(lambda: len(diary.links) == 2)
        assert diary.words[1:] == ["event ctim1#1", "flushed", "down ctim1#1 framing", "up ctim1#2"]


@pytest.mark.asyncio
async def test_a_terminated_session_and_a_plain_close_are_lost_links() -> None:
    diary = Diary()
    async with connected(diary) as (ctim, _, __):
        ctim.sends(ApplicationSessionTerminated(session_id="s1", session_term_reason="maintenance"))
        await until(lambda: len(diary.links) == 2)
        ctim.connections[-1].transport.close()
        await until(lambda: len(diary.downs) == 2)
        assert [down.reason for down in diary.downs] == ["session_terminated", "closed"]


@pytest.mark.asyncio
async def test_a_bad_message_is_counted_and_logged_and_the_link_lives() -> None:
    diary = Diary()
    with capture_logs() as logs:
        async with connected(diary) as (ctim, managers, link):
            for _ in range(3):
                ctim.sends_bytes(encode_frame(EVENT_INVOKE_ID, b"<oops"))
            ctim.sends(EVENT)
            await until(lambda: diary.events)
            assert managers.status()[0].bad_messages == 3
            assert managers.choose() == link
    assert len(said(logs, "cti.bad_message")) == 1


@pytest.mark.asyncio
async def test_partial_service_is_seen_and_left_again() -> None:
    diary = Diary()
    async with connected(diary) as (ctim, managers, _):
        ctim.sends(SystemStatus(system_status=SystemStatusValue.PARTIALLY_DISABLED), 12)
        await until(lambda: managers.status()[0].state is LinkState.PARTIAL_SERVICE)
        await until(lambda: SystemStatusResponse() in ctim.received)
        ctim.sends(SystemStatus(system_status=SystemStatusValue.NORMAL), 13)
        await until(lambda: managers.status()[0].state is LinkState.IN_SERVICE)
        assert diary.words == ["up ctim1#1", "status ctim1#1 partiallyDisabled", "status ctim1#1 normal"]


@pytest.mark.asyncio
async def test_a_timer_that_comes_far_too_late_lets_what_has_arrived_be_read_first() -> None:
    diary = Diary()
    async with connected(diary) as (_, managers, link):
        connection = managers._supervisors[link.name]._connection
        assert connection is not None
        managers.request(link, HOLD, diary.reply())
        connection._due = monotonic() - 20.0  # as if the process had been stopped so long
        connection._wake()
        assert connection._granted
        await until(lambda: diary.words[-1] == "flushed")
        assert diary.words == ["up ctim1#1", "reply HoldCallResponse", "flushed"]
        await until(lambda: not connection._granted)


@pytest.mark.asyncio
async def test_what_the_gateway_throws_costs_no_link() -> None:
    class Clumsy(Diary):
        def event(self, link: LinkId, event: object) -> None:
            raise RuntimeError("event")

        def events_flushed(self, link: LinkId) -> None:
            raise RuntimeError("flushed")

    def clumsy_reply(_: Answer) -> None:
        raise RuntimeError("reply")

    diary = Clumsy()
    with capture_logs() as logs:
        async with connected(diary) as (ctim, managers, link):
            ctim.sends(EVENT)
            managers.request(link, HOLD, clumsy_reply)
            managers.request(LinkId("ctim1", 9), HOLD, clumsy_reply)
            managers.request(link, HOLD, diary.reply())
            await until(lambda: "reply HoldCallResponse" in diary.words)
            await until(lambda: managers.status()[0].events)
            assert managers.choose() == link
    assert len(said(logs, "cti.callback_failed")) >= 4


@pytest.mark.asyncio
async def test_all_addresses_are_dialled_and_sessions_go_round_those_in_service() -> None:
    diary = Diary()
    ctims = [await FakeCtiManager(f"ctim{i}").start() for i in range(1, 4)]
    async with running(*(ctim.address for ctim in ctims), diary=diary) as managers:
        await until(lambda: managers.in_service() == 3)
        assert [link.name for link in chosen(managers, 4)] == ["ctim1", "ctim2", "ctim3", "ctim1"]
        ctims[1].kill()
        await until(lambda: managers.in_service() == 2)
        assert [link.name for link in chosen(managers, 4)] == ["ctim3", "ctim1", "ctim3", "ctim1"]
        assert [status.name for status in managers.status()] == ["ctim1", "ctim2", "ctim3"]
    for ctim in ctims:
        ctim.kill()


def chosen(managers: CtiManagers, times: int) -> list[LinkId]:
    return [link for link in (managers.choose() for _ in range(times)) if link is not None]


@pytest.mark.asyncio
async def test_a_long_pause_is_cut_when_the_last_one_goes_down(monkeypatch: pytest.MonkeyPatch) -> None:
    diary, first, second = (
        Diary(),
        await FakeCtiManager("ctim1").start(),
        await FakeCtiManager("ctim2").start(),
    )
    async with running(first.address, second.address, diary=diary) as managers:
        await until(lambda: managers.in_service() == 2)
        monkeypatch.setattr("ctimgr_client.backoff.FIRST_PAUSE", 600.0)
        monkeypatch.setattr("ctimgr_client.backoff.LONGEST_PAUSE_WITHOUT_SERVICE", 0.05)
        first.kill()
        await until(lambda: managers.in_service() == 1)
        await first.start()
        await asyncio.sleep(0.1)
        assert managers.in_service() == 1
        second.kill()
        await until(lambda: managers.choose() == LinkId("ctim1", 2))
    first.kill()


@pytest.mark.asyncio
async def test_a_stop_ends_the_session_properly() -> None:
    diary = Diary()
    ctim = await FakeCtiManager().start()
    async with running(ctim.address, diary=diary) as managers:
        await until(lambda: diary.links)
        managers.request(diary.links[0], NEVER_ANSWERED, diary.reply())
    assert ctim.received[-1] == StopApplicationSession(session_id="s1")
    assert diary.words == ["up ctim1#1", "reply resourceOutOfService", "down ctim1#1 stopped"]
    assert managers.in_service() == 0
    ctim.kill()


@pytest.mark.asyncio
async def test_a_stop_does_not_wait_long_for_one_that_hangs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ctimgr_client.supervisor.STOP_TIMEOUT", 0.05)
    diary = Diary()
    async with asyncio.timeout(1.0), connected(diary) as (ctim, _, __):
        ctim.hangs = True
    assert diary.words[-1] == "down ctim1#1 stopped"


@pytest.mark.asyncio
async def test_each_change_of_state_is_one_line() -> None:
    diary = Diary()
    with capture_logs() as logs:
        async with connected(diary) as (ctim, managers, _):
            ctim.kill()
            await until(lambda: managers.status()[0].connect_failures.get("refused", 0) >= 5)
            await ctim.start()
            await until(lambda: len(diary.links) == 2)
    ups, downs = said(logs, "cti.up"), said(logs, "cti.down")
    assert [line["generation"] for line in ups] == [1, 2]
    assert [(line["generation"], line["log_level"]) for line in downs] == [(1, "warning"), (2, "info")]
    assert all(line["cti"] == "ctim1" and line["reason"] for line in ups + downs)
    assert all(line["state"] == "IN_SERVICE" and line["address"] for line in ups)
    assert all(line["cause"] and line["cure"] for line in downs)
    assert said(logs, "cti.connect_failed") == []


@pytest.mark.asyncio
async def test_a_fault_of_ours_at_one_ctimanager_is_logged_and_does_not_touch_the_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    diary = Diary()
    first, second = await FakeCtiManager("ctim1").start(), await FakeCtiManager("ctim2").start()
    real, faults = Supervisor._connect_and_stay, [RuntimeError("a bug"), RuntimeError("a bug")]

    async def faulty(supervisor: Supervisor) -> None:
        if supervisor.status().name == "ctim1" and faults:
            raise faults.pop()
        await real(supervisor)

    monkeypatch.setattr(Supervisor, "_connect_and_stay", faulty)
    with capture_logs() as logs:
        async with running(first.address, second.address, diary=diary) as managers:
            await until(lambda: managers.in_service() == 2)
            status = managers.status()[0]
            assert status.connect_failures == {"internal": 2}
            assert "RuntimeError('a bug')" in (status.last_error or "")
    assert [line["log_level"] for line in said(logs, "cti.failed")] == ["error", "error"]
    assert not [word for word in diary.words if word.startswith("down") and "stopped" not in word]
    first.kill()
    second.kill()


@pytest.mark.asyncio
@pytest.mark.parametrize("step", ["wake", "receive", "lose"])
async def test_a_fault_of_ours_on_a_link_costs_that_link_and_it_is_dialled_again(
    monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    diary, real = Diary(), getattr(Link, step)
    faults = [RuntimeError("a bug")]

    def faulty(link: Link, *args: object, **named: object) -> object:
        if faults:
            raise faults.pop()
        return real(link, *args, **named)

    with capture_logs():
        async with connected(diary, interval=0.1) as (ctim, managers, _):
            asyncio.get_running_loop().set_exception_handler(lambda loop, context: None)
            monkeypatch.setattr(Link, step, faulty)
            if step == "lose":
                ctim.connections[-1].transport.close()
            await until(lambda: len(diary.links) == 2)
            assert not faults
            [down] = diary.downs
            assert down.reason == {"wake": "closed", "receive": "other", "lose": "internal"}[step]
            assert managers.in_service() == 1


@pytest.mark.asyncio
async def test_a_fault_while_stopping_does_not_keep_the_gateway_from_its_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def faulty(link: Link, now: float) -> list[object]:
        raise RuntimeError("a bug")

    monkeypatch.setattr("ctimgr_client.supervisor.STOP_TIMEOUT", 0.05)
    monkeypatch.setattr(Link, "stop", faulty)
    diary = Diary()
    with capture_logs() as logs:
        async with asyncio.timeout(2.0), connected(diary):
            pass
    assert said(logs, "cti.callback_failed")


@pytest.mark.asyncio
async def test_a_stop_while_a_link_is_being_opened_is_no_failure() -> None:
    diary, ctim = Diary(), await FakeCtiManager().start()
    ctim.hangs = True
    with capture_logs() as logs:
        async with running(ctim.address, diary=diary) as managers:
            await until(lambda: ctim.received)
        assert managers.status()[0].connect_failures == {}
    assert [line for line in logs if line["log_level"] == "warning"] == []
    ctim.kill()


@pytest.mark.asyncio
async def test_the_last_error_stays_with_its_time_after_the_recovery() -> None:
    diary = Diary()
    async with connected(diary) as (ctim, managers, _):
        assert managers.status()[0].last_error_at is None
        ctim.kill()
        await until(lambda: diary.downs)
        await ctim.start()
        await until(lambda: len(diary.links) == 2)
        [status] = managers.status()
        assert status.last_error
        assert status.last_error_at is not None
        assert status.last_error_at <= status.since


def said(logs: list[EventDict], event: str) -> list[EventDict]:
    return [line for line in logs if line["event"] == event]
