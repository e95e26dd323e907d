import asyncio
import csv
import io
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cstagw.directory import csv_file
from cstagw.directory.csv_file import CsvDirectory, signature
from cstagw.directory.entries import COLUMNS, Row
from cstagw.directory.source import Source, SourceError

POLL = 0.005
#: For what must happen; nothing waits this long where all is well.
SOON = 5.0
#: For what must not happen: many polls.
WHILE = 0.1


@asynccontextmanager
async def source(path: Path, at_latest: float = 600.0) -> AsyncIterator[CsvDirectory]:
    directory = CsvDirectory(path, poll=POLL, at_latest=at_latest)
    try:
        yield directory
    finally:
        await directory.close()


def loaded(path: Path) -> list[Row]:
    async def load() -> list[Row]:
        async with source(path) as directory:
            return await directory.load()

    return asyncio.run(load())


def rows(tmp_path: Path, data: bytes) -> list[Row]:
    path = tmp_path / "lines.csv"
    path.write_bytes(data)
    return loaded(path)


def refusal(path: Path) -> SourceError:
    with pytest.raises(SourceError) as caught:
        loaded(path)
    assert caught.value.cure
    return caught.value


def refused(tmp_path: Path, data: bytes) -> str:
    """What is said of the file behind its name."""
    path = tmp_path / "lines.csv"
    path.write_bytes(data)
    return str(refusal(path)).removeprefix(str(path))


async def held(task: "asyncio.Task[None]") -> bool:
    """Whether it goes on waiting."""
    done, _pending = await asyncio.wait([task], timeout=WHILE)
    return not done


# What is read


def test_it_is_a_source() -> None:
    directory: Source = CsvDirectory(Path("some/lines.csv"))
    assert (directory.kind, directory.name) == ("csv", "csv:some/lines.csv")


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_delimiters_line_ends_and_byte_order_mark(
    tmp_path: Path, delimiter: str, end: str, mark: str
) -> None:
    text = end.join(
        (
            f"{mark}User{delimiter} DN {delimiter}device",
            f"alice@example.com{delimiter}1001{delimiter}SEP1",
            f'"bob@example.com"{delimiter}"1{delimiter}2"{delimiter}',
        )
    )
    assert rows(tmp_path, text.encode()) == [
        Row("line 2", user="alice@example.com", dn="1001", device="SEP1"),
        Row("line 3", user="bob@example.com", dn=f"1{delimiter}2"),
    ]


def test_comments_and_empty_lines_do_not_count_but_are_counted(tmp_path: Path) -> None:
    text = '# lines of the lab\n\nuser,dn\n  \n#a@b,1\na@b,"1\n#2\n\n3"\n\n# end\nc@d,4\n'
    assert rows(tmp_path, text.encode()) == [
        Row("line 6", user="a@b", dn="1\n#2\n\n3"),
        Row("line 12", user="c@d", dn="4"),
    ]


def test_a_quoted_number_may_begin_like_a_comment(tmp_path: Path) -> None:
    assert rows(tmp_path, b'dn,user\n"#31",a@b\n#32,a@b\n') == [Row("line 2", user="a@b", dn="#31")]


@settings(deadline=None, max_examples=60)
@given(data=st.data())
def test_what_the_csv_module_writes_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    names = data.draw(st.permutations(COLUMNS))
    quote_all = data.draw(st.booleans())
    # The csv module does not quote every line end of its own accord, and cannot read those back itself.
    without = "\0" if quote_all else "\0\r\n"
    field = st.text(st.characters(exclude_characters=without, exclude_categories=["Cs"]), max_size=12)
    first = field.map(lambda text: "x" + text)  # neither a comment nor an empty line
    given_rows = data.draw(st.lists(st.tuples(first, *[field] * 6), min_size=1, max_size=8))
    written = io.StringIO(newline="")
    writer = csv.writer(
        written,
        delimiter=data.draw(st.sampled_from(",;\t")),
        quoting=csv.QUOTE_ALL if quote_all else csv.QUOTE_MINIMAL,
        lineterminator=data.draw(st.sampled_from(["\n", "\r\n", "\r"])),
    )
    writer.writerow(names)
    writer.writerows(given_rows)
    found = rows(tmp_path_factory.mktemp("csv"), written.getvalue().encode())
    as_given = [tuple(getattr(row, name) for name in names) for row in found]
    assert as_given == given_rows
    assert len({row.place for row in found}) == len(found)


