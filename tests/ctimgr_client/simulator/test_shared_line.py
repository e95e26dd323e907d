import pytest

from ctimgr_client.simulator import nodes
from ctimgr_client.simulator.refused import InvalidConnectionState, NoConnectionToClear
from tests.ctimgr_client.simulator.scene import HARD, SOFT, Scene


def test_every_appearance_rings_and_one_answers() -> None:
    scene = Scene()
    call = scene.dial("1001", "1100")
    assert scene.happened()[-1] == "delivered 1100 newCall | 1001=connected 1100=alerting 1100@110C=alerting"
    scene.answer(SOFT, call)
    assert scene.happened() == [
        "established 1100@110C normal | 1001=connected 1100=queued 1100@110C=connected"
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
        "connectionCleared 1100 normalClearing | 1001=connected 1100=null 1100@110C=null",
        "connectionCleared 1001 normalClearing | 1001=null 1100=null 1100@110C=null",
    ]


def test_the_other_appearance_is_free_for_another_call() -> None:
    scene = Scene()
    call = scene.dial("1001", "1100")
    scene.answer(HARD, call)
    scene.dial(SOFT, "1002")
    assert scene.states(HARD, SOFT) == [["connected"], ["queued", "connected"]]


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
