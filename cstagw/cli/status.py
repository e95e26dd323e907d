"""`cstagw status`: whether a gateway takes sessions, and if not, why."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import click

from cstagw.cli.cti import age
from cstagw.cli.daemon import Daemon, admin_option
from cstagw.cli.exits import colour
from cstagw.cli.options import config_option, json_option


@click.command()
@config_option
@admin_option
@json_option
def status(daemon: Daemon, *, as_json: bool) -> None:
    """Show whether the gateway takes sessions and what it holds."""
    answer = daemon.get("/admin/v1/status")
    text = json.dumps(answer, indent=2) if as_json else "\n".join(render(answer))
    click.echo(text, color=colour())


def render(answer: Mapping[str, Any]) -> Iterator[str]:
    """The verdict first; what is wrong next; then what there is."""
    ready, sip, links = answer["ready"], answer["sip"], answer["ctimanagers"]
    verdict = click.style("ready", fg="green") if ready else click.style("NOT READY", fg="red", bold=True)
    yield f"{answer['node']}: {verdict}, cstagw {answer['version']}"
    for check in answer["checks"]:
        if not check["passed"]:
            yield f"  {check['name']}: {check['text']}"
    if answer["draining"]:
        yield f"drain        {_drain(answer['drain'])}"
    yield f"sessions     {answer['sessions']}"
    carried = ", ".join(f"{count} {kind.upper()}" for kind, count in sip["connections"].items())
    yield f"SIP          {sip['dialogs']} dialogs, connections: {carried}"
    yield from _access(answer)
    yield f"CTIManagers  {links['in_service']} of {links['configured']} in service{_advice(links)}"


def _access(answer: Mapping[str, Any]) -> Iterator[str]:
    directory, store = answer["directory"], answer["selection_store"]
    lines, loaded = directory["line_appearances"], directory["loaded_seconds_ago"]
    counted = "" if lines is None else f", {lines} line appearances, loaded {age(loaded)} ago"
    yield f"directory    {directory['source']}{counted}"
    for state in (directory, store):
        if state["error"]:
            yield click.style(f"  {state['error']}", fg="yellow")
            yield f"  next: {state['cure']}"


def _drain(drain: Mapping[str, Any]) -> str:
    times = [
        f"{name} over in {drain[f'{name}_seconds_left']:.0f} s"
        for name in ("notice", "deadline")
        if drain[f"{name}_seconds_left"]
    ]
    return ", ".join([drain["phase"], *times])


def _advice(links: Mapping[str, int]) -> str:
    return "" if links["in_service"] == links["configured"] else "; `cstagw cti` tells why"
