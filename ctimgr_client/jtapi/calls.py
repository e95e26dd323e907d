"""What the bridge knows of a call: its parties' connections, and the legs of those devices that it sees.

Legs are seen on lines that have our observers, at every device of the line; of any other party only the
connection is known. States only; what has to be told about them is in `tracker`.
"""

from dataclasses import dataclass, field
from enum import Enum, auto

from csta_xml import CallId, LocalConnectionState
from ctimgr_client.jtapi.keys import Appearance, LineKey
from ctimgr_client.serving.facts import MergeFact
from ctimgr_client.serving.parties import Party

State = LocalConnectionState


class Phase(Enum):
    """How far a connection has come; those of a caller and of whoever is called differ until established."""

    CREATED = auto()
    INITIATED = auto()
    OFFERED = auto()
    ALERTING = auto()
    NETWORK = auto()
    ESTABLISHED = auto()
    QUEUED = auto()
    FAILED = auto()


_WITHOUT_LEGS = {
    Phase.CREATED: State.NULL,
    Phase.INITIATED: State.INITIATED,
    Phase.OFFERED: State.NULL,
    Phase.ALERTING: State.ALERTING,
    Phase.NETWORK: State.CONNECTED,
    Phase.ESTABLISHED: State.CONNECTED,
    Phase.QUEUED: State.QUEUED,
    Phase.FAILED: State.FAIL,
}
_BEFORE_ORIGINATED = {State.CONNECTED: State.INITIATED, State.QUEUED: State.NULL}


@dataclass(slots=True, eq=False)
class Connection:
    """One party of a call. A leg's state is CONNECTED also while its user still dials: see `local`."""

    line: LineKey
    phase: Phase = Phase.CREATED
    legs: dict[Appearance, State] = field(default_factory=dict)

    @property
    def speaker(self) -> Appearance | None:
        """The device that stands for the party; None where it is not seen, or one of several rings."""
        active = [leg for leg, state in self.legs.items() if state in (State.CONNECTED, State.HOLD)]
        if active:
            return active[0]
        return next(iter(self.legs)) if len(self.legs) == 1 else None

    @property
    def subject(self) -> Party:
        """Others see a ringing line as a whole, afterwards the appearance that has the call."""
        if self.phase in (Phase.INITIATED, Phase.ESTABLISHED) and self.speaker is not None:
            return self.speaker
        return self.line

    @property
    def state(self) -> State:
        if self.phase in (Phase.ESTABLISHED, Phase.ALERTING) and self.legs:
            speaker = self.speaker or next(iter(self.legs))
            return self.local(speaker)
        return _WITHOUT_LEGS[self.phase]

    @property
    def is_held(self) -> bool:
        return State.HOLD in self.legs.values() and State.CONNECTED not in self.legs.values()

    def local(self, leg: Appearance) -> State:
        """The localConnectionInfo of one of its legs. Who only looks on while another device dials, is on no
        call yet."""
        state = self.legs.get(leg, State.NULL)
        if self.phase in (Phase.CREATED, Phase.INITIATED):
            return _BEFORE_ORIGINATED.get(state, state)
        return state

    def copy(self) -> "Connection":
        return Connection(self.line, self.phase, dict(self.legs))


#: The calls that a party is on.
Index = dict[LineKey, dict["Call", None]]


@dataclass(slots=True, eq=False)
class Call:
    """`number` is the order in which calls were first seen. `audience` are appearances that have left a call
    which is about to end, and hear of that. Connections are changed by the methods: `index` has them too."""

    id: CallId
    number: int
    index: Index = field(default_factory=dict)
    known_as: CallId | None = None  # its number at the library, where that is another one by now
    calling: LineKey | None = None
    called: LineKey | None = None
    redirecting: LineKey | None = None
    digits: str = ""
    consultation: bool = False
    connections: dict[LineKey, Connection] = field(default_factory=dict)
    audience: dict[Appearance, None] = field(default_factory=dict)
    merge: MergeFact | None = None
    merging: bool = False  # a transfer or conference is under way
    ending: bool = False  # all of it is being ended: whoever leaves it stays to hear that
    over: bool = False  # it has ended, while it was part of a transfer or conference
    merged: bool = False  # it went into another call: what is still said of it is told to nobody

    def connection(self, line: LineKey) -> Connection:
        """The party's connection, made where it is not there yet."""
        found = self.connections.get(line)
        if found is None:
            found = Connection(line)
            self.put(found)
        return found

    def put(self, connection: Connection) -> None:
        """In the place of what was there of the party."""
        self.connections[connection.line] = connection
        self.index.setdefault(connection.line, {})[self] = None

    def take_out(self, line: LineKey) -> None:
        if self.connections.pop(line, None) is not None:
            calls = self.index[line]
            del calls[self]
            if not calls:
                del self.index[line]

    def at(self, where: Appearance) -> Connection | None:
        """The connection that the appearance has a leg of."""
        connection = self.connections.get(where.line)
        return connection if connection is not None and where in connection.legs else None

    def local(self, where: Appearance) -> State:
        connection = self.at(where)
        return State.NULL if connection is None else connection.local(where)

    def others(self, connection: Connection) -> list[Connection]:
        return [other for other in self.connections.values() if other is not connection]

    @property
    def failed(self) -> bool:
        return any(connection.phase is Phase.FAILED for connection in self.connections.values())

    def party(self, line: LineKey | None) -> Party:
        """A number as the party that it is on this call."""
        if line is None:
            return UNKNOWN
        connection = self.connections.get(line)
        return line if connection is None else connection.subject

    @property
    def called_number(self) -> LineKey:
        return self.called or (LineKey(self.digits) if self.digits else UNKNOWN)


#: Nobody knows who: the wire has no word for it, an empty number says the least.
UNKNOWN = LineKey("unknown")
