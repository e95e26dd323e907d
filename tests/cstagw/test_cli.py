import asyncio
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import click
import pytest
from click.testing import CliRunner, Result

from cstagw import __version__
from cstagw.cli import main
from cstagw.cli.serve import loop_factory
from cstagw.config import Config
from cstagw.log import get_logger
from tests.logs import log_restored

BAD = '[sip]\nlisten = ["sctp://h:1"]\n[log]\nlevel = "loud"\n'


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.upper().startswith("CSTAGW_") or name == "NO_COLOR"]:
        monkeypatch.delenv(name)


@pytest.fixture
def bad(tmp_path: Path) -> str:
    path = tmp_path / "bad.toml"
    path.write_text(BAD)
    return str(path)


@pytest.fixture
def good(tmp_path: Path) -> str:
    path = tmp_path / "good.toml"
    path.write_text('[log]\nlevel = "debug"\n')
    return str(path)


def run(*arguments: str, color: bool = False) -> Result:
    return CliRunner().invoke(main, arguments, color=color)


def test_version() -> None:
    result = run("version")
    assert (result.exit_code, result.stdout.split()[:2]) == (0, ["cstagw", __version__])
    assert json.loads(run("version", "--json").stdout)["cstagw"] == __version__


def test_help_tells_the_exit_codes() -> None:
    result = run("--help")
    assert result.exit_code == 0
    assert all(word in result.stdout for word in ("serve", "config", "version", "3 configuration error"))


@pytest.mark.parametrize(
    "arguments", [["nonsense"], ["serve", "--nonsense"], ["serve", "--loop", "x"], ["config"]]
)
def test_usage_errors(arguments: list[str]) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert "Usage:" in result.stderr


def test_a_valid_configuration(good: str) -> None:
    result = run("config", "check", "--config", good)
    assert (result.exit_code, result.stdout) == (0, f"the configuration is valid ({good})\n")


@pytest.mark.parametrize(
    "order", [["--config", "FILE", "config", "check"], ["config", "check", "--config", "FILE"]]
)
def test_a_bad_configuration(bad: str, order: list[str]) -> None:
    result = run(*[bad if word == "FILE" else word for word in order])
    assert (result.exit_code, result.stdout) == (3, "")
    first, *problems, last = result.stderr.splitlines()
    assert first == f"error: the configuration cannot be used ({bad})"
    assert [line.split(":")[0].strip() for line in problems] == ["sip.listen[0]", "log.level"]
    assert last.startswith("next: ")


def test_a_file_that_is_not_there() -> None:
    result = run("--config", "/nonexistent/gw.toml", "config", "show")
    assert result.exit_code == 3
    assert "No such file" in result.stderr


def test_the_file_from_the_environment_and_the_option_before_it(
    monkeypatch: pytest.MonkeyPatch, good: str, bad: str
) -> None:
    monkeypatch.setenv("CSTAGW_CONFIG", good)
    assert good in run("config", "check").stdout
    assert run("config", "check", "--config", bad).exit_code == 3


def test_show(good: str) -> None:
    assert (
        f'level = "debug"                              # file {good}'
        in run("--config", good, "config", "show").stdout
    )
    shown = json.loads(run("--config", good, "config", "show", "--json").stdout)
    assert shown["log"] == {"level": "debug", "format": "json"}
    assert shown["session"]["expires"] == "30m"
    assert shown["origins"] == {"log.level": f"file {good}"}


def test_check_in_json(good: str, bad: str) -> None:
    result = run("config", "check", "--json", "--config", good)
    assert (result.exit_code, json.loads(result.stdout)) == (0, {"valid": True, "problems": []})
    result = run("config", "check", "--json", "--config", bad)
    found = json.loads(result.stdout)
    assert (result.exit_code, found["valid"], result.stderr) == (3, False, "")
    assert [problem["path"] for problem in found["problems"]] == ["sip.listen[0]", "log.level"]
    assert all(problem["text"] for problem in found["problems"])


def test_help_of_serve_names_the_transports() -> None:
    words = run("serve", "--help").stdout.split()
    assert {"tcp://HOST:PORT,", "udp://HOST:PORT", "tls://HOST:PORT;"} <= set(words)


def test_schema() -> None:
    assert json.loads(run("config", "schema").stdout)["title"] == "cstagw configuration"


