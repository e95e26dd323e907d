"""Server and client transactions: what is a repeat, how long answers are kept, bounds, repeats on UDP."""

from __future__ import annotations

import sys

import pytest

from sip import Flow, Request, Response, ServerTransaction, Transport
from sip.client_transaction import ClientTransaction, ClientTransactions
from sip.server_transaction import ServerTransactions, server_key
from sip.timers import T1, TRANSACTION_TIMEOUT, Deadlines
from tests.sip.peers import another_branch, capture, request_of, response_of, with_header

INVITE, INFO = capture("invite"), capture("info_features")
BARE = capture("bare_info_features")


def flow_of(transport: Transport = Transport.TCP) -> Flow:
    return Flow(transport, ("192.0.2.21", 5060), ("192.0.2.5", 1834))


def stamped(message: bytes) -> Request:
    request = request_of(message)
    request.received_from(b"192.0.2.5", 1834)
    return request


class Server:
    """The table with a clock and what it has sent."""

    def __init__(self, per_flow: int = 100, total: int = 1000) -> None:
        self.deadlines = Deadlines()
        self.sent: list[tuple[Flow, bytes]] = []
        self.neglected: list[ServerTransaction] = []
        self.table = ServerTransactions(
            self.deadlines,
            lambda flow, data: self.sent.append((flow, data)),
            self.neglect,
            per_flow=per_flow,
            total=total,
        )

    def neglect(self, transaction: ServerTransaction, now: float) -> None:
        self.neglected.append(transaction)
        self.table.finish(transaction, 500, b"500", now)

    def begin(self, message: bytes, flow: Flow, now: float = 0.0) -> ServerTransaction:
        request = stamped(message)
        key, proven = server_key(request)
        assert not self.table.absorb(key, flow)
        return self.table.begin(request, flow, key, proven, now)

    def answer(self, message: bytes, flow: Flow, now: float = 0.0) -> ServerTransaction:
        transaction = self.begin(message, flow, now)
        self.table.finish(transaction, 200, b"200", now)
        return transaction

    def repeats(self, message: bytes, flow: Flow) -> bool:
        self.sent.clear()
        return self.table.absorb(server_key(stamped(message))[0], flow)


def numbered(number: int) -> bytes:
    return another_branch(INFO, b"z9hG4bKn%d" % number)


# --- what is the same request -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("other", "same"),
    [
        (INVITE, True),
        (with_header(INVITE, b"Contact", b"<sip:x>"), True),
        (capture("cancel"), True),
        (with_header(INVITE.replace(b"INVITE", b"ACK"), b"Route", b"<sip:x>"), True),
        (another_branch(INVITE, b"z9hG4bKother"), False),
        (INVITE.replace(b"fe.example.com:1834", b"fe2.example.com:1834"), False),
        (INVITE.replace(b"INVITE", b"OPTIONS"), False),
        (with_header(INVITE, b"Call-ID", b"another"), False),
        (with_header(INVITE, b"CSeq", b"2 INVITE"), False),
    ],
    ids=["itself", "other header", "CANCEL", "ACK", "branch", "sent-by", "method", "Call-ID", "number"],
)
def test_a_branch_with_the_cookie_tells_requests_apart(other: bytes, same: bool) -> None:
    assert server_key(stamped(INVITE))[1]
    assert (server_key(stamped(other))[0] == server_key(stamped(INVITE))[0]) is same


@pytest.mark.parametrize(
    ("other", "same"),
    [
        (BARE, True),
        (BARE.replace(b"192.0.2.11:61234", b"192.0.2.12:61234"), False),
        (BARE.replace(b"tag=1234567890", b"tag=2234567890"), False),
        (BARE.replace(b"INFO sip:2002@gw1", b"INFO sip:2003@gw1"), False),
        (with_header(BARE, b"Call-ID", b"another"), False),
        (with_header(BARE, b"CSeq", b"3 INFO"), False),
        (BARE.replace(b"INFO", b"OPTIONS"), False),
    ],
    ids=["itself", "top Via", "From tag", "Request-URI", "Call-ID", "number", "method"],
)
def test_without_a_branch_everything_that_names_the_request_does(other: bytes, same: bool) -> None:
    assert not server_key(stamped(BARE))[1]
    assert (server_key(stamped(other))[0] == server_key(stamped(BARE))[0]) is same


def test_a_branch_without_the_cookie_proves_nothing() -> None:
    old = another_branch(INFO, b"1")
    assert not server_key(stamped(old))[1]
    assert server_key(stamped(old)) != server_key(stamped(another_branch(INFO, b"2")))


