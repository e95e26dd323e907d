"""`cstagw demo`: a real call through a gateway of its own, in a few seconds."""

import asyncio

import click

from cstagw.cli.exits import Failure


@click.command()
def demo() -> None:
    """Start a gateway on free ports, play every service with two clients, print the timeline."""
    from cstagw.demo import DemoFailed, run
    from cstagw.log import set_up

    set_up("warning", "text", "demo")
    try:
        asyncio.run(run(click.echo))
    except DemoFailed as error:
        raise Failure(
            f"the demo did not end as it had to: {error}", next_step="the last line above is where"
        ) from None
    click.echo("\nThe demo is over: everything that had to happen has happened.")
