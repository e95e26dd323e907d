"""The only package that touches Java: the JVM, the operator's library, and a `Telephony` over it.

Not there yet: an attempt to open a provider says so, to whoever looks at the CTIManager.
"""

from collections.abc import Callable

from ctimgr_client.jtapi.opening import Machine, OpeningFailed
from ctimgr_client.jtapi.settings import BridgeSettings
from ctimgr_client.jtapi.telephony import Enqueue, Telephony

_NOT_YET = "this version of cstagw cannot speak to a Java library yet"


def start_machine(settings: BridgeSettings) -> Machine:
    """The JVM with the library of the settings. Raises OpeningFailed."""
    raise OpeningFailed("library", _NOT_YET)


def open_provider(settings: BridgeSettings, enqueue: Enqueue, complain: Callable[[str], None]) -> Telephony:
    """A provider of the library; blocks. Raises OpeningFailed."""
    raise OpeningFailed("library", _NOT_YET)
