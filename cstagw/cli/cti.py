"""`cstagw cti`: how the CTIManagers are, why, and what to do about it."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import click

from cstagw.cli.daemon import Daemon, admin_option
from cstagw.cli.exits import colour
from cstagw.cli.options import config_option, json_option

_HEAD = ("NAME", "ADDRESS", "STATE", "FOR", "SESSIONS", "DEVICES", "RTT", "FLAPS")
_FIRST_NUMBER = 3
_COLOURS = {"IN_SERVICE": "green", "PARTIAL_SERVICE": "yellow", "OUT_OF_SERVICE": "red"}
_RECENT = 3600.0
_MOST_LINES = 5
_UNITS = (("d", 86400), ("h", 3600), ("m", 60), ("s", 1))


@click.command()
@config_option
@admin_option
@json_option
def cti(daemon: Daemon, *, as_json: bool) -> None:
    """Show every CTIManager: its state and since when, what it carries, why it is down, and which lines it
    did not let us control within the last hour.

    FLAPS are links that were lost within a minute of coming up, DEVICES those that sessions use over it.
    """
    answer = daemon.get("/admin/v1/ctimanagers")
    text = json.dumps(answer, indent=2) if as_json else "\n".join(render(answer["ctimanagers"]))
    click.echo(text, color=colour())


def render(links: Sequence[Mapping[str, Any]]) -> list[str]:
    """A table in configured order, with cause and cure below whatever is not in service, and the lines that a
    CTIManager did not let us control."""
    rows = [_HEAD, *(_row(link) for link in links)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [_line(rows[0], widths)]
    for link, row in zip(links, rows[1:], strict=True):
        lines.append(click.style(_line(row, widths), fg=_COLOURS.get(link["state"])))
        lines += [f"  {name}: {text}" for name, text in (*_remarks(link), *_refused(link))]
    in_service = sum(link["state"] != "OUT_OF_SERVICE" for link in links)
    return [*lines, f"{in_service} of {len(links)} in service"]


def age(seconds: float) -> str:
    """A time as people say it, in its two largest units: 3h12m."""
    left = int(seconds)
    parts: list[str] = []
    for unit, size in _UNITS:
        count, left = divmod(left, size)
        if count or parts or unit == "s":
            parts.append(f"{count}{unit}")
        if len(parts) == 2:
            break
    return "".join(parts)


def _row(link: Mapping[str, Any]) -> tuple[str, ...]:
    rtt = link["heartbeat_rtt_seconds"]
    return (
        link["name"],
        link["address"],
        link["state"],
        age(link["since_seconds"]),
        str(link["sessions"]),
        str(link["devices"]),
        "-" if rtt is None else f"{rtt * 1000:.1f}ms",
        str(link["flaps"]),
    )


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = [
        cell.rjust(width) if index >= _FIRST_NUMBER else cell.ljust(width)
        for index, (cell, width) in enumerate(zip(cells, widths, strict=True))
    ]
    return "  ".join(padded)


def _remarks(link: Mapping[str, Any]) -> list[tuple[str, str]]:
    if link["cause"]:
        return [("cause", link["cause"]), ("cure", link["cure"])]
    ago = link["last_error_seconds_ago"]
    if link["last_error"] and ago < _RECENT:
        return [(f"{age(ago)} ago", link["last_error"])]
    return []


def _refused(link: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    lines = link["refused_lines"]
    for one in lines[:_MOST_LINES]:
        yield f"{age(one['seconds_ago'])} ago", f"{one['cause']}; {one['cure']}"
    if len(lines) > _MOST_LINES:
        yield "and", f"{len(lines) - _MOST_LINES} more lines were refused; --json lists them"
