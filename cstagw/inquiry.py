"""What a CTIManager says of a line appearance: whether it has it, the calls there, and what the phone can do.

Two requests at once, one report. Counts what is being asked, so that a herd comes in no faster than the
CTIManagers answer.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TypeAlias

from csta_xml import (
    CSTAErrorCode,
    GetCSTAFeatures,
    GetCSTAFeaturesResponse,
    Response,
    SnapshotDevice,
)
from ctimgr_client import LinkId

from .identity import LineAppearance
from .links import CtiLinks
from .refused_lines import RefusedLines


@dataclass(frozen=True, slots=True)
class Report:
    """`line` is the answer to SnapshotDevice; `features` is None where the CTIManager does not say."""

    link: LinkId
    line: Response | CSTAErrorCode
    features: GetCSTAFeaturesResponse | None = None


Tell: TypeAlias = Callable[[Report], None]


@dataclass(slots=True, eq=False)
class _Inquiry:
    link: LinkId
    appearance: LineAppearance
    tell: Tell
    line: Response | CSTAErrorCode | None = None
    features: Response | CSTAErrorCode | None = None


class Inquiries:
    """All that are open; `refused` notes the lines that CTIManagers do not let us control."""

    def __init__(self, links: CtiLinks, refused: RefusedLines) -> None:
        self._links = links
        self._refused = refused
        self._open: Counter[LinkId] = Counter()

    def open(self, link: LinkId) -> int:
        """How many a CTIManager has not answered yet."""
        return self._open[link]

    def ask(self, link: LinkId, appearance: LineAppearance, tell: Tell) -> None:
        """`tell` gets the report, once, later."""
        self._open[link] += 1
        inquiry, wire = _Inquiry(link, appearance, tell), appearance.wire
        self._links.request(link, SnapshotDevice(snapshot_object=wire), partial(self._line, inquiry))
        self._links.request(link, GetCSTAFeatures(line=wire), partial(self._features, inquiry))

    def _line(self, inquiry: _Inquiry, answer: Response | CSTAErrorCode) -> None:
        """A refusal need not wait for what the line could do."""
        inquiry.line = answer
        if inquiry.features is not None or not may_be_opened(answer):
            self._answered(inquiry, answer)

    def _features(self, inquiry: _Inquiry, answer: Response | CSTAErrorCode) -> None:
        inquiry.features = answer
        if inquiry.line is not None and may_be_opened(inquiry.line):
            self._answered(inquiry, inquiry.line)

    def _answered(self, inquiry: _Inquiry, line: Response | CSTAErrorCode) -> None:
        self._open[inquiry.link] -= 1
        if not self._open[inquiry.link]:
            del self._open[inquiry.link]
        self._note(inquiry, line)
        features = inquiry.features
        known = features if isinstance(features, GetCSTAFeaturesResponse) else None
        inquiry.tell(Report(inquiry.link, line, known))

    def _note(self, inquiry: _Inquiry, line: Response | CSTAErrorCode) -> None:
        name, appearance = inquiry.link.name, inquiry.appearance
        if may_be_opened(line):
            self._refused.given(name, appearance)
        elif isinstance(line, CSTAErrorCode):
            self._refused.refused(name, appearance, line)


def may_be_opened(answer: Response | CSTAErrorCode) -> bool:
    """A phone that is not registered now can be later; its user must be able to sign in meanwhile."""
    return isinstance(answer, Response) or answer.value == "deviceOutOfService"
