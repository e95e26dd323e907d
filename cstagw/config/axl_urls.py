"""The URL of CUCM's administration API (AXL) as the configuration writes it.

Values only: nothing is resolved or dialled here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, TypeAlias, TypeGuard, get_args
from urllib.parse import parse_qsl, unquote

UserColumn: TypeAlias = Literal["mailid", "directoryuri", "userid"]

PORT = 8443

_LABEL = re.compile(r"(?!-)[A-Za-z0-9-]{1,63}(?<!-)\Z")
_FOREIGN = re.compile(r"[^A-Za-z0-9.-]")


@dataclass(frozen=True, slots=True)
class AxlUrl:
    """AXL of one CUCM node. `user_column` says what of an end user is his SIP address; `domain` completes a
    `userid`, and is empty with the others."""

    user: str
    host: str
    port: int = PORT
    user_column: UserColumn = "mailid"
    domain: str = ""


def parse_axl_url(text: str) -> AxlUrl:
    """axl://USER@HOST[:PORT][?user_column=mailid|directoryuri|userid][&domain=DOMAIN].

    Raises ValueError with the reason, which never repeats what may be a password.
    """
    scheme, separator, rest = text.partition("://")
    if not separator or scheme.lower() != "axl":
        raise ValueError("not axl://USER@HOST[:PORT]")
    place, _, parameters = rest.partition("?")
    user, at, address = place.rpartition("@")
    if ":" in user or (not at and address.count(":") > 1):
        raise ValueError("a password is not written here; name a file that holds it")
    user = unquote(user)
    if not user or ":" in user or not user.isprintable():
        raise ValueError(
            "the user is missing, or has a character that HTTP basic authentication cannot carry"
        )
    host, colon, port = address.removesuffix("/").partition(":")
    check_name(host)
    if colon and not (port.isascii() and port.isdigit() and 0 < int(port[:6]) <= 65535):
        raise ValueError("the port is not a number from 1 to 65535")
    column, domain = _parameters(parameters)
    return AxlUrl(user, host, int(port) if colon else PORT, column, domain)


def check_name(host: str) -> None:
    """Raises ValueError for what is neither a host name (RFC 1123) nor an IPv4 address."""
    if _FOREIGN.search(host):
        raise ValueError(
            "a host name has only letters, digits, hyphens and dots: the Tomcat within CUCM answers requests "
            "to any other, the underscore above all, with 400"
        )
    if len(host) > 253 or not all(_LABEL.match(label) for label in host.removesuffix(".").split(".")):
        raise ValueError("the host is missing or is no host name")


def is_user_column(name: str) -> TypeGuard[UserColumn]:
    """Whether users can be named by this column. Nothing else of a configuration gets into SQL."""
    return name in get_args(UserColumn)


def _parameters(text: str) -> tuple[UserColumn, str]:
    given = dict(parse_qsl(text, keep_blank_values=True, max_num_fields=8))
    column = given.pop("user_column", "mailid")
    domain = given.pop("domain", "")
    if given:
        raise ValueError(f"the parameter {min(given)[:40]!r} is not known; there are user_column and domain")
    if not is_user_column(column):
        raise ValueError(f"user_column {column[:40]!r} is none of {', '.join(get_args(UserColumn))}")
    if (column == "userid") != bool(domain):
        raise ValueError("domain goes with user_column=userid, and only with that")
    if domain:
        check_name(domain)
    return column, domain
