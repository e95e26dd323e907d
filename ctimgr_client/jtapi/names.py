"""Every name of a JTAPI library that the bridge uses, as data, and what a given library lacks of them.

A row is a class with methods, each with its numbers of arguments. A row with a feature is one that the bridge
can do without: the feature is not offered then. All other rows are needed: those of javax.telephony always,
those of Cisco's extensions where these are there at all. All names are the same in the client releases 11.5
to 15; what came later (least priority servers, multi-forking) is not used. Pure: a library is looked at in
`java`, and a test holds that nothing else is called there.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from ctimgr_client.jtapi.constant_names import CONSTANTS, EVENTS, Constant
from ctimgr_client.jtapi.numbers import Ev

_T = "javax.telephony."
_TE = "javax.telephony.events."
_CC = "javax.telephony.callcontrol."
_CE = "javax.telephony.callcontrol.events."
_TM = "javax.telephony.media."
_X = "com.cisco.jtapi.extensions."


class Feature(StrEnum):
    """What a library may lack; the words are for humans."""

    NONE = ""
    DIGITS = "sending digits"
    DO_NOT_DISTURB = "do not disturb"
    FORWARDING = "forwarding"
    MESSAGE_WAITING = "message waiting"
    PARKING = "parking"
    PICKUP = "pickup"
    UNPARKING = "taking parked calls"
    SHARED_LINES = "choosing the device of a shared line"
    ANY_TERMINAL = "devices outside the control list"
    CLEANING_UP = "dropping unused calls"
    SECURITY = "secure connections"
    TRACE = "trace of the library"
    NEWS = "news of devices and rights"


class Row(NamedTuple):
    """`methods` are words: "getAddress/1/2" is one with one or two arguments."""

    name: str
    methods: str = ""
    feature: Feature = Feature.NONE

    def arities(self) -> dict[str, frozenset[int]]:
        """How many arguments each method is given."""
        words = (word.split("/") for word in self.methods.split())
        return {name: frozenset(map(int, counts)) for name, *counts in words}


_TRANSFER = "getTransferredCall/0 getFinalCall/0 getTransferControllers/0 getTransferControllerAddress/0"
_CONFERENCE = (
    "getConferencedCall/0 getFinalCall/0 getHeldConferenceController/0 getTalkingConferenceController/0 "
    "getConferenceControllerAddress/0"
)

ROWS: tuple[Row, ...] = (
    Row("java.lang.Throwable", "getMessage/0"),
    Row("java.lang.Class", "getMethods/0"),
    Row("java.lang.reflect.Method", "getName/0 getParameterCount/0"),
    # Objects.
    Row(_T + "JtapiPeerFactory", "getJtapiPeer/1"),
    Row(_T + "JtapiPeer", "getProvider/1"),
    Row(_T + "Provider", "getState/0 getTerminal/1 getAddress/1 createCall/0 addObserver/1 shutdown/0"),
    Row(_T + "Provider", "getProviderCapabilities/0", Feature.ANY_TERMINAL),
    Row(_T + "Terminal", "getName/0 getAddresses/0 addObserver/1 removeObserver/1"),
    Row(_T + "Address", "getName/0 getTerminals/0 getConnections/0"),
    Row(_T + "Address", "addObserver/1 removeObserver/1 addCallObserver/1 removeCallObserver/1"),
    Row(_T + "Call", "connect/3 getConnections/0"),
    Row(_T + "Connection", "getCall/0 getAddress/0 getTerminalConnections/0 disconnect/0"),
    Row(_T + "TerminalConnection", "getTerminal/0 getConnection/0 answer/0"),
    Row(_CC + "CallControlCall", "drop/0 consult/2 transfer/1 conference/1"),
    Row(_CC + "CallControlCall", "setTransferController/1 setConferenceController/1"),
    Row(_CC + "CallControlCall", "getCallingAddress/0 getCalledAddress/0 getLastRedirectedAddress/0"),
    Row(_CC + "CallControlConnection", "redirect/1"),
    Row(_CC + "CallControlConnection", "park/1", Feature.PARKING),
    Row(_CC + "CallControlTerminalConnection", "hold/0 unhold/0"),
    Row(_CC + "CallControlAddress", "setForwarding/1 getForwarding/0 cancelForwarding/0", Feature.FORWARDING),
    Row(_CC + "CallControlAddress", "setMessageWaiting/1 getMessageWaiting/0", Feature.MESSAGE_WAITING),
    Row(_CC + "CallControlForwarding", "getDestinationAddress/0 getType/0", Feature.FORWARDING),
    Row(_TM + "MediaTerminalConnection", "generateDtmf/1", Feature.DIGITS),
    Row(_X + "CiscoJtapiPeer", "getJtapiProperties/0 setJtapiProperties/1"),
    Row(
        _X + "CiscoJtapiProperties",
        "setDesiredServerHeartbeatInterval/1 setProviderOpenRequestTimeout/1 setProviderRetryInterval/1 "
        "setCtiRequestTimeout/1 setJtapiPostConditionTimeout/1 setJavaSocketConnectTimeout/1 "
        "setUseFileTrace/1 setUseJavaConsoleTrace/1 setUseSyslog/1 setUseAlarmService/1",
    ),
    Row(
        _X + "CiscoJtapiProperties",
        "setTracePath/1 setTraceDirectory/1 setFileNameBase/1 setFileNameExtension/1 setNumTraceFiles/1 "
        "setTraceFileSize/1 getTraceNames/0 setTraceValue/2",
        Feature.TRACE,
    ),
    Row(
        _X + "CiscoJtapiProperties",
        "setSecurityPropertyForInstance/9/10/11 IsCertificateUpdated/2 updateCertificate/8/9/10 "
        "updateServerCertificate/8",
        Feature.SECURITY,
    ),
    Row(_X + "CiscoProvider", "getAddress/2 getAddresses/1"),
    Row(_X + "CiscoProvider", "createTerminal/1", Feature.ANY_TERMINAL),
    Row(_X + "CiscoProviderCapabilities", "canObserveAnyTerminal/0", Feature.ANY_TERMINAL),
    Row(_X + "CiscoProvider", "deleteCall/1", Feature.CLEANING_UP),
    Row(_X + "CiscoTerminal", "getState/0 isRegistered/0 isRestricted/0 getType/0 getTypeName/0"),
    Row(_X + "CiscoTerminal", "getDNDStatus/0 setDNDStatus/1", Feature.DO_NOT_DISTURB),
    Row(_X + "CiscoTerminal", "getFilter/0 setFilter/1", Feature.DO_NOT_DISTURB),
    Row(_X + "CiscoTermEvFilter", "setDNDChangedEvFilter/1", Feature.DO_NOT_DISTURB),
    Row(_X + "CiscoTerminal", "pickup/1 groupPickup/2 directedPickup/2", Feature.PICKUP),
    Row(_X + "CiscoTerminal", "unPark/2", Feature.UNPARKING),
    Row(_X + "CiscoAddress", "getPartition/0 isRestricted/1 getInServiceAddrTerminals/0"),
    Row(_X + "CiscoCall", "getCallID/0 getCurrentCallingAddress/0 getCurrentCalledAddress/0"),
    Row(_X + "CiscoCallID", "getCallManagerID/0 getGlobalCallID/0"),
    Row(_X + "CiscoConnection", "setRequestController/1", Feature.SHARED_LINES),
    # Observers: those without methods tell the library which packages' events are wanted.
    Row(_T + "ProviderObserver", "providerChangedEvent/1"),
    Row(_T + "TerminalObserver", "terminalChangedEvent/1"),
    Row(_T + "AddressObserver", "addressChangedEvent/1"),
    Row(_T + "CallObserver", "callChangedEvent/1"),
    Row(_CC + "CallControlTerminalObserver"),
    Row(_CC + "CallControlAddressObserver"),
    Row(_CC + "CallControlCallObserver"),
    Row(_TM + "MediaCallObserver", feature=Feature.DIGITS),
    Row(_X + "CiscoProviderObserver"),
    Row(_X + "CiscoTerminalObserver"),
    Row(_X + "CiscoAddressObserver"),
    # Events.
    Row(_TE + "Ev", "getID/0 getCause/0 getMetaCode/0"),
    Row(_TE + "TermEv", "getTerminal/0"),
    Row(_TE + "AddrEv", "getAddress/0"),
    Row(_TE + "CallEv", "getCall/0"),
    Row(_TE + "ConnEv", "getConnection/0"),
    Row(_TE + "TermConnEv", "getTerminalConnection/0"),
    Row(_TE + "CallObservationEndedEv", "getEndedObject/0"),
    Row(_CE + "CallCtlEv", "getCallControlCause/0"),
    Row(_CE + "CallCtlConnDialingEv", "getDigits/0"),
    Row(_CE + "CallCtlAddrForwardEv", "getForwarding/0", Feature.FORWARDING),
    Row(_CE + "CallCtlAddrMessageWaitingEv", "getMessageWaitingState/0", Feature.MESSAGE_WAITING),
    Row(_X + "CiscoCallEv", "getCiscoCause/0 getCiscoFeatureReason/0"),
    Row(_X + "CiscoTransferStartEv", _TRANSFER),
    Row(_X + "CiscoTransferEndEv", f"{_TRANSFER} isSuccess/0"),
    Row(_X + "CiscoConferenceStartEv", _CONFERENCE),
    Row(_X + "CiscoConferenceEndEv", f"{_CONFERENCE} isSuccess/0"),
    Row(_X + "CiscoCallChangedEv", "getSurvivingCall/0 getOriginalCall/0"),
    Row(_X + "CiscoAddrInServiceEv", "getTerminal/0"),
    Row(_X + "CiscoAddrOutOfServiceEv", "getTerminal/0"),
    Row(_X + "CiscoTermDNDStatusChangedEv", "getDNDStatus/0", Feature.DO_NOT_DISTURB),
    Row(_X + "CiscoProvAuthenticationInfoEv", "getDaysUntilPasswordExpiry/0", Feature.NEWS),
    # Exceptions.
    Row(_T + "InvalidStateException", "getObjectType/0"),
    Row(_T + "InvalidPartyException", "getType/0"),
    Row(_T + "PrivilegeViolationException", "getType/0"),
    Row(_T + "ResourceUnavailableException", "getType/0"),
    Row(_X + "CiscoJtapiException", "getErrorCode/0 getErrorDescription/0"),
)

#: The extensions' events without which calls and lines cannot be followed.
_NEEDED_EVENTS = (
    Ev.CISCO_TERM_IN_SERVICE,
    Ev.CISCO_TERM_OUT_OF_SERVICE,
    Ev.CISCO_ADDR_IN_SERVICE,
    Ev.CISCO_ADDR_OUT_OF_SERVICE,
    Ev.CISCO_CONFERENCE_END,
    Ev.CISCO_CONFERENCE_START,
    Ev.CISCO_CONSULT_CALL_ACTIVE,
    Ev.CISCO_TRANSFER_END,
    Ev.CISCO_TRANSFER_START,
    Ev.CISCO_CALL_CHANGED,
)
_NEEDED_NAMES = frozenset(EVENTS[event] for event in _NEEDED_EVENTS)
_FEATURES = {row.name: row.feature for row in ROWS if row.name in EVENTS.values() and row.feature}


@dataclass(frozen=True, slots=True)
class Found:
    """What a library has of a class: its methods, inherited ones too, with their numbers of arguments, and
    its static numbers."""

    methods: Mapping[str, frozenset[int]]
    constants: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Missing:
    """What a library lacks: `needed`, without which there is no bridge, and names by the feature lost."""

    needed: tuple[str, ...]
    lost: Mapping[Feature, tuple[str, ...]]


def is_cisco(name: str) -> bool:
    return name.startswith(_X)


def listed() -> Iterator[str]:
    """All of it as text, a name on each line, to be compared with any library: methods with their numbers of
    arguments, static fields with their numbers, and after a semicolon what does not work without the name."""
    lines: dict[str, list[str]] = {name: [] for name in class_names()}
    for row in ROWS:
        for method, counts in row.arities().items():
            shown = " or ".join(map(str, sorted(counts)))
            lines[row.name].append(_noted(f"{method}({shown})", row.feature))
    for constant in CONSTANTS:
        lines[constant.name].append(_noted(f"{constant.field} = {constant.value}", _feature_of(constant)))
    for name in sorted(lines):
        yield name
        yield from (f"    {line}" for line in lines[name])


def class_names() -> tuple[str, ...]:
    """Every class there is a row or a constant of."""
    return tuple(dict.fromkeys([row.name for row in ROWS] + [constant.name for constant in CONSTANTS]))


def missing(library: Mapping[str, Found], *, cisco: bool) -> Missing:
    """Compare. `library` has the classes that were found; without `cisco` the extensions are not asked for,
    and what needs them is lost."""
    needed: list[str] = []
    lost: dict[Feature, list[str]] = {}
    for name, feature, lacks in _comparisons(library):
        if is_cisco(name) and not cisco and not feature:
            continue
        for lack in lacks:
            (lost.setdefault(feature, []) if feature else needed).append(lack)
    return Missing(tuple(dict.fromkeys(needed)), {one: tuple(dict.fromkeys(lost[one])) for one in lost})


def _noted(name: str, feature: Feature) -> str:
    return f"{name}; {feature}" if feature else name


def _comparisons(library: Mapping[str, Found]) -> Iterable[tuple[str, Feature, list[str]]]:
    for row in ROWS:
        yield row.name, row.feature, _lacking_methods(row, library.get(row.name))
    for constant in CONSTANTS:
        lack = _wrong_constant(constant, library.get(constant.name))
        yield constant.name, _feature_of(constant), [lack] if lack else []


def _lacking_methods(row: Row, found: Found | None) -> list[str]:
    if found is None:
        return [row.name]
    return [
        f"{row.name}.{name}"
        for name, counts in row.arities().items()
        if not counts <= found.methods.get(name, frozenset())
    ]


def _wrong_constant(constant: Constant, found: Found | None) -> str:
    if found is None:
        return constant.name
    value = found.constants.get(constant.field)
    if value is None:
        return f"{constant.name}.{constant.field}"
    same = value & 0xFFFFFFFF == constant.value
    return "" if same else f"{constant.name}.{constant.field} (it is {value}, not {constant.value})"


def _feature_of(constant: Constant) -> Feature:
    name = constant.name
    news = is_cisco(name) and constant.field == "ID" and name not in _NEEDED_NAMES
    return _FEATURES.get(name, Feature.NEWS if news else Feature.NONE)
