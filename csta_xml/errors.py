"""The three ways in which bytes are not a message of ours.

Texts name the place as the schema does, never what the peer wrote there: they may go into logs and answers.
"""

from typing import Literal, TypeAlias

RefusalReason: TypeAlias = Literal[
    "too_large", "not_well_formed", "doctype", "too_deep", "too_many_elements", "too_many_attributes"
]


class XmlRefused(Exception):
    """The parser does not take these bytes; `reason` is also a metric label."""

    def __init__(self, reason: RefusalReason) -> None:
        super().__init__(f"XML refused: {reason.replace('_', ' ')}")
        self.reason: RefusalReason = reason


class UnknownMessage(Exception):
    """A well-formed document that is no message of ours; `element` is its root, cut to 64 characters."""

    def __init__(self, element: str) -> None:
        self.element = element[:64]
        super().__init__(f"unknown message {self.element!r}")


class InvalidMessage(Exception):
    """A message of our table that lacks something or holds a value outside the schema's set."""

    def __init__(self, element: str, problem: str) -> None:
        super().__init__(f"{element}: {problem}")
        self.element = element
        self.problem = problem
