"""Lines that are moved over the control API, and what applications and the state then say."""

import asyncio

import pytest

from ctimgr_client.simulator.fleet import SOFT_PHONE
from tests.ctimgr_client.simulator.control_client import Client, control, over_http, parties, post, state
from tests.ctimgr_client.simulator.raw_client import csta, make_call, root, running, text, until

ONE, TWO, FOUR = "SEP000000001001", "SEP000000001002", "SEP000000001004"
HARD, SOFT = "SEP000000001100", "SEP00000000110C"
STAFF, LAB = "SEP000000001200", "SEP00000000120B"
TWO_LINES = "SEP000000001300"
AWAY: dict[str, object] = {"line": "1001", "to": FOUR}


async def lines(client: Client, *names: str) -> list[list[str]]:
    """What the state says of these devices."""
    on = {device["name"]: device["lines"] for device in (await state(client))["devices"]}
    return [on[name] for name in names]


@pytest.mark.asyncio
async def test_a_line_moves_and_comes_back() -> None:
    async with control() as (client, _):
        left = await post(client, f"devices/{ONE}/move", AWAY)
        assert (left["name"], left["lines"], left["registered"]) == (ONE, [], True)
        assert await lines(client, ONE, FOUR) == [[], ["1004", "1001"]]
        call = await post(client, f"devices/{TWO}/dial", {"to": "1001"})
        assert parties(call) == [("1002", TWO, "connected"), ("1001", FOUR, "alerting")]
        await post(client, f"devices/{FOUR}/answer")
        await post(client, f"devices/{FOUR}/hangup")
        await post(client, f"devices/{FOUR}/move", {"line": "1001", "to": ONE})
        assert await lines(client, ONE, FOUR) == [["1001"], ["1004"]]
        call = await post(client, f"devices/{ONE}/dial", {"to": "1002"})
        assert parties(call)[0] == ("1001", ONE, "connected")


@pytest.mark.asyncio
async def test_the_line_may_be_left_out_where_there_is_one() -> None:
    async with control() as (client, _):
        await post(client, f"devices/{ONE}/move", {"to": FOUR})
        await post(client, f"devices/{FOUR}/move", {"to": ONE}, 400)
        assert await lines(client, ONE, FOUR) == [[], ["1004", "1001"]]


@pytest.mark.asyncio
async def test_without_a_line_the_device_goes_to_another_node_as_before() -> None:
    async with control() as (client, simulator):
        await post(client, f"devices/{ONE}/move", AWAY)
        for name, body in ((ONE, None), (FOUR, {}), (TWO, {"node": "cucm1"})):
            await post(client, f"devices/{name}/move", body)
        await until(lambda: all(device.in_service for device in simulator.cluster.fleet.devices.values()))
        nodes = {device["name"]: device["node"] for device in (await state(client))["devices"]}
        assert (nodes[ONE], nodes[FOUR], nodes[TWO]) == ("cucm2", "cucm1", "cucm1")
        assert await lines(client, ONE, FOUR) == [[], ["1004", "1001"]]


@pytest.mark.asyncio
async def test_one_appearance_of_a_shared_line_moves() -> None:
    async with control() as (client, _):
        await post(client, f"devices/{HARD}/move", {"line": "1100", "to": FOUR})
        assert await lines(client, HARD, SOFT, FOUR) == [[], ["1100"], ["1004", "1100"]]
        call = await post(client, f"devices/{ONE}/dial", {"to": "1100"})
        assert parties(call)[1:] == [("1100", FOUR, "alerting"), ("1100", SOFT, "alerting")]


@pytest.mark.asyncio
async def test_one_of_two_lines_moves() -> None:
    async with control() as (client, _):
        await post(client, f"devices/{TWO_LINES}/move", {"line": "1300", "to": FOUR})
        assert await lines(client, TWO_LINES, FOUR) == [["1301"], ["1004", "1300"]]
        call = await post(client, f"devices/{TWO_LINES}/dial", {"to": "1300"})
        assert parties(call) == [("1301", TWO_LINES, "connected"), ("1300", FOUR, "alerting")]