# What is refused


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"", " is empty: nobody could use a line"),
        (b"# only this\n\n", " is empty: nobody could use a line"),
        (b"\xef\xbb\xbf", " is empty: nobody could use a line"),
        (b"# lines\nuser,dn\n", ": no row at all: an empty directory would lock everybody out"),
        (
            b"\nuser,dn,phone\na,1,x\n",
            ": line 2: unknown column 'phone'; allowed: user, dn, partition, device, ",
        ),
        (b"a@b,1001\n", ": line 1: unknown column 'a@b', '1001'; allowed: user"),
        (b"user,device\na@b,x\n", ": line 1: column dn (or line_uri) is missing"),
        (b"user,dn\na,1\n\nb,2,3\n", ": line 4: 3 fields for 2 columns"),
        (b'user,dn\na,1\nb,"2\nc,3\nd,4\n', ": line 3: unexpected end of data"),
        (b'user,dn\na,1\nb,"2"3\nc,3\n', ": line 3: ',' expected after '\"'"),
        (b'"user,dn\na,1\n', ": line 1: unexpected end of data"),
        (b"user,dn\na,1\nb,2\n\xe9,3\nd,4\n", ": line 4 is not UTF-8"),
        (b"user,dn\r\na,1\r\nb,\xc3", ": line 3 is not UTF-8"),
        ("user,dn\na,1\n".encode("utf-16"), ": line 1 is not UTF-8"),
        (b"user,dn\na,1\n\0\0\0\n", ": line 3 holds a zero byte: the file is damaged"),
        (b"user,dn\n" + b"a" * 8193 + b",1\n", ": line 2: user is longer than 8,192 characters"),
    ],
)
def test_what_cannot_be_used_is_said_with_its_line(tmp_path: Path, data: bytes, text: str) -> None:
    assert refused(tmp_path, data).startswith(text)


def test_a_line_of_a_large_file_that_is_not_utf_8_is_found(tmp_path: Path) -> None:
    data = b"user,dn\n" + b"a@b,1\n" * 50_000 + b"\xff@b,1\n"
    assert refused(tmp_path, data) == ": line 50002 is not UTF-8"


@pytest.mark.parametrize(
    ("place", "text"),
    [
        ("none.csv", "does not exist"),
        (".", "is a folder"),
        ("file/lines.csv", "lies below a file"),
        ("pipe", "is not a regular file"),
    ],
)
def test_what_is_no_file_is_said(tmp_path: Path, place: str, text: str) -> None:
    (tmp_path / "file").touch()
    os.mkfifo(tmp_path / "pipe")
    path = tmp_path / place
    assert str(refusal(path)) == f"{path} {text}"


def test_a_file_that_becomes_a_folder_while_it_is_read_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(csv_file, "check_is_file", lambda _path: None)
    assert str(refusal(tmp_path)) == f"{tmp_path} cannot be read: Is a directory"


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (PermissionError(13, "Permission denied"), "x.csv may not be read"),
        (OSError(5, "Input/output error"), "x.csv cannot be read: Input/output error"),
        (OSError(), "x.csv cannot be read: OSError"),
    ],
)
def test_errors_of_the_operating_system_have_a_cause_and_a_cure(error: OSError, text: str) -> None:
    found = csv_file.unreadable(Path("x.csv"), error)
    assert str(found) == text
    assert found.cure


def test_a_file_has_a_largest_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = b"user,dn\na,1\n" + b"#" * 2**20
    monkeypatch.setattr(csv_file, "MAX_BYTES", len(data))
    assert len(rows(tmp_path, data)) == 1
    assert refused(tmp_path, data + b"#") == " is larger than 1 MiB"


# A file that is written to while it is read


class Restless:
    """In place of `signature`: another one each time, `times` times."""

    def __init__(self, times: int) -> None:
        self.left = times

    def __call__(self, path: Path) -> tuple[int, ...]:
        self.left -= 1
        return (max(0, self.left),)


def test_a_file_that_is_written_to_is_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_file, "signature", Restless(4))
    assert len(rows(tmp_path, b"user,dn\na,1\n")) == 1


def test_half_a_file_is_no_error_while_it_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "lines.csv"
    path.write_bytes(b'user,dn\na,"1')

    def complete_it(at: Path) -> tuple[int, ...]:
        found = signature(at)
        if found[2] < 14:
            path.write_bytes(b'user,dn\na,"1"\n')
        return found

    monkeypatch.setattr(csv_file, "signature", complete_it)
    assert loaded(path) == [Row("line 2", user="a", dn="1")]


def test_a_file_that_never_rests_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_file, "signature", Restless(1000))
    assert refused(tmp_path, b"user,dn\na,1\n") == " is written to all the time"


# Changes


@pytest.mark.asyncio
async def test_a_file_that_stays_as_it_is_has_not_changed(tmp_path: Path) -> None:
    path = tmp_path / "lines.csv"
    path.write_text("user,dn\na,1\n")
    async with source(path) as directory:
        await directory.load()
        waiting = asyncio.create_task(directory.changed())
        assert await held(waiting)
        path.write_text("user,dn\na,2\n")
        await asyncio.wait_for(waiting, SOON)
        assert [row.dn for row in await directory.load()] == ["2"]
        waiting = asyncio.create_task(directory.changed())
        assert await held(waiting)
        waiting.cancel()


