"""From any CTIManagers to any others: never none, never more than eight, no session ended without need."""

from hypothesis import given
from hypothesis import strategies as st

from cstagw.reconcile import Add, Remove, next_step
from ctimgr_client import MAX_CTI_MANAGERS, CtiManagerAddress


def addresses(*places: str) -> list[CtiManagerAddress]:
    """`a1` is the CTIManager a at its first address."""
    return [CtiManagerAddress(place[0], place, 1) for place in places]


def steps(present: list[CtiManagerAddress], wanted: list[CtiManagerAddress]) -> list[str]:
    """All of them, as they are taken."""
    taken = []
    present = list(present)
    while step := next_step(present, wanted):
        if isinstance(step, Add):
            present.append(step.address)
            taken.append(f"+{step.address.host}")
        else:
            assert isinstance(step, Remove)
            [gone] = [address for address in present if address.name == step.name]
            present.remove(gone)
            taken.append(f"-{gone.host}")
        assert 1 <= len(present) <= MAX_CTI_MANAGERS
    return taken


def test_new_ones_first_then_those_that_go() -> None:
    assert steps(addresses("a1", "b1"), addresses("b1", "c1")) == ["+c1", "-a1"]


def test_another_address_under_the_same_name() -> None:
    assert steps(addresses("a1", "b1"), addresses("a2", "b1")) == ["-a1", "+a2"]
    assert steps(addresses("b1", "a1"), addresses("a2")) == ["-a1", "+a2", "-b1"]
    assert steps(addresses("a1"), addresses("a2", "b1")) == ["+b1", "-a1", "+a2"]


def test_the_only_one_stays_where_it_would_have_to_come_back_under_its_name() -> None:
    assert steps(addresses("a1"), addresses("a2")) == []


def test_the_order_alone_is_no_change() -> None:
    assert steps(addresses("a1", "b1"), addresses("b1", "a1")) == []


def test_eight_others() -> None:
    taken = steps(
        addresses(*(f"{name}1" for name in "abcdefgh")), addresses(*(f"{name}1" for name in "stuvwxyz"))
    )
    assert taken[:3] == ["-a1", "+s1", "-b1"]
    assert len(taken) == 16


SETS = st.lists(
    st.tuples(st.sampled_from("abcdefghij"), st.sampled_from("12")),
    min_size=1,
    max_size=MAX_CTI_MANAGERS,
    unique_by=lambda place: place[0],
)


@given(SETS, SETS)
def test_whatever_there_is_and_is_wanted(before: list[tuple[str, str]], after: list[tuple[str, str]]) -> None:
    present, wanted = (addresses(*("".join(place) for place in places)) for places in (before, after))
    taken = steps(present, wanted)
    hosts = {address.host for address in present}
    for step in taken:
        (hosts.add if step[0] == "+" else hosts.remove)(step[1:])
    stuck = len(present) == len(wanted) == 1 and present[0].name == wanted[0].name
    assert stuck or hosts == {address.host for address in wanted}
    assert len(taken) == len(set(taken))
