"""Scenarios of one user, or of several at the same time, from the first sign-in to the last sign-out."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from pathlib import Path

from .conftest import Running, sipp, wait_until
from .desk import Desk


def play(gateway: Running, tmp_path: Path, *desks: Desk) -> None:
    """Each has signed in before the next begins, so the last one sets it going; nothing of them stays."""
    with ThreadPoolExecutor(len(desks)) as pool:
        played: list[Future[object]] = []
        for desk in desks:
            wait_until(partial(_signed_in, gateway, played))
            folder = tmp_path / desk.number
            folder.mkdir()
            played.append(pool.submit(sipp, gateway.sip, desk.signs_out(), folder, "-m", "1"))
        for each in played:
            each.result()
    wait_until(lambda: gateway.metric('cstagw_sessions{state="open"}') == 0)
    assert gateway.metric("cstagw_csta_monitors") == 0


def _signed_in(gateway: Running, played: list[Future[object]]) -> bool:
    """All that were started, or one of them is over, which is a failure that its result tells."""
    return gateway.metric("cstagw_csta_monitors") == len(played) or any(each.done() for each in played)
