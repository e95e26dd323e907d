"""The production client and the simulator joined: what one says the other understands."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from csta_xml import (
    CSTAErrorCode,
    DeviceId,
    Event,
    MakeCall,
    MakeCallResponse,
    MonitorCrossRefId,
    MonitorStart,
    MonitorStartResponse,
    Service,
    SystemStatusValue,
)
from ctimgr_client import Answer, CtiManagers, LinkDown, LinkId
from ctimgr_client.simulator import Fault, Simulator, dialling, mobility
from tests.ctimgr_client.simulator.raw_client import until

ONE = DeviceId("tel:1001;device=SEP000000001001")


class Gateway:
    """Notes what it is told."""

    def __init__(self) -> None:
        self.up: list[LinkId] = []
        self.down: list[str] = []
        self.events: list[str] = []

    def link_up(self, link: LinkId) -> None:
        self.up.append(link)

    def link_down(self, link: LinkId, cause: LinkDown) -> None:
        self.down.append(cause.reason)

    def system_status(self, link: LinkId, status: SystemStatusValue) -> None:
        self.events.append(str(status))

    def monitor_ended(self, link: LinkId, reference: MonitorCrossRefId) -> None:
        self.events.append(reference)

    def event(self, link: LinkId, event: Event) -> None:
        self.events.append(type(event).__name__)

    def events_flushed(self, link: LinkId) -> None:
        pass


@asynccontextmanager
async def joined() -> AsyncIterator[tuple[Simulator, CtiManagers, Gateway]]:
    simulator, gateway = Simulator(), Gateway()
    addresses = await simulator.start([("127.0.0.1", 0)])
    managers = CtiManagers(
        addresses, application_id="test", interval=5.0, request_timeout=2.0, listener=gateway
    )
    running = asyncio.create_task(managers.run())
    await until(lambda: bool(gateway.up))
    yield simulator, managers, gateway
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    await simulator.stop()


async def ask(managers: CtiManagers, service: Service) -> Answer:
    link = managers.choose()
    assert link is not None
    answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
    managers.request(link, service, answer.set_result)
    return await answer


@pytest.mark.asyncio
async def test_a_call_through_the_client() -> None:
    async with joined() as (_, managers, gateway):
        assert isinstance(await ask(managers, MonitorStart(monitor_object=ONE)), MonitorStartResponse)
        made = await ask(managers, MakeCall(calling_device=ONE, called_directory_number=DeviceId("tel:1901")))
        assert isinstance(made, MakeCallResponse)
        assert made.calling_device.device_id == ONE
        await until(lambda: len(gateway.events) == 4)
        assert gateway.events[-1] == "EstablishedEvent"


@pytest.mark.asyncio
async def test_a_line_that_moves_and_what_comes_after() -> None:
    async with joined() as (simulator, managers, gateway):
        cluster = simulator.cluster
        started = await ask(managers, MonitorStart(monitor_object=ONE))
        assert isinstance(started, MonitorStartResponse)
        there = cluster.fleet.devices["SEP000000001004"]
        simulator.do(lambda _now: mobility.move_line(cluster, cluster.appearance(ONE), there))
        await until(lambda: bool(gateway.events))
        assert gateway.events == [started.monitor_cross_ref_id]
        assert isinstance(await ask(managers, MonitorStart(monitor_object=ONE)), CSTAErrorCode)
        again = await ask(managers, MonitorStart(monitor_object=DeviceId("tel:1001")))
        assert isinstance(again, MonitorStartResponse)
        simulator.do(lambda now: dialling.dial(cluster, cluster.appearance("1001"), "1901", now))
        await until(lambda: len(gateway.events) == 5)
        assert gateway.events[-1] == "EstablishedEvent"
        assert gateway.down == []


@pytest.mark.asyncio
async def test_a_crash_and_what_comes_after() -> None:
    async with joined() as (simulator, _, gateway):
        server = simulator.servers["ctim1"]
        await server.set_fault(Fault.CRASH)
        await until(lambda: bool(gateway.down))
        await server.set_fault(Fault.NONE)
        await until(lambda: len(gateway.up) == 2)
        assert [link.generation for link in gateway.up] == [1, 2]
        assert gateway.down == ["reset"]
