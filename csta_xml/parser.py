"""The one place where bytes of a peer become an element tree: lxml with everything dangerous off, and limits.

CSTA needs no DTD, no entity and no other encoding than UTF-8, so none is let in. Counting two characters
proves for every ordinary message that no limit is passed; only the others are walked. Knows nothing of CSTA.
"""

from collections.abc import Iterator, Sized
from typing import Protocol, cast

from lxml import etree

from csta_xml.errors import XmlRefused

MAX_BYTES = 65_536
MAX_DEPTH = 32
MAX_ELEMENTS = 2_000
MAX_ATTRIBUTES = 64


class Element(Protocol):
    """What readers use of an lxml element. A slice is the fast way to the children; lxml's stubs lack it."""

    @property
    def tag(self) -> str: ...
    @property
    def text(self) -> str | None: ...
    @property
    def attrib(self) -> Sized: ...
    def __getitem__(self, children: slice, /) -> "list[Element]": ...
    def iter(self, *tags: str) -> "Iterator[Element]": ...


#: Shared by all messages: making a parser costs as much as parsing one.
_PARSER = etree.XMLParser(
    encoding="utf-8",
    resolve_entities=False,
    no_network=True,
    load_dtd=False,
    dtd_validation=False,
    attribute_defaults=False,
    huge_tree=False,
    recover=False,
    remove_comments=True,
    remove_pis=True,
)


def parse(body: bytes) -> Element:
    """The root element of a document within the limits; raises XmlRefused for anything else."""
    if len(body) > MAX_BYTES:
        raise XmlRefused("too_large")
    # Refused unparsed, so that no entity is ever declared; the single character is found six times as fast.
    if b"!" in body and b"<!DOCTYPE" in body:
        raise XmlRefused("doctype")
    try:
        root = cast(Element, etree.fromstring(body, _PARSER))
    except (etree.XMLSyntaxError, ValueError):
        raise XmlRefused("not_well_formed") from None
    # n levels take at least 2n-1 times "<" (the innermost may be empty), an attribute takes one "=".
    if body.count(b"<") >= 2 * MAX_DEPTH or body.count(b"=") > MAX_ATTRIBUTES:
        _walk(root)
    return root


def _walk(root: Element) -> None:
    """Hold the limits level by level: no recursion, whatever the depth."""
    level, depth, elements = [root], 0, 0
    while level:
        depth += 1
        elements += len(level)
        if depth > MAX_DEPTH:
            raise XmlRefused("too_deep")
        if elements > MAX_ELEMENTS:
            raise XmlRefused("too_many_elements")
        if any(len(element.attrib) > MAX_ATTRIBUTES for element in level):
            raise XmlRefused("too_many_attributes")
        level = [child for element in level for child in element[:]]
