"""The arrows of the house: which room imports which, who touches the world, no cycles, no long modules."""

import ast
from collections.abc import Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

MAY_IMPORT: dict[str, set[str]] = {
    "sip": set(),
    "csta_xml": set(),
    "ctimgr_client": {"csta_xml"},
    "cstagw": {"sip", "csta_xml", "ctimgr_client"},
}
WORLD = {"asyncio", "random", "selectors", "signal", "socket", "ssl", "subprocess", "threading", "time"}
LONGEST = 400

# Modules that touch the event loop, sockets, clocks or chance. Everything else decides with what it is given.
SHELL = {
    "cstagw.access",
    "cstagw.cli.bridge",
    "cstagw.cli.demo",
    "cstagw.cli.directory",
    "cstagw.cli.drain",
    "cstagw.cli.serve",
    "cstagw.cli.simulate",
    "cstagw.client.rcc",
    "cstagw.client.script",
    "cstagw.demo",
    "cstagw.directory.axl",
    "cstagw.directory.csv_file",
    "cstagw.directory.known_devices",
    "cstagw.directory.postgresql",
    "cstagw.directory.refreshing",
    "cstagw.directory.sources",
    "cstagw.directory.sqlite_file",
    "cstagw.linking",
    "cstagw.loop_lag",
    "cstagw.node",
    "cstagw.postgresql",
    "cstagw.selection.keeping",
    "cstagw.selection.postgresql",
    "cstagw.selection.sqlite_store",
    "cstagw.serve",
    "cstagw.session_request",
    "cstagw.simulate",
    "cstagw.tls",
    "cstagw.typed",
    "ctimgr_client.bridge_process",
    "ctimgr_client.client",
    "ctimgr_client.connection",
    "ctimgr_client.dial",
    "ctimgr_client.jtapi.__main__",
    "ctimgr_client.jtapi.bridge",
    "ctimgr_client.jtapi.java.domain",
    "ctimgr_client.jtapi.java.registry",
    "ctimgr_client.jtapi.listening",
    "ctimgr_client.jtapi.opening",
    "ctimgr_client.jtapi.running",
    "ctimgr_client.jtapi.workers",
    "ctimgr_client.serving.stream",
    "ctimgr_client.simulator.server",
    "ctimgr_client.simulator.simulator",
    "ctimgr_client.supervisor",
    "sip.connection",
    "sip.datagrams",
    "sip.dialler",
    "sip.resolve",
    "sip.tls",
    "sip.transport",
}


def name_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES: dict[str, Path] = {
    name_of(path): path for room in MAY_IMPORT for path in sorted((ROOT / room).rglob("*.py"))
}


@cache
def imports(module: str) -> frozenset[str]:
    """Every name that the module imports, absolute, wherever in it the import stands."""
    path = MODULES[module]
    package = module if path.name == "__init__.py" else module.rpartition(".")[0]
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return frozenset(name for node in ast.walk(tree) for name in _imported(node, package))


def _imported(node: ast.AST, package: str) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        above = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
        base = ".".join([*above, node.module] if node.module else above)
        yield from (f"{base}.{alias.name}" for alias in node.names)


def roots(module: str) -> set[str]:
    return {name.partition(".")[0] for name in imports(module)}


def ours(module: str) -> set[str]:
    """The modules of ours that it imports: `from cstagw.config import load` is cstagw.config."""
    found = (name if name in MODULES else name.rpartition(".")[0] for name in imports(module))
    return {name for name in found if name in MODULES and name != module}


@pytest.mark.parametrize("module", MODULES)
def test_arrows_point_one_way(module: str) -> None:
    room = module.partition(".")[0]
    assert roots(module) & MAY_IMPORT.keys() <= MAY_IMPORT[room] | {room}


@pytest.mark.parametrize("module", MODULES)
def test_only_the_shell_touches_the_world(module: str) -> None:
    assert module in SHELL or not roots(module) & WORLD


def test_the_shell_is_what_it_says_and_the_small_part() -> None:
    assert {module for module in SHELL if not (module in MODULES and roots(module) & WORLD)} == set()
    assert len(SHELL) <= 0.3 * len(MODULES)


@pytest.mark.parametrize("module", MODULES)
def test_no_module_is_long(module: str) -> None:
    assert len(MODULES[module].read_text(encoding="utf-8").splitlines()) <= LONGEST


def test_no_import_goes_round() -> None:
    graph = {module: ours(module) for module in MODULES}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(" -> ".join(error.args[1]))


@pytest.mark.parametrize("module", MODULES)
def test_every_module_says_where_it_is(module: str) -> None:
    assert ast.get_docstring(ast.parse(MODULES[module].read_text(encoding="utf-8")))
