"""Everybody at once: no more sign-ins are under way than the CTIManagers answer for."""

from cstagw.sign_in import MAX_ASKING
from tests.journeys.in_memory import House


def test_a_herd_is_admitted_as_fast_as_the_links_answer() -> None:
    house = House()
    for link in house.links:
        link.stalled = True
    herd = [house.invite("tel:1001") for _ in range(2 * MAX_ASKING + 50)]
    house.settle()
    assert [client.status for client in herd].count(480) == 50
    for link in house.links:
        link.stalled = False
    house.settle()
    assert [client.status for client in herd].count(200) == 2 * MAX_ASKING == len(house.gateway.sessions)
    again = house.invite("tel:1001")
    house.settle()
    assert again.status == 200


def test_one_slow_ctimanager_leaves_its_turns_to_the_others() -> None:
    house = House()
    house.links[0].stalled = True
    herd = [house.invite("tel:1001") for _ in range(2 * MAX_ASKING)]
    house.settle()
    assert [client.status for client in herd].count(200) == MAX_ASKING
    later = [house.invite("tel:1002") for _ in range(10)]
    house.settle()
    assert [client.status for client in later] == [200] * 10
