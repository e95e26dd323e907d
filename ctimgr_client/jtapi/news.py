"""What the provider says of itself and of its devices, for an administrator: a table as data. Pure."""

from typing import NamedTuple

from ctimgr_client.jtapi.numbers import Ev
from ctimgr_client.jtapi.records import ProviderRecord


class News(NamedTuple):
    """`event` is the log's. Without a cure nothing has to be done."""

    event: str
    cause: str
    cure: str = ""


_CONTROL = "if that was not meant, look at the application user's controlled devices and groups in CUCM"

NEWS: dict[int, News] = {
    Ev.PROV_IN_SERVICE: News("bridge.provider_in_service", "the CTIManager serves us"),
    Ev.PROV_OUT_OF_SERVICE: News(
        "bridge.provider_out_of_service",
        "the library has lost the CTIManager, and tries to reach it again",
        "look at the CTIManager service of this node and at the network to it",
    ),
    Ev.PROV_SHUTDOWN: News(
        "bridge.provider_shut_down",
        "the library has given up the CTIManager; it is opened anew",
        "look at the CTIManager service of this node if that repeats",
    ),
    Ev.CISCO_PROV_AUTHENTICATION_INFO: News(
        "bridge.password_expires",
        "the application user's password expires",
        "set a new one in CUCM and in the password file; the next start of the bridge uses it",
    ),
    Ev.CISCO_PROVIDER_CAPABILITY_CHANGED: News(
        "bridge.rights_changed", "the application user's rights in CUCM were changed", _CONTROL
    ),
    Ev.CISCO_TERM_CREATED: News("bridge.device_added", "the user may control one more device"),
    Ev.CISCO_TERM_REMOVED: News("bridge.device_removed", "the user may control a device no more", _CONTROL),
    Ev.CISCO_ADDR_CREATED: News("bridge.line_added", "the user may control one more line"),
    Ev.CISCO_ADDR_REMOVED: News("bridge.line_removed", "the user may control a line no more", _CONTROL),
    Ev.CISCO_ADDR_ADDED_TO_TERMINAL: News("bridge.line_added", "a line came to a device"),
    Ev.CISCO_ADDR_REMOVED_FROM_TERMINAL: News("bridge.line_removed", "a line left a device"),
    Ev.CISCO_TERM_RESTRICTED: News(
        "bridge.device_restricted", "CUCM does not let applications control a device any more", _CONTROL
    ),
    Ev.CISCO_ADDR_RESTRICTED: News(
        "bridge.line_restricted", "CUCM does not let applications control a line any more", _CONTROL
    ),
    Ev.CISCO_ADDR_RESTRICTED_ON_TERMINAL: News(
        "bridge.line_restricted", "CUCM does not let applications control a line any more", _CONTROL
    ),
}


def news_of(record: ProviderRecord) -> News | None:
    """None for what is nobody's concern."""
    return NEWS.get(record.event)


def fields_of(record: ProviderRecord) -> dict[str, str]:
    """What it is about, for the log."""
    known = {
        "device": record.terminal,
        "line": None if record.line is None else record.line.device_id,
        "text": record.detail,
    }
    return {name: value for name, value in known.items() if value}
