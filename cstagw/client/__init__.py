"""A remote call control client: what a Communicator does on the wire, for trying, demonstrating and testing a
gateway."""

from .rcc import RccClient
from .refusals import ServiceRefused, SignInRefused
from .script import WORDS, Command, parse_script, play
from .timeline import Line, render
from .verbs import UsageError

__all__ = [
    "WORDS",
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
