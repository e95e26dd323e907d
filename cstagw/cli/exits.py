"""Exit codes, and errors as people meet them: what failed, why, and what to do next, on standard error."""

import os
from enum import IntEnum
from typing import IO, Any

import click


class Exit(IntEnum):
    """The exit codes of every command."""

    OK = 0
    FAILED = 1
    USAGE = 2
    CONFIGURATION = 3
    NOT_REACHABLE = 4


class Failure(click.ClickException):
    """Ends a command. `problems` are lines of detail, `next_step` is advice."""

    exit_code = Exit.FAILED

    def __init__(self, message: str, *, problems: tuple[str, ...] = (), next_step: str = "") -> None:
        super().__init__(message)
        self.problems = problems
        self.next_step = next_step

    def show(self, file: IO[Any] | None = None) -> None:
        """Write the error; colour only on a terminal and without NO_COLOR."""
        lines = [f"{click.style('error:', fg='red', bold=True)} {self.message}"]
        lines += [f"  {problem}" for problem in self.problems]
        if self.next_step:
            lines.append(f"{click.style('next:', bold=True)} {self.next_step}")
        click.echo("\n".join(lines), file=file, err=True, color=colour())


class BadConfiguration(Failure):
    """The configuration is at fault, not the command."""

    exit_code = Exit.CONFIGURATION


class NotReachable(Failure):
    """Nothing answers where a gateway was expected."""

    exit_code = Exit.NOT_REACHABLE


def colour() -> bool | None:
    """For click.echo: None leaves it to click, which looks for a terminal."""
    return False if os.environ.get("NO_COLOR") else None
