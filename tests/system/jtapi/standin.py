"""Builds the stand-in for the manufacturer's JTAPI library and commands it while a bridge uses it.

The stand-in is a small telephone cluster behind JTAPI's interfaces (java/), our own from the first line on:
of the interfaces it has names, signatures and constants. Knows nothing of the gateway and of the bridge.
"""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

JAVA = Path(__file__).parent / "java"

#: What only the jar with the manufacturer's interfaces has.
_CISCO_ONLY = ("com/", "standin/cisco/", "DefaultJtapiPeer")
#: The last release of javac that takes Java 8's sources without a warning.
_TAKES_8 = 19
_BUILD_WITHIN = 120.0
_ANSWER_WITHIN = 30.0


@dataclass(frozen=True, slots=True)
class Jars:
    """`cisco` has all interfaces and its peer is the default one; `plain` has javax.telephony only, and its
    peer is `standin.PlainPeer`."""

    cisco: Path
    plain: Path


class BuildFailed(Exception):
    """javac is missing, or said what its message has."""


def build(folder: Path) -> Jars:
    """Compile the stand-in and put both jars into a folder. Raises BuildFailed."""
    folder.mkdir(parents=True, exist_ok=True)
    classes = folder / "classes"
    sources = sorted(map(str, JAVA.rglob("*.java")))
    _run("javac", "-Xlint:all", "-Werror", "--release", _release(), "-d", str(classes), *sources)
    files = sorted(path for path in classes.rglob("*.class"))
    common = [path for path in files if not str(path.relative_to(classes)).startswith(_CISCO_ONLY)]
    return Jars(_jar(folder / "cisco.jar", classes, files), _jar(folder / "plain.jar", classes, common))


def _release() -> str:
    version = re.search(r"\d+", _run("javac", "-version"))
    return "8" if version is not None and int(version[0]) <= _TAKES_8 else "11"


def _run(program: str, *words: str) -> str:
    found = shutil.which(program)
    if found is None:
        raise BuildFailed(f"{program} is not on the path: install a JDK")
    done = subprocess.run(
        [found, *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=_BUILD_WITHIN,
        check=False,
    )
    if done.returncode:
        raise BuildFailed(done.stdout)
    return done.stdout


def _jar(file: Path, classes: Path, contents: Iterable[Path]) -> Path:
    with zipfile.ZipFile(file, "w") as jar:
        for path in contents:
            jar.write(path, str(path.relative_to(classes)))
    return file


class Control:
    """The control connection to one JVM. `file` is the one that it has written its port into."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def ask(self, command: str) -> str:
        """What follows "ok". Raises OSError where the JVM is gone, RuntimeError for a refusal."""
        port = int(self._file.read_text())
        with (
            socket.create_connection(("127.0.0.1", port), _ANSWER_WITHIN) as connection,
            connection.makefile("rw", encoding="utf-8", newline="\n") as stream,
        ):
            stream.write(command + "\n")
            stream.flush()
            answer = stream.readline()
        if not answer.endswith("\n"):
            raise ConnectionResetError(f"the JVM of {self._file} has gone")
        word, _, rest = answer.strip().partition(" ")
        if word != "ok":
            raise RuntimeError(f"{command}: {rest}")
        return rest
