"""Every CSTA body that the gateway, its client and its links write while a test runs, held against a schema.

The schema is the one that CSTA_XSD names; none comes with the project. Only bodies in edition 3 are looked
at, because that is what such a schema is of.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from lxml import etree

from csta_xml import ED3, Message, encode


class Bodies:
    """What was written, each body once."""

    def __init__(self) -> None:
        self.seen: set[bytes] = set()

    def encode(self, message: Message, namespace: str = ED3) -> bytes:
        body = encode(message, namespace)
        if namespace == ED3:
            self.seen.add(body)
        return body

    def violations(self, schema: Path) -> list[str]:
        """What the schema has against them."""
        validator = etree.XMLSchema(etree.parse(schema))
        found: list[str] = []
        for body in sorted(self.seen):
            tree = etree.fromstring(body)
            if etree.QName(tree).namespace == ED3 and not validator.validate(tree):
                found.append(f"{body.decode()}: {validator.error_log}")
        return found


@contextmanager
def collected(patch: pytest.MonkeyPatch) -> Iterator[Bodies]:
    """Listen to every module of the product that writes bodies."""
    bodies = Bodies()
    with patch.context() as patched:
        for name, module in list(sys.modules.items()):
            if name.startswith(("cstagw.", "ctimgr_client.")) and getattr(module, "encode", None) is encode:
                patched.setattr(module, "encode", bodies.encode)
        yield bodies
