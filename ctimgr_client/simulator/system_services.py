"""Services about the cluster as a whole: how it is, and who wants to be told when that changes."""

from csta_xml import (
    RequestSystemStatus,
    RequestSystemStatusResponse,
    SystemRegister,
    SystemRegisterCancel,
    SystemRegisterCancelResponse,
    SystemRegisterResponse,
    SystemStatus,
    SystemStatusResponse,
)
from ctimgr_client.serving.application import status_of
from ctimgr_client.simulator.application import Application
from ctimgr_client.simulator.nodes import is_complete


def request_system_status(
    application: Application, request: RequestSystemStatus, _now: float
) -> RequestSystemStatusResponse:
    if request.line is not None:
        application.cluster.appearance(request.line)
    return RequestSystemStatusResponse(system_status=status_of(is_complete(application.cluster)))


def system_status(_application: Application, _request: SystemStatus, _now: float) -> SystemStatusResponse:
    return SystemStatusResponse()


def system_register(application: Application, request: SystemRegister, _now: float) -> SystemRegisterResponse:
    return SystemRegisterResponse(
        sys_stat_register_id=application.register(request),
        actual_status_filter=request.requested_status_filter,
    )


def system_register_cancel(
    application: Application, request: SystemRegisterCancel, _now: float
) -> SystemRegisterCancelResponse:
    application.cancel(request.sys_stat_register_id)
    return SystemRegisterCancelResponse()
