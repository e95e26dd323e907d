"""Services about the bridge as a whole, and what it can do. What needs no library is answered at once."""

from csta_xml import (
    Capability,
    CapabilityList,
    GetCSTAFeaturesResponse,
    MonitorStop,
    MonitorStopResponse,
    RequestSystemStatus,
    RequestSystemStatusResponse,
    SystemRegister,
    SystemRegisterCancel,
    SystemRegisterCancelResponse,
    SystemRegisterResponse,
    SystemStatus,
    SystemStatusResponse,
)
from ctimgr_client.jtapi import meant
from ctimgr_client.jtapi.application import Application
from ctimgr_client.jtapi.errands import Steps
from ctimgr_client.jtapi.telephony import TerminalFacts
from ctimgr_client.serving.application import status_of

_DO_NOT_DISTURB = frozenset({"getDoNotDisturb", "setDoNotDisturb", "doNotDisturb"})
#: What plain JTAPI has no words for.
NOT_IN_PLAIN = _DO_NOT_DISTURB | {
    "directedPickupCall",
    "groupPickupCall",
    "backInService",
    "outOfService",
}
_CANNOT = frozenset({"autoOriginatePrompt"})


def request_system_status(
    application: Application, request: RequestSystemStatus
) -> Steps[RequestSystemStatusResponse]:
    """There are sessions only while the provider is in service."""
    if request.line is not None:
        yield from meant.appearance(application, request.line)
    return RequestSystemStatusResponse(system_status=status_of(application.switch.life.in_service))


def lacking(application: Application, line: str | None) -> Steps[frozenset[str]]:
    """What the device of a line cannot do, or any device without one: names as in features answers."""
    telephony = application.switch.telephony
    missing = NOT_IN_PLAIN if telephony is not None and not telephony.is_cisco else frozenset()
    if line is None:
        return missing
    where = yield from meant.appearance(application, line)
    facts: TerminalFacts = yield from application.switch.ask(lambda library: library.facts(where.device))
    return missing if facts.has_do_not_disturb else missing | _DO_NOT_DISTURB


def honest(features: GetCSTAFeaturesResponse) -> GetCSTAFeaturesResponse:
    """Without the options that JTAPI does not have."""
    return GetCSTAFeaturesResponse(
        services=tuple(
            CapabilityList(
                each.name,
                tuple(
                    Capability(one.name, tuple(option for option in one.options if option not in _CANNOT))
                    for one in each.capabilities
                ),
            )
            for each in features.services
        ),
        events=features.events,
    )


def monitor_stop(application: Application, request: MonitorStop) -> MonitorStopResponse:
    application.stop_monitor(request.monitor_cross_ref_id)
    return MonitorStopResponse()


def system_status(_application: Application, _request: SystemStatus) -> SystemStatusResponse:
    return SystemStatusResponse()


def system_register(application: Application, request: SystemRegister) -> SystemRegisterResponse:
    return SystemRegisterResponse(
        sys_stat_register_id=application.register(request),
        actual_status_filter=request.requested_status_filter,
    )


def system_register_cancel(
    application: Application, request: SystemRegisterCancel
) -> SystemRegisterCancelResponse:
    application.cancel(request.sys_stat_register_id)
    return SystemRegisterCancelResponse()
