"""`cstagw reload`: let the gateway read its configuration again."""

import json

import click

from cstagw.cli.daemon import Daemon, admin_option
from cstagw.cli.exits import BadConfiguration, Exit
from cstagw.cli.options import config_option, json_option


@click.command()
@config_option
@admin_option
@json_option
@click.pass_context
def reload(context: click.Context, daemon: Daemon, *, as_json: bool) -> None:
    """Apply what has changed in its file, as far as it can change at run time.

    A configuration with mistakes changes nothing; exit code 3 lists every problem.
    """
    code, found = daemon.post("/admin/v1/reload")
    if as_json:
        click.echo(json.dumps(found, indent=2))
        context.exit(Exit.CONFIGURATION if code == 422 else Exit.OK)
    if code == 422:
        raise BadConfiguration(
            "the configuration cannot be used; nothing has changed",
            problems=tuple(f"{one['path']}: {one['text']}" for one in found["problems"]),
            next_step="correct what is listed and reload again",
        )
    for text, paths in (("applied", found["applied"]), ("needs a restart", found["restart"])):
        if paths:
            click.echo(f"{text}: {', '.join(paths)}")
    if not found["applied"] and not found["restart"]:
        click.echo("nothing has changed")
