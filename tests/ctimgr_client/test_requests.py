"""Invoke ids, the order of deadlines, late answers."""

from ctimgr_client.frames import EVENT_INVOKE_ID
from ctimgr_client.requests import MAX_TIMED_OUT, OpenRequests, Outstanding, Unexpected
from ctimgr_client.status import Counters


def table(timeout: float = 5.0) -> tuple[OpenRequests[str], Counters]:
    counters = Counters()
    return OpenRequests(timeout, counters), counters


def test_ids_run_from_0_to_9998_and_come_round() -> None:
    requests, _ = table()
    given = []
    for _ in range(EVENT_INVOKE_ID + 2):
        given.append(requests.add("x", 0.0))
        requests.answered(given[-1])
    assert given == [*range(9999), 0, 1]


def test_an_open_id_is_not_used_again() -> None:
    requests, _ = table()
    first = requests.add("open", 0.0)
    for _ in range(EVENT_INVOKE_ID - 1):
        requests.answered(requests.add("x", 0.0))
    assert requests.add("next", 0.0) != first


def test_an_answer_finds_its_request_once() -> None:
    requests, counters = table()
    invoke_id = requests.add("x", 2.0)
    request = requests.answered(invoke_id)
    assert request == Outstanding("x", 2.0)
    assert requests.answered(invoke_id) is Unexpected.STRAY
    assert (counters.late_answers, counters.stray_answers) == (0, 1)


def test_requests_expire_in_the_order_of_sending() -> None:
    requests, _ = table(timeout=5.0)
    ids = [requests.add(what, now) for what, now in (("a", 0.0), ("b", 1.0), ("c", 1.0), ("d", 2.0))]
    requests.answered(ids[1])
    assert requests.deadline() == 5.0
    assert requests.expire(4.999) == []
    assert requests.expire(6.0) == ["a", "c"]
    assert requests.deadline() == 7.0


def test_a_late_answer_is_dropped_and_counted_and_frees_the_id() -> None:
    requests, counters = table(timeout=1.0)
    late = requests.add("late", 0.0)
    requests.expire(1.0)
    for _ in range(EVENT_INVOKE_ID - 1):
        invoke_id = requests.add("x", 2.0)
        assert invoke_id != late
        requests.answered(invoke_id)
    assert requests.answered(late) is Unexpected.LATE
    assert counters.late_answers == 1
    assert requests.add("again", 3.0) == late


def test_timed_out_ids_are_kept_up_to_a_bound_then_the_oldest_is_released() -> None:
    requests, counters = table(timeout=1.0)
    for now in range(MAX_TIMED_OUT + 1):
        requests.add("x", float(now))
        requests.expire(now + 1.0)
    requests.answered(0)
    assert (counters.late_answers, counters.stray_answers) == (0, 1)
    requests.answered(1)
    assert (counters.late_answers, counters.stray_answers) == (1, 1)


def test_ids_do_not_run_out_below_the_limits() -> None:
    requests, _ = table(timeout=1.0)
    for now in range(3 * EVENT_INVOKE_ID):
        requests.add("x", float(now))
        requests.expire(now + 1.0)
    assert len(requests) == 0


def test_the_end_of_the_link_leaves_nothing() -> None:
    requests, counters = table(timeout=1.0)
    requests.add("timed out", 0.0)
    requests.expire(1.0)
    requests.add("a", 1.0)
    requests.add("b", 1.5)
    assert requests.clear() == ["a", "b"]
    assert len(requests) == 0
    assert requests.deadline() == float("inf")
    requests.answered(0)
    assert counters.late_answers == 0


def test_the_table_can_be_seen() -> None:
    requests, _ = table(timeout=1.0)
    requests.add("a", 0.0)
    requests.expire(1.0)
    requests.add("b", 1.0)
    assert repr(requests) == "<OpenRequests [1] timed out 1>"
