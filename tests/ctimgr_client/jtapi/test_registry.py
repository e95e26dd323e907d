"""Calls under their numbers, when they merge, end, or are too many. The Java objects have what is asked of
them and no more."""

import threading
from dataclasses import dataclass

import pytest

from csta_xml import CallId
from ctimgr_client.jtapi.java.registry import Locks, Registry
from ctimgr_client.jtapi.keys import LineKey
from ctimgr_client.jtapi.telephony import JtapiFailure, Trouble


@dataclass(eq=False)
class _Number:
    number: int

    def getCallManagerID(self) -> int:  # noqa: N802
        return 1

    def getGlobalCallID(self) -> int:  # noqa: N802
        return self.number


@dataclass(eq=False)
class _Call:
    number: int = 0

    def getCallID(self) -> _Number:  # noqa: N802
        return _Number(self.number)


@dataclass(eq=False)
class _Address:
    def getName(self) -> str:  # noqa: N802
        return "1001"

    def getPartition(self) -> None:  # noqa: N802
        return None


def _unknown(registry: Registry, id_: str) -> bool:
    with pytest.raises(JtapiFailure) as failed:
        registry.call(CallId(id_))
    return failed.value.trouble is Trouble.UNKNOWN_CALL


def test_a_call_is_known_by_both_of_its_numbers() -> None:
    registry, call = Registry(cisco=True), _Call(7)
    assert registry.id_of(call) == "1/7"
    assert registry.call(CallId("1/7")) is call


def test_plain_calls_are_numbered_as_they_come() -> None:
    registry, one, two = Registry(cisco=False), _Call(), _Call()
    assert [registry.id_of(call) for call in (one, two, one)] == ["0/1", "0/2", "0/1"]
    registry.over(CallId("0/1"))
    assert _unknown(registry, "0/1")
    assert registry.id_of(one) == "0/3"


def test_a_line_without_partition_has_an_empty_one() -> None:
    registry = Registry(cisco=True)
    assert registry.line(_Address()) == LineKey("1001", "")
    assert registry.optional_line(None) is None


def test_who_holds_the_number_of_a_merged_call_means_the_one_that_is_left() -> None:
    registry, first, second, third = Registry(cisco=True), _Call(1), _Call(2), _Call(3)
    ids = [registry.id_of(call) for call in (first, second, third)]
    registry.merged(ids[0], ids[1])
    registry.merged(ids[1], ids[2])
    assert [registry.call(id_) for id_ in ids] == [third] * 3
    registry.over(ids[0])
    assert registry.call(ids[0]) is third
    registry.over(ids[2])
    assert all(_unknown(registry, id_) for id_ in ids)
    assert len(registry) == 0


def test_calls_are_not_merged_into_themselves_or_into_nothing() -> None:
    registry, call = Registry(cisco=True), _Call(1)
    id_ = registry.id_of(call)
    registry.merged(id_, id_)
    registry.merged(id_, CallId("1/99"))
    assert registry.call(id_) is call


@pytest.mark.parametrize("cisco", [True, False])
def test_the_oldest_call_goes_where_there_are_too_many(cisco: bool) -> None:
    registry = Registry(cisco=cisco, max_calls=3)
    calls = [_Call(number) for number in range(10)]
    ids = [registry.id_of(call) for call in calls]
    assert [registry.call(id_) for id_ in ids[-3:]] == calls[-3:]
    assert all(_unknown(registry, id_) for id_ in ids[:-3])
    assert len(registry) <= 6


def test_merged_numbers_go_with_the_call_that_is_forgotten() -> None:
    registry = Registry(cisco=True, max_calls=2)
    ids = [registry.id_of(_Call(number)) for number in (1, 2)]
    registry.merged(ids[0], ids[1])
    for number in range(3, 9):
        registry.id_of(_Call(number))
    assert len(registry) == 2


def test_those_of_one_thing_take_turns() -> None:
    locks, order = Locks(1), []
    inside, out = threading.Event(), threading.Event()

    def first() -> None:
        with locks.of("a"):
            inside.set()
            out.wait(5)
            order.append("first")

    thread = threading.Thread(target=first)
    thread.start()
    assert inside.wait(5)
    out.set()
    with locks.of("b"):
        order.append("second")
    thread.join(5)
    assert order == ["first", "second"]
