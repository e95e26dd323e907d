"""The sections that say who may control what: what may be written there, and what it means."""

from __future__ import annotations

import os
from ipaddress import ip_network
from pathlib import Path

import pytest

from cstagw.config import Config, ConfigError, load, show
from cstagw.config.places import check_source, check_store, masked, path_in, scheme_of

URL = "postgresql://cstagw:hunter2@db.example.com/cstagw?sslmode=verify-full"


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No variable of the machine the tests run on counts."""
    for name in [name for name in os.environ if name.upper().startswith("CSTAGW_")]:
        monkeypatch.delenv(name)


def config_of(tmp_path: Path, text: str) -> Config:
    path = tmp_path / "gw.toml"
    path.write_text(text, encoding="utf-8")
    return load(path)


def problem(tmp_path: Path, text: str) -> str:
    with pytest.raises(ConfigError) as caught:
        config_of(tmp_path, text)
    [found] = caught.value.problems
    return str(found)


# Places


@pytest.mark.parametrize(
    ("place", "scheme", "path"),
    [
        ("csv:lines.csv", "csv", "lines.csv"),
        ("csv:/etc/cstagw/a:b.csv", "csv", "/etc/cstagw/a:b.csv"),
        ("sqlite:lines.db", "sqlite", "lines.db"),
    ],
)
def test_files(place: str, scheme: str, path: str) -> None:
    assert (check_source(place), scheme_of(place), path_in(place)) == (place, scheme, path)


@pytest.mark.parametrize("place", ["open", URL, URL.replace("postgresql", "postgres"), "axl://cstagw@cucm1"])
def test_other_sources(place: str) -> None:
    assert check_source(place) == place


@pytest.mark.parametrize(
    "place",
    [
        "",
        "csv",
        "csv:",
        "csv://lines.csv",
        "csv:///lines.csv",
        "CSV:x",
        "sqlite:",
        "open:x",
        "ldap:x",
        "axl:x",
        "axl://u:p@h",
    ],
)
def test_what_is_no_source(place: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        check_source(place)


@pytest.mark.parametrize(
    "place", ["open", "csv:lines.csv", "axl://cstagw@cucm1", "", "sqlite:", "mysql://u@h/d"]
)
def test_what_is_no_store(place: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        check_store(place)


@pytest.mark.parametrize(
    ("place", "shown"),
    [
        (URL, "postgresql://cstagw@db.example.com/cstagw"),
        (URL.replace("postgresql", "postgres"), "postgresql://cstagw@db.example.com/cstagw"),
        ("postgresql://u:hunter2/x@/d", "postgresql://..."),
        ("csv:lines.csv", "csv:lines.csv"),
        ("axl://cstagw@cucm1", "axl://cstagw@cucm1"),
        (None, None),
    ],
)
def test_no_password_is_shown(place: str | None, shown: str | None) -> None:
    assert masked(place) == shown


def test_the_configuration_is_shown_without_passwords(tmp_path: Path) -> None:
    shown = show(config_of(tmp_path, f'[directory]\nsource = "{URL}"\n[selection]\nstore = "{URL}"\n'))
    assert shown.count("postgresql://cstagw@db.example.com/cstagw") == 2
    assert "hunter2" not in shown


@pytest.mark.parametrize("key", ["directory.source", "selection.store"])
@pytest.mark.parametrize("url", [URL.replace("/cstagw", ""), URL.replace("postgresql", "PostgreSQL")])
def test_a_wrong_url_is_reported_without_its_password(tmp_path: Path, key: str, url: str) -> None:
    section, _, name = key.partition(".")
    text = problem(tmp_path, f'[{section}]\n{name} = "{url}"')
    assert text.startswith(f"{key}: given ")
    assert "hunter2" not in text


# Who a user is


def test_users_are_read_as_they_are_compared(tmp_path: Path) -> None:
    config = config_of(tmp_path, '[authorization]\nsuper_provider = ["sip:Desk@Example.com;user=phone", "*"]')
    assert config.authorization.super_provider == ("desk@example.com", "*")


def test_peers_are_addresses_and_networks(tmp_path: Path) -> None:
    peers = ["10.0.0.5", "192.0.2.0/24", "2001:db8::/32"]
    config = config_of(tmp_path, f"[authorization]\npeers = {peers}")
    assert config.authorization.peers == tuple(map(ip_network, peers))


def test_lists_from_the_environment_are_written_with_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CSTAGW_AUTHORIZATION__PEERS", "10.0.0.5, ::1")
    monkeypatch.setenv("CSTAGW_AUTHORIZATION__SUPER_PROVIDER", "sip:a@x,B@x")
    found = load().authorization
    assert (list(map(str, found.peers)), found.super_provider) == (["10.0.0.5/32", "::1/128"], ("a@x", "b@x"))


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        (
            '[authorization]\nidentity = "p-asserted-identity"',
            ["authorization.peers", "without any nobody could sign in"],
        ),
        ('[authorization]\nidentity = "to"', ["authorization.identity", '"from" or "p-asserted-identity"']),
        ('[authorization]\npeers = ["gw1"]', ["authorization.peers[0]", "a network such as 10.0.0.0/8"]),
        ('[authorization]\nsuper_provider = ["<a@x>"]', ["super_provider[0]", "is not a SIP address"]),
        (
            '[selection]\npassword_file = "x"',
            ["selection.password_file", "only postgresql:// has a password"],
        ),
        (
            '[selection]\nstore = "sqlite:x"\npassword_file = "x"',
            ["selection.password_file", "only postgresql:// has a password"],
        ),
        ('[selection]\nstore = "mysql://u@h/d"\npassword_file = "x"', ["selection.store", "is not known"]),
        (
            '[directory]\nsource = "csv:x"\npassword_file = "x"',
            ["directory.password_file", "only postgresql:// and axl:// have a password"],
        ),
    ],
)
def test_what_makes_no_sense(tmp_path: Path, text: str, parts: list[str]) -> None:
    found = problem(tmp_path, text)
    assert [part for part in parts if part not in found] == []


def test_a_password_file_beside_the_url_of_a_server(tmp_path: Path) -> None:
    text = f'store = "{URL}"\npassword_file = "db.password"'
    assert config_of(tmp_path, f"[selection]\n{text}").selection.password_file == Path("db.password")
