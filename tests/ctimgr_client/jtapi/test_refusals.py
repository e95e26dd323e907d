import pytest

from csta_xml import (
    AnswerCall,
    ClearCall,
    HoldCall,
    MakeCall,
    MonitorStart,
    RetrieveCall,
    Service,
)
from csta_xml import SetForwarding as Forward
from ctimgr_client.jtapi.refusals import CODES, CTI, OTHER_CODES, TROUBLES, NotInDomain, advice, refusal
from ctimgr_client.jtapi.telephony import JtapiFailure, Trouble


def answer(failure: JtapiFailure, service: type[Service] = HoldCall) -> str:
    error = refusal(failure, service).answer
    return f"{error.category}/{error.value}"


@pytest.mark.parametrize(
    ("trouble", "kind", "expected"),
    [
        (Trouble.INVALID_STATE, 0, "stateIncompatibility/invalidDeviceState"),
        (Trouble.INVALID_STATE, 1, "stateIncompatibility/invalidConnectionState"),
        (Trouble.INVALID_STATE, 3, "stateIncompatibility/invalidDeviceState"),
        (Trouble.INVALID_STATE, 5, "stateIncompatibility/invalidConnectionState"),
        (Trouble.INVALID_PARTY, 0, "operation/invalidCallingDeviceID"),
        (Trouble.INVALID_PARTY, 1, "operation/invalidCalledDeviceID"),
        (Trouble.INVALID_PARTY, 2, "operation/invalidDestination"),
        (Trouble.INVALID_ARGUMENT, -1, "operation/invalidParameterValue"),
        (Trouble.PRIVILEGE_VIOLATION, 0, "operation/privilegeViolationCallingDevice"),
        (Trouble.PRIVILEGE_VIOLATION, 1, "operation/privilegeViolationCalledDevice"),
        (Trouble.PRIVILEGE_VIOLATION, 2, "operation/privilegeViolationSpecifiedDevice"),
        (Trouble.RESOURCE_UNAVAILABLE, 1, "systemResourceAvailibility/deviceOutOfService"),
        (Trouble.RESOURCE_UNAVAILABLE, 2, "systemResourceAvailibility/overallMonitorLimitExceeded"),
        (Trouble.RESOURCE_UNAVAILABLE, 3, "subscribedResourceAvailability/trunkLimitExceeded"),
        (Trouble.RESOURCE_UNAVAILABLE, 4, "subscribedResourceAvailability/outstandingReqLimitExceeded"),
        (Trouble.RESOURCE_UNAVAILABLE, 6, "systemResourceAvailibility/resourceBusy"),
        (Trouble.METHOD_NOT_SUPPORTED, -1, "operation/requestIncompatibleWithDevice"),
        (Trouble.NOT_OFFERED, -1, "operation/serviceNotSupported"),
        (Trouble.UNKNOWN_CALL, -1, "operation/invalidConnectionID"),
        (Trouble.PLATFORM, -1, "operation/generic"),
        (Trouble.OTHER, -1, "operation/generic"),
    ],
)
def test_by_the_kind_of_exception(trouble: Trouble, kind: int, expected: str) -> None:
    assert answer(JtapiFailure(trouble, kind=kind)) == expected


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (0x0046, "systemResourceAvailibility/conferenceMemberLimitExceeded"),
        (0x0018, "operation/privilegeViolationSpecifiedDevice"),
        (0x00D3, "systemResourceAvailibility/deviceOutOfService"),
        (0x0094, "operation/invalidCallID"),
        (0x7777, "operation/generic"),  # nobody knows it: the kind of exception counts
    ],
)
def test_the_ctimanagers_code_says_more(code: int, expected: str) -> None:
    assert answer(JtapiFailure(Trouble.PLATFORM, code=CTI + code)) == expected


def test_codes_that_are_not_the_ctimanagers() -> None:
    assert answer(JtapiFailure(Trouble.PLATFORM, code=0x8EEE0001)) == "operation/invalidDestination"


@pytest.mark.parametrize(
    ("service", "expected"),
    [
        (AnswerCall, "noCallToAnswer"),
        (RetrieveCall, "noHeldCall"),
        (ClearCall, "noConnectionToClear"),
        (HoldCall, "invalidConnectionState"),
    ],
)
def test_a_wrong_state_means_something_to_each_service(service: type[Service], expected: str) -> None:
    assert answer(JtapiFailure(Trouble.INVALID_STATE, kind=5), service) == f"stateIncompatibility/{expected}"


def test_a_wrong_destination_of_forwarding() -> None:
    failure = JtapiFailure(Trouble.INVALID_PARTY, kind=2)
    assert answer(failure, Forward) == "operation/invalidForwardingDestination"
    assert answer(failure, MakeCall) == "operation/invalidDestination"


@pytest.mark.parametrize(
    "failure",
    [
        JtapiFailure(Trouble.INVALID_ARGUMENT, "Address 4503 is not in provider's domain."),
        NotInDomain(JtapiFailure(Trouble.INVALID_ARGUMENT, "other words")),
    ],
)
def test_a_line_that_is_not_the_users(failure: JtapiFailure) -> None:
    assert answer(failure, MonitorStart) == "operation/invalidDeviceID"
    said = advice(failure)
    assert said is not None
    assert said.text == failure.text
    assert "associate the device with the application user" in said.cure


def test_everyday_refusals_are_nobodys_concern() -> None:
    assert advice(JtapiFailure(Trouble.INVALID_STATE, kind=5)) is None


def test_foreign_words_do_not_break_out_of_a_line() -> None:
    said = advice(JtapiFailure(Trouble.PRIVILEGE_VIOLATION, "a\nb" + "x" * 500))
    assert said is not None
    assert said.text.startswith("a bxx")
    assert len(said.text) == 200


def test_the_tables_are_whole() -> None:
    assert set(TROUBLES) == set(Trouble)
    assert all(None in kinds for kinds in TROUBLES.values())
    rows = [
        *CODES.values(),
        *OTHER_CODES.values(),
        *(row for kinds in TROUBLES.values() for row in kinds.values()),
    ]
    assert [row for row in rows if bool(row.cause) is not bool(row.cure)] == []
