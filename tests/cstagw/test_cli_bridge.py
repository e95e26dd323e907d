"""`cstagw bridge`: what it refuses before anything is started, and what it is told."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cstagw.cli import bridge as command
from cstagw.cli import main
from ctimgr_client.jtapi.settings import BridgeSettings


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.upper().startswith("CSTAGW_")]:
        monkeypatch.delenv(name)


def configuration(folder: Path, *nodes: str) -> Path:
    (folder / "password").write_text("p4ssw0rd\n")
    file = folder / "cstagw.toml"
    entries = [
        f'[[ctimanager]]\nname = "{name}"\nurl = "jtapi://10.0.0.{n}"\n' for n, name in enumerate(nodes)
    ]
    jtapi = f'[jtapi]\njar = "{folder / "jtapi.jar"}"\nuser = "gw"\npassword_file = "{folder / "password"}"\n'
    file.write_text("".join([*entries, jtapi]))
    return file


def run(file: Path, *words: str) -> Result:
    return CliRunner().invoke(main, ["bridge", "--config", str(file), *words])


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[BridgeSettings]:
    """What a bridge would have been started with."""
    settings: list[BridgeSettings] = []
    monkeypatch.setattr(command, "_run", lambda given, _config: settings.append(given))
    return settings


def test_it_is_told_what_the_configuration_and_the_options_say(
    tmp_path: Path, told: list[BridgeSettings]
) -> None:
    (tmp_path / "secret").write_text("a secret\n")
    words = ("cucm2", "--listen", "tls://0.0.0.0:4721", "--secret-file", str(tmp_path / "secret"))
    done = run(configuration(tmp_path, "cucm1", "cucm2"), *words, "--certificate", "gw.pem")
    assert (done.exit_code, done.output) == (0, "")
    (settings,) = told
    assert (settings.name, settings.host, settings.listen) == ("cucm2", "10.0.0.1", "tls://0.0.0.0:4721")
    assert (settings.user, settings.password, settings.secret) == ("gw", "p4ssw0rd", "a secret")
    assert (settings.certificate, settings.key) == ("gw.pem", "")


def test_the_name_of_the_only_node_may_be_left_out(tmp_path: Path, told: list[BridgeSettings]) -> None:
    assert run(configuration(tmp_path, "cucm1"), "--listen", "unix:/run/b.sock").exit_code == 0
    assert told[0].name == "cucm1"


@pytest.mark.parametrize(
    ("nodes", "words", "code", "said"),
    [
        (("cucm1",), (), 2, "give --listen or --check"),
        (("cucm1", "cucm2"), ("--listen", "tcp://127.0.0.1:4721"), 2, "there are cucm1, cucm2"),
        (("cucm1",), ("other", "--listen", "tcp://127.0.0.1:4721"), 2, "'other' is no CUCM node"),
        ((), ("--listen", "tcp://127.0.0.1:4721"), 1, "no CUCM node is configured"),
        (("cucm1",), ("--listen", "tcp://:1", "--secret-file", "/nowhere/at/all"), 1, "No such file"),
        (("cucm1",), ("--listen", "tcp://:1", "--secret-file", "/dev/null"), 1, "is empty"),
    ],
)
def test_what_is_wrong_is_said_with_a_next_step(
    tmp_path: Path,
    told: list[BridgeSettings],
    nodes: tuple[str, ...],
    words: tuple[str, ...],
    code: int,
    said: str,
) -> None:
    done = run(configuration(tmp_path, *nodes), *words)
    assert done.exit_code == code
    assert said in done.output
    assert told == []


def test_a_password_file_that_is_not_there_is_an_error_of_the_configuration(
    tmp_path: Path, told: list[BridgeSettings]
) -> None:
    file = configuration(tmp_path, "cucm1")
    (tmp_path / "password").unlink()
    done = run(file, "--listen", "tcp://127.0.0.1:4721")
    assert done.exit_code == 3
    assert "password_file" in done.output
    assert told == []
