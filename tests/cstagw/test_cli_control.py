"""Commands that talk to a running gateway: what they say and with which code they end."""

import json
import os
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from cstagw.cli import main


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.upper().startswith("CSTAGW_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")  # what stands there must not matter


def status(phase: str, sessions: int = 0, notice: float = 0.0, deadline: float = 0.0) -> dict[str, Any]:
    left = {"notice_seconds_left": notice, "deadline_seconds_left": deadline}
    return {"phase": phase, "leaving": False, "sessions": sessions, **left}


class Gateway(ThreadingHTTPServer):
    """An admin listener that gives the answers it was told to, the last one again and again."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Exchange)
        self.answers: list[tuple[int, object]] = []
        self.asked: list[tuple[str, str]] = []

    @property
    def admin(self) -> str:
        return f"127.0.0.1:{self.server_address[1]}"


class _Exchange(BaseHTTPRequestHandler):
    server: Gateway

    def do_GET(self) -> None:
        self.exchange()

    def do_POST(self) -> None:
        self.exchange()

    def exchange(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        self.server.asked.append((f"{self.command} {self.path}", body))
        answers = self.server.answers
        code, found = answers.pop(0) if len(answers) > 1 else answers[0]
        self.send_response(code)
        self.end_headers()
        self.wfile.write(found if isinstance(found, bytes) else json.dumps(found).encode())

    def log_message(self, *_given: object) -> None:
        """Nothing on the screen."""


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    with Gateway() as gateway:
        thread = threading.Thread(target=gateway.serve_forever, args=(0.01,))
        thread.start()
        yield gateway
        gateway.shutdown()
        thread.join()


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments)


def test_drain_tells_the_times_left(gateway: Gateway) -> None:
    gateway.answers = [(200, status("notice", 3, 4.5, 59.5))]
    result = run("drain", "--admin", gateway.admin)
    assert result.stdout == "notice, 3 sessions, notice over in 4.5 s, deadline over in 59.5 s\n"
    assert (result.exit_code, gateway.asked) == (0, [("POST /admin/v1/drain", '{"exit": true}')])


def test_drain_waits_until_no_session_is_left(gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cstagw.cli.drain._POLL", 0.0)
    phases = [status("refusing", 2), status("ending", 1), status("drained")]
    gateway.answers = [(200, status("notice", 2)), *((200, {"drain": one}) for one in phases)]
    result = run("drain", "--wait", "--json", "--admin", gateway.admin)
    assert (result.exit_code, json.loads(result.stdout)) == (0, status("drained"))


def test_drain_that_stays(gateway: Gateway) -> None:
    gateway.answers = [(200, status("notice", 3))]
    assert run("drain", "--stay", "--admin", gateway.admin).exit_code == 0
    assert gateway.asked == [("POST /admin/v1/drain", '{"exit": false}')]


def test_drain_that_is_taken_back_while_it_is_waited_for(gateway: Gateway) -> None:
    gateway.answers = [(200, status("notice", 2)), (200, {"drain": status("serving", 2)})]
    result = run("drain", "--wait", "--admin", gateway.admin)
    assert result.exit_code == 1
    assert "taken back" in result.stderr


def test_undrain(gateway: Gateway) -> None:
    gateway.answers = [(200, status("serving", 3)), (409, status("drained"))]
    result = run("undrain", "--admin", gateway.admin)
    assert (result.exit_code, result.stdout) == (0, "serving, 3 sessions\n")
    result = run("undrain", "--admin", gateway.admin)
    assert (result.exit_code, result.stdout) == (1, "drained, 0 sessions\n")
    assert "too late" in result.stderr


@pytest.mark.parametrize(
    ("applied", "restart", "text"),
    [
        ([], [], "nothing has changed\n"),
        (["log.level", "drain.notice"], [], "applied: log.level, drain.notice\n"),
        (["log.level"], ["sip.listen"], "applied: log.level\nneeds a restart: sip.listen\n"),
    ],
)
def test_reload(gateway: Gateway, applied: list[str], restart: list[str], text: str) -> None:
    gateway.answers = [(200, {"applied": applied, "restart": restart})]
    result = run("reload", "--admin", gateway.admin)
    assert (result.exit_code, result.stdout) == (0, text)


def test_reload_with_mistakes(gateway: Gateway) -> None:
    problems = [{"path": "log.level", "text": "given loud"}, {"path": "x", "text": "unknown key"}]
    gateway.answers = [(422, {"problems": problems})]
    result = run("reload", "--admin", gateway.admin)
    assert (result.exit_code, result.stdout) == (3, "")
    assert result.stderr.splitlines()[1:3] == ["  log.level: given loud", "  x: unknown key"]
    result = run("reload", "--json", "--admin", gateway.admin)
    assert (result.exit_code, json.loads(result.stdout)) == (3, {"problems": problems})


def test_loglevel(gateway: Gateway) -> None:
    gateway.answers = [(200, {"level": "info"})]
    assert run("loglevel", "--admin", gateway.admin).stdout == "info\n"
    assert run("loglevel", "info", "--json", "--admin", gateway.admin).stdout == '{"level": "info"}\n'
    assert gateway.asked == [("GET /admin/v1/loglevel", ""), ("POST /admin/v1/loglevel", '{"level": "info"}')]
    assert run("loglevel", "loud", "--admin", gateway.admin).exit_code == 2


def test_the_address_is_in_the_configuration(gateway: Gateway, tmp_path: Path) -> None:
    (tmp_path / "gw.toml").write_text(f'[admin]\nlisten = "{gateway.admin}"\n')
    gateway.answers = [(200, {"level": "info"})]
    assert run("loglevel", "--config", str(tmp_path / "gw.toml")).exit_code == 0


@pytest.mark.parametrize("arguments", [["drain"], ["undrain"], ["reload"], ["loglevel", "info"]])
def test_nobody_is_there(arguments: list[str]) -> None:
    with Gateway() as gone:
        admin = gone.admin
    result = run(*arguments, "--admin", admin)
    assert (result.exit_code, result.stdout) == (4, "")
    assert f"no gateway answers at {admin}: Connection refused" in result.stderr
    assert "next: start one" in result.stderr


@pytest.mark.parametrize("answer", [(404, "no such page"), (500, "trouble"), (200, b"<html>")])
def test_somebody_else_is_there(gateway: Gateway, answer: tuple[int, object]) -> None:
    gateway.answers = [answer]
    result = run("reload", "--admin", gateway.admin)
    assert result.exit_code == 1
    assert f"answered {answer[0]} to /admin/v1/reload" in result.stderr


def test_an_address_that_is_none() -> None:
    result = run("drain", "--admin", "8080")
    assert result.exit_code == 2
    assert "the port is missing; write HOST:PORT" in result.stderr
