import asyncio

import pytest

from cstagw.loop_lag import LoopLag


@pytest.mark.asyncio
async def test_a_free_loop_is_hardly_late() -> None:
    measured: list[float] = []
    enough = asyncio.Event()

    def record(seconds: float) -> None:
        measured.append(seconds)
        if len(measured) == 3:
            lag.stop()
            enough.set()

    lag = LoopLag(record, interval=0.001)
    lag.start()
    await enough.wait()
    assert min(measured) < 0.5
    assert lag.current() == measured[-1]


@pytest.mark.asyncio
async def test_a_late_loop_is_seen_before_the_next_measurement() -> None:
    loop = asyncio.get_running_loop()
    lag = LoopLag(lambda _seconds: None, interval=0.0)
    lag.start()
    begun = loop.time()
    while loop.time() - begun < 0.02:
        pass
    assert lag.current() >= 0.02
    lag.stop()


@pytest.mark.asyncio
async def test_nothing_is_measured_after_stop() -> None:
    measured: list[float] = []
    lag = LoopLag(measured.append, interval=0.0)
    lag.start()
    lag.stop()
    lag.stop()
    await asyncio.sleep(0.002)
    assert measured == []
    assert lag.current() == 0.0
