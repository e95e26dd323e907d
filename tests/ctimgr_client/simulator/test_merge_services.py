"""Services on two calls as they are on the wire: order, responses, and the one event each party gets."""

from collections.abc import Callable

import pytest

from csta_xml import (
    AlternateCall,
    AlternateCallResponse,
    CallId,
    ClearCall,
    ClearCallResponse,
    ConferenceCall,
    ConferenceCallResponse,
    ConferencedEvent,
    ConnectionId,
    ConnectionListItem,
    ConsultationCall,
    ConsultationCallResponse,
    DeflectCall,
    DeflectCallResponse,
    DeviceId,
    DivertedEvent,
    GenerateDigits,
    GenerateDigitsResponse,
    LocalConnectionState,
    ParticipationType,
    ReconnectCall,
    ReconnectCallResponse,
    Service,
    SingleStepConferenceCall,
    SingleStepConferenceCallResponse,
    SingleStepTransferCall,
    SingleStepTransferCallResponse,
    TransferCall,
    TransferCallResponse,
    TransferedEvent,
)
from tests.ctimgr_client.simulator.scene import HARD, SOFT
from tests.ctimgr_client.simulator.talker import Site, Talker

ONE = DeviceId("tel:1001;device=SEP000000001001")
TWO = DeviceId("tel:1002;device=SEP000000001002")
THREE = DeviceId("tel:1003;device=SEP000000001003")
FIRST, SECOND = CallId("1_4a11"), CallId("1_4a12")


class Parties:
    """1001 has a call with 1002 on hold and talks with 1003; all three are watched."""

    def __init__(self) -> None:
        self.site = Site()
        scene = self.site.scene
        self.one, self.two, self.three = (Talker(self.site, self.site.cti(f"ctim{i}")) for i in (1, 2, 3))
        held = scene.talk("1001", "1002")
        scene.answer("1003", scene.consult("1001", held, "1003"))
        self.site.settle()
        self.refs = [
            talker.monitor(number).monitor_cross_ref_id
            for talker, number in ((self.one, ONE), (self.two, TWO), (self.three, THREE))
        ]


def con(call_id: CallId, device: DeviceId) -> ConnectionId:
    return ConnectionId(call_id, device)


def item(device: DeviceId, before: CallId | None) -> ConnectionListItem:
    return ConnectionListItem(
        new_connection=con(FIRST, device),
        old_connection=con(before, device) if before is not None else None,
        endpoint=device,
    )


def test_a_transfer_on_the_wire() -> None:
    parties = Parties()
    request = TransferCall(held_call=con(FIRST, ONE), active_call=con(SECOND, ONE))
    connections = (item(TWO, FIRST), item(THREE, SECOND))
    answer = TransferCallResponse(transferred_call=con(FIRST, THREE), connections=connections)
    assert parties.one.ask(request) == answer
    assert [type(said) for _, said in parties.one.heard] == [TransferCallResponse, TransferedEvent]
    for talker, ref, local in zip(
        (parties.one, parties.two, parties.three),
        parties.refs,
        ("null", "connected", "connected"),
        strict=True,
    ):
        assert talker.events() == [
            TransferedEvent(
                monitor_cross_ref_id=ref,
                primary_old_call=con(FIRST, ONE),
                secondary_old_call=con(SECOND, ONE),
                transferring_device=ONE,
                transferred_to_device=THREE,
                transferred_connections=connections,
                local_connection_info=LocalConnectionState(local),
                cause="transfer",
            )
        ]


def test_a_conference_on_the_wire() -> None:
    parties = Parties()
    request = ConferenceCall(held_call=con(FIRST, ONE), active_call=con(SECOND, ONE))
    connections = (item(ONE, FIRST), item(TWO, FIRST), item(THREE, SECOND))
    answer = ConferenceCallResponse(conference_call=con(FIRST, ONE), connections=connections)
    assert parties.one.ask(request) == answer
    for talker, ref in zip((parties.one, parties.two, parties.three), parties.refs, strict=True):
        assert talker.events() == [
            ConferencedEvent(
                monitor_cross_ref_id=ref,
                primary_old_call=con(FIRST, ONE),
                secondary_old_call=con(SECOND, ONE),
                conferencing_device=ONE,
                added_party=THREE,
                conference_connections=connections,
                local_connection_info=LocalConnectionState.CONNECTED,
                cause="conference",
            )
        ]


