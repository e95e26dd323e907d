"""The only package that touches Java: the JVM, the operator's library, and a `Telephony` over it."""

from ctimgr_client.jtapi.java.machine import start_machine
from ctimgr_client.jtapi.java.provider import open_provider

__all__ = ["open_provider", "start_machine"]
