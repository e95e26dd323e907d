"""Shared by the tests of `sip`: captures, one agent with a raw peer, two agents joined without a socket."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from sip import (
    Agent,
    Dialog,
    Event,
    Flow,
    Frame,
    Framer,
    InfoReceived,
    Invitation,
    InviteAnswered,
    InviteReceived,
    Ping,
    Request,
    Response,
    Settings,
    Target,
    Transport,
    parse,
)

CAPTURES = Path(__file__).parent.parent / "captures" / "sip"
CONTENT = b"Content-Disposition: signal;handling=required\r\nContent-Type: application/csta+xml\r\n"
STATUS = b"<RequestSystemStatusResponse/>"

E = TypeVar("E")


def capture(name: str) -> bytes:
    """A raw message out of tests/captures/sip; in those within a dialog we are the tag `gw2`."""
    return (CAPTURES / f"{name}.sip").read_bytes()


def frame_of(message: bytes) -> Frame:
    """The one frame that these bytes are."""
    [frame] = Framer().receive_data(message)
    assert isinstance(frame, Frame)
    return frame


def request_of(message: bytes) -> Request:
    """The request that these bytes are."""
    frame = frame_of(message)
    request = parse(frame.head, frame.body)
    assert isinstance(request, Request)
    return request


def response_of(message: bytes) -> Response:
    """The response that these bytes are."""
    frame = frame_of(message)
    response = parse(frame.head, frame.body)
    assert isinstance(response, Response)
    return response


def counting(prefix: str) -> Callable[[], bytes]:
    """Tokens that a test can foretell: gw1 begins our branches, gw2 is the tag of the first dialog."""
    numbers = itertools.count(1)

    def token() -> bytes:
        return f"{prefix}{next(numbers)}".encode()

    return token


def with_header(message: bytes, name: bytes, value: bytes | None) -> bytes:
    """The message with a header put in, replaced or (None) left out."""
    head, _, body = message.partition(b"\r\n\r\n")
    start, *lines = head.split(b"\r\n")
    kept = [line for line in lines if line.partition(b":")[0].lower() != name.lower()]
    added = [] if value is None else [b"%s: %s" % (name, value)]
    return b"\r\n".join([start, *kept, *added]) + b"\r\n\r\n" + body


def without_body(message: bytes) -> bytes:
    """The message without its body and what describes it."""
    bare = with_header(message.partition(b"\r\n\r\n")[0] + b"\r\n\r\n", b"Content-Type", None)
    return with_header(bare, b"Content-Length", b"0")


def another_branch(message: bytes, branch: bytes) -> bytes:
    """The message as a new request: with another branch in its topmost Via."""
    head, marker, rest = message.partition(b";branch=")
    return head + marker + branch + rest[min(rest.find(b"\r"), rest.find(b";") % len(rest)) :]


def answer_to(request: Request, status: int, headers: bytes = b"", body: bytes = b"") -> bytes:
    """What a peer answers to a request of ours."""
    return request.response(status, b"", headers, body)


@dataclass
class Node:
    """One agent, a flow to a peer that speaks in raw messages, and a clock that is a number."""

    settings: Settings = field(default_factory=Settings)
    transport: Transport = Transport.TCP
    now: float = 1000.0
    local_host: str = "gw1.example.com"

    def __post_init__(self) -> None:
        self.agent = Agent(self.settings, counting("gw"), self._local_for)
        self.flow = self.new_flow()

    def _local_for(self, target: Target, near: Flow) -> tuple[str, int]:
        return (self.local_host, 5060)

    def new_flow(self, host: str = "192.0.2.5", port: int = 1834) -> Flow:
        """One more connection of a peer."""
        return Flow(self.transport, (self.local_host, 5060), (host, port))

    def receive(self, *messages: bytes, flow: Flow | None = None) -> list[Event]:
        """Take messages as one read would bring them."""
        frames: list[Frame | Ping] = []
        if self.transport is Transport.UDP:
            frames += [frame_of(message) for message in messages]
        else:
            frames += Framer().receive_data(b"".join(messages))
        return [event for frame in frames for event in self.agent.receive(flow or self.flow, frame, self.now)]

    def advance(self, seconds: float) -> list[Event]:
        """Let time pass, from one deadline to the next."""
        end, events = self.now + seconds, list[Event]()
        while (due := self.agent.next_deadline()) is not None and due <= end:
            self.now = max(self.now, due)
            events += self.agent.tick(self.now)
        self.now = end
        return events + self.agent.tick(end)

    def sent(self, flow: Flow | None = None) -> list[Request | Response]:
        """What has been put on a flow since it was asked last."""
        flow = flow or self.flow
        data = b"".join(flow.out)
        flow.out.clear()
        self.agent.take_dirty()
        frames = Framer().receive_data(data)
        return [parse(frame.head, frame.body) for frame in frames if isinstance(frame, Frame)]

    def sent_response(self, flow: Flow | None = None) -> Response:
        """The one response that has been put on a flow."""
        [message] = self.sent(flow)
        assert isinstance(message, Response)
        return message

    def sent_request(self, flow: Flow | None = None) -> Request:
        """The one request that has been put on a flow."""
        [message] = self.sent(flow)
        assert isinstance(message, Request)
        return message

    def statuses(self, flow: Flow | None = None) -> list[int]:
        """The responses that have been put on a flow, requests as 0."""
        return [one.status if isinstance(one, Response) else 0 for one in self.sent(flow)]

    def invited(
        self, invite: bytes | None = None, ack: bytes | None = None, flow: Flow | None = None
    ) -> Dialog:
        """A dialog that the peer has opened and acknowledged; nothing is left on the flow."""
        received = only(InviteReceived, self.receive(invite or capture("invite"), flow=flow))
        dialog = self.agent.accept(received.transaction, self.now, content=CONTENT, body=STATUS)
        assert dialog is not None
        self.receive(ack or with_tag(capture("ack"), dialog), flow=flow)
        self.sent(flow)
        return dialog

    def informed(self, message: bytes, flow: Flow | None = None) -> InfoReceived:
        """An INFO that is handed to the application."""
        return only(InfoReceived, self.receive(message, flow=flow))


def with_tag(message: bytes, dialog: Dialog) -> bytes:
    """A capture within our first dialog, put into this one."""
    return message.replace(b";tag=gw2", b";tag=" + dialog.local_tag)


def only(kind: type[E], events: list[Event]) -> E:
    """The one event there is, of this kind."""
    assert [type(event) for event in events] == [kind]
    event = events[0]
    assert isinstance(event, kind)
    return event


class Joined:
    """A client's agent and a gateway's, flows joined: what one writes the other reads, in any cut."""

    def __init__(self, *, expires: int = 1800, min_se: int = 90, cut: int = 0) -> None:
        self.now = 1000.0
        self.cut = cut
        self.client = Agent(Settings(), counting("uac"), lambda target, near: near.local)
        self.gateway = Agent(
            Settings(expires=expires, min_se=min_se), counting("gw"), lambda target, near: near.local
        )
        self.client_flow = Flow(Transport.TCP, ("192.0.2.10", 49152), ("192.0.2.21", 5060))
        self.gateway_flow = Flow(Transport.TCP, ("192.0.2.21", 5060), ("192.0.2.10", 49152))
        self.client_events: list[Event] = []
        self.gateway_events: list[Event] = []
        self._to_client, self._to_gateway = Framer(), Framer()

    def run(self) -> None:
        """Carry bytes until both are quiet."""
        while self.client_flow.out or self.gateway_flow.out:
            to_gateway, to_client = b"".join(self.client_flow.out), b"".join(self.gateway_flow.out)
            self.client_flow.out.clear()
            self.gateway_flow.out.clear()
            for piece in self._pieces(to_gateway):
                for frame in self._to_gateway.receive_data(piece):
                    self.gateway_events += self.gateway.receive(self.gateway_flow, frame, self.now)
            for piece in self._pieces(to_client):
                for frame in self._to_client.receive_data(piece):
                    self.client_events += self.client.receive(self.client_flow, frame, self.now)

    def _pieces(self, data: bytes) -> Iterator[bytes]:
        size = self.cut or len(data) or 1
        return (data[start : start + size] for start in range(0, len(data), size))

    def advance(self, seconds: float) -> None:
        """Let time pass for both, carrying what they send at each deadline."""
        end = self.now + seconds
        while True:
            due = [
                when for agent in (self.client, self.gateway) if (when := agent.next_deadline()) is not None
            ]
            if not due or min(due) > end:
                break
            self.now = max(self.now, min(due))
            self.client_events += self.client.tick(self.now)
            self.gateway_events += self.gateway.tick(self.now)
            self.run()
        self.now = end

    def take(self, kind: type[E], *, gateway: bool = True) -> E:
        """The one event that has come, of this kind."""
        events = self.gateway_events if gateway else self.client_events
        event = only(kind, events)
        events.clear()
        return event

    def invitation(self, headers: bytes = b"") -> Invitation:
        """What the client asks for."""
        return Invitation(
            uri=b"sip:2001@192.0.2.21:5060;transport=tcp",
            sender=b"<sip:alice@example.com>",
            recipient=b"<sip:2001@ctigw.example.com>",
            call_id=b"c0ffee",
            contact=b"<sip:alice@192.0.2.10:49152;transport=tcp>",
            headers=headers + CONTENT,
            body=b"<RequestSystemStatus/>",
        )

    def open(self, headers: bytes = b"") -> tuple[Dialog, Dialog]:
        """A dialog, as the client and as the gateway have it."""
        self.client.invite(self.client_flow, self.invitation(headers), "sign-in", self.now)
        self.run()
        received = self.take(InviteReceived)
        theirs = self.gateway.accept(received.transaction, self.now, content=CONTENT, body=STATUS)
        self.run()
        answered = self.take(InviteAnswered, gateway=False)
        assert answered.dialog is not None
        assert theirs is not None
        return answered.dialog, theirs
