"""Observers: called on the library's threads, they read what must be read at once and hand records over."""

from collections.abc import Callable
from typing import Any, TypeVar

from ctimgr_client.jtapi.java.machine import CISCO, Library
from ctimgr_client.jtapi.java.registry import Registry
from ctimgr_client.jtapi.keys import Appearance
from ctimgr_client.jtapi.numbers import FORWARD_UNCONDITIONALLY, META_SNAPSHOT, Cause, Ev
from ctimgr_client.jtapi.records import (
    CallChangedRecord,
    CallRecord,
    ConnectionRecord,
    LineRecord,
    MergeRecord,
    ObservationEnded,
    Parties,
    ProviderRecord,
    Record,
    TerminalConnectionRecord,
    TerminalRecord,
)
from ctimgr_client.jtapi.telephony import Enqueue

_CONNECTION = frozenset(
    {*range(Ev.CONN_ALERTING, Ev.CONN_UNKNOWN + 1), *range(Ev.CTL_CONN_ALERTING, Ev.CTL_CONN_UNKNOWN + 1)}
) - {Ev.CONN_UNKNOWN, Ev.CTL_CONN_UNKNOWN}
_LEG = frozenset(
    {
        *range(Ev.TERM_CONN_ACTIVE, Ev.TERM_CONN_UNKNOWN),
        *range(Ev.CTL_TERM_CONN_BRIDGED, Ev.CTL_TERM_CONN_UNKNOWN),
    }
)
_MERGE = frozenset(
    {Ev.CISCO_CONFERENCE_START, Ev.CISCO_CONFERENCE_END, Ev.CISCO_TRANSFER_START, Ev.CISCO_TRANSFER_END}
)
_PLAIN_CALL = frozenset({Ev.CALL_ACTIVE, Ev.CALL_INVALID, Ev.CISCO_CONSULT_CALL_ACTIVE})


Callback = TypeVar("Callback", bound=Callable[..., None])


class Reader:
    """Java events to records."""

    def __init__(self, library: Library, registry: Registry) -> None:
        self._registry = registry
        self._cisco = library.cisco
        self._control = library.get("javax.telephony.callcontrol.events.CallCtlEv")
        self._cisco_call = library.get(CISCO + "CiscoCallEv") if library.cisco else None

    def call(self, event: Any) -> Record | None:
        number = int(event.getID())
        if number == Ev.CALL_OBSERVATION_ENDED:
            return self._ended(event)
        wanted = number in _CONNECTION or number in _LEG or number in _PLAIN_CALL
        if not wanted and number not in _MERGE and number != Ev.CISCO_CALL_CHANGED:
            return None
        if number in _MERGE:
            return self._merge(event, number)
        if number == Ev.CISCO_CALL_CHANGED:
            return self._changed(event, number)
        call = event.getCall()
        common = self._common(event, number, call)
        if number in _CONNECTION:
            line = self._registry.line(event.getConnection().getAddress())
            digits = ""
            if number == Ev.CTL_CONN_DIALING:
                digits = str(event.getDigits() or "")
            return ConnectionRecord(**common, line=line, digits=digits)
        if number in _LEG:
            leg = event.getTerminalConnection()
            line = self._registry.line(leg.getConnection().getAddress())
            return TerminalConnectionRecord(
                **common, appearance=Appearance(str(leg.getTerminal().getName()), line)
            )
        if number == Ev.CALL_INVALID:
            self._registry.forget(call)
        return CallRecord(**common)

    def _common(self, event: Any, number: int, call: Any) -> dict[str, Any]:
        cause = int(event.getCause())
        control = 0
        if isinstance(event, self._control):
            control = int(event.getCallControlCause())
        cisco = reason = 0
        if self._cisco_call is not None and isinstance(event, self._cisco_call):
            cisco, reason = int(event.getCiscoCause()), int(event.getCiscoFeatureReason())
        return {
            "event": number,
            "call": self._registry.id_of(call),
            "cause": cause,
            "control_cause": control,
            "cisco_cause": cisco,
            "reason": reason,
            "snapshot": cause == Cause.SNAPSHOT or int(event.getMetaCode()) == META_SNAPSHOT,
            "parties": self._parties(call),
        }

    def _parties(self, call: Any) -> Parties:
        line = self._registry.line
        calling = call.getCurrentCallingAddress() if self._cisco else call.getCallingAddress()
        called = call.getCurrentCalledAddress() if self._cisco else call.getCalledAddress()
        redirected = call.getLastRedirectedAddress()
        return Parties(
            calling=line(calling) if calling is not None else None,
            called=line(called) if called is not None else None,
            redirecting=line(redirected) if redirected is not None else None,
        )

    def _ended(self, event: Any) -> Record | None:
        ended = event.getEndedObject()
        if ended is None or not hasattr(ended, "getTerminals") or hasattr(ended, "getCalls"):
            return None  # of one call, or of the provider, which says so itself
        return ObservationEnded(line=self._registry.line(ended))

    def _changed(self, event: Any, number: int) -> Record:
        old, new = event.getOriginalCall(), event.getSurvivingCall()
        ids = self._registry.id_of(old), self._registry.id_of(new)
        self._registry.merged(ids[0], new)
        return CallChangedRecord(event=number, call=ids[1], original=ids[0])

    def _merge(self, event: Any, number: int) -> Record:
        id_of = self._registry.id_of
        final = event.getFinalCall()
        transfer = number in (Ev.CISCO_TRANSFER_START, Ev.CISCO_TRANSFER_END)
        other = event.getTransferredCall() if transfer else event.getConferencedCall()
        if transfer:
            legs = event.getTransferControllers()
            address = event.getTransferControllerAddress()
        else:
            legs = [event.getHeldConferenceController(), event.getTalkingConferenceController()]
            address = event.getConferenceControllerAddress()
        controllers = []
        for leg in legs or []:
            if leg is not None:
                line = self._registry.line(leg.getConnection().getAddress())
                controllers.append(Appearance(str(leg.getTerminal().getName()), line))
        merged = (id_of(other),) if other is not None and not other.equals(final) else ()
        ends = number in (Ev.CISCO_TRANSFER_END, Ev.CISCO_CONFERENCE_END)
        return MergeRecord(
            event=number,
            call=id_of(final),
            merged=merged,
            controllers=tuple(dict.fromkeys(controllers)),
            controller=self._registry.line(address) if address is not None else None,
            success=bool(event.isSuccess()) if ends else True,
        )

    def address(self, event: Any) -> Record | None:
        number = int(event.getID())
        line = self._registry.line(event.getAddress())
        cause = int(event.getCause())
        match number:
            case Ev.CTL_ADDR_FORWARD:
                return LineRecord(
                    event=number, line=line, cause=cause, forwarded_to=forwarded(event.getForwarding())
                )
            case Ev.CTL_ADDR_MESSAGE_WAITING:
                on = bool(event.getMessageWaitingState())
                return LineRecord(event=number, line=line, cause=cause, message_waiting=on)
            case Ev.CISCO_ADDR_IN_SERVICE | Ev.CISCO_ADDR_OUT_OF_SERVICE:
                terminal = event.getTerminal()
                name = str(terminal.getName()) if terminal is not None else None
                return LineRecord(event=number, line=line, cause=cause, terminal=name)
        return None

    def terminal(self, event: Any) -> Record | None:
        number = int(event.getID())
        match number:
            case Ev.CISCO_TERM_IN_SERVICE | Ev.CISCO_TERM_OUT_OF_SERVICE:
                return TerminalRecord(
                    event=number, terminal=str(event.getTerminal().getName()), cause=int(event.getCause())
                )
            case Ev.CISCO_TERM_DND_STATUS_CHANGED:
                return TerminalRecord(
                    event=number,
                    terminal=str(event.getTerminal().getName()),
                    do_not_disturb=bool(event.getDNDStatus()),
                )
        return None

    def provider(self, event: Any) -> Record | None:
        number = int(event.getID())
        line = terminal = None
        if hasattr(event, "getAddress"):
            address = event.getAddress()
            line = self._registry.line(address) if address is not None else None
        if hasattr(event, "getTerminal"):
            device = event.getTerminal()
            terminal = str(device.getName()) if device is not None else None
        return ProviderRecord(event=number, line=line, terminal=terminal, cause=int(event.getCause()))


