from collections.abc import Callable

import pytest

from csta_xml import CallId, ConnectionId, DeviceId
from ctimgr_client.serving.refused import (
    DeviceOutOfService,
    InvalidCallId,
    InvalidConnectionId,
    InvalidConnectionState,
    InvalidDestination,
    InvalidDeviceId,
    NoActiveCall,
    NoCallToAnswer,
    NoConnectionToClear,
    NoHeldCall,
    Refused,
    ResourceLimitExceeded,
)
from ctimgr_client.simulator import call_control, nodes
from ctimgr_client.simulator.calls import Leg
from ctimgr_client.simulator.cluster import Cluster
from tests.ctimgr_client.simulator.scene import Scene


def test_a_call_is_dialled_delivered_and_answered() -> None:
    scene = Scene()
    call = scene.dial("1001", "1002")
    assert scene.happened() == [
        "serviceInitiated 1001 makeCall | 1001=initiated",
        "originated 1001 newCall | 1001=connected",
        "delivered 1002 newCall | 1001=connected 1002=alerting",
    ]
    scene.answer("1002", call)
    assert scene.happened() == ["established 1002 normal | 1001=connected 1002=connected"]
    assert scene.states("1001", "1002") == [["connected"], ["connected"]]


@pytest.mark.parametrize(("first", "second"), [("1001", "1002"), ("1002", "1001")])
def test_who_hangs_up_is_cleared_first_and_the_other_with_it(first: str, second: str) -> None:
    scene = Scene()
    call = scene.talk("1001", "1002")
    scene.hangup(first, call)
    between = " ".join(f"{dn}={'null' if dn == first else 'connected'}" for dn in ("1001", "1002"))
    assert scene.happened() == [
        f"connectionCleared {first} normalClearing | {between}",
        f"connectionCleared {second} normalClearing | 1001=null 1002=null",
    ]
    assert scene.cluster.calls == {}
    assert scene.states("1001", "1002") == [[], []]


def test_a_caller_who_gives_up_cancels_the_ringing() -> None:
    scene = Scene()
    call = scene.dial("1001", "1002")
    scene.happened()
    scene.hangup("1001", call)
    assert scene.happened() == [
        "connectionCleared 1001 normalClearing | 1001=null 1002=alerting",
        "connectionCleared 1002 callCancelled | 1001=null 1002=null",
    ]


def test_a_ringing_call_can_be_rejected() -> None:
    scene = Scene()
    call = scene.dial("1001", "1002")
    scene.happened()
    scene.hangup("1002", call)
    assert scene.happened() == [
        "connectionCleared 1002 callCancelled | 1001=connected 1002=null",
        "connectionCleared 1001 callCancelled | 1001=null 1002=null",
    ]


def test_hold_and_resume_are_seen_from_both_sides() -> None:
    scene = Scene()
    call = scene.talk("1001", "1002")
    scene.hold("1002", call)
    scene.hold("1001", call)
    scene.resume("1002", call)
    scene.resume("1001", call)
    assert scene.happened() == [
        "held 1002 normal | 1001=connected 1002=hold",
        "held 1001 normal | 1001=hold 1002=hold",
        "retrieved 1002 normal | 1001=hold 1002=connected",
        "retrieved 1001 normal | 1001=connected 1002=connected",
    ]


def test_dialling_holds_the_active_call() -> None:
    scene = Scene()
    scene.talk("1001", "1002")
    scene.dial("1001", "1003")
    assert scene.happened()[0] == "held 1001 normal | 1001=hold 1002=connected"
    assert scene.states("1001") == [["hold", "connected"]]


def test_answering_holds_the_active_call() -> None:
    scene = Scene()
    scene.talk("1001", "1002")
    second = scene.dial("1003", "1001")
    scene.happened()
    scene.answer("1001", second)
    assert scene.happened() == [
        "held 1001 normal | 1001=hold 1002=connected",
        "established 1001 normal | 1003=connected 1001=connected",
    ]


def test_resuming_holds_the_active_call() -> None:
    scene = Scene()
    first = scene.talk("1001", "1002")
    second = scene.dial("1001", "1003")
    scene.answer("1003", second)
    scene.happened()
    scene.resume("1001", first)
    assert scene.happened() == [
        "held 1001 normal | 1001=hold 1003=connected",
        "retrieved 1001 normal | 1001=connected 1002=connected",
    ]


def test_one_active_call_per_device_not_per_line() -> None:
    scene = Scene()
    scene.talk("1300", "1002")
    scene.talk("1301", "1003")
    assert scene.states("1300", "1301") == [["hold"], ["connected"]]


def test_a_device_can_call_itself_from_one_line_to_the_other() -> None:
    scene = Scene()
    call = scene.dial("1300", "1301")
    scene.answer("1301", call)
    assert scene.happened()[-2:] == [
        "held 1300 normal | 1300=hold 1301@1300=alerting",
        "established 1301@1300 normal | 1300=hold 1301@1300=connected",
    ]


def test_a_tone_is_hung_up_not_held_when_another_call_begins() -> None:
    scene = Scene()
    scene.dial("1001", "1903")
    scene.happened()
    scene.dial("1001", "1002")
    assert scene.happened()[0] == "connectionCleared 1001 normalClearing | 1001=null"
    assert scene.states("1001") == [["connected"]]


def test_call_ids_are_never_used_again() -> None:
    scene = Scene()
    first = scene.dial("1001", "1002")
    scene.hangup("1001", first)
    second = scene.dial("1001", "1002")
    assert (first.call.id, second.call.id) == ("1_4a11", "1_4a12")


