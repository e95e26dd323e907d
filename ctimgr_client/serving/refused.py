"""Why a server does not do what it was asked: each refusal knows its CSTA error (category and value)."""

from typing import ClassVar

from csta_xml import CSTAErrorCode, ErrorCategory


class Refused(Exception):
    """Base of all refusals; nothing has changed when one is raised."""

    category: ClassVar[ErrorCategory] = ErrorCategory.OPERATION
    value: ClassVar[str] = "generic"

    def __init__(self, text: str = "") -> None:
        super().__init__(text or self.value)

    @property
    def answer(self) -> CSTAErrorCode:
        return CSTAErrorCode(category=self.category, value=self.value)


class ServiceNotSupported(Refused):
    value = "serviceNotSupported"


class InvalidParameterValue(Refused):
    value = "invalidParameterValue"


class InvalidDeviceId(Refused):
    value = "invalidDeviceID"


class InvalidDestination(Refused):
    value = "invalidDestination"


class InvalidForwardingDestination(Refused):
    value = "invalidForwardingDestination"


class InvalidCallId(Refused):
    value = "invalidCallID"


class InvalidConnectionId(Refused):
    value = "invalidConnectionID"


class InvalidMonitorCrossRefId(Refused):
    value = "invalidMonitorCrossRefID"


class InvalidMonitorObject(Refused):
    value = "invalidMonitorObject"


class _WrongState(Refused):
    category = ErrorCategory.STATE_INCOMPATIBILITY


class NoSession(_WrongState):
    """A CSTA request before the application session."""


class InvalidConnectionState(_WrongState):
    value = "invalidConnectionState"


class NoCallToAnswer(_WrongState):
    value = "noCallToAnswer"


class NoActiveCall(_WrongState):
    value = "noActiveCall"


class NoHeldCall(_WrongState):
    value = "noHeldCall"


class NoConnectionToClear(_WrongState):
    value = "noConnectionToClear"


class _NoResource(Refused):
    category = ErrorCategory.SYSTEM_RESOURCE_AVAILABILITY


class DeviceOutOfService(_NoResource):
    value = "deviceOutOfService"


class ResourceOutOfService(_NoResource):
    value = "resourceOutOfService"


class ResourceBusy(_NoResource):
    value = "resourceBusy"


class ConferenceMemberLimitExceeded(_NoResource):
    value = "conferenceMemberLimitExceeded"


class ResourceLimitExceeded(_NoResource):
    value = "resourceLimitExceeded"


class OverallMonitorLimitExceeded(_NoResource):
    value = "overallMonitorLimitExceeded"