def forwarded(entries: Any) -> str:
    """The target of unconditional forwarding, "" for none."""
    for entry in entries or []:
        if int(entry.getType()) == FORWARD_UNCONDITIONALLY:
            return str(entry.getDestinationAddress() or "")
    return ""


def make_observers(
    library: Library, reader: Reader, enqueue: Enqueue, complain: Callable[[str], None]
) -> tuple[Any, Any, Any, Any]:
    """Observers of provider, terminals, addresses and calls."""
    import jpype  # noqa: PLC0415

    def pass_on(events: Any, read: Callable[[Any], Record | None]) -> None:
        try:
            records = [record for event in events or () if (record := read(event)) is not None]
            if records:
                enqueue(tuple(records))
        except BaseException as error:  # noqa: BLE001
            complain(f"{type(error).__name__}: {error}"[:300])

    def interfaces(*names: str) -> list[Any]:
        return [found for name in names if (found := library.get(name)) is not None]

    override: Callable[[Callback], Callback] = jpype.JOverride
    cisco = CISCO if library.cisco else "-"

    @jpype.JImplements(interfaces("javax.telephony.ProviderObserver", cisco + "CiscoProviderObserver"))
    class ProviderObserver:
        @override
        def providerChangedEvent(self, events: Any) -> None:  # noqa: N802
            pass_on(events, reader.provider)

    @jpype.JImplements(
        interfaces(
            "javax.telephony.TerminalObserver",
            "javax.telephony.callcontrol.CallControlTerminalObserver",
            cisco + "CiscoTerminalObserver",
        )
    )
    class TerminalObserver:
        @override
        def terminalChangedEvent(self, events: Any) -> None:  # noqa: N802
            pass_on(events, reader.terminal)

    @jpype.JImplements(
        interfaces(
            "javax.telephony.AddressObserver",
            "javax.telephony.callcontrol.CallControlAddressObserver",
            cisco + "CiscoAddressObserver",
        )
    )
    class AddressObserver:
        @override
        def addressChangedEvent(self, events: Any) -> None:  # noqa: N802
            pass_on(events, reader.address)

    @jpype.JImplements(
        interfaces(
            "javax.telephony.CallObserver",
            "javax.telephony.callcontrol.CallControlCallObserver",
            "javax.telephony.media.MediaCallObserver",
        )
    )
    class CallObserver:
        @override
        def callChangedEvent(self, events: Any) -> None:  # noqa: N802
            pass_on(events, reader.call)

    return ProviderObserver(), TerminalObserver(), AddressObserver(), CallObserver()
