"""What a library says when it cannot open a provider, read as one of our reasons."""

import pytest

from ctimgr_client.failures import FAILURES
from ctimgr_client.jtapi.opening_reasons import (
    CLASSES,
    CODES,
    TAILS,
    WORDS,
    provider_string,
    reason_of_opening,
    redacted,
    refused_text,
)

_SAYS = "Unable to create provider -- "


def test_every_label_has_a_cause_and_a_cure() -> None:
    labels = {*CODES.values(), *TAILS.values(), *dict(WORDS).values(), *dict(CLASSES).values()}
    assert labels <= FAILURES.keys()


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (_SAYS + "bad login or password", "bad_login"),
        (_SAYS + "Connection refused", "refused"),
        (_SAYS + "Connection refused: connect", "refused"),
        (_SAYS + "login=", "no_login"),
        (_SAYS + "Operation timed out", "timed_out"),
        (_SAYS + "connect timed out", "timed_out"),
        (_SAYS + "null", "no_version"),
        (_SAYS + "cucm1.example.com", "not_resolvable"),
        (_SAYS + "CUCM1.EXAMPLE.COM", "not_resolvable"),
        (_SAYS + "java.net.UnknownHostException: x", "not_resolvable"),
        (_SAYS + "the password has expired", "login_expired"),
        (_SAYS + "something else", "other"),
        ("", "other"),
    ],
)
def test_the_tail_of_the_sentence_says_it(text: str, reason: str) -> None:
    assert reason_of_opening("PlatformExceptionImpl", text, host="cucm1.example.com")[0] == reason


def test_the_code_of_ctimanager_counts_more_than_words() -> None:
    text = _SAYS + "bad login or password"
    assert reason_of_opening("PlatformExceptionImpl", text, 0x8CCC011F)[0] == "login_locked"
    assert reason_of_opening("PlatformExceptionImpl", text, 0x8CCCFFFF)[0] == "bad_login"


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("NoClassDefFoundError", "library"),
        ("UnsupportedClassVersionError", "library"),
        ("SSLHandshakeException", "security"),
        ("UnknownHostException", "not_resolvable"),
        ("JtapiPeerUnavailableException", "peer"),
    ],
)
def test_the_kind_of_exception_is_asked_last(name: str, reason: str) -> None:
    assert reason_of_opening(name, "x") == (reason, "x")


def test_an_exception_without_words_is_named() -> None:
    assert reason_of_opening("NullPointerException", "") == ("other", "NullPointerException")


def test_a_provider_string() -> None:
    assert provider_string("10.0.0.11", "u", "p", "cstagw") == "10.0.0.11;login=u;passwd=p;appinfo=cstagw"
    assert provider_string("h", "u", "p", "a", "gw1").endswith(";InstanceID=gw1")


@pytest.mark.parametrize("place", range(5))
def test_no_part_of_a_provider_string_can_become_another_one(place: int) -> None:
    words = ["h", "u", "p", "a", "i"]
    assert refused_text(*words) is None
    for sign in ";=":
        refused = refused_text(*[word + sign * (place == at) for at, word in enumerate(words)])
        assert refused is not None
        assert f"a '{sign}' in it" in refused.detail
        assert refused.reason in FAILURES


def test_a_second_host_would_hide_the_loss_of_the_first() -> None:
    refused = refused_text("10.0.0.11,10.0.0.12", "u", "p", "a")
    assert refused is not None
    assert refused.reason == "not_resolvable"


def test_secrets_are_taken_out_of_what_is_said() -> None:
    assert redacted("h;passwd=s3cret, s3cret", ["s3cret", ""]) == "h;passwd=***, ***"
