from collections.abc import Callable

import pytest

from csta_xml import (
    AnswerCall,
    AnswerCallResponse,
    CallId,
    ClearConnection,
    ClearConnectionResponse,
    ConnectionId,
    DeviceId,
    HoldCall,
    HoldCallResponse,
    MakeCall,
    MakeCallResponse,
    RetrieveCall,
    RetrieveCallResponse,
    Service,
)
from ctimgr_client.serving.limits import Limits
from ctimgr_client.simulator import nodes
from tests.ctimgr_client.simulator.scene import HARD
from tests.ctimgr_client.simulator.talker import Site, Talker

ONE = DeviceId("tel:1001;device=SEP000000001001")
TWO = DeviceId("tel:1002;device=SEP000000001002")
THREE = DeviceId("tel:1003;device=SEP000000001003")
NOBODY = DeviceId("tel:4711")


def talker(limits: Limits | None = None) -> Talker:
    site = Site(limits)
    return Talker(site, site.cti())


def con(call_id: str | None, device: str | None = ONE) -> ConnectionId:
    return ConnectionId(
        CallId(call_id) if call_id is not None else None, DeviceId(device) if device is not None else None
    )


def test_the_response_leaves_before_the_events_it_causes() -> None:
    client = talker()
    client.monitor(ONE)
    client.make_call(ONE, "tel:1002")
    assert [type(said).__name__ for _, said in client.heard] == [
        "MakeCallResponse",
        "ServiceInitiatedEvent",
        "OriginatedEvent",
        "DeliveredEvent",
    ]
    assert [invoke_id for invoke_id, _ in client.heard][1:] == [9999] * 3


def test_a_call_from_making_to_clearing() -> None:
    client = talker()
    assert client.make_call("TEL:1001", "1002") == con("1_4a11", ONE)
    steps: list[tuple[Service, object]] = [
        (AnswerCall(call_to_be_answered=con("1_4a11", TWO)), AnswerCallResponse()),
        (HoldCall(call_to_be_held=con("1_4a11")), HoldCallResponse()),
        (RetrieveCall(call_to_be_retrieved=con("1_4a11")), RetrieveCallResponse()),
        (ClearConnection(connection_to_be_cleared=con("1_4a11")), ClearConnectionResponse()),
    ]
    for request, response in steps:
        assert client.ask(request) == response
    assert client.site.scene.cluster.calls == {}


def test_a_connection_without_a_call_means_the_one_the_service_can_be_about() -> None:
    client = talker()
    client.make_call(ONE, "1002")
    assert client.ask(AnswerCall(call_to_be_answered=con(None, TWO))) == AnswerCallResponse()
    assert client.ask(HoldCall(call_to_be_held=con(None))) == HoldCallResponse()
    assert client.ask(RetrieveCall(call_to_be_retrieved=con(None))) == RetrieveCallResponse()
    cleared = client.ask(ClearConnection(connection_to_be_cleared=con(None)))
    assert cleared == ClearConnectionResponse()


Ask = Callable[[ConnectionId], Service]


def answer(connection: ConnectionId) -> Service:
    return AnswerCall(call_to_be_answered=connection)


def hold(connection: ConnectionId) -> Service:
    return HoldCall(call_to_be_held=connection)


def retrieve(connection: ConnectionId) -> Service:
    return RetrieveCall(call_to_be_retrieved=connection)


def clear(connection: ConnectionId) -> Service:
    return ClearConnection(connection_to_be_cleared=connection)


WRONG = "stateIncompatibility/invalidConnectionState"
CALL_REFUSALS: list[tuple[Ask, ConnectionId, str]] = [
    (answer, con("1_4a11"), WRONG),
    (retrieve, con("1_4a11"), WRONG),
    (hold, con("1_4a11", TWO), WRONG),
    (answer, con(None), "stateIncompatibility/noCallToAnswer"),
    (hold, con(None, TWO), "stateIncompatibility/noActiveCall"),
    (retrieve, con(None), "stateIncompatibility/noHeldCall"),
    (clear, con(None, THREE), "stateIncompatibility/noConnectionToClear"),
    *[(ask, con("1_0"), "operation/invalidCallID") for ask in (answer, hold, retrieve, clear)],
    *[
        (ask, con("1_4a11", THREE), "operation/invalidConnectionID")
        for ask in (answer, hold, retrieve, clear)
    ],
    *[(ask, con("1_4a11", None), "operation/invalidConnectionID") for ask in (answer, hold, retrieve, clear)],
    *[(ask, con("1_4a11", NOBODY), "operation/invalidDeviceID") for ask in (answer, hold, retrieve, clear)],
    *[(ask, con(None, NOBODY), "operation/invalidDeviceID") for ask in (answer, hold, retrieve, clear)],
]


@pytest.mark.parametrize(("ask", "connection", "expected"), CALL_REFUSALS)
def test_refusals_of_call_control(ask: Ask, connection: ConnectionId, expected: str) -> None:
    client = talker()
    client.make_call(ONE, "1002")
    client.monitor(ONE)
    assert client.refused(ask(connection)) == expected
    assert client.events() == []


@pytest.mark.parametrize("ask", [answer, hold, retrieve, clear])
def test_calls_of_an_unregistered_phone_cannot_be_controlled(ask: Ask) -> None:
    client = talker()
    client.make_call(ONE, "1901")
    scene = client.site.scene
    nodes.fail(scene.cluster, scene.node("cucm1"), scene.now)
    assert client.refused(ask(con("1_4a11"))) == "systemResourceAvailibility/deviceOutOfService"


MAKE_REFUSALS: list[tuple[str, str, str]] = [
    (NOBODY, "1002", "operation/invalidDeviceID"),
    ("tel:1001;device=SEP000000001002", "1002", "operation/invalidDeviceID"),
    (ONE, "1999", "operation/invalidDestination"),
    (ONE, "tel:5555551234v:41234", "operation/invalidDestination"),
    (ONE, ONE, "operation/invalidDestination"),
]


@pytest.mark.parametrize(("caller", "number", "expected"), MAKE_REFUSALS)
def test_refusals_of_make_call(caller: str, number: str, expected: str) -> None:
    request = MakeCall(calling_device=DeviceId(caller), called_directory_number=DeviceId(number))
    assert talker().refused(request) == expected


def test_an_unregistered_phone_makes_no_call() -> None:
    client = talker()
    nodes.unregister(client.site.scene.cluster, client.site.scene.device(ONE))
    request = MakeCall(calling_device=ONE, called_directory_number=TWO)
    assert client.refused(request) == "systemResourceAvailibility/deviceOutOfService"


def test_an_ambiguous_device_is_the_first_appearance() -> None:
    client = talker()
    assert client.make_call("tel:1100", "1904").device_id == HARD
    assert client.make_call("tel:1200", "1904").device_id == "tel:1200;device=SEP000000001200;partition=staff"
    assert client.make_call("tel:1200;partition=lab", "1904").device_id == (
        "tel:1200;device=SEP00000000120B;partition=lab"
    )


def test_make_call_response_is_canonical() -> None:
    client = talker()
    answer = client.ask(MakeCall(calling_device=DeviceId("1001"), called_directory_number=DeviceId("1901")))
    assert answer == MakeCallResponse(calling_device=con("1_4a11", ONE))
