from csta_xml import (
    CallId,
    ConnectionId,
    DeviceId,
    LocalConnectionState,
    SimpleCallState,
    SnapshotDevice,
    SnapshotDeviceInfo,
    SnapshotDeviceResponse,
)
from ctimgr_client.serving.limits import Limits
from tests.ctimgr_client.simulator.scene import HARD, SOFT
from tests.ctimgr_client.simulator.talker import Site, Talker

ONE = DeviceId("tel:1001;device=SEP000000001001")
TWO = DeviceId("tel:1002;device=SEP000000001002")
NOBODY = DeviceId("tel:4711")


def talker(limits: Limits | None = None) -> Talker:
    site = Site(limits)
    return Talker(site, site.cti())


def con(call_id: str | None, device: str | None = ONE) -> ConnectionId:
    return ConnectionId(
        CallId(call_id) if call_id is not None else None, DeviceId(device) if device is not None else None
    )


def snapshot(client: Talker, device: str) -> list[tuple[str | None, object]]:
    answer = client.ask(SnapshotDevice(snapshot_object=DeviceId(device)))
    assert isinstance(answer, SnapshotDeviceResponse)
    return [(str(info.endpoint_device), info.local_call_state) for info in answer.snapshot]


def test_a_device_without_calls_has_an_empty_snapshot() -> None:
    assert talker().ask(SnapshotDevice(snapshot_object=ONE)) == SnapshotDeviceResponse(snapshot=())


def test_a_snapshot_names_call_device_far_end_and_state() -> None:
    client = talker()
    client.make_call(ONE, "1002")
    assert client.ask(SnapshotDevice(snapshot_object=DeviceId("tel:1001"))) == SnapshotDeviceResponse(
        snapshot=(
            SnapshotDeviceInfo(
                connection_identifier=con("1_4a11", ONE),
                endpoint_device=TWO,
                local_call_state=SimpleCallState.DELIVERED,
            ),
        )
    )


def test_states_in_a_snapshot() -> None:
    client = talker()
    scene = client.site.scene
    call = scene.dial("1001", "1002")
    assert snapshot(client, ONE) == [(TWO, SimpleCallState.DELIVERED)]
    assert snapshot(client, TWO) == [(ONE, SimpleCallState.RECEIVED)]
    scene.hold("1001", call)
    assert snapshot(client, ONE) == [(TWO, SimpleCallState.DELIVERED_HELD)]
    assert snapshot(client, TWO) == [(ONE, SimpleCallState.RECEIVED_ON_HOLD)]
    scene.resume("1001", call)
    scene.answer("1002", call)
    assert snapshot(client, ONE) == snapshot(client, ONE) == [(TWO, SimpleCallState.ESTABLISHED)]
    scene.hold("1001", call)
    assert snapshot(client, ONE) == [(TWO, SimpleCallState.ESTABLISHED_HELD)]
    assert snapshot(client, TWO) == [(ONE, SimpleCallState.ESTABLISHED_ON_HOLD)]
    scene.hold("1002", call)
    assert snapshot(client, ONE) == [(TWO, (LocalConnectionState.HOLD, LocalConnectionState.HOLD))]
    scene.dial("1001", "1903")
    assert snapshot(client, ONE)[1:] == [("tel:1903", SimpleCallState.FAILED)]


def test_a_bridged_appearance_shows_its_own_state_first() -> None:
    client = talker()
    scene = client.site.scene
    scene.answer(SOFT, scene.dial("1001", "1100"))
    assert snapshot(client, HARD) == [
        (ONE, (LocalConnectionState.QUEUED, LocalConnectionState.CONNECTED)),
    ]
    assert snapshot(client, ONE) == [(SOFT, SimpleCallState.ESTABLISHED)]


def test_a_snapshot_of_an_unknown_device() -> None:
    assert talker().refused(SnapshotDevice(snapshot_object=NOBODY)) == "operation/invalidDeviceID"


def test_the_longest_snapshot_fits_a_frame() -> None:
    client = talker()
    for _ in range(100):
        client.site.scene.dial("1300", "1200")
    assert len(snapshot(client, "tel:1300")) == 100


def test_a_longer_one_is_refused_instead_of_breaking_the_wire() -> None:
    client = talker()
    client.site.scene.cluster.max_calls_per_line = 1000
    for _ in range(500):
        client.site.scene.dial("1300", "1904")
    request = SnapshotDevice(snapshot_object=DeviceId("tel:1300"))
    assert client.refused(request) == "systemResourceAvailibility/resourceLimitExceeded"


def test_in_a_conference_the_compound_state_lists_own_first() -> None:
    client = talker()
    scene = client.site.scene
    held = scene.talk("1001", "1002")
    scene.conference("1001", held, scene.talk("1001", "1003"))
    scene.hold("1002", held)
    assert snapshot(client, TWO) == [
        (
            "None",
            (LocalConnectionState.HOLD, LocalConnectionState.CONNECTED, LocalConnectionState.CONNECTED),
        )
    ]


def test_a_call_the_phone_asks_for_is_pending_and_a_parked_one_queued() -> None:
    client = talker()
    scene = client.site.scene
    scene.prompt("1001", "1002")
    assert snapshot(client, ONE) == [("None", SimpleCallState.PENDING)]
    scene.park("1003", scene.talk("1003", "1002"), "7001")
    assert snapshot(client, TWO) == [
        ("tel:7001", (LocalConnectionState.CONNECTED, LocalConnectionState.QUEUED))
    ]
