"""Options that several commands share, and the configuration they lead to."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import click

from cstagw.cli.exits import BadConfiguration
from cstagw.config import Config, ConfigError, load

Decorated = TypeVar("Decorated", bound=Callable[..., Any])

CONFIG_VARIABLE = "CSTAGW_CONFIG"
_FILE = "cstagw.config_file"


def config_option(command: Decorated) -> Decorated:
    """--config FILE, before the command's name or after it; the later one wins."""

    def keep(context: click.Context, _parameter: click.Parameter, file: Path | None) -> None:
        if file is not None:
            context.meta[_FILE] = file

    return click.option(
        "--config",
        type=click.Path(path_type=Path, dir_okay=False),
        metavar="FILE",
        help="Configuration file (TOML); also CSTAGW_CONFIG.",
        expose_value=False,
        callback=keep,
    )(command)


def json_option(command: Decorated) -> Decorated:
    """--json on commands that only read."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON.")(command)


def config_file() -> Path | None:
    """The file that was named by the option or else by the environment, if any."""
    named = click.get_current_context().meta.get(_FILE) or os.environ.get(CONFIG_VARIABLE)
    return Path(named) if named else None


def load_config(overrides: Mapping[str, object] | None = None, otherwise: str = "") -> Config:
    """The effective configuration of this call. Ends the command with exit code 3 where it cannot be used."""
    try:
        return load(config_file(), overrides)
    except ConfigError as error:
        raise unusable(error, otherwise) from None


def unusable(error: ConfigError, otherwise: str = "") -> BadConfiguration:
    """How a command ends that has no usable configuration; `otherwise` is what can be done without one."""
    return BadConfiguration(
        f"the configuration cannot be used ({config_file() or 'no file, environment and flags only'})",
        problems=tuple(map(str, error.problems)),
        next_step=f"correct what is listed; `cstagw config schema` shows every key{otherwise}",
    )
