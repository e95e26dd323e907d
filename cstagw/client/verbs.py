"""What a person can tell the client to do: verbs with a few words each, one table line per verb."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from csta_xml import (
    AnswerCall,
    AutoOriginate,
    BackInServiceEvent,
    CallId,
    ClearConnection,
    ConnectionClearedEvent,
    DeliveredEvent,
    DeviceId,
    DivertedEvent,
    EstablishedEvent,
    Event,
    FailedEvent,
    ForwardingEvent,
    ForwardingType,
    GetForwarding,
    HeldEvent,
    HoldCall,
    LocalConnectionState,
    MakeCall,
    OriginatedEvent,
    OutOfServiceEvent,
    RequestSystemStatus,
    RetrieveCall,
    RetrievedEvent,
    ServiceInitiatedEvent,
    SetForwarding,
    SnapshotDevice,
)

from .rcc import RccClient
from .refusals import ServiceRefused

_EVENTS: dict[str, type[Event]] = {
    "initiated": ServiceInitiatedEvent,
    "originated": OriginatedEvent,
    "delivered": DeliveredEvent,
    "established": EstablishedEvent,
    "held": HeldEvent,
    "retrieved": RetrievedEvent,
    "diverted": DivertedEvent,
    "failed": FailedEvent,
    "cleared": ConnectionClearedEvent,
    "forwarding": ForwardingEvent,
    "out-of-service": OutOfServiceEvent,
    "back-in-service": BackInServiceEvent,
}


class UsageError(ValueError):
    """A script that makes no sense, with what would."""


@dataclass(frozen=True, slots=True)
class Command:
    """One verb with its words."""

    verb: str
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Verb:
    """How a verb is written, what it is for, and what it does."""

    parameters: str
    purpose: str
    run: Callable[[RccClient, tuple[str, ...]], Awaitable[object]]


def _device(number: str) -> DeviceId:
    return DeviceId(number if ":" in number else f"tel:{number}")


def _call_to(verb: str, client: RccClient, *states: LocalConnectionState) -> CallId:
    call = client.newest_call(*states)
    if call is None:
        raise ServiceRefused("client", f"there is no call to {verb}")
    return call


async def _make(client: RccClient, words: tuple[str, ...]) -> object:
    return await client.service(
        MakeCall(
            calling_device=client.line,
            called_directory_number=_device(words[0]),
            auto_originate=AutoOriginate.DO_NOT_PROMPT,
        )
    )


async def _answer(client: RccClient, words: tuple[str, ...]) -> object:
    call = _call_to("answer", client, LocalConnectionState.ALERTING)
    return await client.service(AnswerCall(call_to_be_answered=client.connection(call)))


async def _hold(client: RccClient, words: tuple[str, ...]) -> object:
    call = _call_to("hold", client, LocalConnectionState.CONNECTED)
    return await client.service(HoldCall(call_to_be_held=client.connection(call)))


async def _retrieve(client: RccClient, words: tuple[str, ...]) -> object:
    call = _call_to("retrieve", client, LocalConnectionState.HOLD)
    return await client.service(RetrieveCall(call_to_be_retrieved=client.connection(call)))


async def _hangup(client: RccClient, words: tuple[str, ...]) -> object:
    call = _call_to("hang up", client)
    return await client.service(ClearConnection(connection_to_be_cleared=client.connection(call)))


async def _forward(client: RccClient, words: tuple[str, ...]) -> object:
    off = words[0] == "off"
    return await client.service(
        SetForwarding(
            device=client.line,
            forwarding_type=ForwardingType.IMMEDIATE,
            activate_forward=not off,
            forward_dn=None if off else _device(words[0]),
        )
    )


async def _wait(client: RccClient, words: tuple[str, ...]) -> object:
    kind = _EVENTS.get(words[0])
    if kind is None:
        await asyncio.sleep(_seconds(words[0]))
        return None
    return await client.wait_for(kind, within=10.0)


def _seconds(text: str) -> float:
    try:
        seconds = float(text.removesuffix("s"))
    except ValueError:
        raise UsageError(f"wait for seconds or for one of: {' '.join(_EVENTS)}; not {text!r}") from None
    if not 0 <= seconds <= 3600:
        raise UsageError("wait for 0 to 3600 seconds")
    return seconds


VERBS: dict[str, Verb] = {
    "call": Verb("NUMBER", "make a call", _make),
    "answer": Verb("", "answer the ringing call", _answer),
    "hold": Verb("", "hold the active call", _hold),
    "retrieve": Verb("", "take the held call back", _retrieve),
    "hangup": Verb("", "clear the newest call", _hangup),
    "forward": Verb("NUMBER|off", "forward all calls, or stop it", _forward),
    "forwarding": Verb(
        "", "ask where calls are forwarded", lambda c, w: c.service(GetForwarding(device=c.line))
    ),
    "snapshot": Verb(
        "", "list the calls of the line", lambda c, w: c.service(SnapshotDevice(snapshot_object=c.line))
    ),
    "status": Verb("", "ask for the system status", lambda c, w: c.service(RequestSystemStatus())),
    "wait": Verb("EVENT|SECONDS", "wait for an event, 10 s at most, or for a time", _wait),
}


def parse_script(words: Sequence[str]) -> list[Command]:
    """Cut words into commands: `call 1902 wait established hangup`. Raises UsageError."""
    commands: list[Command] = []
    rest = list(words)
    while rest:
        name = rest.pop(0)
        verb = VERBS.get(name)
        if verb is None:
            raise UsageError(f"no verb {name!r}; there are: {' '.join(VERBS)}")
        count = len(verb.parameters.split())
        if len(rest) < count:
            raise UsageError(f"write: {name} {verb.parameters}")
        command = Command(name, tuple(rest[:count]))
        if name == "wait" and command.words[0] not in _EVENTS:
            _seconds(command.words[0])
        commands.append(command)
        del rest[:count]
    return commands


async def play(client: RccClient, commands: Sequence[Command]) -> None:
    """Do one command after the other. Raises what the first one that fails raises."""
    for command in commands:
        try:
            await VERBS[command.verb].run(client, command.words)
        except TimeoutError:
            raise ServiceRefused(command.verb, f"no {command.words[0]} event within 10 s") from None
