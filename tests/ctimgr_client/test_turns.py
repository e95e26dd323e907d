"""What a connection does in one turn of the loop: batches, writes, bounds. The transport is a stub."""

import asyncio
from typing import cast

import pytest

from csta_xml import (
    CallId,
    ConnectionId,
    CSTAErrorCode,
    DeviceId,
    Event,
    GetCSTAFeatures,
    HoldCall,
    HoldCallResponse,
    Message,
    MonitorCrossRefId,
    OutOfServiceEvent,
    Response,
    Service,
    StartApplicationSessionPosResponse,
    SystemStatus,
    SystemStatusValue,
    decode,
    encode,
)
from ctimgr_client.address import CtiManagerAddress
from ctimgr_client.connection import BUSY_ABOVE, FRAMES_PER_TURN, GIVE_UP_ABOVE, CtiConnection
from ctimgr_client.failures import LinkDown
from ctimgr_client.frames import EVENT_INVOKE_ID, FrameReader, encode_frame
from ctimgr_client.link import Link
from ctimgr_client.listener import Reply
from ctimgr_client.status import Counters, LinkState

HOLD = HoldCall(call_to_be_held=ConnectionId(CallId("1_4a11"), DeviceId("tel:1001")))
STARTED = StartApplicationSessionPosResponse(
    session_id="s1",
    actual_protocol_version="http://www.ecma-international.org/standards/ecma-323/csta/ed3",
    actual_session_duration=10,
)


class StubTransport:
    """The part of asyncio.Transport a connection uses. Nobody reads what is written."""

    def __init__(self) -> None:
        self.written: list[bytes] = []
        self.unread = 0
        self.reading = True
        self.aborted = False

    def write(self, data: bytes) -> None:
        self.written.append(data)

    def get_write_buffer_size(self) -> int:
        return self.unread

    def pause_reading(self) -> None:
        self.reading = False

    def resume_reading(self) -> None:
        self.reading = True

    def abort(self) -> None:
        self.aborted = True


class Owner:
    """Writes down what the connection tells; an event by the number in its cross reference."""

    def __init__(self) -> None:
        self.words: list[str] = []

    def opened(self, state: LinkState) -> None:
        self.words.append(f"opened {state}")

    def state_changed(self, state: LinkState) -> None:
        self.words.append(f"changed {state}")

    def status_reported(self, status: SystemStatusValue) -> None:
        self.words.append(f"status {status}")

    def monitor_ended(self, reference: MonitorCrossRefId) -> None:
        self.words.append(f"ended {reference}")

    def lost(self, cause: LinkDown, unanswered: tuple[Reply, ...]) -> None:
        self.words.append(f"lost {cause.reason} {len(unanswered)}")

    def arrived(self, event: Event) -> None:
        self.words.append(event.monitor_cross_ref_id)

    def unreadable(self, problem: str) -> None:
        self.words.append("unreadable")

    def flushed(self) -> None:
        self.words.append("flushed")


class Stage:
    """A connection that is in service, its owner and its transport."""

    def __init__(self) -> None:
        self.owner = Owner()
        self.transport = StubTransport()
        self.replies: list[str] = []
        link = Link(
            CtiManagerAddress("ctim1", "127.0.0.1", 8800),
            application_id="cstagw-test",
            interval=5.0,
            request_timeout=5.0,
            counters=Counters(),
        )
        self.connection = CtiConnection(link, self.owner)
        self.connection.connection_made(cast(asyncio.BaseTransport, self.transport))

    async def open(self) -> "Stage":
        self.receives((0, STARTED))
        await self.turn()
        self.owner.words.clear()
        self.transport.written.clear()
        return self

    def receives(self, *messages: tuple[int, Message]) -> None:
        self.connection.data_received(b"".join(encode_frame(i, encode(m)) for i, m in messages))

    def asks(self, service: Service = HOLD) -> None:
        def reply(answer: Response | CSTAErrorCode) -> None:
            self.replies.append(answer.value if isinstance(answer, CSTAErrorCode) else type(answer).__name__)

        self.connection.request(service, reply)

    async def turn(self) -> None:
        """One turn of the loop."""
        await asyncio.sleep(0)


def event(number: int) -> tuple[int, Message]:
    return EVENT_INVOKE_ID, OutOfServiceEvent(
        monitor_cross_ref_id=MonitorCrossRefId(str(number)), device=DeviceId("tel:1001")
    )


@pytest.mark.asyncio
async def test_the_frames_of_one_read_are_handled_before_one_flush() -> None:
    stage = await Stage().open()
    stage.receives(event(1), event(2), event(3))
    assert stage.owner.words == ["1", "2", "3", "flushed"]


