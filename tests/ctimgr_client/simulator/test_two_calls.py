import pytest

from ctimgr_client.serving.refused import (
    DeviceOutOfService,
    InvalidConnectionId,
    InvalidConnectionState,
    InvalidDestination,
    InvalidParameterValue,
)
from ctimgr_client.simulator import conference, nodes, transfer, two_calls
from ctimgr_client.simulator.calls import Leg
from tests.ctimgr_client.simulator.scene import HARD, SOFT, Scene


def pair(scene: Scene) -> tuple[Leg, Leg]:
    """1001 has a call with 1002 on hold and talks with 1003."""
    held = scene.talk("1001", "1002")
    return held, scene.talk("1001", "1003")


# -- consult --


def test_a_consultation_holds_and_dials_and_everybody_sees_their_part() -> None:
    scene = Scene()
    call = scene.talk("1001", "1002")
    consultation = scene.consult("1001", call, "1003")
    assert scene.happened() == [
        "held 1001 consultation | 1001=hold 1002=connected",
        "serviceInitiated 1001 consultation | 1001=initiated",
        "originated 1001 consultation | 1001=connected",
        "delivered 1003 newCall | 1001=connected 1003=alerting",
    ]
    scene.answer("1003", consultation)
    assert scene.happened() == ["established 1003 normal | 1001=connected 1003=connected"]
    assert scene.states("1001", "1002", "1003") == [["hold", "connected"], ["connected"], ["connected"]]


def test_who_was_called_can_consult_too() -> None:
    scene = Scene()
    call = scene.talk("1001", "1002")
    scene.consult("1002", call, "1901")
    assert scene.happened()[0] == "held 1002 consultation | 1001=connected 1002=hold"


@pytest.mark.parametrize("number", ["1999", "tel:1001"])
def test_a_number_that_cannot_be_dialled_leaves_the_first_call_alone(number: str) -> None:
    scene = Scene()
    call = scene.talk("1001", "1002")
    with pytest.raises(InvalidDestination):
        scene.consult("1001", call, number)
    assert scene.happened() == []
    assert scene.states("1001") == [["connected"]]


def test_a_consultation_may_fail_like_any_call() -> None:
    scene = Scene()
    call = scene.talk("1001", "1002")
    scene.consult("1001", call, "1903")
    assert scene.happened()[-1] == "failed 1903 busy | 1001=connected"
    assert scene.states("1001") == [["hold", "connected"]]


def test_only_a_call_that_everybody_answered_can_be_consulted_about() -> None:
    scene = Scene()
    ringing = scene.dial("1001", "1002")
    scene.happened()
    for number in ("1001", "1002"):
        with pytest.raises(InvalidConnectionState):
            scene.consult(number, ringing, "1003")
    scene.answer("1002", ringing)
    scene.hold("1001", ringing)
    scene.happened()
    with pytest.raises(InvalidConnectionState):
        scene.consult("1001", ringing, "1003")
    assert scene.happened() == []


def test_an_unregistered_phone_does_not_consult() -> None:
    scene = Scene()
    call = scene.talk("1001", "1002")
    nodes.fail(scene.cluster, scene.node("cucm1"), scene.now)
    scene.happened()
    with pytest.raises(DeviceOutOfService):
        scene.consult("1001", call, "1004")
    assert scene.happened() == []


# -- alternate --


def test_alternating_swaps_the_calls_and_both_far_ends_see_it() -> None:
    scene = Scene()
    held, active = pair(scene)
    scene.alternate("1001", held, active)
    assert scene.happened() == [
        "held 1001 alternate | 1001=hold 1003=connected",
        "retrieved 1001 alternate | 1001=connected 1002=connected",
    ]
    scene.alternate("1001", active, held)
    assert scene.states("1001") == [["hold", "connected"]]


def test_alternating_answers_a_call_that_waits() -> None:
    scene = Scene()
    active = scene.talk("1001", "1002")
    waiting = scene.dial("1003", "1001")
    scene.happened()
    scene.alternate("1001", waiting, active)
    assert scene.happened() == [
        "held 1001 alternate | 1001=hold 1002=connected",
        "established 1001 normal | 1003=connected 1001=connected",
    ]


def test_calls_that_are_no_pair_are_not_alternated() -> None:
    scene = Scene()
    held, active = pair(scene)
    for wrong in ((active, held), (held, held), (active, active)):
        with pytest.raises(InvalidConnectionState):
            scene.alternate("1001", *wrong)
    assert scene.happened() == []
    assert scene.states("1001") == [["hold", "connected"]]


def test_a_tone_cannot_be_held_to_alternate() -> None:
    scene = Scene()
    held = scene.talk("1001", "1002")
    tone = scene.dial("1001", "1903")
    scene.happened()
    with pytest.raises(InvalidConnectionState):
        scene.alternate("1001", held, tone)
    assert scene.happened() == []


