"""What each event of a connection or of a leg changes, and what is to be told of it. One function per step.

Call control's events count; of the core events only those that say more: legs that appear, connections that
end or fail. An event that says what is known already changes nothing.
"""

from collections.abc import Callable, Mapping

from csta_xml import Cause, LocalConnectionState
from ctimgr_client.jtapi.calls import Call, Connection, Phase
from ctimgr_client.jtapi.causes import cause_of, diverted_by, way_of
from ctimgr_client.jtapi.numbers import ControlCause, Ev
from ctimgr_client.jtapi.records import CallRecord, ConnectionRecord, TerminalConnectionRecord
from ctimgr_client.jtapi.telling import Telling, is_silent
from ctimgr_client.serving.facts import Kind

State = LocalConnectionState
MAX_DIGITS = 64

# -- connections -------------------------------------------------------------------------------------------


def initiated(telling: Telling, call: Call, connection: Connection, record: CallRecord) -> None:
    if connection.phase is not Phase.CREATED:
        return
    connection.phase = Phase.INITIATED
    call.calling = call.calling or connection.line
    cause = Cause.CONSULTATION if call.consultation else Cause.NEW_CALL
    telling.later(record, call, Kind.SERVICE_INITIATED, connection, cause)


def dialling(telling: Telling, call: Call, connection: Connection, record: ConnectionRecord) -> None:
    if record.digits:
        call.digits = (call.digits + record.digits)[-MAX_DIGITS:]
    initiated(telling, call, connection, record)


def offered(_telling: Telling, _call: Call, connection: Connection, _record: ConnectionRecord) -> None:
    if connection.phase is Phase.CREATED:
        connection.phase = Phase.OFFERED


def alerting(telling: Telling, call: Call, connection: Connection, record: CallRecord) -> None:
    if connection.phase in (Phase.CREATED, Phase.OFFERED, Phase.NETWORK, Phase.QUEUED):
        connection.phase = Phase.ALERTING
        telling.later(record, call, Kind.DELIVERED, connection, way_of(record, Cause.NEW_CALL))


def network_reached(telling: Telling, call: Call, connection: Connection, record: ConnectionRecord) -> None:
    if connection.phase in (Phase.CREATED, Phase.OFFERED):
        connection.phase = Phase.NETWORK
        telling.later(record, call, Kind.NETWORK_REACHED, connection, way_of(record, Cause.NEW_CALL))


def established(telling: Telling, call: Call, connection: Connection, record: CallRecord) -> None:
    """A caller's connection is established when he has dialled, that of who is called when he answers."""
    if connection.phase is Phase.CREATED and call.calling == connection.line:
        initiated(telling, call, connection, record)
        telling.tell(call)
    was, connection.phase = connection.phase, Phase.ESTABLISHED
    if was is Phase.INITIATED:
        cause = Cause.CONSULTATION if call.consultation else Cause.NEW_CALL
        telling.later(record, call, Kind.ORIGINATED, connection, cause)
    elif was not in (Phase.ESTABLISHED, Phase.FAILED):
        telling.later(record, call, Kind.ESTABLISHED, connection, way_of(record, Cause.NORMAL))
    if was in (Phase.CREATED, Phase.INITIATED):
        for where, state in connection.legs.items():
            if state is State.QUEUED:
                telling.later(record, call, Kind.BRIDGED, connection, Cause.NORMAL, only=where)


def failed(telling: Telling, call: Call, connection: Connection, record: ConnectionRecord) -> None:
    if connection.phase is not Phase.FAILED:
        connection.phase = Phase.FAILED
        telling.later(record, call, Kind.FAILED, connection, cause_of(record, Cause.DEST_NOT_OBTAINABLE))


def queued(_telling: Telling, _call: Call, connection: Connection, _record: ConnectionRecord) -> None:
    connection.phase = Phase.QUEUED


def disconnected(telling: Telling, call: Call, connection: Connection, record: CallRecord) -> None:
    """The party is not on the call any more: cleared, or diverted where the call goes on somewhere else."""
    subject, phones = connection.subject, [where for where in connection.legs if telling.sees(where)]
    left = telling.leaves(call, connection)
    call.take_out(connection.line)
    connection.legs = {}
    diversion = diverted_by(record)
    if diversion is not None:
        call.redirecting = connection.line
    elif _is_ending(call, record):  # whoever leaves first hears the rest
        call.audience.update(dict.fromkeys(left))
    if is_silent(call, record) or connection.phase in _NEVER_ON_THE_CALL:
        return
    if diversion is None:
        cause = cause_of(record, Cause.NORMAL_CLEARING)
        telling.fact(Kind.CONNECTION_CLEARED, call, subject, cause, telling.watching(call, left))
    elif connection.phase in (Phase.CREATED, Phase.OFFERED):  # it never rang: nobody else has heard of it
        telling.fact(Kind.DIVERTED, call, subject, diversion, [(where, State.NULL) for where in phones])
    else:
        telling.fact(Kind.DIVERTED, call, subject, diversion, telling.watching(call, left))


#: Nobody has been told of such a party: it could not be reached, or is a number that calls are parked at.
_NEVER_ON_THE_CALL = (Phase.FAILED, Phase.QUEUED)


