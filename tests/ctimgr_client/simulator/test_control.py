import pytest

from ctimgr_client.simulator import call_control, dialling
from tests.ctimgr_client.simulator.control_client import control, over_http, parties, post, state
from tests.ctimgr_client.simulator.raw_client import running, until

ONE, TWO = "SEP000000001001", "SEP000000001002"


@pytest.mark.asyncio
async def test_the_state_has_the_shape_of_the_contract() -> None:
    async with control(1) as (client, simulator):
        found = await state(client)
        port = simulator.servers["ctim1"].port
        assert found["ctimanagers"] == [
            {
                "name": "ctim1",
                "address": f"127.0.0.1:{port}",
                "state": "listening",
                "fault": "none",
                "sessions": 0,
                "devices": 0,
            }
        ]
        assert found["nodes"] == [{"name": "cucm1", "state": "up"}, {"name": "cucm2", "state": "up"}]
        assert found["calls"] == []
        assert found["devices"][0] == {
            "name": ONE,
            "model": "Cisco 8851",
            "registered": True,
            "node": "cucm1",
            "lines": ["1001"],
            "dnd": False,
        }
        assert found["devices"][-1]["lines"] == ["1300", "1301"]


@pytest.mark.asyncio
async def test_a_call_with_fingers_only() -> None:
    async with control() as (client, simulator):
        call = await post(client, f"devices/{ONE}/dial", {"line": "1001", "to": "1002"})
        assert parties(call) == [("1001", ONE, "connected"), ("1002", TWO, "alerting")]
        assert (await state(client))["calls"] == [call]
        await post(client, f"devices/{TWO}/answer")
        await post(client, f"devices/{ONE}/hold", {"call": call["id"]})
        call = await post(client, f"devices/{TWO}/hold", {"line": "1002"})
        assert parties(call) == [("1001", ONE, "hold"), ("1002", TWO, "hold")]
        await post(client, f"devices/{ONE}/resume", {})
        call = await post(client, f"devices/{ONE}/hangup", {"line": "1001", "call": call["id"]})
        assert parties(call) == []
        assert simulator.cluster.calls == {}


@pytest.mark.asyncio
async def test_a_user_sets_do_not_disturb() -> None:
    async with control() as (client, simulator):
        assert (await post(client, f"devices/{ONE}/dnd", {"on": True}))["dnd"] is True
        assert (await state(client))["devices"][0]["dnd"] is True
        call = await post(client, f"devices/{TWO}/dial", {"to": "1001"})
        assert parties(call) == [("1002", TWO, "connected")]
        assert (await post(client, f"devices/{ONE}/dnd", {"on": False}))["dnd"] is False
        for body in ({}, {"on": "yes"}, {"on": 1}):
            await post(client, f"devices/{ONE}/dnd", body, 400)
        refusal = await post(client, "devices/SEP00000000110C/dnd", {"on": True}, 409)
        assert refusal["value"] == "serviceNotSupported"
        assert not any(device.do_not_disturb for device in simulator.cluster.fleet.devices.values())


@pytest.mark.asyncio
async def test_a_message_waits_for_a_line() -> None:
    async with control() as (client, simulator):
        for on in (True, False):
            await post(client, "devices/SEP000000001300/message-waiting", {"line": "1301", "on": on})
            assert simulator.cluster.appearance("1301").line.message_waiting is on
        await post(client, "devices/SEP000000001300/message-waiting", {"on": True}, 400)
        await post(client, f"devices/{ONE}/message-waiting", {}, 400)


@pytest.mark.asyncio
async def test_a_user_forwards_a_line() -> None:
    async with control() as (client, simulator):
        line = simulator.cluster.appearance("1001").line
        outside = simulator.cluster.destination("1901")
        for body, target in (({"line": "1001", "to": "1901"}, outside), ({"to": None}, None)):
            await post(client, f"devices/{ONE}/forward", body)
            assert line.forward is target
        await post(client, f"devices/{ONE}/forward", {}, 400)
        await post(client, f"devices/{ONE}/forward", {"to": 1901}, 400)
        for number in ("1001", "1999", "7001"):
            refusal = await post(client, f"devices/{ONE}/forward", {"to": number}, 409)
            assert refusal["value"] == "invalidForwardingDestination"


