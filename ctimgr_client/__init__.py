"""Links to CTIManagers: CSTA XML over TCP (ECMA-323) in application sessions (ECMA-354), one link per
CTIManager.

Knows CSTA messages as values, heartbeats, generations and back-off. Knows no SIP, no users and no line
selection.
"""

from ctimgr_client.address import CtiManagerAddress, DeviceFormat, LinkId, parse_url
from ctimgr_client.client import CtiManagers
from ctimgr_client.devices import WireDevice, parse_wire_device
from ctimgr_client.failures import LinkDown
from ctimgr_client.frames import EVENT_INVOKE_ID, Frame, FrameError, FrameReader, FrameTooLong, encode_frame
from ctimgr_client.listener import Answer, Listener, Reply
from ctimgr_client.pool import MAX_CTI_MANAGERS
from ctimgr_client.status import CtiManagerStatus, LinkState

__all__ = [
    "EVENT_INVOKE_ID",
    "MAX_CTI_MANAGERS",
    "Answer",
    "CtiManagerAddress",
    "CtiManagerStatus",
    "CtiManagers",
    "DeviceFormat",
    "Frame",
    "FrameError",
    "FrameReader",
    "FrameTooLong",
    "LinkDown",
    "LinkId",
    "LinkState",
    "Listener",
    "Reply",
    "WireDevice",
    "encode_frame",
    "parse_url",
    "parse_wire_device",
]
