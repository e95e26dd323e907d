"""A remote call control client: what a Communicator does on the wire, for trying, demonstrating and testing a
gateway."""

from .rcc import RccClient, ServiceRefused, SignInRefused
from .timeline import Line, render
from .verbs import VERBS, Command, UsageError, parse_script, play

__all__ = [
    "VERBS",
    "Command",
    "Line",
    "RccClient",
    "ServiceRefused",
    "SignInRefused",
    "UsageError",
    "parse_script",
    "play",
    "render",
]
