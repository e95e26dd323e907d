"""`cstagw user`: what an administrator reads of one user, and choosing a device for him."""

from __future__ import annotations

import json
import os
import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from click.testing import CliRunner, Result

from cstagw.cli import main
from tests.cstagw.test_cli_control import Gateway

SESSION: dict[str, Any] = {
    "id": "7ebf408f",
    "line": "tel:1100;phone-context=dialstring",
    "dn": "1100",
    "device": "SEP00000000110C",
    "partition": None,
    "rule": "the user's choice",
    "ctimanager": "ctim1",
    "moving": False,
    "waits_for": None,
    "monitors": 1,
    "calls": {},
    "seconds": 65.2,
}
REFUSED: dict[str, Any] = {
    "seconds_ago": 12.3,
    "line": "tel:1001",
    "peer": "10.0.0.5",
    "status": 403,
    "reason": "not_authorized",
    "text": "carol@example.com may not control tel:1001: it is not his in csv:lines.csv",
    "device": "",
    "rule": "",
    "session": "",
}
GRANTED = REFUSED | {"status": 200, "reason": "", "text": "", "seconds_ago": 65.2}
CAROL: dict[str, Any] = {
    "user": "carol@example.com",
    "controls_all_lines": False,
    "directory": {
        "source": "csv:lines.csv",
        "line_appearances": 50,
        "loaded_seconds_ago": 65.0,
        "stale": False,
        "failing_seconds": None,
        "error": "",
        "cure": "",
    },
    "selection_store": {"name": "sqlite:selection.sqlite", "error": "", "cure": ""},
    "appearances": [
        {
            "dn": "1100",
            "partition": "",
            "device": "SEP000000001100",
            "model": "Cisco 8851",
            "enabled": True,
            "chosen": False,
        },
        {
            "dn": "1100",
            "partition": "staff",
            "device": "SEP00000000110C",
            "model": "",
            "enabled": False,
            "chosen": True,
        },
        {"dn": "1101", "partition": "", "device": "", "model": "", "enabled": True, "chosen": False},
    ],
    "selections": [],
    "sessions": [],
    "last_granted": None,
    "last_refused": None,
}
CHOICE: dict[str, Any] = {
    "dn": "1100",
    "device": "SEP000000001100",
    "partition": "",
    "state": "in force",
    "text": "",
    "chosen_seconds_ago": 3.0,
}


def problem(text: str, cure: str = "") -> dict[str, Any]:
    return {"problems": [{"path": "", "text": text}], "cure": cure}


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.upper().startswith("CSTAGW_") or name == "NO_COLOR"]:
        monkeypatch.delenv(name)


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    with Gateway() as gateway:
        thread = threading.Thread(target=gateway.serve_forever, args=(0.01,))
        thread.start()
        yield gateway
        gateway.shutdown()
        thread.join()


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["user", *arguments])


def shown(gateway: Gateway, **other: object) -> list[str]:
    """What is printed of Carol, but for these."""
    gateway.answers = [(200, CAROL | other)]
    result = run("carol@example.com", "--admin", gateway.admin)
    assert (result.exit_code, result.stderr) == (0, "")
    return result.stdout.splitlines()


# Reading


def test_a_user_who_is_not_signed_in(gateway: Gateway) -> None:
    assert shown(gateway) == [
        "carol@example.com",
        "no session",
        "line appearances",
        "  1100, SEP000000001100, Cisco 8851",
        "  1100, SEP00000000110C, partition staff, disabled, chosen",
        "  1101, (any device)",
    ]
    assert gateway.asked == [("GET /admin/v1/users/carol%40example.com", "")]


@pytest.mark.parametrize("uri", ["sip:Carol@Example.com", "SIPS:carol@example.com;user=phone"])
def test_an_address_may_be_written_in_any_form(gateway: Gateway, uri: str) -> None:
    gateway.answers = [(200, CAROL)]
    assert run(uri, "--admin", gateway.admin).exit_code == 0
    assert gateway.asked == [("GET /admin/v1/users/carol%40example.com", "")]


def test_signs_that_an_url_has_for_itself_reach_the_gateway(gateway: Gateway) -> None:
    gateway.answers = [(200, CAROL)]
    assert run("a/b?%41#c@x", "--admin", gateway.admin).exit_code == 0
    assert gateway.asked == [("GET /admin/v1/users/a%2Fb%3F%2541%23c%40x", "")]


