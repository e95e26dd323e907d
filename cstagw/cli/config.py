"""`cstagw config`: check, show and describe the configuration without starting anything."""

import json

import click

from cstagw import config as configuration
from cstagw.cli.options import config_file, config_option, json_option, load_config, unusable


@click.group()
@config_option
def config() -> None:
    """Check, show and describe the configuration."""


@config.command()
@config_option
def check() -> None:
    """Check file, environment and the certificates named; exit code 3 lists every problem."""
    from cstagw.tls import contexts

    try:
        contexts(load_config().tls)
    except configuration.ConfigError as error:
        raise unusable(error) from None
    click.echo(f"the configuration is valid ({config_file() or 'no file'})")


@config.command()
@config_option
@json_option
def show(as_json: bool) -> None:
    """Print the effective configuration, with the origin of each value."""
    effective = load_config()
    text = (
        json.dumps(effective.model_dump(mode="json"), indent=2) if as_json else configuration.show(effective)
    )
    click.echo(text.rstrip())


@config.command()
def schema() -> None:
    """Print the JSON Schema of the configuration file."""
    click.echo(json.dumps(configuration.schema(), indent=2))
