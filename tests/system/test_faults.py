"""The functional half of the fault matrix, with few sessions: what must not depend on the machine's speed."""

from __future__ import annotations

import asyncio

import pytest

from tests.faults.matrix import ROWS
from tests.faults.table import PAGE, SMALL, Measure, NotRun, Row

#: Seconds for one row; rows played at a time, most of which wait for something.
_LONGEST = 90
_TOGETHER = 3

Played = dict[str, list[Measure] | BaseException]


@pytest.fixture(scope="module")
def played() -> Played:
    """Every row, a few at a time."""

    async def play_all() -> Played:
        turns = asyncio.Semaphore(_TOGETHER)

        async def one(row: Row) -> list[Measure]:
            async with turns, asyncio.timeout(_LONGEST):
                return await row.play(SMALL)

        results = await asyncio.gather(*(one(row) for row in ROWS), return_exceptions=True)
        return {row.name: result for row, result in zip(ROWS, results, strict=True)}

    return asyncio.run(play_all())


@pytest.mark.parametrize("name", [row.name for row in ROWS])
def test_the_promise_is_kept(name: str, played: Played) -> None:
    measures = played[name]
    if isinstance(measures, NotRun):
        pytest.skip(str(measures))
    if isinstance(measures, BaseException):
        raise measures
    broken = [one.text for one in measures if not one.kept and not one.timed]
    assert broken == [], "; ".join(one.text for one in measures)


def test_every_row_has_its_line_on_the_page() -> None:
    page = PAGE.read_text()
    assert [row.name for row in ROWS if f"| `{row.name}`: " not in page] == []
