"""The stand-in for the JTAPI library keeps the order of events that the library's documentation shows.

`standin.Script` uses it as a stranger would: its input is what to do, its output what it was told, one array
of events to a line. Does not know the bridge.
"""

from __future__ import annotations

import json
import subprocess
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType

import pytest

from .standin import Control, Jars, build

ALICE, BOB, CAROL = "SEP000000001001", "SEP000000001002", "SEP000000001003"
HARD, SOFT = "SEP000000001100", "SEP00000000110C"
_LONGEST = 60.0
_TALKING = f"TermConnActive {ALICE}", f"CallCtlTermConnTalking {ALICE}"


@pytest.fixture(scope="module")
def jars(tmp_path_factory: pytest.TempPathFactory) -> Jars:
    return build(tmp_path_factory.mktemp("jars"))


class Script:
    """One JVM with the program in it. It is killed when it takes too long."""

    def __init__(self, jar: Path, folder: Path, *words: str, options: tuple[str, ...] = ()) -> None:
        self._control = folder / "control"
        self._control.mkdir()
        self._process = subprocess.Popen(
            [
                "java",
                f"-Dstandin.control={self._control}",
                *options,
                "-cp",
                str(jar),
                "standin.Script",
                *words,
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._watchdog = threading.Timer(_LONGEST, self._process.kill)
        self._watchdog.start()

    def __enter__(self) -> Script:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._watchdog.cancel()
        self._process.kill()
        self._process.communicate()

    def does(self, *lines: str) -> list[str]:
        """Have it do these, one after the other; what it was told during the last of them, and its answer
        where that is an exception."""
        told: list[str] = []
        for line in lines:
            told = []
            assert self._process.stdin is not None
            self._process.stdin.write(line + "\n")
            self._process.stdin.flush()
            while (said := self.says()) != ".":
                told.append(said)
                if said.startswith("! "):
                    break
        return told

    def says(self) -> str:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, "the program has ended"
        return line.rstrip("\n")

    def told(self, *lines: str) -> list[str]:
        """The same, event for event."""
        return [event for line in self.does(*lines) for event in line.split(", ")]

    def ask(self, command: str) -> str:
        (file,) = self._control.glob("[0-9]*")
        return Control(file).ask(command)


@pytest.fixture
def cisco(jars: Jars, tmp_path: Path) -> Iterator[Script]:
    with Script(jars.cisco, tmp_path) as script:
        script.does("wait")
        yield script


@pytest.fixture(params=["cisco", "plain"])
def either(jars: Jars, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Script]:
    peer = ("standin.PlainPeer",) if request.param == "plain" else ()
    with Script(getattr(jars, request.param), tmp_path, *peer) as script:
        script.does("wait")
        yield script


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


@pytest.mark.parametrize(
    ("option", "tail"),
    [
        ("-Dstandin.password=other", "bad login or password"),
        ("-Dstandin.open=Operation timed out", "Operation timed out"),
        ("-Dscript.login=;login=u;passwd=p", "null"),
        ("-Dscript.login=127.0.0.1;passwd=p", "login="),
    ],
)
def test_a_provider_that_cannot_be_opened(jars: Jars, tmp_path: Path, option: str, tail: str) -> None:
    with Script(jars.cisco, tmp_path, options=(option,)) as script:
        wanted = f"! com.cisco.jtapi.PlatformExceptionImpl: Unable to create provider -- {tail}"
        assert script.says() == wanted


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


def test_do_not_disturb_is_told_to_who_asks_for_it(cisco: Script) -> None:
    cisco.does("observe 1001", "watch 1002", "await 2")
    assert cisco.does(f"terminal {BOB} setDNDStatus true") == []
    assert cisco.does(f"terminal {BOB} setDNDStatus true") == [
        "! com.cisco.jtapi.InvalidStateExceptionImpl 3 1"
    ]
    assert cisco.told(f"connect {ALICE} 1002")[-1] == "CallCtlConnFailed 1002"
    cisco.does(f"filter {BOB}")
    assert cisco.does(f"terminal {BOB} setDNDStatus false") == ["CiscoTermDNDStatusChanged"]


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


def test_lines_are_forwarded_and_lamps_lit(either: Script) -> None:
    either.does("observe 1001", "observe 1002", "watch 1002")
    assert "CallCtlAddrForward" in either.told("forward 1002 1901")
    told = either.told(f"connect {ALICE} 1002")
    assert told.index("CallCtlConnDisconnected 1002") < told.index("CallCtlConnEstablished 1901")
    either.ask(f"mwi {BOB} on")
    assert either.told("listen") == ["CallCtlAddrMessageWaiting"]
    either.ask(f"forward {BOB} now")
    assert either.told("listen") == ["CallCtlAddrForward"]
    forwards = {line["number"]: line["forward"] for line in json.loads(either.ask("state"))["lines"]}
    assert forwards["1002"].isdigit()


def test_a_super_provider_may_create_any_terminal(cisco: Script) -> None:
    (said,) = cisco.does("create SEP000000001020")
    assert "PrivilegeViolation" in said
    cisco.ask("super on")
    told = cisco.told("create SEP000000001020")
    assert told == ["CiscoProviderCapabilityChanged", "CiscoTermCreated", "CiscoAddrCreated"]
    assert cisco.does("observe 1020") == []
    (said,) = cisco.does("create SEP000000001099")
    assert "InvalidArgument" in said


def test_what_is_restricted_cannot_be_observed(cisco: Script) -> None:
    cisco.does("watch 1001", "await 2")
    cisco.ask(f"device {ALICE} restrict")
    told = cisco.told("await 3")
    assert told == [
        "CiscoTermRestricted",
        "CiscoAddrRestrictedOnTerminal",
        "CiscoAddrOutOfService",
        "CiscoTermOutOfService",
    ]
    (said,) = cisco.does("observe 1001")
    assert "restricted" in said
    cisco.ask(f"device {ALICE} activate")
    assert "CiscoTermInService" in cisco.told("listen")
    assert cisco.does("observe 1001") == []


def test_a_provider_goes_out_of_service_and_comes_back(cisco: Script) -> None:
    cisco.does("observe 1001", f"connect {ALICE} 1904", "watch 1001", "await 2")
    cisco.ask("provider out")
    assert cisco.told("await 4") == [
        "CallObservationEnded",
        "CiscoAddrOutOfService",
        "CiscoTermOutOfService",
        "ProvOutOfService",
    ]
    assert cisco.does(f"connect {ALICE} 1901") == ["! com.cisco.jtapi.InvalidStateExceptionImpl 0 17"]
    assert cisco.ask("host") == "127.0.0.1"
    cisco.ask("provider in")
    assert "(CallActive)" in cisco.told("listen")


def test_phones_come_and_go(cisco: Script) -> None:
    cisco.does("observe 1001", "observe 1002", f"connect {ALICE} 1002")
    cisco.ask(f"device {BOB} out")
    assert "CallInvalid" in cisco.told("listen")
    assert "CallCtlConnFailed 1002" in cisco.told(f"connect {ALICE} 1002")
    cisco.ask("reset")
    assert f"CallCtlTermConnRinging {BOB}" in cisco.told("listen", f"connect {ALICE} 1002")
    cisco.ask(f"device {BOB} remove")
    (said,) = cisco.does("listen", "observe 1002")
    assert "is not in provider's domain" in said


def test_methods_fail_and_hang_as_commanded(cisco: Script) -> None:
    cisco.does("observe 1001")
    cisco.ask('fail connect Platform 0x8CCC0076 "line out of service"')
    (said,) = cisco.does(f"connect {ALICE} 1901")
    assert said == "! com.cisco.jtapi.PlatformExceptionImpl: line out of service"
    cisco.ask("hang on")
    asked = threading.Thread(target=cisco.does, args=("state",))
    asked.start()
    asked.join(0.3)
    assert asked.is_alive()
    cisco.ask("hang off")
    asked.join(_LONGEST)
    assert not asked.is_alive()
    assert "Provider.getState" in cisco.ask("calls").split()
    with pytest.raises(RuntimeError, match="no command"):
        cisco.ask("dance")


def test_a_storm_leaves_nothing_behind(cisco: Script) -> None:
    cisco.does("observe 1001", "observe 1002")
    calls = int(cisco.ask("storm 1000"))
    assert calls == 40
    told = cisco.told("listen")
    assert told.count("CallInvalid") == calls
    assert len(told) >= 1000
    assert cisco.ask("objects") == "0"


def test_a_jvm_that_is_gone_is_no_answer(cisco: Script) -> None:
    with pytest.raises(OSError, match=r"gone|refused|reset"):
        cisco.ask("exit")
    with pytest.raises(OSError, match=r"gone|refused|reset"):
        cisco.ask("host")
