"""The jars of the stand-in, and a program that uses them, ready when its provider is in service."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from .script import Script
from .standin import Jars, build


@pytest.fixture(scope="session")
def jars(tmp_path_factory: pytest.TempPathFactory) -> Jars:
    return build(tmp_path_factory.mktemp("jars"))


@pytest.fixture
def cisco(jars: Jars, tmp_path: Path) -> Iterator[Script]:
    with Script(jars.cisco, tmp_path) as script:
        script.does("wait")
        yield script


@pytest.fixture(params=["cisco", "plain"])
def either(jars: Jars, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Script]:
    peer = ("standin.PlainPeer",) if request.param == "plain" else ()
    with Script(getattr(jars, request.param), tmp_path, *peer) as script:
        script.does("wait")
        yield script
