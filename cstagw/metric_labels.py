"""The values that metric labels can have, as data; most come from the tables the gateway works by.

Series of these values exist at 0 from the start, so that a rate over the first one is right.
"""

from typing import get_args

from csta_xml import RefusalReason
from cstagw import services
from ctimgr_client.failures import FAILURES
from sip import EndReason, Fault

OTHER = "other"
BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)

DIRECTIONS = ("in", "out")
COMMON_RESPONSES = (
    *(("out", "INVITE", code) for code in ("200", "400", "403", "404", "415", "480")),
    *(("out", "INFO", code) for code in ("200", "400", "415", "481")),
    *(("in", "INFO", code) for code in ("200", "408", "481")),
)
METHODS = ("ACK", "BYE", "CANCEL", "INFO", "INVITE", "OPTIONS", "UPDATE")
PARSE_ERRORS = ("malformed", *sorted(fault.name.lower() for fault in Fault))
END_REASONS = tuple(sorted({"cti_lost", "drain", "error", "not_authorized", "replaced", *EndReason}))
OPERATIONS = (
    "GetCSTAFeatures",
    "MonitorStart",
    "MonitorStop",
    "RequestSystemStatus",
    *(service.__name__ for service in services.RULES),
)
OUTCOMES = ("error", "ok")
EVENTS = (*(event.__name__ for event in services.EVENTS), "SystemStatus")
CSTA_ERRORS = (
    "conferenceMemberLimitExceeded",
    "deviceOutOfService",
    "invalidCalledDeviceID",
    "invalidCallID",
    "invalidCallingDeviceID",
    "invalidConnectionID",
    "invalidConnectionState",
    "invalidDestination",
    "invalidDeviceID",
    "invalidForwardingDestination",
    "invalidMonitorCrossRefID",
    "invalidObjectType",
    "invalidParameterValue",
    "noActiveCall",
    "noCallToAnswer",
    "noConnectionToClear",
    "noHeldCall",
    "objectMonitorLimitExceeded",
    "overallMonitorLimitExceeded",
    "performanceLimitExceeded",
    "privilegeViolationSpecifiedDevice",
    "resourceBusy",
    "resourceOutOfService",
    "serviceNotSupported",
    "unspecified",
    "valueOutOfRange",
)
XML_REFUSALS = get_args(RefusalReason)
LINK_FAILURES = tuple(FAILURES)
