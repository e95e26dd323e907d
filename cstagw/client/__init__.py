"""A remote call control client: what a Communicator does on the wire, for trying, demonstrating and testing a
gateway."""

from .rcc import RccClient
from .refusals import ServiceRefused, SignInRefused
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
