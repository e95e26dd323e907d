"""`cstagw serve`: run the gateway until it is told to stop."""

import asyncio
from collections.abc import Callable
from functools import partial
from importlib import import_module
from importlib.util import find_spec

import click

from cstagw.cli.exits import Failure
from cstagw.cli.options import config_file, config_option, load_config, unusable
from cstagw.config import ConfigError, load

LoopFactory = Callable[[], asyncio.AbstractEventLoop]


@click.command()
@config_option
@click.option(
    "--listen",
    multiple=True,
    metavar="URL",
    help="SIP listener: tcp://HOST:PORT, udp://HOST:PORT or tls://HOST:PORT; may be repeated.",
)
@click.option("--advertise", metavar="HOST", help="Host put into Contact and Via.")
@click.option("--admin", metavar="HOST:PORT", help="Admin listener.")
@click.option("--log-level", metavar="LEVEL", help="debug, info, warning or error.")
@click.option("--log-format", metavar="FORMAT", help="json or text.")
@click.option(
    "--loop",
    type=click.Choice(["auto", "asyncio", "uvloop"]),
    default="auto",
    show_default=True,
    help="Event loop; auto takes uvloop where it is installed.",
)
def serve(
    *,
    listen: tuple[str, ...],
    advertise: str | None,
    admin: str | None,
    log_level: str | None,
    log_format: str | None,
    loop: str,
) -> None:
    """Run the gateway. Without a configured CTIManager it starts the embedded simulator."""
    from cstagw.log import let_go_of_stdout
    from cstagw.serve import run

    flags = {
        "sip.listen": listen or None,
        "sip.advertise": advertise,
        "admin.listen": admin,
        "log.level": log_level,
        "log.format": log_format,
    }
    config = load_config(flags)
    with asyncio.Runner(loop_factory=loop_factory(loop)) as runner:
        try:
            code = runner.run(run(config, partial(load, config_file(), flags)))
        except ConfigError as error:
            raise unusable(error) from None
        except OSError as error:
            raise Failure(
                f"the gateway could not start: {error.strerror or error}",
                next_step="check [sip] listen and [admin] listen, and whether another process has the port",
            ) from None
        finally:
            let_go_of_stdout()
    click.get_current_context().exit(code)


def loop_factory(name: str) -> LoopFactory | None:
    """None is the standard library's own loop."""
    if name == "asyncio" or (name == "auto" and find_spec("uvloop") is None):
        return None
    try:
        factory: LoopFactory = import_module("uvloop").new_event_loop
    except ImportError:
        raise Failure(
            "uvloop is not installed",
            next_step="pip install 'cstagw[uvloop]', or use --loop asyncio",
        ) from None
    return factory
