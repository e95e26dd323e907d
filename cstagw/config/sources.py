"""Puts a configuration together: defaults < file < environment < flags, with the origin of each value.

The only part of the configuration that reads files and the environment.
"""

import os
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, EnvSettingsSource, SettingsConfigDict

from cstagw.config.model import Config
from cstagw.config.problems import ConfigError, Problem, dotted, explain

PREFIX = "CSTAGW_"
NESTED = "__"

Keys = tuple[str, ...]


class _EnvironmentModel(Config, BaseSettings):
    """The same keys, as names of environment variables."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_nested_delimiter=NESTED)


class _Environment(EnvSettingsSource):
    def decode_complex_value(self, field_name: str, field: FieldInfo, value: Any) -> Any:
        """Lists and tables are JSON; what is not is left to the model, which reports it with the rest."""
        try:
            return super().decode_complex_value(field_name, field, value)
        except ValueError:
            return value


def load(path: Path | None = None, overrides: Mapping[str, object] | None = None) -> Config:
    """The effective configuration.

    `overrides` come from flags: dotted path -> value as in the file, None where the flag was not given.
    Raises ConfigError with all problems at once.
    """
    merged: dict[str, Any] = {}
    origins: dict[str, str] = {}
    for keys, value, origin in _layers(path, overrides or {}):
        _put(merged, keys, value)
        origins[dotted(keys)] = origin
    problems = _unknown_sections()
    try:
        config = Config.from_sources(merged, origins)
    except ValidationError as error:
        raise ConfigError(problems + explain(error, origins)) from None
    if problems:
        raise ConfigError(problems)
    return config


def _layers(path: Path | None, overrides: Mapping[str, object]) -> Iterator[tuple[Keys, object, str]]:
    """Every value given, with its origin; later ones win."""
    for keys, value in _leaves(_read(path) if path else {}):
        yield keys, value, f"file {path}"
    for keys, value in _leaves(_Environment(_EnvironmentModel)()):
        yield keys, value, f"environment {PREFIX}{NESTED.join(keys).upper()}"
    for name, value in overrides.items():
        if value is not None:
            yield tuple(name.split(".")), value, "flag"


def _read(path: Path) -> dict[str, Any]:
    try:
        with path.open("rb") as file:
            return tomllib.load(file)
    except OSError as error:
        reason = f"cannot be read: {error.strerror}"
    except UnicodeDecodeError:
        reason = "is not UTF-8 text, which TOML must be"
    except tomllib.TOMLDecodeError as error:
        reason = f"is not TOML: {error}"
    raise ConfigError([Problem(str(path), reason)])


def _leaves(table: Mapping[str, Any], above: Keys = ()) -> Iterator[tuple[Keys, object]]:
    """Values with their keys; an empty table counts as one, or an unknown `[section]` would pass unseen."""
    for key, value in table.items():
        keys = (*above, key)
        if isinstance(value, Mapping) and value:
            yield from _leaves(value, keys)
        else:
            yield keys, value


def _put(table: dict[str, Any], keys: Keys, value: object) -> None:
    for key in keys[:-1]:
        inner = table.get(key)
        if not isinstance(inner, dict):
            inner = table[key] = {}
        table = inner
    if not (value == {} and isinstance(table.get(keys[-1]), dict)):
        table[keys[-1]] = value


def _unknown_sections() -> list[Problem]:
    """Variables of a section that does not exist.

    Names without "__" may be others', such as the service links of Kubernetes.
    """
    sections = Config.model_fields
    allowed = ", ".join(f"{PREFIX}{section.upper()}{NESTED}..." for section in sections)
    return [
        Problem(name, f"unknown; allowed: {allowed}")
        for name in sorted(os.environ)
        if name.upper().startswith(PREFIX)
        and NESTED in name
        and name.upper().removeprefix(PREFIX).split(NESTED)[0].lower() not in sections
    ]
