"""Alive, started, ready: what probes and SIP OPTIONS are answered with.

Facts and the time come in, verdicts go out. Ready only after a stable while, unready at once: a balancer must
not be sent to and fro. Being alive never depends on CTIManagers, or their loss would restart every node.
"""

from dataclasses import dataclass

ALIVE_LAG = 5.0
READY_LAG = 1.0
STABLE = 2.0


@dataclass(frozen=True, slots=True)
class Facts:
    """What is so at one moment. The defaults are those of a process that has just begun."""

    config_loaded: bool = False
    listeners_bound: bool = False
    cti_attempted: bool = False
    cti_in_service: int = 0
    directory_loaded: bool = False
    directory: str = "not loaded"
    draining: bool = False
    loop_lag: float = 0.0


@dataclass(frozen=True, slots=True)
class Check:
    """One condition, with the figure behind it for people."""

    name: str
    passed: bool
    text: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """Draining is told apart: balancers keep the dialogs of a node that drains, and cut a node that fails."""

    ready: bool
    draining: bool
    checks: tuple[Check, ...]


class Readiness:
    """The memory of readiness: since when everything has been good."""

    def __init__(self, stable: float = STABLE) -> None:
        self._stable = stable
        self._good_since: float | None = None

    def observe(self, facts: Facts, now: float) -> Verdict:
        """The verdict now. To be called by every probe and by a timer, or a short failure passes unseen."""
        checks = conditions(facts)
        if not all(check.passed for check in checks):
            self._good_since = None
        elif self._good_since is None:
            self._good_since = now
        stable = self._stability(now)
        return Verdict(stable.passed, facts.draining, (*checks, stable))

    def _stability(self, now: float) -> Check:
        good_for = 0.0 if self._good_since is None else now - self._good_since
        passed = self._good_since is not None and good_for >= self._stable
        return Check("stable", passed, f"all good for {good_for:.1f} s of {self._stable:.1f} s")


def conditions(facts: Facts) -> tuple[Check, ...]:
    """All that must hold for new sessions to be served."""
    return (
        Check("config", facts.config_loaded, "loaded" if facts.config_loaded else "not loaded"),
        Check("listeners", facts.listeners_bound, "bound" if facts.listeners_bound else "not bound"),
        Check("ctimanagers", facts.cti_in_service > 0, f"{facts.cti_in_service} in service"),
        Check("directory", facts.directory_loaded, facts.directory),
        Check("draining", not facts.draining, "yes" if facts.draining else "no"),
        Check("loop_lag", facts.loop_lag < READY_LAG, f"{facts.loop_lag:.3f} s"),
    )


def alive(facts: Facts) -> bool:
    """The event loop turns."""
    return facts.loop_lag < ALIVE_LAG


def started(facts: Facts) -> bool:
    """The first attempt at the CTIManagers has been made, whether it succeeded is a matter of readiness; and
    there is a directory."""
    return facts.config_loaded and facts.cti_attempted and facts.directory_loaded
