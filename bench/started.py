"""The processes that are measured beside each other, started with the same library and the same lines.

Loopback and Unix sockets only. What can be asked of them is in `sides`.
"""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import TypeVar

from cstagw.bridges import COMMAND
from ctimgr_client.jtapi.settings import BridgeSettings

from .application import PATIENCE, Application, Failed
from .jtapi_floor import FloorSettings
from .sides import Bridge, Commands, Floor, Simulator, line

_USER, _PASSWORD = "bench", "bench"
#: Seconds between two looks whether a process serves, and that it has to end.
_LOOK_EVERY, _GRACE = 0.05, 5.0

T = TypeVar("T")


@contextmanager
def sides(jar: Path, folder: Path, lines: int) -> Iterator[tuple[Bridge, Floor, Simulator]]:
    """All three, with so many lines, each of them monitored. Raises Failed where one does not come up."""
    with ExitStack() as stack:
        where = [folder / name for name in ("bridge", "floor")]
        for one in where:
            one.mkdir(mode=0o700)
            (one / "control").mkdir()
        yield (
            _bridge(stack, jar, where[0], lines),
            _floor(stack, jar, where[1], lines),
            _simulator(stack, lines),
        )


def _bridge(stack: ExitStack, jar: Path, folder: Path, lines: int) -> Bridge:
    path = folder / "socket"
    settings = BridgeSettings(
        name="bench",
        host="127.0.0.1",
        listen=f"unix:{path}",
        class_path=(str(jar),),
        user=_USER,
        password=_PASSWORD,
        jvm_options=_jvm_options(folder, lines),
    )
    process = _started(stack, COMMAND, settings.to_json())
    application = _until_it_serves(stack, lambda: _application(stack, _unix(path)))
    return Bridge(application, lines, _commands(stack, folder), process.pid)


def _floor(stack: ExitStack, jar: Path, folder: Path, lines: int) -> Floor:
    path = folder / "socket"
    settings = FloorSettings(
        jar=str(jar),
        jvm_options=_jvm_options(folder, lines),
        login=f"127.0.0.1;login={_USER};passwd={_PASSWORD}",
        lines=tuple(map(line, range(lines))),
        socket=str(path),
    )
    process = _started(stack, (sys.executable, "-m", "bench.jtapi_floor"), settings.to_json())
    connection = stack.enter_context(_until_it_serves(stack, lambda: _unix(path)))
    connection.settimeout(PATIENCE)
    with connection.makefile(encoding="ascii", buffering=1) as said:
        said.readline()
    return Floor(connection, _commands(stack, folder), process.pid)


def _simulator(stack: ExitStack, lines: int) -> Simulator:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    words = ("simulate", "ctimgr", "--listen", f"127.0.0.1:{port}", "--phones", str(lines))
    _started(stack, (str(Path(sys.executable).with_name("cstagw")), *words), "")

    def connected() -> Application:
        connection = socket.create_connection(("127.0.0.1", port), PATIENCE)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return _application(stack, connection)

    return Simulator(_until_it_serves(stack, connected), lines)


def _started(stack: ExitStack, arguments: tuple[str, ...], settings: str) -> subprocess.Popen[str]:
    process = subprocess.Popen(  # noqa: S603 - commands of our own
        arguments, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, text=True
    )
    stack.callback(_end, process)
    if process.stdin is not None:
        process.stdin.write(f"{settings}\n")
        process.stdin.flush()
    return process


def _end(process: subprocess.Popen[str]) -> None:
    process.terminate()
    try:
        process.communicate(timeout=_GRACE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()


def _until_it_serves(stack: ExitStack, connect: Callable[[], T]) -> T:
    end = time.monotonic() + PATIENCE
    while True:
        with suppress(OSError, Failed):
            return connect()
        if time.monotonic() > end:
            raise Failed("a process that is to be measured does not serve")
        time.sleep(_LOOK_EVERY)


def _application(stack: ExitStack, connection: socket.socket) -> Application:
    application = Application(connection)
    try:
        application.open()
    except BaseException:
        application.close()
        raise
    stack.callback(application.close)
    return application


def _unix(path: Path) -> socket.socket:
    connection = socket.socket(socket.AF_UNIX)
    try:
        connection.connect(str(path))
    except BaseException:
        connection.close()
        raise
    return connection


def _commands(stack: ExitStack, folder: Path) -> Commands:
    commands = Commands(folder / "control")
    stack.callback(commands.close)
    return commands


def _jvm_options(folder: Path, lines: int) -> tuple[str, ...]:
    return (f"-Dstandin.control={folder / 'control'}", f"-Dstandin.lines={lines}", "-Xmx256m")
