"""Which of a line's candidate appearances is there: asked for one after the other until one is registered.

Decides nothing about sessions and keeps nothing. What takes time comes back by callback.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from csta_xml import GetCSTAFeaturesResponse, Response
from ctimgr_client import LinkId

from .errors import GatewayError, refused_by_cti
from .identity import LineAppearance
from .inquiry import Inquiries, Report
from .lines import Candidates, Rule


@dataclass(frozen=True, slots=True)
class Found:
    """An appearance that can be controlled over `link`, what its phone can do, and by which rule it was
    chosen."""

    appearance: LineAppearance
    rule: Rule
    link: LinkId
    features: GetCSTAFeaturesResponse | None


#: The next CTIManager to ask, given the names of those that did not answer. Raises GatewayError.
LinkFor: TypeAlias = Callable[[set[str]], LinkId]
Tell: TypeAlias = Callable[[Found | GatewayError], None]


class Search:
    """One search; `patient` says whether another CTIManager may still be asked.

    `tell` gets the outcome once, unless the search is abandoned before.
    """

    def __init__(
        self,
        inquiries: Inquiries,
        candidates: Candidates,
        *,
        link_for: LinkFor,
        patient: Callable[[], bool],
        tell: Tell,
    ) -> None:
        self._inquiries = inquiries
        self._candidates = candidates
        self._link_for = link_for
        self._patient = patient
        self._tell = tell
        self._place = 0
        self._link: LinkId | None = None
        self._silent: set[str] = set()
        self._away: dict[LineAppearance, GetCSTAFeaturesResponse | None] = {}
        self._refused: GatewayError | None = None
        self.abandoned = False

    def go(self) -> None:
        """Ask for the candidate whose turn it is."""
        try:
            link = self._link or self._link_for(self._silent)
        except GatewayError as error:
            self._tell(error)
            return
        self._link = link
        self._inquiries.ask(link, self._candidates.appearances[self._place], self._heard)

    def _heard(self, report: Report) -> None:
        if self.abandoned:
            return
        answer, appearance = report.line, self._candidates.appearances[self._place]
        if isinstance(answer, Response):
            self._found(appearance, report.link, report.features)
        elif answer.value == "deviceOutOfService":
            self._away[appearance] = report.features
            self._next(report.link)
        elif answer.value != "resourceOutOfService":
            self._refused = self._refused or refused_by_cti(answer, str(appearance))
            self._next(report.link)
        elif self._patient():
            self._silent.add(report.link.name)
            self._link = None
            self.go()
        else:
            self._tell(refused_by_cti(answer, str(appearance)))

    def _next(self, link: LinkId) -> None:
        self._place += 1
        if self._place < len(self._candidates.appearances):
            self.go()
        elif self._away:
            fallback = self._candidates.fallback
            appearance = fallback if fallback in self._away else next(iter(self._away))
            # Over the link that has answered just now: the one that was asked for this may be lost by now.
            self._found(appearance, link, self._away[appearance])
        elif self._refused is not None:
            self._tell(self._refused)

    def _found(
        self, appearance: LineAppearance, link: LinkId, features: GetCSTAFeaturesResponse | None
    ) -> None:
        self._tell(Found(appearance, self._candidates.rule, link, features))
