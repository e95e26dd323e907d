"""`cstagw directory check`: what it says, with which code it ends, and what it asks of CTIManagers."""

from __future__ import annotations

import asyncio
import json
import os
import platform
import re
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest
from click.testing import CliRunner, Result

from csta_xml import CSTAErrorCode, ErrorCategory, Message, SnapshotDevice, SnapshotDeviceResponse
from cstagw.cli import main
from cstagw.cli.directory import _TITLES, MAX_SHOWN, SHOWN_OF_EACH, look, shares
from cstagw.config import Config, load
from cstagw.directory import Row
from cstagw.directory.check import Asked, Finding, Kind
from cstagw.directory.known_devices import AT_A_TIME, ask
from cstagw.identity import LineAppearance
from cstagw.selection import Choice
from cstagw.selection.sqlite_store import SqliteSelection
from tests.ctimgr_client.fake_ctimanager import FakeCtiManager
from tests.logs import log_restored

CLEAN = """user,dn,device,line_uri
alice@example.com,1001,SEP000000001001,tel:1001;phone-context=dialstring
bob@example.com,1002,SEP000000001002,
"""
BROKEN = """user,dn,device,enabled
# a comment
alice@example.com,1001,SEP000000001001,
alice@example.com,1001,SEP000000001001,
bob@example.com,1009,SEP00000000100A,
<carol@example.com>,1003,SEP000000001003,
dave@example.com,1004,SEP000000001004,no
"""
FILE = '[directory]\nsource = "csv:users.csv"\n'


@pytest.fixture(autouse=True)
def _a_site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in [name for name in os.environ if name.upper().startswith("CSTAGW_") or name == "NO_COLOR"]:
        monkeypatch.delenv(name)
    monkeypatch.setattr(platform, "node", lambda: "gw1")
    monkeypatch.chdir(tmp_path)
    Path("gw.toml").write_text(FILE)
    Path("users.csv").write_text(CLEAN)
    with log_restored():
        yield


def run(*arguments: str, file: str = "gw.toml", color: bool = False) -> Result:
    return CliRunner().invoke(main, ["directory", "check", "--config", file, *arguments], color=color)


