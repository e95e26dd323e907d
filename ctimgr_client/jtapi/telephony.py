"""What the bridge asks of a JTAPI provider, in its own keys; `java.provider` is the one that does it.

Types and values only. Every method of `Telephony` blocks until JTAPI's post-condition or a time-out, so it
is called from worker threads only; every one may raise `JtapiFailure`. A call is named by the identifier
that records carry.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from csta_xml import CallId
from ctimgr_client.devices import WireDevice
from ctimgr_client.jtapi.keys import Appearance, LineKey
from ctimgr_client.jtapi.records import Batch

Enqueue = Callable[[Batch], None]  # may be called on any thread, and returns at once


class Trouble(StrEnum):
    """The kinds of JTAPI exceptions, and two that are the bridge's own."""

    RESOURCE_UNAVAILABLE = "ResourceUnavailable"
    PRIVILEGE_VIOLATION = "PrivilegeViolation"
    INVALID_STATE = "InvalidState"
    INVALID_ARGUMENT = "InvalidArgument"
    INVALID_PARTY = "InvalidParty"
    METHOD_NOT_SUPPORTED = "MethodNotSupported"
    PLATFORM = "Platform"  # unchecked; time-outs of post-conditions, and whatever CTIManager says
    PROVIDER_UNAVAILABLE = "ProviderUnavailable"
    PEER_UNAVAILABLE = "JtapiPeerUnavailable"
    OTHER = "other"  # any other Java exception; its class is in the text
    NOT_OFFERED = "not offered"  # this library has no such class or method (plain JTAPI)
    UNKNOWN_CALL = "unknown call"  # no such call, or the line is not on it


class JtapiFailure(Exception):
    """A Java exception as a value.

    `kind` of the party or object: getType of InvalidParty, PrivilegeViolation and ResourceUnavailable,
    getObjectType of InvalidState; -1 where there is none. `code` is CTIManager's, unsigned, 0 where there is
    none. `text` is the exception's own message, without secrets.
    """

    def __init__(
        self, trouble: Trouble, text: str = "", *, kind: int = -1, code: int = 0, name: str = ""
    ) -> None:
        super().__init__(text or str(trouble))
        self.trouble = trouble
        self.text = text
        self.kind = kind
        self.code = code
        self.name = name


@dataclass(frozen=True, slots=True)
class TerminalFacts:
    """What is known of a terminal: None where the library cannot say."""

    registered: bool | None = None
    in_service: bool | None = None
    restricted: bool = False
    has_do_not_disturb: bool = True
    controllable: bool = True  # False: a type that CTI does not control
    type_name: str = ""


@dataclass(frozen=True, slots=True)
class OpenedLine:
    """A line that has our observers now. `calls` were there before: their records are on the way.

    `in_service` is that of the appearance asked for; False: a record will tell when it comes.
    """

    calls: tuple[CallId, ...]
    in_service: bool


class Telephony(Protocol):
    """One provider. `find` raises INVALID_ARGUMENT with JTAPI's words for what is not in its domain."""

    @property
    def is_cisco(self) -> bool:
        """False in plain JTAPI mode: no partitions, no do not disturb, no pickup, no in/out of service."""
        ...

    def state(self) -> int:
        """Provider.getState. Also the sign that the JVM lives."""
        ...

    def find(self, device: WireDevice) -> tuple[Appearance, ...]:
        """The appearances that fit: with a device name at most one. In the order of device names."""
        ...

    def facts(self, terminal: str) -> TerminalFacts: ...

    def open(self, where: Appearance) -> OpenedLine:
        """Put our observers on the line and its terminal. Again for one that is open: nothing happens."""
        ...

    def close(self, where: Appearance) -> None:
        """Take them off again, where no other appearance needs them. What is gone already is no failure."""
        ...

    def make_call(self, where: Appearance, number: str) -> CallId: ...
    def answer(self, where: Appearance, call: CallId) -> None: ...
    def hold(self, where: Appearance, call: CallId) -> None: ...
    def retrieve(self, where: Appearance, call: CallId) -> None: ...
    def disconnect(self, where: Appearance, call: CallId) -> None: ...
    def drop(self, call: CallId) -> None:
        """End the call for everybody."""
        ...

    def consult(self, where: Appearance, call: CallId, number: str) -> CallId:
        """The new call; `call` is held."""
        ...

    def transfer(self, where: Appearance, held: CallId, active: CallId) -> CallId:
        """The call that is left."""
        ...

    def transfer_to(self, where: Appearance, call: CallId, number: str) -> CallId: ...
    def conference(self, where: Appearance, held: CallId, active: CallId) -> CallId: ...
    def redirect(self, where: Appearance, call: CallId, number: str) -> None: ...
    def send_digits(self, where: Appearance, call: CallId, digits: str) -> None: ...
    def park(self, where: Appearance, call: CallId, number: str) -> LineKey | None:
        """Where it is parked, as far as the library says."""
        ...

    def pick_up(self, where: Appearance, ringing: LineKey) -> CallId: ...
    def unpark(self, where: Appearance, parked_at: str) -> CallId | None: ...
    def pick_up_group(self, where: Appearance, group: str | None) -> CallId: ...
    def forwarding(self, line: LineKey) -> str:
        """The target of unconditional forwarding, "" for none."""
        ...

    def set_forwarding(self, line: LineKey, target: str) -> None:
        """To "" takes it away."""
        ...

    def do_not_disturb(self, terminal: str) -> bool: ...
    def set_do_not_disturb(self, terminal: str, *, on: bool) -> None:
        """To what it is already: nothing happens."""
        ...

    def message_waiting(self, line: LineKey) -> bool: ...
    def set_message_waiting(self, line: LineKey, *, on: bool) -> None: ...

    def shut_down(self) -> None:
        """For ever."""
        ...
