"""Changes a node while it runs: the configuration read again, the level of the log.

All or nothing: a configuration with a mistake changes nothing. What cannot change at run time is listed, and
listed again at the next reload, because it is compared with what is in force.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import get_args

from . import log
from .bridges import check_secrets
from .certificates import Certificates, read
from .config import Changes, Config, ConfigError, Problem, changes
from .config.fields import Level
from .metrics import Metrics
from .numbers import Numbers

_LEVELS = get_args(Level)

_LOG = log.get_logger("cstagw.node")


class Reload:
    """`config` is what is in force; `reread` gives the one that is wanted, or raises ConfigError;
    `links_changed` is called where other CTIManagers are in it, `numbers_changed` with other rules for
    numbers; `wall_clock` is seconds since 1970.
    """

    def __init__(
        self,
        config: Config,
        reread: Callable[[], Config],
        *,
        certificates: Certificates,
        metrics: Metrics,
        links_changed: Callable[[], None],
        numbers_changed: Callable[[Numbers], None],
        wall_clock: Callable[[], float],
    ) -> None:
        self.config = config
        self._reread = reread
        self._certificates = certificates
        self._metrics = metrics
        self._links_changed = links_changed
        self._numbers_changed = numbers_changed
        self._wall_clock = wall_clock
        metrics.config_taken(wall_clock())

    def reload(self) -> Changes:
        """Apply what can be applied. Raises ConfigError, and has changed nothing then."""
        try:
            wanted = self._reread()
            certificates = read(wanted.tls)
            check_secrets(wanted)
        except ConfigError as error:
            self._metrics.config_refused()
            _LOG.error("config.refused", problems=[str(problem) for problem in error.problems])
            raise
        renewed = self._certificates.replace(certificates)
        found = self._with_certificates(changes(self.config, wanted), renewed)
        _LOG.info("config.reloaded", applied=found.applied, restart=found.restart)
        self._put_in_force(found.config)
        self._metrics.config_taken(self._wall_clock())
        return found

    def log_level(self) -> str:
        """What is written at present."""
        return self.config.log.level

    def set_log_level(self, level: str) -> None:
        """Until the next reload. Raises ConfigError."""
        if level not in _LEVELS:
            raise ConfigError([Problem("level", f"given {level!r}; allowed: {', '.join(_LEVELS)}")])
        _LOG.info("log.level_changed", to=level)
        wanted = self.config.log.model_copy(update={"level": level})
        self._put_in_force(self.config.model_copy(update={"log": wanted}))

    def _put_in_force(self, config: Config) -> None:
        before, self.config = self.config, config
        if config.log != before.log:
            log.change(config.log.level, config.log.format)
        if config.ctimanager != before.ctimanager:
            self._links_changed()
        if config.numbers != before.numbers:
            self._numbers_changed(config.numbers.compiled())

    def _with_certificates(self, found: Changes, renewed: bool) -> Changes:
        """A certificate can be another one in a file of the same name. What we call ourselves on TLS was
        settled when the listeners were bound.
        """
        applied, restart = set(found.applied), set(found.restart)
        if renewed:
            applied.add("tls.certificate")
        if self._certificates.renamed and not self.config.sip.advertise:
            restart.add("tls.certificate")
        return replace(found, applied=tuple(sorted(applied)), restart=tuple(sorted(restart)))
