"""Which CTIManager the next session gets."""

import pytest

from ctimgr_client.address import LinkId
from ctimgr_client.pool import MAX_CTI_MANAGERS, Pool
from ctimgr_client.status import LinkState

IN, PARTIAL, OUT = LinkState.IN_SERVICE, LinkState.PARTIAL_SERVICE, LinkState.OUT_OF_SERVICE


def pool_of(*names: str, up: str = "", load: dict[str, int] | None = None) -> Pool:
    loads = load or {}
    pool = Pool(names, 0.0, lambda link: loads.get(link.name, 0))
    for name in up.split():
        pool.up(name, IN, 1.0)
    return pool


def chosen(pool: Pool, times: int) -> str:
    return " ".join(link.name if link else "-" for link in (pool.choose() for _ in range(times)))


def test_the_first_round_follows_the_configured_order_and_wraps() -> None:
    assert chosen(pool_of("a", "b", "c", up="c b a"), 7) == "a b c a b c a"


def test_those_that_are_down_are_skipped() -> None:
    pool = pool_of("a", "b", "c", "d", up="a b c d")
    pool.change(LinkId("b", 1), OUT, 2.0)
    assert chosen(pool, 6) == "a c d a c d"


def test_the_round_goes_on_where_it_was_when_one_comes_back() -> None:
    pool = pool_of("a", "b", "c", up="a c")
    assert chosen(pool, 3) == "a c a"
    pool.up("b", IN, 2.0)
    assert chosen(pool, 4) == "b c a b"


def test_none_in_service_is_none() -> None:
    assert pool_of("a", "b").choose() is None


def test_partial_service_is_taken_only_when_there_is_no_better() -> None:
    pool = pool_of("a", "b", up="a b")
    pool.change(LinkId("a", 1), PARTIAL, 2.0)
    assert chosen(pool, 3) == "b b b"
    pool.change(LinkId("b", 1), OUT, 3.0)
    assert chosen(pool, 2) == "a a"
    assert pool.in_service() == 1


def test_the_least_loaded_is_chosen_and_equals_take_turns() -> None:
    load = {"a": 3, "b": 1, "c": 1}
    pool = pool_of("a", "b", "c", up="a b c", load=load)
    assert chosen(pool, 4) == "b c b c"
    load["a"] = 0
    assert chosen(pool, 2) == "a a"


def test_one_that_came_back_gets_new_sessions_until_it_has_as_many() -> None:
    load = {"a": 2, "b": 0}
    pool = pool_of("a", "b", up="a b", load=load)
    for expected in "bba":
        link = pool.choose()
        assert link is not None
        load[link.name] += 1
        assert link.name == expected


def test_the_least_loaded_in_partial_service_waits_for_the_others_all_the_same() -> None:
    pool = pool_of("a", "b", up="a b", load={"b": 9})
    pool.change(LinkId("a", 1), PARTIAL, 2.0)
    assert chosen(pool, 2) == "b b"


def test_those_that_are_not_fit_are_passed_over() -> None:
    pool = pool_of("a", "b", "c", up="a b c")
    assert pool.choose(lambda link: link.name != "c") == LinkId("c", 1)
    assert chosen(pool, 2) == "a b"
    assert pool.choose(lambda link: True) is None


def test_partial_service_is_taken_where_no_other_is_fit() -> None:
    pool = pool_of("a", "b", up="a b")
    pool.change(LinkId("b", 1), PARTIAL, 2.0)
    assert pool.choose(lambda link: link.name == "a") == LinkId("b", 1)


def test_one_that_is_added_takes_its_turn_last() -> None:
    pool = pool_of("a", "b", up="a b")
    assert chosen(pool, 1) == "a"
    assert pool.add("c", 5.0).since == 5.0
    assert chosen(pool, 2) == "b a"
    pool.up("c", IN, 6.0)
    assert chosen(pool, 4) == "b c a b"


@pytest.mark.parametrize(
    ("taken", "removed", "then"),
    [(0, "a", "b c b"), (1, "a", "b c b"), (2, "b", "c a c"), (2, "c", "a b a"), (3, "c", "a b a")],
)
def test_the_round_goes_on_without_one_that_is_removed(taken: int, removed: str, then: str) -> None:
    pool = pool_of("a", "b", "c", up="a b c")
    chosen(pool, taken)
    pool.remove(removed)
    assert chosen(pool, 3) == then


def test_one_that_is_added_again_is_a_new_generation() -> None:
    pool = pool_of("a", "b", up="a a a b")
    pool.remove("a")
    pool.add("a", 5.0)
    assert pool.up("a", IN, 6.0) == LinkId("a", 4)


def test_no_ninth_no_twin_can_be_added_and_the_last_one_stays() -> None:
    pool = pool_of(*"abcdefgh")
    with pytest.raises(ValueError, match="9 CTIManagers"):
        pool.add("i", 0.0)
    with pytest.raises(ValueError, match="same name"):
        pool_of("a").add("a", 0.0)
    with pytest.raises(ValueError, match="0 CTIManagers"):
        pool_of("a").remove("a")


def test_each_reconnection_is_a_new_generation() -> None:
    pool = pool_of("a")
    assert pool.up("a", IN, 1.0) == LinkId("a", 1)
    pool.change(LinkId("a", 1), OUT, 2.0)
    assert pool.up("a", IN, 3.0) == LinkId("a", 2)
    assert pool.choose() == LinkId("a", 2)


def test_an_old_generation_changes_nothing() -> None:
    pool = pool_of("a", up="a")
    pool.up("a", IN, 2.0)
    pool.change(LinkId("a", 1), OUT, 3.0)
    assert pool["a"].state is IN


def test_since_is_the_time_of_the_last_change() -> None:
    pool = pool_of("a", up="a")
    pool.change(LinkId("a", 1), IN, 5.0)
    assert pool["a"].since == 1.0
    pool.change(LinkId("a", 1), PARTIAL, 6.0)
    assert pool["a"].since == 6.0


def test_eight_can_be_configured_a_ninth_is_refused() -> None:
    names = [f"cucm{i}" for i in range(1, MAX_CTI_MANAGERS + 1)]
    assert Pool(names, 0.0).in_service() == 0
    with pytest.raises(ValueError, match="9 CTIManagers are configured, 1 to 8 are possible"):
        Pool([*names, "cucm9"], 0.0)


def test_none_configured_is_refused() -> None:
    with pytest.raises(ValueError, match="0 CTIManagers"):
        Pool([], 0.0)


def test_two_of_one_name_are_refused() -> None:
    with pytest.raises(ValueError, match="same name"):
        Pool(["a", "a"], 0.0)


def test_the_table_can_be_seen() -> None:
    assert repr(pool_of("a", "b", up="b")) == "<Pool a#0 OUT_OF_SERVICE, b#1 IN_SERVICE>"
