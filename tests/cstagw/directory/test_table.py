"""What is found in a directory, and what is said of how old it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cstagw.directory import Directory, Entry, Row, Table, read_rows

AT = 1000.0


def entries_of(*rows: str) -> list[Entry]:
    """`user dn device`, a dash for what is not given."""
    words = [["" if word == "-" else word for word in row.split()] for row in rows]
    return read_rows(Row(f"line {n}", user, dn, device=device) for n, (user, dn, device) in enumerate(words))


TABLE = Table(
    entries_of("al@x 1001 SEP2", "bo@x 1002 SEP3", "al@x 1001 SEP1", "bo@x 1001 SEP2", "ca@x - -", "- 1004 -")
)


def devices(entries: tuple[Entry, ...]) -> list[str]:
    return [f"{entry.user} {entry.dn} {entry.device}" for entry in entries]


# Looking up


def test_a_line_gives_everybody_on_it_in_the_order_of_the_source() -> None:
    assert devices(TABLE.on_line("1001")) == ["al@x 1001 SEP2", "al@x 1001 SEP1", "bo@x 1001 SEP2"]
    assert devices(TABLE.on_line("1002")) == ["bo@x 1002 SEP3"]


def test_a_user_gives_every_line_of_his_in_the_order_of_the_source() -> None:
    assert devices(TABLE.of_user("al@x")) == ["al@x 1001 SEP2", "al@x 1001 SEP1"]
    assert devices(TABLE.of_user("bo@x")) == ["bo@x 1002 SEP3", "bo@x 1001 SEP2"]
    assert devices(TABLE.of_user("ca@x")) == ["ca@x  "]


@pytest.mark.parametrize("key", ["9999", "al@y", "AL@X", ""])
def test_nothing_is_found_under_what_is_not_there(key: str) -> None:
    assert (TABLE.on_line(key), TABLE.of_user(key)) == ((), ())


def test_line_appearances_are_counted_and_users_listed() -> None:
    assert len(TABLE) == 5
    assert len(list(TABLE)) == 6
    assert list(TABLE.users()) == ["al@x", "bo@x", "ca@x"]


def test_an_empty_table_is_one() -> None:
    assert (len(Table()), list(Table()), list(Table().users())) == (0, [], [])


_keys = st.sampled_from(["", "1", "2", "3"])
_some = st.builds(
    lambda user, dn, device: Entry(f"u{user}" if user else "", dn, "", device, "", True, "", ""),
    _keys,
    _keys,
    _keys,
)


@given(st.lists(_some, max_size=12))
def test_every_entry_is_found_by_its_line_and_by_its_user(entries: list[Entry]) -> None:
    table = Table(entries)
    assert list(table) == entries
    for key in ("1", "2", "3"):
        assert list(table.on_line(key)) == [entry for entry in entries if entry.dn == key]
        assert list(table.of_user(f"u{key}")) == [entry for entry in entries if entry.user == f"u{key}"]


# The state


def directory() -> Directory:
    return Directory("csv", "csv:lines.csv")


def test_the_open_directory_needs_no_table() -> None:
    found = Directory()
    assert (found.is_open, found.usable, found.stale, found.summary(AT)) == (True, True, False, "open")
    assert found.report(AT) == {
        "source": "open",
        "line_appearances": None,
        "loaded_seconds_ago": None,
        "stale": False,
        "failing_seconds": None,
        "error": "",
        "cure": "",
    }


def test_nobody_is_let_in_before_there_is_a_table() -> None:
    found = directory()
    assert (found.usable, found.summary(AT)) == (False, "not loaded yet")
    found.failed("it is gone", "put it back", AT)
    assert (found.usable, found.summary(AT)) == (False, "not loaded: it is gone")


def test_what_was_loaded() -> None:
    found = directory()
    found.taken(TABLE, AT)
    assert (found.usable, found.stale) == (True, False)
    assert found.summary(AT + 5) == "5 line appearances, loaded 5 s ago"
    assert found.report(AT + 5)["loaded_seconds_ago"] == 5.0


def test_a_failure_takes_nothing_away_and_is_said_until_it_is_over() -> None:
    found = directory()
    found.taken(TABLE, AT)
    found.failed("it is gone", "put it back", AT + 10)
    found.failed("it is a folder", "name a file", AT + 20)
    assert (found.table, found.usable, found.stale) == (TABLE, True, True)
    assert found.summary(AT + 30) == "5 line appearances, loaded 30 s ago, stale: it is a folder"
    assert found.report(AT + 30) == {
        "source": "csv:lines.csv",
        "line_appearances": 5,
        "loaded_seconds_ago": 30.0,
        "stale": True,
        "failing_seconds": 20.0,
        "error": "it is a folder",
        "cure": "name a file",
    }
    found.taken(Table(), AT + 40)
    assert (found.error, found.cure, found.stale, found.failing_since) == ("", "", False, 0.0)
    assert found.failures == 2
    found.failed("it is gone", "put it back", AT + 50)
    assert found.failing_since == AT + 50


def test_a_copy_that_stands_in_is_as_old_as_it_is() -> None:
    found = directory()
    found.failed("it is gone", "put it back", AT)
    found.served_from_disk(TABLE, AT - 3600, AT + 1)
    assert (found.usable, found.stale, found.error, found.failing_since) == (True, True, "it is gone", AT)
    assert found.summary(AT) == "5 line appearances, loaded 3600 s ago, stale: it is gone"


def test_a_source_that_has_not_answered_yet_has_not_failed() -> None:
    found = directory()
    found.served_from_disk(TABLE, AT - 3600, AT)
    assert (found.usable, found.stale, found.failures) == (True, True, 0)
    assert (found.error, found.failing_since) == ("csv:lines.csv has not answered yet", AT)
    assert found.cure
    found.failed("it is gone", "put it back", AT + 5)
    assert (found.error, found.failing_since, found.failures) == ("it is gone", AT, 1)
