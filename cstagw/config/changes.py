"""What is different between the configuration in force and another one, and what of that can change while
the node runs.

Values only: nothing is applied here.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from cstagw.config.model import Config

#: What can change at run time. Whatever is not here needs a restart, further keys included.
RUN_TIME = frozenset(
    {
        "ctimanager",
        "drain.deadline",
        "drain.notice",
        "log.format",
        "log.level",
        "numbers.inbound",
        "numbers.outbound",
        "tls.ca",
        "tls.certificate",
        "tls.key",
    }
)


@dataclass(frozen=True, slots=True)
class Changes:
    """Paths of keys, sorted. `config` is what is in force once `applied` has been applied."""

    applied: tuple[str, ...]
    restart: tuple[str, ...]
    config: Config


def changes(running: Config, wanted: Config) -> Changes:
    """How to come from one to the other."""
    different = set(_different(running, wanted))
    applied = {path for path in different if path in RUN_TIME}
    if not (running.tls.certificate and wanted.tls.certificate):  # TLS is served from the start or not at all
        applied = {path for path in applied if not path.startswith("tls.")}
    if not _links_can_follow(running, wanted):
        applied.discard("ctimanager")
    return Changes(
        tuple(sorted(applied)), tuple(sorted(different - applied)), _merged(running, wanted, applied)
    )


def _links_can_follow(running: Config, wanted: Config) -> bool:
    """The simulator is not a CTIManager that could come and go, and one stays connected all the time. What
    stays where it is keeps all that belongs to it, and bridges are started as [jtapi] was at our start."""
    before, after = ([entry.name for entry in config.ctimanager] for config in (running, wanted))
    if not (before and after) or (len(before) == 1 and before == after):
        return False
    known = {entry.address: entry for entry in running.ctimanager}
    staying = [entry for entry in wanted.ctimanager if entry.address in known]
    if any(entry != known[entry.address] for entry in staying):
        return False
    bridged = [entry for entry in wanted.ctimanager if entry.is_bridged]
    return wanted.jtapi == running.jtapi or all(entry in staying for entry in bridged)


def _different(running: Config, wanted: Config) -> Iterator[str]:
    """Keys of tables are told apart; a list is one value."""
    for name in Config.model_fields:
        old, new = getattr(running, name), getattr(wanted, name)
        if isinstance(old, BaseModel):
            keys = type(old).model_fields
            yield from (f"{name}.{key}" for key in keys if getattr(old, key) != getattr(new, key))
        elif old != new:
            yield name


def _merged(running: Config, wanted: Config, applied: set[str]) -> Config:
    taken: dict[str, Any] = {}
    for path in applied:
        name, _, key = path.partition(".")
        given = getattr(wanted, name)
        before = taken.get(name, getattr(running, name))
        taken[name] = before.model_copy(update={key: getattr(given, key)}) if key else given
    return running.model_copy(update=taken)