def facts(*arguments: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(run("--json", *arguments).stdout)
    return found


def kinds(*arguments: str) -> list[str]:
    return [one["kind"] for one in facts(*arguments)["findings"]]


# --- what is said ---------------------------------------------------------------------------------------


def test_a_clean_directory_without_a_configured_ctimanager() -> None:
    result = run()
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.splitlines() == [
        "csv:users.csv",
        "",
        "2 devices checked at the embedded simulated cluster",
        "2 line appearances, 2 users, 0 errors, 0 warnings",
    ]
    assert facts() == {
        "source": "csv:users.csv",
        "line_appearances": 2,
        "users": 2,
        "findings": [],
        "checked_devices": 2,
    }


def test_a_broken_one() -> None:
    Path("users.csv").write_text(BROKEN)
    result = run()
    assert (result.exit_code, result.stderr) == (1, "")
    assert result.stdout.splitlines() == [
        "csv:users.csv",
        "",
        "error: rows that cannot be read (1) [row]",
        "  line 6  <carol@example.com>  user '<carol@example.com>' is not a SIP address such as "
        "sip:alice@example.com",
        "  next: correct them; until then the gateway goes on with the directory that it had",
        "",
        "error: line appearances that are there twice (1) [duplicate]",
        "  line 4  alice@example.com  1001 on SEP000000001001 is in line 3 already",
        "  next: delete one of the two rows",
        "",
        "error: devices or lines that do not exist (1) [unknown-device]",
        "  line 5  bob@example.com  1009 on SEP00000000100A is not in provider's domain at the embedded "
        "simulated cluster",
        "  next: configure [[ctimanager]]; without any the simulated cluster is asked, which has its own "
        "lines",
        "",
        "warning: users without a line (1) [no-line]",
        "  line 7  dave@example.com  disabled for him: 1004",
        "  next: give him a line appearance or enable one; leave him out where he is to have none",
        "",
        "2 devices checked at the embedded simulated cluster",
        "4 line appearances, 3 users, 3 errors, 1 warning",
    ]


def test_in_json() -> None:
    Path("users.csv").write_text(BROKEN)
    result = run("--json")
    found = json.loads(result.stdout)
    assert result.exit_code == 1
    assert (found["line_appearances"], found["users"], found["checked_devices"]) == (4, 3, 2)
    assert [one["kind"] for one in found["findings"]] == ["row", "duplicate", "unknown-device", "no-line"]
    assert found["findings"][1] == {
        "severity": "error",
        "kind": "duplicate",
        "place": "line 4",
        "who": "alice@example.com",
        "text": "1001 on SEP000000001001 is in line 3 already",
        "cure": "delete one of the two rows",
    }


def test_offline_no_device_is_asked_for() -> None:
    Path("users.csv").write_text(BROKEN)
    assert kinds("--offline") == ["row", "duplicate", "no-line"]
    assert facts("--offline")["checked_devices"] is None
    assert "checked" not in run("--offline").stdout


def test_warnings_alone_are_no_failure() -> None:
    Path("users.csv").write_text(
        "user,dn,device\nalice@example.com,1001,SEP000000001001\nbob@example.com,,\n"
    )
    result = run()
    assert (result.exit_code, result.stdout.splitlines()[-1]) == (
        0,
        "1 line appearance, 2 users, 0 errors, 1 warning",
    )


def test_every_kind_has_a_title() -> None:
    assert list(_TITLES) == list(Kind)


def test_a_row_cannot_write_to_the_terminal() -> None:
    Path("users.csv").write_text("user,dn,line_uri\na@example.com,1,\x1b[2Jtel:2\n")
    assert "\x1b" not in run("--offline").stdout
    assert "  line 2  a@example.com  ?[2Jtel:2 is no tel: URI of a number" in run("--offline").stdout


def test_colour_only_where_it_is_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("users.csv").write_text(BROKEN)
    assert "\x1b[" not in run("--offline").stdout
    assert "\x1b[31m" in run("--offline", color=True).stdout
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[" not in run("--offline", color=True).stdout


def test_very_many_findings_are_counted() -> None:
    users = "".join(f"u{number}@example.com,,\n" for number in range(3000))
    Path("users.csv").write_text(f"user,dn,device\n{users}al@example.com,1001,SEP1\nbo@example.com,2,2\n")
    result = run("--offline")
    lines = result.stdout.splitlines()
    assert sum(line.startswith("  line ") for line in lines) == MAX_SHOWN
    assert "  and 2,802 more" in lines
    assert "200 of 3,002 findings are shown, --json has all of them" in lines
    assert lines[-1] == "2 line appearances, 3,002 users, 0 errors, 3,002 warnings"
    assert len(facts("--offline")["findings"]) == 3002


def test_no_kind_crowds_out_another() -> None:
    counts = {Kind.ROW: 500, Kind.DUPLICATE: 30, Kind.NO_LINE: 1, Kind.E164: 40}
    found = [Finding(kind, "", "", "text", "cure") for kind, count in counts.items() for _ in range(count)]
    shown = {group[0].kind: (len(group), count) for group, count in shares(found)}
    least = SHOWN_OF_EACH
    assert shown == {
        Kind.ROW: (MAX_SHOWN - 2 * least - 1, 500),
        Kind.DUPLICATE: (least, 30),
        Kind.NO_LINE: (1, 1),
        Kind.E164: (least, 40),
    }


# --- what there is to check -----------------------------------------------------------------------------


def test_the_open_directory() -> None:
    Path("open.toml").write_text("")
    result = run(file="open.toml")
    assert (result.exit_code, result.stderr) == (0, "")
    assert "There is nothing to check." in result.stdout
    result = run("--json", file="open.toml")
    assert json.loads(result.stdout) == {
        "source": "open",
        "line_appearances": None,
        "users": None,
        "findings": [],
        "checked_devices": None,
    }


def test_a_source_that_is_down() -> None:
    Path("users.csv").unlink()
    result = run()
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.splitlines() == [
        "error: users.csv does not exist",
        "next: put it there, or correct [directory] source",
    ]
    result = run("--json")
    found = json.loads(result.stdout)
    assert (result.exit_code, result.stderr) == (1, "")
    assert (found["users"], found["line_appearances"], found["checked_devices"]) == (None, None, None)
    assert [(one["kind"], one["severity"]) for one in found["findings"]] == [("source", "error")]
    assert found["findings"][0]["cure"] == "put it there, or correct [directory] source"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('[directory]\nsource = "csv://x"\n', "directory.source: given"),
        ('[[ctimanager]]\nname = "a"\nurl = "csta://cti_1:4721"\n', "ctimanager[0].url: given"),
        (
            '[directory]\nsource = "axl://a@cucm"\npassword_file = "p"\nca = "nothing.pem"\n',
            "directory.ca: nothing.pem: No such file or directory",
        ),
    ],
)
def test_a_configuration_that_cannot_be_used(text: str, problem: str) -> None:
    Path("bad.toml").write_text(text)
    result = run(file="bad.toml")
    assert (result.exit_code, result.stdout) == (3, "")
    assert problem in result.stderr


