"""The benchmarks measure what they say, and their page has what they print. How long anything takes is no
matter here."""

from __future__ import annotations

import re
from functools import partial
from pathlib import Path

import pytest

from bench import PAGE, instructions, memory, site, write
from bench.directory import KINDS, Measured, look_up, measure, shown, table_of, write_site
from cstagw.directory import Entry, Table

SIZES = (20, 50)
FIGURE = re.compile(r"-?[\d.,]+(?: / [\d.,]+)?")


@pytest.fixture(scope="module")
def measured() -> Measured:
    return measure(SIZES, rounds=2, runs=1)


def tables(text: str) -> dict[str, list[list[str]]]:
    """The cells of each table by its title."""
    found = re.findall(r"^(\S.*:)\n\n((?:\|.*\n)+)", text, re.MULTILINE)
    return {
        title: [[cell.strip() for cell in row.strip("|").split("|")] for row in rows.splitlines()]
        for title, rows in found
    }


def test_every_row_has_a_figure_for_every_size(measured: Measured) -> None:
    found = tables(shown(measured))
    kinds = [kind.name for kind in KINDS]
    assert [[name for name, *_ in rows] for _, _, *rows in found.values()][:2] == [kinds, kinds]
    for title, (head, ruler, *rows) in found.items():
        sizes = SIZES[1:] if title.startswith("Time of a lookup") else SIZES
        assert head == ["entries", *map(str, sizes)]
        assert len(ruler) == len(head)
        for _, *cells in rows:
            assert len(cells) == len(sizes)
            assert all(map(FIGURE.fullmatch, cells))


def test_the_page_has_what_is_printed(measured: Measured) -> None:
    def names(text: str) -> dict[str, list[str]]:
        return {title: [name for name, *_ in rows[2:]] for title, rows in tables(text).items()}

    _, _, page = PAGE.read_text(encoding="utf-8").partition("<!-- directory: begin -->")
    assert names(page.partition("<!-- directory: end -->")[0]) == names(shown(measured))


def test_a_lookup_takes_the_same_steps_among_few_lines_and_many() -> None:
    few, many = look_up((20, 5_000), rounds=1).values()
    assert {name: one.instructions for name, one in few.items()} == {
        name: one.instructions for name, one in many.items()
    }


def test_a_table_that_is_searched_would_be_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    def searched(self: Table, dn: str) -> tuple[Entry, ...]:
        return tuple(entry for entry in self if entry.dn == dn)

    monkeypatch.setattr(Table, "on_line", searched)
    few, many = look_up((20, 50), rounds=1).values()
    assert all(few[kind.name].instructions < many[kind.name].instructions for kind in KINDS)


def test_instructions_are_those_of_what_is_called_too() -> None:
    assert instructions(partial(list, range(1000))) < instructions(
        partial(sorted, range(9), key=lambda n: -n)
    )


def test_a_site_has_as_many_rows_as_it_is_asked_for() -> None:
    rows = list(site(100))
    assert len({(user, dn, device) for user, dn, _, device, *_ in rows}) == len(rows) == 100


def test_memory_is_that_of_the_larger_file(tmp_path: Path) -> None:
    for size in (10, 5_000):
        write_site(size, tmp_path)
    found = memory(table_of, tmp_path / "10.csv", tmp_path / "5000.csv")
    assert found.tracked > 5_000
    assert found.made > 5_000 * 200
    assert found.most >= found.first


def test_only_what_is_between_the_marks_is_written_anew(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("before\n<!-- it: begin -->\nold\n<!-- it: end -->\nafter\n")
    write(page, "it", "new\n")
    write(page, "it", "newer\n")
    assert page.read_text() == "before\n<!-- it: begin -->\nnewer\n<!-- it: end -->\nafter\n"
    with pytest.raises(ValueError, match="no place for other"):
        write(page, "other", "new\n")
