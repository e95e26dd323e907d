"""What needs a journey of its own: late sign-ins, monitors of calls, what each phone can do, system status,
and that nothing is done twice."""

from __future__ import annotations

import pytest

from csta_xml import (
    CallClearedEvent,
    CallId,
    ConnectionId,
    DeviceId,
    EstablishedEvent,
    GenerateDigits,
    GetCSTAFeaturesResponse,
    MakeCall,
    MakeCallResponse,
    MonitorCrossRefId,
    MonitorStart,
    MonitorStop,
    MonitorType,
    OriginatedEvent,
    SnapshotCall,
    SnapshotCallResponse,
    SnapshotDevice,
    SnapshotDeviceResponse,
    SystemStatus,
    SystemStatusValue,
)
from cstagw.client import RccClient

from . import in_memory
from .conftest import ALICE, BOB, House, until
from .stories import Stories, do

CONNECTED = "connected"


@pytest.mark.asyncio
async def test_a_snapshot_after_signing_in_shows_the_calls_there_are(house: House) -> None:
    await house.phone("SEP000000001001", "dial", to="1002")
    await house.phone("SEP000000001002", "answer")
    alice = await house.client(ALICE, "tel:1001")
    await do(alice, "snapshot")
    assert list(alice.calls.states().values()) == [CONNECTED]
    answer = await alice.service(SnapshotCall(snapshot_object=alice.connection(next(iter(alice.calls)))))
    assert isinstance(answer, SnapshotCallResponse)
    parties = [(one.device_on_call, one.local_connection_info) for one in answer.snapshot]
    assert parties == [("tel:1001", CONNECTED), ("tel:1002;phone-context=dialstring", CONNECTED)]
    assert (answer.calling_device, answer.called_device) == ("tel:1001", "tel:1002;phone-context=dialstring")


@pytest.mark.asyncio
async def test_a_client_that_asks_for_nothing_gets_all_later_events(house: House) -> None:
    await house.phone("SEP000000001001", "dial", to="1002")
    alice, bob = await house.client(ALICE, "tel:1001"), await house.client(BOB, "tel:1002")
    await house.phone("SEP000000001002", "answer")
    await house.phone("SEP000000001001", "hold")
    await house.phone("SEP000000001001", "resume")
    stories = Stories()
    story = [
        "Established a 1002 connected normal",
        "Held a 1001 hold normal",
        "Retrieved a 1001 connected normal",
    ]
    assert await stories.told(alice) == story
    assert await stories.told(bob) == [line.replace("hold ", "connected ") for line in story]


@pytest.mark.asyncio
async def test_the_end_of_a_call_for_who_monitors_calls(house: House) -> None:
    alice, bob = await house.client(ALICE, "tel:1001"), await house.client(BOB, "tel:1002")
    await bob.stop_monitor()
    await bob.service(MonitorStart(monitor_object=bob.line, monitor_type=MonitorType.CALL))
    await do(alice, "call 1002")
    await do(bob, "wait delivered answer")
    await do(alice, "wait established hangup")
    cleared = await bob.wait_for(CallClearedEvent)
    assert cleared.cleared_call.call_id is not None
    assert (await Stories().told(alice))[-1].startswith("ConnectionCleared")


@pytest.mark.asyncio
async def test_each_phone_is_offered_what_it_can_do(house: House) -> None:
    hard = await house.client(ALICE, "tel:1100;device=SEP000000001100")
    soft = await house.client(BOB, "tel:1100;device=SEP00000000110C")
    assert names(hard) - names(soft) == {
        "parkCall",
        "getMessageWaitingIndicator",
        "setMessageWaitingIndicator",
        "getDoNotDisturb",
        "setDoNotDisturb",
        "doNotDisturb",
    }


def names(client: RccClient) -> set[str]:
    assert isinstance(client.features, GetCSTAFeaturesResponse)
    lists = (*client.features.services, *client.features.events)
    return {one.name for entry in lists for one in entry.capabilities}


