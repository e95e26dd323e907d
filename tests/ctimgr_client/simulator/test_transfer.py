import pytest

from ctimgr_client.serving.refused import (
    InvalidConnectionState,
    InvalidDestination,
    Refused,
    ResourceBusy,
)
from ctimgr_client.simulator import nodes
from ctimgr_client.simulator.calls import Leg
from tests.ctimgr_client.simulator.scene import HARD, SOFT, Scene


def pair(scene: Scene) -> tuple[Leg, Leg]:
    """1001 has a call with 1002 on hold and talks with 1003."""
    held = scene.talk("1001", "1002")
    return held, scene.talk("1001", "1003")


# -- after consultation --


def test_both_others_have_each_other_on_the_held_call() -> None:
    scene = Scene()
    held, active = pair(scene)
    scene.transfer("1001", held, active)
    assert scene.happened() == [
        "transferred 1_4a11+1_4a12 1001, 1003 transfer (1002<1_4a11 1003<1_4a12)"
        " | 1001=null 1002=connected 1003=connected"
    ]
    assert scene.states("1001", "1002", "1003") == [[], ["connected"], ["connected"]]
    assert list(scene.cluster.calls) == ["1_4a11"]
    assert scene.cluster.active(scene.device("1001")) is None


def test_monitors_of_calls_learn_that_the_second_one_is_no_more() -> None:
    scene = Scene()
    held, active = pair(scene)
    scene.transfer("1001", held, active)
    assert scene.everything()[1:] == ["callCleared 1_4a12 transfer | 1001 1003"]
    scene.hangup("1003", held)
    assert scene.everything() == [
        "connectionCleared 1003 normalClearing | 1002=connected 1003=null",
        "connectionCleared 1002 normalClearing | 1002=null 1003=null",
        "callCleared 1_4a11 normalClearing | 1001 1002 1003",
    ]


def test_hold_make_call_and_transfer_are_as_good_as_a_consultation() -> None:
    scene = Scene()
    held = scene.talk("1002", "1001")
    scene.hold("1001", held)
    active = scene.talk("1003", "1001")
    scene.transfer("1001", held, active)
    assert scene.happened() == [
        "transferred 1_4a11+1_4a12 1001, 1003 transfer (1002<1_4a11 1003<1_4a12)"
        " | 1002=connected 1001=null 1003=connected"
    ]


def test_who_still_rings_goes_on_ringing_and_answers_the_held_party() -> None:
    scene = Scene()
    held = scene.talk("1001", "1002")
    ringing = scene.consult("1001", held, "1003")
    scene.happened()
    scene.transfer("1001", held, ringing)
    assert scene.happened() == [
        "transferred 1_4a11+1_4a12 1001, 1003 transfer (1002<1_4a11 1003<1_4a12)"
        " | 1001=null 1002=connected 1003=alerting"
    ]
    assert (held.call.calling, held.call.called) == (scene.at("1002"), scene.at("1003").line)
    scene.answer("1003", held)
    assert scene.happened() == ["established 1003 normal | 1002=connected 1003=connected"]


def test_a_ringing_party_that_rejects_ends_the_call() -> None:
    scene = Scene()
    held = scene.talk("1001", "1002")
    scene.transfer("1001", held, scene.consult("1001", held, "1003"))
    scene.happened()
    scene.hangup("1003", held)
    assert scene.happened() == [
        "connectionCleared 1003 callCancelled | 1002=connected 1003=null",
        "connectionCleared 1002 callCancelled | 1002=null 1003=null",
    ]


def test_a_held_party_that_holds_too_still_does_afterwards() -> None:
    scene = Scene()
    held, active = pair(scene)
    scene.hold("1002", held)
    scene.happened()
    scene.transfer("1001", held, active)
    assert scene.happened()[0].endswith("| 1001=null 1002=hold 1003=connected")
    scene.resume("1002", held)
    assert scene.happened() == ["retrieved 1002 normal | 1002=connected 1003=connected"]


def test_an_outside_party_answers_the_held_one_later() -> None:
    scene = Scene()
    held = scene.talk("1001", "1002")
    scene.transfer("1001", held, scene.consult("1001", held, "1902"))
    scene.happened()
    scene.wait(1.0)
    assert scene.happened() == ["established 1902 normal | 1002=connected"]


