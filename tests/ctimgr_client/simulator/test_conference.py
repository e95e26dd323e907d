import pytest

from ctimgr_client.serving.refused import (
    ConferenceMemberLimitExceeded,
    InvalidConnectionState,
    Refused,
)
from ctimgr_client.simulator.calls import Leg
from tests.ctimgr_client.simulator.scene import HARD, SOFT, Scene


def pair(scene: Scene) -> tuple[Leg, Leg]:
    """1001 has a call with 1002 on hold and talks with 1003."""
    held = scene.talk("1001", "1002")
    return held, scene.talk("1001", "1003")


def three(scene: Scene) -> Leg:
    held, active = pair(scene)
    scene.conference("1001", held, active)
    scene.happened()
    return held


def test_everybody_is_on_the_held_call_and_sees_it() -> None:
    scene = Scene()
    held, active = pair(scene)
    scene.conference("1001", held, active)
    assert scene.everything() == [
        "conferenced 1_4a11+1_4a12 1001, 1003 conference (1001<1_4a11 1002<1_4a11 1003<1_4a12)"
        " | 1001=connected 1002=connected 1003=connected",
        "callCleared 1_4a12 conference | 1001 1003",
    ]
    assert scene.cluster.active(scene.device("1001")) is held
    assert scene.states("1001", "1002", "1003") == [["connected"], ["connected"], ["connected"]]


def test_hold_and_resume_in_a_conference_are_seen_by_all() -> None:
    scene = Scene()
    call = three(scene)
    scene.hold("1002", call)
    scene.resume("1002", call)
    assert scene.happened() == [
        "held 1002 normal | 1001=connected 1002=hold 1003=connected",
        "retrieved 1002 normal | 1001=connected 1002=connected 1003=connected",
    ]


@pytest.mark.parametrize("first", ["1001", "1002", "1003"])
def test_who_leaves_leaves_alone_until_one_is_left(first: str) -> None:
    scene = Scene()
    call = three(scene)
    others = [number for number in ("1001", "1002", "1003") if number != first]
    scene.hangup(first, call)
    (fact,) = scene.happened()
    assert fact.startswith(f"connectionCleared {first} normalClearing | ")
    assert scene.states(first, *others) == [[], ["connected"], ["connected"]]
    scene.hangup(others[1], call)
    assert scene.happened() == [
        f"connectionCleared {others[1]} normalClearing | {others[0]}=connected {others[1]}=null",
        f"connectionCleared {others[0]} normalClearing | {others[0]}=null {others[1]}=null",
    ]


def test_numbers_outside_are_no_conference_of_their_own() -> None:
    scene = Scene()
    held = scene.talk("1001", "1901")
    scene.invite("1001", held, "1902")
    scene.wait(1.0)
    scene.happened()
    scene.hangup("1001", held)
    assert scene.happened() == [
        "connectionCleared 1001 normalClearing | 1001=null",
        "connectionCleared 1901 normalClearing | 1001=null",
        "connectionCleared 1902 normalClearing | 1001=null",
    ]


def test_a_bridged_appearance_sees_its_line_in_the_conference() -> None:
    scene = Scene()
    held, active = scene.talk(HARD, "1002"), scene.talk(HARD, "1003")
    scene.conference(HARD, held, active)
    assert scene.happened() == [
        "conferenced 1_4a11+1_4a12 1100, 1003 conference (1100<1_4a11 1002<1_4a11 1003<1_4a12)"
        " | 1100=connected 1100@110C=queued 1002=connected 1003=connected"
    ]
    assert scene.states(HARD, SOFT) == [["connected"], ["queued"]]


def refused(scene: Scene, refusal: type[Refused], held: Leg, active: Leg) -> None:
    scene.happened()
    before = scene.states("1001", "1002", "1003")
    with pytest.raises(refusal):
        scene.conference("1001", held, active)
    assert scene.happened() == []
    assert scene.states("1001", "1002", "1003") == before


