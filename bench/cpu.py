"""What another process of this machine has spent: all of it, and by kinds of threads. Linux only."""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

#: The clock of a process is addressed by its identifier (clock_getcpuclockid), in the kernel's own form.
_SCHEDULED = 2

#: What a JVM names the threads of the tests' JTAPI library, as far as the system keeps it.
_OBSERVERS, _STANDIN = "standin-observe", "standin-"


@dataclass(frozen=True, slots=True)
class Cpu:
    """Seconds: of the process, of the first thread, of those that call observers, of the library's others."""

    all: float
    first: float
    observers: float
    library: float

    def __sub__(self, other: Cpu) -> Cpu:
        return Cpu(
            self.all - other.all,
            self.first - other.first,
            self.observers - other.observers,
            self.library - other.library,
        )

    @property
    def rest(self) -> float:
        """The JVM's own: what compiles and what collects."""
        return self.all - self.first - self.observers - self.library


def spent(pid: int) -> Cpu:
    """Since it began. Threads that have ended count in `all` only."""
    first = observers = library = 0.0
    for task in Path(f"/proc/{pid}/task").iterdir():
        with suppress(OSError):  # it has ended meanwhile
            seconds = int((task / "schedstat").read_text(encoding="ascii").split()[0]) / 1e9
            name = (task / "comm").read_text(encoding="utf-8", errors="replace")
            if int(task.name) == pid:
                first += seconds
            elif name.startswith(_OBSERVERS):
                observers += seconds
            elif name.startswith(_STANDIN):
                library += seconds
    return Cpu(time.clock_gettime(~pid << 3 | _SCHEDULED), first, observers, library)