# --- answers kept -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("transport", Transport)
def test_a_repeat_with_the_cookie_is_answered_from_the_store_for_32_seconds(transport: Transport) -> None:
    server, flow = Server(), flow_of(transport)
    server.answer(INFO, flow, now=5.0)
    server.deadlines.tick(5.0 + TRANSACTION_TIMEOUT - 0.01)
    other = flow_of(transport)
    assert server.repeats(INFO, other)
    assert server.sent == [(other, b"200")]
    server.deadlines.tick(5.0 + TRANSACTION_TIMEOUT)
    assert not server.repeats(INFO, flow)
    assert (len(server.table), len(server.deadlines), server.table.absorbed) == (0, 0, 1)


def test_a_repeat_without_branch_is_absorbed_on_tcp_only_until_the_final_answer() -> None:
    server, flow = Server(), flow_of()
    transaction = server.begin(BARE, flow)
    assert server.repeats(BARE, flow)
    assert server.sent == []
    server.table.finish(transaction, 200, b"200", 1.0)
    assert not server.repeats(BARE, flow)
    assert len(server.table) == 0


def test_a_repeat_without_branch_is_answered_from_the_store_on_udp() -> None:
    server, flow = Server(), flow_of(Transport.UDP)
    server.answer(BARE, flow)
    assert server.repeats(BARE, flow)
    assert server.sent == [(flow, b"200")]


def test_a_repeat_gets_the_provisional_answer_while_there_is_no_final_one() -> None:
    server, flow = Server(), flow_of()
    transaction = server.begin(INVITE, flow)
    server.table.provisional(transaction, b"100")
    assert server.repeats(INVITE, flow)
    assert server.sent == [(flow, b"100")]


def test_there_is_one_final_answer() -> None:
    server, flow = Server(), flow_of()
    transaction = server.answer(INFO, flow)
    server.table.finish(transaction, 500, b"500", 1.0)
    assert [data for _, data in server.sent] == [b"200"]
    assert transaction.answered == 200
    assert (server.table.unanswered, flow.unanswered) == (0, 0)


def test_the_answers_kept_for_one_flow_are_bounded_and_the_oldest_goes() -> None:
    server, flow, other = Server(per_flow=3), flow_of(), flow_of()
    server.answer(INVITE, other)
    for number in range(5):
        server.answer(numbered(number), flow, now=float(number))
    assert [server.repeats(numbered(number), flow) for number in range(5)] == [False, False, True, True, True]
    assert server.repeats(INVITE, other)


def test_the_answers_kept_in_all_are_bounded_and_who_fills_the_store_loses_his_own() -> None:
    server, flow, other = Server(total=4), flow_of(), flow_of()
    server.answer(INVITE, other)
    for number in range(8):
        server.answer(numbered(number), flow, now=float(number))
    assert len(server.table) == 4
    assert server.repeats(INVITE, other)


def test_the_bound_in_all_holds_for_any_number_of_flows() -> None:
    server = Server(total=4)
    flows = [flow_of() for _ in range(50)]
    for number, flow in enumerate(flows):
        server.answer(numbered(number), flow, now=number / 10)
    assert len(server.table) == 4
    assert [server.repeats(numbered(number), flows[0]) for number in (45, 46, 49)] == [False, True, True]
    server.deadlines.tick(100.0)
    assert (len(server.table), len(server.deadlines), len(server.table._stores)) == (0, 0, 0)


def test_answers_kept_cost_no_deadline_each() -> None:
    server, flow = Server(), flow_of()
    for number in range(90):
        server.answer(numbered(number), flow, now=number / 100)
    assert len(server.deadlines) <= 2


def test_nothing_of_the_request_is_kept_after_its_answer() -> None:
    server, flow = Server(), flow_of()
    transaction = server.begin(INFO, flow)
    request = transaction.request
    server.table.finish(transaction, 200, b"200", 0.0)
    del transaction
    assert sys.getrefcount(request) == 2
    kept = server.table.kept(server_key(request)[0])
    assert kept is not None
    assert (kept.status, kept.response) == (200, b"200")


def test_a_request_that_nobody_answers_is_handed_back_after_32_seconds() -> None:
    server, flow = Server(), flow_of()
    first = server.begin(numbered(1), flow, now=0.0)
    second = server.begin(numbered(2), flow, now=1.0)
    assert (server.table.unanswered, flow.unanswered) == (2, 2)
    server.deadlines.tick(TRANSACTION_TIMEOUT)
    assert server.neglected == [first]
    server.deadlines.tick(TRANSACTION_TIMEOUT + 1.0)
    assert server.neglected == [first, second]
    assert (server.table.unanswered, flow.unanswered) == (0, 0)


# --- requests of ours ---------------------------------------------------------------------------------------


