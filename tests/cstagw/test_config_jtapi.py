"""[jtapi] and the entries that need it."""

from pathlib import Path

import pytest

from cstagw.bridges import Bridges, bridge_settings, check_secrets, secret_of
from cstagw.config import Config, ConfigError, load

ENTRY = '[[ctimanager]]\nname = "cucm1"\nurl = "jtapi://10.0.0.11"\n'
LOGIN = '[jtapi]\njar = "jtapi.jar"\nuser = "cstagw"\npassword_file = "{0}"\n'


def written(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "cstagw.toml"
    file.write_text(text)
    return file


def loaded(tmp_path: Path, more: str = "", entries: str = ENTRY) -> Config:
    password = tmp_path / "password"
    password.write_text("not-a-real-one\n")
    return load(written(tmp_path, LOGIN.format(password) + more + entries), {})


def problems(tmp_path: Path, text: str) -> dict[str, str]:
    with pytest.raises(ConfigError) as caught:
        load(written(tmp_path, text), {})
    return {problem.path: problem.text for problem in caught.value.problems}


def test_a_bridge_is_told_everything_it_needs(tmp_path: Path) -> None:
    config = loaded(tmp_path, 'jvm_options = ["-Xmx1g"]\nserver_heartbeat = "20s"\n')
    settings = bridge_settings(config, config.ctimanager[0], "unix:/run/b.sock")
    assert (settings.name, settings.host, settings.listen) == ("cucm1", "10.0.0.11", "unix:/run/b.sock")
    assert (settings.user, settings.password, settings.class_path) == (
        "cstagw",
        "not-a-real-one",
        ("jtapi.jar",),
    )
    assert (settings.jvm_options, settings.server_heartbeat, settings.secure) == (("-Xmx1g",), 20, None)
    assert "not-a-real-one" not in repr(settings)


def test_what_is_told_comes_back_as_it_was(tmp_path: Path) -> None:
    more = '[jtapi.security]\ntftp = "10.0.0.1"\ncapf = "10.0.0.2"\nfolder = "/var/lib/cstagw"\n'
    (tmp_path / "code").write_text("good-once\n")
    entry = ENTRY + f'instance_id = "gw1-cucm1"\nauthorization_code_file = "{tmp_path / "code"}"\n'
    config = loaded(tmp_path, more, entry)
    settings = bridge_settings(config, config.ctimanager[0], "unix:/run/b.sock")
    assert settings.secure is not None
    assert (settings.secure.instance_id, settings.secure.capf_port) == ("gw1-cucm1", 3804)
    assert settings.secure.authorization_code == "good-once"
    assert "good-once" not in repr(settings)
    assert config.ctimanager[0].address.port == 2749
    assert type(settings).from_json(settings.to_json()) == settings


@pytest.mark.parametrize(
    ("text", "path", "part"),
    [
        (ENTRY, "jtapi", "a jtapi:// address needs jar, user, password_file"),
        ('[jtapi]\nuser = "a;passwd=b"\n', "jtapi.user", "semicolon"),
        ('[jtapi]\nappinfo = "a=b"\n', "jtapi.appinfo", "equals sign"),
        ('[jtapi]\npeer = "no class"\n', "jtapi.peer", "not the name of a Java class"),
        ('[jtapi]\nserver_heartbeat = "1500ms"\n', "jtapi.server_heartbeat", "not in whole seconds"),
        ('[jtapi]\nrequest_timeout = "9s"\n', "jtapi.request_timeout", "from 10s to 5m"),
        ('[jtapi]\nretry_interval = "1s"\n', "jtapi.retry_interval", "from 5s to 10m"),
        ('[jtapi]\njvm_options = ["-Djava.class.path=a"]\n', "jtapi.jvm_options", "the class path is"),
        ('[jtapi]\njvm_options = ["Xmx1g"]\n', "jtapi.jvm_options[0]", "an option such as"),
        (f'[jtapi]\nsockets = "/run/{"x" * 80}"\n', "jtapi.sockets", "longer than 80 bytes"),
        ('[jtapi]\npassword = "secret"\n', "jtapi.password", "unknown key"),
        ('[jtapi.security]\ncapf = "a_b"\ntftp = "t"\nfolder = "f"\n', "jtapi.security.capf", "underscore"),
        ('[jtapi.security]\ntftp = "t"\nfolder = "f"\n', "jtapi.security.capf", "missing"),
    ],
)
def test_a_mistake_says_what_is_allowed(tmp_path: Path, text: str, path: str, part: str) -> None:
    found = problems(tmp_path, text)
    assert list(found) == [path]
    assert part in found[path]


def test_each_secure_connection_needs_a_certificate_of_its_own(tmp_path: Path) -> None:
    secure = '[jtapi.security]\ntftp = "t"\ncapf = "c"\nfolder = "f"\n'
    login = LOGIN.format("password")
    one = ENTRY + 'instance_id = "same"\n'
    other = one.replace("cucm1", "cucm2").replace(".11", ".12")
    for entries in (ENTRY, one + other):
        found = problems(tmp_path, login + secure + entries)
        assert "one certificate is for one connection" in found["jtapi"]


def test_an_instance_id_is_for_secure_connections(tmp_path: Path) -> None:
    entry = ENTRY + 'instance_id = "gw1"\n'
    assert "no use without [jtapi.security]" in problems(tmp_path, LOGIN.format("p") + entry)["jtapi"]
    other = entry.replace("jtapi://10.0.0.11", "csta://10.0.0.11:1")
    assert "only a jtapi:// address" in problems(tmp_path, other)["ctimanager[0].instance_id"]
    code = ENTRY + 'authorization_code_file = "code"\n'
    found = problems(tmp_path, LOGIN.format("p") + code)
    assert "belongs to an instance_id" in found["ctimanager[0].authorization_code_file"]


def test_each_bridge_has_a_trace_of_its_own(tmp_path: Path) -> None:
    config = loaded(tmp_path, 'trace = "/var/log/jtapi"\n')
    assert bridge_settings(config, config.ctimanager[0], "unix:x").trace == "/var/log/jtapi/cucm1"


def test_a_password_that_cannot_be_read_says_where_it_is_wanted(tmp_path: Path) -> None:
    config = loaded(tmp_path)
    (tmp_path / "password").unlink()
    with pytest.raises(ConfigError, match=r"jtapi\.password_file: .* cannot be read"):
        bridge_settings(config, config.ctimanager[0], "unix:x")
    (tmp_path / "password").write_text("\n")
    with pytest.raises(ConfigError, match="is empty"):
        bridge_settings(config, config.ctimanager[0], "unix:x")


def test_every_secret_is_read_before_anything_is_started(tmp_path: Path) -> None:
    entry = f'[[ctimanager]]\nname = "b"\nurl = "csta://10.0.0.9:1"\nsecret_file = "{tmp_path / "s"}"\n'
    other = ENTRY.replace("cucm1", "cucm2").replace(".11", ".12")
    config = loaded(tmp_path, entries=ENTRY + other + entry)
    (tmp_path / "password").unlink()
    with pytest.raises(ConfigError) as caught:
        check_secrets(config)
    assert [problem.path for problem in caught.value.problems] == [
        "jtapi.password_file",
        "ctimanager[b].secret_file",
    ]
    (tmp_path / "password").write_text("not-a-real-one")
    (tmp_path / "s").write_text("between us")
    check_secrets(config)


def test_a_secret_is_for_bridges_of_somebody_else(tmp_path: Path) -> None:
    found = problems(tmp_path, LOGIN.format("p") + ENTRY + 'secret_file = "s"\n')
    assert "no secret is needed" in found["ctimanager[0].secret_file"]
    (tmp_path / "s").write_text("between us\n")
    entry = f'[[ctimanager]]\nname = "b"\nurl = "csta://10.0.0.9:5066"\nsecret_file = "{tmp_path / "s"}"\n'
    config = load(written(tmp_path, entry), {})
    assert secret_of(config.ctimanager[0]) == "between us"


def test_no_two_processes_share_a_socket(tmp_path: Path) -> None:
    config = loaded(tmp_path)
    bridges = Bridges(lambda: config, tmp_path)
    address = config.ctimanager[0].address
    first, second = bridges.make(address), bridges.make(address)
    assert first.socket != second.socket
    assert first.socket.parent == tmp_path
