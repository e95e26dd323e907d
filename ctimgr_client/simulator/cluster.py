"""The state of the simulated cluster and the few steps every operation is made of.

Holds the fleet, the calls, who is on them, the deadlines and the facts not yet shown to anybody. An
operation (dial, answer, ...) is a function in call_control, nodes, ... that checks first, then takes
these steps and records facts; so one more service is one more function there. Time comes in as `now`.
Does not know monitors, sessions or CTIManagers.
"""

from collections.abc import Iterable

from csta_xml import CallId, ConnectionId, LocalConnectionState
from ctimgr_client.serving.facts import CallFact, Fact, Kind, SeenBy
from ctimgr_client.serving.refused import (
    InvalidCallId,
    InvalidConnectionId,
    InvalidDestination,
    InvalidDeviceId,
    Refused,
    ResourceLimitExceeded,
)
from ctimgr_client.serving.timers import Action, Timers
from ctimgr_client.simulator.calls import Call, Connection, Leg, Subject
from ctimgr_client.simulator.fleet import Fleet
from ctimgr_client.simulator.phones import Appearance, Destination, Device, Endpoint

MAX_CALLS = 100_000
MAX_CALLS_PER_LINE = 100  # a snapshot of them fits one frame of the wire
_FIRST_CALL = 0x4A11


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
        self._legs: dict[Endpoint, dict[CallId, Leg]] = {}
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

    def leg_at(self, appearance: Endpoint, call_id: CallId) -> Leg | None:
        legs = self._legs.get(appearance)
        return legs.get(call_id) if legs is not None else None

    def legs_at(self, appearance: Endpoint) -> tuple[Leg, ...]:
        """The calls of an appearance (or of a number outside), oldest first."""
        return tuple(self._legs.get(appearance, {}).values())

    def active(self, device: Device) -> Leg | None:
        """The one leg whose microphone and loudspeaker are the device's."""
        return self._active.get(device)

    # -- steps of operations -------------------------------------------------------------------------------

    def open_call(self, calling: Appearance, called: Destination) -> Call:
        if len(self.calls) >= self.max_calls:
            raise ResourceLimitExceeded("too many calls")
        self.require_room(calling)
        call = Call(CallId(f"1_{self._next_call:x}"), self._next_call, calling, called)
        self._next_call += 1
        self.calls[call.id] = call
        return call

    def is_full(self, appearance: Appearance) -> bool:
        return len(self._legs.get(appearance, ())) >= self.max_calls_per_line

    def require_room(self, appearance: Appearance) -> None:
        if self.is_full(appearance):
            raise ResourceLimitExceeded("too many calls at the line")

    def join(
        self, call: Call, party: Destination, endpoints: Iterable[Endpoint], state: LocalConnectionState
    ) -> Connection:
        """A party comes onto the call, with a leg for each endpoint."""
        connection = Connection(call, party)
        for endpoint in endpoints:
            self.add(connection, endpoint, state)
        call.connections.append(connection)
        return connection

    def add(self, connection: Connection, endpoint: Endpoint, state: LocalConnectionState) -> Leg:
        """One more device shows the call of its line."""
        leg = Leg(endpoint, connection, state)
        connection.legs.append(leg)
        self._index(leg)
        self.change(leg, state)
        return leg

    def change(self, leg: Leg, state: LocalConnectionState) -> None:
        leg.state = state
        if not isinstance(leg.endpoint, Appearance):
            return
        device = leg.endpoint.device
        if state is LocalConnectionState.CONNECTED:
            self._active[device] = leg
        elif self._active.get(device) is leg:
            del self._active[device]

    def leave(self, connection: Connection) -> None:
        """A party goes off the call; a call nobody is on is no call."""
        for leg in tuple(connection.legs):
            self.remove(leg)
        self._disconnect(connection)

    def remove(self, leg: Leg) -> None:
        """One device goes off the call; its line may still be on it elsewhere."""
        self.expect_nothing(leg)
        self.change(leg, LocalConnectionState.NULL)
        leg.connection.legs.remove(leg)
        self._forget(leg)

    def move(self, connection: Connection, call: Call) -> None:
        """A party goes over to another call as it is."""
        for leg in connection.legs:
            self._forget(leg)
        self._disconnect(connection)
        connection.call = call
        call.connections.append(connection)
        for leg in connection.legs:
            self._index(leg)

    def expect(self, leg: Leg, when: float, action: Action) -> None:
        """Let something happen to it unless it is gone by then."""
        self.expect_nothing(leg)
        leg.deadline = self.timers.at(when, action)

    def expect_nothing(self, leg: Leg) -> None:
        if leg.deadline is not None:
            leg.deadline.cancel()
            leg.deadline = None

    def _index(self, leg: Leg) -> None:
        self._legs.setdefault(leg.endpoint, {})[leg.call.id] = leg
        if isinstance(leg.endpoint, Appearance):
            leg.call.known_to[leg.endpoint] = None

    def _forget(self, leg: Leg) -> None:
        legs = self._legs[leg.endpoint]
        del legs[leg.call.id]
        if not legs:
            del self._legs[leg.endpoint]

    def _disconnect(self, connection: Connection) -> None:
        call = connection.call
        call.connections.remove(connection)
        if not call.connections:
            del self.calls[call.id]

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
            seen_by = self.views(call, self.witnesses(call))
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

    def witnesses(self, *of: Call | Connection) -> tuple[Appearance, ...]:
        """The appearances on these calls, or of these parties of calls, each once."""
        legs = (leg.endpoint for each in of for leg in each.legs)
        return tuple(dict.fromkeys(endpoint for endpoint in legs if isinstance(endpoint, Appearance)))

    def views(self, call: Call, witnesses: Iterable[Appearance]) -> SeenBy:
        """How the call looks to each of them now."""
        legs = ((appearance, self.leg_at(appearance, call.id)) for appearance in witnesses)
        return tuple(
            (appearance, LocalConnectionState.NULL if leg is None else leg.state) for appearance, leg in legs
        )

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
