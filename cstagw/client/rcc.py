"""One remote call control client over SIP: sign in, services, events, sign out (ECMA TR/87).

Shell of its own: runs a `sip.Endpoint` without listeners. Behaves as clients do that were seen:
GetCSTAFeatures and MonitorStart leave together, MonitorStop and BYE too, every event is answered at once.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import fields
from typing import TypeAlias, TypeVar

from csta_xml import (
    CallId,
    ConnectionId,
    CSTAErrorCode,
    DeviceId,
    Event,
    GetCSTAFeatures,
    GetCSTAFeaturesResponse,
    LocalConnectionState,
    Message,
    MonitorCrossRefId,
    MonitorStart,
    MonitorStartResponse,
    MonitorStop,
    RequestSystemStatus,
    Response,
    Service,
    SnapshotDeviceResponse,
    decode,
    encode,
)
from cstagw.calls import LineCalls
from sip import (
    Dialog,
    DialogEnded,
    Endpoint,
    Flow,
    InfoReceived,
    Invitation,
    InviteAnswered,
    RequestAnswered,
    Target,
    TlsContexts,
)
from sip import Event as SipEvent
from sip import Response as SipResponse

from .refusals import ServiceRefused, SignInRefused, reason_of, words_of
from .timeline import Line

_CONTENT = b"Content-Disposition: signal;handling=required\r\nContent-Type: application/csta+xml\r\n"
#: Events kept for whoever waits; a client that nobody reads from must not grow.
_MAX_EVENTS = 1000
#: Seconds that a goodbye may take.
_GOODBYE = 5.0

E = TypeVar("E", bound=Event)
Watch = Callable[[Line], None]
_Answer: TypeAlias = tuple[SipResponse | None, Message | None]


class RccClient:
    """`user` is a SIP URI, `line` a Line URI; `watch` gets every message as it passes; `tls` is for gateways
    that are reached over TLS.
    """

    def __init__(
        self,
        user: str,
        line: str,
        gateway: Target,
        *,
        watch: Watch | None = None,
        answer_events: bool = True,
        tls: TlsContexts | None = None,
    ) -> None:
        self.user = user
        self.line = DeviceId(line)
        self.calls = LineCalls(self.line.__eq__)
        self.events: list[Event] = []
        self.features: GetCSTAFeaturesResponse | None = None
        self.ended = ""
        self._gateway = gateway
        self._watch = watch
        self._answer_events = answer_events
        self._tls = tls
        self._dialog: Dialog | None = None
        self._reference: MonitorCrossRefId | None = None
        self._news = asyncio.Event()
        self._settled = asyncio.Event()
        self._settled.set()
        self._over = asyncio.Event()
        self._endpoint: Endpoint | None = None

    # --- session --------------------------------------------------------------------------------------------

    async def sign_in(self, *, monitor: bool = True) -> None:
        """Open the session and, as Communicator does, ask for features and start the monitor in one go.

        Raises SignInRefused, ServiceRefused, or OSError where the gateway cannot be reached; no session is
        left behind then.
        """
        self._endpoint = Endpoint(self._on_sip, tls=self._tls)
        try:
            await self._open(await self._endpoint.connect(self._gateway))
            if monitor:
                await self._begin()
        except BaseException:  # cancelled as well
            await self.sign_out()
            raise

    async def _open(self, flow: Flow) -> None:
        answered = await self._invite(flow)
        if answered.dialog is None:
            response = answered.response
            raise SignInRefused(response.status if response else 0, words_of(response), reason_of(response))

    async def _begin(self) -> None:
        # Both answers are waited for, or the second would come to nobody.
        features, started = await asyncio.gather(
            self._ask(GetCSTAFeatures(line=self.line)), self.start_monitor(), return_exceptions=True
        )
        for answer in (features, started):
            if isinstance(answer, BaseException):
                raise answer
        assert isinstance(features, GetCSTAFeaturesResponse)  # noqa: S101 - _ask() raises for anything else
        self.features = features

    async def over(self) -> None:
        """Wait until the gateway has ended the session."""
        await self._over.wait()

    async def sign_out(self) -> None:
        """MonitorStop and BYE back to back, then close."""
        endpoint = self._endpoint
        if endpoint is None:
            return
        await self._invite_settled()
        dialog = self._dialog
        if dialog is not None and not dialog.ended:
            waits: list[Coroutine[object, object, object]] = []
            if self._reference is not None:
                waits.append(self._ask(MonitorStop(monitor_cross_ref_id=self._reference)))
            waits.append(self._bye(endpoint, dialog))
            with suppress(TimeoutError):
                async with asyncio.timeout(_GOODBYE):
                    await asyncio.gather(*waits, return_exceptions=True)
        await endpoint.close()
        self._endpoint = None

    async def _invite_settled(self) -> None:
        """An INVITE under way may still open a session, which is to be ended then."""
        with suppress(TimeoutError):
            async with asyncio.timeout(_GOODBYE):
                await self._settled.wait()

    async def start_monitor(self) -> None:
        """Ask for the events of the line. Raises ServiceRefused."""
        started = await self._ask(MonitorStart(monitor_object=self.line))
        if isinstance(started, MonitorStartResponse):
            self._reference = started.monitor_cross_ref_id

    async def stop_monitor(self) -> None:
        """Ask for no more events. Raises ServiceRefused where no monitor was started."""
        reference, self._reference = self._reference, None
        await self._ask(MonitorStop(monitor_cross_ref_id=reference or MonitorCrossRefId("none")))

    async def service(self, service: Service) -> Response:
        """Send a service and give back its response. Raises ServiceRefused."""
        response = await self._ask(service)
        if isinstance(response, SnapshotDeviceResponse):
            self.calls.snapshot(response)
        return response

    # --- calls ----------------------------------------------------------------------------------------------

    def connection(self, call: CallId) -> ConnectionId:
        """Our connection of a call."""
        return ConnectionId(call, self.line)

    def newest_call(self, *states: LocalConnectionState) -> CallId | None:
        """The call that came last, of those in one of these states (none: any)."""
        calls = [call for call, state in self.calls.states().items() if not states or state in states]
        return calls[-1] if calls else None

    async def wait_for(
        self, kind: type[E], *, within: float = 5.0, where: Callable[[E], bool] = lambda event: True
    ) -> E:
        """The next event of a kind, dropping those before it. Raises TimeoutError."""
        async with asyncio.timeout(within):
            while True:
                while self.events:
                    event = self.events.pop(0)
                    if isinstance(event, kind) and where(event):
                        return event
                self._news.clear()
                await self._news.wait()

    # --- the wire -------------------------------------------------------------------------------------------

    async def _invite(self, flow: Flow) -> InviteAnswered:
        endpoint = self._endpoint
        assert endpoint is not None  # noqa: S101 - called by sign_in() only
        gateway = self._gateway
        uri = f"sip:ctigw@{gateway.host}:{gateway.port};transport={gateway.transport}".encode()
        user = self.user.removeprefix("sip:").partition("@")[0]
        token: asyncio.Future[InviteAnswered] = asyncio.get_running_loop().create_future()
        body = encode(RequestSystemStatus(line=self.line))
        self._show(True, "INVITE", RequestSystemStatus(line=self.line))
        invitation = Invitation(
            uri=uri,
            sender=b"<" + self.user.encode() + b">",
            recipient=b"<" + uri + b">",
            call_id=secrets.token_hex(12).encode(),
            contact=f"<sip:{user}@{flow.contact_address}>".encode(),
            headers=b"User-Agent: cstagw-client\r\n" + _CONTENT,
            body=body,
        )
        self._settled.clear()
        endpoint.agent.invite(flow, invitation, token, endpoint.now)
        endpoint.flush()
        return await token

    async def _ask(self, service: Service) -> Response:
        endpoint, dialog = self._endpoint, self._dialog
        name = type(service).__name__
        if endpoint is None or dialog is None or dialog.ended:
            raise ServiceRefused(name, f"no session ({self.ended or 'not signed in'})")
        token: asyncio.Future[_Answer] = asyncio.get_running_loop().create_future()
        self._show(True, "INFO", service)
        sent = endpoint.agent.request(
            dialog, b"INFO", endpoint.now, headers=_CONTENT, body=encode(service), token=token
        )
        endpoint.flush_soon()
        response, message = await token if sent else (None, None)
        if response is None or response.status >= 300:
            raise ServiceRefused(name, f"{response.status} {words_of(response)}" if response else "no answer")
        if isinstance(message, CSTAErrorCode):
            raise ServiceRefused(name, f"{message.category} {message.value}".strip())
        assert isinstance(message, Response)  # noqa: S101 - a gateway answers with a response or an error
        return message

    async def _bye(self, endpoint: Endpoint, dialog: Dialog) -> None:
        token: asyncio.Future[_Answer] = asyncio.get_running_loop().create_future()
        self._show(True, "BYE", None)
        endpoint.agent.request(dialog, b"BYE", endpoint.now, token=token)
        endpoint.flush_soon()
        await token
        self.ended = "signed out"

    def _on_sip(self, event: SipEvent, now: float) -> None:
        if isinstance(event, InviteAnswered):
            self._dialog = event.dialog
            self._settled.set()
            self._resolve(event.token, event)
            self._answered(event.response)
        elif isinstance(event, RequestAnswered):
            self._resolve(event.token, (event.response, self._answered(event.response)))
        elif isinstance(event, InfoReceived):
            self._event(event, now)
        elif isinstance(event, DialogEnded):
            text = event.text
            self.ended = f"ended by the gateway ({': '.join(filter(None, (event.reason, text)))})"
            self._show(False, "BYE", None, f"({text})" if text else "")
            self._over.set()
            self._news.set()

    def _answered(self, response: SipResponse | None) -> Message | None:
        message = decode(response.body) if response is not None and response.body else None
        status = response.status if response is not None else 0
        self._show(False, str(status or "nothing"), message, words_of(response) if status >= 300 else "")
        return message

    def _event(self, event: InfoReceived, now: float) -> None:
        if self._answer_events and self._endpoint is not None:
            self._endpoint.agent.respond(event.transaction, 200, now)
        message = decode(event.transaction.request.body)
        self._show(False, "INFO", message)
        if isinstance(message, Event):
            self._follow(message)
            if len(self.events) < _MAX_EVENTS:
                self.events.append(message)
        self._news.set()

    def _follow(self, event: Event) -> None:
        values = (getattr(event, field.name) for field in fields(event))
        connection = next((value for value in values if isinstance(value, ConnectionId)), None)
        if connection is not None:
            self.calls.event(event, connection)

    @staticmethod
    def _resolve(token: object, value: object) -> None:
        if isinstance(token, asyncio.Future) and not token.done():
            token.set_result(value)

    def _show(self, sent: bool, what: str, message: Message | None, words: str = "") -> None:
        if self._watch is not None:
            self._watch(Line(asyncio.get_running_loop().time(), self.user, sent, what, message, words))
