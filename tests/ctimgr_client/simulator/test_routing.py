import pytest

from ctimgr_client.serving.refused import InvalidConnectionState, InvalidForwardingDestination
from ctimgr_client.simulator import nodes
from ctimgr_client.simulator.routing import MAX_DIVERSIONS
from tests.ctimgr_client.simulator.scene import Scene

BEGINNING = ["serviceInitiated 1001 makeCall | 1001=initiated", "originated 1001 newCall | 1001=connected"]

OUTSIDE = [
    (
        "1901",
        ["delivered 1901 newCall | 1001=connected", "established 1901 normal | 1001=connected"],
        [],
    ),
    ("1902", ["delivered 1902 newCall | 1001=connected"], ["established 1902 normal | 1001=connected"]),
    ("1903", ["failed 1903 busy | 1001=connected"], []),
    ("1904", ["delivered 1904 newCall | 1001=connected"], []),
    ("1905", ["failed 1905 callCancelled | 1001=connected"], []),
]


@pytest.mark.parametrize(("number", "at_once", "after_a_second"), OUTSIDE)
def test_numbers_outside_behave_as_promised(
    number: str, at_once: list[str], after_a_second: list[str]
) -> None:
    scene = Scene()
    scene.dial("1001", number)
    assert scene.happened() == BEGINNING + at_once
    scene.wait(0.9)
    assert scene.happened() == []
    scene.wait(0.2)
    assert scene.happened() == after_a_second
    scene.wait(3600.0)
    assert scene.happened() == []
    assert scene.states("1001") == [["connected"]]


@pytest.mark.parametrize(("number", "at_once", "after_a_second"), OUTSIDE)
def test_public_numbers_do_the_same_behind_a_trunk(
    number: str, at_once: list[str], after_a_second: list[str]
) -> None:
    scene = Scene()
    scene.dial("1001", f"+1 (555) {number}")
    expected = [fact.replace(number, f"+1555{number}") for fact in at_once]
    assert scene.happened() == [
        *BEGINNING,
        f"networkReached +1555{number} newCall | 1001=connected",
        *expected,
    ]
    scene.wait(1.0)
    assert scene.happened() == [fact.replace(number, f"+1555{number}") for fact in after_a_second]


def test_the_network_is_reached_on_the_way_of_a_diverted_call_too() -> None:
    scene = Scene()
    scene.forward("1002", "+15551901")
    scene.dial("1001", "1002")
    assert scene.happened()[-3:] == [
        "networkReached +15551901 newCall | 1001=connected",
        "delivered +15551901 callForwardImmediate | 1001=connected",
        "established +15551901 normal | 1001=connected",
    ]


def test_a_number_outside_is_cleared_with_the_caller() -> None:
    scene = Scene()
    call = scene.dial("1001", "1901")
    scene.happened()
    scene.hangup("1001", call)
    assert scene.happened() == [
        "connectionCleared 1001 normalClearing | 1001=null",
        "connectionCleared 1901 normalClearing | 1001=null",
    ]


def test_who_gave_up_is_not_answered_later() -> None:
    scene = Scene()
    call = scene.dial("1001", "1902")
    scene.hangup("1001", call)
    scene.happened()
    scene.wait(2.0)
    assert scene.happened() == []
    assert scene.cluster.calls == {}


def test_a_failed_call_hears_a_tone_until_it_is_cleared() -> None:
    scene = Scene()
    call = scene.dial("1001", "1903")
    scene.happened()
    with pytest.raises(InvalidConnectionState):
        scene.hold("1001", call)
    scene.hangup("1001", call)
    assert scene.happened() == ["connectionCleared 1001 normalClearing | 1001=null"]


def test_a_call_held_by_the_caller_can_still_be_answered_outside() -> None:
    scene = Scene()
    call = scene.dial("1001", "1902")
    scene.hold("1001", call)
    scene.happened()
    scene.wait(1.0)
    assert scene.happened() == ["established 1902 normal | 1001=hold"]


def test_a_forwarded_line_diverts_the_call() -> None:
    scene = Scene()
    scene.forward("1002", "1003")
    assert scene.happened() == ["forwarding 1002 1003"]
    call = scene.dial("1001", "1002")
    assert scene.happened() == [
        *BEGINNING,
        "diverted 1002 -> 1003 callForwardImmediate | 1002=null",
        "delivered 1003 callForwardImmediate | 1001=connected 1003=alerting",
    ]
    assert scene.states("1002", "1003") == [[], ["alerting"]]
    assert call.call.redirection is scene.at("1002").line
    assert call.call.called is scene.at("1002").line


def test_forwarding_can_be_taken_away() -> None:
    scene = Scene()
    scene.forward("1002", "1003")
    scene.forward("1002", None)
    scene.dial("1001", "1002")
    happened = scene.happened()
    assert happened[1] == "forwarding 1002 off"
    assert happened[-1] == "delivered 1002 newCall | 1001=connected 1002=alerting"


def test_a_line_can_be_forwarded_outside() -> None:
    scene = Scene()
    scene.forward("1002", "1903")
    scene.dial("1001", "1002")
    assert scene.happened()[-2:] == [
        "diverted 1002 -> 1903 callForwardImmediate | 1002=null",
        "failed 1903 busy | 1001=connected",
    ]


def test_forwarding_of_a_shared_line_is_seen_at_every_appearance() -> None:
    scene = Scene()
    scene.forward("1100", "1003")
    assert scene.happened() == ["forwarding 1100 1003", "forwarding 1100@110C 1003"]
    scene.dial("1001", "1100")
    assert "diverted 1100 -> 1003 callForwardImmediate | 1100=null 1100@110C=null" in scene.happened()


def test_forwarding_in_a_circle_ends_in_a_failed_call() -> None:
    scene = Scene()
    scene.forward("1002", "1003")
    scene.forward("1003", "1002")
    scene.happened()
    scene.dial("1001", "1002")
    happened = scene.happened()
    assert happened[-1] == "failed 1002 destNotObtainable | 1001=connected"
    assert len([fact for fact in happened if fact.startswith("diverted")]) == MAX_DIVERSIONS


def test_a_call_forwarded_back_to_the_caller_is_busy() -> None:
    scene = Scene()
    scene.forward("1002", "1001")
    scene.dial("1001", "1002")
    assert scene.happened()[-1] == "failed 1001 busy | 1001=connected"


def test_a_line_on_the_call_is_busy_for_it_even_if_it_is_forwarded() -> None:
    scene = Scene()
    scene.forward("1002", "1001")
    scene.forward("1001", "1003")
    scene.happened()
    scene.dial("1001", "1002")
    assert scene.happened()[-2:] == [
        "diverted 1002 -> 1001 callForwardImmediate | 1002=null",
        "failed 1001 busy | 1001=connected",
    ]


def test_a_line_cannot_be_forwarded_to_itself() -> None:
    scene = Scene()
    with pytest.raises(InvalidForwardingDestination):
        scene.forward("1002", "1002")
    assert scene.happened() == []


def test_an_unregistered_phone_cannot_be_reached() -> None:
    scene = Scene()
    nodes.unregister(scene.cluster, scene.device("1002"))
    scene.happened()
    scene.dial("1001", "1002")
    assert scene.happened()[-1] == "failed 1002 destOutOfOrder | 1001=connected"
