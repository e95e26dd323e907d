"""Under which list and name a features answer announces each service (ECMA-269 §13.1, ECMA-323).

A table and the answer that is made of it; what is served, and what a phone lacks, a server knows.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from csta_xml import (
    AlternateCall,
    AnswerCall,
    Capability,
    CapabilityList,
    ClearCall,
    ClearConnection,
    ConferenceCall,
    ConsultationCall,
    DeflectCall,
    DirectedPickupCall,
    GenerateDigits,
    GetCSTAFeatures,
    GetCSTAFeaturesResponse,
    GetDoNotDisturb,
    GetForwarding,
    GetMessageWaitingIndicator,
    GroupPickupCall,
    HoldCall,
    MakeCall,
    MonitorStart,
    MonitorStop,
    ParkCall,
    ReconnectCall,
    RequestSystemStatus,
    RetrieveCall,
    Service,
    SetDoNotDisturb,
    SetForwarding,
    SetMessageWaitingIndicator,
    SingleStepConferenceCall,
    SingleStepTransferCall,
    SnapshotCall,
    SnapshotDevice,
    SystemRegister,
    SystemRegisterCancel,
    SystemStatus,
    TransferCall,
)

CALL_CONTROL, LOGICAL, PHYSICAL = "callControlServList", "logicalServList", "physDevServList"
SYSTEM, MONITORING, SNAPSHOT = "systemStatServList", "monitoringServList", "snapshotServList"


@dataclass(frozen=True, slots=True)
class Announced:
    """The list and the name of a service, and the options that are offered with it."""

    capability_list: str
    name: str
    options: tuple[str, ...] = ()


ANNOUNCED: dict[type[Service], Announced] = {
    GetCSTAFeatures: Announced("capExchangeServList", "getCSTAFeatures"),
    SystemRegister: Announced(SYSTEM, "systemRegister"),
    SystemRegisterCancel: Announced(SYSTEM, "systemStatusRegisterCancel"),
    RequestSystemStatus: Announced(SYSTEM, "requestSystemStatus"),
    SystemStatus: Announced(SYSTEM, "systemStatus"),
    MonitorStart: Announced(MONITORING, "monitorStart"),
    MonitorStop: Announced(MONITORING, "monitorStop"),
    SnapshotCall: Announced(SNAPSHOT, "snapshotCall"),
    SnapshotDevice: Announced(SNAPSHOT, "snapshotDevice"),
    AlternateCall: Announced(CALL_CONTROL, "alternateCall"),
    AnswerCall: Announced(CALL_CONTROL, "answerCall"),
    ClearCall: Announced(CALL_CONTROL, "clearCall"),
    ClearConnection: Announced(CALL_CONTROL, "clearConnection"),
    ConferenceCall: Announced(CALL_CONTROL, "conferenceCall"),
    ConsultationCall: Announced(CALL_CONTROL, "consultationCall"),
    DeflectCall: Announced(CALL_CONTROL, "deflectCall"),
    DirectedPickupCall: Announced(CALL_CONTROL, "directedPickupCall"),
    GroupPickupCall: Announced(CALL_CONTROL, "groupPickupCall"),
    HoldCall: Announced(CALL_CONTROL, "holdCall"),
    MakeCall: Announced(CALL_CONTROL, "makeCall", ("autoOriginatePrompt", "autoOriginateDoNotPrompt")),
    ParkCall: Announced(CALL_CONTROL, "parkCall"),
    ReconnectCall: Announced(CALL_CONTROL, "reconnectCall"),
    RetrieveCall: Announced(CALL_CONTROL, "retrieveCall"),
    SingleStepConferenceCall: Announced(CALL_CONTROL, "singleStepConference"),
    SingleStepTransferCall: Announced(CALL_CONTROL, "singleStepTransfer"),
    TransferCall: Announced(CALL_CONTROL, "transferCall"),
    GenerateDigits: Announced("callAssociatedServList", "generateDigits"),
    GetMessageWaitingIndicator: Announced(PHYSICAL, "getMessageWaitingIndicator"),
    SetMessageWaitingIndicator: Announced(PHYSICAL, "setMessageWaitingIndicator"),
    GetDoNotDisturb: Announced(LOGICAL, "getDoNotDisturb"),
    GetForwarding: Announced(LOGICAL, "getForwarding"),
    SetDoNotDisturb: Announced(LOGICAL, "setDoNotDisturb"),
    SetForwarding: Announced(LOGICAL, "setForwarding"),
}


def announce(
    served: Iterable[type[Service]], events: Mapping[str, tuple[str, ...]], lacking: frozenset[str]
) -> GetCSTAFeaturesResponse:
    """What is served, in the order given, but for the names in `lacking`; events are named by their lists."""
    services: dict[str, list[Capability]] = {}
    for service in served:
        row = ANNOUNCED[service]
        if row.name not in lacking:
            services.setdefault(row.capability_list, []).append(Capability(row.name, row.options))
    return GetCSTAFeaturesResponse(
        services=tuple(CapabilityList(name, tuple(these)) for name, these in services.items()),
        events=tuple(
            CapabilityList(name, tuple(Capability(event) for event in these if event not in lacking))
            for name, these in events.items()
        ),
    )
