"""How users are compared: the forms of one address, and addresses that are not the same."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cstagw.aor import user_key


@pytest.mark.parametrize(
    "uri",
    [
        "alice@example.com",
        "sip:alice@example.com",
        "SIPS:Alice@EXAMPLE.com",
        " sip:alice@example.com ",
        "sip:alice@example.com;user=phone",
        "sip:alice@example.com;opaque=user:epid:abc;gruu",
        "sip:alice@example.com?subject=x",
    ],
)
def test_forms_of_one_user(uri: str) -> None:
    assert user_key(uri) == "alice@example.com"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("sip:alice@example.com", "sip:alice@example.org"),
        ("sip:alice@example.com:5060", "sip:alice@example.com"),
        # What stands before the @ is a name, whatever signs are in it (RFC 3261 §25.1).
        ("sip:alice;x=1@example.com", "sip:alice"),
        ("sip:alice;@evil.example", "sip:alice;@example.com"),
        ("sip:alice?@evil.example", "alice"),
        ("sip:+14255550100;ext=1001@example.com;user=phone", "sip:+14255550100;ext=1002@example.com"),
    ],
)
def test_users_who_are_not_the_same(one: str, other: str) -> None:
    assert user_key(one) != user_key(other)


@pytest.mark.parametrize("uri", ["", " ", "\t"])
def test_no_user(uri: str) -> None:
    assert user_key(uri) == ""


@pytest.mark.parametrize("uri", ["sip:", "sip:@x", "sip:;x", "sip:a b@x", "sip:sip:alice@x"])
def test_what_is_no_user(uri: str) -> None:
    with pytest.raises(ValueError, match=r"is not a SIP address such as sip:alice@example\.com"):
        user_key(uri)


@pytest.mark.parametrize(
    ("like", "user"), [("ſally@x", "sally@x"), ("\N{KELVIN SIGN}ate@x", "kate@x"), ("ß@x", "ss@x")]
)
def test_nobody_is_taken_for_somebody_who_is_spelt_alike(like: str, user: str) -> None:
    assert user_key(f"sip:{like}") != user_key(f"sip:{user}")


@given(st.text(st.characters(), max_size=20) | st.text("siSIP:s@;? aſ", max_size=12))
@example("sip:sip:alice@example.com")
@example("ſip:alice@example.com")
@example("sips;:@a")
@example("ẞ@İ")
def test_a_key_is_its_own_key(uri: str) -> None:
    try:
        key = user_key(uri)
    except ValueError:
        return
    assert user_key(key) == key
