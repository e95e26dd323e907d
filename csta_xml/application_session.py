"""Application session messages: the conversation around CSTA on a link of its own (ECMA-354).

Values only; see `messages` for how classes and fields are named. Durations are whole seconds.
"""

from dataclasses import dataclass, field

from csta_xml.messages import Message, Response, Service
from csta_xml.names import SessionEndReason, SessionError, SessionTermReason


@dataclass(frozen=True, slots=True, kw_only=True)
class StartApplicationSession(Service):
    """Opens a session; `protocol_versions` are CSTA namespaces, the preferred one first.

    User and password travel as private data.
    """

    application_id: str
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    protocol_versions: tuple[str, ...]
    duration: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StartApplicationSessionPosResponse(Response):
    session_id: str
    actual_protocol_version: str
    actual_session_duration: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StartApplicationSessionNegResponse(Response):
    """Refused; text that is no SessionError is the server's own."""

    error_code: SessionError | str


@dataclass(frozen=True, slots=True, kw_only=True)
class StopApplicationSession(Service):
    session_id: str
    session_end_reason: SessionEndReason | str = SessionEndReason.NORMAL


@dataclass(frozen=True, slots=True, kw_only=True)
class StopApplicationSessionPosResponse(Response):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class StopApplicationSessionNegResponse(Response):
    error_code: SessionError | str


@dataclass(frozen=True, slots=True, kw_only=True)
class ResetApplicationSessionTimer(Service):
    session_id: str
    requested_session_duration: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ResetApplicationSessionTimerPosResponse(Response):
    actual_session_duration: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ResetApplicationSessionTimerNegResponse(Response):
    error_code: SessionError | str


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicationSessionTerminated(Message):
    """The server ended the session; nobody answers it."""

    session_id: str
    session_term_reason: SessionTermReason | str
