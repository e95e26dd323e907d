"""`cstagw config`: check, show and describe the configuration without starting anything."""

import json

import click

from cstagw import config as configuration
from cstagw.cli.exits import Exit
from cstagw.cli.options import config_file, config_option, json_option, load_config, unusable


@click.group()
@config_option
def config() -> None:
    """Check, show and describe the configuration."""


@config.command()
@config_option
@json_option
@click.pass_context
def check(context: click.Context, as_json: bool) -> None:
    """Check file, environment and the certificates and secrets named; exit code 3 lists every problem."""
    from cstagw.bridges import check_secrets
    from cstagw.tls import contexts

    problems: list[configuration.Problem] = []
    try:
        wanted = configuration.load(config_file())
        contexts(wanted.tls)
        check_secrets(wanted)
    except configuration.ConfigError as error:
        if not as_json:
            raise unusable(error) from None
        problems = error.problems
    if as_json:
        found = [{"path": one.path, "text": one.text} for one in problems]
        click.echo(json.dumps({"valid": not problems, "problems": found}, indent=2))
    else:
        click.echo(f"the configuration is valid ({config_file() or 'no file'})")
    context.exit(Exit.CONFIGURATION if problems else Exit.OK)


@config.command()
@config_option
@json_option
def show(as_json: bool) -> None:
    """Print the effective configuration, with the origin of each value.

    In JSON `origins` has the paths of all values that are no defaults.
    """
    effective = load_config()
    if as_json:
        shown = effective.model_dump(mode="json") | {"origins": dict(effective.origins)}
        click.echo(json.dumps(shown, indent=2))
    else:
        click.echo(configuration.show(effective).rstrip())


@config.command()
def schema() -> None:
    """Print the JSON Schema of the configuration file."""
    click.echo(json.dumps(configuration.schema(), indent=2))
