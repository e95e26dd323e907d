"""Where each of `numbers` stands in a JTAPI library: a static field of a class. Data only."""

from typing import NamedTuple

from ctimgr_client.jtapi.numbers import (
    FORWARD_UNCONDITIONALLY,
    META_SNAPSHOT,
    Cause,
    ControlCause,
    DeviceType,
    Ev,
    Leg,
    ProviderState,
    Reason,
)

_T = "javax.telephony."
_TE = "javax.telephony.events."
_CC = "javax.telephony.callcontrol."
_CE = "javax.telephony.callcontrol.events."
_X = "com.cisco.jtapi.extensions."


class Constant(NamedTuple):
    """A static field, and the number that the bridge takes it for."""

    name: str
    field: str
    value: int


#: The class of each event.
EVENTS: dict[Ev, str] = {
    Ev.CALL_ACTIVE: _TE + "CallActiveEv",
    Ev.CALL_INVALID: _TE + "CallInvalidEv",
    Ev.CALL_OBSERVATION_ENDED: _TE + "CallObservationEndedEv",
    Ev.CONN_ALERTING: _TE + "ConnAlertingEv",
    Ev.CONN_CONNECTED: _TE + "ConnConnectedEv",
    Ev.CONN_CREATED: _TE + "ConnCreatedEv",
    Ev.CONN_DISCONNECTED: _TE + "ConnDisconnectedEv",
    Ev.CONN_FAILED: _TE + "ConnFailedEv",
    Ev.CONN_IN_PROGRESS: _TE + "ConnInProgressEv",
    Ev.PROV_IN_SERVICE: _TE + "ProvInServiceEv",
    Ev.PROV_OUT_OF_SERVICE: _TE + "ProvOutOfServiceEv",
    Ev.PROV_SHUTDOWN: _TE + "ProvShutdownEv",
    Ev.TERM_CONN_ACTIVE: _TE + "TermConnActiveEv",
    Ev.TERM_CONN_CREATED: _TE + "TermConnCreatedEv",
    Ev.TERM_CONN_DROPPED: _TE + "TermConnDroppedEv",
    Ev.TERM_CONN_PASSIVE: _TE + "TermConnPassiveEv",
    Ev.TERM_CONN_RINGING: _TE + "TermConnRingingEv",
    Ev.CTL_ADDR_FORWARD: _CE + "CallCtlAddrForwardEv",
    Ev.CTL_ADDR_MESSAGE_WAITING: _CE + "CallCtlAddrMessageWaitingEv",
    Ev.CTL_CONN_ALERTING: _CE + "CallCtlConnAlertingEv",
    Ev.CTL_CONN_DIALING: _CE + "CallCtlConnDialingEv",
    Ev.CTL_CONN_DISCONNECTED: _CE + "CallCtlConnDisconnectedEv",
    Ev.CTL_CONN_ESTABLISHED: _CE + "CallCtlConnEstablishedEv",
    Ev.CTL_CONN_FAILED: _CE + "CallCtlConnFailedEv",
    Ev.CTL_CONN_INITIATED: _CE + "CallCtlConnInitiatedEv",
    Ev.CTL_CONN_NETWORK_ALERTING: _CE + "CallCtlConnNetworkAlertingEv",
    Ev.CTL_CONN_NETWORK_REACHED: _CE + "CallCtlConnNetworkReachedEv",
    Ev.CTL_CONN_OFFERED: _CE + "CallCtlConnOfferedEv",
    Ev.CTL_CONN_QUEUED: _CE + "CallCtlConnQueuedEv",
    Ev.CTL_TERM_CONN_BRIDGED: _CE + "CallCtlTermConnBridgedEv",
    Ev.CTL_TERM_CONN_DROPPED: _CE + "CallCtlTermConnDroppedEv",
    Ev.CTL_TERM_CONN_HELD: _CE + "CallCtlTermConnHeldEv",
    Ev.CTL_TERM_CONN_IN_USE: _CE + "CallCtlTermConnInUseEv",
    Ev.CTL_TERM_CONN_RINGING: _CE + "CallCtlTermConnRingingEv",
    Ev.CTL_TERM_CONN_TALKING: _CE + "CallCtlTermConnTalkingEv",
    Ev.CISCO_TERM_CREATED: _X + "CiscoTermCreatedEv",
    Ev.CISCO_TERM_IN_SERVICE: _X + "CiscoTermInServiceEv",
    Ev.CISCO_TERM_OUT_OF_SERVICE: _X + "CiscoTermOutOfServiceEv",
    Ev.CISCO_TERM_REMOVED: _X + "CiscoTermRemovedEv",
    Ev.CISCO_TERM_DND_STATUS_CHANGED: _X + "CiscoTermDNDStatusChangedEv",
    Ev.CISCO_TERM_RESTRICTED: _X + "CiscoTermRestrictedEv",
    Ev.CISCO_TERM_ACTIVATED: _X + "CiscoTermActivatedEv",
    Ev.CISCO_ADDR_CREATED: _X + "CiscoAddrCreatedEv",
    Ev.CISCO_ADDR_IN_SERVICE: _X + "CiscoAddrInServiceEv",
    Ev.CISCO_ADDR_OUT_OF_SERVICE: _X + "CiscoAddrOutOfServiceEv",
    Ev.CISCO_ADDR_REMOVED: _X + "CiscoAddrRemovedEv",
    Ev.CISCO_ADDR_ADDED_TO_TERMINAL: _X + "CiscoAddrAddedToTerminalEv",
    Ev.CISCO_ADDR_REMOVED_FROM_TERMINAL: _X + "CiscoAddrRemovedFromTerminalEv",
    Ev.CISCO_ADDR_RESTRICTED: _X + "CiscoAddrRestrictedEv",
    Ev.CISCO_ADDR_ACTIVATED: _X + "CiscoAddrActivatedEv",
    Ev.CISCO_ADDR_ACTIVATED_ON_TERMINAL: _X + "CiscoAddrActivatedOnTerminalEv",
    Ev.CISCO_ADDR_RESTRICTED_ON_TERMINAL: _X + "CiscoAddrRestrictedOnTerminalEv",
    Ev.CISCO_PROVIDER_CAPABILITY_CHANGED: _X + "CiscoProviderCapabilityChangedEv",
    Ev.CISCO_CONFERENCE_END: _X + "CiscoConferenceEndEv",
    Ev.CISCO_CONFERENCE_START: _X + "CiscoConferenceStartEv",
    Ev.CISCO_CONSULT_CALL_ACTIVE: _X + "CiscoConsultCallActiveEv",
    Ev.CISCO_TRANSFER_END: _X + "CiscoTransferEndEv",
    Ev.CISCO_TRANSFER_START: _X + "CiscoTransferStartEv",
    Ev.CISCO_CALL_CHANGED: _X + "CiscoCallChangedEv",
    Ev.CISCO_PROV_AUTHENTICATION_INFO: _X + "CiscoProvAuthenticationInfoEv",
    Ev.CISCO_TERM_CONN_HELD_REVERSION: _X + "CiscoCallCtlTermConnHeldReversionEv",
}

