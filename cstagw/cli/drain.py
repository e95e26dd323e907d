"""`cstagw drain` and `cstagw undrain`: send new sessions elsewhere, and take that back."""

import json
import time
from collections.abc import Mapping

import click

from cstagw.cli.daemon import Daemon, admin_option
from cstagw.cli.exits import Failure
from cstagw.cli.options import config_option, json_option

_POLL = 0.2


@click.command()
@config_option
@admin_option
@click.option("--wait", is_flag=True, help="Come back when no session is left.")
@json_option
def drain(daemon: Daemon, *, wait: bool, as_json: bool) -> None:
    """Take no new sessions after [drain] notice, end those left at [drain] deadline.

    The gateway goes on running without sessions, until it is stopped or undrained.
    """
    _, status = daemon.post("/admin/v1/drain")
    while wait and status["phase"] not in {"drained", "serving"}:
        time.sleep(_POLL)
        status = daemon.get("/admin/v1/status")["drain"]
    _say(status, as_json)
    if status["phase"] == "serving":
        raise Failure(
            "the gateway serves again: the drain was taken back", next_step="ask who used `cstagw undrain`"
        )


@click.command()
@config_option
@admin_option
@json_option
def undrain(daemon: Daemon, *, as_json: bool) -> None:
    """Take a drain back: new sessions are served again."""
    code, status = daemon.post("/admin/v1/undrain")
    _say(status, as_json)
    if code == 409:
        raise Failure(
            "too late: sessions have been ended, or the gateway is stopping",
            next_step="start the gateway again",
        )


def _say(status: Mapping[str, object], as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(status, indent=2))
        return
    text = f"{status['phase']}, {status['sessions']} sessions"
    for name in ("notice", "deadline"):
        left = status[f"{name}_seconds_left"]
        if left:
            text += f", {name} over in {left} s"
    click.echo(text)
