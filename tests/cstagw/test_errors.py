"""What an INVITE gets when the CTIManager refuses its line."""

import pytest

from csta_xml import CSTAErrorCode, ErrorCategory
from cstagw.errors import refused_by_cti


@pytest.mark.parametrize(
    ("value", "status", "reason", "words"),
    [
        ("invalidDeviceID", 404, "unknown_line", "tel:1: not in provider's domain; check number and device"),
        ("privilegeViolationSpecifiedDevice", 403, "not_associated", "not in provider's domain; associate"),
        ("resourceOutOfService", 480, "no_cti", "lost or did not answer in time"),
        ("resourceBusy", 480, "overload", "refused tel:1: systemResourceAvailibility resourceBusy"),
    ],
)
def test_the_words_an_administrator_knows(value: str, status: int, reason: str, words: str) -> None:
    error = CSTAErrorCode(category=ErrorCategory.SYSTEM_RESOURCE_AVAILABILITY, value=value)
    refused = refused_by_cti(error, "tel:1")
    assert (refused.sip_status, refused.reason) == (status, reason)
    assert words in str(refused)
