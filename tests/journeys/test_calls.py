"""Journeys 2 and 3: calls made by the client, on the phone, and from outside, seen from both sides."""

import pytest

from csta_xml import (
    Absent,
    ConnectionClearedEvent,
    ConnectionId,
    DeliveredEvent,
    DeviceId,
    EstablishedEvent,
    Event,
    FailedEvent,
    HeldEvent,
    LocalConnectionState,
    MakeCall,
    MakeCallResponse,
    OriginatedEvent,
    RetrievedEvent,
    SnapshotDevice,
    SnapshotDeviceResponse,
)
from cstagw.client import RccClient, ServiceRefused, parse_script, play

from .conftest import ALICE, BOB, House

pytestmark = pytest.mark.asyncio

LINE = "tel:1001;phone-context=dialstring;x=Y"
CONNECTED, ALERTING, HOLD, NULL = (
    LocalConnectionState.CONNECTED,
    LocalConnectionState.ALERTING,
    LocalConnectionState.HOLD,
    LocalConnectionState.NULL,
)


def make_call(client: RccClient, number: str) -> MakeCall:
    return MakeCall(calling_device=client.line, called_directory_number=DeviceId(number))


async def do(client: RccClient, script: str) -> None:
    await play(client, parse_script(script.split()))


def messages(house: House, client: RccClient) -> list[str]:
    return [type(line.message).__name__ for line in house.lines if line.who == client.user and line.message]


async def test_click_to_call_the_response_first_then_the_events_in_order(house: House) -> None:
    alice = await house.client(ALICE, LINE)
    answer = await alice.service(make_call(alice, "tel:1902"))
    assert isinstance(answer, MakeCallResponse)
    assert answer.calling_device.device_id == LINE
    call = answer.calling_device.call_id
    originated = await alice.wait_for(OriginatedEvent)
    delivered = await alice.wait_for(DeliveredEvent)
    established = await alice.wait_for(EstablishedEvent)
    assert originated.originated_connection == ConnectionId(call, alice.line)
    assert originated.calling_device == LINE
    assert delivered.connection == ConnectionId(call, DeviceId("tel:1902;phone-context=dialstring"))
    assert (delivered.calling_device, delivered.local_connection_info) == (LINE, CONNECTED)
    assert established.established_connection.call_id == call
    await do(alice, "hangup")
    cleared = await alice.wait_for(
        ConnectionClearedEvent, where=lambda event: event.local_connection_info is NULL
    )
    assert cleared.dropped_connection == ConnectionId(call, alice.line)
    names = messages(house, alice)
    assert names.index("MakeCallResponse") < names.index("ServiceInitiatedEvent")


async def test_every_message_names_the_own_line_byte_for_byte(house: House) -> None:
    alice = await house.client(ALICE, LINE)
    await do(
        alice,
        "call 1901 wait established hold wait held snapshot retrieve wait retrieved hangup wait cleared",
    )
    own = [text for line in house.lines if line.message for text in _devices(line.message) if "1001" in text]
    assert len(own) > 10
    assert set(own) == {LINE}


def _devices(value: object) -> list[str]:
    """Every device identifier in a message, wherever it stands."""
    if isinstance(value, ConnectionId):
        return [value.device_id] if value.device_id else []
    if isinstance(value, str):
        return [value] if value.startswith("tel:") else []
    if isinstance(value, tuple):
        return [found for entry in value for found in _devices(entry)]
    names = getattr(type(value), "__dataclass_fields__", {})
    return [found for name in names for found in _devices(getattr(value, name))]


async def test_a_call_between_two_clients_is_one_call_seen_from_both_sides(house: House) -> None:
    alice, bob = await house.client(ALICE, "tel:1001"), await house.client(BOB, "tel:1002")
    answer = await alice.service(make_call(alice, "tel:1002"))
    assert isinstance(answer, MakeCallResponse)
    ringing = await bob.wait_for(DeliveredEvent)
    assert ringing.local_connection_info is ALERTING
    assert ringing.connection == ConnectionId(answer.calling_device.call_id, bob.line)
    assert ringing.calling_device == "tel:1001;phone-context=dialstring"
    await do(bob, "answer")
    for client in (alice, bob):
        established = await client.wait_for(EstablishedEvent)
        assert established.established_connection.call_id == answer.calling_device.call_id
        assert established.local_connection_info is CONNECTED
    await do(bob, "hold")
    held = await bob.wait_for(HeldEvent)
    assert (held.holding_device, held.local_connection_info) == (bob.line, HOLD)
    assert (await alice.wait_for(HeldEvent)).local_connection_info is CONNECTED
    await do(bob, "retrieve")
    await alice.wait_for(RetrievedEvent)
    await do(alice, "hangup")
    for client in (alice, bob):
        await client.wait_for(ConnectionClearedEvent, where=lambda event: event.local_connection_info is NULL)
        assert not client.calls


