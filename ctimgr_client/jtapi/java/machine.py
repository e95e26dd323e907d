"""The JVM of this process, started once with the operator's library in it.

Signals stay Python's. Threads of Python's are attached as daemons when they first call Java. Does not know
what is done with the library.
"""

from importlib import import_module
from pathlib import Path
from typing import Any

from ctimgr_client.jtapi.java.class_path import expanded, release
from ctimgr_client.jtapi.java.library import Library
from ctimgr_client.jtapi.opening_reasons import OpeningFailed
from ctimgr_client.jtapi.settings import BridgeSettings

#: The JVM leaves SIGINT, SIGTERM and SIGHUP alone.
_OPTIONS = ("-Xrs",)
_MAX_TEXT = 300
_FACTORY = "javax.telephony.JtapiPeerFactory"

_library: Library | None = None


def start_machine(settings: BridgeSettings) -> Library:
    """Start the JVM, once per process, and look what the library has. Blocks. Raises OpeningFailed."""
    global _library  # noqa: PLW0603 - a process can have one JVM, and only once
    if _library is None:
        jpype = _jpype()
        class_path = expanded(settings.class_path)
        if not jpype.isJVMStarted():
            _start(jpype, settings, class_path)
        _library = _usable(Library(jpype, _version(jpype), release(class_path)))
    return _library


def _jpype() -> Any:
    try:
        return import_module("jpype")
    except ImportError as error:
        raise OpeningFailed("extra", str(error)) from None


def _start(jpype: Any, settings: BridgeSettings, class_path: tuple[str, ...]) -> None:
    if settings.jvm and not Path(settings.jvm).is_file():
        raise OpeningFailed("jvm", f"{settings.jvm} does not exist")
    try:
        jpype.startJVM(
            *_OPTIONS,
            *settings.jvm_options,
            jvmpath=settings.jvm or None,
            classpath=list(class_path),
            convertStrings=False,
            interrupt=False,
        )
    except Exception as error:  # noqa: BLE001 - JPype has no common class for what can be wrong with a JVM
        raise OpeningFailed("jvm", f"{_first_line(error)} (Java 11 or 17 is needed)") from None


def _usable(library: Library) -> Library:
    if library.find(_FACTORY) is None:
        raise OpeningFailed("library", f"it has no {_FACTORY}")
    lacks = library.lacks()
    if lacks:
        raise OpeningFailed("library", f"it lacks {lacks}")
    return library


def _version(jpype: Any) -> str:
    return ".".join(map(str, jpype.getJVMVersion()))


def _first_line(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return lines[0][:_MAX_TEXT] if lines else type(error).__name__
