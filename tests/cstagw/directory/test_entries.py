"""Rows as sites write them, and the entries that are made of them."""

from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cstagw.aor import user_key
from cstagw.directory import COLUMNS, Entry, Row, RowsRefused, read_row, read_rows
from cstagw.directory.entries import MAX_PROBLEMS
from cstagw.identity import LineUri

GOOD = Row("line 2", "sip:alice@example.com", "1001", "staff", "SEP0011AABBCCDD", "Cisco 8851", "true")


def entry(**columns: str) -> Entry:
    """Of a row that has only these."""
    return read_row(Row("line 2", **columns))


def refusal(row: Row) -> str:
    with pytest.raises(ValueError, match=r".") as caught:
        read_row(row)
    return str(caught.value)


def test_a_row() -> None:
    assert read_row(GOOD) == Entry(
        "alice@example.com", "1001", "staff", "SEP0011AABBCCDD", "Cisco 8851", True, "", "line 2"
    )


def test_columns_and_rows_are_the_same() -> None:
    assert ("place", *COLUMNS) == tuple(field.name for field in fields(Row))


def test_spaces_around_a_column_do_not_matter() -> None:
    columns = {name: getattr(GOOD, name) for name in COLUMNS} | {"line_uri": "tel:1001"}
    spaced = Row("line 2", **{name: f" \t{text} " for name, text in columns.items()})
    assert read_row(spaced) == replace(read_row(GOOD), line_uri="tel:1001")


def test_a_column_of_spaces_is_not_given() -> None:
    assert entry(user="al@x", dn="  ", partition=" ", device=" ", enabled=" ", line_uri=" ") == entry(
        user="al@x"
    )


# Numbers and Line URIs


@pytest.mark.parametrize(
    ("dn", "number"),
    [
        ("1001", "1001"),
        (r"\+14255551001", "+14255551001"),
        ("+14255551001", "+14255551001"),
        ("+1 (425) 555-1001", "+14255551001"),
        ("*88", "*88"),
    ],
)
def test_numbers(dn: str, number: str) -> None:
    assert entry(user="al@x", dn=dn).dn == number


@pytest.mark.parametrize("column", ["dn", "line_uri"])
@pytest.mark.parametrize(
    ("uri", "number", "device", "partition"),
    [
        ("tel:1001", "1001", "", ""),
        ("TEL:10-01;phone-context=dialstring", "1001", "", ""),
        ("tel:+14255550100;ext=1001", "1001", "", ""),
        ("tel:1001;Device=SEP1;partition=%6Cab", "1001", "SEP1", "lab"),
    ],
)
def test_a_line_uri_in_place_of_a_number(
    column: str, uri: str, number: str, device: str, partition: str
) -> None:
    found = entry(user="al@x", **{column: uri})
    assert (found.dn, found.device, found.partition, found.line_uri) == (number, device, partition, uri)


def test_what_has_a_column_of_its_own_goes_before_the_line_uri() -> None:
    found = entry(user="al@x", dn="tel:1001;device=SEP1;partition=a", device="SEP2", partition="b")
    assert (found.device, found.partition) == ("SEP2", "b")


def test_a_line_uri_beside_a_number_is_what_the_client_is_given_and_no_more() -> None:
    for dn in ("1001", "tel:1001"):
        found = entry(user="al@x", dn=dn, line_uri="tel:+14255551001;device=SEP1")
        assert (found.dn, found.device) == ("1001", "")
        assert found.line_uri == "tel:+14255551001;device=SEP1"


def test_users_without_a_line_and_lines_without_a_user() -> None:
    assert entry(user="al@x") == Entry("al@x", "", "", "", "", True, "", "line 2")
    assert entry(dn="1001", device="SEP1").user == ""


# Enabled


@pytest.mark.parametrize("text", ["", "1", "t", "true", "TRUE", "Yes", "y", " on "])
def test_words_that_enable(text: str) -> None:
    assert entry(user="al@x", dn="1", enabled=text).enabled


@pytest.mark.parametrize("text", ["0", "f", "false", "False", "NO", "n", " off "])
def test_words_that_disable(text: str) -> None:
    assert not entry(user="al@x", dn="1", enabled=text).enabled


# What is refused


