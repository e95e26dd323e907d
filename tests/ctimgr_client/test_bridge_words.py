import pytest

from csta_xml import StartApplicationSessionNegResponse
from ctimgr_client.answers import refusal, said_by_bridge
from ctimgr_client.bridge_words import in_words, reason_in
from ctimgr_client.failures import FAILURES


@pytest.mark.parametrize("detail", ["", "Unable to create provider -- null", "two\nlines: and a colon"])
@pytest.mark.parametrize("reason", FAILURES)
def test_a_reason_comes_back_as_it_was_said(reason: str, detail: str) -> None:
    assert reason_in(in_words(reason, detail)) == (reason, detail)


@pytest.mark.parametrize("text", ["", "bad login or password", "cstagw-bridge/", "cstagw-bridge/UPPER"])
def test_others_texts_are_none_of_ours(text: str) -> None:
    assert reason_in(text) is None
    assert said_by_bridge(text) is None


def test_a_refusal_of_a_bridge_is_read_by_its_label() -> None:
    words = in_words("directory_down", "login failed")  # the detail alone would read as a wrong password
    refused = StartApplicationSessionNegResponse(error_code=words)
    assert refusal(refused) == ("directory_down", "login failed")


def test_a_reason_of_a_newer_bridge_is_not_lost() -> None:
    assert said_by_bridge(in_words("quite_new", "see there")) == ("other", "quite_new: see there")