@pytest.mark.asyncio
async def test_what_changed_while_nobody_waited_is_seen(tmp_path: Path) -> None:
    path = tmp_path / "lines.csv"
    path.write_text("user,dn\na,1\n")
    async with source(path) as directory:
        await directory.load()
        path.write_text("user,dn\na,1\nb,2\n")
        await asyncio.wait_for(directory.changed(), SOON)


@pytest.mark.asyncio
async def test_a_file_of_the_same_size_and_time_renamed_over_is_seen(tmp_path: Path) -> None:
    path, other = tmp_path / "lines.csv", tmp_path / "other.csv"
    path.write_text("user,dn\na,1\n")
    async with source(path) as directory:
        await directory.load()
        times = path.stat()
        other.write_text("user,dn\na,2\n")
        os.utime(other, ns=(times.st_atime_ns, times.st_mtime_ns))
        other.replace(path)
        await asyncio.wait_for(directory.changed(), SOON)
        assert [row.dn for row in await directory.load()] == ["2"]


@pytest.mark.asyncio
async def test_a_swap_of_the_folder_behind_a_link_is_seen(tmp_path: Path) -> None:
    """As Kubernetes changes a ConfigMap: file -> ..data/file, ..data -> a folder of the time."""
    for version in ("1", "2"):
        folder = tmp_path / f"..{version}"
        folder.mkdir()
        (folder / "lines.csv").write_text(f"user,dn\na,{version}\n")
    (tmp_path / "..data").symlink_to("..1")
    (tmp_path / "lines.csv").symlink_to("..data/lines.csv")
    async with source(tmp_path / "lines.csv") as directory:
        assert [row.dn for row in await directory.load()] == ["1"]
        (tmp_path / "..new").symlink_to("..2")
        (tmp_path / "..new").replace(tmp_path / "..data")
        await asyncio.wait_for(directory.changed(), SOON)
        assert [row.dn for row in await directory.load()] == ["2"]


@pytest.mark.asyncio
async def test_a_file_that_vanishes_is_a_change_and_its_return_is_another(tmp_path: Path) -> None:
    path = tmp_path / "lines.csv"
    path.write_text("user,dn\na,1\n")
    async with source(path) as directory:
        await directory.load()
        path.unlink()
        await asyncio.wait_for(directory.changed(), SOON)
        with pytest.raises(SourceError, match="does not exist"):
            await directory.load()
        waiting = asyncio.create_task(directory.changed())
        assert await held(waiting)
        path.write_text("user,dn\na,1\n")
        await asyncio.wait_for(waiting, SOON)
        assert len(await directory.load()) == 1


@pytest.mark.asyncio
async def test_a_file_that_cannot_be_used_is_not_read_again_before_it_changes(tmp_path: Path) -> None:
    path = tmp_path / "lines.csv"
    path.write_text("user,dn\na,1,2\n")
    async with source(path) as directory:
        with pytest.raises(SourceError):
            await directory.load()
        waiting = asyncio.create_task(directory.changed())
        assert await held(waiting)
        path.write_text("user,dn\na,1\n")
        await asyncio.wait_for(waiting, SOON)


@pytest.mark.asyncio
async def test_a_change_comes_to_rest_first() -> None:
    looks = iter([(1,), (2,), (3,), (4,), (4,), (9,)])

    async def look() -> tuple[int, ...]:
        return next(looks)

    await csv_file.until_changed(look, (1,), POLL / 10, 600.0)
    assert list(looks) == [(9,)]


@pytest.mark.asyncio
async def test_what_is_gone_for_a_moment_only_has_not_changed() -> None:
    looks = iter([(1,), (2,), (1,), (1,), (3,), (3,), (9,)])

    async def look() -> tuple[int, ...]:
        return next(looks)

    await csv_file.until_changed(look, (1,), POLL / 10, 600.0)
    assert list(looks) == [(9,)]


@pytest.mark.asyncio
async def test_it_is_read_again_after_a_while_in_any_case(tmp_path: Path) -> None:
    path = tmp_path / "lines.csv"
    path.write_text("user,dn\na,1\n")
    async with source(path, at_latest=3 * POLL) as directory:
        await directory.load()
        await asyncio.wait_for(directory.changed(), SOON)


@pytest.mark.asyncio
async def test_a_load_that_was_cancelled_has_read_nothing(tmp_path: Path) -> None:
    path = tmp_path / "lines.csv"
    path.write_text("user,dn\na,1\n")
    async with source(path) as directory:
        loading = asyncio.create_task(directory.load())
        await asyncio.sleep(0)
        loading.cancel()
        with pytest.raises(asyncio.CancelledError):
            await loading
        await asyncio.wait_for(directory.changed(), SOON)
        assert len(await directory.load()) == 1


@pytest.mark.asyncio
async def test_it_can_be_closed_twice(tmp_path: Path) -> None:
    directory = CsvDirectory(tmp_path / "none.csv")
    await directory.close()
    await directory.close()
