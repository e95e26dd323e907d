"""One call and everybody on it: call, connections (one per party), legs (one per device that shows the
party's line).

A shared line is one party with a leg on every appearance; a leg's state is the localConnectionInfo of
that appearance. While a shared line rings every leg is alerting; once one is answered the others are
`queued`: bridged, not active. Does not know what may be done when: that is in call_control.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from csta_xml import CallId, LocalConnectionState
from ctimgr_client.simulator.phones import Appearance, Destination, Endpoint, Line, Outside

Subject = Appearance | Line | Outside  # whom a fact is about; a Line: each of its appearances alike


@dataclass(slots=True, eq=False)
class Call:
    """`calling` and `called` stay what they were when the call was made, whoever is on it now."""

    id: CallId
    calling: Endpoint
    called: Destination
    redirection: Destination | None = None  # the last line that sent the call elsewhere
    failed: bool = False  # the far end cannot be had: the caller hears a tone
    connections: "list[Connection]" = field(default_factory=list)

    def legs(self) -> "Iterator[Leg]":
        for connection in self.connections:
            yield from connection.legs

    def others(self, connection: "Connection") -> "list[Connection]":
        return [other for other in self.connections if other is not connection]

    @property
    def established(self) -> bool:
        """At least two parties, and all of them have the call: none rings, dials or hears a tone."""
        return (
            not self.failed
            and len(self.connections) > 1
            and all(connection.answered for connection in self.connections)
        )


@dataclass(slots=True, eq=False)
class Connection:
    """One party of a call: a line of the cluster or an outside number."""

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
    def subject(self) -> Subject:
        """Others see a ringing line as a whole, afterwards the appearance that has the call."""
        speaker = self.speaker
        return self.party if speaker.state is LocalConnectionState.ALERTING else speaker.endpoint


@dataclass(slots=True, eq=False)
class Leg:
    """One device's part in a call (an outside number has exactly one)."""

    endpoint: Endpoint
    connection: Connection
    state: LocalConnectionState

    @property
    def call(self) -> Call:
        return self.connection.call
