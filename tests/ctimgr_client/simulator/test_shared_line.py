import pytest

from ctimgr_client.serving.refused import (
    InvalidConnectionState,
    NoConnectionToClear,
    NoHeldCall,
)
from ctimgr_client.simulator import nodes
from ctimgr_client.simulator.call_control import TO_RESUME, choose
from ctimgr_client.simulator.cluster import Cluster
from tests.ctimgr_client.simulator.scene import HARD, SOFT, Scene


def test_every_appearance_rings_and_one_answers() -> None:
    scene = Scene()
    call = scene.dial("1001", "1100")
    assert scene.happened()[-1] == "delivered 1100 newCall | 1001=connected 1100=alerting 1100@110C=alerting"
    scene.answer(SOFT, call)
    assert scene.happened() == [
        "established 1100@110C normal | 1001=connected 1100=queued 1100@110C=connected",
        "bridged 1100 normal | 1100=queued",
    ]


def test_the_bridged_appearance_sees_the_rest_of_the_call() -> None:
    scene = Scene()
    call = scene.dial("1001", "1100")
    scene.answer(HARD, call)
    scene.happened()
    scene.hold(HARD, call)
    scene.hangup("1001", call)
    assert scene.happened() == [
        "held 1100 normal | 1001=connected 1100=hold 1100@110C=queued",
        "connectionCleared 1001 normalClearing | 1001=null 1100=hold 1100@110C=queued",
        "connectionCleared 1100 normalClearing | 1001=null 1100=null 1100@110C=null",
    ]
    assert scene.states(HARD, SOFT) == [[], []]


def test_the_bridged_appearance_controls_nothing() -> None:
    scene = Scene()
    call = scene.dial("1001", "1100")
    scene.answer(HARD, call)
    with pytest.raises(InvalidConnectionState):
        scene.answer(SOFT, call)
    with pytest.raises(InvalidConnectionState):
        scene.hold(SOFT, call)
    with pytest.raises(NoConnectionToClear):
        scene.hangup(SOFT, call)


def test_a_number_without_device_means_the_appearance_that_has_the_call() -> None:
    scene = Scene()
    call = scene.dial("1001", "1100")
    assert scene.leg("1100", call).endpoint is scene.at(HARD)
    scene.answer(SOFT, call)
    assert scene.leg("1100", call).endpoint is scene.at(SOFT)


def test_rejecting_at_one_appearance_rejects_the_call() -> None:
    scene = Scene()
    call = scene.dial("1001", "1100")
    scene.happened()
    scene.hangup(SOFT, call)
    assert scene.happened() == [
        "connectionCleared 1100 callCancelled | 1001=connected 1100=null 1100@110C=null",
        "connectionCleared 1001 callCancelled | 1001=null 1100=null 1100@110C=null",
    ]


def test_the_other_appearance_is_free_for_another_call() -> None:
    scene = Scene()
    call = scene.dial("1001", "1100")
    scene.answer(HARD, call)
    scene.dial(SOFT, "1002")
    assert scene.states(HARD, SOFT) == [["connected", "queued"], ["queued", "connected"]]


def test_only_registered_appearances_ring() -> None:
    scene = Scene()
    nodes.unregister(scene.cluster, scene.device(HARD))
    scene.happened()
    scene.dial("1001", "1100")
    assert scene.happened()[-1] == "delivered 1100 newCall | 1001=connected 1100@110C=alerting"


def test_a_ringing_appearance_that_goes_leaves_the_other_ringing() -> None:
    scene = Scene()
    call = scene.dial("1001", "1100")
    scene.happened()
    nodes.unregister(scene.cluster, scene.device(HARD))
    assert scene.happened() == ["connectionCleared 1100 destOutOfOrder | 1100=null", "outOfService 1100"]
    scene.answer(SOFT, call)
    assert scene.happened() == ["established 1100@110C normal | 1001=connected 1100@110C=connected"]


