"""`cstagw version`: what runs here."""

import json
import platform

import click

from cstagw import __version__
from cstagw.cli.options import json_option


@click.command()
@json_option
def version(as_json: bool) -> None:
    """Print the version."""
    facts = {"cstagw": __version__, "python": platform.python_version()}
    click.echo(
        json.dumps(facts) if as_json else " ".join(f"{name} {number}" for name, number in facts.items())
    )