def test_a_session_with_its_calls(gateway: Gateway) -> None:
    moving = SESSION | {"id": "aa", "device": None, "moving": True, "seconds": 3.0, "rule": "the only device"}
    lines = shown(gateway, sessions=[SESSION | {"calls": {"7": "connected", "9": "hold"}}, moving])
    assert lines[1:11] == [
        "session 7ebf408f for 1m5s: 1100 on SEP00000000110C over ctim1",
        "  line   tel:1100;phone-context=dialstring",
        "  rule   the user's choice",
        "  call   7 connected",
        "  call   9 hold",
        "session aa for 3s: 1100 on whatever the CTIManager chooses over ctim1",
        "  line   tel:1100;phone-context=dialstring",
        "  rule   the only device",
        "  moving to another CTIManager",
        "line appearances",
    ]


def test_where_a_session_is_to_go_and_why_it_is_not_there(gateway: Gateway) -> None:
    waits = {"devices": ["SEP9", None], "text": "not possible so far: no line appearance"}
    lines = shown(gateway, sessions=[SESSION | {"waits_for": waits, "moving": True}])
    assert lines[4] == "  to go to SEP9, any device: not possible so far: no line appearance"
    assert "  moving to another CTIManager" not in lines


def test_the_last_refusal_with_its_reason(gateway: Gateway) -> None:
    assert shown(gateway, last_refused=REFUSED)[1:5] == [
        "no session",
        "refused 12s ago with 403 (not_authorized)",
        "  carol@example.com may not control tel:1001: it is not his in csv:lines.csv",
        "  asked for tel:1001 from 10.0.0.5",
    ]
    assert "  asked for no line from 10.0.0.5" in shown(gateway, last_refused=REFUSED | {"line": ""})


@pytest.mark.parametrize(
    ("refused_ago", "head"),
    [
        (60.0, "refused 1m0s ago with 403 (not_authorized)"),
        (70.0, "refused 1m10s ago with 403 (not_authorized), before he was let in"),
    ],
)
def test_a_refusal_that_a_sign_in_has_followed(gateway: Gateway, refused_ago: float, head: str) -> None:
    refused = REFUSED | {"seconds_ago": refused_ago}
    assert shown(gateway, last_refused=refused, last_granted=GRANTED)[2] == head


@pytest.mark.parametrize(
    ("state", "text", "line"),
    [
        ("in force", "", "choice for 1100: SEP000000001100, in force"),
        (
            "pending",
            "takes effect when the call at the old device is over",
            "choice for 1100: SEP000000001100, pending: takes effect when the call at the old device is over",
        ),
    ],
)
def test_a_choice_and_what_has_become_of_it(gateway: Gateway, state: str, text: str, line: str) -> None:
    assert shown(gateway, selections=[CHOICE | {"state": state, "text": text}])[-1] == line


def test_a_user_who_may_control_every_line(gateway: Gateway) -> None:
    assert shown(gateway, controls_all_lines=True, appearances=[])[-2:] == [
        "line appearances",
        "  every line that a CTIManager knows",
    ]


def test_what_is_wrong_around_him_comes_first_with_the_next_step(gateway: Gateway) -> None:
    error = {"error": "lines.csv does not exist", "cure": "put it there", "stale": True}
    store = {"name": "x", "error": "the database is gone", "cure": "start it"}
    lines = shown(gateway, directory=CAROL["directory"] | error, selection_store=store)
    assert lines[:7] == [
        "carol@example.com",
        "  directory: lines.csv does not exist",
        "    next: put it there",
        "  selection store: the database is gone",
        "    next: start it",
        "    what is in force was loaded 1m5s ago",
        "no session",
    ]
    never = CAROL["directory"] | error | {"loaded_seconds_ago": None}
    assert "what is in force" not in "\n".join(shown(gateway, directory=never))


@pytest.mark.parametrize("arguments", [["carol@example.com", "--json"], ["--json", "carol@example.com"]])
def test_json_is_what_the_gateway_says(gateway: Gateway, arguments: list[str]) -> None:
    gateway.answers = [(200, CAROL)]
    result = run(*arguments, "--admin", gateway.admin)
    assert (result.exit_code, json.loads(result.stdout)) == (0, CAROL)


def test_nobody_of_that_name(gateway: Gateway) -> None:
    gateway.answers = [(404, problem("nobody has heard of zz@x: not in the directory, no session"))]
    result = run("zz@x", "--admin", gateway.admin)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.splitlines() == [
        "error: nobody has heard of zz@x: not in the directory, no session",
        "next: check the address, and whether the directory has him",
    ]


