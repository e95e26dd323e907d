"""System status, status registration and features services (ECMA-269, ECMA-323).

Values only; see `messages` for how classes and fields are named.
"""

from dataclasses import dataclass

from csta_xml.messages import Message, Response, Service
from csta_xml.names import SystemStatusValue


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestSystemStatus(Service):
    """Asks how the switch is. `line` is the Line URI of TR/87 clients, exactly as they wrote it."""

    sys_stat_register_id: str | None = None
    line: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestSystemStatusResponse(Response):
    system_status: SystemStatusValue


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemStatus(Service):
    """The switch says how it is."""

    sys_stat_register_id: str | None = None
    system_status: SystemStatusValue


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemStatusResponse(Response):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemRegister(Service):
    """Asks for the listed requests (`features.REQUEST_TYPES`); a status in the filter is kept back."""

    request_types: frozenset[str]
    requested_status_filter: frozenset[str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemRegisterResponse(Response):
    sys_stat_register_id: str
    actual_status_filter: frozenset[str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemRegisterCancel(Service):
    """The asking side wants no more of what it registered for."""

    sys_stat_register_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemRegisterCancelResponse(Response):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemRegisterAbort(Message):
    """The answering side ended a registration on its own; nobody answers it."""

    sys_stat_register_id: str


@dataclass(frozen=True, slots=True)
class Capability:
    """One service or event a switch supports; `options` are the options it states to have."""

    name: str
    options: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CapabilityList:
    """One list of a features answer; names and their order are in `features`."""

    name: str
    capabilities: tuple[Capability, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class GetCSTAFeatures(Service):
    """Asks what the switch can do. `line` as in RequestSystemStatus."""

    line: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GetCSTAFeaturesResponse(Response):
    """Given in any order, written in the schema's."""

    services: tuple[CapabilityList, ...]
    events: tuple[CapabilityList, ...]
