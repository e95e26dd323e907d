"""The JVM of this process, started once, and what the operator's library has of the names we use."""

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ctimgr_client.jtapi.opening import OpeningFailed
from ctimgr_client.jtapi.settings import BridgeSettings

CISCO = "com.cisco.jtapi.extensions."


@dataclass
class Library:
    """Classes by their short names; `cisco` where the extensions are there."""

    cisco: bool
    classes: dict[str, Any] = field(default_factory=dict)

    def get(self, name: str) -> Any:
        """A class by its full name; None where the library has none such."""
        if name not in self.classes:
            import jpype  # noqa: PLC0415

            try:
                self.classes[name] = jpype.JClass(name)
            except TypeError:
                self.classes[name] = None
        return self.classes[name]

    def describe(self) -> str:
        return "JTAPI with Cisco's extensions" if self.cisco else "plain JTAPI"


_library: Library | None = None


def start_machine(settings: BridgeSettings) -> Library:
    """Start the JVM with the library of the settings. Raises OpeningFailed."""
    global _library  # noqa: PLW0603
    if _library is not None:
        return _library
    try:
        import jpype  # noqa: PLC0415
    except ImportError as error:
        raise OpeningFailed("extra", str(error)) from None
    for path in settings.class_path:
        if not os.access(path, os.R_OK):
            why = "cannot be read" if Path(path).exists() else "does not exist"
            raise OpeningFailed("library", f"{path} {why}")
    try:
        jvm = settings.jvm or jpype.getDefaultJVMPath()
        jpype.startJVM(
            jvm, "-Xrs", *settings.jvm_options, classpath=list(settings.class_path), convertStrings=False
        )
    except Exception as error:  # noqa: BLE001
        raise OpeningFailed("jvm", str(error)[:200]) from None
    library = Library(cisco=False)
    if library.get("javax.telephony.JtapiPeerFactory") is None:
        raise OpeningFailed("library", "no javax.telephony.JtapiPeerFactory in it")
    library.cisco = library.get(CISCO + "CiscoProvider") is not None
    _library = library
    return library
