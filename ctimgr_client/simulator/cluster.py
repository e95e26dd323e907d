"""The state of the simulated cluster and the few steps every operation is made of.

Holds the fleet, the calls, who is on them, the deadlines and the facts not yet shown to anybody. An
operation (dial, answer, ...) is a function in call_control, nodes, ... that checks first, then takes
these steps and records facts; so one more service is one more function there. Time comes in as `now`.
Does not know monitors, sessions or CTIManagers.
"""

from collections.abc import Iterable

from csta_xml import CallId, ConnectionId, LocalConnectionState
from ctimgr_client.simulator.calls import Call, Connection, Leg, Subject
from ctimgr_client.simulator.facts import CallFact, Fact, Kind, SeenBy
from ctimgr_client.simulator.fleet import Fleet
from ctimgr_client.simulator.phones import Appearance, Destination, Device, Endpoint
from ctimgr_client.simulator.refused import (
    InvalidCallId,
    InvalidConnectionId,
    InvalidDestination,
    InvalidDeviceId,
    Refused,
    ResourceLimitExceeded,
)
from ctimgr_client.simulator.timers import Timers

MAX_CALLS = 100_000
MAX_CALLS_PER_LINE = 100  # a snapshot of them fits one frame of the wire
_FIRST_CALL = 0x4A11
_ACTIVE = (LocalConnectionState.INITIATED, LocalConnectionState.CONNECTED)


class Cluster:
    """One truth for every CTIManager: two nodes, their phones and the calls between them."""

    def __init__(
        self,
        *,
        phones: int = 0,
        max_calls: int = MAX_CALLS,
        max_calls_per_line: int = MAX_CALLS_PER_LINE,
        rehoming_delay: float = 0.5,
    ) -> None:
        self.fleet = Fleet(phones)
        self.timers = Timers()
        self.calls: dict[CallId, Call] = {}
        self.rehoming_delay = rehoming_delay
        self.max_calls = max_calls
        self.max_calls_per_line = max_calls_per_line
        self._legs: dict[Appearance, dict[CallId, Leg]] = {}
        self._active: dict[Device, Leg] = {}
        self._facts: list[Fact] = []
        self._next_call = _FIRST_CALL

    # -- finding things ------------------------------------------------------------------------------------

    def appearance(self, device_id: str) -> Appearance:
        """The line appearance of an identifier, the first in the fixed order where it fits several."""
        found = self.fleet.appearances(device_id)
        if not found:
            raise InvalidDeviceId(f"no line appearance {device_id!r}")
        return found[0]

    def destination(self, number: str, refusal: type[Refused] = InvalidDestination) -> Destination:
        found = self.fleet.destination(number)
        if found is None:
            raise refusal(f"{number!r} is not in the dial plan")
        return found

    def leg(self, connection: ConnectionId) -> Leg:
        """The leg a connection names; on a shared line named by number only, the one that has the call."""
        call = self.calls.get(connection.call_id) if connection.call_id is not None else None
        if call is None:
            raise InvalidCallId(f"no call {connection.call_id!r}")
        if connection.device_id is None:
            raise InvalidConnectionId("the connection names no device")
        fitting = self.fleet.appearances(connection.device_id)
        if not fitting:
            raise InvalidDeviceId(f"no line appearance {connection.device_id!r}")
        legs = [
            leg for leg in (self.leg_at(appearance, call.id) for appearance in fitting) if leg is not None
        ]
        if not legs:
            raise InvalidConnectionId(f"{connection.device_id} is not on call {call.id}")
        return next((leg for leg in legs if leg.state is not LocalConnectionState.QUEUED), legs[0])

    def leg_at(self, appearance: Appearance, call_id: CallId) -> Leg | None:
        legs = self._legs.get(appearance)
        return legs.get(call_id) if legs is not None else None

    def legs_at(self, appearance: Appearance) -> tuple[Leg, ...]:
        """The calls of an appearance, oldest first."""
        return tuple(self._legs.get(appearance, {}).values())

    def active(self, device: Device) -> Leg | None:
        """The one leg whose microphone and loudspeaker are the device's."""
        return self._active.get(device)

    # -- steps of operations -------------------------------------------------------------------------------

    def open_call(self, calling: Appearance, called: Destination) -> Call:
        if len(self.calls) >= self.max_calls or self.is_full(calling):
            raise ResourceLimitExceeded("too many calls")
        call = Call(CallId(f"1_{self._next_call:x}"), calling, called)
        self._next_call += 1
        self.calls[call.id] = call
        return call

    def is_full(self, appearance: Appearance) -> bool:
        return len(self._legs.get(appearance, ())) >= self.max_calls_per_line

    def join(
        self, call: Call, party: Destination, endpoints: Iterable[Endpoint], state: LocalConnectionState
    ) -> Connection:
        """A party comes onto the call, with a leg for each endpoint."""
        connection = Connection(call, party)
        for endpoint in endpoints:
            leg = Leg(endpoint, connection, state)
            connection.legs.append(leg)
            if isinstance(endpoint, Appearance):
                self._legs.setdefault(endpoint, {})[call.id] = leg
                self.change(leg, state)
        call.connections.append(connection)
        return connection

    def change(self, leg: Leg, state: LocalConnectionState) -> None:
        leg.state = state
        if not isinstance(leg.endpoint, Appearance):
            return
        device = leg.endpoint.device
        if state in _ACTIVE:
            self._active[device] = leg
        elif self._active.get(device) is leg:
            del self._active[device]

    def leave(self, connection: Connection) -> None:
        """A party goes off the call; a call nobody is on is no call."""
        for leg in tuple(connection.legs):
            self.remove(leg)
        call = connection.call
        call.connections.remove(connection)
        if not call.connections:
            del self.calls[call.id]

    def remove(self, leg: Leg) -> None:
        """One device goes off the call; its line may still be on it elsewhere."""
        self.change(leg, LocalConnectionState.NULL)
        leg.connection.legs.remove(leg)
        if isinstance(leg.endpoint, Appearance):
            legs = self._legs[leg.endpoint]
            del legs[leg.call.id]
            if not legs:
                del self._legs[leg.endpoint]

    # -- facts and time ------------------------------------------------------------------------------------

    def record(
        self,
        kind: Kind,
        call: Call,
        subject: Subject,
        cause: str,
        *,
        seen_by: SeenBy | None = None,
        new_destination: Destination | None = None,
    ) -> None:
        """A call fact, seen by every appearance on the call unless `seen_by` says otherwise."""
        if seen_by is None:
            seen_by = tuple(
                (leg.endpoint, leg.state)
                for connection in call.connections
                for leg in connection.legs
                if isinstance(leg.endpoint, Appearance)
            )
        fact = CallFact(
            kind,
            call.id,
            subject,
            call.calling,
            call.called,
            call.redirection,
            cause,
            seen_by,
            new_destination,
        )
        self._facts.append(fact)

    def note(self, fact: Fact) -> None:
        self._facts.append(fact)

    def take_facts(self) -> list[Fact]:
        """What happened since the last time, in order."""
        facts, self._facts = self._facts, []
        return facts

    def next_deadline(self) -> float | None:
        return self.timers.next_deadline()

    def tick(self, now: float) -> None:
        """Let happen what is due by now."""
        self.timers.run(now)
