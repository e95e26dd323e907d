from csta_xml import DeviceId
from ctimgr_client.simulator import nodes, phone_features
from tests.ctimgr_client.simulator.scene import HARD, SOFT, Scene


def test_every_line_of_the_device_is_told_once() -> None:
    scene = Scene()
    scene.quiet("1300")
    scene.quiet("1301")
    scene.quiet("1300", on=False)
    assert scene.happened() == [
        "doNotDisturb 1300 on",
        "doNotDisturb 1301@1300 on",
        "doNotDisturb 1300 off",
        "doNotDisturb 1301@1300 off",
    ]


def test_a_device_that_is_not_to_be_disturbed_does_not_ring() -> None:
    scene = Scene()
    scene.quiet("1002")
    scene.happened()
    scene.dial("1001", "1002")
    assert scene.happened()[-1] == "failed 1002 doNotDisturb | 1001=connected"


def test_it_can_make_calls_and_what_rings_already_goes_on() -> None:
    scene = Scene()
    call = scene.dial("1001", "1002")
    scene.quiet("1002")
    scene.happened()
    scene.answer("1002", call)
    scene.dial("1002", "1003")
    assert scene.happened()[-1] == "delivered 1003 newCall | 1002=connected 1003=alerting"


def test_a_shared_line_rings_where_it_may() -> None:
    scene = Scene()
    scene.quiet(HARD)
    scene.happened()
    scene.dial("1001", "1100")
    assert scene.happened()[-1] == "delivered 1100 newCall | 1001=connected 1100@110C=alerting"
    nodes.unregister(scene.cluster, scene.device(SOFT))
    scene.happened()
    scene.dial("1002", "1100")
    assert scene.happened()[-1] == "failed 1100 doNotDisturb | 1002=connected"


def test_a_forwarded_line_is_not_disturbed_by_the_call() -> None:
    scene = Scene()
    scene.quiet("1002")
    scene.forward("1002", "1003")
    scene.happened()
    scene.dial("1001", "1002")
    assert scene.happened()[-1] == "delivered 1003 callForwardImmediate | 1001=connected 1003=alerting"


def test_a_message_that_waits_is_the_lines() -> None:
    scene = Scene()
    line = scene.at("1100").line
    for on in (True, True, False, False):
        phone_features.message_waiting(scene.cluster, line, on=on)
    assert scene.happened() == [
        "messageWaiting 1100 on",
        "messageWaiting 1100@110C on",
        "messageWaiting 1100 off",
        "messageWaiting 1100@110C off",
    ]


def test_whose_message_it_is_is_kept() -> None:
    scene = Scene()
    line = scene.at("1001").line
    phone_features.message_waiting(scene.cluster, line, DeviceId("tel:5000"), on=True)
    phone_features.message_waiting(scene.cluster, line, on=True)
    assert scene.happened() == ["messageWaiting 1001 on"]
    assert line.message_for == "tel:5000"