def test_without_the_library_of_numbers_they_are_not_judged(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("users.csv").write_text("user,dn\na@example.com,+142\nb@example.com,+14255551001\n")
    assert kinds("--offline") == ["e164"]
    monkeypatch.setitem(sys.modules, "phonenumbers", None)
    assert kinds("--offline") == []


def test_this_machines_own_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform, "node", lambda: "gw_1")
    found = facts("--offline")["findings"]
    assert [(one["kind"], one["place"], one["who"]) for one in found] == [
        ("host-name", "this machine", "gw_1")
    ]


class Rows:
    """A source that is there."""

    kind, name = "test", "test"

    def __init__(self, *rows: Row) -> None:
        self._rows = rows

    async def load(self) -> list[Row]:
        return list(self._rows)

    async def changed(self) -> None:
        raise AssertionError

    async def close(self) -> None:
        pass


@pytest.mark.asyncio
async def test_the_host_of_the_database() -> None:
    config = load(None, {"directory.source": "postgresql://gw:secret@db_1.example.com/cstagw"})
    result = await look(config, Rows(Row("row 1", "a@example.com", "1")), offline=True)
    assert [(one.kind, one.place, one.who) for one in result.findings] == [
        (Kind.HOST_NAME, "[directory] source", "db_1.example.com")
    ]
    config = load(None, {"directory.source": "postgresql://gw@/cstagw?host=/run/post_gres"})
    assert not (await look(config, Rows(Row("row 1", "a@example.com", "1")), offline=True)).findings


def test_rules_for_numbers_lead_to_lines() -> None:
    Path("users.csv").write_text("user,dn,line_uri\na@example.com,1001,tel:+14255551001\n")
    assert kinds("--offline") == ["line-uri"]
    rule = "[[numbers.inbound]]\nmatch = '\\+1425555(\\d{4})'\nreplace = '\\1'\n"
    Path("gw.toml").write_text(FILE + rule)
    assert kinds("--offline") == []


def test_a_device_that_was_chosen() -> None:
    Path("users.csv").write_text("user,dn,device\na@example.com,1,CSF1\na@example.com,1,CSF2\n")
    assert kinds("--offline") == ["no-rule"]
    assert not Path("cstagw-state").exists()
    store = SqliteSelection(Path("cstagw-state/selection.sqlite"))

    async def choose() -> None:
        await store.put(Choice("a@example.com", "1", "CSF2"))
        await store.close()

    asyncio.run(choose())
    assert kinds("--offline") == []
    Path("cstagw-state/selection.sqlite").write_text("this is not a database" * 100)
    assert kinds("--offline") == ["selections", "no-rule"]


# --- with CTIManagers -----------------------------------------------------------------------------------


