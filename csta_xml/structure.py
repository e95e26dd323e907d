"""Elements with children: a value class, a list of values, a wrapper around one value (xs:sequence).

A structure asks its dataclass which children may be missing: those whose field has a default. When reading,
unknown children are passed over and any order is taken, so that another edition's additions do no harm; of a
repeated child the last one counts. Written is the order of the table. Knows no particular message.
"""

import re
from collections.abc import Callable
from dataclasses import MISSING, fields
from operator import attrgetter
from typing import Any

from csta_xml.errors import InvalidMessage
from csta_xml.kinds import DeviceMap, Kind, Reader, Rewriter, Writer
from csta_xml.parser import Element

_WORD = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def field_name(element: str) -> str:
    """monitorCrossRefID -> monitor_cross_ref_id"""
    return _WORD.sub("_", element).lower()


class Inline(Kind[Any]):
    """A child that fills several fields of its parent: it reads a dict and is written from the parent."""


class Structure(Kind[Any]):
    """A value class: one child element for each of its fields.

    `names` gives the field where it is not called like its element.
    """

    def __init__(self, holds: type, names: dict[str, str] | None = None, /, **children: Kind[Any]) -> None:
        self.holds = holds
        self._children = children
        self._names = {child: field_name(child) for child in children} | (names or {})
        self._required = [field.name for field in fields(holds) if field.default is MISSING]

    def reader(self, name: str, namespace: str) -> Reader[Any]:
        build, required = self._build(), self._required
        elements = {field: child for child, field in self._names.items()}
        slots = {
            f"{{{namespace}}}{child}": (self._names[child], kind.reader(child, namespace))
            for child, kind in self._children.items()
        }

        def read(element: Element) -> Any:
            values: dict[str, Any] = {}
            for child in element[:]:
                slot = slots.get(child.tag)
                if slot is not None:
                    values[slot[0]] = slot[1](child)
            try:
                return build(**values)
            except TypeError:
                # The constructor counts its arguments anyway: only who leaves one out pays for finding which.
                missing = next(field for field in required if field not in values)
                raise InvalidMessage(name, f"{elements.get(missing, missing)} is missing") from None

        return read

    def writer(self, before: str, after: str) -> Writer[Any]:
        writers = [
            (_itself if isinstance(kind, Inline) else attrgetter(self._names[child]), _tagged(child, kind))
            for child, kind in self._children.items()
        ]

        def write(value: Any) -> str:
            parts = [before]
            for get, write_child in writers:
                content = get(value)
                if content is not None:
                    parts.append(write_child(content))
            parts.append(after)
            return "".join(parts)

        return write

    def rewriter(self) -> Rewriter[Any] | None:
        rewriters = [
            (self._names[child], rewrite)
            for child, kind in self._children.items()
            if (rewrite := kind.rewriter()) is not None
        ]
        if not rewriters:
            return None
        build = self.holds
        names = [field.name for field in fields(build)]

        def rewrite_value(value: Any, device: DeviceMap) -> Any:
            values = {name: getattr(value, name) for name in names}
            for name, rewrite in rewriters:
                old = values[name]
                if old is not None:
                    values[name] = rewrite(old, device)
            return build(**values)

        return rewrite_value

    def _build(self) -> Callable[..., Any]:
        inline = [self._names[child] for child, kind in self._children.items() if isinstance(kind, Inline)]
        if not inline:
            return self.holds

        def build(**values: Any) -> Any:
            for name in inline:
                values.update(values.pop(name, {}))
            return self.holds(**values)

        return build


class ListOf(Kind[tuple[Any, ...]]):
    """Any number of children of one name."""

    holds = tuple

    def __init__(self, **item: Kind[Any]) -> None:
        ((self._name, self._kind),) = item.items()

    def reader(self, name: str, namespace: str) -> Reader[tuple[Any, ...]]:
        tag, read_item = f"{{{namespace}}}{self._name}", self._kind.reader(self._name, namespace)
        return lambda element: tuple([read_item(child) for child in element[:] if child.tag == tag])

    def writer(self, before: str, after: str) -> Writer[tuple[Any, ...]]:
        write_item = _tagged(self._name, self._kind)
        return lambda values: "".join([before, *map(write_item, values), after])

    def rewriter(self) -> Rewriter[tuple[Any, ...]] | None:
        rewrite = self._kind.rewriter()
        if rewrite is None:
            return None
        return lambda values, device: tuple([rewrite(value, device) for value in values])


class SomeOf(ListOf):
    """A list the schema lets be left out: it is, when it is empty."""

    def writer(self, before: str, after: str) -> Writer[tuple[Any, ...]]:
        write_list = super().writer(before, after)
        return lambda values: write_list(values) if values else ""


class Within(Kind[Any]):
    """One child around the value; without it the message says nothing."""

    def __init__(self, **child: Kind[Any]) -> None:
        ((self._name, self._kind),) = child.items()

    def reader(self, name: str, namespace: str) -> Reader[Any]:
        tag, read_child = f"{{{namespace}}}{self._name}", self._kind.reader(self._name, namespace)

        def read(element: Element) -> Any:
            for child in element[:]:
                if child.tag == tag:
                    return read_child(child)
            raise InvalidMessage(name, f"{self._name} is missing")

        return read

    def writer(self, before: str, after: str) -> Writer[Any]:
        return self._kind.writer(f"{before}<{self._name}>", f"</{self._name}>{after}")

    def rewriter(self) -> Rewriter[Any] | None:
        return self._kind.rewriter()


def _itself(value: Any) -> Any:
    return value


def _tagged(name: str, kind: Kind[Any]) -> Writer[Any]:
    return kind.writer(f"<{name}>", f"</{name}>")
