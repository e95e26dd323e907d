"""The group `cstagw` and its commands."""

import click

from cstagw.cli.bridge import bridge
from cstagw.cli.config import config
from cstagw.cli.cti import cti
from cstagw.cli.demo import demo
from cstagw.cli.directory import directory
from cstagw.cli.drain import drain, undrain
from cstagw.cli.exits import colour
from cstagw.cli.loglevel import loglevel
from cstagw.cli.numbers import numbers
from cstagw.cli.options import config_option
from cstagw.cli.reload import reload
from cstagw.cli.serve import serve
from cstagw.cli.simulate import simulate
from cstagw.cli.status import status
from cstagw.cli.user import user
from cstagw.cli.version import version

COMMANDS: tuple[click.Command, ...] = (
    bridge,
    config,
    cti,
    demo,
    directory,
    drain,
    loglevel,
    numbers,
    reload,
    serve,
    simulate,
    status,
    undrain,
    user,
    version,
)


@click.group(name="cstagw", context_settings={"help_option_names": ["-h", "--help"]})
@config_option
@click.pass_context
def main(context: click.Context) -> None:
    """SIP/CSTA gateway: remote call control of desk phones for Office Communicator and Lync.

    Exit codes: 0 ok, 1 failed check, 2 usage, 3 configuration error, 4 daemon not reachable.
    """
    context.color = colour()


for command in COMMANDS:
    main.add_command(command)
