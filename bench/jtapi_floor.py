"""The least that anything over JTAPI must do, as a process; its settings come on standard input.

It observes the same lines as a bridge with the same library in the same kind of JVM, asks each event for its
number, and makes one call into the library for each line of text that comes over its Unix socket. What a
bridge costs above it is the bridge's own. Knows JTAPI through JPype, nothing of CSTA, and none of our rooms.
"""

from __future__ import annotations

import json
import os
import socket
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from importlib import import_module
from typing import Any, Self

_IN_SERVICE = 16
_CONTROL = "javax.telephony.callcontrol."
#: Seconds between two looks for what comes by itself, and after which it should have come.
_LOOK_EVERY, _WITHIN = 0.02, 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class FloorSettings:
    """`lines` are directory numbers, `login` what JTAPI opens a provider with."""

    jar: str
    jvm_options: tuple[str, ...]
    login: str
    lines: tuple[str, ...]
    socket: str

    def to_json(self) -> str:
        """One line."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Self:
        values: dict[str, Any] = json.loads(text)
        for name in ("jvm_options", "lines"):
            values[name] = tuple(values[name])
        return cls(**values)


class Floor:
    """`said` are lines of text to whoever measures; they may come from any thread."""

    def __init__(self, jpype: Any, settings: FloorSettings, say: Callable[[str], None]) -> None:
        self._jpype = jpype
        self._say = say
        self._events = 0
        self._wanted = sys.maxsize
        self._reached = threading.Event()
        self._leg: Any = None
        peer = jpype.JClass("javax.telephony.JtapiPeerFactory").getJtapiPeer(None)
        self._provider = peer.getProvider(settings.login)
        _until(lambda: int(self._provider.getState()) == _IN_SERVICE)
        lines, calls = self._observers()
        for number in settings.lines:
            address = self._provider.getAddress(number)
            address.addObserver(lines)
            address.addCallObserver(calls)

    def _observers(self) -> tuple[Any, Any]:
        jpype = self._jpype
        forwarded = jpype.JClass(f"{_CONTROL}events.CallCtlAddrForwardEv").ID

        @jpype.JImplements(["javax.telephony.AddressObserver", f"{_CONTROL}CallControlAddressObserver"])
        class OfLines:
            @jpype.JOverride  # type: ignore[untyped-decorator]
            def addressChangedEvent(_self, events: Any) -> None:  # noqa: N802, N805
                for event in events:
                    if event.getID() == forwarded:
                        self._say(f"forwarded {event.getForwarding()[0].getDestinationAddress()}")

        @jpype.JImplements(
            [
                "javax.telephony.CallObserver",
                f"{_CONTROL}CallControlCallObserver",
                "javax.telephony.media.MediaCallObserver",
            ]
        )
        class OfCalls:
            @jpype.JOverride  # type: ignore[untyped-decorator]
            def callChangedEvent(_self, events: Any) -> None:  # noqa: N802, N805
                for event in events:
                    event.getID()
                    self._events += 1
                if self._events >= self._wanted:
                    self._reached.set()

        return OfLines(), OfCalls()

    def do(self, command: str) -> str:
        """What is answered. `until NUMBER` waits for so many events of calls in all."""
        word, *words = command.split()
        match word:
            case "count":
                return f"done {self._events}"
            case "until":
                self._until(int(words[0]))
            case "forward":
                self._forward(*words)
            case "dial":
                self._dial(*words)
            case "hold":
                self._leg.hold()
            case "retrieve":
                self._leg.unhold()
            case "drop":
                self._leg.getConnection().getCall().drop()
        return "done"

    def _forward(self, line: str, number: str) -> None:
        forwarding = self._jpype.JClass(f"{_CONTROL}CallControlForwarding")
        how = self._jpype.JArray(forwarding)([forwarding(number)])
        self._provider.getAddress(line).setForwarding(how)

    def _until(self, events: int) -> None:
        self._wanted = events
        if self._events < events:
            self._reached.wait(_WITHIN)
        self._wanted = sys.maxsize
        self._reached.clear()

    def _dial(self, line: str, number: str) -> None:
        address = self._provider.getAddress(line)
        terminal = address.getTerminals()[0]
        connections = self._provider.createCall().connect(terminal, address, number)
        own = next(one for one in connections if one.getAddress().equals(address))
        _until(lambda: own.getTerminalConnections() is not None)
        self._leg = own.getTerminalConnections()[0]


def _until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + _WITHIN
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError("the library does not do what it should")
        time.sleep(_LOOK_EVERY)


def main() -> None:
    """Serve one connection, until it ends."""
    settings = FloorSettings.from_json(sys.stdin.readline())
    jpype: Any = import_module("jpype")
    jpype.startJVM(
        "-Xrs", *settings.jvm_options, classpath=[settings.jar], convertStrings=False, interrupt=False
    )
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(settings.socket)
        listener.listen(1)
        listener.settimeout(_WITHIN)
        connection, _ = listener.accept()

    def say(text: str) -> None:
        connection.sendall(f"{text}\n".encode())

    floor = Floor(jpype, settings, say)
    say("ready")
    for line in connection.makefile(encoding="ascii"):
        say(floor.do(line))
    sys.stdout.flush()
    os._exit(os.EX_OK)  # Java's threads would keep the process


if __name__ == "__main__":
    main()
