"""Events as they are on the wire, for both sides of a call and through two CTIManagers."""

from csta_xml import (
    Absent,
    BackInServiceEvent,
    CallId,
    ConnectionClearedEvent,
    ConnectionId,
    DeliveredEvent,
    DeviceId,
    DivertedEvent,
    EstablishedEvent,
    Event,
    FailedEvent,
    ForwardingEvent,
    ForwardingType,
    HeldEvent,
    LocalConnectionState,
    MonitorCrossRefId,
    OriginatedEvent,
    OutOfServiceEvent,
    RetrievedEvent,
    ServiceInitiatedEvent,
)
from ctimgr_client.simulator import nodes
from tests.ctimgr_client.simulator.scene import HARD, SOFT
from tests.ctimgr_client.simulator.talker import Site, Talker

CALL = CallId("1_4a11")
ONE = DeviceId("tel:1001;device=SEP000000001001")
TWO = DeviceId("tel:1002;device=SEP000000001002")
THREE = DeviceId("tel:1003;device=SEP000000001003")
INITIATED, ALERTING = LocalConnectionState.INITIATED, LocalConnectionState.ALERTING
CONNECTED, HOLD = LocalConnectionState.CONNECTED, LocalConnectionState.HOLD
NULL, QUEUED = LocalConnectionState.NULL, LocalConnectionState.QUEUED


class Watch:
    """Appearances, each monitored through a CTIManager of its own."""

    def __init__(self, *numbers: str) -> None:
        self.site = Site()
        self.scene = self.site.scene
        self.talkers = {}
        self.refs: dict[str, MonitorCrossRefId] = {}
        for index, number in enumerate(numbers):
            talker = self.talkers[number] = Talker(self.site, self.site.cti(f"ctim{index + 1}"))
            self.refs[number] = talker.monitor(number).monitor_cross_ref_id

    def events(self, number: str) -> list[Event]:
        self.site.settle()
        return self.talkers[number].events()


def con(device: str) -> ConnectionId:
    return ConnectionId(CALL, DeviceId(device))


def delivered(ref: MonitorCrossRefId, local: LocalConnectionState) -> DeliveredEvent:
    return DeliveredEvent(
        monitor_cross_ref_id=ref,
        connection=con(TWO),
        alerting_device=TWO,
        calling_device=ONE,
        called_device=TWO,
        last_redirection_device=Absent.NOT_REQUIRED,
        local_connection_info=local,
        cause="newCall",
    )


def established(ref: MonitorCrossRefId) -> EstablishedEvent:
    return EstablishedEvent(
        monitor_cross_ref_id=ref,
        established_connection=con(TWO),
        answering_device=TWO,
        calling_device=ONE,
        called_device=TWO,
        local_connection_info=CONNECTED,
        cause="normal",
    )


def cleared(ref: MonitorCrossRefId, device: DeviceId, local: LocalConnectionState) -> ConnectionClearedEvent:
    return ConnectionClearedEvent(
        monitor_cross_ref_id=ref,
        dropped_connection=con(device),
        releasing_device=device,
        local_connection_info=local,
        cause="normalClearing",
    )


def test_a_basic_call_from_both_sides() -> None:
    watch = Watch("tel:1001", "tel:1002")
    mine, far = watch.refs["tel:1001"], watch.refs["tel:1002"]
    call = watch.scene.dial("1001", "1002")
    watch.scene.answer("1002", call)
    watch.scene.hangup("1002", call)
    assert watch.events("tel:1001") == [
        ServiceInitiatedEvent(
            monitor_cross_ref_id=mine,
            initiated_connection=con(ONE),
            initiating_device=ONE,
            local_connection_info=INITIATED,
            cause="makeCall",
        ),
        OriginatedEvent(
            monitor_cross_ref_id=mine,
            originated_connection=con(ONE),
            calling_device=ONE,
            called_device=TWO,
            local_connection_info=CONNECTED,
            cause="newCall",
        ),
        delivered(mine, CONNECTED),
        established(mine),
        cleared(mine, TWO, CONNECTED),
        cleared(mine, ONE, NULL),
    ]
    assert watch.events("tel:1002") == [
        delivered(far, ALERTING),
        established(far),
        cleared(far, TWO, NULL),
        cleared(far, ONE, NULL),
    ]