@pytest.mark.asyncio
async def test_a_line_of_two_partitions_is_named_in_full() -> None:
    async with control() as (client, _):
        await post(client, f"devices/{STAFF}/move", {"line": "1200;partition=staff", "to": LAB})
        assert await lines(client, STAFF, LAB) == [[], ["1200", "1200"]]
        answer = await post(client, f"devices/{LAB}/move", {"line": "1200", "to": STAFF}, 400)
        assert answer["error"] == f"{LAB} has '1200' in several partitions: \"line\" is DN;partition=P"
        await post(client, f"devices/{LAB}/move", {"line": "1200;partition=lab", "to": STAFF})
        call = await post(client, f"devices/{ONE}/dial", {"to": "tel:1200;partition=lab"})
        assert parties(call)[1] == ("1200", STAFF, "alerting")


@pytest.mark.asyncio
async def test_a_line_on_another_model_of_phone_can_do_what_that_phone_can() -> None:
    async with control() as (client, simulator):
        await post(client, f"devices/{ONE}/move", {"to": SOFT})
        assert simulator.cluster.appearance("1001").device.model == SOFT_PHONE
        assert (await post(client, f"devices/{ONE}/dnd", {"on": True}))["dnd"] is True
        call = await post(client, f"devices/{TWO}/dial", {"to": "1001"})
        assert parties(call)[1] == ("1001", SOFT, "alerting")


ONLY_ONE = '"node" moves the device, "line" and "to" move a line: only one is possible'
HAS_IT = f"{SOFT} has the line tel:1100 already: name another device"
BAD: list[tuple[str, dict[str, object], int, str]] = [
    ("SEP9", AWAY, 404, "no device 'SEP9'"),
    (ONE, {"to": "SEP9"}, 404, "no device 'SEP9'"),
    (ONE, {"to": FOUR.lower()}, 404, f"no device '{FOUR.lower()}'"),
    (ONE, {"line": "1002", "to": FOUR}, 404, f"{ONE} has no line '1002'"),
    (ONE, {"line": "1001;partition=attic", "to": FOUR}, 404, f"{ONE} has no line '1001;partition=attic'"),
    (STAFF, {"line": "1200;partition=lab", "to": FOUR}, 404, f"{STAFF} has no line '1200;partition=lab'"),
    (TWO_LINES, {"to": FOUR}, 400, f'{TWO_LINES} has several lines: "line" is missing'),
    (ONE, {"line": "1001"}, 400, '"to" is missing: the device to move the line to'),
    (ONE, {"to": None}, 400, '"to" is missing: the device to move the line to'),
    (ONE, {"to": 4}, 400, '"to" is not a text'),
    (ONE, {"line": 1001, "to": FOUR}, 400, '"line" is not a text'),
    (ONE, {**AWAY, "node": "cucm2"}, 400, ONLY_ONE),
    (ONE, {"line": "1001", "node": "cucm2"}, 400, ONLY_ONE),
    (HARD, {"line": "1100", "to": SOFT}, 409, HAS_IT),
    (SOFT, {"line": "1100", "to": SOFT}, 409, HAS_IT),
]


@pytest.mark.asyncio
async def test_what_cannot_be_moved_is_told_in_words_and_stays() -> None:
    async with control() as (client, _):
        before = await state(client)
        for name, body, status, error in BAD:
            answer = await post(client, f"devices/{name}/move", body, status)
            assert answer["error"] == error, (name, body)
        assert await state(client) == before


@pytest.mark.asyncio
async def test_nobody_is_logged_out_during_a_call() -> None:
    async with control() as (client, _):
        await post(client, f"devices/{TWO}/dial", {"to": "1001"})
        assert await post(client, f"devices/{ONE}/move", AWAY, 409) == {
            "error": f"tel:1001 has a call at {ONE}: move the line when it has none",
            "category": "stateIncompatibility",
            "value": "invalidConnectionState",
        }
        await post(client, f"devices/{ONE}/answer")
        await post(client, f"devices/{ONE}/move", AWAY, 409)
        assert await lines(client, ONE, FOUR) == [["1001"], ["1004"]]
        await post(client, f"devices/{ONE}/hangup")
        await post(client, f"devices/{ONE}/move", AWAY)