@pytest.mark.parametrize(
    ("wrong", "text"),
    [
        (replace(GOOD, dn="10x01"), "dn '10x01' is not a number that can be dialled"),
        (replace(GOOD, dn=r"1001\+"), r"dn '1001\\+' is not a number"),
        (replace(GOOD, dn="1" * 41), "is not a number that can be dialled"),
        (replace(GOOD, dn="tel:alice"), "Line URI 'alice' is not a number that can be dialled"),
        (replace(GOOD, dn="", line_uri="1001"), "Line URI '1001' is not a tel: URI"),
        (replace(GOOD, device="SEP 1"), "device 'SEP 1' is not the name of a device"),
        (replace(GOOD, device="SEP1;x=1"), "is not the name of a device"),
        (replace(GOOD, device="SEP1\nx"), "is not the name of a device"),
        (replace(GOOD, device="S" * 130), f"device '{'S' * 80}' is not the name of a device"),
        (replace(GOOD, device="Télé"), "is not the name of a device"),
        (replace(GOOD, dn="", line_uri="tel:1001;device=a%20b", device=""), "device 'a b' is not the name"),
        (replace(GOOD, dn=""), "device SEP0011AABBCCDD without a line"),
        (replace(GOOD, enabled="perhaps"), "enabled 'perhaps' is neither true nor false"),
        (replace(GOOD, user="@example.com"), "user '@example.com' is not a SIP address such as sip:alice"),
        (replace(GOOD, user="alice@"), "user 'alice@' is not a SIP address"),
        (replace(GOOD, user="Alice Smith"), "is not a SIP address"),
        (replace(GOOD, user="<sip:alice@example.com>"), "is not a SIP address"),
        (replace(GOOD, user="a@x,b@x"), "is not a SIP address"),
        (Row("line 2"), "neither a user nor a line"),
        (Row("line 2", partition="staff", model="Cisco 8851"), "neither a user nor a line"),
    ],
)
def test_a_wrong_row(wrong: Row, text: str) -> None:
    assert text in refusal(wrong)


def test_everything_that_is_wrong_is_said_at_once() -> None:
    rows = [GOOD, replace(GOOD, place="line 3", dn="x"), GOOD, replace(GOOD, place="line 5", enabled="?")]
    with pytest.raises(RowsRefused) as caught:
        read_rows(rows)
    assert str(caught.value) == (
        "line 3: dn 'x' is not a number that can be dialled; line 5: enabled '?' is neither true nor false"
    )
    assert caught.value.count == 2


def test_more_than_people_read_is_counted() -> None:
    rows = [replace(GOOD, place=f"line {number}", dn="x") for number in range(2, 2 + MAX_PROBLEMS + 30)]
    with pytest.raises(RowsRefused) as caught:
        read_rows(rows)
    error = caught.value
    assert ([problem.place for problem in error.problems], error.count) == (
        [f"line {number}" for number in range(2, 2 + MAX_PROBLEMS)],
        MAX_PROBLEMS + 30,
    )
    assert str(error).endswith(", and 30 more")


def test_exactly_as_many_as_are_listed_leave_no_rest() -> None:
    with pytest.raises(RowsRefused) as caught:
        read_rows(replace(GOOD, dn="x") for _ in range(MAX_PROBLEMS))
    assert "more" not in str(caught.value)


def test_good_rows_keep_their_order() -> None:
    rows = [replace(GOOD, place=f"line {number}", dn=f"{number}") for number in (3, 1, 2)]
    assert [found.dn for found in read_rows(rows)] == ["3", "1", "2"]
    assert read_rows([]) == []


# Anything


_text = st.text(st.characters(), max_size=12)
_any = {
    "user": _text | st.sampled_from(["sip:al@x", ""]),
    "dn": _text | st.sampled_from(["1001", r"\+1", "tel:1", "tel:1;ext=2;device=SEP1", "%31"]),
    "device": _text | st.sampled_from(["SEP1", ""]),
    "enabled": _text | st.sampled_from(["yes", "no"]),
    "line_uri": _text | st.sampled_from(["tel:1", "tel:+1;ext=%2a"]),
}


@given(st.builds(Row, st.just("line 2"), partition=_text, model=_text, **_any))
def test_any_row_is_an_entry_or_a_value_error(row: Row) -> None:
    try:
        found = read_row(row)
    except ValueError:
        return
    assert found.user or found.dn
    assert found.dn or not found.device
    assert user_key(found.user) == found.user
    if found.dn:
        assert LineUri.parse(f"tel:{found.dn}").dns == (found.dn,)
