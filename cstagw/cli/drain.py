"""`cstagw drain` and `cstagw undrain`: send new sessions elsewhere, and take that back."""

import json
import time
from collections.abc import Mapping

import click

from cstagw.cli.daemon import Daemon, admin_option
from cstagw.cli.exits import Failure, NotReachable
from cstagw.cli.options import config_option, json_option

_POLL = 0.2


@click.command()
@config_option
@admin_option
@click.option("--stay", is_flag=True, help="Keep the gateway running without sessions.")
@click.option("--wait", is_flag=True, help="Come back when no session is left.")
@json_option
def drain(daemon: Daemon, *, stay: bool, wait: bool, as_json: bool) -> None:
    """Take no new sessions after [drain] notice, end those left at [drain] deadline, then the gateway.

    It can be taken back with undrain until sessions have been ended.
    """
    status: Mapping[str, object] = daemon.post("/admin/v1/drain", {"exit": not stay})[1]
    while wait and status["phase"] not in {"drained", "serving"}:
        time.sleep(_POLL)
        status = _next(daemon, status)
    _say(status, as_json)
    if status["phase"] == "serving":
        raise Failure(
            "the gateway serves again: the drain was taken back", next_step="ask who used `cstagw undrain`"
        )


def _next(daemon: Daemon, status: Mapping[str, object]) -> Mapping[str, object]:
    """How it is by now; a gateway that was to end and does not answer any more has ended."""
    try:
        found: Mapping[str, object] = daemon.get("/admin/v1/status")["drain"]
    except NotReachable:
        if not status["leaving"]:
            raise
        nothing = {"sessions": 0, "notice_seconds_left": 0.0, "deadline_seconds_left": 0.0}
        return {**status, **nothing, "phase": "drained"}
    return found


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
