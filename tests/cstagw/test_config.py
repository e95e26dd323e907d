import os
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from cstagw.config import Config, ConfigError, HostPort, ListenUrl, Session, load, schema, show
from cstagw.config.units import format_duration, parse_duration
from ctimgr_client import CtiManagerAddress


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No variable of the machine the tests run on counts."""
    for name in [name for name in os.environ if name.upper().startswith("CSTAGW_")]:
        monkeypatch.delenv(name)


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "gw.toml"
    path.write_text(text, encoding="utf-8")
    return path


def problems(path: Path | None = None, overrides: dict[str, object] | None = None) -> dict[str, str]:
    with pytest.raises(ConfigError) as caught:
        load(path, overrides)
    found = {problem.path: problem.text for problem in caught.value.problems}
    assert len(found) == len(caught.value.problems)
    return found


# Defaults and values


def test_defaults_need_no_file() -> None:
    config = load()
    assert config.sip.listen == (
        ListenUrl("tcp", "127.0.0.1", 5060),
        ListenUrl("udp", "127.0.0.1", 5060),
    )
    assert config.sip.advertise is None
    assert config.ctimanager == ()
    assert config.heartbeat.interval == 5.0
    assert config.session == Session(expires=1800.0, request_timeout=5.0, max_sessions=50_000)
    assert (config.session.placement, config.network.tos) == ("round-robin", 0)
    assert (config.drain.notice, config.drain.deadline) == (5.0, 60.0)
    assert (config.simulator.ctimanagers, config.simulator.phones, config.simulator.added_lines) == (2, 20, 0)
    assert config.admin.listen == HostPort("127.0.0.1", 8080)
    assert (config.log.level, config.log.format) == ("info", "json")


FULL = """
[sip]
listen = ["tcp://0.0.0.0:5060", "tcp://[::1]:5070"]
advertise = "gw1.example.com"
[[ctimanager]]
name = "cucm1"
url = "csta://10.0.0.11:8730"
[[ctimanager]]
name = "switch"
url = "csta://switch.example.com:8730"
device_format = "dn"
[heartbeat]
interval = "250ms"
[session]
expires = "2h"
request_timeout = "1.5s"
max_sessions = 10
placement = "least-devices"
[network]
tos = 0x68
[directory]
source = "open"
[drain]
notice = "0s"
deadline = "2m"
[simulator]
ctimanagers = 8
phones = 120
[admin]
listen = "[::1]:0"
[log]
level = "debug"
format = "text"
"""


def test_every_key_can_be_set(tmp_path: Path) -> None:
    config = load(written(tmp_path, FULL))
    assert [str(url) for url in config.sip.listen] == ["tcp://0.0.0.0:5060", "tcp://[::1]:5070"]
    assert config.sip.advertise == "gw1.example.com"
    assert [entry.address for entry in config.ctimanager] == [
        CtiManagerAddress("cucm1", "10.0.0.11", 8730),
        CtiManagerAddress("switch", "switch.example.com", 8730, device_format="dn"),
    ]
    assert config.heartbeat.interval == 0.25
    assert config.session == Session(
        expires=7200.0, request_timeout=1.5, max_sessions=10, placement="least-devices"
    )
    assert config.network.tos == 104
    assert (config.drain.notice, config.drain.deadline) == (0.0, 120.0)
    assert (config.simulator.ctimanagers, config.simulator.added_lines) == (8, 100)
    assert config.admin.listen == HostPort("::1", 0)
    assert (config.log.level, config.log.format) == ("debug", "text")


def test_a_configuration_cannot_be_changed() -> None:
    config = Config()
    with pytest.raises(ValidationError):
        config.log.level = "debug"


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("250ms", 0.25),
        ("5s", 5.0),
        ("90s", 90.0),
        ("30m", 1800.0),
        ("2h", 7200.0),
        ("1.5s", 1.5),
        (" 1m ", 60.0),
    ],
)
def test_times(text: str, seconds: float) -> None:
    assert parse_duration(text) == seconds
    assert parse_duration(format_duration(seconds)) == seconds


@pytest.mark.parametrize(("seconds", "text"), [(90.0, "90s"), (1800.0, "30m"), (0.25, "250ms"), (0.0, "0ms")])
def test_times_are_written_short(seconds: float, text: str) -> None:
    assert format_duration(seconds) == text


@pytest.mark.parametrize("text", ["5", "", "s", "-5s", "5 s", "1e3s", "5sec", "٥s", "5d", "1m30s"])
def test_no_times(text: str) -> None:
    with pytest.raises(ValueError, match="unit"):
        parse_duration(text)


# Order of the sources


def test_flags_win_over_environment_over_file_over_defaults(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path, '[session]\nexpires = "10m"\nrequest_timeout = "1s"\nmax_sessions = 1\n')
    monkeypatch.setenv("CSTAGW_SESSION__REQUEST_TIMEOUT", "2s")
    monkeypatch.setenv("CSTAGW_SESSION__MAX_SESSIONS", "2")
    config = load(path, {"session.max_sessions": "3", "log.level": None})
    assert config.session == Session(expires=600.0, request_timeout=2.0, max_sessions=3)
    assert config.origins["session.expires"] == f"file {path}"
    assert config.origins["session.request_timeout"] == "environment CSTAGW_SESSION__REQUEST_TIMEOUT"
    assert config.origins["session.max_sessions"] == "flag"
    assert "log.level" not in config.origins


@pytest.mark.parametrize(
    "value", ["tcp://a:1,tcp://b:2", "tcp://a:1, tcp://b:2", '["tcp://a:1", "tcp://b:2"]'], ids=str
)
def test_a_list_from_the_environment(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("CSTAGW_SIP__LISTEN", value)
    assert [str(url) for url in load().sip.listen] == ["tcp://a:1", "tcp://b:2"]


def test_ctimanagers_from_the_environment_are_json(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CSTAGW_CTIMANAGER", '[{"name": "a", "url": "csta://h:1"}]')
    assert [entry.name for entry in load().ctimanager] == ["a"]


def test_a_later_source_replaces_one_key_not_its_section(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CSTAGW_LOG", '{"level": "error"}')
    config = load(written(tmp_path, '[log]\nformat = "text"\n'))
    assert (config.log.level, config.log.format) == ("error", "text")


@pytest.mark.parametrize("name", ["CSTAGW_CONFIG", "CSTAGW_SERVICE_HOST", "CSTAGW_PORT_5060_TCP_ADDR"])
def test_variables_of_others_are_left_alone(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, "10.0.0.1")
    assert load() == Config()


# Errors


@pytest.mark.parametrize(
    ("text", "path", "parts"),
    [
        ("foo = 1", "foo", ["unknown key", "sip, tls, ctimanager"]),
        ("[bar]", "bar", ["unknown key"]),
        ("[sip]\nlissen = 1", "sip.lissen", ["unknown key", "listen, advertise"]),
        ("sip = 5", "sip", ["given 5", "a table with the keys listen, advertise"]),
        ("[sip]\nlisten = []", "sip.listen", ["given []", "a list of 1 to 16", "tcp://HOST:PORT"]),
        ("[sip]\nlisten = [5060]", "sip.listen[0]", ["given 5060", "tcp://HOST:PORT"]),
        ('[sip]\nlisten = ["sctp://h:1"]', "sip.listen[0]", ['the scheme "sctp" is not served']),
        ('[sip]\nlisten = ["h:1"]', "sip.listen[0]", ["the scheme is missing"]),
        ('[sip]\nlisten = ["tcp://h"]', "sip.listen[0]", ["the port is missing"]),
        ('[sip]\nlisten = ["tcp://:1"]', "sip.listen[0]", ["the host is missing"]),
        ('[sip]\nlisten = ["tcp://h:65536"]', "sip.listen[0]", ['"65536" is not a port']),
        ('[sip]\nlisten = ["tcp://h:²"]', "sip.listen[0]", ["is not a port"]),
        ('[sip]\nlisten = ["tcp://::1:5060"]', "sip.listen[0]", ["in brackets"]),
        ('[sip]\nlisten = ["tcp://[::g]:1"]', "sip.listen[0]", ["given"]),
        ('[sip]\nlisten = ["tcp://h:1", "tcp://h:1"]', "sip.listen", ["listed twice: tcp://h:1"]),
        ('[sip]\nadvertise = "gw_1"', "sip.advertise", ['given "gw_1"', '"_"', "underscore"]),
        ('[sip]\nadvertise = "-gw"', "sip.advertise", ["is not a host name"]),
        ('[sip]\nadvertise = ""', "sip.advertise", ["is not a host name"]),
        ('[[ctimanager]]\nurl = "csta://h:1"', "ctimanager[0].name", ["missing"]),
        (
            '[[ctimanager]]\nname = "a b"\nurl = "csta://h:1"',
            "ctimanager[0].name",
            ['given "a b"', "1 to 64"],
        ),
        ('[[ctimanager]]\nname = "a"', "ctimanager[0].url", ["missing", "csta://HOST:PORT"]),
        (
            '[[ctimanager]]\nname = "a"\nurl = "cstas://h:1"',
            "ctimanager[0].url",
            ['the scheme "cstas" is not served', "csta://HOST:PORT"],
        ),
        (
            '[[ctimanager]]\nname = "a"\nurl = "csta://h_1:1"',
            "ctimanager[0].url",
            ["letters, digits, hyphens"],
        ),
        ('[[ctimanager]]\nname = "a"\nurl = 5', "ctimanager[0].url", ["given 5", "csta://HOST:PORT"]),
        (
            '[[ctimanager]]\nname = "a"\nurl = "csta://h:1"\ndevice_format = "sep"',
            "ctimanager[0].device_format",
            ['given "sep"', '"full" or "dn"'],
        ),
        ("[ctimanager]", "ctimanager", ["given {}", "two brackets", "a list of 0 to 8"]),
        (
            '[ctimanager]\nname = "a"\nurl = "csta://h:1"',
            "ctimanager",
            ["write [[ctimanager]] with two brackets", "a list of 0 to 8"],
        ),
        (
            '[[ctimanager]]\nname = "a"\nurl = "10.0.0.11:8730"',
            "ctimanager[0].url",
            ["the scheme is missing; allowed: csta://HOST:PORT"],
        ),
        (
            '[[ctimanager]]\nname = "a"\nurl = "jtapi://10.0.0.11:2748"',
            "ctimanager[0].url",
            ['"jtapi://10.0.0.11:2748": no port', "allowed: csta://HOST:PORT or jtapi://HOST"],
        ),
        ("[heartbeat]\ninterval = 5", "heartbeat.interval", ["given 5", "250ms"]),
        ("[heartbeat]\ninterval = 5.0", "heartbeat.interval", ["given 5.0", "250ms"]),
        ('[heartbeat]\ninterval = "1ms"', "heartbeat.interval", ["from 100ms to 10m"]),
        ('[session]\nexpires = "89s"', "session.expires", ['given "89s"', "from 90s to 24h"]),
        ("[session]\nmax_sessions = 0", "session.max_sessions", ["given 0", "from 1 to 1000000"]),
        ('[session]\nplacement = "x"', "session.placement", ['"round-robin" or "least-devices"']),
        ("[network]\ntos = 256", "network.tos", ["given 256", "from 0 to 255"]),
        (
            '[directory]\nsource = "ldap:x"',
            "directory.source",
            ['given "ldap:x"', 'allowed: "open", csv:FILE'],
        ),
        ('[directory]\nsource = "csv:"', "directory.source", ["the path of a file follows the colon"]),
        (
            '[directory]\nsource = "postgresql://u:hunter2/x@/d"',
            "directory.source",
            ['given "postgresql://..."', "a sign is not encoded"],
        ),
        ('[directory]\nsource = "axl://u@cucm_1"', "directory.source", ["the underscore above all"]),
        ('[directory]\nsource = "axl://u@cucm1"', "directory.password_file", ["axl:// needs one"]),
        ('[directory]\npassword_file = "x"', "directory.password_file", ["have a password"]),
        (
            '[directory]\nquery = "SELECT 1"',
            "directory.query",
            ["only sqlite: and postgresql:// have a query"],
        ),
        ('[selection]\nstore = "csv:x"', "selection.store", ["the scheme is not known"]),
        ('[authorization]\npeers = ["10.0.0.1/8"]', "authorization.peers[0]", ["has host bits set"]),
        ('[authorization]\nsuper_provider = [" "]', "authorization.super_provider[0]", ["no user"]),
        ('[session]\nduplicate = "both"', "session.duplicate", ['"allow" or "replace" or "refuse"']),
        ('[drain]\nnotice = "11m"', "drain.notice", ['given "11m"', "from 0s to 10m"]),
        ('[drain]\ndeadline = "1s"', "drain.deadline", ['given "1s"', "shorter than the notice of 5s"]),
        ("[simulator]\nctimanagers = 9", "simulator.ctimanagers", ["given 9", "from 1 to 8"]),
        ("[simulator]\nphones = 19", "simulator.phones", ["given 19", "from 20 to 100000"]),
        ('[admin]\nlisten = "8080"', "admin.listen", ["the port is missing", "HOST:PORT"]),
        (
            '[log]\nlevel = "trace"',
            "log.level",
            ['given "trace"', '"debug" or "info" or "warning" or "error"'],
        ),
    ],
)
def test_a_wrong_value(tmp_path: Path, text: str, path: str, parts: list[str]) -> None:
    found = problems(written(tmp_path, text))
    assert list(found) == [path]
    for part in parts:
        assert part in found[path]


def test_all_problems_come_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(tmp_path, '[sip]\nlisten = ["sctp://a:1", "tcp://b"]\n[log]\nlevel = "loud"\nx = 1\n[y]\n')
    monkeypatch.setenv("CSTAGW_LOG__FORMAT", "xml")
    monkeypatch.setenv("CSTAGW_LOGG__LEVEL", "info")
    found = problems(path, {"heartbeat.interval": "soon"})
    assert set(found) == {
        "sip.listen[0]",
        "sip.listen[1]",
        "log.level",
        "log.x",
        "y",
        "log.format",
        "CSTAGW_LOGG__LEVEL",
        "heartbeat.interval",
    }
    assert found["log.format"].endswith("(environment CSTAGW_LOG__FORMAT)")
    assert found["heartbeat.interval"].endswith("(flag)")
    assert not found["log.level"].endswith(")")


def test_an_unknown_section_in_the_environment_is_an_error_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CSTAGW_LOGG__LEVEL", "info")
    assert "CSTAGW_LOG__..." in problems()["CSTAGW_LOGG__LEVEL"]


def test_an_empty_table_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CSTAGW_LOG", "{}")
    assert load(written(tmp_path, '[log]\nlevel = "debug"\n')).log.level == "debug"


def entries(*names: str) -> str:
    return "".join(f'[[ctimanager]]\nname = "{name}"\nurl = "csta://{name}:1"\n' for name in names)


def test_eight_ctimanagers_and_no_ninth(tmp_path: Path) -> None:
    assert len(load(written(tmp_path, entries(*"abcdefgh"))).ctimanager) == 8
    assert "a list of 0 to 8" in problems(written(tmp_path, entries(*"abcdefghi")))["ctimanager"]


def test_names_of_ctimanagers_are_different(tmp_path: Path) -> None:
    assert "used twice: b" in problems(written(tmp_path, entries("a", "b", "b")))["ctimanager"]


@pytest.mark.parametrize("value", ["junk", "{", "5", '{"0": 1}'])
def test_junk_in_the_environment_is_a_problem_like_others(
    monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setenv("CSTAGW_CTIMANAGER", value)
    assert list(problems()) == ["ctimanager"]


def test_a_long_value_is_cut_in_the_error(tmp_path: Path) -> None:
    found = problems(written(tmp_path, f'[log]\nlevel = "{"x" * 5000}"'))
    assert len(found["log.level"]) < 300


@pytest.mark.parametrize(
    ("content", "text"),
    [(b"x = ", "is not TOML"), (b"\xff\xfe", "is not UTF-8"), (None, "cannot be read: No such file")],
)
def test_a_file_that_cannot_be_read(tmp_path: Path, content: bytes | None, text: str) -> None:
    path = tmp_path / "gw.toml"
    if content is not None:
        path.write_bytes(content)
    found = problems(path)
    assert list(found) == [str(path)]
    assert text in found[str(path)]


# show and schema


def test_what_is_shown_is_a_file_with_the_same_meaning(tmp_path: Path) -> None:
    config = load(written(tmp_path, FULL))
    text = show(config)
    again = load(written(tmp_path, text))
    assert again.model_dump() == config.model_dump()


def test_show_tells_where_values_came_from(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(tmp_path, entries("a") + '[log]\nlevel = "debug"\n')
    monkeypatch.setenv("CSTAGW_HEARTBEAT__INTERVAL", "1s")
    lines = [" ".join(line.split()) for line in show(load(path, {"admin.listen": "h:1"})).splitlines()]
    assert f'level = "debug" # file {path}' in lines
    assert f'name = "a" # file {path}' in lines
    assert 'device_format = "full" # default' in lines
    assert 'interval = "1s" # environment CSTAGW_HEARTBEAT__INTERVAL' in lines
    assert 'listen = "h:1" # flag' in lines
    assert "# advertise is not set # default" in lines


def test_the_defaults_can_be_shown() -> None:
    assert "no [[ctimanager]]" in show(Config())


def test_the_schema_has_every_key_with_its_default() -> None:
    described: dict[str, Any] = schema()
    assert list(described["properties"]) == list(Config.model_fields)
    session = described["$defs"]["Session"]["properties"]
    assert session["expires"]["default"] == "30m"
    assert session["max_sessions"] == {
        "default": 50000,
        "maximum": 1000000,
        "minimum": 1,
        "title": "Max Sessions",
        "type": "integer",
    }
    assert all(section.get("additionalProperties") is False for section in described["$defs"].values())
