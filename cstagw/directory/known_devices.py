"""Asks CTIManagers which line appearances they know and let us control.

Shell: links, time, and the embedded simulated cluster where no CTIManager is configured. Opens no device and
monitors nothing. Knows neither rows nor users.
"""

from __future__ import annotations

import asyncio
import platform
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack, suppress
from dataclasses import replace
from functools import partial

from csta_xml import Event, MonitorCrossRefId, Response, SnapshotDevice, SystemStatusValue
from cstagw.config import Config
from cstagw.errors import LineNotAssociated, UnknownLine, refused_by_cti
from cstagw.identity import LineAppearance
from cstagw.inquiry import may_be_opened
from ctimgr_client import Answer, CtiManagerAddress, CtiManagers, LinkDown, LinkId
from ctimgr_client.simulator import Simulator

from .check import Asked

#: Requests that wait for their answers.
AT_A_TIME = 50
#: Seconds for all requests together.
LONGEST = 60.0

_POLL = 0.05
_EMBEDDED = "the embedded simulated cluster"
_CONFIGURE = "configure [[ctimanager]]; without any the simulated cluster is asked, which has its own lines"
_LATER = "check again when the CTIManagers have less to do"


class _Deaf:
    """Without monitors there are no events, and how the links are is looked up."""

    def link_up(self, link: LinkId) -> None: ...
    def link_down(self, link: LinkId, cause: LinkDown) -> None: ...
    def system_status(self, link: LinkId, status: SystemStatusValue) -> None: ...
    def monitor_ended(self, link: LinkId, reference: MonitorCrossRefId) -> None: ...
    def event(self, link: LinkId, event: Event) -> None: ...
    def events_flushed(self, link: LinkId) -> None: ...


async def ask(config: Config, appearances: Sequence[LineAppearance], longest: float = LONGEST) -> Asked:
    """Ask for each appearance: the CTIManager that is in service first, another one once that fails. What one
    did not answer is asked for once more."""
    async with AsyncExitStack() as started:
        addresses = [entry.address for entry in config.ctimanager] or await _embedded(config, started)
        managers = CtiManagers(
            addresses,
            application_id=f"cstagw-check-{platform.node()}",
            interval=config.heartbeat.interval,
            request_timeout=config.session.request_timeout,
            listener=_Deaf(),
            tos=config.network.tos,
        )
        started.push_async_callback(_cancelled, asyncio.create_task(managers.run(), name="cti links"))
        # A time-out for the connection, another one for the session on it.
        link = await _in_service(managers, 2 * config.session.request_timeout)
        if link is None:
            return _nobody(managers)
        asking = _Asking(managers, link)
        await asking.run(appearances, longest)
        trouble, cure = asking.why_incomplete(len(appearances), longest)
        asked = _outcome(", ".join(asking.names), asking.answers | asking.silent, trouble, cure)
        return asked if config.ctimanager else replace(asked, by=_EMBEDDED, unknown_cure=_CONFIGURE)


async def _embedded(config: Config, started: AsyncExitStack) -> list[CtiManagerAddress]:
    simulator = Simulator(phones=config.simulator.added_lines)
    started.push_async_callback(simulator.stop)
    return await simulator.start([("127.0.0.1", 0)])


async def _cancelled(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def _in_service(managers: CtiManagers, within: float) -> LinkId | None:
    """The first that comes; None where each has failed once, or none came in time."""
    loop = asyncio.get_running_loop()
    end = loop.time() + within
    while True:
        link = managers.choose()
        if link is not None or loop.time() >= end:
            return link
        if all(one.connect_failures for one in managers.status()):
            return None
        await asyncio.sleep(_POLL)


class _Asking:
    """Questions and answers. `names` are the CTIManagers that were asked; `silent` is what one was asked for
    that was lost or did not answer in time."""

    def __init__(self, managers: CtiManagers, link: LinkId) -> None:
        self._managers = managers
        self._link: LinkId | None = link
        self.names = {link.name: None}
        self.answers: dict[LineAppearance, Answer] = {}
        self.silent: dict[LineAppearance, Answer] = {}

    async def run(self, appearances: Sequence[LineAppearance], longest: float) -> None:
        """Until all were asked for, no CTIManager is in service any more, or the time is over."""
        with suppress(TimeoutError):
            async with asyncio.timeout(longest):
                await self._round(appearances)
                again, self.silent = list(self.silent), {}
                await self._round(again)

    def why_incomplete(self, wanted: int, longest: float) -> tuple[str, str]:
        """Cause and cure where fewer were asked for than were wanted, else nothing."""
        asked = len(self.answers) + len(self.silent)
        if asked == wanted:
            return "", ""
        heard = f"{asked:,} of {wanted:,} devices were asked for"
        if self._link is not None:
            return f"{heard} in {longest:g} s, which is all the time there is", _LATER
        causes, cure = _troubles(self._managers)
        return f"{heard}, then no CTIManager was in service any more: {causes}", cure

    async def _round(self, appearances: Sequence[LineAppearance]) -> None:
        left = iter(appearances)
        async with asyncio.TaskGroup() as group:
            for _ in range(min(AT_A_TIME, len(appearances))):
                group.create_task(self._work(left))

    async def _work(self, left: Iterator[LineAppearance]) -> None:
        for appearance in left:
            link = self._link
            if link is None:
                return
            answered: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
            service = SnapshotDevice(snapshot_object=appearance.wire)
            self._managers.request(link, service, partial(_settle, answered))
            answer = await answered
            if isinstance(answer, Response) or answer.value != "resourceOutOfService":
                self.answers[appearance] = answer
            else:
                self.silent[appearance] = answer
                self._leave(link)

    def _leave(self, link: LinkId) -> None:
        """It was lost or is silent: the rest goes to another one where there is one."""
        if link != self._link:
            return
        self._link = self._managers.choose(lambda other: other.name == link.name) or self._managers.choose()
        if self._link is not None:
            self.names[self._link.name] = None


def _settle(answered: asyncio.Future[Answer], answer: Answer) -> None:
    """Nobody waits any more once the time is over."""
    if not answered.done():
        answered.set_result(answer)


def _outcome(by: str, answers: dict[LineAppearance, Answer], trouble: str, cure: str) -> Asked:
    """Answers as sign-ins read them."""
    known = 0
    unknown, not_associated, others = set(), set(), Counter[str]()
    for appearance, answer in answers.items():
        if isinstance(answer, Response) or may_be_opened(answer):
            known += 1
            continue
        match refused_by_cti(answer, ""):
            case UnknownLine():
                unknown.add(appearance)
            case LineNotAssociated():
                not_associated.add(appearance)
            case _:
                others[answer.value] += 1
    return Asked(by, known, frozenset(unknown), frozenset(not_associated), others, trouble, cure)


def _nobody(managers: CtiManagers) -> Asked:
    causes, cure = _troubles(managers)
    names = ", ".join(link.name for link in managers.status())
    return Asked(names, trouble=f"no CTIManager is in service: {causes}", cure=cure)


def _troubles(managers: CtiManagers) -> tuple[str, str]:
    """What is wrong with each CTIManager, and what to do about the first of them."""
    links = managers.status()
    causes = "; ".join(f"{link.name}: {link.cause or 'no answer yet'}" for link in links)
    cures = [link.cure for link in links if link.cure]
    return causes, cures[0] if cures else "check the addresses in [[ctimanager]], then check again"
