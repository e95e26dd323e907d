"""How many connections may come, in all and from one address."""

from sip.census import Census


def test_there_is_room_up_to_the_limit_of_an_address_and_of_all() -> None:
    census = Census(3, 2)
    assert [census.enter(host) for host in ("a", "a", "a", "b", "b", "c")] == [
        True,
        True,
        False,
        True,
        False,
        False,
    ]
    assert (census.counted, census.addresses) == (3, 2)


def test_who_leaves_makes_room_and_nothing_is_kept_of_an_address_that_is_gone() -> None:
    census = Census(2, 1)
    for _ in range(100):
        assert census.enter("a")
        assert not census.enter("a")
        census.leave("a")
    assert census.enter("b")
    assert (census.counted, census.addresses) == (1, 1)
