"""What the stand-in does apart from calls: providers, phones, what is set on them, faults on command."""

from __future__ import annotations

import json
import threading
from pathlib import Path

import pytest

from .script import ALICE, BOB, LONGEST, Script
from .standin import Jars


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


def test_a_provider_may_be_in_service_before_it_is_observed(jars: Jars, tmp_path: Path) -> None:
    with Script(jars.cisco, tmp_path, options=("-Dstandin.delay=0",)) as script:
        assert script.does("wait", "state") == ["16 0"]


def test_do_not_disturb_is_told_to_who_asks_for_it(cisco: Script) -> None:
    cisco.does("observe 1001", "watch 1002", "await 2")
    assert cisco.does(f"terminal {BOB} setDNDStatus true") == []
    assert cisco.does(f"terminal {BOB} setDNDStatus true") == [
        "! com.cisco.jtapi.InvalidStateExceptionImpl 3 1"
    ]
    assert cisco.told(f"connect {ALICE} 1002")[-1] == "CallCtlConnFailed 1002"
    cisco.does(f"filter {BOB}")
    assert cisco.does(f"terminal {BOB} setDNDStatus false") == ["CiscoTermDNDStatusChanged"]


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
    asked.join(LONGEST)
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


def test_a_storm_may_go_over_all_lines(cisco: Script) -> None:
    lines = [str(number) for number in range(1001, 1006)]
    cisco.does(*(f"observe {line}" for line in lines))
    cisco.ask("storm 100 all")
    told = cisco.told("listen")
    assert told.count("CallInvalid") == 4
    assert sorted(told.count(f"CallCtlConnDisconnected {line}") for line in lines) == [0, 2, 2, 2, 2]


def test_a_jvm_that_is_gone_is_no_answer(cisco: Script) -> None:
    with pytest.raises(OSError, match=r"gone|refused|reset"):
        cisco.ask("exit")
    with pytest.raises(OSError, match=r"gone|refused|reset"):
        cisco.ask("host")
