"""Failures in the administrator's words, and how often they are worth a line."""

import pytest

from ctimgr_client.address import CtiManagerAddress
from ctimgr_client.failures import FAILURES, PARTIAL, SAY_AGAIN_AFTER, Repeats, link_down

ADDRESS = CtiManagerAddress("cucm1", "cucm1.example.com", 8800)


@pytest.mark.parametrize("reason", FAILURES)
def test_every_failure_names_cause_and_next_step(reason: str) -> None:
    down = link_down(reason, ADDRESS)
    what, _, why = down.cause.partition(": ")
    assert down.reason == reason
    assert what
    assert why
    assert down.cure
    assert down.text == f"{down.cause}; {down.cure}"
    assert not {"{", "\n"} & set(down.text)


def test_partial_service_has_a_cause_and_a_cure_too() -> None:
    assert PARTIAL.cause.startswith("partial service: ")
    assert PARTIAL.cure


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("refused", "Connection refused: nothing listens on port 8800 of cucm1.example.com"),
        ("timed_out", "Operation timed out: no IP connectivity"),
        ("not_resolvable", "cucm1.example.com not resolvable: "),
        ("bad_login", "bad login or password: "),
        ("no_login", "login=: "),
        ("no_version", "null: "),
    ],
)
def test_the_words_an_administrator_knows(reason: str, words: str) -> None:
    assert link_down(reason, ADDRESS).text.startswith(words)


def test_a_cucm_node_is_named_by_the_port_of_its_ctimanager() -> None:
    node = CtiManagerAddress("cucm1", "10.0.0.11", 2748, "jtapi")
    assert "nothing listens on port 2748 of 10.0.0.11" in link_down("refused", node).cause


def test_a_detail_stands_in_brackets() -> None:
    assert link_down("reset", ADDRESS, "[Errno 104]").text.startswith("connection reset ([Errno 104]): ")


def test_a_foreign_detail_cannot_break_the_line_or_fill_the_log() -> None:
    text = link_down("session_refused", ADDRESS, "no\r\n{port}\x1b[31m" + "x" * 5000).text
    assert "no  {port} [31mx" in text
    assert len(text) < 500


def test_the_first_failure_and_every_new_reason_are_said() -> None:
    failures = Repeats()
    assert failures.note("refused", 0.0) == 1
    assert failures.note("timed_out", 1.0) == 1
    assert failures.note("refused", 2.0) == 1


def test_the_same_failure_is_said_once_a_minute_with_its_count() -> None:
    failures = Repeats()
    assert failures.note("refused", 100.0) == 1
    assert [failures.note("refused", 100.0 + t) for t in (5, 30, 59.9)] == [None, None, None]
    assert failures.note("refused", 100.0 + SAY_AGAIN_AFTER) == 4
    assert failures.note("refused", 101.0 + SAY_AGAIN_AFTER) is None


def test_after_a_success_the_next_failure_is_a_first_one() -> None:
    failures = Repeats()
    failures.note("refused", 0.0)
    failures.note("refused", 1.0)
    failures.forget()
    assert failures.note("refused", 2.0) == 1


def test_after_a_loss_nothing_is_said_for_a_while_and_then_how_often() -> None:
    failures = Repeats()
    failures.forget(quiet_until=110.0)
    assert [failures.note(reason, 109.9) for reason in ("refused", "timed_out")] == [None, None]
    assert failures.note("refused", 110.0) == 3
