"""A JVM with `standin.Script` in it, which uses the stand-in as a stranger would.

Its input is what to do, its output what it was told, one array of events to a line. Does not know the bridge.
"""

from __future__ import annotations

import subprocess
import threading
from pathlib import Path
from types import TracebackType

from .standin import Control

ALICE, BOB, CAROL = "SEP000000001001", "SEP000000001002", "SEP000000001003"
HARD, SOFT = "SEP000000001100", "SEP00000000110C"
LONGEST = 60.0


class Script:
    """One JVM with the program in it. It is killed when it takes too long."""

    def __init__(self, jar: Path, folder: Path, *words: str, options: tuple[str, ...] = ()) -> None:
        self._control = folder / "control"
        self._control.mkdir()
        self._process = subprocess.Popen(
            [
                "java",
                f"-Dstandin.control={self._control}",
                *options,
                "-cp",
                str(jar),
                "standin.Script",
                *words,
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._watchdog = threading.Timer(LONGEST, self._process.kill)
        self._watchdog.start()

    def __enter__(self) -> Script:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._watchdog.cancel()
        self._process.kill()
        self._process.communicate()

    def does(self, *lines: str) -> list[str]:
        """Have it do these, one after the other; what it was told during the last of them, and its answer
        where that is an exception."""
        told: list[str] = []
        for line in lines:
            told = []
            assert self._process.stdin is not None
            self._process.stdin.write(line + "\n")
            self._process.stdin.flush()
            while (said := self.says()) != ".":
                told.append(said)
                if said.startswith("! "):
                    break
        return told

    def says(self) -> str:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, "the program has ended"
        return line.rstrip("\n")

    def told(self, *lines: str) -> list[str]:
        """The same, event for event."""
        return [event for line in self.does(*lines) for event in line.split(", ")]

    def ask(self, command: str) -> str:
        (file,) = self._control.glob("[0-9]*")
        return Control(file).ask(command)