def test_a_bridged_appearance_that_goes_leaves_the_call_alone() -> None:
    scene = Scene()
    call = scene.dial("1001", "1100")
    scene.answer(HARD, call)
    scene.happened()
    nodes.unregister(scene.cluster, scene.device(SOFT))
    assert scene.happened() == [
        "connectionCleared 1100@110C destOutOfOrder | 1100@110C=null",
        "outOfService 1100@110C",
    ]
    assert scene.states("1001", HARD) == [["connected"], ["connected"]]


def test_the_last_ringing_appearance_takes_the_call_with_it() -> None:
    scene = Scene()
    scene.dial("1001", "1100")
    for number in (HARD, SOFT):
        nodes.unregister(scene.cluster, scene.device(number))
    assert scene.cluster.calls == {}


def test_a_call_made_at_one_appearance_is_shown_at_the_other() -> None:
    scene = Scene()
    call = scene.dial(SOFT, "1001")
    assert scene.happened() == [
        "serviceInitiated 1100@110C makeCall | 1100@110C=initiated",
        "originated 1100@110C newCall | 1100@110C=connected 1100=queued",
        "bridged 1100 normal | 1100=queued",
        "delivered 1001 newCall | 1100@110C=connected 1100=queued 1001=alerting",
    ]
    scene.answer("1001", call)
    assert scene.happened() == ["established 1001 normal | 1100@110C=connected 1100=queued 1001=connected"]


def test_a_call_that_fails_is_seen_at_the_other_appearance_too() -> None:
    scene = Scene()
    call = scene.dial(HARD, "1903")
    assert scene.happened()[-1] == "failed 1903 busy | 1100=connected 1100@110C=queued"
    scene.hangup(HARD, call)
    assert scene.happened() == ["connectionCleared 1100 normalClearing | 1100=null 1100@110C=null"]


def test_a_full_or_unregistered_appearance_shows_nothing() -> None:
    scene = Scene(Cluster(max_calls_per_line=1))
    scene.dial(SOFT, "1001")
    nodes.unregister(scene.cluster, scene.device(SOFT))
    scene.happened()
    scene.dial(HARD, "1002")
    assert scene.states(HARD, SOFT) == [["connected"], []]
    nodes.register(scene.cluster, scene.device(SOFT))
    scene.dial(SOFT, "1003")
    assert scene.states(HARD, SOFT) == [["connected"], ["connected"]]


def test_a_held_call_is_taken_over_by_the_other_appearance() -> None:
    scene = Scene()
    call = scene.talk("1001", "1100")
    scene.hold(HARD, call)
    scene.happened()
    assert choose(scene.cluster, (scene.at(SOFT),), TO_RESUME) is scene.leg(SOFT, call)
    scene.resume(SOFT, call)
    assert scene.happened() == [
        "retrieved 1100@110C normal | 1001=connected 1100=queued 1100@110C=connected",
        "bridged 1100 normal | 1100=queued",
    ]
    scene.hold(SOFT, call)
    scene.resume(SOFT, call)  # back to itself: nobody is bridged anew
    assert scene.happened() == [
        "held 1100@110C normal | 1001=connected 1100=queued 1100@110C=hold",
        "retrieved 1100@110C normal | 1001=connected 1100=queued 1100@110C=connected",
    ]


def test_taking_over_holds_what_the_device_has() -> None:
    scene = Scene()
    call = scene.talk("1001", "1100")
    scene.hold(HARD, call)
    scene.talk(SOFT, "1002")
    scene.resume(SOFT, call)
    assert scene.states(HARD, SOFT) == [["queued", "queued"], ["connected", "hold"]]


def test_a_call_somebody_speaks_on_is_not_taken_over() -> None:
    scene = Scene()
    call = scene.talk("1001", "1100")
    with pytest.raises(InvalidConnectionState):
        scene.resume(SOFT, call)
    with pytest.raises(NoHeldCall):
        choose(scene.cluster, (scene.at(SOFT),), TO_RESUME)
    assert scene.happened() == []
