"""What a bridge writes is passed on as lines of our own log, so many and no longer."""

from __future__ import annotations

import json
from collections.abc import MutableMapping
from typing import Any

import pytest
from structlog.testing import capture_logs

from ctimgr_client.bridge_log import BURST, MAX_LINE, PER_SECOND, BridgeLog

Lines = list[MutableMapping[str, Any]]


def passed_on(*data: bytes, log: BridgeLog | None = None, now: float = 0.0) -> Lines:
    log = log or BridgeLog("cucm1")
    with capture_logs() as lines:
        for one in data:
            log.take(one, now)
    return lines


def test_a_line_of_its_log_is_one_of_ours() -> None:
    said = {"event": "provider.in_service", "level": "warning", "timestamp": "x", "devices": 3, "cti": "?"}
    [line] = passed_on(json.dumps(said).encode() + b"\n")
    assert line == {
        "event": "provider.in_service",
        "log_level": "warning",
        "devices": 3,
        "cti": "cucm1",
    }


def test_cut_anywhere_it_is_the_same() -> None:
    wire = b'{"event": "a", "n": 1}\nnot ours\n{"event": "b"}\n'
    whole = passed_on(wire)
    for at in range(1, len(wire)):
        assert passed_on(wire[:at], wire[at:]) == whole


def test_what_has_no_end_is_said_at_the_end() -> None:
    assert [line["text"] for line in passed_on(b"Killed", b"")] == ["Killed"]


@pytest.mark.parametrize(
    "text", ["[1, 2]", '{"no": "event"}', "[" * 10_000, '"\\ud800"', "\x00\xff", '{"event": 1', "a" * 20_000]
)
def test_whatever_it_prints_is_a_line(text: str) -> None:
    [line] = passed_on(text.encode("utf-8", "replace") + b"\n")
    assert (line["event"], line["cti"]) == ("bridge.said", "cucm1")
    assert len(line["text"]) <= 1000


@pytest.mark.parametrize("level", ["nothing", None, 7, ["a"], "exception", "bind"])
def test_a_level_that_is_none_is_info(level: object) -> None:
    said = {"event": "x", "level": level, "self": 1, "exc_info": True}
    [line] = passed_on(json.dumps(said).encode() + b"\n")
    assert line == {"event": "x", "log_level": "info", "cti": "cucm1"}


def test_no_more_than_is_allowed_and_how_many_were_left_out() -> None:
    log = BridgeLog("cucm1")
    assert len(passed_on(b"x\n" * (BURST + 50), log=log)) == BURST
    later = passed_on(b"y\n", log=log, now=1 / PER_SECOND + 0.001)
    assert [line["event"] for line in later] == ["bridge.log_left_out", "bridge.said"]
    assert later[0]["lines"] == 50


def test_a_line_without_end_is_not_kept() -> None:
    log = BridgeLog("cucm1")
    assert passed_on(*[b"x" * MAX_LINE] * 5, log=log) == []
    [line] = passed_on(b"y\n", log=log)
    assert set(line["text"]) == {"x"}


def test_the_last_words_are_what_was_no_line_of_its_log() -> None:
    log = BridgeLog("cucm1")
    passed_on(b'one\ntwo\n{"event": "a"}\nthree\nfour', b"", log=log)
    assert log.last_words() == "two | three | four"
    passed_on(b"x" * 500 + b"\nthe end\n", log=log)
    words = log.last_words()
    assert words.endswith("x | the end")
    assert len(words) == 150
    assert log.last_words() == ""


def test_a_grave_line_of_its_log_is_among_the_last_words() -> None:
    log = BridgeLog("cucm1")
    for level in ("info", "critical", ["error"]):
        said = {"event": "bridge.hung", "level": level, "cause": f"as {level}"}
        passed_on(json.dumps(said).encode() + b"\n", log=log)
    assert log.last_words() == "as critical"
