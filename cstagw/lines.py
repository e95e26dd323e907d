"""From a Line URI to the line appearance that a session controls.

The open directory: no user check, the Line URI alone decides, and the cluster answers for lines that do not
exist.
"""

from __future__ import annotations

from sip import uri_of

from .errors import BadNumber, BadSessionRequest, UnknownLine
from .identity import LineAppearance, LineUri, diallable


def line_of_invite(line: str | None, to: bytes) -> LineUri:
    """The Line URI of the request body, or the number in the user part of To where the body names none.

    Raises BadSessionRequest where neither does, UnknownLine where the Line URI is not one.
    """
    if line:
        try:
            return LineUri.parse(line)
        except BadNumber as error:
            raise UnknownLine(f"Line URI {error}") from None
    user = uri_of(to).partition(b":")[2].partition(b"@")[0].decode("utf-8", "replace")
    try:
        number = diallable(user)
    except BadNumber:
        raise BadSessionRequest("the body has no lcs:line and To names no number") from None
    return LineUri(f"tel:{number}", number)


def appearance_of(line: LineUri) -> LineAppearance:
    """The line appearance a Line URI stands for; what it leaves out, the cluster completes."""
    return LineAppearance(line.number, line.device, line.partition)
