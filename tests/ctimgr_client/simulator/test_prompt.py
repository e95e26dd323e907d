import pytest

from ctimgr_client.serving.refused import DeviceOutOfService, InvalidConnectionState, InvalidDestination
from ctimgr_client.simulator import call_control, nodes
from tests.ctimgr_client.simulator.scene import HARD, SOFT, Scene


def test_the_phone_asks_and_the_call_goes_when_the_handset_is_lifted() -> None:
    scene = Scene()
    call = scene.prompt("1001", "1002")
    assert scene.happened() == ["serviceInitiated 1001 makeCall | 1001=initiated"]
    scene.wait(19.0)
    scene.lift("1001", call)
    assert scene.happened() == [
        "originated 1001 newCall | 1001=connected",
        "delivered 1002 newCall | 1001=connected 1002=alerting",
    ]
    scene.wait(3600.0)
    assert scene.happened() == []


def test_nobody_lifts_the_handset() -> None:
    scene = Scene()
    scene.prompt("1001", "1002")
    scene.wait(20.0)
    assert scene.happened()[1:] == ["connectionCleared 1001 callNotAnswered | 1001=null"]
    assert scene.cluster.calls == {}
    assert len(scene.cluster.timers) == 0


def test_the_user_does_not_want_to() -> None:
    scene = Scene()
    call = scene.prompt("1001", "1002")
    scene.happened()
    scene.hangup("1001", call)
    assert scene.happened() == ["connectionCleared 1001 normalClearing | 1001=null"]
    assert len(scene.cluster.timers) == 0


def test_what_the_user_does_goes_on_until_then() -> None:
    scene = Scene()
    scene.talk("1001", "1003")
    call = scene.prompt("1001", "1002")
    assert scene.states("1001") == [["connected", "initiated"]]
    scene.happened()
    scene.lift("1001", call)
    assert scene.happened()[:2] == [
        "held 1001 normal | 1001=hold 1003=connected",
        "originated 1001 newCall | 1001=connected",
    ]


def test_a_call_that_rings_is_answered_first() -> None:
    scene = Scene()
    asked = scene.prompt("1001", "1002")
    ringing = scene.dial("1003", "1001")
    chosen = call_control.choose(scene.cluster, (scene.at("1001"),), call_control.TO_ANSWER)
    assert chosen.call is ringing.call
    scene.lift("1001", chosen)
    assert call_control.choose(scene.cluster, (scene.at("1001"),), call_control.TO_ANSWER) is asked


def test_a_shared_line_shows_the_call_once_it_is_made() -> None:
    scene = Scene()
    call = scene.prompt(HARD, "1002")
    assert scene.states(HARD, SOFT) == [["initiated"], []]
    scene.lift(HARD, call)
    assert scene.states(HARD, SOFT) == [["connected"], ["queued"]]


@pytest.mark.parametrize("number", ["1999", "1001"])
def test_the_destination_is_checked_before(number: str) -> None:
    scene = Scene()
    with pytest.raises(InvalidDestination):
        scene.prompt("1001", number)
    assert scene.happened() == []


def test_a_parked_call_is_not_asked_for() -> None:
    scene = Scene()
    scene.park("1002", scene.talk("1002", "1003"), "7001")
    with pytest.raises(InvalidDestination):
        scene.prompt("1001", "7001")


def test_an_unregistered_phone_does_not_ask_and_forgets_what_it_asked() -> None:
    scene = Scene()
    scene.prompt("1001", "1002")
    nodes.unregister(scene.cluster, scene.device("1001"))
    assert len(scene.cluster.timers) == 0
    with pytest.raises(DeviceOutOfService):
        scene.prompt("1001", "1002")


def test_only_a_call_that_waits_for_it_is_made() -> None:
    scene = Scene()
    call = scene.dial("1001", "1002")
    with pytest.raises(InvalidConnectionState):
        scene.lift("1001", call)
