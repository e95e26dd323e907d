"""Who and what the captures in tests/captures/csta are about."""

from pathlib import Path

import csta_xml as x

CAPTURES = Path(__file__).parents[1] / "captures" / "csta"
ED4 = "http://www.ecma-international.org/standards/ecma-323/csta/ed4"

REF = x.MonitorCrossRefId("7d20f1a3")
LINE = x.DeviceId("tel:1001;phone-context=dialstring;partition=staff")
PHONE = x.DeviceId("tel:1001;device=SEP000000001001")
FAR = x.DeviceId("tel:1902")
PSTN = x.DeviceId("tel:+15550142")
TARGET = x.DeviceId("tel:1904")
FIRST = x.ConnectionId(x.CallId("2_19c4"), PHONE)
SECOND = x.ConnectionId(x.CallId("2_19c5"), PHONE)
AT_TARGET = x.ConnectionId(x.CallId("2_19c4"), TARGET)
CONNECTED = x.LocalConnectionState.CONNECTED


def load(capture: str) -> bytes:
    """The bytes of a capture."""
    return (CAPTURES / f"{capture}.xml").read_bytes()


def capabilities(group: str, *names: str) -> x.CapabilityList:
    """A capability list without options."""
    return x.CapabilityList(group, tuple(x.Capability(name) for name in names))
