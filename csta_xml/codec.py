"""Messages to XML and back, and the same message with other device identifiers.

Everything is compiled from `table`: readers and writers for each namespace on first use, rewriters at
import. Knows no single message, and not who sends it.
"""

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, TypeVar

from csta_xml.errors import UnknownMessage
from csta_xml.kinds import DeviceMap, Reader, Rewriter, Writer
from csta_xml.messages import Event, Message
from csta_xml.names import APPLICATION_SESSION, ED3, MonitorCrossRefId, is_csta_edition
from csta_xml.parser import parse
from csta_xml.table import CSTA, SESSION

M = TypeVar("M", bound=Message)
E = TypeVar("E", bound=Event)

#: Sixteen editions of every message: no peer can fill the memory with namespaces.
COMPILED_KEPT = 16 * (len(CSTA) + len(SESSION))

_CSTA = {cls.__name__: kind for cls, kind in CSTA.items()}
_SESSION = {cls.__name__: kind for cls, kind in SESSION.items()}
_REWRITERS: dict[type[Message], Rewriter[Any] | None] = {cls: kind.rewriter() for cls, kind in CSTA.items()}
_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'
_CONTROLS = bytes(set(range(0x20)) - set(b"\t\n\r"))
_NOT_CHARACTERS = ("\ufffe".encode(), "\uffff".encode())


@dataclass(frozen=True, slots=True)
class Document:
    """A message and the namespace it came in: a server answers in the edition it was asked in."""

    message: Message
    namespace: str


def decode(body: bytes) -> Message:
    """The message in these bytes. Raises XmlRefused, UnknownMessage or InvalidMessage, and nothing else."""
    root = parse(body)
    message: Message = _reader(root.tag)(root)
    return message


def decode_document(body: bytes) -> Document:
    """`decode`, and the namespace the message came in."""
    root = parse(body)
    return Document(_reader(root.tag)(root), root.tag[1:].rpartition("}")[0])


def encode(message: Message, namespace: str = ED3) -> bytes:
    """The message as a UTF-8 document in this edition; messages of ECMA-354 keep their own namespace.

    A value the schema has no place for is a fault of the program: ValueError or KeyError.
    """
    text: str = _writer(type(message).__name__, namespace)(message)
    # XML 1.0 §2.2 has no way to write these characters; no markup of ours holds one.
    body = text.encode("utf-8", "ignore").translate(None, _CONTROLS)
    if not text.isascii():
        for character in _NOT_CHARACTERS:
            body = body.replace(character, b"")
    return body


def rewrite(message: M, device: DeviceMap) -> M:
    """The same message with every device identifier passed through `device`."""
    change = _REWRITERS.get(type(message))
    if change is None:
        return message
    changed: M = change(message, device)
    return changed


def with_cross_ref(event: E, ref: MonitorCrossRefId) -> E:
    """The same event for another monitor."""
    return replace(event, monitor_cross_ref_id=ref)


@lru_cache(maxsize=COMPILED_KEPT)
def _reader(tag: str) -> Reader[Any]:
    namespace, _, name = tag[1:].rpartition("}") if tag.startswith("{") else ("", "", tag)
    if namespace == APPLICATION_SESSION:
        kind = _SESSION.get(name)
    else:
        kind = _CSTA.get(name) if is_csta_edition(namespace) else None
    if kind is None:
        raise UnknownMessage(name)
    return kind.reader(name, namespace)


@lru_cache(maxsize=COMPILED_KEPT)
def _writer(name: str, namespace: str) -> Writer[Any]:
    if name in _SESSION:
        namespace = APPLICATION_SESSION
    elif not is_csta_edition(namespace):
        raise ValueError(f"no edition of CSTA: {namespace}")
    kind = _SESSION[name] if name in _SESSION else _CSTA[name]
    return kind.writer(f'{_DECLARATION}<{name} xmlns="{namespace}">', f"</{name}>")
