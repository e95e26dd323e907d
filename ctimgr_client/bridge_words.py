"""How a bridge of ours says why it opens no application session, or ends one: the reason as a label in front.

ECMA-354 has free text for a server's own reasons (applError, serverTermReason). The labels are those of
`failures.FAILURES`; other servers' texts have none.
"""

import re

_TEXT = re.compile(r"cstagw-bridge/([a-z_]{1,32})(?:: (.*))?", re.DOTALL)


def in_words(reason: str, detail: str = "") -> str:
    """The text that carries a reason and what is known besides."""
    return f"cstagw-bridge/{reason}: {detail}" if detail else f"cstagw-bridge/{reason}"


def reason_in(text: str) -> tuple[str, str] | None:
    """Reason and detail, None where the text is somebody else's."""
    match = _TEXT.fullmatch(text.strip())
    return None if match is None else (match[1], match[2] or "")
