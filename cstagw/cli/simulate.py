"""`cstagw simulate ctimgr|client`: the other two sides of the gateway."""

import asyncio
import platform
from pathlib import Path

import click

from cstagw.cli.exits import Failure, NotReachable
from cstagw.config import ConfigError, HostPort
from cstagw.config.addresses import parse_host_port
from sip import Target, Transport


class Address(click.ParamType[HostPort]):
    """HOST:PORT."""

    name = "HOST:PORT"

    def convert(
        self, value: str | HostPort, param: click.Parameter | None, ctx: click.Context | None
    ) -> HostPort:
        if isinstance(value, HostPort):
            return value
        try:
            return parse_host_port(value)
        except ValueError as error:
            self.fail(f"{value!r}: {error}; write HOST:PORT", param, ctx)


@click.group()
def simulate() -> None:
    """Run a simulated cluster or a simulated client."""


@simulate.command()
@click.option("--listen", type=Address(), multiple=True, required=True, help="One CTIManager per --listen.")
@click.option("--phones", type=click.IntRange(0, 100_000), default=0, help="Further lines from 2000000 up.")
@click.option("--control", type=Address(), help="HTTP control API.")
@click.option("--max-devices-provider", type=click.IntRange(1), default=2000, show_default=True)
@click.option("--max-devices-node", type=click.IntRange(1), default=800, show_default=True)
def ctimgr(
    listen: tuple[HostPort, ...],
    phones: int,
    control: HostPort | None,
    max_devices_provider: int,
    max_devices_node: int,
) -> None:
    """Run a cluster with one CTIManager per --listen, named ctim1, ctim2, ..."""
    from cstagw.log import set_up
    from cstagw.simulate import ctimanagers
    from ctimgr_client.simulator import Limits

    set_up("info", "text", platform.node())
    limits = Limits(devices_per_provider=max_devices_provider, devices_per_node=max_devices_node)
    try:
        asyncio.run(ctimanagers(listen, phones, control, limits, click.echo))
    except OSError as error:
        raise Failure(
            f"the simulator could not start: {error.strerror or error}",
            next_step="check the addresses, and whether another process has the port",
        ) from None


class _WithVerbs(click.Command):
    """A command whose help ends with the client's verbs; they are read only where help is asked for."""

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        from cstagw.client import WORDS

        with formatter.section("Verbs"):
            formatter.write_dl(
                [(f"{name} {words}".strip(), purpose) for name, (words, purpose) in WORDS.items()]
            )


@simulate.command(cls=_WithVerbs)
@click.option("--gateway", type=Address(), required=True, help="Where the gateway listens for SIP.")
@click.option("--transport", type=click.Choice([one.value for one in Transport]), default=Transport.TCP.value)
@click.option("--ca", type=click.Path(path_type=Path, dir_okay=False), help="PEM file that verifies TLS.")
@click.option("--user", required=True, metavar="URI", help="SIP URI of the user.")
@click.option("--line", required=True, metavar="LINE_URI", help="Line URI, such as tel:1001.")
@click.argument("script", nargs=-1, metavar="[VERB ...]")
def client(  # noqa: PLR0917 - an option each
    gateway: HostPort, transport: str, ca: Path | None, user: str, line: str, script: tuple[str, ...]
) -> None:
    """Sign in as a user, play the verbs, sign out; without verbs they are typed."""
    from cstagw.client import ServiceRefused, SignInRefused, UsageError, parse_script
    from cstagw.simulate import Caller, SessionEnded
    from cstagw.simulate import client as run_client

    try:
        commands = parse_script(script)
    except UsageError as error:
        raise click.UsageError(str(error)) from None
    target = Target(Transport(transport), gateway.host, gateway.port)
    caller = Caller(user if user.startswith("sip:") else f"sip:{user}", line, target, ca)
    try:
        asyncio.run(run_client(caller, commands, click.echo))
    except ConfigError as error:
        raise click.UsageError(f"--ca {error.problems[0].text}") from None
    except OSError as error:
        raise NotReachable(
            f"no gateway at {gateway}: {error.strerror or 'time-out'}",
            next_step="start one with `cstagw serve`, or give its address with --gateway",
        ) from None
    except SignInRefused as error:
        next_step = "see the reason in brackets" if error.reason else ""
        raise Failure(f"the session was refused: {error}", next_step=next_step) from None
    except SessionEnded as error:
        raise Failure(f"the session has ended: {error}") from None
    except ServiceRefused as error:
        raise Failure(str(error), next_step="the last lines above show what led to it") from None