@pytest.mark.asyncio
async def test_a_call_the_phone_was_asked_to_make_is_made_by_lifting_the_handset() -> None:
    async with control() as (client, simulator):
        cluster = simulator.cluster
        simulator.do(lambda now: dialling.prompt(cluster, cluster.appearance("1001"), "1002", now))
        assert parties((await state(client))["calls"][0]) == [("1001", ONE, "initiated")]
        call = await post(client, f"devices/{ONE}/answer")
        assert parties(call) == [("1001", ONE, "connected"), ("1002", TWO, "alerting")]


@pytest.mark.asyncio
async def test_digits_are_shown_with_who_sent_them() -> None:
    async with control() as (client, simulator):
        cluster = simulator.cluster
        call = await post(client, f"devices/{ONE}/dial", {"to": "1901"})
        (leg,) = cluster.legs_at(cluster.appearance("1001"))
        simulator.do(lambda _now: call_control.send_digits(cluster, leg, "12#"))
        shown = (await state(client))["calls"][0]["parties"]
        assert shown == [{**call["parties"][0], "digits": "12#"}, call["parties"][1]]


@pytest.mark.asyncio
async def test_numbers_outside_have_no_device() -> None:
    async with control() as (client, _):
        call = await post(client, f"devices/{ONE}/dial", {"to": "tel:1901"})
        assert parties(call)[1] == ("1901", None, "connected")


@pytest.mark.asyncio
async def test_a_phone_is_unregistered_registered_and_moved() -> None:
    async with control() as (client, simulator):
        assert (await post(client, f"devices/{ONE}/unregister"))["registered"] is False
        assert (await post(client, f"devices/{ONE}/register"))["node"] == "cucm1"
        assert (await post(client, f"devices/{ONE}/move"))["node"] is None
        await post(client, f"devices/{TWO}/move", {"node": "cucm1"})
        await until(lambda: all(device.in_service for device in simulator.cluster.fleet.devices.values()))
        nodes = [device["node"] for device in (await state(client))["devices"][:2]]
        assert nodes == ["cucm2", "cucm1"]


@pytest.mark.asyncio
async def test_a_node_fails_and_returns() -> None:
    async with control() as (client, simulator):
        assert await post(client, "nodes/cucm1/fail") == {"name": "cucm1", "state": "down"}
        assert not simulator.cluster.fleet.devices[ONE].in_service
        assert await post(client, "nodes/cucm1/restore") == {"name": "cucm1", "state": "up"}


@pytest.mark.asyncio
async def test_a_manager_breaks_and_is_repaired() -> None:
    async with control(2) as (client, _):
        for fault, is_up in [
            ("hang", True),
            ("crash", False),
            ("slow", True),
            ("refuse", False),
            ("bad-login", True),
            ("none", True),
        ]:
            answer = await post(client, "ctimanagers/ctim2/fault", {"fault": fault, "delay": 2.0})
            assert (answer["fault"], answer["state"]) == (fault, "listening" if is_up else "down")


