"""What of another configuration can be applied while the node runs."""

from pathlib import Path

import pytest

from cstagw.config import Config, changes, load


def config(**values: object) -> Config:
    return load(None, {key.replace("__", "."): value for key, value in values.items()})


def test_nothing_is_different() -> None:
    found = changes(config(), config())
    assert (found.applied, found.restart, found.config) == ((), (), config())


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("log.level", "debug"),
        ("log.format", "text"),
        ("drain.notice", "1s"),
        ("drain.deadline", "2m"),
    ],
)
def test_what_can_change_at_run_time(key: str, value: str) -> None:
    wanted = load(None, {key: value})
    found = changes(config(), wanted)
    assert (found.applied, found.restart) == ((key,), ())
    assert found.config.model_dump() == wanted.model_dump()


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("sip.listen", ["tcp://127.0.0.1:5070"]),
        ("sip.advertise", "gw1.example.com"),
        ("admin.listen", "127.0.0.1:8081"),
        ("ctimanager", [{"name": "a", "url": "csta://a:1"}]),
        ("heartbeat.interval", "1s"),
        ("session.max_sessions", 7),
        ("simulator.phones", 30),
        ("tls.certificate", "gw.pem"),
    ],
)
def test_what_needs_a_restart(key: str, value: object) -> None:
    running = config()
    found = changes(running, load(None, {key: value}))
    assert (found.applied, found.restart) == ((), (key,))
    assert found.config.model_dump() == running.model_dump()


def test_what_needs_a_restart_is_found_again_until_it_was_restarted() -> None:
    running = config()
    wanted = config(admin__listen="127.0.0.1:8081", log__level="debug", drain__notice="1s")
    first = changes(running, wanted)
    assert (first.applied, first.restart) == (("drain.notice", "log.level"), ("admin.listen",))
    in_force = config(log__level="debug", drain__notice="1s")
    assert first.config.model_dump() == in_force.model_dump()
    second = changes(first.config, wanted)
    assert (second.applied, second.restart) == ((), ("admin.listen",))


def entries(*places: str) -> list[dict[str, str]]:
    """`a1` is the CTIManager a at its first address."""
    return [{"name": place[0], "url": f"csta://{place}:1"} for place in places]


@pytest.mark.parametrize(
    ("before", "after", "can"),
    [
        (["a1"], ["a1", "b1"], True),
        (["a1", "b1"], ["b1"], True),
        (["a1"], ["b1"], True),
        (["a1", "b1"], ["a2", "b2"], True),
        (["a1", "b1"], ["b1", "a1"], True),
        (["a1"], ["a2", "b1"], True),
        (["a1"], ["a2"], False),
        ([], ["a1"], False),
        (["a1"], [], False),
    ],
)
def test_ctimanagers_come_and_go(before: list[str], after: list[str], can: bool) -> None:
    wanted = config(ctimanager=entries(*after))
    found = changes(config(ctimanager=entries(*before)), wanted)
    assert (found.applied, found.restart) == ((("ctimanager",), ()) if can else ((), ("ctimanager",)))
    assert (found.config.ctimanager == wanted.ctimanager) is can


BRIDGED = {"name": "j", "url": "jtapi://10.0.0.11"}
LOGIN = {"jar": "a.jar", "user": "u", "password_file": "p"}


@pytest.mark.parametrize(
    ("before", "after", "restart"),
    [
        ({"ctimanager": entries("a1")}, {"ctimanager": [*entries("a1"), BRIDGED]}, ()),
        ({"ctimanager": [*entries("a1"), BRIDGED]}, {"ctimanager": entries("a1")}, ()),
        ({"ctimanager": [*entries("a1"), BRIDGED]}, {"jtapi": LOGIN | {"user": "v"}}, ("jtapi.user",)),
        (
            {"ctimanager": entries("a1"), "jtapi": {}},
            {"ctimanager": [*entries("a1"), BRIDGED]},
            ("ctimanager", "jtapi.jar", "jtapi.password_file", "jtapi.user"),
        ),
        (
            {"ctimanager": [BRIDGED]},
            {"ctimanager": [BRIDGED, *entries("a1")], "jtapi": LOGIN | {"appinfo": "b"}},
            ("jtapi.appinfo",),
        ),
        (
            {"ctimanager": entries("a1", "b1")},
            {"ctimanager": [entries("a1")[0] | {"secret_file": "s"}, *entries("b1")]},
            ("ctimanager",),
        ),
    ],
)
def test_bridges_come_and_go_as_jtapi_was_at_the_start(
    before: dict[str, object], after: dict[str, object], restart: tuple[str, ...]
) -> None:
    first = {"jtapi": LOGIN} | before
    found = changes(
        config(**first), config(**({"jtapi": LOGIN} | {"ctimanager": first["ctimanager"]} | after))
    )
    assert found.restart == restart
    assert found.config.jtapi == config(**first).jtapi


def test_certificates_change_where_there_are_some() -> None:
    running, wanted = config(tls__certificate="a.pem", tls__key="a.key"), config(tls__certificate="b.pem")
    found = changes(running, wanted)
    assert (found.applied, found.restart) == (("tls.certificate", "tls.key"), ())
    assert (found.config.tls.certificate, found.config.tls.key) == (Path("b.pem"), None)
    assert changes(running, config()).restart == ("tls.certificate", "tls.key")
