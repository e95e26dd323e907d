"""The processes that are measured beside each other, and how each is asked for the same things.

`Bridge` and `Floor` have the tests' JTAPI library in their JVM and are commanded through it, `Simulator` is
`cstagw simulate ctimgr`. Loopback and Unix sockets only. Does not know what the figures are for.
"""

from __future__ import annotations

import socket
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from csta_xml import (
    ClearConnection,
    ClearConnectionResponse,
    ConnectionId,
    DeviceId,
    ForwardingEvent,
    ForwardingType,
    HoldCall,
    MakeCall,
    MakeCallResponse,
    RetrieveCall,
    Service,
    SetForwarding,
)
from ctimgr_client.devices import WireDevice, parse_wire_device

from .application import PATIENCE, Application, Failed
from .cpu import Cpu, spent

#: Answers at once, in the stand-in and in the simulated cluster; lines are forwarded to both in turn.
_ANSWERS, _OTHER = "1901", "1902"
#: The first of the lines that both make on demand.
_FIRST = 2_000_000
#: Seconds between two looks whether a process serves, and without an event after which no more is expected.
_LOOK_EVERY, _QUIET = 0.05, 1.0

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Storm:
    """Seconds until the last event of a storm was heard, and what the process spent on it."""

    seconds: float
    cpu: Cpu


class Side(ABC):
    """What can be asked of all. Times are nanoseconds, as whoever asks sees them."""

    def __init__(self) -> None:
        self._turn = 0

    @abstractmethod
    def forward(self, number: str) -> int:
        """How long it takes to forward the first line."""

    @abstractmethod
    def begin_call(self) -> None:
        """From the first line to somebody who answers at once."""

    @abstractmethod
    def hold(self, *, retrieve: bool) -> int:
        """How long it takes to hold that call, or to retrieve it."""

    @abstractmethod
    def end_call(self) -> None: ...

    def set_forwarding(self) -> int:
        """To another number than the time before."""
        self._turn += 1
        return self.forward((_ANSWERS, _OTHER)[self._turn % 2])

    def hold_or_retrieve(self) -> int:
        """In turn."""
        self._turn += 1
        return self.hold(retrieve=self._turn % 2 == 0)


# --- over the wire ------------------------------------------------------------------------------------------


class Wired(Side):
    """Anything that speaks CSTA's wire; every line is monitored."""

    def __init__(self, application: Application, lines: int) -> None:
        super().__init__()
        self.application = application
        self._first = wire_device(0)
        self._call = ConnectionId(None, self._first)
        application.monitor(map(wire_device, range(lines)))

    def forward(self, number: str) -> int:
        return self.application.nanoseconds(
            SetForwarding(
                device=self._first,
                forwarding_type=ForwardingType.IMMEDIATE,
                activate_forward=True,
                forward_dn=DeviceId(f"tel:{number}"),
            )
        )

    def begin_call(self) -> None:
        self._turn = 0
        target = DeviceId(f"tel:{_ANSWERS}")
        call = MakeCall(calling_device=self._first, called_directory_number=target)
        self._call = self.application.ask(call, MakeCallResponse).calling_device
        self.application.quiet(_LOOK_EVERY)

    def hold(self, *, retrieve: bool) -> int:
        request: Service = HoldCall(call_to_be_held=self._call)
        if retrieve:
            request = RetrieveCall(call_to_be_retrieved=self._call)
        return self.application.nanoseconds(request)

    def end_call(self) -> None:
        request = ClearConnection(connection_to_be_cleared=self._call)
        self.application.ask(request, ClearConnectionResponse)
        self.application.quiet(_LOOK_EVERY)


class Bridge(Wired):
    """`events` is how many of CSTA's one call of a storm makes, known once one has been counted."""

    def __init__(self, application: Application, lines: int, commands: Commands, pid: int) -> None:
        super().__init__(application, lines)
        self._commands = commands
        self._pid = pid
        self.events = 0.0

    def count(self, events: int) -> None:
        calls = self._commands.ask(f"storm {events} all")
        self.events = self.application.quiet(_QUIET) / int(calls)

    def storm(self, events: int, calls: int) -> Storm:
        """`calls` are those that the stand-in will make of so many events."""

        def work() -> None:
            self._commands.say(f"storm {events} all")
            self.application.count(round(calls * self.events))

        result = _measured(self._pid, work)
        self._commands.hear()
        return result

    def event(self) -> int:
        """From the change of a line in the JVM until its event has been read here."""
        self._commands.say(f"forward {device(0)} now")
        event, read_at = self.application.event(ForwardingEvent)
        self._commands.hear()
        return read_at - int(parse_wire_device(event.forward_to or "").dn)