def test_numbers_outside_do_not_stay_on_a_call_of_their_own() -> None:
    scene = Scene()
    held = scene.talk("1001", "1901")
    scene.transfer("1001", held, scene.consult("1001", held, "1902"))
    assert scene.cluster.calls == {}
    assert len(scene.cluster.timers) == 0
    assert scene.everything()[-1] == "callCleared 1_4a11 callCancelled | 1001"


def test_a_conference_is_transferred_with_everybody_on_it() -> None:
    scene = Scene()
    held, active = pair(scene)
    scene.conference("1001", held, active)
    consultation = scene.consult("1001", held, "1004")
    scene.answer("1004", consultation)
    scene.happened()
    scene.transfer("1001", held, consultation)
    assert scene.happened() == [
        "transferred 1_4a11+1_4a13 1001, 1004 transfer (1002<1_4a11 1003<1_4a11 1004<1_4a13)"
        " | 1001=null 1002=connected 1003=connected 1004=connected"
    ]


def test_all_appearances_of_a_transferring_line_leave() -> None:
    scene = Scene()
    held = scene.talk(HARD, "1002")
    active = scene.talk(HARD, "1003")
    scene.transfer(HARD, held, active)
    assert scene.happened() == [
        "transferred 1_4a11+1_4a12 1100, 1003 transfer (1002<1_4a11 1003<1_4a12)"
        " | 1100=null 1100@110C=null 1002=connected 1003=connected"
    ]
    assert scene.states(HARD, SOFT) == [[], []]


def test_a_shared_line_is_transferred_with_its_bridged_appearance() -> None:
    scene = Scene()
    held = scene.talk("1001", "1002")
    active = scene.dial("1001", "1100")
    scene.answer(SOFT, active)
    scene.happened()
    scene.transfer("1001", held, active)
    assert scene.happened() == [
        "transferred 1_4a11+1_4a12 1001, 1100@110C transfer (1002<1_4a11 1100@110C<1_4a12)"
        " | 1001=null 1002=connected 1100=queued 1100@110C=connected"
    ]


def refused(scene: Scene, refusal: type[Refused], held: Leg, active: Leg) -> None:
    scene.happened()
    before = scene.states("1001", "1002", "1003")
    with pytest.raises(refusal):
        scene.transfer("1001", held, active)
    assert scene.happened() == []
    assert scene.states("1001", "1002", "1003") == before


def test_calls_in_the_wrong_states_are_not_transferred() -> None:
    scene = Scene()
    held, active = pair(scene)
    for wrong in ((active, held), (held, held), (active, active)):
        refused(scene, InvalidConnectionState, *wrong)


@pytest.mark.parametrize("number", ["1903", "1905"])
def test_nobody_is_transferred_to_a_tone(number: str) -> None:
    scene = Scene()
    held = scene.talk("1001", "1002")
    refused(scene, InvalidConnectionState, held, scene.consult("1001", held, number))


def test_who_rings_is_not_transferred_to_who_rings() -> None:
    scene = Scene()
    held = scene.dial("1001", "1002")
    scene.hold("1001", held)
    refused(scene, InvalidConnectionState, held, scene.dial("1001", "1003"))


def test_nobody_is_transferred_to_themselves() -> None:
    scene = Scene()
    held = scene.talk("1001", "1002")
    refused(scene, InvalidConnectionState, held, scene.talk("1001", "1002"))


def test_a_parked_party_is_not_transferred_with_its_park_number() -> None:
    scene = Scene()
    parked = scene.talk("1001", "1002")
    scene.park("1002", parked, "7001")
    scene.hold("1001", parked)
    refused(scene, InvalidConnectionState, parked, scene.talk("1001", "1003"))


# -- in a single step --


