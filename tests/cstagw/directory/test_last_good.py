import json
import stat
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cstagw.directory import last_good
from cstagw.directory.entries import Entry
from cstagw.directory.last_good import LastGood, LastGoodError

ALICE = Entry("alice@example.com", "1001", "staff", "SEP1", "7962", True, "tel:1001", "line 2")
BOB = Entry("bob@example.com", "", "", "", "", False, "", "line 3")

text = st.text(st.characters(), max_size=20)  # lone surrogates are in it: file names may have them
entries = st.builds(Entry, text, text, text, text, text, st.booleans(), text, text)


def copy(tmp_path: Path) -> LastGood:
    return LastGood(tmp_path / "state" / "directory.json")


def saved(tmp_path: Path) -> Path:
    copy(tmp_path).save([ALICE, BOB], 1234.5, "csv:lines.csv")
    return tmp_path / "state" / "directory.json"


def refusal(last: LastGood) -> LastGoodError:
    with pytest.raises(LastGoodError) as caught:
        last.read("csv:lines.csv")
    assert caught.value.cure
    return caught.value


def test_a_copy_is_read_back(tmp_path: Path) -> None:
    saved(tmp_path)
    assert copy(tmp_path).read("csv:lines.csv") == ([ALICE, BOB], 1234.5)


def test_a_later_copy_takes_its_place(tmp_path: Path) -> None:
    saved(tmp_path)
    copy(tmp_path).save([BOB], 2000.0, "csv:lines.csv")
    assert copy(tmp_path).read("csv:lines.csv") == ([BOB], 2000.0)


@settings(deadline=None, max_examples=60)
@given(found=st.lists(entries, max_size=20), at=st.floats(0, 1e11), source=text)
def test_any_entries_survive(
    tmp_path_factory: pytest.TempPathFactory, found: list[Entry], at: float, source: str
) -> None:
    last = copy(tmp_path_factory.mktemp("state"))
    last.save(found, at, source)
    assert last.read(source) == (found, at)


def test_no_copy_is_no_error(tmp_path: Path) -> None:
    assert copy(tmp_path).read("csv:lines.csv") is None


def test_a_copy_of_another_source_is_not_served(tmp_path: Path) -> None:
    saved(tmp_path)
    assert copy(tmp_path).read("csv:other.csv") is None


def test_nobody_else_may_read_it_and_nothing_else_is_left(tmp_path: Path) -> None:
    path = saved(tmp_path)
    saved(tmp_path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert list(path.parent.iterdir()) == [path]


def test_a_save_that_fails_leaves_the_copy_before_it(tmp_path: Path) -> None:
    path = saved(tmp_path)

    def full() -> "list[Entry]":
        raise OSError(28, "No space left on device")

    with pytest.raises(LastGoodError) as caught:
        copy(tmp_path).save((entry for group in [[ALICE], None] for entry in group or full()), 9.0, "x")
    assert str(caught.value) == f"{path} cannot be written: No space left on device"
    assert list(path.parent.iterdir()) == [path]
    assert copy(tmp_path).read("csv:lines.csv") == ([ALICE, BOB], 1234.5)


def test_any_damaged_byte_is_noticed(tmp_path: Path) -> None:
    path = saved(tmp_path)
    good = path.read_bytes()
    for place in range(len(good)):
        path.write_bytes(good[:place] + bytes([good[place] ^ 0x01]) + good[place + 1 :])
        try:
            found = copy(tmp_path).read("csv:lines.csv")
        except LastGoodError:
            continue
        # Then it looks like the copy of another source, which is not served either.
        assert found is None


def test_any_cut_is_noticed(tmp_path: Path) -> None:
    path = saved(tmp_path)
    good = path.read_bytes()
    for length in range(len(good) - 1):
        path.write_bytes(good[:length])
        assert "is damaged and is not used" in str(refusal(copy(tmp_path)))


@pytest.mark.parametrize("more", [b"\n", b"[]\n", b"\0" * 100])
def test_what_stands_behind_the_end_is_damage(tmp_path: Path, more: bytes) -> None:
    path = saved(tmp_path)
    path.write_bytes(path.read_bytes() + more)
    assert "is damaged" in str(refusal(copy(tmp_path)))


@pytest.mark.parametrize("data", [b"[" * 2**20, b"x" * 2**21, b"\xff\xfe", b"[]\n", b"{}\n", b"17\n"])
def test_anything_else_in_its_place_is_damage(tmp_path: Path, data: bytes) -> None:
    path = saved(tmp_path)
    path.write_bytes(data)
    assert "is damaged" in str(refusal(copy(tmp_path)))


@pytest.mark.parametrize("change", [{"format": 0}, {"fields": ["user", "dn"]}])
def test_a_copy_of_another_version_is_not_used(tmp_path: Path, change: dict[str, object]) -> None:
    path = saved(tmp_path)
    head, _, rest = path.read_bytes().partition(b"\n")
    path.write_bytes(json.dumps(json.loads(head) | change).encode() + b"\n" + rest)
    assert "was written by another version" in str(refusal(copy(tmp_path)))


def test_entries_have_a_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    saved(tmp_path)
    monkeypatch.setattr(last_good, "MAX_ROWS", 2)
    assert copy(tmp_path).read("csv:lines.csv") is not None
    monkeypatch.setattr(last_good, "MAX_ROWS", 1)
    assert "is damaged" in str(refusal(copy(tmp_path)))


def test_a_folder_that_cannot_be_made_is_said_with_a_cure(tmp_path: Path) -> None:
    (tmp_path / "state").touch()
    with pytest.raises(LastGoodError, match="cannot be written") as caught:
        saved(tmp_path)
    assert "set [state] folder" in caught.value.cure
    assert "cannot be read: Not a directory" in str(refusal(copy(tmp_path)))


def test_a_folder_in_the_place_of_the_file_is_said(tmp_path: Path) -> None:
    (tmp_path / "state" / "directory.json").mkdir(parents=True)
    with pytest.raises(LastGoodError, match="cannot be written"):
        saved(tmp_path)
    assert "cannot be read: Is a directory" in str(refusal(copy(tmp_path)))
    assert [path.name for path in (tmp_path / "state").iterdir()] == ["directory.json"]