@pytest.mark.asyncio
async def test_a_long_read_lets_the_loop_breathe_and_reads_no_more_meanwhile() -> None:
    stage = await Stage().open()
    count = 2 * FRAMES_PER_TURN + 50
    stage.receives(*(event(i) for i in range(count)))
    assert stage.owner.words == [*map(str, range(FRAMES_PER_TURN)), "flushed"]
    assert not stage.transport.reading
    assert stage.connection.frames_waiting() == count - FRAMES_PER_TURN
    await stage.turn()
    assert len(stage.owner.words) == 2 * (FRAMES_PER_TURN + 1)
    await stage.turn()
    assert [word for word in stage.owner.words if word != "flushed"] == [*map(str, range(count))]
    assert stage.owner.words.count("flushed") == 3
    assert stage.transport.reading


@pytest.mark.asyncio
async def test_what_was_read_meanwhile_comes_after_the_backlog() -> None:
    stage = await Stage().open()
    stage.receives(*(event(i) for i in range(FRAMES_PER_TURN + 1)))
    stage.receives(event(777))
    await stage.turn()
    assert stage.owner.words[-3:] == [str(FRAMES_PER_TURN), "777", "flushed"]


@pytest.mark.asyncio
async def test_requests_of_one_turn_leave_in_one_write() -> None:
    stage = await Stage().open()
    for _ in range(3):
        stage.asks()
    assert stage.transport.written == []
    await stage.turn()
    [wire] = stage.transport.written
    assert [decode(frame.body) for frame in FrameReader().receive_data(wire)] == [HOLD] * 3


@pytest.mark.asyncio
async def test_a_reply_may_ask_again() -> None:
    stage = await Stage().open()
    stage.connection.request(HOLD, lambda _: stage.asks())
    stage.receives((1, HoldCallResponse()))
    stage.receives((2, HoldCallResponse()))
    assert stage.replies == ["HoldCallResponse"]


@pytest.mark.asyncio
async def test_above_256_kib_of_unsent_bytes_requests_are_refused_later_not_at_once() -> None:
    stage = await Stage().open()
    stage.transport.unread = BUSY_ABOVE
    stage.asks()
    stage.transport.unread = BUSY_ABOVE + 1
    stage.asks()
    assert stage.replies == []
    await stage.turn()
    assert stage.replies == ["resourceBusy"]
    assert stage.owner.words == ["flushed"]
    stage.transport.unread = 0
    stage.asks()
    await stage.turn()
    assert len(stage.transport.written) == 2


@pytest.mark.asyncio
async def test_bytes_that_wait_for_the_end_of_the_turn_count_as_unsent() -> None:
    stage = await Stage().open()
    for _ in range(7):
        stage.asks(GetCSTAFeatures(line="x" * 60_000))
    await stage.turn()
    assert stage.replies == ["resourceBusy"] * 2
    assert len(stage.transport.written[0]) < BUSY_ABOVE + 65_535


@pytest.mark.asyncio
async def test_answers_nobody_reads_end_the_connection_above_one_mib() -> None:
    stage = await Stage().open()
    stage.asks()
    stage.transport.unread = GIVE_UP_ABOVE + 1
    stage.receives((12, SystemStatus(system_status=SystemStatusValue.NORMAL)))
    await stage.turn()
    assert stage.owner.words[-1] == "lost not_reading 1"
    assert stage.transport.aborted


@pytest.mark.asyncio
async def test_refused_requests_are_answered_before_the_link_is_told_lost() -> None:
    stage = await Stage().open()
    stage.transport.unread = BUSY_ABOVE + 1
    stage.connection.request(HOLD, lambda _: stage.owner.words.append("reply"))
    stage.connection.connection_lost(None)
    await stage.turn()
    assert stage.owner.words == ["reply", "lost closed 0"]
    assert stage.connection.closed.done()


@pytest.mark.asyncio
async def test_after_the_loss_nothing_comes_from_the_backlog_and_requests_are_still_answered() -> None:
    stage = await Stage().open()
    stage.receives(*(event(i) for i in range(FRAMES_PER_TURN + 1)))
    stage.connection.connection_lost(ConnectionResetError(104, "Connection reset by peer"))
    stage.asks()
    await stage.turn()
    await stage.turn()
    assert stage.owner.words[FRAMES_PER_TURN + 1] == "lost reset 0"
    assert str(FRAMES_PER_TURN) not in stage.owner.words
    assert stage.replies == ["resourceOutOfService"]
    assert stage.connection.frames_waiting() == 0


@pytest.mark.asyncio
async def test_frames_after_a_loss_in_the_same_read_are_ignored() -> None:
    stage = await Stage().open()
    stage.receives(event(1), (12, SystemStatus(system_status=SystemStatusValue.DISABLED)), event(2))
    assert stage.owner.words == ["1", "lost disabled 0", "flushed"]
    assert stage.transport.aborted