BAD: list[tuple[str, object, int, str]] = [
    ("devices/SEP9/dial", {"to": "1002"}, 404, "no device 'SEP9'"),
    (f"devices/{ONE}/explode", {}, 404, "no operation 'explode'"),
    (f"devices/{ONE}/dial", {}, 400, '"to" is missing: the number to dial'),
    (f"devices/{ONE}/dial", {"to": 1002}, 400, '"to" is not a text'),
    (f"devices/{ONE}/dial", ["1002"], 400, "the body is not a JSON object"),
    (f"devices/{ONE}/dial", {"line": "1002", "to": "1003"}, 404, f"{ONE} has no line '1002'"),
    (
        "devices/SEP000000001300/dial",
        {"to": "1003"},
        400,
        'SEP000000001300 has several lines: "line" is missing',
    ),
    (f"devices/{ONE}/dial", {"to": "1999"}, 409, "'1999' is not in the dial plan"),
    (f"devices/{ONE}/answer", {}, 409, "noCallToAnswer"),
    (f"devices/{ONE}/hold", {}, 409, "noActiveCall"),
    (f"devices/{ONE}/resume", {}, 409, "noHeldCall"),
    (f"devices/{ONE}/hangup", {}, 409, "noConnectionToClear"),
    (f"devices/{ONE}/hangup", {"call": "1_0"}, 404, f"{ONE} is not on a call '1_0'"),
    (f"devices/{ONE}/move", {"node": "cucm9"}, 404, "no node 'cucm9'"),
    ("nodes/cucm9/fail", {}, 404, "no node 'cucm9'"),
    ("nodes/cucm1/dance", {}, 404, "no operation 'dance'"),
    ("ctimanagers/ctim9/fault", {"fault": "none"}, 404, "no CTIManager 'ctim9'"),
    (
        "ctimanagers/ctim1/fault",
        {},
        400,
        '"fault" is one of none, crash, hang, refuse, slow, bad-login',
    ),
    ("ctimanagers/ctim1/fault", {"fault": 1}, 400, '"fault" is not a text'),
    *[
        (
            "ctimanagers/ctim1/fault",
            {"fault": "slow", "delay": delay},
            400,
            '"delay" is a number of seconds above 0, at most 3600',
        )
        for delay in (0, -1, 3601, "2", True, None)
    ],
]


@pytest.mark.asyncio
async def test_what_cannot_be_done_is_told_in_words() -> None:
    async with control(1) as (client, simulator):
        for path, body, status, error in BAD:
            answer = await post(client, path, body, status)
            assert answer["error"] == error, path
        assert simulator.cluster.calls == {}


@pytest.mark.asyncio
async def test_refusals_carry_their_csta_error() -> None:
    async with control() as (client, _):
        answer = await post(client, f"devices/{ONE}/answer", {}, 409)
        assert answer == {
            "error": "noCallToAnswer",
            "category": "stateIncompatibility",
            "value": "noCallToAnswer",
        }


@pytest.mark.asyncio
async def test_a_body_that_is_not_json() -> None:
    async with control() as (client, _):
        for body in (b"{", b"\xff\xfe", b"to=1002"):
            response = await client.post(f"/sim/v1/devices/{ONE}/dial", data=body)
            assert response.status == 400
            assert await response.json() == {"error": "the body is not JSON"}


@pytest.mark.asyncio
async def test_a_port_that_cannot_be_had_back_is_a_conflict() -> None:
    async with control(2) as (client, simulator):
        await post(client, "ctimanagers/ctim1/fault", {"fault": "crash"})
        simulator.servers["ctim1"].port = simulator.servers["ctim2"].port
        answer = await post(client, "ctimanagers/ctim1/fault", {"fault": "none"}, 409)
        assert "cannot be listened on" in answer["error"]


@pytest.mark.asyncio
async def test_a_line_of_two_partitions_can_be_named_in_full() -> None:
    async with control() as (client, _):
        body = {"line": "1200;partition=lab", "to": "1001"}
        call = await post(client, "devices/SEP00000000120B/dial", body)
        assert parties(call)[0] == ("1200", "SEP00000000120B", "connected")


@pytest.mark.asyncio
async def test_everybody_who_watches_is_told() -> None:
    async with running() as site, over_http(site.simulator) as client:
        watcher = await site.session()
        await watcher.monitor("tel:1002")
        await post(client, f"devices/{ONE}/dial", {"to": "1002"})
        await post(client, f"devices/{TWO}/answer")
        assert await watcher.events(2) == ["DeliveredEvent alerting", "EstablishedEvent connected"]
