"""The regular expressions of rules for numbers: which of them are taken, and how many ways one may try.

Pure. Knows how a rule is written, not what it is for. Numbers are short, but a pattern such as (\\d+)+ has
more ways to fit forty digits than there are microseconds in a day, and nothing can interrupt it: patterns
are judged by their text, before any number meets them.
"""

from __future__ import annotations

import re
import warnings

#: Signs of a text that rules are tried on: a number, ";ext=", another number.
LONGEST = 41 + 5 + 41
#: Ways to fit one text. Three repetitions without an upper limit are below it, four are above.
MAX_WAYS = 1_000_000

_PIECE = re.compile(
    r"""
      (?P<open>\((?!\?) | \(\?(?:P<[^>]*> | [:=!] | <[=!]))
    | (?P<other>\(\?)
    | (?P<close>\))
    | (?P<alternative>\|)
    | (?P<times>[*+?] | \{(?!\})(?P<least>\d*)(?P<comma>,?)(?P<most>\d*)\})[+?]?
    | (?P<one>\\. | \[\^?\]?(?:\\.|[^\]\\])*\] | .)
    """,
    re.VERBOSE | re.DOTALL,
)
_TIMES = {"*": (0, LONGEST), "+": (1, LONGEST), "?": (0, 1)}

_GROUP = re.compile(r"\\(?:[1-9][0-9]?(?![0-9])|g<\w+>)")
_FOREIGN = re.compile(r"[^-.() 0-9A-Da-d*#+]")


def check_match(text: str) -> str:
    """The pattern as given. Raises ValueError with the reason where it is none, or one that is not taken."""
    if not text:
        raise ValueError("an empty pattern matches no number")
    _compiled(text)
    if _ways(text) > MAX_WAYS:
        raise ValueError(
            "it has too many ways to match: repeat neither a repetition nor alternatives, as in (\\d+)+ or "
            "(1|2)*, and use * and + three times at most"
        )
    return text


def check_replace(text: str, match: str) -> str:
    """The replacement as given. Raises ValueError with the reason where it names a group that the pattern
    does not have, or can make nothing that can be dialled."""
    foreign = _FOREIGN.search(_GROUP.sub("", text))
    if foreign is not None:
        raise ValueError(_why_foreign(foreign[0]))
    try:
        _compiled(match).sub(text, "")
    except (re.error, IndexError) as error:
        digit = "; a digit behind group 1 is written \\g<1>0" if re.search(r"\\\d\d", text) else ""
        raise ValueError(f"{error}{digit}") from None
    return text


def _why_foreign(sign: str) -> str:
    if sign == "\\":
        return "a backslash names a group, 1 to 99; \\g<0> is the whole number, \\g<1>425 group 1 and 425"
    return f'"{sign}" cannot be dialled'


def _compiled(text: str) -> re.Pattern[str]:
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # Python's doubts about [[:digit:]] and the like
        try:
            return re.compile(text, re.ASCII)
        except re.error as error:
            plus = "; a plus sign is written \\+" if text.startswith(("+", "(+")) else ""
            raise ValueError(f"{error}{plus}") from None
        except (Warning, OverflowError, RecursionError) as error:
            raise ValueError(f"{error}; a digit is written \\d or [0-9]") from None


class _Frame:
    """What has been read of one group: the ways of its finished alternatives, of the present one but for its
    last item, and of that item, which a repetition may follow."""

    __slots__ = ("before", "last", "others")

    def __init__(self) -> None:
        self.others, self.before, self.last = 0, 1, 1

    def item(self, ways: int) -> None:
        self.before, self.last = self.before * self.last, ways

    def repeat(self, least: int, most: int) -> None:
        most = min(most, LONGEST)
        self.last = min(max(most - least, 0) + 1, LONGEST) * self.last**most
        self.last = min(self.last, MAX_WAYS + 1)

    def alternative(self) -> None:
        self.others, self.before, self.last = self.ways(), 1, 1

    def ways(self) -> int:
        return min(self.others + self.before * self.last, MAX_WAYS + 1)


def _ways(pattern: str) -> int:
    """How many ways a valid pattern has to fit one text, at most. Raises ValueError for what rules need not
    have: flags, conditions, comments, atomic groups."""
    frames = [_Frame()]
    for piece in _PIECE.finditer(pattern):
        frame = frames[-1]
        match piece.lastgroup:
            case "open":
                frames.append(_Frame())
            case "close":
                frames.pop()
                frames[-1].item(frame.ways())
            case "alternative":
                frame.alternative()
            case "times":
                frame.repeat(*_times(piece))
            case "other":
                raise ValueError(f'"{pattern[piece.start() :][:3]}" is not taken in a rule')
            case _:
                frame.item(1)
    return frames[0].ways()


def _times(piece: re.Match[str]) -> tuple[int, int]:
    """* is 0 to LONGEST, {3} is 3 to 3, {2,} is 2 to LONGEST"""
    if piece["times"] in _TIMES:
        return _TIMES[piece["times"]]
    least = int(piece["least"] or 0)
    if not piece["comma"]:
        return least, least
    return least, int(piece["most"] or LONGEST)
