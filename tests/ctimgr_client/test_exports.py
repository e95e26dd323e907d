"""What other rooms may import: a change of this list is a change of the room's contract."""

import ctimgr_client

EXPORTED = """
    EVENT_INVOKE_ID MAX_CTI_MANAGERS Answer CtiManagerAddress CtiManagerStatus CtiManagers DeviceFormat Frame
    FrameError FrameReader FrameTooLong LinkDown LinkId LinkState Listener Reply WireDevice encode_frame
    parse_url parse_wire_device
"""


def test_the_public_names() -> None:
    assert ctimgr_client.__all__ == EXPORTED.split()
    assert all(hasattr(ctimgr_client, name) for name in ctimgr_client.__all__)
