import pytest

from ctimgr_client.jtapi.life import FIRST_PAUSE, LONGEST_PAUSE, Change, Life, Phase
from ctimgr_client.jtapi.numbers import Ev, ProviderState

IN, OUT, SHUT = Ev.PROV_IN_SERVICE, Ev.PROV_OUT_OF_SERVICE, Ev.PROV_SHUTDOWN


def opened(state: int = ProviderState.IN_SERVICE) -> Life:
    life = Life()
    life.opening()
    life.opened(state)
    return life


def test_nobody_is_let_in_before_the_provider_is_in_service() -> None:
    life = Life()
    assert (life.in_service, life.words) == (False, "cstagw-bridge/opening")
    life.opening()
    assert life.opened(ProviderState.OUT_OF_SERVICE) is Change.NONE
    assert life.words == "cstagw-bridge/opening: the provider is open and not in service yet"
    assert life.told(IN) is Change.ENTERED
    assert life.in_service


def test_a_provider_may_be_in_service_when_it_comes() -> None:
    life = Life()
    life.opening()
    assert life.opened(ProviderState.IN_SERVICE) is Change.ENTERED


@pytest.mark.parametrize(
    ("events", "state", "change"),
    [
        ([IN], ProviderState.OUT_OF_SERVICE, Change.ENTERED),
        ([IN, OUT], ProviderState.IN_SERVICE, Change.NONE),
        ([OUT, IN], ProviderState.OUT_OF_SERVICE, Change.ENTERED),
        ([SHUT], ProviderState.IN_SERVICE, Change.SHUT),
    ],
)
def test_what_events_said_meanwhile_counts_more_than_the_state_that_was_read(
    events: list[Ev], state: int, change: Change
) -> None:
    life = Life()
    life.opening()
    assert [life.told(event) for event in events] == [Change.NONE] * len(events)
    assert not life.in_service  # nothing can be asked of it yet
    assert life.opened(state) is change


def test_it_goes_and_comes_back() -> None:
    life = opened()
    assert life.told(OUT) is Change.LEFT
    assert life.words == "cstagw-bridge/provider_down"
    assert life.told(OUT) is Change.NONE
    assert life.told(IN) is Change.ENTERED
    assert life.told(IN) is Change.NONE
    assert life.in_service


def test_a_shut_one_is_gone_until_it_is_opened_anew() -> None:
    life = opened()
    assert life.told(SHUT) is Change.SHUT
    assert (life.phase, life.words) == (Phase.NOT_OPEN, "cstagw-bridge/provider_shut")
    assert life.told(IN) is Change.NONE
    life.opening()
    assert life.opened(ProviderState.IN_SERVICE) is Change.ENTERED


def test_events_that_say_nothing_of_the_state_change_nothing() -> None:
    life = opened()
    assert life.told(Ev.CISCO_TERM_CREATED) is Change.NONE
    assert life.told(4711) is Change.NONE
    assert life.in_service


def test_pauses_grow_to_their_longest_and_begin_anew_after_a_success() -> None:
    life = Life()
    pauses = [life.failed("refused", "") for _ in range(5)]
    assert pauses == [FIRST_PAUSE, 10.0, 20.0, LONGEST_PAUSE, LONGEST_PAUSE]
    life.opening()
    life.opened(ProviderState.IN_SERVICE)
    assert life.failed("refused", "") == FIRST_PAUSE


@pytest.mark.parametrize("reason", ["bad_login", "no_login", "login_expired", "login_locked", "security"])
def test_a_refused_login_is_tried_seldom(reason: str) -> None:
    assert Life().failed(reason, "") == LONGEST_PAUSE


def test_why_it_failed_is_said_until_it_succeeds() -> None:
    life = Life()
    life.failed("timed_out", "Operation timed out")
    assert life.words == "cstagw-bridge/timed_out: Operation timed out"
    life.opening()
    assert life.words == "cstagw-bridge/timed_out: Operation timed out"
