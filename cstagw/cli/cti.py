"""`cstagw cti`: how the CTIManagers are, why, and what to do about it."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import click

from cstagw.cli.daemon import Daemon, admin_option
from cstagw.cli.exits import colour
from cstagw.cli.options import config_option, json_option

_HEAD = ("NAME", "ADDRESS", "STATE", "FOR", "SESSIONS", "DEVICES", "RTT", "FLAPS")
_FIRST_NUMBER = 3
_COLOURS = {"IN_SERVICE": "green", "PARTIAL_SERVICE": "yellow", "OUT_OF_SERVICE": "red"}
_RECENT = 3600.0
_UNITS = (("d", 86400), ("h", 3600), ("m", 60), ("s", 1))


@click.command()
@config_option
@admin_option
@json_option
def cti(daemon: Daemon, *, as_json: bool) -> None:
    """Show every CTIManager: its state and since when, what it carries, and why it is down.

    FLAPS are links that were lost within a minute of coming up, DEVICES those that sessions use over it.
    """
    answer = daemon.get("/admin/v1/ctimanagers")
    text = json.dumps(answer, indent=2) if as_json else "\n".join(render(answer["ctimanagers"]))
    click.echo(text, color=colour())


def render(links: Sequence[Mapping[str, Any]]) -> list[str]:
    """A table in configured order, with cause and cure below whatever is not in service."""
    rows = [_HEAD, *(_row(link) for link in links)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [_line(rows[0], widths)]
    for link, row in zip(links, rows[1:], strict=True):
        lines.append(click.style(_line(row, widths), fg=_COLOURS.get(link["state"])))
        lines += [f"  {name}: {text}" for name, text in _remarks(link)]
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
