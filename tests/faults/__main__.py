"""Play the matrix, print it, and write it into docs/reliability.md.

`python -m tests.faults [--small] [ROW ...]`; `make faults ROWS=killed,hung`.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import signal
import sys
import time
import traceback

import structlog

from .matrix import ROWS
from .table import FULL, SMALL, Measure, NotRun, Row, Scale, line, line_not_run, update

#: Seconds for one row.
_LONGEST = 420.0


async def play(row: Row, scale: Scale) -> tuple[str, bool]:
    """The line of the page and whether the promise was kept."""
    try:
        async with asyncio.timeout(_LONGEST):
            measures = await row.play(scale)
    except NotRun as reason:
        return line_not_run(row, str(reason)), True
    except Exception as error:  # noqa: BLE001 - a row that breaks is not kept, the others are played
        traceback.print_exc()
        return line(row, [Measure(f"broke: {error!r:.300}", kept=False)]), False
    return line(row, measures), all(one.kept for one in measures)


def main() -> int:
    parser = argparse.ArgumentParser(prog="make faults")
    parser.add_argument("rows", nargs="*", help="some rows only, by name")
    parser.add_argument("--small", action="store_true", help="few sessions; the page stays as it is")
    asked = parser.parse_args()
    wanted = {name for word in asked.rows for name in word.split(",") if name}
    if unknown := wanted - {row.name for row in ROWS}:
        parser.error(f"no row {', '.join(sorted(unknown))}; there are {', '.join(row.name for row in ROWS)}")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # what was started is stopped then
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    lines, good = [], True
    for row in ROWS:
        if wanted and row.name not in wanted:
            continue
        begun = time.monotonic()
        text, kept = asyncio.run(play(row, SMALL if asked.small else FULL))
        sys.stdout.write(f"[{time.monotonic() - begun:5.1f} s] {text}")
        sys.stdout.flush()
        lines.append(text)
        good = good and kept
    if not asked.small:
        update(lines, [row.name for row in ROWS])
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
