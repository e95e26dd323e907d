import pytest

from ctimgr_client.serving.refused import InvalidConnectionState
from tests.ctimgr_client.simulator.scene import HARD, SOFT, Scene


def test_a_deflected_call_rings_elsewhere_and_everybody_sees_it_go() -> None:
    scene = Scene()
    call = scene.dial("1001", "1002")
    scene.happened()
    scene.deflect("1002", call, "1003")
    assert scene.happened() == [
        "diverted 1002 -> 1003 redirected | 1001=connected 1002=null",
        "delivered 1003 redirected | 1001=connected 1003=alerting",
    ]
    assert call.call.redirection is scene.at("1002").line
    scene.answer("1003", call)
    assert scene.happened() == ["established 1003 normal | 1001=connected 1003=connected"]


def test_a_deflected_call_follows_forwarding() -> None:
    scene = Scene()
    scene.forward("1003", "1004")
    call = scene.dial("1001", "1002")
    scene.happened()
    scene.deflect("1002", call, "1003")
    assert scene.happened() == [
        "diverted 1002 -> 1003 redirected | 1001=connected 1002=null",
        "diverted 1003 -> 1004 callForwardImmediate | 1003=null",
        "delivered 1004 callForwardImmediate | 1001=connected 1004=alerting",
    ]


def test_a_call_can_be_deflected_outside() -> None:
    scene = Scene()
    call = scene.dial("1001", "1002")
    scene.happened()
    scene.deflect("1002", call, "1902")
    scene.wait(1.0)
    assert scene.happened() == [
        "diverted 1002 -> 1902 redirected | 1001=connected 1002=null",
        "delivered 1902 redirected | 1001=connected",
        "established 1902 normal | 1001=connected",
    ]


def test_a_shared_line_stops_ringing_everywhere() -> None:
    scene = Scene()
    call = scene.dial("1001", "1100")
    scene.happened()
    scene.deflect(SOFT, call, "1003")
    assert scene.happened()[0] == (
        "diverted 1100 -> 1003 redirected | 1001=connected 1100=null 1100@110C=null"
    )
    assert scene.states(HARD, SOFT) == [[], []]


def test_who_is_invited_can_send_the_call_on() -> None:
    scene = Scene()
    call = scene.talk("1001", "1002")
    scene.invite("1001", call, "1003")
    scene.happened()
    scene.deflect("1003", call, "1004")
    assert scene.happened() == [
        "diverted 1003 -> 1004 redirected | 1001=connected 1002=connected 1003=null",
        "delivered 1004 redirected | 1001=connected 1002=connected 1004=alerting",
    ]


@pytest.mark.parametrize("number", ["1001", "1002"])
def test_only_a_ringing_call_can_be_deflected(number: str) -> None:
    scene = Scene()
    call = scene.talk("1001", "1002")
    with pytest.raises(InvalidConnectionState):
        scene.deflect(number, call, "1003")
    assert scene.happened() == []


def test_numbers_outside_are_not_deflected_to_one_another() -> None:
    scene = Scene()
    call = scene.talk("1001", "1901")
    scene.send_to("1001", call, "1002")
    ringing = scene.leg("1002", call)
    scene.happened()
    scene.deflect("1002", ringing, "1904")
    assert scene.happened() == [
        "diverted 1002 -> 1904 redirected | 1002=null",
        "delivered 1904 redirected | ",
        "connectionCleared 1901 redirected | ",
        "connectionCleared 1904 callCancelled | ",
    ]
    assert scene.cluster.calls == {}
