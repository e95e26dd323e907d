"""Events of calls to records: the way that every event of every call goes, so nothing is asked for twice.

Called on the library's threads. What no record needs is passed over by its number, before anything else is
asked of it. Does not know who observes.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, TypedDict

from csta_xml import CallId
from ctimgr_client.jtapi.java.library import Library
from ctimgr_client.jtapi.java.registry import Registry
from ctimgr_client.jtapi.keys import Appearance, LineKey
from ctimgr_client.jtapi.numbers import META_SNAPSHOT, Cause, Ev
from ctimgr_client.jtapi.records import (
    Batch,
    CallChangedRecord,
    CallRecord,
    ConnectionRecord,
    MergeRecord,
    ObservationEnded,
    Parties,
    Record,
    TerminalConnectionRecord,
)

_CALL = (Ev.CALL_ACTIVE, Ev.CISCO_CONSULT_CALL_ACTIVE)
_CONNECTION = (
    Ev.CONN_ALERTING,
    Ev.CONN_CONNECTED,
    Ev.CONN_CREATED,
    Ev.CONN_DISCONNECTED,
    Ev.CONN_FAILED,
    Ev.CONN_IN_PROGRESS,
    Ev.CTL_CONN_ALERTING,
    Ev.CTL_CONN_DISCONNECTED,
    Ev.CTL_CONN_ESTABLISHED,
    Ev.CTL_CONN_FAILED,
    Ev.CTL_CONN_INITIATED,
    Ev.CTL_CONN_NETWORK_ALERTING,
    Ev.CTL_CONN_NETWORK_REACHED,
    Ev.CTL_CONN_OFFERED,
    Ev.CTL_CONN_QUEUED,
)
_LEG = (
    Ev.TERM_CONN_ACTIVE,
    Ev.TERM_CONN_CREATED,
    Ev.TERM_CONN_DROPPED,
    Ev.TERM_CONN_PASSIVE,
    Ev.TERM_CONN_RINGING,
    Ev.CTL_TERM_CONN_BRIDGED,
    Ev.CTL_TERM_CONN_DROPPED,
    Ev.CTL_TERM_CONN_HELD,
    Ev.CTL_TERM_CONN_IN_USE,
    Ev.CTL_TERM_CONN_RINGING,
    Ev.CTL_TERM_CONN_TALKING,
)
_CONTROL_EVENT = "javax.telephony.callcontrol.events.CallCtlEv"
_CISCO_EVENT = "com.cisco.jtapi.extensions.CiscoCallEv"
_ADDRESS = "javax.telephony.Address"
_PROVIDER = "javax.telephony.Provider"


class _Common(TypedDict):
    event: int
    call: CallId
    cause: int
    control_cause: int
    cisco_cause: int
    reason: int
    snapshot: bool
    parties: Parties


@dataclass(slots=True)
class _Array:
    """What is known of the calls of one array of events: it is one change, so they have one state in it."""

    parties: dict[CallId, Parties] = field(default_factory=dict)


Read = Callable[[Any, int, _Array], Record | None]


class CallReader:
    """`cisco`: whether the provider has Cisco's extensions. `is_own_end` is asked whether the end of the
    observation of a line was our own doing."""

    def __init__(
        self, library: Library, registry: Registry, *, cisco: bool, is_own_end: Callable[[LineKey], bool]
    ) -> None:
        self._library = library
        self._registry = registry
        self._cisco = cisco
        self._is_own_end = is_own_end
        self._readers: dict[int, Read] = {
            **dict.fromkeys(_CALL, self._call),
            **dict.fromkeys(_CONNECTION, self._connection),
            **dict.fromkeys(_LEG, self._leg),
            Ev.CTL_CONN_DIALING: self._dialling,
            Ev.CALL_INVALID: self._invalid,
            Ev.CALL_OBSERVATION_ENDED: self._ended,
            Ev.CISCO_CALL_CHANGED: self._changed,
            Ev.CISCO_TRANSFER_START: self._transfer,
            Ev.CISCO_TRANSFER_END: self._transfer,
            Ev.CISCO_CONFERENCE_START: self._conference,
            Ev.CISCO_CONFERENCE_END: self._conference,
        }

    def read(self, events: Iterable[Any]) -> Batch:
        """The records of one array, fewer than events."""
        array = _Array()
        records: list[Record] = []
        for event in events:
            number = int(event.getID())
            reader = self._readers.get(number)
            record = None if reader is None else reader(event, number, array)
            if record is not None:
                records.append(record)
        return tuple(records)

    # -- what all have in common ---------------------------------------------------------------------------

    def _common(self, event: Any, number: int, array: _Array) -> _Common:
        call = event.getCall()
        id_ = self._registry.id_of(call)
        parties = array.parties.get(id_)
        if parties is None:
            parties = array.parties[id_] = self._parties(call)
        cause = int(event.getCause())
        of_control = self._library.is_a(event, _CONTROL_EVENT)
        of_cisco = self._cisco and self._library.is_a(event, _CISCO_EVENT)
        return {
            "event": number,
            "call": id_,
            "cause": cause,
            "control_cause": int(event.getCallControlCause()) if of_control else 0,
            "cisco_cause": int(event.getCiscoCause()) if of_cisco else 0,
            "reason": int(event.getCiscoFeatureReason()) if of_cisco else 0,
            "snapshot": cause == Cause.SNAPSHOT or int(event.getMetaCode()) == META_SNAPSHOT,
            "parties": parties,
        }

    def _parties(self, call: Any) -> Parties:
        if self._cisco:
            calling, called = call.getCurrentCallingAddress(), call.getCurrentCalledAddress()
        else:
            calling, called = call.getCallingAddress(), call.getCalledAddress()
        line = self._registry.optional_line
        redirecting = line(call.getLastRedirectedAddress())
        return Parties(calling=line(calling), called=line(called), redirecting=redirecting)

    # -- calls, connections, legs --------------------------------------------------------------------------

    def _call(self, event: Any, number: int, array: _Array) -> Record:
        return CallRecord(**self._common(event, number, array))

    def _invalid(self, event: Any, number: int, array: _Array) -> Record:
        record = CallRecord(**self._common(event, number, array))
        self._registry.over(record.call)
        return record

    def _connection(self, event: Any, number: int, array: _Array) -> Record | None:
        address = event.getConnection().getAddress()
        if address is None:
            return None
        return ConnectionRecord(**self._common(event, number, array), line=self._registry.line(address))

    def _dialling(self, event: Any, number: int, array: _Array) -> Record:
        line = self._registry.line(event.getConnection().getAddress())
        digits = str(event.getDigits() or "")
        return ConnectionRecord(**self._common(event, number, array), line=line, digits=digits)

    def _leg(self, event: Any, number: int, array: _Array) -> Record:
        where = self._registry.appearance(event.getTerminalConnection())
        return TerminalConnectionRecord(**self._common(event, number, array), appearance=where)

    def _ended(self, event: Any, _number: int, _array: _Array) -> Record | None:
        """Of a line, or of everything; the end of a call's observation is no end of the call."""
        ended = event.getEndedObject()
        if self._library.is_a(ended, _PROVIDER):
            return None  # the provider says so itself, and ends everything by it
        if not self._library.is_a(ended, _ADDRESS):
            return None
        line = self._registry.line(ended)
        return None if self._is_own_end(line) else ObservationEnded(line=line)

    # -- calls that become others --------------------------------------------------------------------------

    def _changed(self, event: Any, number: int, _array: _Array) -> Record:
        old = self._registry.id_of(event.getOriginalCall())
        new = self._registry.id_of(event.getSurvivingCall())
        self._registry.merged(old, new)
        return CallChangedRecord(event=number, call=new, original=old)

    def _transfer(self, event: Any, number: int, _array: _Array) -> Record:
        legs = event.getTransferControllers()
        address = event.getTransferControllerAddress()
        others = [event.getTransferredCall()]
        ended = bool(event.isSuccess()) if number == Ev.CISCO_TRANSFER_END else None
        return self._merge(event, others, legs, address, ended)

    def _conference(self, event: Any, number: int, _array: _Array) -> Record:
        legs = [event.getHeldConferenceController(), event.getTalkingConferenceController()]
        address = event.getConferenceControllerAddress()
        others = [event.getConferencedCall()]
        ended = bool(event.isSuccess()) if number == Ev.CISCO_CONFERENCE_END else None
        return self._merge(event, others, legs, address, ended)

    def _merge(
        self, event: Any, others: Iterable[Any], legs: Iterable[Any] | None, address: Any, ended: bool | None
    ) -> Record:
        """`ended`: None for a beginning, else whether it went well."""
        registry = self._registry
        final = registry.id_of(event.getFinalCall())
        ids = [registry.id_of(call) for call in others if call is not None]
        merged = tuple(id_ for id_ in dict.fromkeys(ids) if id_ != final)
        if ended:
            for id_ in merged:
                registry.merged(id_, final)
        controllers: dict[Appearance, None] = {}
        for leg in legs or ():
            if leg is not None:
                controllers[registry.appearance(leg)] = None
        return MergeRecord(
            event=int(event.getID()),
            call=final,
            merged=merged,
            controllers=tuple(controllers),
            controller=registry.optional_line(address),
            success=ended is not False,
        )
