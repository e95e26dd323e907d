"""Configured addresses: what a URL may say, and what is said about one that may not."""

import pytest

from ctimgr_client.address import CtiManagerAddress, parse_url

GOOD = {
    "csta://10.0.0.11:8800": CtiManagerAddress("a", "10.0.0.11", 8800),
    "csta://cucm1.example.com:4721": CtiManagerAddress("a", "cucm1.example.com", 4721),
    "cstas://cucm1:4722": CtiManagerAddress("a", "cucm1", 4722, "cstas"),
    "csta://[::1]:8800": CtiManagerAddress("a", "::1", 8800),
    "jtapi://10.0.0.11": CtiManagerAddress("a", "10.0.0.11", 2748, "jtapi"),
    "jtapi://[fd00::11]": CtiManagerAddress("a", "fd00::11", 2748, "jtapi"),
}


@pytest.mark.parametrize(("url", "address"), GOOD.items(), ids=GOOD)
def test_a_url_is_read_and_written(url: str, address: CtiManagerAddress) -> None:
    assert parse_url("a", url) == address
    assert str(address) == url


def test_the_device_format_goes_along() -> None:
    assert parse_url("pbx", "csta://pbx:8800/", "dn") == CtiManagerAddress("pbx", "pbx", 8800, "csta", "dn")


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("10.0.0.11:8800", "scheme must be csta://, cstas://"),
        ("http://10.0.0.11:8800", "scheme must be"),
        ("csta://10.0.0.11", "port is missing"),
        ("jtapi://10.0.0.11:2748", "no port"),
        ("jtapi://", "host is missing, write jtapi://HOST"),
        ("jtapi://cucm_1", "letters, digits, hyphens and dots only"),
        ("csta://10.0.0.11:0", "port must be a number in 1..65535"),
        ("csta://10.0.0.11:65536", "port must be a number in 1..65535"),
        ("csta://10.0.0.11:eighty", "port must be a number in 1..65535"),
        ("csta://:8800", "host is missing"),
        ("csta://cucm_1:8800", "letters, digits, hyphens and dots only"),
        ("csta://-cucm:8800", "letters, digits, hyphens and dots only"),
        ("csta://cucm..example:8800", "letters, digits, hyphens and dots only"),
        (f"csta://{'a' * 64}:8800", "letters, digits, hyphens and dots only"),
        ("csta://[::1:8800", "Invalid IPv6 URL"),
        ("csta://user:secret@cucm1:8800", "only a host and a port"),
        ("csta://cucm1:8800/path", "only a host and a port"),
        ("csta://cucm1:8800?x=1", "only a host and a port"),
    ],
)
def test_a_bad_url_is_refused_with_what_is_allowed(url: str, problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        parse_url("a", url)