@pytest.fixture
def cluster() -> Iterator[list[str]]:
    """A simulated cluster in a process of its own: what it says of itself, line by line."""
    program = "from cstagw.cli import main; main()"
    listen = ["--listen", "127.0.0.1:0", "--listen", "127.0.0.1:0", "--control", "127.0.0.1:0"]
    with subprocess.Popen(
        [sys.executable, "-c", program, "simulate", "ctimgr", *listen], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        said: list[str] = []
        while not said or not said[-1].startswith("control:"):
            said.append(process.stdout.readline())
            assert said[-1], "it has ended"
        yield said
        process.terminate()


def test_against_a_cluster(cluster: list[str]) -> None:
    configured = "".join(line for line in cluster if not line.startswith(("simulated", "control")))
    Path("gw.toml").write_text(FILE + configured)
    result = run()
    devices, last = result.stdout.splitlines()[2:]
    assert devices in {"2 devices checked at ctim1", "2 devices checked at ctim2"}
    assert last == "2 line appearances, 2 users, 0 errors, 0 warnings"
    control = re.search(r"http://\S+?/sim/v1", cluster[-1])
    assert control is not None
    unregister = Request(f"{control[0]}/devices/SEP000000001002/unregister", b"{}", method="POST")
    with urlopen(unregister, timeout=5) as answer:
        assert answer.status == 200
    assert kinds() == []
    Path("users.csv").write_text(BROKEN)
    result = run("--json")
    found = json.loads(result.stdout)
    assert (result.exit_code, found["checked_devices"]) == (1, 2)
    (unknown,) = [one for one in found["findings"] if one["kind"] == "unknown-device"]
    assert re.fullmatch(r"1009 on SEP00000000100A is not in provider's domain at ctim[12]", unknown["text"])
    assert unknown["cure"] == "correct number, partition and device, or put the line on the device in CUCM"


def test_no_ctimanager_is_reachable() -> None:
    nobody = '[[ctimanager]]\nname = "ctim1"\nurl = "csta://127.0.0.1:1"\n'
    Path("gw.toml").write_text(FILE + nobody)
    Path("users.csv").write_text(BROKEN)
    result = run()
    assert (result.exit_code, result.stderr) == (1, "")
    said = result.stdout.splitlines()
    place = said.index("warning: devices of which it is not known whether they exist (1) [not-asked]")
    assert said[place + 1 : place + 3] == [
        "  ctim1  no CTIManager is in service: ctim1: Connection refused: nothing listens on port 1 of "
        "127.0.0.1",
        "  next: check that the CTIManager service runs and that the port is right",
    ]
    assert said[-2:] == ["0 devices checked at ctim1", "4 line appearances, 3 users, 2 errors, 2 warnings"]


class Switch(FakeCtiManager):
    """A CTIManager that has the lines it is told, with the error for each; about others it says nothing."""

    def __init__(self, name: str = "ctim1", **errors: str) -> None:
        super().__init__(name)
        self.errors = errors
        self.asked: list[str] = []
        self.breaks_after = 1_000_000

    def answer(self, message: Message) -> Message | None:
        if not isinstance(message, SnapshotDevice):
            return super().answer(message)
        self.asked.append(message.snapshot_object)
        if len(self.asked) >= self.breaks_after:
            self.kill()
            return None
        value = self.errors.get(f"dn{message.snapshot_object.removeprefix('tel:')}", "silence")
        if value == "silence":
            return None
        if value == "there":
            return SnapshotDeviceResponse()
        return CSTAErrorCode(category=ErrorCategory.OPERATION, value=value)


@asynccontextmanager
async def running(*switches: Switch) -> AsyncIterator[None]:
    for switch in switches:
        await switch.start()
    yield
    for switch in switches:
        switch.kill()


def configured(*switches: Switch, request_timeout: str = "5s") -> Config:
    entries = [{"name": switch.name, "url": str(switch.address)} for switch in switches]
    return load(None, {"ctimanager": entries, "session.request_timeout": request_timeout})


def lines(*dns: int) -> list[LineAppearance]:
    return [LineAppearance(str(dn)) for dn in dns]


@pytest.mark.asyncio
async def test_what_each_answer_means() -> None:
    switch = Switch(
        dn1="there",
        dn2="deviceOutOfService",
        dn3="invalidDeviceID",
        dn4="privilegeViolationSpecifiedDevice",
        dn5="resourceBusy",
    )
    async with running(switch):
        asked = await ask(configured(switch), lines(1, 2, 3, 4, 5))
    assert asked == Asked("ctim1", 2, frozenset(lines(3)), frozenset(lines(4)), {"resourceBusy": 1})
    assert asked.checked == 4
    assert sorted(switch.asked) == [f"tel:{dn}" for dn in range(1, 6)]


@pytest.mark.asyncio
async def test_so_many_at_a_time_and_so_long() -> None:
    switch = Switch()
    async with running(switch):
        asked = await ask(configured(switch), lines(*range(AT_A_TIME + 70)), longest=1.0)
    assert len(switch.asked) == AT_A_TIME
    assert asked.checked == 0
    assert asked.trouble == "0 of 120 devices were asked for in 1 s, which is all the time there is"
    assert asked.cure == "check again when the CTIManagers have less to do"


@pytest.mark.asyncio
async def test_what_one_does_not_answer_another_one_is_asked() -> None:
    switches = Switch("ctim1", dn1="there"), Switch("ctim2", dn2="there")
    async with running(*switches):
        asked = await ask(configured(*switches, request_timeout="600ms"), lines(1, 2))
    assert (asked.known, asked.others, asked.trouble) == (2, {}, "")
    assert asked.by in {"ctim1, ctim2", "ctim2, ctim1"}


@pytest.mark.asyncio
async def test_what_nobody_answers_is_said() -> None:
    switch = Switch(dn1="there")
    async with running(switch):
        asked = await ask(configured(switch, request_timeout="600ms"), lines(1, 2))
    assert (asked.known, asked.others, asked.trouble) == (1, {"resourceOutOfService": 1}, "")
    assert switch.asked == ["tel:1", "tel:2", "tel:2"]


@pytest.mark.asyncio
async def test_the_last_ctimanager_is_lost() -> None:
    switch = Switch(**{f"dn{number}": "there" for number in range(300)})
    switch.breaks_after = 200
    async with running(switch):
        asked = await ask(configured(switch), lines(*range(300)))
    assert 0 < asked.checked < 200
    begin = (
        f"{asked.checked} of 300 devices were asked for, then no CTIManager was in service any more: ctim1: "
    )
    assert asked.trouble.startswith(f"{begin}connection ")
    assert asked.cure.startswith("look at the CTIManager's own log")


@pytest.mark.asyncio
async def test_what_is_left_goes_to_another_one() -> None:
    there = {f"dn{number}": "there" for number in range(300)}
    switches = Switch("ctim1", **there), Switch("ctim2", **there)
    for switch in switches:
        switch.breaks_after = 290
    async with running(*switches):
        asked = await ask(configured(*switches), lines(*range(300)))
    assert (asked.known, asked.others, asked.trouble) == (300, {}, "")
    assert asked.by in {"ctim1, ctim2", "ctim2, ctim1"}


@pytest.mark.asyncio
async def test_nobody_is_waited_for_once_each_has_failed() -> None:
    gone, mute = Switch("ctim1"), Switch("ctim2")
    mute.hangs = True
    async with running(gone, mute):
        gone.kill()
        config = configured(gone, mute, request_timeout="600ms")
        asked = await ask(config, lines(1))
        async with asyncio.timeout(10):
            assert (await ask(configured(gone, request_timeout="25s"), lines(1))).trouble
    assert (asked.by, asked.checked) == ("ctim1, ctim2", 0)
    refused, silent = asked.trouble.split("; ")
    assert refused.startswith("no CTIManager is in service: ctim1: Connection refused: ")
    assert silent.startswith("ctim2: Operation timed out: 127.0.0.1 accepted the connection but opened no")
    assert asked.cure == "check that the CTIManager service runs and that the port is right"
