"""The command line `cstagw`. One file per command; a new one is one line in `group`.

Commands import what they run inside their function, so that `--help` and shell completion stay fast.
"""

from cstagw.cli.group import main

__all__ = ["main"]
