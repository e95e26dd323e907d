"""The whole chain without a socket or a clock: clients' SIP agent, gateway, links, simulated cluster.

Everything is the product's own except the wires: bytes are carried by hand, time is a number. CTI requests
can be lost on their way, or done without their answer coming back.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum, auto
from functools import partial
from typing import cast

from prometheus_client import CollectorRegistry

from csta_xml import (
    ConnectionId,
    CSTAErrorCode,
    DeviceId,
    Event,
    Message,
    MonitorCrossRefId,
    MonitorStart,
    MonitorStartResponse,
    MonitorStop,
    RequestSystemStatus,
    Service,
    decode,
    encode,
)
from cstagw.calls import LineCalls
from cstagw.directory import Directory
from cstagw.errors import OUT_OF_SERVICE
from cstagw.gateway import Gateway
from cstagw.lines import Lines
from cstagw.metrics import Metrics
from cstagw.selection import Choices
from cstagw.services import EVENTS
from cstagw.session import Session
from cstagw.sign_in import Duplicate, Policy
from ctimgr_client import CtiManagerAddress, LinkId, Reply
from ctimgr_client.effects import Answered, Arrived, Effect, Lost, MonitorEnded, Opened, Send, StatusReported
from ctimgr_client.frames import EVENT_INVOKE_ID, FrameReader, encode_frame
from ctimgr_client.link import Link
from ctimgr_client.serving.limits import Limits
from ctimgr_client.serving.monitors import Monitors
from ctimgr_client.simulator.cluster import Cluster
from ctimgr_client.simulator.ctimanager import CtiManager
from ctimgr_client.simulator.provider import Provider
from ctimgr_client.status import Counters
from sip import (
    Agent,
    Dialog,
    Endpoint,
    Flow,
    Framer,
    InfoReceived,
    Invitation,
    InviteAnswered,
    RequestAnswered,
    Settings,
    Transport,
)
from sip import Event as SipEvent
from tests.sip.peers import CONTENT, counting

REQUEST_TIMEOUT = 5.0


class Fate(Enum):
    """What becomes of the next CTI request."""

    SERVED = auto()
    LOST = auto()
    UNANSWERED = auto()


@dataclass(eq=False)
class Client:
    """One signed-in user: his view of his calls, what he was told, and the answers to his last request."""

    line: DeviceId
    dialog: Dialog | None = None
    reference: MonitorCrossRefId | None = None
    answers: list[Message] = field(default_factory=list)
    refusals: list[int] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    watch: Callable[[Event], None] = lambda event: None
    status: int = 0  # of the answer to his INVITE

    def __post_init__(self) -> None:
        self.calls = LineCalls(self.line.__eq__)

    def take(self, message: Message) -> None:
        """An INFO of the gateway."""
        if isinstance(message, Event):
            assert message.monitor_cross_ref_id == self.reference
            rule = EVENTS[type(message)]
            self.watch(message)
            if rule.connection:
                self.calls.event(message, cast(ConnectionId, getattr(message, rule.connection)))
            self.events.append(message)


class MemoryLink:
    """A link and the provider it is connected to."""

    def __init__(self, house: House, link: LinkId) -> None:
        self._house = house
        self.id = link
        self.link = Link(
            CtiManagerAddress(link.name, "127.0.0.1", 1),
            application_id="gw",
            interval=1000.0,
            request_timeout=REQUEST_TIMEOUT,
            counters=Counters(),
        )
        cti = CtiManager(link.name, house.cluster, house.monitors, Limits(), house.alarms.append)
        self.provider = Provider(cti, house.now, lambda: None)
        self.fate = Fate.SERVED
        self.late: list[bytes] = []
        self.stalled = self.lost = self.deaf = False
        self._unanswered: set[int] = set()
        self._to_provider, self._to_link = FrameReader(), FrameReader()
        self.outbox: list[bytes] = []
        self._replies: list[Callable[[], None]] = []
        self._do(self.link.start(house.now))

    def request(self, service: Service, reply: Reply) -> None:
        fate, self.fate = self.fate, Fate.SERVED
        for effect in self.link.request(service, reply, self._house.now):
            if isinstance(effect, Send):
                [frame] = FrameReader().receive_data(effect.data)
                if fate is not Fate.LOST:
                    self.outbox.append(effect.data)
                if fate is Fate.UNANSWERED:
                    self._unanswered.add(frame.invoke_id)
            elif isinstance(effect, Answered):
                self._replies.append(partial(effect.reply, effect.answer))

    def run(self) -> bool:
        """Carry what there is; whether there was anything."""
        if self.stalled:
            return False
        outbox, self.outbox = self.outbox, []
        replies, self._replies = self._replies, []
        for reply in replies:
            reply()
        for data in outbox:
            for frame in self._to_provider.receive_data(data):
                self.provider.receive(frame, self._house.now)
        inbox, self.provider.out[:] = self.provider.out[:], []
        if self.deaf:
            return bool(outbox or replies)
        for data in inbox:
            self._carry(data)
        return bool(outbox or inbox or replies)

    def lose(self) -> None:
        """The connection is cut: what was on its way is gone."""
        self.outbox.clear()
        self.provider.out.clear()
        self._do(self.link.lose("reset"))
        self.provider.end()
        self.provider.out.clear()

    def says(self, message: Message) -> None:
        """Something that the CTIManager says by itself."""
        self.provider.out.append(encode_frame(EVENT_INVOKE_ID, encode(message)))

    def wake(self) -> None:
        """Let time-outs happen."""
        self._do(self.link.wake(self._house.now))

    def be_late(self) -> None:
        """Answers that were kept back come now."""
        late, self.late = self.late, []
        for data in late:
            self._receive(data)

    def _carry(self, data: bytes) -> None:
        [frame] = FrameReader().receive_data(data)
        if frame.invoke_id in self._unanswered:
            self._unanswered.discard(frame.invoke_id)
            self.late.append(data)
        else:
            self._receive(data)

    def _receive(self, data: bytes) -> None:
        for frame in self._to_link.receive_data(data):
            self.link.heard(self._house.now)
            self._do(self.link.receive(frame, self._house.now))

    def _do(self, effects: list[Effect]) -> None:
        gateway = self._house.gateway
        for effect in effects:
            if isinstance(effect, Send):
                self.outbox.append(effect.data)
            elif isinstance(effect, Answered):
                effect.reply(effect.answer)
            elif isinstance(effect, Arrived):
                gateway.event(self.id, effect.event)
            elif isinstance(effect, MonitorEnded):
                gateway.monitor_ended(self.id, effect.reference)
            elif isinstance(effect, StatusReported):
                gateway.system_status(self.id, effect.status)
            elif isinstance(effect, Opened):
                gateway.link_up(self.id)
            elif isinstance(effect, Lost):
                self.lost = True
                for unanswered in effect.unanswered:
                    unanswered(OUT_OF_SERVICE)
                gateway.link_down(self.id, effect.cause)


class House:
    """Two CTIManagers of one cluster, one gateway, any number of clients behind one connection."""

    def __init__(
        self, *, move: bool = False, lines: Lines | None = None, duplicate: Duplicate = "allow"
    ) -> None:
        self.now = 1000.0
        self.lines = lines or Lines(Directory(), Choices())
        self.alarms: list[str] = []
        self.cluster, self.monitors = Cluster(), Monitors()
        self._later: list[tuple[float, Callable[[], None]]] = []
        self.gateway = Gateway(
            metrics=Metrics(CollectorRegistry()),
            policy=Policy(self.lines, max_sessions=1000, duplicate=duplicate),
            later=lambda pause, action: self._later.append((self.now + pause, action)),
            ready=lambda: True,
            move=move,
        )
        self._clients_agent = Agent(Settings(), counting("uac"), lambda target, near: near.local)
        self.agent = Agent(Settings(), counting("gw"), lambda target, near: near.local)
        near, far = ("192.0.2.10", 49152), ("192.0.2.21", 5060)
        self._client_flow, self._gateway_flow = (
            Flow(Transport.TCP, near, far),
            Flow(Transport.TCP, far, near),
        )
        self._to_gateway, self._to_clients = Framer(), Framer()
        self.clients: dict[Dialog, Client] = {}
        self._turn = self._invited = 0
        self.gateway.attach(cast(Endpoint, self), self)
        self.links = [MemoryLink(self, LinkId(name, 1)) for name in ("ctim1", "ctim2")]
        self.settle()

    # What the gateway needs of its endpoint and of its links

    def flush_soon(self) -> None:
        """Flows are carried by `settle`."""

    def choose(self, unfit: Callable[[LinkId], bool] = lambda link: False) -> LinkId | None:
        up = [link.id for link in self.links if not link.lost]
        for _ in up:
            self._turn += 1
            link = up[(self._turn - 1) % len(up)]
            if not unfit(link):
                return link
        return None

    def request(self, link: LinkId, service: Service, reply: Reply) -> None:
        next(one for one in self.links if one.id == link).request(service, reply)

    # What a test does

    def sign_in(self, line: str, *, monitor: MonitorStart | None = None, user: str = "a") -> Client:
        """A client with a session and a monitor."""
        client = self.invite(line, user=user)
        self.settle()
        assert client.dialog is not None
        started = self.ask(client, monitor or MonitorStart(monitor_object=client.line))
        assert isinstance(started, MonitorStartResponse)
        client.reference = started.monitor_cross_ref_id
        client.answers.clear()
        return client

    def invite(self, line: str, *, user: str = "a") -> Client:
        """A client that asks for a session; `settle` brings the answer."""
        client = Client(DeviceId(line))
        self._invited += 1
        invitation = Invitation(
            uri=b"sip:gw@192.0.2.21",
            sender=b"<sip:%s@example.com>" % user.encode(),
            recipient=b"<sip:gw@192.0.2.21>",
            call_id=b"call%d" % self._invited,
            contact=b"<sip:a@192.0.2.10:49152>",
            headers=CONTENT,
            body=encode(RequestSystemStatus(line=client.line)),
        )
        self._clients_agent.invite(self._client_flow, invitation, client, self.now)
        return client

    def sign_out(self, client: Client) -> None:
        assert client.dialog is not None
        if client.reference is not None:
            self.ask(client, MonitorStop(monitor_cross_ref_id=client.reference))
        self.hang_up_session(client)

    def hang_up_session(self, client: Client) -> None:
        """BYE, whatever is still under way."""
        assert client.dialog is not None
        self._clients_agent.request(client.dialog, b"BYE", self.now)
        self.settle()

    def ask(self, client: Client, service: Service, fate: Fate = Fate.SERVED) -> Message:
        """Send a service, wait until it is answered, and give back its answer."""
        client.answers.clear()
        self.link_of(client).fate = fate
        self.send(client, service)
        self.settle()
        if not client.answers:
            self.advance(REQUEST_TIMEOUT + 0.1)
        self.link_of(client).fate = Fate.SERVED
        self.link_of(client).be_late()
        self.settle()
        [answer] = client.answers
        return answer

    def send(self, client: Client, service: Service) -> None:
        """Put a service on its way; `settle` brings what comes of it."""
        assert client.dialog is not None
        self._clients_agent.request(
            client.dialog, b"INFO", self.now, headers=CONTENT, body=encode(service), token=client
        )

    def refusal(self, client: Client, service: Service, fate: Fate = Fate.SERVED) -> str:
        """The error of a refused service, empty where it was served."""
        answer = self.ask(client, service, fate)
        return answer.value if isinstance(answer, CSTAErrorCode) else ""

    def session_of(self, client: Client) -> Session:
        """The gateway's side of a client."""
        assert client.dialog is not None
        return next(
            session
            for session in self.gateway.sessions
            if (found := self.gateway.sessions.dialog_of(session)) is not None
            and found.call_id == client.dialog.call_id
        )

    def monitors_of(self, device: str) -> list[MonitorCrossRefId]:
        """The references of the monitors at a device, as the cluster has them."""
        appearances = self.cluster.fleet.devices[device].appearances
        by_appearance = self.monitors._by_appearance
        return [monitor.ref for one in appearances for monitor in by_appearance.get(one, ())]

    def lose(self, lost: MemoryLink) -> None:
        """A CTIManager is lost, then everything else happens."""
        lost.lose()
        self.settle()

    def come_back(self, lost: MemoryLink) -> None:
        """It is connected again: a new generation."""
        place = self.links.index(lost)
        self.links[place] = MemoryLink(self, LinkId(lost.id.name, lost.id.generation + 1))
        self.settle()

    def link_of(self, client: Client) -> MemoryLink:
        session = self.session_of(client)
        return next(link for link in self.links if link.id == session.link)

    def advance(self, seconds: float) -> None:
        """Let time pass in small steps."""
        end = self.now + seconds
        while self.now < end:
            self.now = min(end, self.now + 0.25)
            self.cluster.tick(self.now)
            self._clients(self._clients_agent.tick(self.now))
            self._gateway(self.agent.tick(self.now))
            for link in self.links:
                link.wake()
            self.settle()

    def settle(self) -> None:
        """Carry everything until nobody has anything to say."""
        busy = True
        while busy:
            self.monitors.publish(self.cluster.take_facts())
            busy = sum(link.run() for link in self.links) > 0
            due = [action for at, action in self._later if at <= self.now + 0.02]
            self._later = [(at, action) for at, action in self._later if at > self.now + 0.02]
            for action in due:
                action()
            self._gateway(self.agent.take_events())
            self._clients(self._clients_agent.take_events())
            busy = self._carry() or busy or len(due) > 0
        self.agent.take_dirty()
        self._clients_agent.take_dirty()

    def _carry(self) -> bool:
        to_gateway, to_clients = b"".join(self._client_flow.out), b"".join(self._gateway_flow.out)
        self._client_flow.out.clear()
        self._gateway_flow.out.clear()
        for frame in self._to_gateway.receive_data(to_gateway):
            self._gateway(self.agent.receive(self._gateway_flow, frame, self.now))
        for frame in self._to_clients.receive_data(to_clients):
            self._clients(self._clients_agent.receive(self._client_flow, frame, self.now))
        return bool(to_gateway or to_clients)

    def _gateway(self, events: list[SipEvent]) -> None:
        for event in events:
            self.gateway.sip_event(event, self.now)

    def _clients(self, events: list[SipEvent]) -> None:
        for event in events:
            if isinstance(event, InviteAnswered) and isinstance(event.token, Client):
                event.token.dialog = event.dialog
                event.token.status = event.response.status if event.response is not None else 0
                if event.dialog is not None:
                    self.clients[event.dialog] = event.token
            elif isinstance(event, RequestAnswered) and isinstance(event.token, Client):
                assert event.response is not None
                if event.response.status == 200:
                    event.token.answers.append(decode(event.response.body))
                else:
                    event.token.refusals.append(event.response.status)
            elif isinstance(event, InfoReceived):
                self._clients_agent.respond(event.transaction, 200, self.now)
                self.clients[event.dialog].take(decode(event.transaction.request.body))
