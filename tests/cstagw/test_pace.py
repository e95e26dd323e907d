"""Work for many sessions at once: in order, in portions, nothing forgotten."""

from collections.abc import Callable

from cstagw.pace import PER_TURN, Pace


def test_a_crowd_is_served_in_portions_and_in_order() -> None:
    done: list[int] = []
    turns: list[int] = []
    later: list[Callable[[], None]] = []
    pace = Pace(done.append, lambda: turns.append(len(done)), lambda _pause, action: later.append(action))
    for piece in range(PER_TURN * 2 + 1):
        pace.add(piece)
    pace.go()
    assert len(pace) == PER_TURN + 1
    while later:
        later.pop(0)()
    assert done == list(range(PER_TURN * 2 + 1))
    assert turns == [PER_TURN, PER_TURN * 2, PER_TURN * 2 + 1]


def test_it_is_called_once_however_often_it_is_asked() -> None:
    later: list[float] = []
    pace: Pace[int] = Pace(lambda _piece: None, lambda: None, lambda pause, _action: later.append(pause))
    pace.add(1)
    pace.go_soon()
    pace.go_soon()
    assert later == [0.0]
