import errno
import io
import json
import logging
import re
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from cstagw.log import Format, change, get_logger, lost_lines, set_up
from tests.logs import log_restored


@pytest.fixture(autouse=True)
def _restored() -> Iterator[None]:
    with log_restored():
        yield


def started(form: Format = "json", level: str = "info") -> io.StringIO:
    stream = io.StringIO()
    set_up(level, form, "gw1", stream)
    return stream


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_the_fields_of_a_json_line() -> None:
    stream = started()
    get_logger("cstagw.session").info("session.started", user="sip:alice@example.com", count=2)
    (line,) = lines(stream)
    assert list(line) == ["ts", "level", "event", "logger", "node", "user", "count"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", line.pop("ts"))
    assert line == {
        "level": "info",
        "event": "session.started",
        "logger": "cstagw.session",
        "node": "gw1",
        "user": "sip:alice@example.com",
        "count": 2,
    }


def test_the_standard_library_takes_the_same_way() -> None:
    stream = started()
    logging.getLogger("aiohttp.server").warning("odd %s", "request", extra={"peer": "10.0.0.1"})
    (line,) = lines(stream)
    assert list(line)[:5] == ["ts", "level", "event", "logger", "node"]
    assert (line["level"], line["event"], line["logger"], line["peer"]) == (
        "warning",
        "odd request",
        "aiohttp.server",
        "10.0.0.1",
    )


def test_the_level_holds_for_both() -> None:
    stream = started(level="warning")
    get_logger("a").info("no")
    logging.getLogger("b").info("no")
    get_logger("a").warning("yes")
    logging.getLogger("b").warning("yes")
    assert [line["event"] for line in lines(stream)] == ["yes", "yes"]


def test_context_is_on_every_line() -> None:
    stream = started()
    structlog.contextvars.bind_contextvars(call_id="abc")
    get_logger("a").info("one")
    logging.getLogger("b").info("two")
    assert [line["call_id"] for line in lines(stream)] == ["abc", "abc"]


def raised() -> ValueError:
    try:
        int("broken")
    except ValueError as error:
        return error
    raise AssertionError


def test_an_exception_is_one_field_of_one_json_line() -> None:
    stream = started()
    get_logger("a").error("failed", exc_info=raised())
    logging.getLogger("b").error("failed", exc_info=raised())
    assert all("ValueError: invalid literal" in line["exception"] for line in lines(stream))


def test_values_that_json_lacks_are_written_as_text() -> None:
    stream = started()
    get_logger("a").info("odd", value=b"\x00", other="\ud800\n")
    (line,) = lines(stream)
    assert line["value"] == "b'\\x00'"


def test_text_for_people() -> None:
    stream = started("text")
    get_logger("cstagw.node").info("node.started", sip="tcp://h:1", text="two words", n=1, none="", seen=[1])
    line = stream.getvalue()
    assert re.match(
        r"\S+Z info     node\.started sip=tcp://h:1 text=\"two words\" n=1 none=\"\" seen=\[1\]", line
    )
    assert line.endswith("[cstagw.node]\n")


def test_a_peer_cannot_forge_a_line_of_text() -> None:
    stream = started("text")
    get_logger("a").info("said\nfoo", user="x\n2026-01-01 forged")
    assert stream.getvalue().count("\n") == 1


def test_a_traceback_follows_its_line_of_text() -> None:
    stream = started("text")
    get_logger("a").error("failed", exc_info=raised())
    first, *rest = stream.getvalue().splitlines()
    assert first.endswith("failed [a]")
    assert rest[-1].startswith("ValueError: invalid literal")


def test_standard_output_of_the_moment_is_used(capsys: pytest.CaptureFixture[str]) -> None:
    set_up("info", "json", "gw1")
    get_logger("a").info("seen")
    assert json.loads(capsys.readouterr().out)["event"] == "seen"


class Broken(io.StringIO):
    """A stream as it is when the disk is full or nobody reads the pipe any more."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error: Exception | None = error

    def write(self, text: str) -> int:
        if self.error is not None:
            raise self.error
        return super().write(text)


@pytest.mark.parametrize(
    "error",
    [
        OSError(errno.ENOSPC, "No space left on device"),
        BrokenPipeError(errno.EPIPE, "Broken pipe"),
        ValueError("I/O operation on closed file"),
        UnicodeEncodeError("ascii", "é", 0, 1, "ordinal not in range"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_a_line_that_cannot_be_written_is_counted_and_hurts_nobody(
    error: Exception, capfd: pytest.CaptureFixture[str]
) -> None:
    stream, before = Broken(error), lost_lines()
    set_up("info", "json", "gw1", stream)
    get_logger("a").info("lost")
    logging.getLogger("b").warning("lost")
    get_logger("a").error("lost", exc_info=raised())
    assert lost_lines() == before + 3
    stream.error = None
    get_logger("a").info("written")
    assert [line["event"] for line in lines(stream)] == ["written"]
    assert lost_lines() == before + 3
    assert capfd.readouterr() == ("", "")


def test_a_flush_that_fails_is_one_lost_line() -> None:
    class Full(io.StringIO):
        def flush(self) -> None:
            raise OSError(errno.ENOSPC, "No space left on device")

    before = lost_lines()
    set_up("info", "json", "gw1", Full())
    get_logger("a").info("lost")
    logging.getLogger("b").warning("lost")
    assert lost_lines() == before + 2


def test_a_record_that_is_no_line_is_lost_in_silence(capfd: pytest.CaptureFixture[str]) -> None:
    stream, before = started(), lost_lines()
    logging.getLogger("b").warning("%d", "no number")
    assert (stream.getvalue(), lost_lines()) == ("", before + 1)
    assert capfd.readouterr() == ("", "")


def test_level_and_form_change_for_loggers_that_are_in_use() -> None:
    stream = started()
    used, library = get_logger("a").bind(), logging.getLogger("b")
    change("debug", "json")
    used.debug("fine")
    library.debug("fine")
    assert [line["event"] for line in lines(stream)] == ["fine", "fine"]
    change("error", "text")
    used.warning("no")
    library.warning("no")
    used.error("loud")
    library.error("loud")
    assert stream.getvalue().splitlines()[2].endswith("error    loud [a]")
    assert len(stream.getvalue().splitlines()) == 4
