"""From the CTIManagers that are connected to those that are wanted, one step at a time.

Never none at all, never more than there can be. Each step is decided anew, so what is wanted may change
meanwhile. Knows no event loop; closing a link takes a moment and is waited for.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from ctimgr_client import MAX_CTI_MANAGERS, CtiManagerAddress, CtiManagerStatus

Addresses = Sequence[CtiManagerAddress]


@dataclass(frozen=True, slots=True)
class Add:
    """Dial this one."""

    address: CtiManagerAddress


@dataclass(frozen=True, slots=True)
class Remove:
    """Close the link to this one."""

    name: str


class ChangingLinks(Protocol):
    """The links to all CTIManagers."""

    def status(self) -> list[CtiManagerStatus]:
        """One entry per CTIManager."""

    def add(self, address: CtiManagerAddress) -> None:
        """A further CTIManager, dialled at once."""

    async def others_in_service(self, name: str) -> None:
        """Wait a while until another one can take new sessions."""

    async def remove(self, name: str) -> None:
        """Close the link of a CTIManager in good order and dial it no more."""


def next_step(present: Addresses, wanted: Addresses) -> Add | Remove | None:
    """None where all is as wanted, or where the only one would have to go to come back under its name."""
    names = {address.name for address in present}
    missing = [address for address in wanted if address.name not in names]
    if missing and len(present) < MAX_CTI_MANAGERS:
        return Add(missing[0])
    superfluous = [address.name for address in present if address not in wanted]
    if not superfluous or len(present) == 1:
        return None
    # Those first that come back under their name: the others keep the node in service meanwhile.
    returning = {address.name for address in wanted}
    return Remove(min(superfluous, key=lambda name: name not in returning))


async def reconcile(links: ChangingLinks, wanted: Callable[[], Addresses]) -> None:
    """Until all is as wanted."""
    while step := next_step([one.address for one in links.status()], wanted()):
        if isinstance(step, Add):
            links.add(step.address)
        else:
            await links.others_in_service(step.name)
            await links.remove(step.name)