@pytest.mark.asyncio
async def test_a_device_without_lines_says_so() -> None:
    async with control() as (client, _):
        await post(client, f"devices/{ONE}/move", AWAY)
        for operation, body in (
            ("dial", {"to": "1002"}),
            ("forward", {"to": None}),
            ("message-waiting", {"on": True}),
            ("move", {"to": FOUR}),
        ):
            answer = await post(client, f"devices/{ONE}/{operation}", body, 404)
            assert answer == {"error": f"{ONE} has no line"}, operation
        for operation, error in (("answer", "noCallToAnswer"), ("hangup", "noConnectionToClear")):
            assert (await post(client, f"devices/{ONE}/{operation}", {}, 409))["error"] == error
        for operation in ("unregister", "register"):
            assert (await post(client, f"devices/{ONE}/{operation}"))["lines"] == []


@pytest.mark.asyncio
async def test_a_line_on_an_unregistered_phone_is_out_of_service() -> None:
    async with control() as (client, _):
        await post(client, f"devices/{FOUR}/unregister")
        await post(client, f"devices/{ONE}/move", AWAY)
        answer = await post(client, f"devices/{FOUR}/dial", {"line": "1001", "to": "1002"}, 409)
        assert answer["value"] == "deviceOutOfService"
        call = await post(client, f"devices/{TWO}/dial", {"to": "1001"})
        assert parties(call) == [("1002", TWO, "connected")]
        await post(client, f"devices/{FOUR}/register")
        await post(client, f"devices/{FOUR}/dial", {"line": "1001", "to": "1003"})


@pytest.mark.asyncio
async def test_monitors_are_stopped_at_every_ctimanager_and_devices_closed() -> None:
    async with running(2) as site, over_http(site.simulator) as client:
        watchers = [await site.session(1), await site.session(1), await site.session(2)]
        refs = [await watcher.monitor("tel:1001") for watcher in watchers]
        idle = await site.session(2)
        await idle.monitor("tel:1004")
        await post(client, f"devices/{ONE}/move", AWAY)
        for watcher, ref in zip(watchers, refs, strict=True):
            invoke_id, body = await watcher.receive()
            assert (invoke_id, root(body), text(body, "monitorCrossRefID")) == (9999, "MonitorStop", ref)
            watcher.send(invoke_id, csta("MonitorStopResponse"))
        assert [each["devices"] for each in (await state(client))["ctimanagers"]] == [0, 1]
        assert len(site.simulator.monitors) == 1
        assert await idle.silent(0.05)


@pytest.mark.asyncio
async def test_an_application_that_was_stopped_finds_the_line_at_its_new_device() -> None:
    async with running() as site, over_http(site.simulator) as client:
        watcher = await site.session()
        await watcher.monitor("tel:1001")
        await post(client, f"devices/{ONE}/move", AWAY)
        assert root((await watcher.receive())[1]) == "MonitorStop"
        refused = await watcher.ask(2, make_call(f"tel:1001;device={ONE}", "1904"))
        assert text(refused, "operation") == "invalidDeviceID"
        await watcher.monitor("tel:1001")
        await post(client, f"devices/{TWO}/dial", {"to": "1001"})
        assert f"tel:1001;device={FOUR}" in (await watcher.receive())[1]


@pytest.mark.asyncio
async def test_lines_that_move_at_the_same_time_all_arrive() -> None:
    async with control() as (client, simulator):
        names = [f"SEP00000000{dn}" for dn in range(1001, 1021)]
        moves = [post(client, f"devices/{name}/move", {"to": HARD}) for name in names]
        await asyncio.gather(*moves)
        assert len((await lines(client, HARD))[0]) == 21
        assert await lines(client, *names) == [[]] * 20
        assert len(simulator.cluster.fleet.appearances("1100")) == 2