def _is_ending(call: Call, record: CallRecord) -> bool:
    moves = cause_of(record, "") == Cause.CALL_PICKUP
    return (call.ending or len(call.connections) <= 1) and not call.merging and not moves


#: By the event. Of a connection that is not there anything but its end may be told.
CONNECTION: Mapping[int, Callable[[Telling, Call, Connection, ConnectionRecord], None]] = {
    Ev.CTL_CONN_INITIATED: initiated,
    Ev.CTL_CONN_DIALING: dialling,
    Ev.CTL_CONN_OFFERED: offered,
    Ev.CTL_CONN_ALERTING: alerting,
    Ev.CTL_CONN_NETWORK_ALERTING: alerting,
    Ev.CTL_CONN_NETWORK_REACHED: network_reached,
    Ev.CTL_CONN_ESTABLISHED: established,
    Ev.CTL_CONN_QUEUED: queued,
    Ev.CTL_CONN_FAILED: failed,
    Ev.CONN_FAILED: failed,
    Ev.CTL_CONN_DISCONNECTED: disconnected,
    Ev.CONN_DISCONNECTED: disconnected,
}

# -- legs --------------------------------------------------------------------------------------------------


def _created(
    _telling: Telling, _call: Call, connection: Connection, record: TerminalConnectionRecord
) -> None:
    connection.legs.setdefault(record.appearance, State.NULL)


def _ringing(telling: Telling, call: Call, connection: Connection, record: TerminalConnectionRecord) -> None:
    where = record.appearance
    if connection.legs.get(where) is State.ALERTING or connection.phase is Phase.ESTABLISHED:
        return
    connection.legs[where] = State.ALERTING
    if connection.phase is not Phase.ALERTING:
        alerting(telling, call, connection, record)
    elif not telling.waits(call, connection, Kind.DELIVERED):  # others have been told: now this one is
        telling.later(record, call, Kind.DELIVERED, connection, way_of(record, Cause.NEW_CALL), only=where)


def _talking(telling: Telling, call: Call, connection: Connection, record: TerminalConnectionRecord) -> None:
    where = record.appearance
    had, was_held = connection.legs.get(where), connection.is_held
    connection.legs[where] = State.CONNECTED
    if connection.phase in (Phase.ALERTING, Phase.OFFERED):  # its connection says so too, before or after
        established(telling, call, connection, record)
        return
    retrieved = was_held or record.control_cause == ControlCause.UNHOLD
    if retrieved and had is not State.CONNECTED and connection.phase is Phase.ESTABLISHED:
        telling.later(record, call, Kind.RETRIEVED, connection, Cause.NORMAL)


def _held(telling: Telling, call: Call, connection: Connection, record: TerminalConnectionRecord) -> None:
    had, connection.legs[record.appearance] = connection.legs.get(record.appearance), State.HOLD
    if had is not State.HOLD:
        alternates = record.control_cause == ControlCause.ALTERNATE
        cause = Cause.ALTERNATE if alternates else Cause.NORMAL
        telling.later(record, call, Kind.HELD, connection, cause)


def _bridged(telling: Telling, call: Call, connection: Connection, record: TerminalConnectionRecord) -> None:
    where = record.appearance
    had, connection.legs[where] = connection.legs.get(where), State.QUEUED
    if had is not State.QUEUED and connection.local(where) is State.QUEUED:
        telling.later(record, call, Kind.BRIDGED, connection, Cause.NORMAL, only=where)


def _dropped(telling: Telling, call: Call, connection: Connection, record: TerminalConnectionRecord) -> None:
    """A line's only leg goes with its connection, which is what is told; so do the last ones of several."""
    where = record.appearance
    if len(connection.legs) == 1 or connection.local(where) is State.NULL:
        return
    connection.legs[where] = State.NULL
    if not is_silent(call, record):
        telling.drops(call, where, cause_of(record, Cause.NORMAL_CLEARING))


LEG: Mapping[int, Callable[[Telling, Call, Connection, TerminalConnectionRecord], None]] = {
    Ev.TERM_CONN_CREATED: _created,
    Ev.TERM_CONN_RINGING: _ringing,
    Ev.CTL_TERM_CONN_RINGING: _ringing,
    Ev.CTL_TERM_CONN_TALKING: _talking,
    Ev.CTL_TERM_CONN_HELD: _held,
    Ev.CTL_TERM_CONN_BRIDGED: _bridged,
    Ev.CTL_TERM_CONN_IN_USE: _bridged,
    Ev.TERM_CONN_DROPPED: _dropped,
    Ev.CTL_TERM_CONN_DROPPED: _dropped,
}

#: Events that complete what has happened already: what waits to be told goes on waiting.
COMPLETING = frozenset(
    {
        Ev.TERM_CONN_CREATED,
        Ev.TERM_CONN_ACTIVE,
        Ev.TERM_CONN_PASSIVE,
        Ev.TERM_CONN_RINGING,
        Ev.CTL_TERM_CONN_RINGING,
        Ev.CTL_TERM_CONN_BRIDGED,
        Ev.CTL_TERM_CONN_IN_USE,
        Ev.CONN_CREATED,
        Ev.CONN_CONNECTED,
        Ev.CONN_ALERTING,
        Ev.CONN_IN_PROGRESS,
        Ev.CTL_CONN_OFFERED,
    }
)
