"""Kinds of element content: how each is read, written and rewritten (ECMA-323 simple types and choices).

A kind is compiled: `reader`, `writer` and `rewriter` return functions with everything looked up beforehand.
Readers compare full tags, because lxml has them ready; writers get the tags around their value, because a
choice puts two pairs of them around it. Knows no message but CSTAErrorCode, which is such a choice.
"""

import re
from abc import ABC, abstractmethod
from collections.abc import Callable
from enum import Enum, StrEnum
from typing import Any, Generic, TypeAlias, TypeVar

from csta_xml.errors import InvalidMessage
from csta_xml.messages import ConnectionId, CSTAErrorCode
from csta_xml.names import CallId, DeviceId, ErrorCategory
from csta_xml.parser import Element

T = TypeVar("T")
E = TypeVar("E", bound=StrEnum)

DeviceMap: TypeAlias = Callable[[DeviceId], DeviceId]
Reader: TypeAlias = Callable[[Element], T]
Writer: TypeAlias = Callable[[T], str]
Rewriter: TypeAlias = Callable[[T, DeviceMap], T]

_XML_SPACE = " \t\r\n"
_LONG = re.compile(r"[+-]?[0-9]{1,18}")
_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}


def text_of(element: Element) -> str:
    """The text of a simple element: outer white space means nothing, the rest is kept as it is."""
    text = element.text
    return text.strip(_XML_SPACE) if text else ""


def escape(text: str) -> str:
    """Text for between two tags. A bare carriage return would be read as a line feed (XML 1.0 §2.11)."""
    if "&" in text:
        text = text.replace("&", "&amp;")
    if "<" in text:
        text = text.replace("<", "&lt;")
    if ">" in text:
        text = text.replace(">", "&gt;")
    if "\r" in text:
        text = text.replace("\r", "&#13;")
    return text


class Kind(ABC, Generic[T]):
    """What an element may hold. `holds` is the Python type by which a choice recognises the value."""

    holds: type

    @abstractmethod
    def reader(self, name: str, namespace: str) -> Reader[T]:
        """How to read an element of this name whose children are in this namespace."""

    @abstractmethod
    def writer(self, before: str, after: str) -> Writer[T]:
        """How to write a value between these tags."""

    def rewriter(self) -> Rewriter[T] | None:
        """How to exchange the device identifiers; None where there are none."""
        return None


class Text(Kind[str]):
    """xs:string."""

    holds = str

    def reader(self, name: str, namespace: str) -> Reader[str]:
        return text_of

    def writer(self, before: str, after: str) -> Writer[str]:
        def write(value: str) -> str:
            return f"{before}{escape(value)}{after}"

        return write


class Device(Text):
    """DeviceID: text that names a device. Its attributes are passed over, and none are written."""

    def rewriter(self) -> Rewriter[Any]:
        def rewrite(value: DeviceId, device: DeviceMap) -> DeviceId:
            return device(value)

        return rewrite


class Enumeration(Kind[E]):
    """One of the schema's names."""

    def __init__(self, names: type[E]) -> None:
        self.holds = names
        self._members = {member.value: member for member in names}

    def reader(self, name: str, namespace: str) -> Reader[E]:
        members = self._members

        def read(element: Element) -> E:
            member = members.get(text_of(element))
            if member is None:
                raise InvalidMessage(name, f"none of {', '.join(members)}")
            return member

        return read

    def writer(self, before: str, after: str) -> Writer[E]:
        spelt = {member: f"{before}{text}{after}" for text, member in self._members.items()}
        return spelt.__getitem__


class Boolean(Kind[bool]):
    """xs:boolean."""

    holds = bool

    def reader(self, name: str, namespace: str) -> Reader[bool]:
        def read(element: Element) -> bool:
            value = _BOOLEANS.get(text_of(element))
            if value is None:
                raise InvalidMessage(name, f"none of {', '.join(_BOOLEANS)}")
            return value

        return read

    def writer(self, before: str, after: str) -> Writer[bool]:
        false, true = f"{before}false{after}", f"{before}true{after}"
        return lambda value: true if value else false


class Integer(Kind[int]):
    """xs:long, up to the digits that surely fit."""

    holds = int

    def reader(self, name: str, namespace: str) -> Reader[int]:
        def read(element: Element) -> int:
            text = text_of(element)
            if _LONG.fullmatch(text) is None:
                raise InvalidMessage(name, "no integer")
            return int(text)

        return read

    def writer(self, before: str, after: str) -> Writer[int]:
        return lambda value: f"{before}{value:d}{after}"


