"""`cstagw loglevel`: how much the gateway writes, changed while it runs."""

import json
from typing import get_args

import click

from cstagw.cli.daemon import Daemon, admin_option
from cstagw.cli.options import config_option, json_option
from cstagw.config.fields import Level


@click.command()
@config_option
@admin_option
@json_option
@click.argument("level", type=click.Choice(get_args(Level)), required=False)
def loglevel(daemon: Daemon, level: str | None, *, as_json: bool) -> None:
    """Change the level of the log until the next reload or restart; without LEVEL, print it."""
    if level is None:
        found = daemon.get("/admin/v1/loglevel")
    else:
        _, found = daemon.post("/admin/v1/loglevel", {"level": level})
    click.echo(json.dumps(found) if as_json else found["level"])
