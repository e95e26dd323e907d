"""The stand-in keeps the order of a call's events that the library's documentation shows."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from .script import ALICE, BOB, CAROL, HARD, SOFT, Script
from .standin import Jars

_TALKING = f"TermConnActive {ALICE}", f"CallCtlTermConnTalking {ALICE}"


def test_the_plain_jar_has_nothing_of_the_manufacturers(jars: Jars) -> None:
    names = zipfile.ZipFile(jars.plain).namelist()
    assert "standin/PlainPeer.class" in names
    assert not [name for name in names if "/cisco/" in name or "Cisco" in name or "DefaultJtapiPeer" in name]
    assert "DefaultJtapiPeer.class" in zipfile.ZipFile(jars.cisco).namelist()


def test_a_call_from_its_beginning_to_its_end(either: Script) -> None:
    made = either.told("observe 1001", f"connect {ALICE} 1901")
    assert made[:9] == [
        "CallActive",
        "ConnCreated 1001",
        "ConnConnected 1001",
        "CallCtlConnInitiated 1001",
        f"TermConnCreated {ALICE}",
        *_TALKING,
        "CallCtlConnDialing 1001",
        "CallCtlConnEstablished 1001",
    ]
    assert made[9:] == [
        "ConnCreated 1901",
        "ConnInProgress 1901",
        "CallCtlConnOffered 1901",
        "ConnAlerting 1901",
        "CallCtlConnAlerting 1901",
        "ConnConnected 1901",
        "CallCtlConnEstablished 1901",
    ]
    assert either.told(f"hold {ALICE}") == [f"CallCtlTermConnHeld {ALICE}"]
    assert either.told(f"unhold {ALICE}") == [f"CallCtlTermConnTalking {ALICE}"]
    assert either.told(f"disconnect {ALICE}") == [
        f"TermConnDropped {ALICE}",
        f"CallCtlTermConnDropped {ALICE}",
        "ConnDisconnected 1001",
        "CallCtlConnDisconnected 1001",
        "ConnDisconnected 1901",
        "CallCtlConnDisconnected 1901",
        "CallInvalid",
        "CallObservationEnded",
    ]
    assert either.does("state") == ["16 0"]
    assert either.ask("objects") == "0"


def test_a_call_that_comes_in(either: Script) -> None:
    either.does("observe 1002")
    either.ask(f"dial {ALICE} 1001 1002")
    rung = either.told("listen")
    assert rung == [
        "CallActive",
        "ConnCreated 1001",
        "ConnCreated 1002",
        "ConnConnected 1001",
        "CallCtlConnEstablished 1001",
        "ConnInProgress 1002",
        "CallCtlConnOffered 1002",
        "ConnAlerting 1002",
        "CallCtlConnAlerting 1002",
        f"TermConnCreated {BOB}",
        f"TermConnRinging {BOB}",
        f"CallCtlTermConnRinging {BOB}",
    ]
    assert either.told(f"answer {BOB}") == [
        "ConnConnected 1002",
        "CallCtlConnEstablished 1002",
        f"TermConnActive {BOB}",
        f"CallCtlTermConnTalking {BOB}",
    ]


def test_the_events_of_a_transfer_stand_between_its_start_and_its_end(cisco: Script) -> None:
    cisco.does("observe 1001", "observe 1002", f"connect {ALICE} 1002", f"answer {BOB}")
    consulted = cisco.told(f"consult {ALICE} 1901")
    assert consulted[:2] == [f"CallCtlTermConnHeld {ALICE}", "CiscoConsultCallActive"]
    told = cisco.told(f"transfer {ALICE}")
    assert (told[0], told[-1]) == ("CiscoTransferStart", "CiscoTransferEnd")
    assert told.count("CallCtlConnDisconnected 1001") == 2
    assert told.index("ConnCreated 1901") < told.index("CiscoCallChanged") < told.index("CallInvalid")
    assert cisco.does("state") == ["16 1"]
    assert cisco.told(f"disconnect {BOB}")[-2:] == ["CallInvalid", "CallObservationEnded"]
    assert cisco.ask("objects") == "0"


def test_a_conference_leaves_one_call_of_three(cisco: Script) -> None:
    cisco.does("observe 1001", f"connect {ALICE} 1901", f"hold {ALICE}", f"connect {ALICE} 1901")
    assert cisco.does(f"conference {ALICE}")[-1].startswith("CiscoConferenceStart")
    cisco.ask("reset")
    cisco.does("observe 1002", f"connect {ALICE} 1002", f"answer {BOB}", f"hold {ALICE}")
    told = cisco.told(f"connect {ALICE} 1901", f"conference {ALICE}")
    assert (told[0], told[-1]) == ("CiscoConferenceStart", "CiscoConferenceEnd")
    assert f"CallCtlTermConnTalking {ALICE}" in told
    (call,) = json.loads(cisco.ask("state"))["calls"]
    assert [party["number"] for party in call["parties"]] == ["1001", "1002", "1901"]
    assert "CallInvalid" not in cisco.told(f"disconnect {ALICE}")


def test_plain_jtapi_has_no_start_and_no_end_of_a_transfer(jars: Jars, tmp_path: Path) -> None:
    with Script(jars.plain, tmp_path, "standin.PlainPeer") as plain:
        plain.does("wait", "observe 1001", "observe 1002", f"connect {ALICE} 1002", f"answer {BOB}")
        told = plain.told(f"consult {ALICE} 1901", f"transfer {ALICE}")
        assert not [event for event in told if "Cisco" in event]
        assert told[0] == f"TermConnDropped {ALICE}"


def test_the_other_appearance_of_a_line_is_passive(cisco: Script) -> None:
    cisco.does("observe 1100", "observe 1001", f"connect {ALICE} 1100")
    assert cisco.told(f"answer {HARD}")[2:] == [
        f"TermConnActive {HARD}",
        f"CallCtlTermConnTalking {HARD}",
        f"TermConnPassive {SOFT}",
        f"CallCtlTermConnBridged {SOFT}",
    ]
    assert cisco.told(f"hold {HARD}", f"unhold {SOFT}") == [
        f"TermConnActive {SOFT}",
        f"CallCtlTermConnTalking {SOFT}",
        f"TermConnPassive {HARD}",
        f"CallCtlTermConnBridged {HARD}",
    ]


def test_whoever_observes_later_gets_a_snapshot(either: Script) -> None:
    either.ask(f"dial {ALICE} 1001 1901")
    assert either.told("observe 1001") == [
        "(CallActive)",
        "(ConnCreated 1001)",
        "(ConnCreated 1901)",
        "(ConnConnected 1001)",
        "(CallCtlConnEstablished 1001)",
        f"(TermConnCreated {ALICE})",
        f"(TermConnActive {ALICE})",
        f"(CallCtlTermConnTalking {ALICE})",
        "(ConnConnected 1901)",
        "(CallCtlConnEstablished 1901)",
    ]


@pytest.mark.parametrize(
    ("lines", "refusal"),
    [
        ((f"connect {ALICE} 1901",), "ResourceUnavailable"),  # nobody hears its calls
        (("observe 1001", f"connect {ALICE} 99"), "InvalidParty"),
        (("observe 1020",), "InvalidArgumentExceptionImpl: Address 1020 is not in provider's domain."),
        (("forward 1001 99",), "InvalidArgument"),
        (("forward 1001 1002", "forward 1001 1002"), "InvalidStateExceptionImpl 4 1"),
        (
            ("observe 1001", f"connect {ALICE} 1904", f"tones {ALICE} 1"),
            "InvalidStateExceptionImpl 5 98",
        ),
        (("observe 1001", f"connect {ALICE} 1901", f"redirect {ALICE} 1903"), "InvalidParty"),
        (("observe 1001", f"connect {ALICE} 1901", f"park {ALICE} 1003"), "InvalidParty"),
    ],
)
def test_what_cannot_be_done_is_refused(cisco: Script, lines: tuple[str, ...], refusal: str) -> None:
    (said,) = cisco.does(*lines)
    assert refusal in said


def test_a_ringing_call_is_picked_up(cisco: Script) -> None:
    cisco.does("observe 1002", "observe 1003", f"connect {BOB} 1001")
    told = cisco.told(f"terminal {CAROL} directedPickup 1003 1001")
    assert told[:2] == ["ConnDisconnected 1001", "CallCtlConnDisconnected 1001"]
    assert told[-1] == f"CallCtlTermConnTalking {CAROL}"
    cisco.ask("reset")
    cisco.does("listen", f"connect {BOB} 1001")
    assert f"CallCtlTermConnTalking {CAROL}" in cisco.told(f"terminal {CAROL} pickup 1003")
    assert cisco.does(f"terminal {CAROL} pickup 1003") == ["! com.cisco.jtapi.InvalidStateExceptionImpl 4 0"]


def test_a_call_is_parked_and_taken_by_dialling(cisco: Script) -> None:
    cisco.does("observe 1001", "observe 1002", "observe 1003", f"connect {ALICE} 1002", f"answer {BOB}")
    assert cisco.told(f"park {BOB} 7001")[-1] == "CallCtlConnQueued 7001"
    told = cisco.told(f"connect {CAROL} 7001")
    assert told.index("CallCtlConnDisconnected 7001") < told.index("CiscoCallChanged")
    assert told[-2:] == ["CallInvalid", "CallObservationEnded"]
    (call,) = json.loads(cisco.ask("state"))["calls"]
    assert [party["number"] for party in call["parties"]] == ["1001", "1003"]


@pytest.mark.parametrize(
    ("number", "last"),
    [
        ("+15551901", "CallCtlConnEstablished +15551901"),
        ("1904", "CallCtlConnAlerting 1904"),
        ("1905", "CallCtlConnFailed 1905"),
        ("1903", "CallCtlConnFailed 1903"),
    ],
)
def test_numbers_outside_behave_as_they_are_known_to(either: Script, number: str, last: str) -> None:
    told = either.told("observe 1001", f"connect {ALICE} {number}")
    assert told[-1] == last
    assert (f"CallCtlConnNetworkReached {number}" in told) is number.startswith("+")


def test_a_call_goes_on_elsewhere(either: Script) -> None:
    either.does("observe 1001", "observe 1002", "observe 1003", f"connect {ALICE} 1002")
    redirected = either.told(f"redirect {BOB} 1003")
    assert redirected[:4] == [
        f"TermConnDropped {BOB}",
        f"CallCtlTermConnDropped {BOB}",
        "ConnDisconnected 1002",
        "CallCtlConnDisconnected 1002",
    ]
    assert redirected[-1] == f"CallCtlTermConnRinging {CAROL}"
    either.does(f"answer {CAROL}")
    transferred = [event for event in either.told(f"transferTo {ALICE} 1901") if "Cisco" not in event]
    assert transferred[0] == f"TermConnDropped {ALICE}"
    assert transferred[-1] == "CallCtlConnEstablished 1901"
    assert either.told(f"drop {CAROL}")[-2:] == ["CallInvalid", "CallObservationEnded"]
    assert either.ask("objects") == "0"


def test_a_number_outside_answers_later(either: Script) -> None:
    ringing = either.does("observe 1001", f"connect {ALICE} 1902")
    assert ringing[-1] == "ConnAlerting 1902, CallCtlConnAlerting 1902"
    assert either.does(f"await {len(ringing) + 1}") == ["ConnConnected 1902, CallCtlConnEstablished 1902"]


def test_a_parked_call_is_taken_without_dialling(cisco: Script) -> None:
    cisco.does("observe 1001", "observe 1002", "observe 1003", f"connect {ALICE} 1002", f"answer {BOB}")
    told = cisco.told(f"park {BOB} 7002", f"terminal {CAROL} unPark 1003 7002")
    assert f"CallCtlTermConnTalking {CAROL}" in told
    assert told[-1] == "CallCtlConnDisconnected 7002"
    (said,) = cisco.does(f"terminal {BOB} unPark 1002 7002")
    assert "InvalidArgument" in said


def test_a_private_phone_keeps_others_of_its_line_out(cisco: Script) -> None:
    cisco.ask(f"privacy {HARD} on")
    told = cisco.told("observe 1100", f"connect {HARD} 1901")
    assert f"CallCtlTermConnInUse {SOFT}" in told
    assert f"TermConnPassive {SOFT}" in told
    with pytest.raises(RuntimeError, match="no call for this"):
        cisco.ask(f"resume {SOFT}")


def test_tones_are_kept_by_the_phone_that_sent_them(either: Script) -> None:
    either.does("observe 1001", f"connect {ALICE} 1901", f"tones {ALICE} 12#")
    (call,) = json.loads(either.ask("state"))["calls"]
    assert [leg["digits"] for leg in call["parties"][0]["legs"]] == ["12#"]


def test_events_say_why(cisco: Script) -> None:
    cisco.does("causes", "observe 1001", "observe 1002", f"connect {ALICE} 1002", f"answer {BOB}")
    assert cisco.told(f"hold {ALICE}", f"unhold {ALICE}") == [f"CallCtlTermConnTalking {ALICE} 214/0/12"]
    assert "CallCtlConnDisconnected 1002 210/0/6" in cisco.told(f"redirect {BOB} 1901")
    cisco.ask("reset")
    for number, why in (("1903", "203/17/12"), ("1905", "100/21/12")):
        told = cisco.told("listen", f"connect {ALICE} {number}")
        assert told[-1] == f"CallCtlConnFailed {number} {why}"
        cisco.does(f"drop {ALICE}")
    cisco.ask(f"dial {ALICE} 1001 1906")
    assert cisco.told("listen")[-1] == "CallCtlConnFailed 1906 100/1/12"


def test_plain_events_say_why_as_far_as_plain_jtapi_can(jars: Jars, tmp_path: Path) -> None:
    with Script(jars.plain, tmp_path, "standin.PlainPeer") as plain:
        told = plain.told("wait", "causes", "observe 1001", f"connect {ALICE} 1903")
        assert told[-1] == "CallCtlConnFailed 1903 203"


def test_a_method_waits_until_its_events_are_handed_over(jars: Jars, tmp_path: Path) -> None:
    with Script(jars.cisco, tmp_path, options=("-Dstandin.postcondition=1000",)) as script:
        said = script.does("wait", "observe 1001", f"connect {ALICE} 1901", f"stuck {ALICE}")
        assert said[-1] == (
            "! com.cisco.jtapi.PlatformExceptionImpl: Could not meet post conditions of the method"
        )
        assert said[:-1] == [f"CallCtlTermConnHeld {ALICE}", f"CallCtlTermConnTalking {ALICE}"]


def test_a_call_is_over_for_who_observes_nobody_on_it(either: Script) -> None:
    either.does("observe 1001", f"connect {ALICE} 1901")
    assert either.told(f"transferTo {ALICE} 1904")[-2:] == ["CallInvalid", "CallObservationEnded"]
    assert either.does("state") == ["16 0"]
    assert len(json.loads(either.ask("state"))["calls"]) == 1
