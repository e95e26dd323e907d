"""A bridge over a real Unix socket, with a small exchange on threads of its own."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from ctimgr_client.jtapi import bridge as bridge_module
from ctimgr_client.jtapi.bridge import Bridge
from ctimgr_client.jtapi.inbox import Inbox
from ctimgr_client.jtapi.life import FIRST_PAUSE, Life
from ctimgr_client.jtapi.listening import listen
from ctimgr_client.jtapi.numbers import Ev, ProviderState
from ctimgr_client.jtapi.opening_reasons import OpeningFailed
from ctimgr_client.jtapi.records import LineRecord, ProviderRecord
from ctimgr_client.jtapi.server import MAX_CONNECTIONS
from ctimgr_client.jtapi.settings import BridgeSettings
from ctimgr_client.jtapi.telephony import Enqueue
from tests.ctimgr_client.jtapi.exchange import Exchange, phone
from tests.ctimgr_client.jtapi.program import Machine
from tests.ctimgr_client.simulator.raw_client import (
    RawClient,
    csta,
    make_call,
    on_connection,
    root,
    start,
    text,
    until,
)

ONE, TWO = (phone(dn).device_id for dn in ("1001", "1002"))
HOLD = "callToBeHeld"


def settings(folder: Path) -> BridgeSettings:
    return BridgeSettings(
        name="cucm1",
        host="10.0.0.11",
        listen=f"unix:{folder / 'bridge.sock'}",
        class_path=(),
        user="cstagw",
        password="p4ssw0rd",
        request_timeout=0,
        post_condition_timeout=0,
        hang_after=0.2,
    )


class House:
    """A bridge that runs, and its clients. `failures` are how the next attempts to open it end."""

    def __init__(self, settings: BridgeSettings, pause: float) -> None:
        self.settings = settings
        self.exchanges: list[Exchange] = []
        self.failures: list[Exception] = []
        self.hung: list[str] = []
        self.started = 0
        self.state = ProviderState.IN_SERVICE
        self.clients: list[RawClient] = []
        self.gate: threading.Event | None = None
        self.bridge = Bridge(
            settings, self._start, self._open, self.hung.append, watch_every=0.05, life=Life(pause)
        )

    @property
    def exchange(self) -> Exchange:
        return self.exchanges[-1]

    async def connect(self) -> RawClient:
        path = self.settings.listen.removeprefix("unix:")
        client = RawClient(*await asyncio.open_unix_connection(path))
        self.clients.append(client)
        return client

    async def session(self) -> RawClient:
        await self.in_service()
        client = await self.connect()
        await client.start()
        return client

    async def in_service(self) -> None:
        await until(lambda: self.bridge.switch.life.in_service)

    def _start(self, _settings: BridgeSettings) -> Machine:
        self.started += 1
        return Machine()

    def _open(self, _settings: BridgeSettings, enqueue: Enqueue, _complain: object) -> Exchange:
        if self.gate is not None:
            self.gate.wait(5)
        if self.failures:
            raise self.failures.pop(0)
        exchange = Exchange(enqueue)
        exchange.in_provider = self.state
        self.exchanges.append(exchange)
        return exchange


@asynccontextmanager
async def running(
    folder: Path,
    prepare: Callable[[House], None] | None = None,
    *,
    open_timeout: int = 5,
    pause: float = FIRST_PAUSE,
) -> AsyncIterator[House]:
    house = House(replace(settings(folder), open_timeout=open_timeout), pause)
    if prepare is not None:
        prepare(house)
    listener = await listen(house.settings, house.bridge.connect)
    house.bridge.open()
    try:
        yield house
    finally:
        listener.close()
        await house.bridge.stop()
        for client in house.clients:
            client.writer.transport.abort()
        await asyncio.sleep(0)


@pytest.mark.asyncio
async def test_a_call_through_the_socket_and_the_threads(tmp_path: Path) -> None:
    async with running(tmp_path) as house:
        caller, called = await house.session(), await house.session()
        await caller.monitor(ONE)
        await called.monitor(TWO)
        caller.send(2, make_call(ONE, "tel:1002"))
        said = [await caller.receive() for _ in range(4)]
        (answer,) = [body for invoke_id, body in said if invoke_id == 2]
        assert [root(body) for invoke_id, body in said if invoke_id == 9999] == [
            "ServiceInitiatedEvent",
            "OriginatedEvent",
            "DeliveredEvent",
        ]
        call = text(answer, "callID")
        assert await called.events(1) == ["DeliveredEvent alerting"]
        called.send(3, on_connection("AnswerCall", "callToBeAnswered", call, TWO))
        assert {root((await called.receive())[1]) for _ in range(2)} == {
            "AnswerCallResponse",
            "EstablishedEvent",
        }
        assert await caller.events(1) == ["EstablishedEvent connected"]


@pytest.mark.asyncio
async def test_nobody_is_let_in_until_the_provider_is_open(tmp_path: Path) -> None:
    def shut(house: House) -> None:
        house.gate = threading.Event()

    async with running(tmp_path, shut) as house:
        client = await house.connect()
        assert text(await client.ask(0, start()), "applError") == "cstagw-bridge/opening"
        assert house.gate is not None
        house.gate.set()
        await house.in_service()
        assert text(await client.ask(1, start()), "sessionID") == "cucm1-000001"


@pytest.mark.asyncio
async def test_a_provider_that_is_not_in_service_yet(tmp_path: Path) -> None:
    def out(house: House) -> None:
        house.state = ProviderState.OUT_OF_SERVICE

    async with running(tmp_path, out) as house:
        await until(lambda: bool(house.exchanges) and house.bridge.switch.telephony is not None)
        client = await house.connect()
        assert "not in service yet" in text(await client.ask(0, start()), "applError")
        house.exchange.provider(Ev.PROV_IN_SERVICE)
        await house.in_service()
        await client.start()


@pytest.mark.asyncio
async def test_out_of_service_ends_every_session_at_once_and_a_new_one_begins_anew(tmp_path: Path) -> None:
    async with running(tmp_path) as house:
        client = await house.session()
        await client.monitor(ONE)
        house.exchange.provider(Ev.PROV_OUT_OF_SERVICE)
        invoke_id, body = await client.receive()
        assert (invoke_id, root(body)) == (9999, "ApplicationSessionTerminated")
        assert text(body, "serverTermReason") == "cstagw-bridge/provider_down"
        assert await client.ended() is None
        again = await house.connect()
        assert text(await again.ask(0, start()), "applError") == "cstagw-bridge/provider_down"
        await until(lambda: "close 1001" in house.exchange.asked)
        house.exchange.provider(Ev.PROV_IN_SERVICE)
        await house.in_service()
        await again.start()
        await again.monitor(ONE)
        assert house.exchange.watched[phone("1001")] == 1
        assert (len(house.exchanges), house.started) == (1, 1)


@pytest.mark.asyncio
async def test_what_happened_before_the_end_of_the_provider_is_not_told(tmp_path: Path) -> None:
    async with running(tmp_path) as house:
        client = await house.session()
        await client.monitor(ONE)
        forward = LineRecord(event=Ev.CTL_ADDR_FORWARD, line=phone("1001").line, forwarded_to="1002")
        house.exchange.tell([forward], [ProviderRecord(event=Ev.PROV_OUT_OF_SERVICE)])
        assert root((await client.receive())[1]) == "ApplicationSessionTerminated"


@pytest.mark.asyncio
async def test_a_provider_that_was_shut_down_is_opened_anew(tmp_path: Path) -> None:
    async with running(tmp_path, pause=0.01) as house:
        client = await house.session()
        old = house.exchange
        old.provider(Ev.PROV_SHUTDOWN)
        assert text((await client.receive())[1], "serverTermReason") == "cstagw-bridge/provider_shut"
        await until(lambda: len(house.exchanges) == 2)
        await house.session()
        assert house.started == 1
        old.provider(Ev.PROV_OUT_OF_SERVICE)  # nobody listens to the old one
        await asyncio.sleep(0.02)
        assert house.bridge.switch.life.in_service


@pytest.mark.asyncio
async def test_an_attempt_that_failed_is_followed_by_another(tmp_path: Path) -> None:
    failures = [OpeningFailed("timed_out", "Operation timed out"), OpeningFailed("refused")]
    with capture_logs() as logs:
        async with running(tmp_path, lambda house: house.failures.extend(failures), pause=0.01) as house:
            await house.session()
    reasons = [entry["reason"] for entry in logs if entry["event"] == "bridge.not_opened"]
    assert reasons == ["timed_out", "refused"]


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("failure", "words"),
    [
        (
            OpeningFailed("bad_login", "bad login or password"),
            "cstagw-bridge/bad_login: bad login or password",
        ),
        (RuntimeError("host;login=cstagw;passwd=p4ssw0rd"), "cstagw-bridge/other: RuntimeError"),
    ],
)
async def test_why_it_cannot_be_opened_is_said_and_logged_without_secrets(
    tmp_path: Path, failure: Exception, words: str
) -> None:
    with capture_logs() as logs:
        async with running(tmp_path, lambda house: house.failures.append(failure)) as house:
            await until(lambda: "bridge.not_opened" in [entry["event"] for entry in logs])
            client = await house.connect()
            assert text(await client.ask(0, start()), "applError") == words
    (said,) = [entry for entry in logs if entry["event"] == "bridge.not_opened"]
    assert words == f"cstagw-bridge/{said['reason']}: {said['text']}"
    assert "p4ssw0rd" not in str(logs)


@pytest.mark.asyncio
async def test_a_library_that_stops_answering_is_found(tmp_path: Path) -> None:
    async with running(tmp_path) as house:
        await house.in_service()
        gate = house.exchange.hang["state"] = threading.Event()
        await until(lambda: bool(house.hung))
        assert house.hung == ["the library does not answer"]
        gate.set()


@pytest.mark.asyncio
async def test_opening_that_does_not_come_to_an_end_is_found(tmp_path: Path) -> None:
    gate = threading.Event()

    def prepare(house: House) -> None:
        house.gate = gate

    async with running(tmp_path, prepare, open_timeout=0) as house:
        await until(lambda: bool(house.hung))
        gate.set()


@pytest.mark.asyncio
async def test_a_call_that_hangs_is_refused_and_others_go_on(tmp_path: Path) -> None:
    async with running(tmp_path) as house:
        client = await house.session()
        await client.monitor(ONE)
        answer = await client.ask(1, make_call(TWO, "tel:1901"))
        call = text(answer, "callID")
        gate = house.exchange.hang["hold"] = threading.Event()
        client.send(2, on_connection("HoldCall", HOLD, call, TWO))
        client.send(3, csta("GetForwarding", f"<device>{ONE}</device>"))
        assert (await client.receive())[0] == 3
        invoke_id, body = await client.receive()
        assert (invoke_id, root(body)) == (2, "CSTAErrorCode")
        gate.set()


@pytest.mark.asyncio
async def test_lost_events_begin_everything_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bridge_module, "Inbox", lambda wake: Inbox(wake, limit=3))
    async with running(tmp_path) as house:
        client = await house.session()
        forward = LineRecord(event=Ev.CTL_ADDR_FORWARD, line=phone("1001").line, forwarded_to="1002")
        with capture_logs() as logs:
            house.exchange.tell(*[[forward]] * 4)
            body = (await client.receive())[1]
        assert text(body, "serverTermReason").startswith("cstagw-bridge/other: events came faster")
        assert "bridge.events_lost" in [entry["event"] for entry in logs]
        await house.session()


@pytest.mark.asyncio
async def test_a_burst_is_told_in_order_while_the_loop_breathes(tmp_path: Path) -> None:
    async with running(tmp_path) as house:
        client = await house.session()
        await client.monitor(ONE)
        records = [
            LineRecord(event=Ev.CTL_ADDR_FORWARD, line=phone("1001").line, forwarded_to=str(number))
            for number in range(1000, 1500)
        ]
        house.exchange.tell(*([record] for record in records))
        numbers = [text((await client.receive())[1], "forwardTo") for _ in records]
        assert numbers == [f"tel:{number}" for number in range(1000, 1500)]


@pytest.mark.asyncio
async def test_connections_are_bounded(tmp_path: Path) -> None:
    async with running(tmp_path) as house:
        await house.in_service()
        for _ in range(MAX_CONNECTIONS):
            await house.connect()
        await until(lambda: len(house.bridge.connections) == MAX_CONNECTIONS)
        extra = await house.connect()
        with capture_logs():
            assert await extra.ended() in (None, ConnectionResetError)
        assert len(house.bridge.connections) == MAX_CONNECTIONS


@pytest.mark.asyncio
async def test_a_silent_connection_is_closed(tmp_path: Path) -> None:
    def impatient(house: House) -> None:
        house.bridge.switch.limits = replace(house.bridge.switch.limits, opening_timeout=0.05)

    async with running(tmp_path, impatient) as house:
        client = await house.connect()
        assert await client.ended() is None


@pytest.mark.asyncio
async def test_what_the_provider_says_of_devices_and_passwords_is_logged_with_a_cure(tmp_path: Path) -> None:
    async with running(tmp_path) as house:
        await house.in_service()
        with capture_logs() as logs:
            expires = ProviderRecord(event=Ev.CISCO_PROV_AUTHENTICATION_INFO, detail="in 3 days")
            removed = ProviderRecord(event=Ev.CISCO_TERM_REMOVED, terminal="SEP1")
            house.exchange.tell([expires], [removed], [removed], [ProviderRecord(event=4711)])
            await until(lambda: len(logs) == 2)
            await asyncio.sleep(0.01)
        assert [(entry["event"], entry["log_level"]) for entry in logs] == [
            ("bridge.password_expires", "warning"),
            ("bridge.device_removed", "warning"),
        ]
        assert (logs[0]["text"], logs[1]["device"]) == ("in 3 days", "SEP1")
        assert all(entry["cure"] for entry in logs)


@pytest.mark.asyncio
async def test_stopping_says_good_bye_and_shuts_the_provider_down(tmp_path: Path) -> None:
    async with running(tmp_path) as house:
        client = await house.session()
        await house.bridge.stop()
        body = (await client.receive())[1]
        assert text(body, "serverTermReason") == "cstagw-bridge/bridge_gone: it is being stopped"
        assert await client.ended() is None
        assert house.exchange.asked[-1] == "shut_down"