class Simulator(Wired):
    """No JVM, no library."""


# --- the least that must be done ----------------------------------------------------------------------------


class Floor(Side):
    """Speaks lines of text. `events` is how many of JTAPI's one call of a storm makes."""

    def __init__(self, connection: socket.socket, commands: Commands, pid: int) -> None:
        super().__init__()
        connection.settimeout(PATIENCE)
        self._connection = connection
        self._lines = connection.makefile(encoding="ascii")
        self._commands = commands
        self._pid = pid
        self.events = 0.0
        self.calls = 0

    def count(self, events: int) -> None:
        before = int(self._ask("count"))
        self.calls = int(self._commands.ask(f"storm {events} all"))
        time.sleep(_QUIET)
        self.events = (int(self._ask("count")) - before) / self.calls

    def storm(self, events: int) -> Storm:
        wanted = int(self._ask("count")) + round(self.calls * self.events)

        def work() -> None:
            self._commands.say(f"storm {events} all")
            self._ask(f"until {wanted}")

        result = _measured(self._pid, work)
        self._commands.hear()
        return result

    def event(self) -> int:
        """From the change of a line in the JVM until it has been read here."""
        self._commands.say(f"forward {device(0)} now")
        set_at = self._said("forwarded")
        read_at = time.monotonic_ns()
        self._commands.hear()
        return read_at - int(set_at)

    def forward(self, number: str) -> int:
        return self._nanoseconds(f"forward {line(0)} {number}")

    def begin_call(self) -> None:
        self._turn = 0
        self._ask(f"dial {line(0)} {_ANSWERS}")

    def hold(self, *, retrieve: bool) -> int:
        return self._nanoseconds("retrieve" if retrieve else "hold")

    def end_call(self) -> None:
        self._ask("drop")

    def _nanoseconds(self, command: str) -> int:
        begun = time.monotonic_ns()
        self._ask(command)
        return time.monotonic_ns() - begun

    def _ask(self, command: str) -> str:
        self._connection.sendall(f"{command}\n".encode())
        return self._said("done")

    def _said(self, word: str) -> str:
        """What follows the word, once it is said."""
        for line in self._lines:
            first, _, rest = line.strip().partition(" ")
            if first == word:
                return rest
        raise Failed("the floor has ended")


# --- what they share ----------------------------------------------------------------------------------------


class Commands:
    """One connection to a stand-in that stays, for commands that are not waited for."""

    def __init__(self, folder: Path) -> None:
        (file,) = folder.glob("[0-9]*")
        self._connection = socket.create_connection(("127.0.0.1", int(file.read_text())), PATIENCE)
        self._answers = self._connection.makefile(encoding="utf-8")

    def say(self, command: str) -> None:
        self._connection.sendall(f"{command}\n".encode())

    def hear(self) -> str:
        """What follows "ok" in the next answer. Raises Failed for a refusal."""
        word, _, rest = self._answers.readline().strip().partition(" ")
        if word != "ok":
            raise Failed(f"the stand-in refuses: {rest}")
        return rest

    def ask(self, command: str) -> str:
        self.say(command)
        return self.hear()

    def close(self) -> None:
        self._answers.close()
        self._connection.close()


def _measured(pid: int, work: Callable[[], None]) -> Storm:
    before, begun = spent(pid), time.monotonic()
    work()
    seconds = time.monotonic() - begun
    return Storm(seconds, spent(pid) - before)


def line(number: int) -> str:
    return str(_FIRST + number)


def device(number: int) -> str:
    """The phone of that line."""
    return f"SEP{_FIRST + number:012}"


def wire_device(number: int) -> DeviceId:
    return DeviceId(str(WireDevice(line(number), device(number))))
