"""Whose phone: which user may control which line appearance, and which device is chosen for him."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from csta_xml import (
    DeliveredEvent,
    DeviceId,
    EstablishedEvent,
    GetDoNotDisturb,
    MakeCall,
    MakeCallResponse,
)
from cstagw.client import RccClient, SignInRefused

from .conftest import ALICE, BOB, House, started, until
from .stories import do

pytestmark = pytest.mark.asyncio

HARD, SOFT = "SEP000000001100", "SEP00000000110C"
HEAD = "user,dn,partition,device,model,enabled\n"
LINES = f"""{HEAD}\
sip:alice@example.com,1001,,SEP000000001001,Cisco 8851,true
sip:bob@example.com,1002,,SEP000000001002,Cisco 8851,true
sip:carol@example.com,1100,,{HARD},Cisco 8851,true
sip:carol@example.com,1100,,{SOFT},Cisco IP Communicator,true
sip:dave@example.com,1200,staff,SEP000000001200,Cisco 8851,true
sip:dave@example.com,1200,lab,SEP00000000120B,Cisco 8851,true
sip:erin@example.com,1300,,SEP000000001300,Cisco 8851,true
sip:erin@example.com,1301,,SEP000000001300,Cisco 8851,true
sip:frank@example.com,1003,,SEP000000001003,Cisco 8851,true
sip:grace@example.com,1003,,SEP000000001003,Cisco 8851,true
sip:henry@example.com,1004,,SEP000000001004,Cisco 8851,false
"""
CAROL, DAVE, ERIN = "sip:carol@example.com", "sip:dave@example.com", "sip:erin@example.com"


@asynccontextmanager
async def house_of(folder: Path, lines: str = LINES, **settings: object) -> AsyncIterator[House]:
    """A node with a directory of its own."""
    (folder / "lines.csv").write_text(lines, encoding="utf-8")
    wanted = {
        "directory__source": f"csv:{folder / 'lines.csv'}",
        "state__folder": str(folder / "state"),
        "heartbeat__interval": "30s",
    }
    node = await started(**(wanted | settings))
    async with aiohttp.ClientSession() as http:
        house = House(node, http)
        try:
            yield house
        finally:
            for client in house.clients:
                await client.sign_out()
            await node.stop()


async def user(house: House, uri: str) -> Any:
    status, body = await house.get(f"/admin/v1/users/{uri}")
    assert status == 200, body
    return json.loads(body)


async def select(house: House, uri: str, device: str | None) -> tuple[int, Any]:
    url = f"http://{house.node.admin_address}/admin/v1/users/{uri}/selection"
    async with house.http.post(url, json={"device": device}) as answer:
        return answer.status, await answer.json()


async def device_of(house: House, uri: str) -> str:
    [session] = (await user(house, uri))["sessions"]
    return f"{session['device']} {session['partition'] or ''}".strip()


async def refused(house: House, uri: str, line: str) -> SignInRefused:
    with pytest.raises(SignInRefused) as found:
        await house.client(uri, line)
    assert house.node.session_count() == 0
    return found.value


# --- who may --------------------------------------------------------------------------------------------


async def test_a_user_controls_his_line(tmp_path: Path) -> None:
    async with house_of(tmp_path) as house:
        alice = await house.client("sip:Alice@EXAMPLE.com", "tel:1001;phone-context=dialstring")
        await do(alice, "call 1901 wait established hangup")
        assert await device_of(house, ALICE) == "SEP000000001001"


@pytest.mark.parametrize(
    ("who", "line", "status", "words"),
    [
        (ALICE, "tel:1002", 403, "alice@example.com may not control tel:1002: it is not his in csv:"),
        (ALICE, "tel:1100;device=SEP000000001100", 403, "may not control"),
        ("sip:nobody@example.com", "tel:1001", 403, "nobody@example.com may not control tel:1001"),
        ("sip:henry@example.com", "tel:1004", 403, "tel:1004 is disabled for henry@example.com"),
        (ALICE, "tel:1999", 404, "no line appearance for tel:1999 in csv:"),
        (ALICE, "tel:1001;device=SEP000000009999", 404, "no line appearance for tel:1001;device="),
        (DAVE, "tel:1200;partition=hall", 404, "no line appearance for tel:1200;partition=hall"),
    ],
)
async def test_a_user_without_right_is_told_why(
    tmp_path: Path, who: str, line: str, status: int, words: str
) -> None:
    async with house_of(tmp_path) as house:
        error = await refused(house, who, line)
        assert (error.status, words in error.reason) == (status, True), error.reason
        last = (await user(house, who))["last_refused"]
        assert (last["status"], last["text"], last["line"]) == (status, error.reason, line)


async def test_two_users_on_one_line(tmp_path: Path) -> None:
    async with house_of(tmp_path) as house:
        frank = await house.client("sip:frank@example.com", "tel:1003")
        grace = await house.client("sip:grace@example.com", "tel:1003")
        await house.phone("SEP000000001003", "dial", to="1901")
        for client in (frank, grace):
            await client.wait_for(EstablishedEvent)


async def test_a_super_provider_controls_every_line(tmp_path: Path) -> None:
    users = ["sip:desk@example.com"]
    async with house_of(tmp_path, authorization__super_provider=users) as house:
        desk = await house.client("sip:desk@example.com", "tel:1002")
        await do(desk, "call 1901 wait established hangup")
        await house.client("sip:desk@example.com", "tel:1005")  # not in the directory, but in the cluster
        with pytest.raises(SignInRefused, match="404"):
            await house.client("sip:desk@example.com", "tel:1999")


# --- which device ---------------------------------------------------------------------------------------


async def test_a_shared_line_with_ip_communicator_registered(tmp_path: Path) -> None:
    async with house_of(tmp_path) as house:
        await house.client(CAROL, "tel:1100")
        assert await device_of(house, CAROL) == SOFT


async def test_a_shared_line_with_ip_communicator_not_registered(tmp_path: Path) -> None:
    async with house_of(tmp_path) as house:
        await house.phone(SOFT, "unregister")
        carol = await house.client(CAROL, "tel:1100")
        assert await device_of(house, CAROL) == HARD
        await do(carol, "call 1901 wait established hangup")


async def test_a_shared_line_with_no_phone_registered_waits_for_the_desk_phone(tmp_path: Path) -> None:
    async with house_of(tmp_path) as house:
        await house.phone(SOFT, "unregister")
        await house.phone(HARD, "unregister")
        await house.client(CAROL, "tel:1100")
        assert await device_of(house, CAROL) == HARD


async def test_two_desk_phones_give_the_first_that_is_registered(tmp_path: Path) -> None:
    lines = LINES.replace("Cisco IP Communicator", "Cisco 8861")
    async with house_of(tmp_path, lines) as house:
        first = await house.client(CAROL, "tel:1100")
        assert await device_of(house, CAROL) == HARD
        await first.sign_out()
        await until(lambda: house.node.session_count() == 0)
        await house.phone(HARD, "unregister")
        await house.client(CAROL, "tel:1100")
        assert await device_of(house, CAROL) == SOFT


@pytest.mark.parametrize(
    ("line", "device"),
    [
        ("tel:1200;partition=staff", "SEP000000001200 staff"),
        ("tel:1200;partition=lab", "SEP00000000120B lab"),
        ("tel:1200;Device=sep00000000120b", "SEP00000000120B lab"),
        ("TEL:12-00;PARTITION=%6Cab;phone-context=dialstring", "SEP00000000120B lab"),
        ("tel:+14255551200;ext=1200;partition=lab", "SEP00000000120B lab"),
    ],
)
async def test_one_number_in_two_partitions(tmp_path: Path, line: str, device: str) -> None:
    async with house_of(tmp_path) as house:
        dave = await house.client(DAVE, line)
        assert await device_of(house, DAVE) == device
        answer = await dave.service(
            MakeCall(calling_device=DeviceId(line), called_directory_number=DeviceId("1901"))
        )
        assert isinstance(answer, MakeCallResponse)
        assert answer.calling_device.device_id == line


async def test_two_lines_on_one_phone(tmp_path: Path) -> None:
    async with house_of(tmp_path) as house:
        first, second = await house.client(ERIN, "tel:1300"), await house.client(ERIN, "tel:1301")
        await house.phone("SEP000000001300", "dial", line="1301", to="1901")
        await second.wait_for(EstablishedEvent)
        await do(first, "snapshot")
        assert (len(first.calls), len(second.calls)) == (0, 1)


# --- one user signed in twice ---------------------------------------------------------------------------


async def test_a_duplicate_is_allowed(tmp_path: Path) -> None:
    async with house_of(tmp_path) as house:
        for _ in range(2):
            await house.client(ALICE, "tel:1001")
        assert house.node.session_count() == 2


async def test_a_duplicate_replaces(tmp_path: Path) -> None:
    async with house_of(tmp_path, session__duplicate="replace") as house:
        old = await house.client(ALICE, "tel:1001")
        new = await house.client(ALICE, "tel:1001")
        await asyncio.wait_for(old.over(), 5)
        assert "signed in again" in old.ended
        await do(new, "call 1901 wait established hangup")
        assert house.node.session_count() == 1


async def test_a_duplicate_is_refused(tmp_path: Path) -> None:
    async with house_of(tmp_path, session__duplicate="refuse") as house:
        await house.client(ALICE, "tel:1001")
        with pytest.raises(SignInRefused, match="has a session for this line already") as found:
            await house.client(ALICE, "tel:1001")
        assert found.value.status == 480
        assert house.node.session_count() == 1
        await house.client("sip:frank@example.com", "tel:1003")
        await house.client("sip:grace@example.com", "tel:1003")  # another user is no duplicate
        assert house.node.session_count() == 3


# --- the user's own choice ------------------------------------------------------------------------------


async def test_a_choice_takes_effect_without_a_new_sign_in(tmp_path: Path) -> None:
    async with house_of(tmp_path) as house:
        carol = await house.client(CAROL, "tel:1100")
        status, answer = await select(house, CAROL, HARD.lower())
        assert status == 200
        assert [one["device"] for one in answer["appearances"] if one["chosen"]] == [HARD]
        await until_device(house, CAROL, HARD)
        await do(carol, "call 1902")
        delivered = await carol.wait_for(DeliveredEvent)
        assert delivered.calling_device == "tel:1100"
        [phone] = await active(house, "1100")
        assert phone == HARD
        assert (await user(house, CAROL))["selections"][0]["state"] == "in force"
        # The other phone can more and less: what is offered is that of the phone chosen.
        await carol.service(GetDoNotDisturb(device=carol.line))


async def test_a_choice_during_a_call_is_pending_until_it_is_over(tmp_path: Path) -> None:
    async with house_of(tmp_path) as house:
        carol = await house.client(CAROL, "tel:1100")
        await do(carol, "call 1901 wait established")
        status, answer = await select(house, CAROL, HARD)
        assert status == 200
        [selection] = answer["selections"]
        assert (selection["state"], "when the call" in selection["text"]) == ("pending", True)
        await do(carol, "hold retrieve")
        assert await device_of(house, CAROL) == SOFT
        await do(carol, "hangup")
        await until_device(house, CAROL, HARD)
        await do(carol, "call 1901 wait established")
        assert await active(house, "1100") == [HARD]


async def test_a_choice_counts_at_the_next_sign_in_and_after_a_restart(tmp_path: Path) -> None:
    async with house_of(tmp_path) as house:
        status, answer = await select(house, CAROL, HARD)
        assert (status, answer["selections"][0]["state"]) == (200, "stored")
        await house.client(CAROL, "tel:1100;device=" + SOFT)
        assert await device_of(house, CAROL) == HARD
    async with house_of(tmp_path) as house:
        await house.client(CAROL, "tel:1100")
        assert await device_of(house, CAROL) == HARD
        assert (await select(house, CAROL, None))[0] == 200
        await until_device(house, CAROL, SOFT)


@pytest.mark.parametrize(
    ("who", "device", "status", "words"),
    [
        (CAROL, "SEP000000001001", 422, "SEP000000001001 is not a device of carol@example.com; his are SEP"),
        ("sip:henry@example.com", "SEP000000001004", 422, "disabled"),
        ("sip:nobody@example.com", HARD, 404, "nobody has heard of nobody@example.com"),
        ("<>", HARD, 422, "not a SIP address"),
    ],
)
async def test_a_choice_that_cannot_be(
    tmp_path: Path, who: str, device: str, status: int, words: str
) -> None:
    async with house_of(tmp_path) as house:
        found, answer = await select(house, who.replace("<>", "%3C%3E"), device)
        assert (found, words in str(answer["problems"])) == (status, True), answer


async def test_a_store_that_is_down_costs_the_choice_only(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file where a folder should be")
    async with house_of(tmp_path) as house:
        carol = await house.client(CAROL, "tel:1100")
        status, answer = await select(house, CAROL, HARD)
        assert (status, "the choice is not kept" in str(answer["problems"])) == (503, True)
        assert answer["cure"]
        assert await device_of(house, CAROL) == SOFT
        await do(carol, "call 1901 wait established hangup")


# --- a line that moves to another phone -------------------------------------------------------------------


async def log_in_elsewhere(house: House) -> None:
    """As with Extension Mobility: line 1001 is at another phone now."""
    await house.phone("SEP000000001001", "move", line="1001", to="SEP000000001004")


async def dials_there(house: House, alice: RccClient) -> None:
    """What happens at the new phone is told, and the client controls it."""
    await house.phone("SEP000000001004", "dial", line="1001", to="1901")
    established = await alice.wait_for(EstablishedEvent)
    assert established.calling_device == "tel:1001"
    await do(alice, "hangup call 1902 wait established hangup")


@pytest.mark.parametrize(
    "lines",
    [
        "sip:alice@example.com,1001,,,,\n",
        "sip:alice@example.com,1001,,SEP000000001001,,\nsip:alice@example.com,1001,,SEP000000001004,,\n",
    ],
    ids=["any device", "both devices"],
)
async def test_a_line_that_moves_is_followed(tmp_path: Path, lines: str) -> None:
    async with house_of(tmp_path, HEAD + lines) as house:
        alice = await house.client(ALICE, "tel:1001")
        await log_in_elsewhere(house)
        await dials_there(house, alice)
        assert house.node.session_count() == house.node.monitors() == 1


async def test_a_line_that_moves_is_followed_with_the_open_directory(house: House) -> None:
    alice = await house.client(ALICE, "tel:1001")
    await log_in_elsewhere(house)
    await dials_there(house, alice)


async def test_a_line_that_moves_is_followed_when_the_directory_knows(tmp_path: Path) -> None:
    lines = "sip:alice@example.com,1001,,SEP000000001001,,\n"
    async with house_of(tmp_path, HEAD + lines) as house:
        alice = await house.client(ALICE, "tel:1001")
        await log_in_elsewhere(house)
        await moving(house, ALICE)  # nobody knows whereto yet
        (tmp_path / "lines.csv").write_text(HEAD + lines.replace("1001,,\n", "1004,,\n"))
        await until_device(house, ALICE, "SEP000000001004")
        await dials_there(house, alice)


# --- the directory changes ------------------------------------------------------------------------------


async def test_a_line_that_moved_in_the_directory_is_followed(tmp_path: Path) -> None:
    async with house_of(
        tmp_path, LINES.replace(f"sip:carol@example.com,1100,,{SOFT}", f",1100,,{SOFT}")
    ) as house:
        carol = await house.client(CAROL, "tel:1100")
        assert await device_of(house, CAROL) == HARD
        (tmp_path / "lines.csv").write_text(
            LINES.replace(f"carol@example.com,1100,,{HARD}", f"x@y,1100,,{HARD}")
        )
        await until_device(house, CAROL, SOFT)
        await do(carol, "call 1901 wait established hangup")


async def test_a_right_that_is_taken_away_ends_the_session(tmp_path: Path) -> None:
    async with house_of(tmp_path) as house:
        alice, bob = await house.client(ALICE, "tel:1001"), await house.client(BOB, "tel:1002")
        (tmp_path / "lines.csv").write_text(
            LINES.replace("SEP000000001001,Cisco 8851,true", "SEP000000001001,,no")
        )
        await asyncio.wait_for(alice.over(), 5)
        assert "disabled" in alice.ended
        await do(bob, "call 1901 wait established hangup")


async def test_a_directory_that_is_wrong_changes_nothing_and_says_so(tmp_path: Path) -> None:
    async with house_of(tmp_path) as house:
        alice = await house.client(ALICE, "tel:1001")
        (tmp_path / "lines.csv").write_text(LINES.replace("Cisco 8851,true", "Cisco 8851,perhaps"))
        await until(lambda: "stale" in str(house.node.facts().directory))
        await do(alice, "call 1901 wait established hangup")
        _, body = await house.get("/admin/v1/status")
        directory = json.loads(body)["directory"]
        assert directory["stale"]
        assert "line 2: enabled 'perhaps' is neither true nor false" in directory["error"]
        _, metrics = await house.get("/metrics")
        assert 'cstagw_directory_stale{source="csv"} 1.0' in metrics


async def test_the_last_good_directory_is_served_after_a_restart(tmp_path: Path) -> None:
    async with house_of(tmp_path):
        pass
    async with house_of(tmp_path, "user,dn\nsip:alice@example.com,10x01\n") as house:
        await house.client(ALICE, "tel:1001")
        assert (await house.get("/readyz?verbose"))[1].count("stale") == 1


async def test_nobody_is_served_without_a_directory(tmp_path: Path) -> None:
    async with house_of(tmp_path, "nothing of use\n") as house:
        error = await refused(house, ALICE, "tel:1001")
        assert (error.status, "has not been loaded yet" in error.reason) == (480, True)
        assert (await house.get("/readyz"))[0] == 503


# --- helpers --------------------------------------------------------------------------------------------


async def until_device(house: House, uri: str, device: str) -> None:
    """Until the session controls this device, and is not on its way any more."""
    async with asyncio.timeout(8):
        while True:
            [session] = (await user(house, uri))["sessions"]
            if session["device"] == device and not session["moving"]:
                return
            await asyncio.sleep(0.02)


async def moving(house: House, uri: str) -> None:
    """Until the session has lost its phone."""
    async with asyncio.timeout(5):
        while not (await user(house, uri))["sessions"][0]["moving"]:
            await asyncio.sleep(0.02)


async def active(house: House, dn: str) -> list[str]:
    """The devices that take part in calls of a line."""
    _, body = await house.get("/sim/v1/state")
    parties = [party for call in json.loads(body)["calls"] for party in call["parties"]]
    return [one["device"] for one in parties if one["dn"] == dn and one["state"] in {"connected", "hold"}]