def test_calls_in_the_wrong_states_are_not_conferenced() -> None:
    scene = Scene()
    held, active = pair(scene)
    for wrong in ((active, held), (held, held), (active, active)):
        refused(scene, InvalidConnectionState, *wrong)


@pytest.mark.parametrize("number", ["1003", "1903", "1904"])
def test_who_has_not_answered_is_not_conferenced(number: str) -> None:
    scene = Scene()
    held = scene.talk("1001", "1002")
    refused(scene, InvalidConnectionState, held, scene.consult("1001", held, number))


def test_who_is_on_both_calls_is_not_on_one_twice() -> None:
    scene = Scene()
    held = scene.talk("1001", "1002")
    refused(scene, InvalidConnectionState, held, scene.talk("1001", "1002"))


def test_a_conference_has_its_limit() -> None:
    scene = Scene()
    full = three(scene)
    for number in range(1004, 1017):
        scene.invite("1001", full, str(number))
        scene.answer(str(number), full)
    assert len(full.call.connections) == 16
    scene.happened()
    with pytest.raises(ConferenceMemberLimitExceeded):
        scene.invite("1001", full, "1017")
    more = scene.consult("1001", full, "1017")
    scene.answer("1017", more)
    refused(scene, ConferenceMemberLimitExceeded, full, more)
    scene.transfer("1001", full, more)  # one comes, one goes
    assert len(full.call.connections) == 16


def test_a_transfer_has_the_same_limit() -> None:
    scene = Scene()
    full = three(scene)
    for number in range(1004, 1017):
        scene.invite("1001", full, str(number))
        scene.answer(str(number), full)
    few = scene.consult("1001", full, "1017")
    scene.answer("1017", few)
    scene.invite("1001", few, "1018")
    scene.answer("1018", few)
    scene.happened()
    with pytest.raises(ConferenceMemberLimitExceeded):
        scene.transfer("1001", full, few)
    assert scene.happened() == []


# -- in a single step --


def test_who_is_invited_rings_and_comes_in() -> None:
    scene = Scene()
    call = scene.talk("1001", "1002")
    scene.invite("1001", call, "1003")
    assert scene.happened() == [
        "conferenced 1_4a11 1001, 1003 conference (1001<1_4a11 1002<1_4a11 1003<)"
        " | 1001=connected 1002=connected",
        "delivered 1003 conference | 1001=connected 1002=connected 1003=alerting",
    ]
    assert (call.call.calling, call.call.called) == (scene.at("1001"), scene.at("1003").line)
    scene.answer("1003", call)
    assert scene.happened() == ["established 1003 normal | 1001=connected 1002=connected 1003=connected"]


def test_who_does_not_come_leaves_the_others_talking() -> None:
    scene = Scene()
    call = scene.talk("1001", "1002")
    scene.invite("1002", call, "1003")
    scene.happened()
    scene.hangup("1003", call)
    assert scene.happened() == [
        "connectionCleared 1003 callCancelled | 1001=connected 1002=connected 1003=null"
    ]
    assert scene.states("1001", "1002") == [["connected"], ["connected"]]


def test_who_rings_does_not_keep_a_call_alive_alone() -> None:
    scene = Scene()
    call = scene.talk("1001", "1002")
    scene.invite("1001", call, "1003")
    scene.happened()
    scene.hangup("1001", call)
    scene.hangup("1002", call)
    assert scene.happened() == [
        "connectionCleared 1001 normalClearing | 1001=null 1002=connected 1003=alerting",
        "connectionCleared 1002 normalClearing | 1002=null 1003=alerting",
        "connectionCleared 1003 callCancelled | 1002=null 1003=null",
    ]


def test_the_next_is_invited_once_the_last_is_there() -> None:
    scene = Scene()
    call = scene.talk("1001", "1002")
    scene.invite("1001", call, "1003")
    with pytest.raises(InvalidConnectionState):
        scene.invite("1001", call, "1004")
    scene.answer("1003", call)
    scene.invite("1001", call, "1004")
    assert len(call.call.connections) == 4
