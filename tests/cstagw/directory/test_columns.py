from collections.abc import Iterator
from decimal import Decimal

import pytest

from cstagw.directory import columns
from cstagw.directory.columns import MAX_FIELD, rows_of
from cstagw.directory.entries import COLUMNS, Row


def rows(names: list[str], *values: tuple[object, ...]) -> list[Row]:
    return list(rows_of(names, values, lambda number: f"row {number}"))


def refusal(names: list[str], *values: tuple[object, ...]) -> str:
    with pytest.raises(ValueError, match=r".") as caught:
        rows(names, *values)
    return str(caught.value)


def test_every_column_arrives_where_it_belongs_and_rows_count_from_one() -> None:
    assert rows(list(COLUMNS), tuple("abcdefg"), tuple("hijklmn")) == [
        Row("row 1", "a", "b", "c", "d", "e", "f", "g"),
        Row("row 2", "h", "i", "j", "k", "l", "m", "n"),
    ]


def test_order_case_and_spaces_of_names_do_not_matter_and_user_has_two() -> None:
    assert rows([" Device", "DN ", "User_URI"], ("SEP1", "1001", "alice@example.com")) == [
        Row("row 1", user="alice@example.com", dn="1001", device="SEP1")
    ]


def test_a_line_uri_alone_names_a_line() -> None:
    assert rows(["user", "line_uri"], ("a@b", "tel:1001")) == [Row("row 1", user="a@b", line_uri="tel:1001")]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("  as it is ", "  as it is "),
        (None, ""),
        (1001, "1001"),
        (True, "True"),
        (False, "False"),
        (2001.0, "2001"),
        (0.5, "0.5"),
        (Decimal(1001), "1001"),
    ],
)
def test_values_of_databases_become_text(value: object, text: str) -> None:
    assert rows(["user", "dn"], ("a@b", value)) == [Row("row 1", user="a@b", dn=text)]


@pytest.mark.parametrize("value", [b"1001", bytearray(b"1001"), memoryview(b"1001")])
def test_bytes_are_not_guessed_at(value: object) -> None:
    assert refusal(["user", "dn"], ("a@b", "1"), ("a@b", value)) == "row 2: dn holds bytes, not text"


def test_a_row_may_leave_out_its_end_but_not_go_on() -> None:
    assert rows(["user", "dn", "device"], ("a@b", "1001")) == [Row("row 1", user="a@b", dn="1001")]
    assert refusal(["user", "dn"], ("a@b", "1"), ("a@b", "1", "")) == "row 2: 3 fields for 2 columns"


@pytest.mark.parametrize(
    ("names", "text"),
    [
        (["user", "dn", "phone", ""], "unknown column 'phone', ''; allowed: user, dn, partition, "),
        (["user", "dn", "x" * 500], f"unknown column {'x' * 40!r}; allowed: user, dn"),
        (["dn"], "column user is missing; allowed: user, dn"),
        (["user", "device"], "column dn (or line_uri) is missing; allowed: user, dn"),
        ([], "column user is missing"),
        (["user", "dn", "USER_URI", "dn"], "column user, dn is there twice"),
    ],
)
def test_columns_that_cannot_be_used_are_named_before_any_row_is_taken(names: list[str], text: str) -> None:
    with pytest.raises(ValueError, match=r".") as caught:
        rows_of(names, [], str)
    assert str(caught.value).startswith(text)


def test_no_row_is_an_error_of_its_own() -> None:
    assert refusal(["user", "dn"]) == "no row at all: an empty directory would lock everybody out"


def test_a_field_has_a_longest() -> None:
    assert rows(["user", "dn"], ("a" * MAX_FIELD, "1"))[0].user == "a" * MAX_FIELD
    assert refusal(["user", "dn"], ("a" * (MAX_FIELD + 1), "1")) == (
        "row 1: user is longer than 8,192 characters"
    )


def test_rows_have_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(columns, "MAX_ROWS", 2)
    assert len(rows(["user", "dn"], ("a", "1"), ("b", "2"))) == 2
    assert refusal(["user", "dn"], ("a", "1"), ("b", "2"), ("c", "3")) == "more than 2 rows"


def test_the_place_is_asked_for_as_soon_as_the_row_was_taken() -> None:
    taken: list[str] = []

    def given() -> Iterator[tuple[str, str]]:
        for dn in ("1001", "1002"):
            taken.append(dn)
            yield "a@b", dn

    assert [row.place for row in rows_of(["user", "dn"], given(), lambda _number: taken[-1])] == taken
