import pytest

from ctimgr_client.serving.refused import (
    DeviceOutOfService,
    InvalidConnectionId,
    InvalidConnectionState,
    InvalidDestination,
    InvalidDeviceId,
    InvalidForwardingDestination,
    NoCallToAnswer,
    ResourceBusy,
)
from ctimgr_client.simulator import nodes, pickup
from tests.ctimgr_client.simulator.scene import HARD, SOFT, Scene

# -- pick up --


def test_a_call_that_rings_elsewhere_is_picked_up() -> None:
    scene = Scene()
    call = scene.dial("1001", "1002")
    scene.happened()
    assert scene.pick_up("1003", call, "1002").endpoint is scene.at("1003")
    assert scene.happened() == [
        "connectionCleared 1002 callPickup | 1001=connected 1002=null",
        "established 1003 callPickup | 1001=connected 1003=connected",
    ]
    assert call.call.redirection is scene.at("1002").line
    assert scene.states("1001", "1002", "1003") == [["connected"], [], ["connected"]]


def test_the_picker_holds_what_it_has() -> None:
    scene = Scene()
    scene.talk("1003", "1004")
    call = scene.dial("1001", "1002")
    scene.happened()
    scene.pick_up("1003", call, "1002")
    assert scene.happened()[0] == "held 1003 normal | 1003=hold 1004=connected"


def test_a_shared_line_picks_up_at_one_appearance() -> None:
    scene = Scene()
    call = scene.dial("1001", "1002")
    scene.happened()
    scene.pick_up(SOFT, call, "1002")
    assert scene.happened()[1:] == [
        "established 1100@110C callPickup | 1001=connected 1100@110C=connected 1100=queued",
        "bridged 1100 normal | 1100=queued",
    ]


def test_a_call_at_a_shared_line_is_picked_up_from_all_of_it() -> None:
    scene = Scene()
    call = scene.dial("1001", "1100")
    scene.happened()
    scene.pick_up("1003", call, SOFT)
    assert scene.happened()[0] == (
        "connectionCleared 1100 callPickup | 1001=connected 1100=null 1100@110C=null"
    )


def test_what_cannot_be_picked_up() -> None:
    scene = Scene()
    call = scene.dial("1001", "1002")
    talking = scene.talk("1005", "1006")
    scene.happened()
    with pytest.raises(InvalidConnectionId):
        scene.pick_up("1002", call, "1002")
    with pytest.raises(InvalidConnectionState):
        scene.pick_up("1001", call, "1002")  # the caller
    with pytest.raises(InvalidConnectionState):
        scene.pick_up("1003", call, "1001")  # who does not ring
    with pytest.raises(InvalidConnectionState):
        scene.pick_up("1003", talking, "1006")
    nodes.unregister(scene.cluster, scene.device("1003"))
    scene.happened()
    with pytest.raises(DeviceOutOfService):
        scene.pick_up("1003", call, "1002")
    assert scene.happened() == []


def in_group(scene: Scene, number: str, group: str | None = None) -> str:
    party = pickup.ringing_in_group(scene.cluster, scene.at(number), group).party
    return party.dn


def test_the_oldest_call_of_the_group_is_taken() -> None:
    scene = Scene()
    scene.dial("1300", "1010")
    scene.dial("1001", "1005")
    scene.dial("1301", "1003")
    assert in_group(scene, "1002") == "1010"
    assert in_group(scene, "1002", "tel:7500") == "1010"
    assert in_group(scene, "1010") == "1005"
    assert in_group(scene, "1100", "7500") == "1010"


def test_where_nothing_rings_nothing_is_taken() -> None:
    scene = Scene()
    scene.dial("1001", "1100")  # in no group
    scene.dial("1001", "1002")
    for number in ("1001", "1002", "1100"):
        with pytest.raises(NoCallToAnswer):
            in_group(scene, number)
    with pytest.raises(InvalidDeviceId):
        in_group(scene, "1003", "7501")


# -- park --


def test_a_parked_call_waits_at_its_number() -> None:
    scene = Scene()
    call = scene.talk("1001", "1002")
    scene.park("1001", call, "7001")
    assert scene.happened() == ["diverted 1001 -> 7001 park | 1001=null 1002=connected"]
    assert scene.states("1001", "1002") == [[], ["connected"]]
    waiting = scene.parked("7001")
    assert waiting is not None
    assert (waiting.call, str(waiting.state)) == (call.call, "queued")


def test_a_held_call_can_be_parked_too() -> None:
    scene = Scene()
    call = scene.talk("1001", "1002")
    scene.hold("1002", call)
    scene.happened()
    scene.park("1002", call, "tel:7010")
    assert scene.happened() == ["diverted 1002 -> 7010 park | 1001=connected 1002=null"]


