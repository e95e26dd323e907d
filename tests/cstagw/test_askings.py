"""What is remembered of who asked for a session, and who is forgotten."""

from dataclasses import fields, replace

from cstagw.askings import MAX_TEXT, Asking, Askings

GRANTED = Asking(10.0, "tel:1001", "10.0.0.5", 200, device="SEP1", rule="the only device", session="ab12")
REFUSED = Asking(20.0, "tel:1002", "10.0.0.5", 403, "not_authorized", "may not control tel:1002")


def test_the_last_of_both_is_remembered() -> None:
    askings = Askings()
    askings.granted("al@x", GRANTED)
    askings.refused("al@x", REFUSED)
    assert (askings.last_granted("al@x"), askings.last_refused("al@x")) == (GRANTED, REFUSED)
    later = replace(REFUSED, at=30.0)
    askings.refused("al@x", later)
    assert (askings.last_granted("al@x"), askings.last_refused("al@x")) == (GRANTED, later)
    assert len(askings) == 1


def test_nothing_is_known_of_others() -> None:
    askings = Askings()
    askings.granted("al@x", GRANTED)
    assert (askings.last_refused("al@x"), askings.last_granted("bo@x"), askings.last_refused("bo@x")) == (
        None,
        None,
        None,
    )
    assert len(askings) == 1


def test_who_asked_longest_ago_is_forgotten() -> None:
    askings = Askings(most=3)
    for user in ("al@x", "bo@x", "ca@x"):
        askings.granted(user, GRANTED)
    askings.refused("al@x", REFUSED)
    askings.last_granted("bo@x")  # to look is not to ask
    for number in range(2):
        askings.refused(f"u{number}@x", REFUSED)
    known = [user for user in ("al@x", "bo@x", "ca@x", "u0@x", "u1@x") if askings.last_refused(user)]
    assert (known, len(askings)) == (["al@x", "u0@x", "u1@x"], 3)
    assert (askings.last_granted("al@x"), askings.last_granted("bo@x")) == (GRANTED, None)


def test_it_does_not_grow_beyond_its_limit() -> None:
    askings = Askings(most=10)
    for number in range(1000):
        askings.refused(f"u{number}@x", REFUSED)
        assert len(askings) <= 10


def test_texts_of_any_length_are_cut() -> None:
    askings, long = Askings(), "9" * 60_000
    askings.refused(long, replace(REFUSED, line=f"tel:{long}", text=long))
    askings.granted(long, replace(GRANTED, line=f"tel:{long}"))
    for asking in (askings.last_refused(long), askings.last_granted(long)):
        assert asking is not None
        assert asking.line.startswith("tel:99")
        assert max(len(text) for text in asking.report(0.0).values() if isinstance(text, str)) == MAX_TEXT
    assert list(map(len, askings._users)) == [MAX_TEXT]


def test_a_report() -> None:
    assert REFUSED.report(21.23456) == {
        "seconds_ago": 1.235,
        "line": "tel:1002",
        "peer": "10.0.0.5",
        "status": 403,
        "reason": "not_authorized",
        "text": "may not control tel:1002",
        "device": "",
        "rule": "",
        "session": "",
    }
    assert GRANTED.report(10.0).keys() - {"seconds_ago"} == {one.name for one in fields(Asking)} - {"at"}