def test_colour_only_where_it_is_wanted(monkeypatch: pytest.MonkeyPatch, bad: str) -> None:
    assert "\x1b[" not in run("--config", bad, "config", "check").stderr
    assert "\x1b[31m" in run("--config", bad, "config", "check", color=True).stderr
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[" not in run("--config", bad, "config", "check", color=True).stderr


class Served:
    """Stands in for the gateway: keeps the configuration it was given, and where another comes from."""

    def __init__(self, code: int = 0, error: OSError | None = None) -> None:
        self.configs: list[Config] = []
        self.rereads: list[Callable[[], Config]] = []
        self.code = code
        self.error = error

    async def run(self, config: Config, reread: Callable[[], Config]) -> int:
        await asyncio.sleep(0)
        self.configs.append(config)
        self.rereads.append(reread)
        if self.error is not None:
            raise self.error
        return self.code

    def install(self, monkeypatch: pytest.MonkeyPatch) -> None:
        module = ModuleType("cstagw.serve")
        module.__dict__["run"] = self.run
        monkeypatch.setitem(sys.modules, "cstagw.serve", module)


def test_the_simulated_cluster_logs_as_text(monkeypatch: pytest.MonkeyPatch) -> None:
    async def ctimanagers(*_given: object) -> None:
        await asyncio.sleep(0)
        get_logger("cstagw.sim").warning("sim.fault", ctimanager="ctim1")

    monkeypatch.setattr("cstagw.simulate.ctimanagers", ctimanagers)
    with log_restored():
        result = run("simulate", "ctimgr", "--listen", "127.0.0.1:0")
    assert "warning  sim.fault ctimanager=ctim1 [cstagw.sim]" in result.stdout


def test_serve_puts_flags_over_the_file(monkeypatch: pytest.MonkeyPatch, good: str) -> None:
    served = Served()
    served.install(monkeypatch)
    flags = ["--listen", "tcp://127.0.0.1:1", "--listen", "tcp://127.0.0.1:2", "--advertise", "gw1"]
    more = ["--admin", "127.0.0.1:0", "--log-format", "text", "--loop", "asyncio"]
    assert run("serve", "--config", good, *flags, *more).exit_code == 0
    (config,) = served.configs
    assert [url.port for url in config.sip.listen] == [1, 2]
    assert (config.sip.advertise, config.admin.listen.port) == ("gw1", 0)
    assert (config.log.level, config.log.format) == ("debug", "text")


def test_a_reload_reads_the_file_again_and_flags_still_win(
    monkeypatch: pytest.MonkeyPatch, good: str
) -> None:
    served = Served()
    served.install(monkeypatch)
    assert run("serve", "--config", good, "--log-format", "text").exit_code == 0
    Path(good).write_text('[log]\nlevel = "error"\nformat = "json"\n')
    again = served.rereads[0]()
    assert (again.log.level, again.log.format) == ("error", "text")


def test_serve_ends_with_the_code_of_the_gateway(monkeypatch: pytest.MonkeyPatch) -> None:
    Served(code=1).install(monkeypatch)
    assert run("serve").exit_code == 1


def test_serve_with_a_taken_port(monkeypatch: pytest.MonkeyPatch) -> None:
    Served(error=OSError(98, "address already in use")).install(monkeypatch)
    result = run("serve")
    assert result.exit_code == 1
    assert "error: the gateway could not start: address already in use" in result.stderr
    assert "next: check [sip] listen" in result.stderr


def test_serve_refuses_a_bad_flag_with_its_origin(monkeypatch: pytest.MonkeyPatch) -> None:
    served = Served()
    served.install(monkeypatch)
    result = run("serve", "--log-level", "loud")
    assert (result.exit_code, served.configs) == (3, [])
    assert 'log.level: given "loud"' in result.stderr
    assert "(flag)" in result.stderr


def test_the_loop_that_was_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    made = object()
    module = ModuleType("uvloop")
    module.__dict__["new_event_loop"] = made
    monkeypatch.setitem(sys.modules, "uvloop", module)
    assert loop_factory("asyncio") is None
    assert loop_factory("uvloop") is made


def test_without_uvloop(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cstagw.cli.serve.find_spec", lambda _name: None)
    monkeypatch.setitem(sys.modules, "uvloop", None)
    assert loop_factory("auto") is None
    with pytest.raises(click.ClickException, match="not installed"):
        loop_factory("uvloop")
