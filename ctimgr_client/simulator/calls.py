"""One call and everybody on it: call, connections (one per party), legs (one per device that shows the
party's line).

A shared line is one party with a leg on every appearance; a leg's state is the localConnectionInfo of
that appearance. While a shared line rings every leg is alerting; once one has the call the others are
`queued`: bridged, not active. A parked call has its park number as a party that is `queued`. Does not know
what may be done when: that is in call_control and its neighbours.
"""

from dataclasses import dataclass, field

from csta_xml import CallId, LocalConnectionState
from ctimgr_client.serving.timers import Timer
from ctimgr_client.simulator.phones import Appearance, Conduct, Destination, Endpoint, Line, Outside

Subject = Appearance | Line | Outside  # whom a fact is about; a Line: each of its appearances alike


@dataclass(slots=True, eq=False)
class Call:
    """`calling` and `called` stay what they were when the call was made, until a transfer says otherwise."""

    id: CallId
    number: int  # the order in which calls were made
    calling: Subject
    called: Destination
    redirection: Destination | None = None  # the last line that sent the call elsewhere
    failed: bool = False  # the far end cannot be had: the caller hears a tone
    connections: "list[Connection]" = field(default_factory=list)
    known_to: dict[Appearance, None] = field(default_factory=dict)  # every appearance that ever was on it

    @property
    def legs(self) -> "list[Leg]":
        return [leg for connection in self.connections for leg in connection.legs]

    def others(self, connection: "Connection") -> "list[Connection]":
        return [other for other in self.connections if other is not connection]

    def has(self, party: Destination) -> bool:
        return any(connection.party is party for connection in self.connections)

    @property
    def settled(self) -> bool:
        """At least two parties, and none of them rings, dials or hears a tone."""
        return (
            not self.failed
            and len(self.connections) > 1
            and all(connection.answered or connection.is_park for connection in self.connections)
        )

    @property
    def established(self) -> bool:
        """Settled, and everybody can talk to everybody."""
        return self.settled and not self.parked

    @property
    def parked(self) -> bool:
        return any(connection.is_park for connection in self.connections)

    @property
    def alive(self) -> bool:
        """Somebody has somebody to wait for, and one of them is ours: a phone, or who is to be picked up."""
        return (
            len(self.connections) > 1
            and any(connection.answered for connection in self.connections)
            and any(isinstance(each.party, Line) or each.is_park for each in self.connections)
        )


@dataclass(slots=True, eq=False)
class Connection:
    """One party of a call: a line of the cluster, an outside number or a park number."""

    call: Call
    party: Destination
    legs: "list[Leg]" = field(default_factory=list)

    @property
    def speaker(self) -> "Leg":
        """The leg that stands for the party: the one that is not bridged, or the first of those that ring."""
        return next((leg for leg in self.legs if leg.state is not LocalConnectionState.QUEUED), self.legs[0])

    @property
    def state(self) -> LocalConnectionState:
        return self.speaker.state

    @property
    def answered(self) -> bool:
        return self.state in (LocalConnectionState.CONNECTED, LocalConnectionState.HOLD)

    @property
    def is_park(self) -> bool:
        return isinstance(self.party, Outside) and self.party.conduct is Conduct.PARKS

    @property
    def subject(self) -> Subject:
        """Others see a ringing line as a whole, afterwards the appearance that has the call."""
        speaker = self.speaker
        return self.party if speaker.state is LocalConnectionState.ALERTING else speaker.endpoint


@dataclass(slots=True, eq=False)
class Leg:
    """One device's part in a call (a number outside has exactly one)."""

    endpoint: Endpoint
    connection: Connection
    state: LocalConnectionState
    deadline: Timer | None = None  # what happens to it if nothing else does before
    digits: str = ""  # the last ones it sent

    @property
    def call(self) -> Call:
        return self.connection.call
