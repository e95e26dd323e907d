"""Scripts for the client: verbs, one after the other, and the two that are no services: wait and monitor.

Knows the words of `verbs`. Waits for events, so it belongs to the shell.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from csta_xml import (
    BackInServiceEvent,
    BridgedEvent,
    CallClearedEvent,
    ConferencedEvent,
    ConnectionClearedEvent,
    DeliveredEvent,
    DivertedEvent,
    DoNotDisturbEvent,
    EstablishedEvent,
    Event,
    FailedEvent,
    ForwardingEvent,
    HeldEvent,
    MessageWaitingEvent,
    NetworkReachedEvent,
    OriginatedEvent,
    OutOfServiceEvent,
    RetrievedEvent,
    ServiceInitiatedEvent,
    TransferedEvent,
)

from .rcc import RccClient
from .refusals import ServiceRefused
from .verbs import VERBS, UsageError, Words, is_on

_EVENTS: dict[str, type[Event]] = {
    "initiated": ServiceInitiatedEvent,
    "originated": OriginatedEvent,
    "network-reached": NetworkReachedEvent,
    "delivered": DeliveredEvent,
    "established": EstablishedEvent,
    "held": HeldEvent,
    "retrieved": RetrievedEvent,
    "bridged": BridgedEvent,
    "diverted": DivertedEvent,
    "transferred": TransferedEvent,
    "conferenced": ConferencedEvent,
    "failed": FailedEvent,
    "cleared": ConnectionClearedEvent,
    "call-cleared": CallClearedEvent,
    "forwarding": ForwardingEvent,
    "dnd": DoNotDisturbEvent,
    "message-waiting": MessageWaitingEvent,
    "out-of-service": OutOfServiceEvent,
    "back-in-service": BackInServiceEvent,
}


@dataclass(frozen=True, slots=True)
class Command:
    """One verb with its words."""

    verb: str
    words: Words = ()


async def _wait(client: RccClient, words: Words) -> None:
    kind = _EVENTS.get(words[0])
    if kind is None:
        await asyncio.sleep(_seconds(words[0]))
    else:
        await client.wait_for(kind, within=10.0)


async def _monitor(client: RccClient, words: Words) -> None:
    await (client.start_monitor() if is_on(words) else client.stop_monitor())


def _seconds(text: str) -> float:
    try:
        seconds = float(text.removesuffix("s"))
    except ValueError:
        raise UsageError(f"wait for seconds or for one of: {' '.join(_EVENTS)}; not {text!r}") from None
    if not 0 <= seconds <= 3600:
        raise UsageError("wait for 0 to 3600 seconds")
    return seconds


@dataclass(frozen=True, slots=True)
class Deed:
    """A verb that is no service: how it is written, what it is for, and what it does."""

    parameters: str
    purpose: str
    run: Callable[[RccClient, Words], Awaitable[None]]


DEEDS: dict[str, Deed] = {
    "monitor": Deed("on|off", "start or stop the events of the line", _monitor),
    "wait": Deed("EVENT|SECONDS", "wait for an event, 10 s at most, or for a time", _wait),
}
#: How every verb is written, and what it is for.
WORDS: dict[str, tuple[str, str]] = {
    name: (verb.parameters, verb.purpose) for name, verb in (VERBS | DEEDS).items()
}


def parse_script(words: Sequence[str]) -> list[Command]:
    """Cut words into commands: `call 1902 wait established hangup`. Raises UsageError."""
    commands: list[Command] = []
    rest = list(words)
    while rest:
        name = rest.pop(0)
        if name not in WORDS:
            raise UsageError(f"no verb {name!r}; there are: {' '.join(WORDS)}")
        parameters, _ = WORDS[name]
        count = len(parameters.split())
        if len(rest) < count:
            raise UsageError(f"write: {name} {parameters}")
        command = Command(name, tuple(rest[:count]))
        _check(parameters, command)
        commands.append(command)
        del rest[:count]
    return commands


def _check(parameters: str, command: Command) -> None:
    """What can be known to be wrong before anything is sent."""
    if command.verb == "wait" and command.words[0] not in _EVENTS:
        _seconds(command.words[0])
    if parameters == "on|off":
        is_on(command.words)


async def play(client: RccClient, commands: Sequence[Command]) -> None:
    """Do one command after the other. Raises what the first one that fails raises."""
    for command in commands:
        try:
            await _do(client, command)
        except TimeoutError:
            raise ServiceRefused(command.verb, f"no {command.words[0]} event within 10 s") from None


async def _do(client: RccClient, command: Command) -> None:
    verb = VERBS.get(command.verb)
    if verb is not None:
        await client.service(verb.service(client, command.words))
    else:
        await DEEDS[command.verb].run(client, command.words)
