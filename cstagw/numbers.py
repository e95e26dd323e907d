"""Numbers between clients and CTIManagers: what can be dialled, and the site's rules that rewrite it.

Pure. Knows neither how either side writes an identifier nor whose number it is. Nothing is known here of the
world's numbering plans: without a rule a number stays as it is, and none becomes E.164.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal, TypeAlias
from urllib.parse import unquote

from .errors import BadNumber

#: Rules one way.
MAX_RULES = 100
#: Results that are kept, one way.
MAX_KEPT = 8192

Direction: TypeAlias = Literal["inbound", "outbound"]

_SEPARATORS = str.maketrans("", "", "-.() ")
_DIALLABLE = re.compile(r"\+?[0-9A-Da-d*#]{1,40}\Z")
_EXT = ";ext="


def diallable(number: str) -> str:
    """A number without visual separators. Raises BadNumber for what a phone could not dial
    (`5551234v:41234`)."""
    digits = _plain(unquote(number))
    if digits is None:
        raise BadNumber(f"{number[:80]!r} is not a number that can be dialled")
    return digits


def _plain(text: str) -> str | None:
    digits = text.translate(_SEPARATORS)
    return digits if _DIALLABLE.match(digits) else None


@dataclass(frozen=True, slots=True)
class Rule:
    """`match` is a regular expression for a whole number, `replace` what becomes of it, with groups as \\1;
    `name` is for people. `cstagw.patterns` says what may stand there."""

    match: str
    replace: str
    name: str = ""
    _pattern: re.Pattern[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_pattern", re.compile(self.match, re.ASCII))

    def apply(self, text: str) -> str | None:
        """What it makes of a text; None where it does not match."""
        found = self._pattern.fullmatch(text)
        return None if found is None else found.expand(self.replace)


@dataclass(frozen=True, slots=True)
class Step:
    """One rule, by its place in the configuration (`numbers.inbound[0]`), tried on a text; `result` is None
    where it did not match."""

    place: str
    rule: Rule
    tried: str
    result: str | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What becomes of a number, by which steps. `number` is empty where it is refused; `reason` says why, or
    why it stays as it is."""

    number: str
    steps: tuple[Step, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Numbers:
    """The rules of a site, both ways. In each list the first rule that matches the whole number decides.

    `inbound`: what clients dial -> what the CTIManager is asked to dial. `outbound`: what CTIManagers report
    -> what clients are shown.
    """

    inbound: tuple[Rule, ...] = ()
    outbound: tuple[Rule, ...] = ()
    _dialled: Callable[[str, str | None], str] = field(init=False, repr=False, compare=False)
    _reported: Callable[[str], str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_dialled", lru_cache(MAX_KEPT)(self._dial))
        object.__setattr__(self, "_reported", lru_cache(MAX_KEPT)(self._report))

    def dialled(self, text: str, extension: str | None = None) -> str:
        """The number to dial for one that a client wrote, `extension` the digits of its ;ext=. Raises
        BadNumber for what cannot be dialled, before the rules or by them."""
        return self._dialled(text, extension)

    def reported(self, dn: str) -> str:
        """The number to show for one that a CTIManager wrote; whatever is no number is shown as it is."""
        return self._reported(dn) if self.outbound else dn

    def explain_dialled(self, text: str, extension: str | None = None) -> Outcome:
        """How `dialled` comes to its result, rule by rule."""
        try:
            number = diallable(text)
            texts = (number,) if extension is None else (f"{number}{_EXT}{diallable(extension)}", number)
        except BadNumber as error:
            return Outcome("", reason=str(error))
        steps = _tried("inbound", self.inbound, texts)
        place, made = _decision(steps)
        if made is None:
            return Outcome(number, steps, _unmatched(steps))
        if not made:
            return Outcome("", steps, f"{place} refuses it: its replace is empty")
        result = _plain(made.partition(_EXT)[0])
        if result is None:
            return Outcome("", steps, f"{place} makes {made!r} of it, which cannot be dialled")
        return Outcome(result, steps)

    def explain_reported(self, dn: str) -> Outcome:
        """How `reported` comes to its result, rule by rule."""
        number = _plain(dn)
        if number is None:
            return Outcome(dn, reason="it is not a number, so no rule is tried")
        steps = _tried("outbound", self.outbound, (number,))
        place, made = _decision(steps)
        if made is None:
            return Outcome(dn, steps, _unmatched(steps))
        if not made:
            return Outcome(dn, steps, f"{place} leaves it as it is: its replace is empty")
        result = _plain(made)
        if result is None:
            return Outcome(
                dn, steps, f"{place} makes {made!r} of it, which is no number, so it stays as it is"
            )
        return Outcome(result, steps)

    def _dial(self, text: str, extension: str | None) -> str:
        outcome = self.explain_dialled(text, extension)
        if not outcome.number:
            raise BadNumber(outcome.reason)
        return outcome.number

    def _report(self, dn: str) -> str:
        return self.explain_reported(dn).number


def _tried(direction: Direction, rules: tuple[Rule, ...], texts: tuple[str, ...]) -> tuple[Step, ...]:
    """All rules on the first text, then on the next, up to the rule that matches."""
    steps: list[Step] = []
    for text in texts:
        for index, rule in enumerate(rules):
            step = Step(f"numbers.{direction}[{index}]", rule, text, rule.apply(text))
            steps.append(step)
            if step.result is not None:
                return tuple(steps)
    return tuple(steps)


def _decision(steps: tuple[Step, ...]) -> tuple[str, str | None]:
    """The rule that decides is the last one tried; None where none matches."""
    return (steps[-1].place, steps[-1].result) if steps else ("", None)


def _unmatched(steps: tuple[Step, ...]) -> str:
    return f"{'no rule matches' if steps else 'there is no rule'}, so it stays as it is"


#: What is in force without [numbers].
NO_RULES = Numbers()
