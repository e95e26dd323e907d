"""What the documents say is true: links, commands, configuration, and the call that the README shows."""

from __future__ import annotations

import asyncio
import re
import tomllib
from pathlib import Path

import click
import pytest

from cstagw.cli import main
from cstagw.client import Line, RccClient, parse_script, play, render
from cstagw.config import load
from cstagw.config.model import Config
from cstagw.node import Node
from sip import Target, Transport

ROOT = Path(__file__).parent.parent
DOCUMENTS = [path for folder in (ROOT, ROOT / "docs") for path in sorted(folder.glob("*.md"))]
README = (ROOT / "README.md").read_text()


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_links_lead_somewhere(path: Path) -> None:
    links = re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", path.read_text())
    missing = [link for link in links if "://" not in link and not (path.parent / link).exists()]
    assert missing == []


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_commands_exist(path: Path) -> None:
    for words in re.findall(r"(?:`|\s)cstagw ((?:[a-z]+ ?)+)", path.read_text()):
        known(words.split())


def known(words: list[str]) -> None:
    """Follow the words through the command groups as far as they are commands; prose may follow a whole
    command."""
    command: click.Command = main
    for word in words:
        if not isinstance(command, click.Group) or any(
            isinstance(one, click.Argument) for one in command.params
        ):
            return
        assert word in command.commands, f"no command {' '.join(words)}"
        command = command.commands[word]


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_make_targets_exist(path: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = set(re.findall(r"(?:`|^    )make ([a-z-]+)", path.read_text(), re.MULTILINE))
    assert named <= targets


def test_configurations_shown_are_valid(tmp_path: Path) -> None:
    blocks = re.findall(r"```toml\n(.*?)```", README, re.DOTALL)
    assert blocks
    for block in blocks:
        tomllib.loads(block)
        file = tmp_path / "shown.toml"
        file.write_text(block)
        assert isinstance(load(file), Config)


def test_the_sample_configuration_is_valid() -> None:
    config = load(ROOT / "deploy" / "cstagw.toml")
    assert config.network.tos == 0x68
    assert [entry.name for entry in config.ctimanager] == ["ctim1", "ctim2"]


@pytest.mark.asyncio
async def test_the_call_that_the_readme_shows() -> None:
    shown = re.search(r"(call 1902 wait established hangup)\n(.*?)```", README, re.DOTALL)
    assert shown is not None
    node = Node(load(None, {"sip.listen": ["tcp://127.0.0.1:0"], "admin.listen": "127.0.0.1:0"}))
    await node.start()
    try:
        lines: list[Line] = []
        address = node.sip_addresses[0]
        gateway = Target(Transport.TCP, address.host, address.port)
        while node.facts().cti_in_service == 0:
            await asyncio.sleep(0.01)
        client = RccClient("sip:alice@example.com", "tel:1001", gateway, watch=lines.append)
        await client.sign_in()
        await play(client, parse_script(shown.group(1).split()))
        await client.sign_out()
    finally:
        await node.stop()
    played = [render(line, line.at)[10:] for line in lines]
    assert played == [line[10:] for line in shown.group(2).splitlines()]
