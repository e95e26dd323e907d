"""Services on one call: make, answer, hold, retrieve, clear and send digits (ECMA-269, ECMA-323).

Values only; see `messages` for how classes and fields are named.
"""

from dataclasses import dataclass

from csta_xml.messages import ConnectionId, Response, Service
from csta_xml.names import AutoOriginate, DeviceId, DigitMode


@dataclass(frozen=True, slots=True, kw_only=True)
class MakeCall(Service):
    calling_device: DeviceId
    called_directory_number: DeviceId
    auto_originate: AutoOriginate | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MakeCallResponse(Response):
    calling_device: ConnectionId


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerCall(Service):
    call_to_be_answered: ConnectionId


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerCallResponse(Response):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldCall(Service):
    call_to_be_held: ConnectionId
    connection_reservation: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldCallResponse(Response):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class RetrieveCall(Service):
    call_to_be_retrieved: ConnectionId


@dataclass(frozen=True, slots=True, kw_only=True)
class RetrieveCallResponse(Response):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class ClearConnection(Service):
    connection_to_be_cleared: ConnectionId
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClearConnectionResponse(Response):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class ClearCall(Service):
    """Ends the call for everybody in it."""

    call_to_be_cleared: ConnectionId


@dataclass(frozen=True, slots=True, kw_only=True)
class ClearCallResponse(Response):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class GenerateDigits(Service):
    """Sends digits to the other parties of a call; durations are milliseconds."""

    connection_to_send_digits: ConnectionId
    digit_mode: DigitMode | None = None
    characters_to_send: str
    tone_duration: int | None = None
    pulse_rate: int | None = None
    pause_duration: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GenerateDigitsResponse(Response):
    pass