def test_a_single_step_transfer_on_the_wire() -> None:
    site = Site()
    client = Talker(site, site.cti())
    client.monitor(ONE)
    client.make_call(ONE, "1901")
    client.events()
    answer = client.ask(SingleStepTransferCall(active_call=con(FIRST, ONE), transferred_to=DeviceId("1002")))
    outside = DeviceId("tel:1901")
    connections = (item(outside, FIRST), item(TWO, None))
    assert answer == SingleStepTransferCallResponse(transferred_call=con(FIRST, TWO), connections=connections)
    (event,) = client.events()
    assert isinstance(event, TransferedEvent)
    assert (event.primary_old_call, event.secondary_old_call) == (con(FIRST, ONE), None)
    assert (event.transferred_to_device, event.transferred_connections) == (TWO, connections)
    assert event.cause == "singleStepTransfer"


def test_a_single_step_conference_on_the_wire() -> None:
    site = Site()
    client = Talker(site, site.cti())
    client.make_call(ONE, "1901")
    client.monitor(ONE)
    request = SingleStepConferenceCall(active_call=con(FIRST, ONE), device_to_join=TWO)
    assert client.ask(request) == SingleStepConferenceCallResponse(conferenced_call=con(FIRST, TWO))
    assert [type(event).__name__ for event in client.events()] == ["ConferencedEvent", "DeliveredEvent"]


@pytest.mark.parametrize("participation", [ParticipationType.SILENT, ParticipationType.NONE])
def test_nobody_joins_to_listen_only(participation: ParticipationType) -> None:
    site = Site()
    client = Talker(site, site.cti())
    client.make_call(ONE, "1901")
    request = SingleStepConferenceCall(
        active_call=con(FIRST, ONE), device_to_join=TWO, participation_type=participation
    )
    assert client.refused(request) == "operation/invalidParameterValue"


def test_a_shared_line_that_is_transferred_to_is_shown_as_ones_own_appearance() -> None:
    site = Site()
    scene = site.scene
    client = Talker(site, site.cti())
    held = scene.talk("1001", "1002")
    consultation = scene.consult("1001", held, "1100")
    site.settle()
    client.monitor(SOFT)
    scene.transfer("1001", held, consultation)
    site.settle()
    (event,) = client.events()
    assert isinstance(event, TransferedEvent)
    assert (event.transferred_to_device, event.local_connection_info) == (SOFT, "alerting")
    assert event.transferred_connections[-1] == item(DeviceId(SOFT), SECOND)


def test_from_consulting_to_being_alone_again() -> None:
    site = Site()
    client = Talker(site, site.cti())
    client.make_call(ONE, "1901")
    steps: list[tuple[Service, object]] = [
        (
            ConsultationCall(existing_call=con(FIRST, ONE), consulted_device=DeviceId("1901")),
            ConsultationCallResponse(initiated_call=con(SECOND, ONE)),
        ),
        (
            GenerateDigits(connection_to_send_digits=con(SECOND, ONE), characters_to_send="1#"),
            GenerateDigitsResponse(),
        ),
        (
            AlternateCall(held_call=con(FIRST, ONE), active_call=con(SECOND, ONE)),
            AlternateCallResponse(),
        ),
        (
            ReconnectCall(active_call=con(FIRST, ONE), held_call=con(SECOND, ONE)),
            ReconnectCallResponse(),
        ),
        (ClearCall(call_to_be_cleared=con(SECOND, ONE)), ClearCallResponse()),
    ]
    for request, response in steps:
        assert client.ask(request) == response
    assert site.scene.cluster.calls == {}