def test_calls_of_two_lines_are_no_pair() -> None:
    scene = Scene()
    held = scene.leg("1300", scene.talk("1300", "1002"))
    active = scene.leg("1301", scene.talk("1301", "1003"))
    for operation in (two_calls.alternate, transfer.transfer, conference.conference):
        with pytest.raises(InvalidConnectionId):
            operation(scene.cluster, held, active)
    assert scene.happened() == []


# -- reconnect --


def test_reconnecting_clears_the_one_and_goes_back_to_the_other() -> None:
    scene = Scene()
    held, active = pair(scene)
    scene.reconnect("1001", active, held)
    assert scene.happened() == [
        "connectionCleared 1001 normalClearing | 1001=null 1003=connected",
        "connectionCleared 1003 normalClearing | 1001=null 1003=null",
        "retrieved 1001 normal | 1001=connected 1002=connected",
    ]
    assert list(scene.cluster.calls) == [held.call.id]


def test_a_consultation_that_still_rings_is_given_up() -> None:
    scene = Scene()
    held = scene.talk("1001", "1002")
    ringing = scene.consult("1001", held, "1003")
    scene.happened()
    scene.reconnect("1001", ringing, held)
    assert scene.happened() == [
        "connectionCleared 1001 normalClearing | 1001=null 1003=alerting",
        "connectionCleared 1003 callCancelled | 1001=null 1003=null",
        "retrieved 1001 normal | 1001=connected 1002=connected",
    ]


def test_a_tone_is_left_for_the_held_call() -> None:
    scene = Scene()
    held = scene.talk("1001", "1002")
    tone = scene.consult("1001", held, "1905")
    scene.happened()
    scene.reconnect("1001", tone, held)
    assert scene.happened() == [
        "connectionCleared 1001 normalClearing | 1001=null",
        "retrieved 1001 normal | 1001=connected 1002=connected",
    ]


def test_without_a_held_call_nothing_is_cleared() -> None:
    scene = Scene()
    held, active = pair(scene)
    for wrong in ((held, active), (active, active), (held, held)):
        with pytest.raises(InvalidConnectionState):
            scene.reconnect("1001", *wrong)
    assert scene.happened() == []
    assert len(scene.cluster.calls) == 2


def test_the_other_appearance_of_a_shared_line_is_no_pair_with_this_one() -> None:
    scene = Scene()
    held = scene.dial(HARD, "1901")
    scene.hold(HARD, held)
    active = scene.dial(SOFT, "1902")
    scene.happened()
    with pytest.raises(InvalidConnectionId):
        two_calls.alternate(scene.cluster, held, active)
    assert scene.happened() == []


# -- digits --


def test_digits_are_kept_with_who_sent_them_and_nobody_is_told() -> None:
    scene = Scene()
    call = scene.talk("1001", "1901")
    scene.dtmf("1001", call, "12a,#")
    scene.dtmf("1001", call, "*")
    assert scene.happened() == []
    assert call.digits == "12A#*"


def test_only_the_last_digits_are_kept() -> None:
    scene = Scene()
    call = scene.talk("1001", "1901")
    scene.dtmf("1001", call, "1" * 64)
    scene.dtmf("1001", call, "23")
    assert call.digits == "1" * 62 + "23"


@pytest.mark.parametrize("digits", ["", "12x", "1" * 65, "1 2", "e"])
def test_what_no_key_sends_is_refused(digits: str) -> None:
    scene = Scene()
    call = scene.talk("1001", "1901")
    with pytest.raises(InvalidParameterValue):
        scene.dtmf("1001", call, digits)
    assert call.digits == ""


@pytest.mark.parametrize("number", ["1904", "1903"])
def test_nobody_hears_digits_before_the_call_is_answered(number: str) -> None:
    scene = Scene()
    call = scene.dial("1001", number)
    with pytest.raises(InvalidConnectionState):
        scene.dtmf("1001", call, "1")


def test_a_held_call_gets_no_digits() -> None:
    scene = Scene()
    call = scene.talk("1001", "1901")
    scene.hold("1001", call)
    with pytest.raises(InvalidConnectionState):
        scene.dtmf("1001", call, "1")


# -- clear --


def test_who_clears_a_call_goes_first_and_everybody_with_them() -> None:
    scene = Scene()
    held = scene.talk("1001", "1002")
    scene.conference("1001", held, scene.talk("1001", "1003"))
    scene.happened()
    scene.clear("1002", held)
    assert scene.happened() == [
        "connectionCleared 1002 normalClearing | 1001=connected 1002=null 1003=connected",
        "connectionCleared 1001 normalClearing | 1001=null 1002=null 1003=connected",
        "connectionCleared 1003 normalClearing | 1001=null 1002=null 1003=null",
    ]
    assert scene.cluster.calls == {}


def test_a_ringing_party_of_a_cleared_call_is_cancelled() -> None:
    scene = Scene()
    call = scene.dial("1001", "1002")
    scene.happened()
    scene.clear("1001", call)
    assert scene.happened() == [
        "connectionCleared 1001 normalClearing | 1001=null 1002=alerting",
        "connectionCleared 1002 callCancelled | 1001=null 1002=null",
    ]