async def test_a_call_dialled_on_the_phone_gives_the_same_events_without_a_request(house: House) -> None:
    alice = await house.client(ALICE, "tel:1001")
    await house.phone("SEP000000001001", "dial", line="1001", to="1901")
    await alice.wait_for(EstablishedEvent)
    await house.phone("SEP000000001001", "hangup", line="1001")
    await alice.wait_for(ConnectionClearedEvent)
    names = [name for name in messages(house, alice) if name.endswith("Event")]
    assert names[:4] == ["ServiceInitiatedEvent", "OriginatedEvent", "DeliveredEvent", "EstablishedEvent"]


async def test_an_incoming_call_rings_and_can_be_abandoned(house: House) -> None:
    alice = await house.client(ALICE, "tel:1001")
    await house.phone("SEP000000001005", "dial", line="1005", to="1001")
    ringing = await alice.wait_for(DeliveredEvent)
    assert ringing.local_connection_info is ALERTING
    assert ringing.last_redirection_device is Absent.NOT_REQUIRED
    await house.phone("SEP000000001005", "hangup", line="1005")
    await alice.wait_for(ConnectionClearedEvent, where=lambda event: event.local_connection_info is NULL)


async def test_an_incoming_call_answered_on_the_phone(house: House) -> None:
    alice = await house.client(ALICE, "tel:1001")
    await house.phone("SEP000000001005", "dial", line="1005", to="1001")
    await alice.wait_for(DeliveredEvent)
    await house.phone("SEP000000001001", "answer", line="1001")
    established = await alice.wait_for(EstablishedEvent)
    assert established.established_connection.device_id == alice.line


async def test_busy_is_a_failed_event(house: House) -> None:
    alice = await house.client(ALICE, "tel:1001")
    await do(alice, "call 1903")
    failed = await alice.wait_for(FailedEvent)
    assert failed.cause == "busy"


@pytest.mark.parametrize(
    "number", ["tel:5555551234v:41234", "tel:", "tel:abc", "sip:bob@example.com", "tel:7777"]
)
async def test_what_cannot_be_dialled_is_refused_and_never_dialled(house: House, number: str) -> None:
    alice = await house.client(ALICE, "tel:1001")
    with pytest.raises(ServiceRefused, match="invalidDestination"):
        await alice.service(make_call(alice, number))
    snapshot = await alice.service(SnapshotDevice(snapshot_object=alice.line))
    assert snapshot == SnapshotDeviceResponse(snapshot=())


async def test_a_call_from_a_line_that_is_not_ours_is_refused(house: House) -> None:
    alice = await house.client(ALICE, "tel:1001")
    foreign = MakeCall(calling_device=DeviceId("tel:1002"), called_directory_number=DeviceId("tel:1901"))
    with pytest.raises(ServiceRefused, match="privilegeViolationSpecifiedDevice"):
        await alice.service(foreign)


@pytest.mark.parametrize(
    ("script", "error"),
    [("retrieve", "there is no call"), ("hangup", "there is no call")],
)
async def test_what_needs_a_call_says_so(house: House, script: str, error: str) -> None:
    alice = await house.client(ALICE, "tel:1001")
    with pytest.raises(ServiceRefused, match=error):
        await do(alice, script)


async def test_sessions_of_one_line_on_both_ctimanagers_get_every_event_exactly_once(house: House) -> None:
    pc = await house.client("sip:pc@example.com", "tel:1001;phone-context=dialstring")
    laptop = await house.client("sip:laptop@example.com", "tel:1001")
    third = await house.client("sip:third@example.com", "tel:1001")
    await do(pc, "call 1901 wait established hangup")
    for client in (pc, laptop, third):
        await client.wait_for(ConnectionClearedEvent, where=lambda event: event.local_connection_info is NULL)
    sequences = [
        [name for name in messages(house, client) if name.endswith("Event")] for client in (pc, laptop, third)
    ]
    assert sequences[0][:4] == [
        "ServiceInitiatedEvent",
        "OriginatedEvent",
        "DeliveredEvent",
        "EstablishedEvent",
    ]
    assert sequences[0] == sequences[1] == sequences[2]
    assert not any(client.calls for client in (pc, laptop, third))


async def test_a_client_that_never_answers_events_gets_all_of_them(house: House) -> None:
    alice = await house.client(ALICE, "tel:1001", answer_events=False)
    for _ in range(3):
        await do(alice, "call 1901 wait established hangup wait cleared")
    assert house.node.session_count() == 1
    events = [line.message for line in house.lines if isinstance(line.message, Event)]
    assert sum(isinstance(event, EstablishedEvent) for event in events) == 3