def ringing(scene: Scene) -> ConnectionId:
    return ConnectionId(scene.dial("1002", "1001").call.id, DeviceId("tel:1001"))


def talking(scene: Scene) -> ConnectionId:
    return ConnectionId(scene.talk("1001", "1002").call.id, DeviceId("tel:1001"))


def held(scene: Scene) -> ConnectionId:
    call = scene.talk("1001", "1002")
    scene.hold("1001", call)
    return ConnectionId(call.call.id, DeviceId("tel:1001"))


def calling(scene: Scene) -> ConnectionId:
    return ConnectionId(scene.dial("1001", "1002").call.id, DeviceId("tel:1001"))


def tone(scene: Scene) -> ConnectionId:
    return ConnectionId(scene.dial("1001", "1903").call.id, DeviceId("tel:1001"))


WRONG_STATES = [
    (call_control.answer, talking),
    (call_control.answer, held),
    (call_control.answer, calling),
    (call_control.hold, ringing),
    (call_control.hold, held),
    (call_control.hold, tone),
    (call_control.resume, ringing),
    (call_control.resume, talking),
    (call_control.resume, calling),
]


@pytest.mark.parametrize(("operation", "situation"), WRONG_STATES)
def test_a_wrong_state_is_refused_and_changes_nothing(
    operation: Callable[[Cluster, Leg], None], situation: Callable[[Scene], ConnectionId]
) -> None:
    scene = Scene()
    connection = situation(scene)
    before = scene.states("1001", "1002")
    scene.happened()
    with pytest.raises(InvalidConnectionState):
        operation(scene.cluster, scene.cluster.leg(connection))
    assert scene.happened() == []
    assert scene.states("1001", "1002") == before


NOBODY = [
    (call_control.TO_ANSWER, NoCallToAnswer),
    (call_control.TO_HOLD, NoActiveCall),
    (call_control.TO_RESUME, NoHeldCall),
    (call_control.TO_HANG_UP, NoConnectionToClear),
]


@pytest.mark.parametrize(("choice", "refusal"), NOBODY)
def test_without_a_call_there_is_nothing_to_choose(
    choice: call_control.Choice, refusal: type[Refused]
) -> None:
    scene = Scene()
    with pytest.raises(refusal):
        call_control.choose(scene.cluster, (scene.at("1001"),), choice)


def test_the_active_call_is_the_one_to_hang_up() -> None:
    scene = Scene()
    scene.talk("1001", "1002")
    second = scene.talk("1001", "1003")
    chosen = call_control.choose(scene.cluster, (scene.at("1001"),), call_control.TO_HANG_UP)
    assert chosen.call is second.call


def test_unknown_calls_devices_and_connections_are_told_apart() -> None:
    scene = Scene()
    call_id = scene.dial("1001", "1002").call.id
    for connection, refusal in [
        (ConnectionId(CallId("1_0"), DeviceId("tel:1001")), InvalidCallId),
        (ConnectionId(None, None), InvalidCallId),
        (ConnectionId(call_id, None), InvalidConnectionId),
        (ConnectionId(call_id, DeviceId("tel:1003")), InvalidConnectionId),
        (ConnectionId(call_id, DeviceId("tel:4711")), InvalidDeviceId),
        (ConnectionId(call_id, DeviceId("tel:1902")), InvalidDeviceId),
    ]:
        with pytest.raises(refusal):
            scene.cluster.leg(connection)


@pytest.mark.parametrize("number", ["1999", "tel:+15550100", "tel:1001", ""])
def test_numbers_without_a_destination_are_refused(number: str) -> None:
    scene = Scene()
    with pytest.raises(InvalidDestination):
        scene.dial("1001", number)
    assert scene.cluster.calls == {}
    assert scene.happened() == []


def test_a_refused_number_leaves_the_active_call_alone() -> None:
    scene = Scene()
    scene.talk("1001", "1002")
    with pytest.raises(InvalidDestination):
        scene.dial("1001", "1999")
    assert scene.states("1001") == [["connected"]]


def test_nothing_can_be_done_at_an_unregistered_phone() -> None:
    scene = Scene()
    nodes.unregister(scene.cluster, scene.device("1001"))
    with pytest.raises(DeviceOutOfService):
        scene.dial("1001", "1002")


def test_an_outside_leg_is_nobodys_to_control() -> None:
    scene = Scene()
    call = scene.dial("1001", "1904").call
    outside = call.connections[1].legs[0]
    with pytest.raises(InvalidConnectionId):
        call_control.hangup(scene.cluster, outside)


def test_calls_of_the_cluster_are_bounded() -> None:
    scene = Scene(Cluster(max_calls=2))
    scene.dial("1001", "1002")
    scene.dial("1003", "1004")
    with pytest.raises(ResourceLimitExceeded):
        scene.dial("1005", "1006")
    assert len(scene.cluster.calls) == 2


def test_calls_of_a_line_are_bounded() -> None:
    scene = Scene(Cluster(max_calls_per_line=3))
    for _ in range(3):
        scene.dial("1001", "1904")
    with pytest.raises(ResourceLimitExceeded):
        scene.dial("1001", "1904")
    scene.happened()
    scene.dial("1002", "1001")
    assert scene.happened()[-1] == "failed 1001 busy | 1002=connected"
    assert len(scene.cluster.legs_at(scene.at("1001"))) == 3
