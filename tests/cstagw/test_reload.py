"""The configuration of a node that runs is read again."""

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry

from cstagw.certificates import Certificates
from cstagw.config import Config, ConfigError, Problem, load
from cstagw.log import set_up
from cstagw.metrics import Metrics
from cstagw.numbers import Numbers
from cstagw.reload import Reload
from tests.certificates import self_signed
from tests.logs import log_restored


class House:
    """A reload with a configuration that a test can change, and a clock."""

    def __init__(self, **values: object) -> None:
        self.now = 1000.0
        self.wanted: Config | ConfigError = self.config(**values)
        self.registry = CollectorRegistry()
        running = self.config(**values)
        self.certificates = Certificates(running.tls)
        self.followed = 0
        self.rules: list[Numbers] = []
        self.reload = Reload(
            running,
            self._reread,
            certificates=self.certificates,
            metrics=Metrics(self.registry),
            links_changed=self._follow,
            numbers_changed=self._rules_changed,
            wall_clock=lambda: self.now,
        )

    @staticmethod
    def config(**values: object) -> Config:
        return load(None, {key.replace("__", "."): value for key, value in values.items()})

    def _reread(self) -> Config:
        if isinstance(self.wanted, ConfigError):
            raise self.wanted
        return self.wanted

    def _rules_changed(self, numbers: Numbers) -> None:
        self.rules.append(numbers)

    def _follow(self) -> None:
        self.followed += 1

    def successful(self) -> tuple[float | None, float | None]:
        """The two metrics."""
        name = "cstagw_config_last_reload_success"
        return (
            self.registry.get_sample_value(f"{name}ful"),
            self.registry.get_sample_value(f"{name}_timestamp_seconds"),
        )


@pytest.fixture(autouse=True)
def _log() -> Iterator[None]:
    with log_restored():
        set_up("info", "json", "gw1")
        yield


def test_the_configuration_of_the_start_counts_as_read() -> None:
    assert House().successful() == (1, 1000)


def test_what_has_changed_is_in_force() -> None:
    house = House()
    house.wanted, house.now = house.config(log__level="debug", drain__notice="1s"), 2000.0
    done = house.reload.reload()
    assert (done.applied, done.restart) == (("drain.notice", "log.level"), ())
    assert house.reload.config.drain.notice == 1.0
    assert logging.getLogger().level == logging.DEBUG
    assert house.successful() == (1, 2000)


def test_links_follow_where_other_ctimanagers_are_configured() -> None:
    first, second = ({"name": name, "url": f"csta://{name}:1"} for name in ("a", "b"))
    house = House(ctimanager=[first])
    house.wanted = house.config(ctimanager=[first], log__level="debug")
    house.reload.reload()
    assert house.followed == 0
    house.wanted = house.config(ctimanager=[first, second])
    assert house.reload.reload().applied == ("ctimanager", "log.level")
    assert house.followed == 1
    assert [entry.name for entry in house.reload.config.ctimanager] == ["a", "b"]


def test_a_mistake_changes_nothing() -> None:
    house = House()
    before, house.now = house.reload.config, 2000.0
    house.wanted = ConfigError([Problem("log.level", "loud")])
    with pytest.raises(ConfigError):
        house.reload.reload()
    assert house.reload.config is before
    assert house.successful() == (0, 1000)
    house.wanted = before
    house.reload.reload()
    assert house.successful() == (1, 2000)


def test_a_certificate_that_cannot_be_used_changes_nothing(tmp_path: Path) -> None:
    house = House()
    (tmp_path / "junk.pem").write_text("junk")
    house.wanted = house.config(log__level="debug", tls__certificate=str(tmp_path / "junk.pem"))
    with pytest.raises(ConfigError, match=r"tls\.certificate"):
        house.reload.reload()
    assert house.reload.log_level() == "info"
    assert house.successful() == (0, 1000)


def test_a_renewed_certificate_is_used_though_no_key_has_changed(tmp_path: Path) -> None:
    file = self_signed(tmp_path)
    house = House(tls__certificate=str(file))
    lasting = house.certificates.contexts()
    assert lasting is not None
    first = lasting.server()
    assert house.reload.reload().applied == ()
    assert lasting.server() is first
    self_signed(tmp_path)
    done = house.reload.reload()
    assert (done.applied, done.restart) == (("tls.certificate",), ())
    assert lasting.server() is not first
    assert house.reload.reload().applied == ()


@pytest.mark.parametrize(("advertise", "restart"), [(None, ("tls.certificate",)), ("gw.example.com", ())])
def test_another_name_in_the_certificate_needs_a_restart_where_it_is_shown(
    tmp_path: Path, advertise: str | None, restart: tuple[str, ...]
) -> None:
    first, second = self_signed(tmp_path), self_signed(tmp_path, "gw2.example.com")
    house = House(tls__certificate=str(first), sip__advertise=advertise)
    house.wanted = house.config(tls__certificate=str(second), sip__advertise=advertise)
    done = house.reload.reload()
    assert (done.applied, done.restart) == (("tls.certificate",), restart)
    again = house.reload.reload()
    assert (again.applied, again.restart) == ((), restart)
    lasting = house.certificates.contexts()
    assert lasting is not None
    assert lasting.name == "gw1.example.com"


def test_tls_is_there_from_the_start_or_not_at_all(tmp_path: Path) -> None:
    house = House()
    house.wanted = house.config(tls__certificate=str(self_signed(tmp_path)))
    done = house.reload.reload()
    assert (done.applied, done.restart) == ((), ("tls.certificate",))
    assert house.certificates.contexts() is None


def test_the_level_of_the_log_changes_until_the_next_reload() -> None:
    house = House()
    house.reload.set_log_level("error")
    assert house.reload.log_level() == "error"
    assert logging.getLogger().level == logging.ERROR
    assert house.reload.reload().applied == ("log.level",)
    assert logging.getLogger().level == logging.INFO


def test_a_level_that_is_none_changes_nothing() -> None:
    house = House()
    with pytest.raises(ConfigError, match="debug, info, warning, error"):
        house.reload.set_log_level("loud")
    assert house.reload.log_level() == "info"


def test_other_rules_for_numbers_are_given_on_once() -> None:
    house = House()
    rule = {"match": "9(.*)", "replace": "\\1"}
    house.wanted = house.config(numbers__inbound=[rule])
    assert house.reload.reload().applied == ("numbers.inbound",)
    assert [rules.dialled("91901") for rules in house.rules] == ["1901"]
    house.reload.reload()
    assert len(house.rules) == 1
