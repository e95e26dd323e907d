"""A conversation with a server that answers when it likes."""

from csta_xml import (
    ED3,
    AnswerCall,
    AnswerCallResponse,
    ConnectionId,
    CSTAErrorCode,
    DeviceId,
    ErrorCategory,
    Message,
    Service,
    SessionError,
    StartApplicationSession,
    StartApplicationSessionNegResponse,
    StartApplicationSessionPosResponse,
    StopApplicationSession,
    StopApplicationSessionPosResponse,
    SystemRegister,
    SystemStatus,
    decode,
    encode,
)
from ctimgr_client.frames import Frame, FrameReader
from ctimgr_client.serving.conversation import MAX_UNANSWERED, Conversation, Reply
from ctimgr_client.serving.limits import Limits
from ctimgr_client.serving.timers import Timers

ANSWER = AnswerCall(call_to_be_answered=ConnectionId(None, DeviceId("tel:1001")))
BUSY = CSTAErrorCode(category=ErrorCategory.SYSTEM_RESOURCE_AVAILABILITY, value="resourceBusy")
START = StartApplicationSession(application_id="test", protocol_versions=(ED3,), duration=60)


class Slow(Conversation):
    """Keeps what it is asked. `closed_door`: what everybody is told who wants to come in."""

    def __init__(self) -> None:
        self.timers = Timers()
        super().__init__(Limits(), self.timers, 0.0, lambda: None)
        self.closed_door: SessionError | str | None = None
        self.asked: list[tuple[Service, Reply]] = []
        self.gone = 0

    def refusal(self, start: StartApplicationSession | None) -> SessionError | str | None:
        return self.closed_door

    def opened(self) -> str:
        return "slow-1"

    def closed(self) -> None:
        self.gone += 1

    def serve(self, request: Service, reply: Reply, now: float) -> None:
        self.asked.append((request, reply))

    def say(self, message: Message, invoke_id: int = 7) -> list[tuple[int, Message]]:
        self.receive(Frame(invoke_id, encode(message, ED3)), 0.0)
        return self.said()

    def said(self) -> list[tuple[int, Message]]:
        frames = FrameReader().receive_data(b"".join(self.out))
        self.out.clear()
        return [(frame.invoke_id, decode(frame.body)) for frame in frames]


def opened() -> Slow:
    slow = Slow()
    ((_, answer),) = slow.say(START)
    assert isinstance(answer, StartApplicationSessionPosResponse)
    return slow


def test_answers_come_later_and_in_any_order_each_to_its_request() -> None:
    slow = opened()
    assert slow.say(ANSWER, 1) == []
    assert slow.say(ANSWER, 2) == []
    (_, first), (_, second) = slow.asked
    second(AnswerCallResponse())
    assert slow.said() == [(2, AnswerCallResponse())]
    first(BUSY)
    assert slow.said() == [(1, BUSY)]


def test_only_the_first_answer_counts() -> None:
    slow = opened()
    slow.say(ANSWER)
    reply = slow.asked[0][1]
    reply(BUSY)
    reply(AnswerCallResponse())
    assert slow.said() == [(7, BUSY)]


def test_what_comes_after_the_end_is_said_to_nobody() -> None:
    slow = opened()
    slow.say(ANSWER)
    ((_, stopped),) = slow.say(StopApplicationSession(session_id="slow-1"))
    assert isinstance(stopped, StopApplicationSessionPosResponse)
    slow.asked[0][1](AnswerCallResponse())
    assert (slow.said(), slow.ended, slow.gone) == ([], True, 1)


def test_so_many_may_wait_and_answers_make_room() -> None:
    slow = opened()
    for number in range(MAX_UNANSWERED):
        assert slow.say(ANSWER, number) == []
    assert slow.say(ANSWER, 5000) == [(5000, BUSY)]
    assert len(slow.asked) == MAX_UNANSWERED
    slow.asked[0][1](AnswerCallResponse())
    slow.said()
    assert slow.say(ANSWER, 5001) == []


def test_a_server_says_why_nobody_is_let_in() -> None:
    slow = Slow()
    slow.closed_door = "not yet"
    assert slow.say(START) == [(7, StartApplicationSessionNegResponse(error_code="not yet"))]
    ((_, refused),) = slow.say(SystemRegister(request_types=frozenset({"systemStatus"})))
    assert refused == CSTAErrorCode(category=ErrorCategory.STATE_INCOMPATIBILITY, value="generic")
    slow.closed_door = None
    ((_, answer),) = slow.say(START)
    assert isinstance(answer, StartApplicationSessionPosResponse)


def test_nobody_is_greeted_who_would_not_be_let_in() -> None:
    slow = Slow()
    slow.closed_door = "not yet"
    slow.timers.run(2.0)
    assert slow.said() == []
    open_door = Slow()
    open_door.timers.run(2.0)
    assert [type(message) for _, message in open_door.said()] == [SystemStatus]


def test_whoever_never_came_in_is_not_missed() -> None:
    slow = Slow()
    slow.end()
    assert slow.gone == 0