@pytest.mark.asyncio
async def test_clients_are_told_how_the_system_is(house: House) -> None:
    await house.client(ALICE, "tel:1001")
    assert await house.post("/sim/v1/nodes/cucm1/fail") == 200
    await until(lambda: SystemStatusValue.PARTIALLY_DISABLED in said(house))
    assert await house.post("/sim/v1/nodes/cucm1/restore") == 200
    await until(lambda: SystemStatusValue.NORMAL in said(house))


def said(house: House) -> list[SystemStatusValue]:
    return [line.message.system_status for line in house.lines if isinstance(line.message, SystemStatus)]


@pytest.mark.asyncio
async def test_digits_reach_the_other_end(house: House) -> None:
    alice = await house.client(ALICE, "tel:1001")
    await do(alice, "call 1901 wait established")
    call = alice.newest_call()
    assert call is not None
    await alice.service(
        GenerateDigits(connection_to_send_digits=alice.connection(call), characters_to_send="12#")
    )
    _, state = await house.get("/sim/v1/state")
    assert '"12#"' in state


@pytest.mark.parametrize("fate", [in_memory.Fate.LOST, in_memory.Fate.UNANSWERED])
def test_a_call_whose_request_got_no_answer_is_an_error_and_is_made_at_most_once(
    fate: in_memory.Fate,
) -> None:
    house = in_memory.House()
    alice = house.sign_in("tel:1001")
    service = MakeCall(calling_device=alice.line, called_directory_number=DeviceId("tel:1902"))
    assert house.refusal(alice, service, fate) == "resourceOutOfService"
    house.advance(60.0)
    made = [event for event in alice.events if isinstance(event, OriginatedEvent)]
    assert len(made) == len(house.cluster.calls) == (0 if fate is in_memory.Fate.LOST else 1)
    assert [type(event) for event in alice.events][-1:] == [EstablishedEvent][: len(made)]
    assert house.session_of(alice).calls.states() == alice.calls.states()


def test_a_monitor_that_the_ctimanager_stops_is_started_again_once() -> None:
    house = in_memory.House()
    alice, bob = house.sign_in("tel:1001"), house.sign_in("tel:1002")
    house.links[0].says(MonitorStop(monitor_cross_ref_id=MonitorCrossRefId("00000001")))
    house.settle()
    assert (len(house.gateway.sessions), len(house.gateway.monitors)) == (2, 2)
    house.ask(alice, MakeCall(calling_device=alice.line, called_directory_number=DeviceId("tel:1901")))
    assert len(alice.events) == 4
    house.links[0].says(MonitorStop(monitor_cross_ref_id=MonitorCrossRefId("00000003")))
    house.settle()
    assert (len(house.gateway.sessions), len(house.gateway.monitors)) == (1, 1)
    assert not house.session_of(bob).ended
    assert alice.dialog is not None
    assert alice.dialog.ended


def test_two_sessions_on_two_ctimanagers_are_told_everything_exactly_once() -> None:
    house = in_memory.House()
    pc, laptop = house.sign_in("tel:1001"), house.sign_in("tel:1001")
    assert house.link_of(pc) is not house.link_of(laptop)
    service = MakeCall(calling_device=pc.line, called_directory_number=DeviceId("tel:1901"))
    answer = house.ask(pc, service)
    assert isinstance(answer, MakeCallResponse)
    digits = GenerateDigits(connection_to_send_digits=answer.calling_device, characters_to_send="1")
    assert house.refusal(laptop, digits) == ""
    stories = Stories()
    told = [[stories.line(event) for event in client.events] for client in (pc, laptop)]
    assert told[0] == told[1]
    assert len(told[0]) == 4


def test_the_gateway_knows_the_calls_that_were_there_before_the_session() -> None:
    house = in_memory.House()
    early = house.sign_in("tel:1001")
    house.ask(early, MakeCall(calling_device=early.line, called_directory_number=DeviceId("tel:1901")))
    late = house.sign_in("tel:1001")
    assert house.session_of(late).calls.states() == early.calls.states() != {}
    answer = house.ask(late, SnapshotDevice(snapshot_object=late.line))
    assert isinstance(answer, SnapshotDeviceResponse)
    assert answer.snapshot[0].connection_identifier == ConnectionId(CallId("1_4a11"), late.line)