def test_a_single_step_transfer_rings_at_once_and_the_call_keeps_its_name() -> None:
    scene = Scene()
    call = scene.talk("1001", "1002")
    scene.send_to("1001", call, "1003")
    assert scene.happened() == [
        "transferred 1_4a11 1001, 1003 singleStepTransfer (1002<1_4a11 1003<) | 1001=null 1002=connected",
        "delivered 1003 singleStepTransfer | 1002=connected 1003=alerting",
    ]
    assert (call.call.calling, call.call.called) == (scene.at("1002"), scene.at("1003").line)
    scene.answer("1003", call)
    assert scene.happened() == ["established 1003 normal | 1002=connected 1003=connected"]
    assert scene.states("1001", "1002", "1003") == [[], ["connected"], ["connected"]]


def test_a_single_step_transfer_outside_is_answered_there() -> None:
    scene = Scene()
    call = scene.talk("1001", "1002")
    scene.send_to("1002", call, "1901")
    assert scene.happened() == [
        "transferred 1_4a11 1002, 1901 singleStepTransfer (1001<1_4a11 1901<) | 1001=connected 1002=null",
        "delivered 1901 singleStepTransfer | 1001=connected",
        "established 1901 normal | 1001=connected",
    ]


def test_a_single_step_transfer_follows_forwarding() -> None:
    scene = Scene()
    scene.forward("1003", "1004")
    call = scene.talk("1001", "1002")
    scene.send_to("1001", call, "1003")
    assert scene.happened() == [
        "transferred 1_4a11 1001, 1004 singleStepTransfer (1002<1_4a11 1004<) | 1001=null 1002=connected",
        "diverted 1003 -> 1004 callForwardImmediate | 1003=null",
        "delivered 1004 callForwardImmediate | 1002=connected 1004=alerting",
    ]


def test_a_conference_is_left_in_a_single_step() -> None:
    scene = Scene()
    held, active = pair(scene)
    scene.conference("1001", held, active)
    scene.happened()
    scene.send_to("1001", held, "1004")
    assert scene.happened() == [
        "transferred 1_4a11 1001, 1004 singleStepTransfer (1002<1_4a11 1003<1_4a11 1004<)"
        " | 1001=null 1002=connected 1003=connected",
        "delivered 1004 singleStepTransfer | 1002=connected 1003=connected 1004=alerting",
    ]


REFUSED_DESTINATIONS: list[tuple[str, type[Refused]]] = [
    ("1999", InvalidDestination),
    ("1001", InvalidDestination),
    ("1002", ResourceBusy),
    ("1903", ResourceBusy),
    ("1905", ResourceBusy),
    ("1005", InvalidDestination),  # unregistered
    ("1006", ResourceBusy),  # not to be disturbed
    ("1007", InvalidDestination),  # forwarded in a circle
    ("7001", InvalidDestination),
]


def with_obstacles() -> Scene:
    scene = Scene()
    nodes.unregister(scene.cluster, scene.device("1005"))
    scene.quiet("1006")
    scene.forward("1007", "1008")
    scene.forward("1008", "1007")
    scene.happened()
    return scene


@pytest.mark.parametrize(("number", "refusal"), REFUSED_DESTINATIONS)
def test_where_a_call_cannot_go_it_is_not_sent(number: str, refusal: type[Refused]) -> None:
    scene = with_obstacles()
    call = scene.talk("1001", "1002")
    for send in (scene.send_to, scene.invite):
        with pytest.raises(refusal):
            send("1001", call, number)
    assert scene.happened() == []
    assert scene.states("1001", "1002") == [["connected"], ["connected"]]


@pytest.mark.parametrize(("number", "refusal"), REFUSED_DESTINATIONS)
def test_where_a_call_cannot_go_it_is_not_deflected(number: str, refusal: type[Refused]) -> None:
    scene = with_obstacles()
    call = scene.dial("1002", "1001")
    scene.happened()
    with pytest.raises(refusal):
        scene.deflect("1001", call, number)
    assert scene.happened() == []
    assert scene.states("1001", "1002") == [["alerting"], ["connected"]]


def test_only_an_answered_call_is_sent_on_in_a_single_step() -> None:
    scene = Scene()
    call = scene.dial("1001", "1002")
    scene.happened()
    for number in ("1001", "1002"):
        for send in (scene.send_to, scene.invite):
            with pytest.raises(InvalidConnectionState):
                send(number, call, "1003")
    assert scene.happened() == []
