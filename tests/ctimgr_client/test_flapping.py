"""A CTIManager that comes and goes: dialled ever more slowly, counted, two log lines each time."""

import asyncio

import pytest
from structlog.testing import capture_logs

from csta_xml import SessionError, StartApplicationSessionNegResponse, SystemStatus, SystemStatusValue
from ctimgr_client import CtiManagers, CtiManagerStatus, LinkState
from ctimgr_client.failures import FAILURES
from tests.ctimgr_client.fake_ctimanager import Diary, FakeCtiManager, connected, running, until


@pytest.fixture(autouse=True)
def _short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ctimgr_client.backoff.FIRST_PAUSE", 0.01)
    monkeypatch.setattr("ctimgr_client.backoff.LONGEST_PAUSE", 0.02)


class Dropping(FakeCtiManager):
    """Grants every session and drops it at once."""

    def drop(self) -> None:
        for connection in self.connections:
            connection.transport.abort()
        self.connections.clear()

    async def flap(self, diary: Diary) -> None:
        """Come up, and be lost again."""
        await until(lambda: len(diary.links) > len(diary.downs))
        lost = len(diary.links)
        self.drop()
        await until(lambda: len(diary.downs) == lost)


def status_of(managers: CtiManagers) -> CtiManagerStatus:
    [status] = managers.status()
    return status


@pytest.mark.asyncio
async def test_flaps_are_counted_and_cost_two_lines_each() -> None:
    diary, ctim = Diary(), Dropping()
    await ctim.start()
    with capture_logs() as logs:
        async with running(ctim.address, diary=diary) as managers:
            for _ in range(5):
                await ctim.flap(diary)
                await until(lambda: len(diary.links) > len(diary.downs))
                ctim.kill()
                await until(lambda: "refused" in (status_of(managers).cause or ""))
                await ctim.start()
            assert status_of(managers).flaps == 10
            seen = [line for line in logs if line["event"].startswith("cti.")]
            assert len(seen) <= 20
            downs = [line for line in seen if line["event"] == "cti.down"]
            assert [line["flaps"] for line in downs] == list(range(1, 11))
            assert {line["reason"] for line in downs} <= FAILURES.keys()
    ctim.kill()


@pytest.mark.asyncio
async def test_a_link_that_does_not_last_is_dialled_at_growing_pauses(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pauses: list[float] = []

    def growing(_chance: object) -> object:
        for step in range(1000):
            pauses.append(step)
            yield 0.001

    monkeypatch.setattr("ctimgr_client.supervisor.backoff", growing)
    diary, ctim = Diary(), Dropping()
    await ctim.start()
    async with running(ctim.address, diary=diary):
        for _ in range(3):
            await ctim.flap(diary)
        monkeypatch.setattr("ctimgr_client.supervisor.is_steady", lambda seconds, interval: True)
        await until(lambda: len(diary.links) == 4)
        assert pauses == [0, 1, 2]
        await ctim.flap(diary)
        await until(lambda: len(diary.links) == 5)
        assert pauses == [0, 1, 2, 0]
    ctim.kill()


@pytest.mark.asyncio
async def test_a_stop_is_no_flap() -> None:
    diary = Diary()
    async with connected(diary) as (_, managers, __):
        pass
    assert diary.words[-1].endswith("stopped")
    assert status_of(managers).flaps == 0


@pytest.mark.asyncio
async def test_the_attempts_after_a_loss_are_said_once_it_lasts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ctimgr_client.supervisor.is_flap", lambda seconds: False)
    monkeypatch.setattr("ctimgr_client.supervisor.QUIET_AFTER_LOSS", 0.05)
    diary = Diary()
    with capture_logs() as logs:
        async with connected(diary) as (ctim, _, __):
            ctim.kill()
            await until(lambda: [line for line in logs if line["event"] == "cti.connect_failed"])
            await asyncio.sleep(0.05)
    [failed] = [line for line in logs if line["event"] == "cti.connect_failed"]
    assert failed["reason"] == "refused"
    assert failed["cause"].startswith("Connection refused: nothing listens on port ")
    assert failed["count"] > 1


@pytest.mark.asyncio
async def test_cause_and_cure_are_there_while_it_is_not_in_service() -> None:
    diary, ctim = Diary(), FakeCtiManager()
    ctim.refusal = StartApplicationSessionNegResponse(error_code=SessionError.INVALID_APPLICATION_INFO)
    await ctim.start()
    async with running(ctim.address, diary=diary) as managers:
        assert (status_of(managers).cause, status_of(managers).cure) == (None, None)
        await until(lambda: status_of(managers).cause)
        assert (status_of(managers).cause or "").startswith("bad login or password (")
        assert status_of(managers).cure == FAILURES["bad_login"].cure
        ctim.refusal = None
        await until(lambda: diary.links)
        assert (status_of(managers).cause, status_of(managers).cure) == (None, None)
        ctim.sends(SystemStatus(system_status=SystemStatusValue.PARTIALLY_DISABLED), 12)
        await until(lambda: status_of(managers).state is LinkState.PARTIAL_SERVICE)
        assert (status_of(managers).cause or "").startswith("partial service")
        ctim.sends(SystemStatus(system_status=SystemStatusValue.NORMAL), 13)
        await until(lambda: status_of(managers).state is LinkState.IN_SERVICE)
        assert status_of(managers).cause is None
    ctim.kill()


@pytest.mark.asyncio
async def test_when_nobody_is_left_all_are_dialled_at_short_pauses_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("ctimgr_client.supervisor.is_steady", lambda seconds, interval: True)
    diary, first, second = (
        Diary(),
        await FakeCtiManager("ctim1").start(),
        await FakeCtiManager("ctim2").start(),
    )
    async with running(first.address, second.address, diary=diary) as managers:
        await until(lambda: managers.in_service() == 2)
        monkeypatch.setattr("ctimgr_client.backoff.FIRST_PAUSE", 600.0)
        monkeypatch.setattr("ctimgr_client.backoff.LONGEST_PAUSE_WITHOUT_SERVICE", 600.0)
        first.kill()
        await until(lambda: managers.in_service() == 1)
        await first.start()
        monkeypatch.setattr("ctimgr_client.backoff.FIRST_PAUSE", 0.01)
        second.kill()
        await until(lambda: managers.in_service() == 1 and len(diary.downs) == 2)
    first.kill()
