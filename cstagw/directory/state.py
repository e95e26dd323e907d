"""The directory as the gateway has it at this moment, and how far it can be believed.

Pure bookkeeping: `refreshing` tells it what the source gave. Times are seconds since 1970.
"""

from __future__ import annotations

from dataclasses import dataclass

from .table import Table


@dataclass(slots=True)
class Directory:
    """`kind` and `name` are the source's; `table` is None before anything was had, and for ever where the
    directory is open.

    `loaded_at` is when the source last gave what is in `table`. `error` and `cure` say what is wrong since
    then, empty while all is well; `failures` counts loads that failed.
    """

    kind: str = "open"
    name: str = "open"
    table: Table | None = None
    loaded_at: float = 0.0
    error: str = ""
    cure: str = ""
    failing_since: float = 0.0
    failures: int = 0

    @property
    def is_open(self) -> bool:
        """No users are checked: every line that a CTIManager knows is everybody's."""
        return self.kind == "open"

    @property
    def usable(self) -> bool:
        """Whether anybody can be let in by it."""
        return self.is_open or self.table is not None

    @property
    def stale(self) -> bool:
        """Whether what is served is older than what the source has, as far as is known."""
        return bool(self.error)

    def taken(self, table: Table, at: float) -> None:
        """The source gave this."""
        self.table = table
        self.loaded_at = at
        self.error = self.cure = ""
        self.failing_since = 0.0

    def served_from_disk(self, table: Table, loaded_at: float, at: float) -> None:
        """The last good copy stands in for the source, which has failed or lets everybody wait."""
        self.table = table
        self.loaded_at = loaded_at
        if not self.error:
            self.error, self.cure = f"{self.name} has not answered yet", "see whether it is overloaded"
            self.failing_since = at

    def failed(self, error: str, cure: str, at: float) -> None:
        """The source is down or wrong; what was had before is served on."""
        self.failing_since = self.failing_since or at
        self.error = error
        self.cure = cure
        self.failures += 1

    def summary(self, now: float) -> str:
        """In a line."""
        if self.is_open:
            return "open"
        if self.table is None:
            return f"not loaded: {self.error}" if self.error else "not loaded yet"
        text = f"{len(self.table)} line appearances, loaded {now - self.loaded_at:.0f} s ago"
        return f"{text}, stale: {self.error}" if self.stale else text

    def report(self, now: float) -> dict[str, object]:
        """For people and programs, as JSON."""
        return {
            "source": self.name,
            "line_appearances": len(self.table) if self.table is not None else None,
            "loaded_seconds_ago": round(now - self.loaded_at, 1) if self.loaded_at else None,
            "stale": self.stale,
            "failing_seconds": round(now - self.failing_since, 1) if self.failing_since else None,
            "error": self.error,
            "cure": self.cure,
        }
