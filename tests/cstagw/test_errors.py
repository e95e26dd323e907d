"""What an INVITE gets when the CTIManager refuses its line."""

import pytest

from csta_xml import CSTAErrorCode, ErrorCategory
from cstagw.errors import refused_by_cti


@pytest.mark.parametrize(
    ("value", "status", "reason", "words"),
    [
        ("invalidDeviceID", 404, "unknown_line", "Address tel:1 is not in provider's domain: the CTIManager"),
        ("privilegeViolationSpecifiedDevice", 403, "not_associated", "may not control it; associate the dev"),
        ("resourceOutOfService", 480, "no_cti", "lost or did not answer in time"),
        ("resourceBusy", 480, "overload", "refused tel:1: systemResourceAvailibility resourceBusy"),
    ],
)
def test_the_words_an_administrator_knows(value: str, status: int, reason: str, words: str) -> None:
    error = CSTAErrorCode(category=ErrorCategory.SYSTEM_RESOURCE_AVAILABILITY, value=value)
    refused = refused_by_cti(error, "tel:1")
    assert (refused.sip_status, refused.reason) == (status, reason)
    assert words in str(refused)
