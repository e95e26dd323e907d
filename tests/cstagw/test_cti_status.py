"""`cstagw cti` and `cstagw status`: what a person reads, what a program reads, and what both get when nobody
answers."""

import json
import os
import re
import socket
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from click.testing import CliRunner, Result

from cstagw.cli import main
from cstagw.cli.cti import age

UP: dict[str, Any] = {
    "name": "cucm1",
    "address": "csta://10.0.0.11:4721",
    "state": "IN_SERVICE",
    "since_seconds": 11520.4,
    "generation": 1,
    "sessions": 1200,
    "devices": 1180,
    "requests_in_flight": 0,
    "heartbeat_rtt_seconds": 0.00042,
    "disconnects": 0,
    "flaps": 0,
    "cause": None,
    "cure": None,
    "last_error": None,
    "last_error_seconds_ago": None,
    "refused_lines": [],
}
DOWN = UP | {
    "name": "cucm2",
    "address": "csta://10.0.0.12:4721",
    "state": "OUT_OF_SERVICE",
    "since_seconds": 12.0,
    "sessions": 0,
    "devices": 0,
    "heartbeat_rtt_seconds": None,
    "flaps": 3,
    "cause": "Connection refused: nothing listens on port 4721 of 10.0.0.12",
    "cure": "check that the CTIManager service runs and that the port is right",
    "last_error": "Connection refused: nothing listens; check",
    "last_error_seconds_ago": 2.0,
}
BACK = UP | {"name": "cucm3", "last_error": "no heartbeat: nothing; check", "last_error_seconds_ago": 75.0}
LONG_AGO = BACK | {"name": "cucm4", "last_error_seconds_ago": 3600.0}
STATUS: dict[str, Any] = {
    "node": "gw1",
    "version": "1.2.3",
    "ready": True,
    "draining": False,
    "drain": {"phase": "serving", "notice_seconds_left": 0.0, "deadline_seconds_left": 0.0},
    "checks": [{"name": "config", "passed": True, "text": "loaded"}],
    "sessions": 1200,
    "sip": {"connections": {"tcp": 2, "tls": 1}, "dialogs": 1201, "transactions": {}},
    "directory": {
        "source": "csv:lines.csv",
        "line_appearances": 50,
        "loaded_seconds_ago": 65.0,
        "stale": False,
        "error": "",
        "cure": "",
    },
    "selection_store": {"name": "sqlite:selection.sqlite", "error": "", "cure": ""},
    "ctimanagers": {"configured": 2, "in_service": 2},
}

Ask = Callable[[object, str], Result]


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.upper().startswith("CSTAGW_") or name == "NO_COLOR"]:
        monkeypatch.delenv(name)


class Admin(BaseHTTPRequestHandler):
    """Answers every path with what the test has put there."""

    answer: object = None
    asked: str = ""

    def do_GET(self) -> None:
        Admin.asked = self.path
        body = json.dumps(Admin.answer).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args: object) -> None:
        """Tests are quiet."""


@pytest.fixture
def ask() -> Iterator[Ask]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Admin)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()

    def run(answer: object, command: str) -> Result:
        Admin.answer = answer
        return CliRunner().invoke(main, [*command.split(), "--admin", f"127.0.0.1:{server.server_port}"])

    yield run
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_table_with_cause_and_cure_below_what_is_down(ask: Ask) -> None:
    result = ask({"ctimanagers": [UP, DOWN]}, "cti")
    assert (result.exit_code, Admin.asked) == (0, "/admin/v1/ctimanagers")
    assert result.stdout.splitlines() == [
        "NAME   ADDRESS                STATE             FOR  SESSIONS  DEVICES    RTT  FLAPS",
        "cucm1  csta://10.0.0.11:4721  IN_SERVICE      3h12m      1200     1180  0.4ms      0",
        "cucm2  csta://10.0.0.12:4721  OUT_OF_SERVICE    12s         0        0      -      3",
        "  cause: Connection refused: nothing listens on port 4721 of 10.0.0.12",
        "  cure: check that the CTIManager service runs and that the port is right",
        "1 of 2 in service",
    ]