class Client:
    """The table with a clock, what it has sent and what came back."""

    def __init__(self, total: int = 1000) -> None:
        self.deadlines = Deadlines()
        self.sent: list[float] = []
        self.now = 0.0
        self.answers: list[tuple[object, int, float]] = []
        self.table = ClientTransactions(
            self.deadlines, lambda flow, data: self.sent.append(self.now), total=total
        )

    def begin(self, branch: bytes, flow: Flow, method: bytes = b"INFO") -> ClientTransaction:
        transaction = ClientTransaction(branch, method, b"message", flow, branch, self.on_answer)
        self.table.begin(transaction, self.now)
        return transaction

    def on_answer(self, transaction: ClientTransaction, response: Response | None, now: float) -> None:
        self.answers.append((transaction.owner, response.status if response else 0, now))

    def until(self, end: float) -> None:
        while (due := self.deadlines.next()) is not None and due <= end:
            self.now = due
            self.deadlines.tick(due)
        self.now = end


def response(status: int) -> Response:
    return response_of(b"SIP/2.0 %d x\r\nContent-Length: 0\r\n\r\n" % status)


def test_the_final_answer_is_told_once() -> None:
    client, flow = Client(), flow_of()
    client.begin(b"b1", flow)
    assert client.table.receive(b"b1", b"INFO", response(100), 1.0) is not None
    assert client.answers == []
    assert client.table.receive(b"b1", b"INFO", response(200), 2.0) is not None
    assert client.table.receive(b"b1", b"INFO", response(200), 3.0) is None
    assert client.answers == [(b"b1", 200, 2.0)]
    assert (len(client.table), flow.waiting) == (0, 0)


def test_answers_to_nothing_of_ours_are_strays() -> None:
    client = Client()
    client.begin(b"b1", flow_of())
    assert client.table.receive(b"other", b"INFO", response(200), 1.0) is None
    assert client.table.receive(b"b1", b"BYE", response(200), 1.0) is None
    assert client.answers == []


def test_no_answer_in_32_seconds_is_told_as_none() -> None:
    client, flow = Client(), flow_of()
    client.begin(b"b1", flow)
    client.until(10.0)
    client.begin(b"b2", flow)
    client.table.receive(b"b1", b"INFO", response(100), 11.0)
    client.until(200.0)
    assert client.answers == [(b"b1", 0, 32.0), (b"b2", 0, 42.0)]
    assert (len(client.table), len(client.deadlines)) == (0, 0)


def test_the_loss_of_a_flow_ends_what_waits_on_it() -> None:
    client, flow, other = Client(), flow_of(), flow_of()
    client.begin(b"b1", flow)
    client.begin(b"b2", other)
    client.table.flow_lost(flow, 3.0)
    client.table.flow_lost(flow, 3.0)
    assert client.answers == [(b"b1", 0, 3.0)]
    assert (len(client.table), flow.waiting, other.waiting) == (1, 0, 1)


def test_on_a_stream_nothing_is_repeated_and_the_message_is_not_kept() -> None:
    client = Client()
    transaction = client.begin(b"b1", flow_of())
    client.until(31.0)
    assert client.sent == [0.0]
    assert transaction.message == b""


def test_requests_of_ours_cost_no_deadline_each() -> None:
    client, flow = Client(), flow_of()
    for number in range(500):
        client.begin(b"b%d" % number, flow)
    assert len(client.deadlines) == 1


def test_the_table_says_when_it_is_full() -> None:
    client, flow = Client(total=2), flow_of()
    client.begin(b"b1", flow)
    assert not client.table.full
    client.begin(b"b2", flow)
    assert client.table.full


@pytest.mark.parametrize(
    ("method", "provisional_at", "times"),
    [
        (b"INFO", None, [0.0, 0.5, 1.5, 3.5, 7.5, 11.5, 15.5, 19.5, 23.5, 27.5, 31.5]),
        (b"INFO", 1.0, [0.0, 0.5, 1.5, 5.5, 9.5, 13.5, 17.5, 21.5, 25.5, 29.5]),
        (b"INVITE", None, [0.0, 0.5, 1.5, 3.5, 7.5, 15.5, 31.5]),
        (b"INVITE", 1.0, [0.0, 0.5]),
    ],
    ids=["timer E", "timer E after 1xx", "timer A", "timer A after 1xx"],
)
def test_on_udp_a_request_is_repeated_until_its_answer(
    method: bytes, provisional_at: float | None, times: list[float]
) -> None:
    client = Client()
    client.begin(b"b1", flow_of(Transport.UDP), method)
    if provisional_at is not None:
        client.until(provisional_at)
        client.table.receive(b"b1", method, response(100), provisional_at)
    client.until(40.0)
    assert client.sent == times


def test_on_udp_nothing_is_repeated_after_the_answer_or_on_a_flow_that_is_gone() -> None:
    client, flow = Client(), flow_of(Transport.UDP)
    client.begin(b"b1", flow)
    client.begin(b"b2", flow)
    client.table.receive(b"b1", b"INFO", response(200), 0.1)
    flow.closed = True
    client.until(10 * T1)
    assert client.sent == [0.0, 0.0]
