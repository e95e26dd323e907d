"""`cstagw user`: one user, why his phone control is as it is, and the device that it uses."""

import json
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

import click

from cstagw.cli.cti import age
from cstagw.cli.daemon import Daemon, admin_option
from cstagw.cli.exits import Failure, colour
from cstagw.cli.options import config_option, json_option
from cstagw.config.users import check_user

_NEXT = {
    404: "check the address, and whether the directory has him",
    422: "see `cstagw user URI` for his lines and devices",
}
_STATES = {"in force": "green", "pending": "yellow", "stored": None, "void": "red"}


class _OfUser(click.Group):
    """Takes its options behind URI as well, as every other command does."""

    allow_interspersed_args = True

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        begin = next((place for place, word in enumerate(args) if word in self.commands), len(args))
        return super().parse_args(ctx, [*args[:begin], "--", *args[begin:]])


def _address(_context: click.Context, _parameter: click.Parameter, uri: str) -> str:
    try:
        return check_user(uri)
    except ValueError as error:
        raise click.BadParameter(str(error)) from None


@click.group(cls=_OfUser, invoke_without_command=True)
@config_option
@admin_option
@json_option
@click.argument("uri", callback=_address)
@click.pass_context
def user(context: click.Context, daemon: Daemon, uri: str, *, as_json: bool) -> None:
    """Show a user: his line appearances, the device chosen, his sessions, why he was refused last.

    URI is his SIP address, with or without sip:.
    """
    context.obj = (daemon, uri, as_json)
    if context.invoked_subcommand is None:
        _say(*daemon.ask(f"/admin/v1/users/{quote(uri, safe='')}"), as_json)


@user.command()
@click.argument("device", required=False)
@click.option("--line", metavar="DN", help="For one line of several.")
@click.option("--default", "default", is_flag=True, help="Take the choice back: the default rule again.")
@json_option
@click.pass_obj
def select(
    asked: tuple[Daemon, str, bool], device: str | None, line: str | None, *, default: bool, as_json: bool
) -> None:
    """Choose the DEVICE that the user's sessions control.

    It takes effect at once, without a new sign-in, or when the call at the old device is over.
    """
    daemon, uri, json_before = asked
    if (device is None) is not default:
        raise click.UsageError("give a DEVICE, or --default")
    words: dict[str, object] = {"device": device}
    if line is not None:
        words["line"] = line
    _say(*daemon.ask(f"/admin/v1/users/{quote(uri, safe='')}/selection", words), as_json or json_before)


def _say(status: int, answer: Mapping[str, Any], as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(answer, indent=2))
    elif status == 200:
        click.echo("\n".join(render(answer)), color=colour())
    if status != 200:
        text = "; ".join(problem["text"] for problem in answer["problems"])
        raise Failure(text, next_step=answer.get("cure") or _NEXT[status])


def render(answer: Mapping[str, Any]) -> Iterator[str]:
    """What is wrong first, then what there is."""
    yield click.style(answer["user"], bold=True)
    yield from _troubles(answer)
    yield from _sessions(answer)
    yield from _refusal(answer["last_refused"], answer["last_granted"])
    yield "line appearances"
    if answer["controls_all_lines"]:
        yield "  every line that a CTIManager knows"
    for one in answer["appearances"]:
        yield f"  {_appearance(one)}"
    for one in answer["selections"]:
        state = click.style(one["state"], fg=_STATES.get(one["state"]))
        text = f": {one['text']}" if one["text"] else ""
        yield f"choice for {one['dn']}: {one['device']}, {state}{text}"


def _troubles(answer: Mapping[str, Any]) -> Iterator[str]:
    directory, store = answer["directory"], answer["selection_store"]
    for what, state in (("directory", directory), ("selection store", store)):
        if state["error"]:
            yield click.style(f"  {what}: {state['error']}", fg="yellow")
            yield f"    next: {state['cure']}"
    if directory["stale"] and directory["loaded_seconds_ago"] is not None:
        yield f"    what is in force was loaded {age(directory['loaded_seconds_ago'])} ago"


def _sessions(answer: Mapping[str, Any]) -> Iterator[str]:
    if not answer["sessions"]:
        yield "no session"
    for one in answer["sessions"]:
        device = one["device"] or "whatever the CTIManager chooses"
        yield (
            f"session {one['id']} for {age(one['seconds'])}: {one['dn']} on {device} over {one['ctimanager']}"
        )
        yield f"  line   {one['line']}"
        yield f"  rule   {one['rule']}"
        if one["waits_for"]:
            devices = ", ".join(device or "any device" for device in one["waits_for"]["devices"])
            yield click.style(f"  to go to {devices}: {one['waits_for']['text']}", fg="yellow")
        elif one["moving"]:
            yield "  moving to another CTIManager"
        for call, state in one["calls"].items():
            yield f"  call   {call} {state}"


def _refusal(refused: Mapping[str, Any] | None, granted: Mapping[str, Any] | None) -> Iterator[str]:
    """A refusal that a sign-in has followed is no trouble any more."""
    if refused is None:
        return
    is_last = granted is None or refused["seconds_ago"] < granted["seconds_ago"]
    head = f"refused {age(refused['seconds_ago'])} ago with {refused['status']} ({refused['reason']})"
    yield click.style(head, fg="red") if is_last else f"{head}, before he was let in"
    yield f"  {refused['text']}"
    yield f"  asked for {refused['line'] or 'no line'} from {refused['peer']}"


def _appearance(one: Mapping[str, Any]) -> str:
    parts = [one["dn"], one["device"] or "(any device)"]
    if one["partition"]:
        parts.append(f"partition {one['partition']}")
    if one["model"]:
        parts.append(one["model"])
    parts += [] if one["enabled"] else ["disabled"]
    parts += ["chosen"] if one["chosen"] else []
    return ", ".join(parts)
