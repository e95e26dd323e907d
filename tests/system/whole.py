"""Documents that have to come exactly as they are written here, and the expression by which SIPp finds out.

SIPp puts no variable into an expression. So the values of those that are known are put in front of what came,
and the expression refers back to them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_VARIABLE = re.compile(r"\[([$=])(\w+)\]")
_DECLARATION = '<[?]xml version="1[.]0" encoding="UTF-8"[?]>[[:space:]]*'
#: As many groups as an expression can refer back to, and SIPp can take out.
MAX_NAMES = 9


@dataclass(frozen=True, slots=True)
class Whole:
    """An XML document, compared but for its declaration and outer white space.

    `[$name]` in it is what that variable holds; `[=name]` is any text, which the variable holds from then on.
    """

    xml: str


def known_names(body: Whole) -> list[str]:
    """The variables that hold something already."""
    return list(dict.fromkeys(name for sign, name in _VARIABLE.findall(body.xml) if sign == "$"))


def names(body: Whole) -> list[str]:
    """The variable of each group of the expression: the known ones, then those that are learned."""
    found = list(dict.fromkeys([*known_names(body), *(name for _, name in _VARIABLE.findall(body.xml))]))
    assert len(found) <= MAX_NAMES, f"more than {MAX_NAMES} variables in one document"
    return found


def expression_of(body: Whole) -> str:
    """What the values of the known variables and the document, with a space between each, have to match."""
    known, order = known_names(body), names(body)
    first, *rest = _VARIABLE.split(body.xml)
    expression = "^" + "([^ ]+) " * len(known) + _DECLARATION + _literally(first)
    met = set(known)
    for name, text in zip(rest[1::3], rest[2::3], strict=True):
        expression += f"\\{order.index(name) + 1}" if name in met else "([^<]+)"
        expression += _literally(text)
        met.add(name)
    return expression + "[[:space:]]*$"


def _literally(text: str) -> str:
    return re.sub(r"[.*+?(){}|$]", r"[\g<0>]", text)