# Choosing


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["SEP1"], {"device": "SEP1"}),
        (["SEP1", "--line", "1100"], {"device": "SEP1", "line": "1100"}),
        (["--line", "1100", "SEP1"], {"device": "SEP1", "line": "1100"}),
        (["--default"], {"device": None}),
        (["--default", "--line", "1100"], {"device": None, "line": "1100"}),
    ],
)
def test_a_device_is_chosen_or_the_choice_taken_back(
    gateway: Gateway, arguments: list[str], words: dict[str, Any]
) -> None:
    gateway.answers = [(200, CAROL | {"selections": [CHOICE]})]
    result = run("sip:carol@example.com", "--admin", gateway.admin, "select", *arguments)
    assert (result.exit_code, result.stdout.splitlines()[-1]) == (
        0,
        "choice for 1100: SEP000000001100, in force",
    )
    [(request, body)] = gateway.asked
    assert request == "POST /admin/v1/users/carol%40example.com/selection"
    assert json.loads(body) == words


@pytest.mark.parametrize("before", [True, False])
def test_what_was_chosen_as_json(gateway: Gateway, before: bool) -> None:
    gateway.answers = [(200, CAROL)]
    select = ["--json", "select", "SEP1"] if before else ["select", "SEP1", "--json"]
    result = run("carol@example.com", "--admin", gateway.admin, *select)
    assert (result.exit_code, json.loads(result.stdout)) == (0, CAROL)


@pytest.mark.parametrize(
    ("status", "cure", "next_step"),
    [
        (422, "", "see `cstagw user URI` for his lines and devices"),
        (404, "", "check the address, and whether the directory has him"),
        (503, "start the database", "start the database"),
    ],
)
def test_a_choice_that_is_refused(gateway: Gateway, status: int, cure: str, next_step: str) -> None:
    answer = problem("SEP1 is not a device of carol@example.com; his are none", cure)
    gateway.answers = [(status, answer)]
    result = run("carol@example.com", "--admin", gateway.admin, "select", "SEP1")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.splitlines() == [
        "error: SEP1 is not a device of carol@example.com; his are none",
        f"next: {next_step}",
    ]
    result = run("carol@example.com", "--json", "--admin", gateway.admin, "select", "SEP1")
    assert (result.exit_code, json.loads(result.stdout)) == (1, answer)


# What ends before anybody is asked


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ([], "Missing argument 'URI'"),
        (["<carol>"], "user '<carol>' is not a SIP address such as sip:alice@example.com"),
        ([" "], "no user"),
        (["carol@x", "--typo"], "No such option '--typo'"),
        (["carol@x", "selct", "SEP1"], "No such command 'selct'. Did you mean 'select'?"),
        (["carol@x", "--admin", "nowhere"], "write HOST:PORT"),
        (["carol@x", "select"], "give a DEVICE, or --default"),
        (["carol@x", "select", "SEP1", "--default"], "give a DEVICE, or --default"),
        (["carol@x", "select", "SEP1", "SEP2"], "unexpected extra argument"),
    ],
)
def test_usage(gateway: Gateway, arguments: list[str], text: str) -> None:
    at = [] if "--admin" in arguments else ["--admin", gateway.admin]
    result = run(*at, *arguments)
    assert (result.exit_code, text in result.stderr) == (2, True), result.stderr
    assert gateway.asked == []


@pytest.mark.parametrize("words", [["--help"], ["select", "--help"]])
def test_help(words: list[str]) -> None:
    result = run("carol@example.com", *words)
    assert result.exit_code == 0
    assert ("--default" in result.stdout) is ("select" in words)


@pytest.mark.parametrize("words", [[], ["--json"], ["select", "SEP1"]])
def test_nobody_answers(words: list[str]) -> None:
    with socket.socket() as bound:  # bound, but nobody listens
        bound.bind(("127.0.0.1", 0))
        admin = f"127.0.0.1:{bound.getsockname()[1]}"
        result = run("carol@example.com", "--admin", admin, *words)
    assert (result.exit_code, result.stdout) == (4, "")
    assert f"no gateway answers at {admin}: Connection refused" in result.stderr
    assert "\nnext: " in result.stderr


def test_something_else_answers(gateway: Gateway) -> None:
    gateway.answers = [(404, b"<html>not found</html>")]
    result = run("carol@example.com", "--admin", gateway.admin)
    assert (result.exit_code, "answered 404 to /admin/v1/users/" in result.stderr) == (1, True)