def test_a_connection_without_a_call_means_the_held_or_the_active_one() -> None:
    parties = Parties()
    device = ConnectionId(None, ONE)
    request = AlternateCall(held_call=device, active_call=device)
    assert parties.one.ask(request) == AlternateCallResponse()
    assert parties.one.ask(TransferCall(held_call=device, active_call=device)) != request
    assert parties.site.scene.states("1001") == [[]]


def test_a_deflection_on_the_wire() -> None:
    site = Site()
    client = Talker(site, site.cti())
    ref = client.monitor(HARD).monitor_cross_ref_id
    site.scene.dial("1001", "1100")
    site.settle()
    client.events()
    request = DeflectCall(call_to_be_diverted=con(FIRST, DeviceId(HARD)), new_destination=DeviceId("1002"))
    assert client.ask(request) == DeflectCallResponse()
    assert client.events() == [
        DivertedEvent(
            monitor_cross_ref_id=ref,
            connection=con(FIRST, DeviceId(HARD)),
            diverting_device=DeviceId(HARD),
            new_destination=TWO,
            calling_device=ONE,
            called_device=DeviceId(HARD),
            last_redirection_device=DeviceId(HARD),
            local_connection_info=LocalConnectionState.NULL,
            cause="redirected",
        )
    ]


Ask = Callable[[ConnectionId], Service]
BUSY = "systemResourceAvailibility/resourceBusy"
WRONG = "stateIncompatibility/invalidConnectionState"


def transfer(connection: ConnectionId) -> Service:
    return TransferCall(held_call=connection, active_call=con(SECOND, ONE))


def conference(connection: ConnectionId) -> Service:
    return ConferenceCall(held_call=connection, active_call=con(SECOND, ONE))


def alternate(connection: ConnectionId) -> Service:
    return AlternateCall(held_call=connection, active_call=con(SECOND, ONE))


def reconnect(connection: ConnectionId) -> Service:
    return ReconnectCall(active_call=con(SECOND, ONE), held_call=connection)


def send_to(connection: ConnectionId) -> Service:
    return SingleStepTransferCall(active_call=connection, transferred_to=DeviceId("1903"))


def invite(connection: ConnectionId) -> Service:
    return SingleStepConferenceCall(active_call=connection, device_to_join=DeviceId("1905"))


def consult(connection: ConnectionId) -> Service:
    return ConsultationCall(existing_call=connection, consulted_device=DeviceId("1999"))


def digits(connection: ConnectionId) -> Service:
    return GenerateDigits(connection_to_send_digits=connection, characters_to_send="one")


ALL = (transfer, conference, alternate, reconnect, send_to, invite, consult, digits)
REFUSALS: list[tuple[Ask, ConnectionId, str]] = [
    *[(ask, con(CallId("1_0"), ONE), "operation/invalidCallID") for ask in ALL],
    *[(ask, con(FIRST, THREE), "operation/invalidConnectionID") for ask in ALL],
    *[(ask, con(FIRST, DeviceId("tel:4711")), "operation/invalidDeviceID") for ask in ALL],
    *[(ask, con(SECOND, ONE), WRONG) for ask in (transfer, conference, alternate, reconnect)],
    *[(ask, con(SECOND, ONE), BUSY) for ask in (send_to, invite)],
    (consult, con(SECOND, ONE), "operation/invalidDestination"),
    (digits, con(SECOND, ONE), "operation/invalidParameterValue"),
    (transfer, con(FIRST, TWO), "operation/invalidConnectionID"),
]


@pytest.mark.parametrize(("ask", "connection", "expected"), REFUSALS)
def test_refusals_change_nothing(ask: Ask, connection: ConnectionId, expected: str) -> None:
    parties = Parties()
    assert parties.one.refused(ask(connection)) == expected
    assert parties.one.events() == parties.two.events() == parties.three.events() == []
    assert parties.site.scene.states("1001", "1002", "1003") == [
        ["hold", "connected"],
        ["connected"],
        ["connected"],
    ]