def test_hold_and_retrieve_from_the_other_side() -> None:
    watch = Watch("tel:1001", "tel:1002")
    call = watch.scene.talk("1001", "1002")
    watch.scene.hold("1001", call)
    watch.scene.resume("1001", call)
    for number, local in (("tel:1001", HOLD), ("tel:1002", CONNECTED)):
        ref = watch.refs[number]
        assert watch.events(number)[-2:] == [
            HeldEvent(
                monitor_cross_ref_id=ref,
                held_connection=con(ONE),
                holding_device=ONE,
                local_connection_info=local,
                cause="normal",
            ),
            RetrievedEvent(
                monitor_cross_ref_id=ref,
                retrieved_connection=con(ONE),
                retrieving_device=ONE,
                local_connection_info=CONNECTED,
                cause="normal",
            ),
        ]


def test_a_number_outside_is_a_plain_number() -> None:
    watch = Watch("tel:1001")
    watch.scene.dial("1001", "1903")
    assert watch.events("tel:1001")[-1] == FailedEvent(
        monitor_cross_ref_id=watch.refs["tel:1001"],
        failed_connection=con("tel:1903"),
        failing_device=DeviceId("tel:1903"),
        calling_device=ONE,
        called_device=DeviceId("tel:1903"),
        local_connection_info=CONNECTED,
        cause="busy",
    )


def test_a_diversion_from_all_three_sides() -> None:
    watch = Watch("tel:1001", "tel:1002", "tel:1003")
    watch.scene.forward("1002", "1003")
    watch.scene.dial("1001", "1002")
    assert watch.events("tel:1002") == [
        ForwardingEvent(
            monitor_cross_ref_id=watch.refs["tel:1002"],
            device=TWO,
            forwarding_type=ForwardingType.IMMEDIATE,
            forward_status=True,
            forward_to=DeviceId("tel:1003"),
        ),
        DivertedEvent(
            monitor_cross_ref_id=watch.refs["tel:1002"],
            connection=con(TWO),
            diverting_device=TWO,
            new_destination=THREE,
            calling_device=ONE,
            called_device=TWO,
            last_redirection_device=TWO,
            local_connection_info=NULL,
            cause="callForwardImmediate",
        ),
    ]
    for number, local in (("tel:1001", CONNECTED), ("tel:1003", ALERTING)):
        assert watch.events(number)[-1] == DeliveredEvent(
            monitor_cross_ref_id=watch.refs[number],
            connection=con(THREE),
            alerting_device=THREE,
            calling_device=ONE,
            called_device=TWO,
            last_redirection_device=TWO,
            local_connection_info=local,
            cause="callForwardImmediate",
        )


def test_each_appearance_of_a_ringing_shared_line_sees_itself() -> None:
    watch = Watch("tel:1001", HARD, SOFT)
    watch.scene.dial("1001", "1100")
    for number, own in (("tel:1001", HARD), (HARD, HARD), (SOFT, SOFT)):
        event = watch.events(number)[-1]
        assert isinstance(event, DeliveredEvent)
        assert (event.connection, event.alerting_device, event.called_device) == (con(own), own, own)


def test_the_answering_appearance_is_named_to_all() -> None:
    watch = Watch("tel:1001", HARD, SOFT)
    watch.scene.answer(SOFT, watch.scene.dial("1001", "1100"))
    for number, local in (("tel:1001", CONNECTED), (HARD, QUEUED), (SOFT, CONNECTED)):
        (event,) = [event for event in watch.events(number) if isinstance(event, EstablishedEvent)]
        assert (event.established_connection, event.answering_device) == (con(SOFT), SOFT)
        assert event.local_connection_info is local


def test_partitions_are_part_of_the_identifier() -> None:
    lab = "tel:1200;device=SEP00000000120B;partition=lab"
    watch = Watch(lab)
    watch.scene.dial("1001", "tel:1200;partition=lab")
    (event,) = watch.events(lab)
    assert isinstance(event, DeliveredEvent)
    assert event.alerting_device == lab


def test_out_of_service_and_back() -> None:
    watch = Watch("tel:1001", "tel:1002")
    nodes.fail(watch.scene.cluster, watch.scene.node("cucm1"), watch.scene.now)
    watch.site.wait(1.0)
    ref = watch.refs["tel:1001"]
    assert watch.events("tel:1001") == [
        OutOfServiceEvent(monitor_cross_ref_id=ref, device=ONE),
        BackInServiceEvent(monitor_cross_ref_id=ref, device=ONE),
    ]
    assert watch.events("tel:1002") == []


def test_forwarding_taken_away_names_no_target() -> None:
    watch = Watch("tel:1001")
    watch.scene.forward("1001", None)
    assert watch.events("tel:1001") == [
        ForwardingEvent(
            monitor_cross_ref_id=watch.refs["tel:1001"],
            device=ONE,
            forwarding_type=ForwardingType.IMMEDIATE,
            forward_status=False,
        )
    ]
