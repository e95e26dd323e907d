"""The life of the provider as the wire shows it: sessions are opened while it is in service, never else.

    NOT_OPEN --opening--> OPENING --opened--> OUT_OF_SERVICE <--events--> IN_SERVICE
       ^  ^----- failed -----'                      `---- ProvShutdownEv ----'
       `------------------------------------------------------'

The library reconnects by itself and keeps what was observed; the wire does not hide it. Out of service ends
every session, in service lets new ones in, so that whoever comes sees a new generation. Pure: decides, and
says how long to wait; opening a provider and ending sessions is done elsewhere.
"""

from enum import Enum, auto

from ctimgr_client.bridge_words import in_words
from ctimgr_client.jtapi.numbers import Ev, ProviderState

FIRST_PAUSE = 5.0
LONGEST_PAUSE = 30.0

#: Reasons of a refused login: tried again at the longest pause only, so that no account gets locked by it.
_LOGIN = frozenset({"bad_login", "no_login", "login_expired", "login_locked", "security"})
_STATES: dict[int, ProviderState] = {
    Ev.PROV_IN_SERVICE: ProviderState.IN_SERVICE,
    Ev.PROV_OUT_OF_SERVICE: ProviderState.OUT_OF_SERVICE,
    Ev.PROV_SHUTDOWN: ProviderState.SHUTDOWN,
}


class Phase(Enum):
    NOT_OPEN = auto()
    OPENING = auto()
    OUT_OF_SERVICE = auto()
    IN_SERVICE = auto()


class Change(Enum):
    """What has to be done about it."""

    NONE = auto()
    ENTERED = auto()  # sessions may come
    LEFT = auto()  # every session ends now
    SHUT = auto()  # that, and the provider has to be opened anew


class Life:
    """`phase` is what counts; `words` are the text that a session is refused or ended with."""

    def __init__(self, first_pause: float = FIRST_PAUSE) -> None:
        self.phase = Phase.NOT_OPEN
        self._why = ("opening", "")
        self._told: ProviderState | None = None  # by events, which are never behind what a getter said before
        self._first_pause = self._pause = first_pause

    @property
    def in_service(self) -> bool:
        return self.phase is Phase.IN_SERVICE

    @property
    def words(self) -> str:
        return in_words(*self._why)

    def opening(self) -> None:
        """An attempt begins. Why the one before failed stays the answer until this one has succeeded."""
        self.phase = Phase.OPENING
        self._told = None

    def opened(self, state: int) -> Change:
        """The provider is there; `state` is what its getter said."""
        if self._told is ProviderState.SHUTDOWN or state == ProviderState.SHUTDOWN:
            return self._shut()
        self.phase = Phase.OUT_OF_SERVICE
        self._why = ("opening", "the provider is open and not in service yet")
        known = self._told if self._told is not None else state
        return self._enter() if known == ProviderState.IN_SERVICE else Change.NONE

    def failed(self, reason: str, detail: str) -> float:
        """No provider; after how many seconds to try again."""
        self.phase = Phase.NOT_OPEN
        self._why = (reason, detail)
        pause, self._pause = self._pause, min(self._pause * 2, LONGEST_PAUSE)
        return LONGEST_PAUSE if reason in _LOGIN else pause

    def told(self, event: int) -> Change:
        """An event of the provider; those that say nothing of its state change nothing."""
        state = _STATES.get(event)
        if state is None or self.phase is Phase.NOT_OPEN:
            return Change.NONE
        self._told = state
        if self.phase is Phase.OPENING:
            return Change.NONE
        if state is ProviderState.SHUTDOWN:
            return self._shut()
        if state is ProviderState.IN_SERVICE:
            return self._enter()
        was, self.phase = self.phase, Phase.OUT_OF_SERVICE
        self._why = ("provider_down", "")
        return Change.LEFT if was is Phase.IN_SERVICE else Change.NONE

    def _enter(self) -> Change:
        if self.phase is Phase.IN_SERVICE:
            return Change.NONE
        self.phase = Phase.IN_SERVICE
        self._pause = self._first_pause
        return Change.ENTERED

    def _shut(self) -> Change:
        self.phase = Phase.NOT_OPEN
        self._why = ("provider_shut", "")
        return Change.SHUT
