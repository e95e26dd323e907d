"""Times as people write them: "250ms", "5s", "30m", "2h" <-> seconds.

A number without a unit is refused: whoever writes `5` may mean seconds or minutes.
"""

import re

_SECONDS = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 0.001}
_TIME = re.compile(r"(\d{1,9}(?:\.\d{1,6})?)(ms|s|m|h)", re.ASCII)


def parse_duration(text: str) -> float:
    """Seconds of a written time. Raises ValueError."""
    match = _TIME.fullmatch(text.strip())
    if match is None:
        raise ValueError("not a time with a unit")
    number, unit = match.groups()
    return float(number) * _SECONDS[unit]


def format_duration(seconds: float) -> str:
    """The shortest exact writing: 1800.0 is "30m", 0.25 is "250ms"."""
    milliseconds = round(seconds * 1000)
    for unit, factor in _SECONDS.items():
        size = round(factor * 1000)
        if milliseconds and milliseconds % size == 0:
            return f"{milliseconds // size}{unit}"
    return f"{seconds * 1000:g}ms"