def test_dialling_the_park_number_takes_the_call() -> None:
    scene = Scene()
    call = scene.talk("1001", "1002")
    scene.park("1001", call, "7001")
    scene.happened()
    taken = scene.dial("1003", "7001")
    assert taken.call is call.call
    assert scene.happened() == [
        "serviceInitiated 1003 makeCall | 1003=initiated",
        "originated 1003 newCall | 1003=connected",
        "established 1003 park | 1002=connected 1003=connected",
    ]
    scene.hangup("1003", taken)
    assert scene.cluster.calls == {}


def test_a_parked_call_is_taken_from_a_shared_line() -> None:
    scene = Scene()
    call = scene.talk("1001", "1002")
    scene.park("1001", call, "7001")
    scene.happened()
    scene.dial(HARD, "7001")
    assert scene.happened() == [
        "serviceInitiated 1100 makeCall | 1100=initiated",
        "originated 1100 newCall | 1100=connected 1100@110C=queued",
        "bridged 1100@110C normal | 1100@110C=queued",
        "established 1100 park | 1002=connected 1100=connected 1100@110C=queued",
    ]


def test_a_parked_call_is_consulted_and_transferred() -> None:
    scene = Scene()
    parked = scene.talk("1001", "1002")
    scene.park("1001", parked, "7001")
    held = scene.talk("1003", "1004")
    taken = scene.consult("1003", held, "7001")
    scene.happened()
    scene.transfer("1003", held, taken)
    assert scene.states("1002", "1003", "1004") == [["connected"], [], ["connected"]]


def test_a_parked_call_is_picked_up() -> None:
    scene = Scene()
    call = scene.talk("1001", "1002")
    scene.park("1001", call, "7001")
    scene.happened()
    pickup.pick_up(scene.cluster, call.call.connections[-1], scene.at("1003"))
    assert scene.happened() == ["established 1003 callPickup | 1002=connected 1003=connected"]
    assert scene.parked("7001") is None


def test_a_parked_party_that_hangs_up_leaves_the_number_free() -> None:
    scene = Scene()
    call = scene.talk("1001", "1002")
    scene.park("1001", call, "7001")
    scene.happened()
    scene.hangup("1002", call)
    assert scene.happened() == [
        "connectionCleared 1002 normalClearing | 1002=null",
        "connectionCleared 7001 normalClearing | 1002=null",
    ]
    scene.dial("1003", "7001")
    assert scene.happened()[-1] == "failed 7001 destNotObtainable | 1003=connected"


def test_a_number_outside_waits_parked() -> None:
    scene = Scene()
    call = scene.talk("1001", "1901")
    scene.park("1001", call, "7001")
    taken = scene.dial("1002", "7001")
    scene.hangup("1002", taken)
    assert scene.cluster.calls == {}


def test_who_is_parked_does_not_take_themselves() -> None:
    scene = Scene()
    call = scene.talk("1001", "1002")
    scene.park("1001", call, "7001")
    scene.dial("1002", "7001")
    assert scene.happened()[-1] == "failed 7001 destNotObtainable | 1002=connected"
    assert scene.states("1002") == [["hold", "connected"]]


def test_a_parked_call_survives_a_node() -> None:
    scene = Scene()
    call = scene.talk("1001", "1002")
    scene.park("1001", call, "7001")
    nodes.fail(scene.cluster, scene.node("cucm2"), scene.now)
    scene.wait(1.0)
    assert scene.dial("1001", "7001").call is call.call


def test_what_cannot_be_parked() -> None:
    scene = Scene()
    call = scene.talk("1001", "1002")
    ringing = scene.dial("1003", "1004")
    other = scene.talk("1005", "1006")
    crowd = scene.talk("1007", "1008")
    scene.conference("1007", crowd, scene.talk("1007", "1009"))
    scene.park("1005", other, "7001")
    scene.happened()
    for number in ("1001", "1901", "7011", "1999"):
        with pytest.raises(InvalidDestination):
            scene.park("1001", call, number)
    for number, leg in (("1003", ringing), ("1004", ringing), ("1006", other), ("1007", crowd)):
        with pytest.raises(InvalidConnectionState):
            scene.park(number, leg, "7002")
    with pytest.raises(ResourceBusy):
        scene.park("1001", call, "7001")
    with pytest.raises(InvalidForwardingDestination):
        scene.forward("1001", "7001")
    assert scene.happened() == []
    assert scene.states("1001", "1002") == [["connected"], ["connected"]]