def test_one_that_is_back_tells_of_its_last_trouble_while_that_is_recent(ask: Ask) -> None:
    lines = ask({"ctimanagers": [BACK, LONG_AGO]}, "cti").stdout.splitlines()
    assert [line for line in lines if line.startswith("  ")] == ["  1m15s ago: no heartbeat: nothing; check"]
    assert lines[-1] == "2 of 2 in service"


def test_lines_that_a_ctimanager_refused_stand_below_it(ask: Ask) -> None:
    refused = {
        "seconds_ago": 40.2,
        "line": "4503",
        "cause": "Address 4503 is not in provider's domain: no such line",
        "cure": "associate it",
    }
    few, many = UP | {"refused_lines": [refused]}, UP | {"refused_lines": [refused] * 7}
    lines = ask({"ctimanagers": [few, many]}, "cti").stdout.splitlines()
    said = "  40s ago: Address 4503 is not in provider's domain: no such line; associate it"
    assert lines[2:3] == [said]
    assert lines[4:-1] == [said] * 5 + ["  and: 2 more lines were refused; --json lists them"]


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.4, "0s"), (59.9, "59s"), (60, "1m0s"), (3725, "1h2m"), (86400, "1d0h"), (864000 + 7300, "10d2h")],
)
def test_ages(seconds: float, text: str) -> None:
    assert age(seconds) == text


@pytest.mark.parametrize(("command", "answer"), [("cti", {"ctimanagers": [UP, DOWN]}), ("status", STATUS)])
def test_json_is_what_the_gateway_says(ask: Ask, command: str, answer: dict[str, Any]) -> None:
    result = ask(answer, f"{command} --json")
    assert (result.exit_code, json.loads(result.stdout)) == (0, answer)


def test_a_gateway_that_is_well(ask: Ask) -> None:
    result = ask(STATUS, "status")
    assert (result.exit_code, Admin.asked) == (0, "/admin/v1/status")
    assert result.stdout.splitlines() == [
        "gw1: ready, cstagw 1.2.3",
        "sessions     1200",
        "SIP          1201 dialogs, connections: 2 TCP, 1 TLS",
        "directory    csv:lines.csv, 50 line appearances, loaded 1m5s ago",
        "CTIManagers  2 of 2 in service",
    ]


def test_a_gateway_that_is_not_says_what_fails_and_where_to_look(ask: Ask) -> None:
    failed = {"name": "draining", "passed": False, "text": "yes"}
    drain = {"phase": "notice", "notice_seconds_left": 4.2, "deadline_seconds_left": 59.2}
    answer = STATUS | {"ready": False, "draining": True, "drain": drain, "checks": [failed]}
    answer["ctimanagers"] = {"configured": 2, "in_service": 1}
    lines = ask(answer, "status").stdout.splitlines()
    assert lines[:3] == [
        "gw1: NOT READY, cstagw 1.2.3",
        "  draining: yes",
        "drain        notice, notice over in 4 s, deadline over in 59 s",
    ]
    assert lines[-1] == "CTIManagers  1 of 2 in service; `cstagw cti` tells why"


@pytest.mark.parametrize("command", ["cti", "status", "cti --json"])
def test_nobody_answers(command: str) -> None:
    with socket.socket() as bound:  # bound, but nobody listens
        bound.bind(("127.0.0.1", 0))
        admin = f"127.0.0.1:{bound.getsockname()[1]}"
        result = CliRunner().invoke(main, [*command.split(), "--admin", admin])
    assert (result.exit_code, result.stdout) == (4, "")
    assert f"no gateway answers at {admin}: Connection refused" in result.stderr
    assert re.search(r"^next: ", result.stderr, re.MULTILINE)


def test_the_admin_listener_of_the_configuration_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        admin = f"127.0.0.1:{bound.getsockname()[1]}"
        monkeypatch.setenv("CSTAGW_ADMIN__LISTEN", admin)
        result = CliRunner().invoke(main, ["cti"])
    assert result.exit_code == 4
    assert admin in result.stderr
