"""The objects that the library calls, on threads of its own: one for each kind of thing, per provider.

One object for all lines sees each call once, with one queue of the library's behind it. A callback reads and
hands over; it neither waits nor lets an exception reach Java. Without the interfaces that have no methods
the library leaves out the events of their packages.
"""

from collections.abc import Callable, Iterable
from importlib import import_module
from typing import Any, NamedTuple

from ctimgr_client.jtapi.java.library import Library
from ctimgr_client.jtapi.records import Batch
from ctimgr_client.jtapi.telephony import Enqueue

_PROVIDER = ("javax.telephony.ProviderObserver", "com.cisco.jtapi.extensions.CiscoProviderObserver")
_TERMINAL = (
    "javax.telephony.TerminalObserver",
    "javax.telephony.callcontrol.CallControlTerminalObserver",
    "com.cisco.jtapi.extensions.CiscoTerminalObserver",
)
_ADDRESS = (
    "javax.telephony.AddressObserver",
    "javax.telephony.callcontrol.CallControlAddressObserver",
    "com.cisco.jtapi.extensions.CiscoAddressObserver",
)
_CALL = (
    "javax.telephony.CallObserver",
    "javax.telephony.callcontrol.CallControlCallObserver",
    "javax.telephony.media.MediaCallObserver",
)
_MAX_COMPLAINT = 300

Read = Callable[[Iterable[Any]], Batch]


class Observers(NamedTuple):
    """Java objects."""

    provider: Any
    terminals: Any
    lines: Any
    calls: Any


class Passing:
    """From a callback to the event loop."""

    def __init__(self, enqueue: Enqueue, complain: Callable[[str], None]) -> None:
        self._enqueue = enqueue
        self._complain = complain

    def on(self, read: Read, events: Iterable[Any] | None) -> None:
        """What cannot be read is lost, and said."""
        try:
            batch = read(events or ())
            if batch:
                self._enqueue(batch)
        except BaseException as error:  # noqa: BLE001 - Java's threads cannot do anything with it
            self._say(error)

    def _say(self, error: BaseException) -> None:
        try:
            self._complain(f"an event could not be read: {type(error).__name__}: {error}"[:_MAX_COMPLAINT])
        except BaseException:  # noqa: BLE001 - nobody is left to be told
            return


def make_observers(
    library: Library, passing: Passing, *, provider: Read, terminals: Read, lines: Read, calls: Read
) -> Observers:
    """`provider`, `terminals`, `lines` and `calls` read the arrays of each."""
    jpype: Any = import_module("jpype")

    @jpype.JImplements(library.have(_PROVIDER))
    class ProviderObserver:
        @jpype.JOverride  # type: ignore[untyped-decorator]
        def providerChangedEvent(self, events: Any) -> None:  # noqa: N802
            passing.on(provider, events)

    @jpype.JImplements(library.have(_TERMINAL))
    class TerminalObserver:
        @jpype.JOverride  # type: ignore[untyped-decorator]
        def terminalChangedEvent(self, events: Any) -> None:  # noqa: N802
            passing.on(terminals, events)

    @jpype.JImplements(library.have(_ADDRESS))
    class AddressObserver:
        @jpype.JOverride  # type: ignore[untyped-decorator]
        def addressChangedEvent(self, events: Any) -> None:  # noqa: N802
            passing.on(lines, events)

    @jpype.JImplements(library.have(_CALL))
    class CallObserver:
        @jpype.JOverride  # type: ignore[untyped-decorator]
        def callChangedEvent(self, events: Any) -> None:  # noqa: N802
            passing.on(calls, events)

    return Observers(ProviderObserver(), TerminalObserver(), AddressObserver(), CallObserver())