_OTHER_FIELDS: dict[Leg | Reason, str] = {
    Leg.IN_USE: "INUSE",
    Reason.IMMEDIATE_DIVERT: "REASON_IMMDIVERT",
}

CONSTANTS: tuple[Constant, ...] = (
    *(Constant(name, "ID", event) for event, name in EVENTS.items()),
    *(Constant(_T + "Provider", state.name, state) for state in ProviderState),
    *(
        Constant(_CC + "CallControlTerminalConnection", _OTHER_FIELDS.get(state, state.name), state)
        for state in Leg
    ),
    *(Constant(_TE + "Ev", f"CAUSE_{cause.name}", cause) for cause in Cause),
    *(Constant(_CE + "CallCtlEv", f"CAUSE_{cause.name}", cause) for cause in ControlCause),
    *(
        Constant(
            _X + "CiscoFeatureReason",
            _OTHER_FIELDS.get(reason, "REASON_" + reason.name.replace("_", "")),
            reason,
        )
        for reason in Reason
    ),
    *(Constant(_X + "CiscoTerminal", f"DEVICETYPE_{kind.name}", kind) for kind in DeviceType),
    Constant(_TE + "Ev", "META_SNAPSHOT", META_SNAPSHOT),
    Constant(_CC + "CallControlForwarding", "FORWARD_UNCONDITIONALLY", FORWARD_UNCONDITIONALLY),
)
