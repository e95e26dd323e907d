"""Up to eight CTIManagers in configured order: which link a new session is bound to, and which links are
alive.

Round robin over those in service; the configured order is the order of the first round and has no other
effect. Where loads are told, the one with the least, and round robin among equals. A CTIManager in partial
service is taken only when none is fully in service, because its other lines work. A session stays where it
is: one that came back gets new sessions only. Each time a link comes up it is a new generation. Knows states,
not connections.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ctimgr_client.address import LinkId
from ctimgr_client.status import LinkState

MAX_CTI_MANAGERS = 8

Load = Callable[[LinkId], int]
Unfit = Callable[[LinkId], bool]


@dataclass(slots=True)
class Slot:
    """One configured CTIManager."""

    name: str
    since: float
    state: LinkState = LinkState.OUT_OF_SERVICE
    generation: int = 0

    @property
    def link(self) -> LinkId:
        return LinkId(self.name, self.generation)


class Pool:
    """The table of slots. An unknown name is the caller's mistake (KeyError); an old link changes nothing."""

    def __init__(self, names: Sequence[str], now: float, load: Load = lambda link: 0) -> None:
        _check(names)
        self._slots = [Slot(name, now) for name in names]
        self._by_name = {slot.name: slot for slot in self._slots}
        self._load = load
        self._past = 0
        self._turn = 0

    def __repr__(self) -> str:
        return f"<Pool {', '.join(f'{s.name}#{s.generation} {s.state}' for s in self._slots)}>"

    def __getitem__(self, name: str) -> Slot:
        return self._by_name[name]

    def up(self, name: str, state: LinkState, now: float) -> LinkId:
        """The link of this CTIManager was established: a new generation."""
        slot = self._by_name[name]
        slot.generation += 1
        slot.state, slot.since = state, now
        return slot.link

    def change(self, link: LinkId, state: LinkState, now: float) -> None:
        """An established link moved between full and partial service, or is gone (OUT_OF_SERVICE)."""
        slot = self._by_name[link.name]
        if slot.generation == link.generation and slot.state is not state:
            slot.state, slot.since = state, now

    def in_service(self) -> int:
        """How many links a new session could be bound to."""
        return sum(slot.state is not LinkState.OUT_OF_SERVICE for slot in self._slots)

    def choose(self, unfit: Unfit = lambda link: False) -> LinkId | None:
        """The link for the next session, or None when no CTIManager is in service that is fit for it."""
        return self._next(LinkState.IN_SERVICE, unfit) or self._next(LinkState.PARTIAL_SERVICE, unfit)

    def add(self, name: str, now: float) -> Slot:
        """A further CTIManager, the last in order. Raises ValueError as the constructor does."""
        _check([*self._by_name, name])
        # One of this name may have been there before: its generations do not come again.
        slot = self._by_name[name] = Slot(name, now, generation=self._past)
        self._slots.append(slot)
        return slot

    def remove(self, name: str) -> None:
        """A CTIManager is not configured any more; its link is down already. Raises ValueError for the last
        one."""
        _check([other for other in self._by_name if other != name])
        place = self._slots.index(self._by_name.pop(name))
        self._past = max(self._past, self._slots.pop(place).generation)
        if place < self._turn:
            self._turn -= 1
        self._turn %= len(self._slots)

    def _next(self, state: LinkState, unfit: Unfit) -> LinkId | None:
        in_turn = self._slots[self._turn :] + self._slots[: self._turn]
        fit = [slot.link for slot in in_turn if slot.state is state and not unfit(slot.link)]
        if not fit:
            return None
        link = min(fit, key=self._load)
        self._turn = (self._slots.index(self._by_name[link.name]) + 1) % len(self._slots)
        return link


def _check(names: Sequence[str]) -> None:
    if not 1 <= len(names) <= MAX_CTI_MANAGERS:
        raise ValueError(f"{len(names)} CTIManagers are configured, 1 to {MAX_CTI_MANAGERS} are possible")
    if len(set(names)) < len(names):
        raise ValueError("two CTIManagers have the same name")
