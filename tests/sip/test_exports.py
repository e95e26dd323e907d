"""The public names of `sip`: sorted, importable, and no others than these."""

import sip

PUBLIC = [
    *("Agent", "Dialog", "DialogEnded", "EndReason", "Endpoint", "Event", "Fault", "Flow", "Frame", "Framer"),
    *("InfoReceived", "Invitation", "InviteAnswered", "InviteCancelled", "InviteReceived", "Limits"),
    *("ListenAddress", "MessageRefused", "NotSip", "OptionsReceived", "Ping", "RefreshReceived", "Request"),
    *("RequestAnswered", "Response", "ServerTransaction", "Settings", "SipUri", "Target", "TlsContexts"),
    *("Transport", "TransportLimits", "parse", "parse_sip_uri", "uri_of"),
]


def test_the_public_names_are_these() -> None:
    assert sip.__all__ == PUBLIC


def test_every_public_name_is_there_and_sorted() -> None:
    assert [name for name in sip.__all__ if not hasattr(sip, name)] == []
    assert sip.__all__ == sorted(sip.__all__)