class Connection(Kind[ConnectionId]):
    """ConnectionID: callID with or without deviceID, or deviceID alone."""

    holds = ConnectionId

    def reader(self, name: str, namespace: str) -> Reader[ConnectionId]:
        call_tag, device_tag = f"{{{namespace}}}callID", f"{{{namespace}}}deviceID"

        def read(element: Element) -> ConnectionId:
            call: CallId | None = None
            device: DeviceId | None = None
            for child in element[:]:
                tag = child.tag
                if tag == call_tag:
                    call = CallId(text_of(child))
                elif tag == device_tag:
                    device = DeviceId(text_of(child))
            if call is None and device is None:
                raise InvalidMessage(name, "neither callID nor deviceID")
            return ConnectionId(call, device)

        return read

    def writer(self, before: str, after: str) -> Writer[ConnectionId]:
        def write(value: ConnectionId) -> str:
            call = "" if value.call_id is None else f"<callID>{escape(value.call_id)}</callID>"
            if value.device_id is None:
                return f"{before}{call}{after}"
            return f"{before}{call}<deviceID>{escape(value.device_id)}</deviceID>{after}"

        return write

    def rewriter(self) -> Rewriter[ConnectionId]:
        def rewrite(value: ConnectionId, device: DeviceMap) -> ConnectionId:
            if value.device_id is None:
                return value
            return ConnectionId(value.call_id, device(value.device_id))

        return rewrite


class Choice(Kind[Any]):
    """Exactly one of several children; one that only has to be there stands for a constant."""

    holds = object

    def __init__(self, **alternatives: Kind[Any] | Enum) -> None:
        self._kinds = {name: kind for name, kind in alternatives.items() if isinstance(kind, Kind)}
        self._constants = {name: value for name, value in alternatives.items() if isinstance(value, Enum)}

    def reader(self, name: str, namespace: str) -> Reader[Any]:
        expected = ", ".join([*self._kinds, *self._constants])
        constants = {f"{{{namespace}}}{child}": value for child, value in self._constants.items()}
        readers = {
            f"{{{namespace}}}{child}": kind.reader(child, namespace) for child, kind in self._kinds.items()
        }

        def read(element: Element) -> Any:
            for child in element[:]:
                tag = child.tag
                read_child = readers.get(tag)
                if read_child is not None:
                    return read_child(child)
                if tag in constants:
                    return constants[tag]
            raise InvalidMessage(name, f"none of {expected}")

        return read

    def writer(self, before: str, after: str) -> Writer[Any]:
        constants = {value: f"{before}<{name}/>{after}" for name, value in self._constants.items()}
        writers = {
            kind.holds: kind.writer(f"{before}<{name}>", f"</{name}>{after}")
            for name, kind in self._kinds.items()
        }

        def write(value: Any) -> str:
            write_value = writers.get(type(value))
            if write_value is not None:
                return write_value(value)
            if value not in constants:
                raise ValueError(f"{before}: no place for {value!r}")
            return constants[value]

        return write

    def rewriter(self) -> Rewriter[Any] | None:
        rewriters = {
            kind.holds: rewrite for kind in self._kinds.values() if (rewrite := kind.rewriter()) is not None
        }
        if not rewriters:
            return None

        def rewrite_value(value: Any, device: DeviceMap) -> Any:
            rewrite = rewriters.get(type(value))
            return value if rewrite is None else rewrite(value, device)

        return rewrite_value


class ErrorCode(Kind[CSTAErrorCode]):
    """CSTAErrorCode: the child's name is the category, its text the error; `unspecified` has no text."""

    holds = CSTAErrorCode

    def reader(self, name: str, namespace: str) -> Reader[CSTAErrorCode]:
        categories = {f"{{{namespace}}}{category}": category for category in ErrorCategory}

        def read(element: Element) -> CSTAErrorCode:
            for child in element[:]:
                category = categories.get(child.tag)
                if category is not None:
                    return CSTAErrorCode(category=category, value=text_of(child))
            raise InvalidMessage(name, f"none of {', '.join(ErrorCategory)}")

        return read

    def writer(self, before: str, after: str) -> Writer[CSTAErrorCode]:
        def write(value: CSTAErrorCode) -> str:
            text = "" if value.category is ErrorCategory.UNSPECIFIED else escape(value.value)
            return f"{before}<{value.category}>{text}</{value.category}>{after}"

        return write
