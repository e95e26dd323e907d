"""How many connections listeners have taken, in all and from each address: who may still come.

Pure: counts, and knows nothing of sockets.
"""

from __future__ import annotations


class Census:
    """Bounded by `total` and by `per_address`; `counted` are those that came in and have not left."""

    def __init__(self, total: int, per_address: int) -> None:
        self._total = total
        self._per_address = per_address
        self._of_address: dict[str, int] = {}
        self.counted = 0

    def enter(self, host: str) -> bool:
        """Count one in from this address, or say that there is no room."""
        here = self._of_address.get(host, 0)
        if self.counted >= self._total or here >= self._per_address:
            return False
        self.counted += 1
        self._of_address[host] = here + 1
        return True

    def leave(self, host: str) -> None:
        """One that was counted in from this address has gone."""
        self.counted -= 1
        self._of_address[host] -= 1
        if not self._of_address[host]:
            del self._of_address[host]

    @property
    def addresses(self) -> int:
        """How many addresses there are connections from."""
        return len(self._of_address)
