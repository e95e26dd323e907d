"""Opening the provider, in a thread of its own: the JVM once per process, then attempt after attempt.

Shell. What is opened, and how, is given; what an attempt's failure means for the wire is in `life`.
"""

import asyncio
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from ctimgr_client.jtapi.opening_reasons import OpeningFailed
from ctimgr_client.jtapi.settings import BridgeSettings
from ctimgr_client.jtapi.telephony import Enqueue, Telephony

Complain: TypeAlias = Callable[[str], None]  # may be called on any thread
OpenProvider: TypeAlias = Callable[[BridgeSettings, Enqueue, Complain], Telephony]


class Machine(Protocol):
    """A JVM that runs, with the library in it."""

    def describe(self) -> str:
        """A line for the log: release, kind, what is missing."""
        ...


StartMachine: TypeAlias = Callable[[BridgeSettings], Machine]


@dataclass(frozen=True, slots=True)
class Opened:
    """A provider, and the state it was in."""

    telephony: Telephony
    state: int


class Opener:
    """One attempt at a time; each must have an end within `patience` seconds, else `hung` is called."""

    def __init__(
        self,
        settings: BridgeSettings,
        start_machine: StartMachine,
        open_provider: OpenProvider,
        *,
        started: Callable[[str], None],
        complain: Complain,
        hung: Callable[[], None],
        patience: float,
    ) -> None:
        self._settings = settings
        self._start_machine = start_machine
        self._open_provider = open_provider
        self._started = started
        self._complain = complain
        self._hung = hung
        self._patience = patience
        self._machine: Machine | None = None
        self._loop = asyncio.get_running_loop()

    def open(self, enqueue: Enqueue, tell: Callable[[Opened | OpeningFailed], None]) -> None:
        """Begin an attempt; `tell` is called on the loop when it has come to an end."""
        overdue = self._loop.call_later(self._patience, self._hung)

        def ended(outcome: Opened | OpeningFailed) -> None:
            overdue.cancel()
            tell(outcome)

        def work() -> None:
            outcome = self._attempt(enqueue)
            try:
                self._loop.call_soon_threadsafe(ended, outcome)
            except RuntimeError:
                return  # the loop is closed, nobody is left to be told

        threading.Thread(target=work, name="jtapi opening", daemon=True).start()

    def _attempt(self, enqueue: Enqueue) -> Opened | OpeningFailed:
        try:
            if self._machine is None:
                self._machine = self._start_machine(self._settings)
                self._started(self._machine.describe())
            telephony = self._open_provider(self._settings, enqueue, self._complain)
            return Opened(telephony, telephony.state())
        except OpeningFailed as failure:
            return failure
        except Exception as error:  # noqa: BLE001 - its text may have the provider string in it
            return OpeningFailed("other", type(error).__name__)
