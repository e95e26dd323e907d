import asyncio
import threading
from collections.abc import Callable
from typing import Any

import pytest

from ctimgr_client.jtapi.workers import NoReturn, Watch, Workers
from ctimgr_client.serving.refused import ResourceBusy
from tests.ctimgr_client.simulator.raw_client import until


class Asking:
    """Workers, and what they came back with."""

    def __init__(self, *, patience: float = 60.0, threads: int = 2, waiting: int = 3, lost: int = 2) -> None:
        self.hung = 0
        self.came: list[Any] = []
        self.workers = Workers(patience, self._hung, threads=threads, waiting=waiting, lost=lost)

    def do(self, call: Callable[[], Any]) -> None:
        self.workers.do(call, lambda value, error: self.came.append(error or value))

    def _hung(self) -> None:
        self.hung += 1


@pytest.mark.asyncio
async def test_values_and_exceptions_come_back_on_the_loop() -> None:
    asking = Asking()
    loop_thread = threading.get_ident()
    there: list[int] = []
    asking.workers.do(lambda: 7, lambda value, _: there.append(threading.get_ident()))
    asking.do(lambda: 1 // 0)
    await until(lambda: len(there) == len(asking.came) == 1)
    assert there == [loop_thread]
    assert isinstance(asking.came[0], ZeroDivisionError)
    asking.workers.stop()


@pytest.mark.asyncio
async def test_so_many_run_so_many_wait_and_no_more() -> None:
    asking, gate = Asking(), threading.Event()
    for _ in range(5):
        asking.do(gate.wait)
    assert (asking.workers.busy, asking.came) == (5, [])
    asking.do(gate.wait)
    assert [type(one) for one in asking.came] == [ResourceBusy]
    gate.set()
    await until(lambda: len(asking.came) == 6)
    assert asking.workers.busy == 0
    asking.workers.stop()


@pytest.mark.asyncio
async def test_a_call_that_does_not_return_loses_its_thread_and_not_its_place() -> None:
    asking, gate = Asking(patience=0.05, threads=1), threading.Event()
    asking.do(gate.wait)
    asking.do(lambda: "next")
    await until(lambda: len(asking.came) == 2)
    assert [type(one) for one in asking.came] == [NoReturn, str]
    assert (asking.workers.lost, asking.hung) == (1, 0)
    gate.set()
    await until(lambda: asking.workers.lost == 0)
    assert len(asking.came) == 2  # what came back late is told to nobody
    asking.do(lambda: "still there")
    await until(lambda: asking.came[2:] == ["still there"])
    asking.workers.stop()


@pytest.mark.asyncio
async def test_with_too_many_lost_threads_the_library_counts_as_hung() -> None:
    asking, gate = Asking(patience=0.05, threads=1), threading.Event()
    for _ in range(3):
        asking.do(gate.wait)
    await until(lambda: len(asking.came) == 3)
    assert asking.hung == 1
    gate.set()
    await until(lambda: asking.workers.lost == 0)
    asking.workers.stop()


@pytest.mark.asyncio
async def test_threads_end_with_the_workers() -> None:
    before = set(threading.enumerate())
    asking = Asking()
    threads = set(threading.enumerate()) - before
    assert len(threads) == 2
    asking.workers.stop()
    await until(lambda: not any(thread.is_alive() for thread in threads))


@pytest.mark.asyncio
async def test_a_library_that_answers_is_left_alone_even_when_it_raises() -> None:
    asked, hung = [], list[int]()

    def ask() -> int:
        asked.append(1)
        raise ValueError

    watch = Watch(ask, 0.5, lambda: hung.append(1), 0.01)
    await until(lambda: len(asked) > 3)
    watch.stop()
    assert hung == []


@pytest.mark.asyncio
async def test_a_library_that_does_not_answer_is_found() -> None:
    gate, hung = threading.Event(), list[int]()
    watch = Watch(gate.wait, 0.05, lambda: hung.append(1), 0.01)
    await until(lambda: bool(hung))
    await asyncio.sleep(0.05)
    assert hung == [1]
    gate.set()
    watch.stop()
