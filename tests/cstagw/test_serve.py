"""What signals mean to a process that serves."""

import os
import pty
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import cast

import pytest

from cstagw import serve
from cstagw.config import ConfigError, Problem
from cstagw.node import Node


class Reloading:
    """Counts reloads; they can be refused."""

    def __init__(self) -> None:
        self.count = 0
        self.error: ConfigError | None = None
        self.reloading = self  # of the node that it stands for

    def reload(self) -> None:
        self.count += 1
        if self.error is not None:
            raise self.error


@contextmanager
def standard_input(descriptor: int) -> Iterator[None]:
    """This is descriptor 0 meanwhile."""
    before = os.dup(0)
    os.dup2(descriptor, 0)
    yield
    os.dup2(before, 0)
    os.close(before)


def hang_up(node: Reloading, *, at_a_terminal: bool) -> list[str]:
    """SIGHUP comes."""
    ended: list[str] = []
    serve._reload(cast(Node, node), lambda: ended.append("ended"), at_a_terminal)
    return ended


@pytest.mark.parametrize("error", [None, ConfigError([Problem("log.level", "loud")])])
def test_a_hangup_reloads_and_a_mistake_is_no_end(error: ConfigError | None) -> None:
    node = Reloading()
    node.error = error
    assert (hang_up(node, at_a_terminal=False), node.count) == ([], 1)


def test_at_a_terminal_that_is_still_there_it_reloads() -> None:
    node = Reloading()
    master, slave = pty.openpty()
    with standard_input(slave), closing(os.fdopen(master)):
        assert serve._at_a_terminal()
        assert (hang_up(node, at_a_terminal=True), node.count) == ([], 1)
    os.close(slave)


def test_the_end_of_its_terminal_is_the_end_of_the_process() -> None:
    node = Reloading()
    master, slave = pty.openpty()
    with standard_input(slave):
        os.close(master)
        assert (hang_up(node, at_a_terminal=True), node.count) == (["ended"], 0)
    os.close(slave)


def test_without_any_standard_input() -> None:
    with open(os.devnull) as nothing, standard_input(nothing.fileno()):
        os.close(0)
        assert not serve._at_a_terminal()
