"""What JTAPI events said, as values: made on the library's threads, read on the event loop.

A record carries what must be read at once because the Java objects may be ahead of their events. The numbers
are JTAPI's own (`names.Ev`, `names.Cause`, `names.FeatureReason`); unknown ones are kept. What one callback
brought is one `Batch`: one atomic change. Does not know Java.
"""

from dataclasses import dataclass

from csta_xml import CallId
from ctimgr_client.jtapi.keys import Appearance, LineKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Parties:
    """Who calls whom, as far as the call knew when the event came; None: not known."""

    calling: LineKey | None = None
    called: LineKey | None = None
    redirecting: LineKey | None = None  # the last one that sent the call elsewhere


@dataclass(frozen=True, slots=True, kw_only=True)
class CallRecord:
    """An event of a call as a whole, and the base of all that concern one.

    `cause` is Ev.getCause, `control_cause` CallCtlEv.getCallControlCause, `cisco_cause` and `reason`
    CiscoCallEv's; 0 where an event has none. `snapshot`: it tells what was there before somebody looked.
    """

    event: int
    call: CallId
    cause: int = 0
    control_cause: int = 0
    cisco_cause: int = 0
    reason: int = 0
    snapshot: bool = False
    parties: Parties = Parties()


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionRecord(CallRecord):
    """An event of one party's connection. `digits` are those of a dialling event."""

    line: LineKey
    digits: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TerminalConnectionRecord(CallRecord):
    """An event of one device's leg."""

    appearance: Appearance


@dataclass(frozen=True, slots=True, kw_only=True)
class CallChangedRecord(CallRecord):
    """CiscoCallChangedEv: what was on `original` is on `call` from now on."""

    original: CallId


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeRecord(CallRecord):
    """The start or the end of a transfer or conference: `merged` go into `call`, the final call.

    `controllers` are the legs of whoever does it, as far as we see them; `controller` is his line.
    `success` counts at the end only.
    """

    merged: tuple[CallId, ...]
    controllers: tuple[Appearance, ...] = ()
    controller: LineKey | None = None
    success: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class ObservationEnded:
    """The library stopped telling us about the calls of a line; None: of all of them."""

    line: LineKey | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LineRecord:
    """An event of an address; what the event does not say is None.

    `terminal`: the one of the appearance that it is about (in and out of service, added, removed,
    restricted). `forwarded_to` is the target of unconditional forwarding, "" for none.
    """

    event: int
    line: LineKey
    cause: int = 0
    terminal: str | None = None
    forwarded_to: str | None = None
    message_waiting: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TerminalRecord:
    """An event of a terminal; what the event does not say is None."""

    event: int
    terminal: str
    cause: int = 0
    do_not_disturb: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderRecord:
    """An event of the provider: its state, or what it controls. `detail` is for the log."""

    event: int
    line: LineKey | None = None
    terminal: str | None = None
    cause: int = 0
    detail: str = ""


Record = CallRecord | ObservationEnded | LineRecord | TerminalRecord | ProviderRecord
Batch = tuple[Record, ...]
