"""A flood of like log lines is thinned out and counted."""

from cstagw.repeats import Repeats


def test_a_few_of_a_kind_then_silence_then_the_count() -> None:
    repeats = Repeats(lines=2, window=10.0)
    assert [repeats.note("no_cti", now) for now in (0.0, 1.0, 2.0, 3.0)] == [0, 0, None, None]
    assert repeats.note("limit", 3.0) == 0
    assert repeats.note("no_cti", 10.0) == 2
    assert repeats.note("no_cti", 11.0) == 0
    assert repeats.note("no_cti", 25.0) == 0
