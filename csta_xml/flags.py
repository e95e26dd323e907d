"""Elements whose children are names: filters, request types and capability lists.

Read as sets and lists of names, and written in the order of `features` whatever order they are given in.
Names the schema does not have are passed over when reading and a ValueError when writing.
"""

import re
from collections.abc import Iterable

from csta_xml.features import Groups
from csta_xml.kinds import Boolean, Kind, Reader, Writer, text_of
from csta_xml.parser import Element
from csta_xml.system import Capability, CapabilityList

#: Options of a capability are not listed by name: each service has its own, and no client asks for them.
_OPTION = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


class Flags(Kind[frozenset[str]]):
    """Optional booleans of one element: the set of those that are true."""

    holds = frozenset

    def __init__(self, order: tuple[str, ...]) -> None:
        self._order = order

    def reader(self, name: str, namespace: str) -> Reader[frozenset[str]]:
        flags = {f"{{{namespace}}}{flag}": (flag, Boolean().reader(flag, namespace)) for flag in self._order}

        def read(element: Element) -> frozenset[str]:
            found = [(flags[child.tag], child) for child in element[:] if child.tag in flags]
            return frozenset([flag for (flag, is_true), child in found if is_true(child)])

        return read

    def writer(self, before: str, after: str) -> Writer[frozenset[str]]:
        def write(value: frozenset[str]) -> str:
            refuse_unknown(value, self._order)
            return "".join(
                [before, *(f"<{flag}>true</{flag}>" for flag in self._order if flag in value), after]
            )

        return write


class GroupedFlags(Kind[frozenset[str]]):
    """Flags in groups; a name stands in one group only, so that one set holds them all."""

    holds = frozenset

    def __init__(self, groups: Groups) -> None:
        self._groups = {group: (frozenset(order), Flags(order)) for group, order in groups.items()}

    def reader(self, name: str, namespace: str) -> Reader[frozenset[str]]:
        readers = {
            f"{{{namespace}}}{group}": flags.reader(group, namespace)
            for group, (_, flags) in self._groups.items()
        }

        def read(element: Element) -> frozenset[str]:
            return frozenset().union(
                *[readers[child.tag](child) for child in element[:] if child.tag in readers]
            )

        return read

    def writer(self, before: str, after: str) -> Writer[frozenset[str]]:
        known = frozenset().union(*[names for names, _ in self._groups.values()])
        writers = [
            (names, flags.writer(f"<{group}>", f"</{group}>"))
            for group, (names, flags) in self._groups.items()
        ]

        def write(value: frozenset[str]) -> str:
            refuse_unknown(value, known)
            parts = [write_group(value & names) for names, write_group in writers if value & names]
            return "".join([before, *parts, after])

        return write


class Capabilities(Kind[tuple[CapabilityList, ...]]):
    """supportedServices and supportedEvents: lists of elements, empty or with the options that are true."""

    holds = tuple

    def __init__(self, groups: Groups) -> None:
        self._groups = groups

    def reader(self, name: str, namespace: str) -> Reader[tuple[CapabilityList, ...]]:
        groups, prefix = self._groups, f"{{{namespace}}}"

        def read(element: Element) -> tuple[CapabilityList, ...]:
            given = _children(element, prefix)
            return tuple(
                [_read(given[name], order, prefix) for name, order in groups.items() if name in given]
            )

        return read

    def writer(self, before: str, after: str) -> Writer[tuple[CapabilityList, ...]]:
        def write(value: tuple[CapabilityList, ...]) -> str:
            given = {group.name: group for group in value}
            refuse_unknown(given, self._groups)
            parts = [_written(given[name], order) for name, order in self._groups.items() if name in given]
            return "".join([before, *parts, after])

        return write


def refuse_unknown(names: Iterable[str], known: Iterable[str]) -> None:
    """A name the schema lacks would make the whole message invalid: say it where it is written."""
    unknown = sorted(set(names) - set(known))
    if unknown:
        raise ValueError(f"not in the schema: {', '.join(unknown)}")


def _children(element: Element, prefix: str) -> dict[str, Element]:
    return {child.tag.removeprefix(prefix): child for child in element[:] if child.tag.startswith(prefix)}


def _read(element: Element, order: tuple[str, ...], prefix: str) -> CapabilityList:
    given = _children(element, prefix)
    capabilities = [Capability(name, _options(given[name], prefix)) for name in order if name in given]
    return CapabilityList(element.tag.removeprefix(prefix), tuple(capabilities))


def _options(element: Element, prefix: str) -> tuple[str, ...]:
    given = _children(element, prefix)
    return tuple(
        [name for name in given if _OPTION.fullmatch(name) and text_of(given[name]) in {"true", "1"}]
    )


def _written(group: CapabilityList, order: tuple[str, ...]) -> str:
    given = {capability.name: capability for capability in group.capabilities}
    refuse_unknown(given, order)
    items = [f"<{name}>{_written_options(given[name].options)}</{name}>" for name in order if name in given]
    return "".join([f"<{group.name}>", *items, f"</{group.name}>"])


def _written_options(options: tuple[str, ...]) -> str:
    refuse_unknown(options, [option for option in options if _OPTION.fullmatch(option)])
    return "".join([f"<{option}>true</{option}>" for option in options])
