"""Filters and capability lists: sets of names in, the schema's order out."""

import random

import pytest

from csta_xml import (
    EVENT_LISTS,
    FILTER_FLAGS,
    SERVICE_LISTS,
    Capability,
    CapabilityList,
    GetCSTAFeaturesResponse,
    MonitorStart,
    SystemRegister,
    decode,
    encode,
)
from tests.csta_xml.captures import PHONE, capabilities, load
from tests.csta_xml.cases import FEATURES

EVERY_SERVICE = tuple(capabilities(name, *names) for name, names in SERVICE_LISTS.items())
EVERY_EVENT = tuple(capabilities(name, *names) for name, names in EVENT_LISTS.items())


def shuffled(lists: tuple[CapabilityList, ...]) -> tuple[CapabilityList, ...]:
    dice = random.Random(7)
    mixed = [
        CapabilityList(group.name, tuple(dice.sample(group.capabilities, len(group.capabilities))))
        for group in lists
    ]
    return tuple(dice.sample(mixed, len(mixed)))


def test_lists_are_written_in_the_order_of_the_schema() -> None:
    given = GetCSTAFeaturesResponse(services=shuffled(EVERY_SERVICE), events=shuffled(EVERY_EVENT))
    assert given.services != EVERY_SERVICE
    assert decode(encode(given)) == GetCSTAFeaturesResponse(services=EVERY_SERVICE, events=EVERY_EVENT)


def test_lists_are_read_in_the_order_of_the_schema() -> None:
    body = encode(GetCSTAFeaturesResponse(services=EVERY_SERVICE[3:5], events=()))
    cut = body.index(b"<callControlServList>"), body.index(b"</supportedServices>")
    first, second = body[body.index(b"<snapshotServList>") : cut[0]], body[cut[0] : cut[1]]
    message = decode(
        body.replace(first + second, second + first + b"<snapshotServList><snapshotCall/></snapshotServList>")
    )
    assert isinstance(message, GetCSTAFeaturesResponse)
    assert message.services == (capabilities("snapshotServList", "snapshotCall"), EVERY_SERVICE[4])


def test_options_that_are_true_are_kept() -> None:
    message = decode(load("get_csta_features_response"))
    assert message == FEATURES
    assert b"<makeCall><autoOriginateDoNotPrompt>true</autoOriginateDoNotPrompt></makeCall>" in encode(
        message
    )


def test_lists_and_names_of_other_editions_are_passed_over() -> None:
    body = load("get_csta_features_response").replace(b"<answerCall/>", b"<answerCall/><newService/>")
    body = body.replace(b"</supportedServices>", b"<newServList><x/></newServList></supportedServices>")
    body = body.replace(b"</supportedEvents>", b"<mediaEvtsList xmlns=''/></supportedEvents>")
    assert decode(body) == FEATURES


@pytest.mark.parametrize(
    "services",
    [
        (capabilities("callControlServiceList"),),
        (capabilities("callControlServList", "transfered"),),
        (capabilities("callControlServList", "monitorStart"),),
        (CapabilityList("callControlServList", (Capability("makeCall", ("a/><b",)),)),),
    ],
)
def test_capability_the_schema_lacks_is_not_written(services: tuple[CapabilityList, ...]) -> None:
    with pytest.raises(ValueError, match="not in the schema"):
        encode(GetCSTAFeaturesResponse(services=services, events=()))


@pytest.mark.parametrize("names", [frozenset(names) for names in FILTER_FLAGS.values()])
def test_monitor_filter_is_one_set_of_names(names: frozenset[str]) -> None:
    message = MonitorStart(monitor_object=PHONE, requested_monitor_filter=names)
    assert decode(encode(message)) == message


def test_a_filter_flag_stands_in_one_group_only() -> None:
    flags = [flag for names in FILTER_FLAGS.values() for flag in names]
    assert len(flags) == len(set(flags))


@pytest.mark.parametrize(
    "message",
    [
        MonitorStart(monitor_object=PHONE, requested_monitor_filter=frozenset({"netwReached"})),
        SystemRegister(request_types=frozenset({"status"})),
        SystemRegister(request_types=frozenset(), requested_status_filter=frozenset({"messagesLost"})),
    ],
)
def test_flag_the_schema_lacks_is_not_written(message: MonitorStart | SystemRegister) -> None:
    with pytest.raises(ValueError, match="not in the schema"):
        encode(message)
