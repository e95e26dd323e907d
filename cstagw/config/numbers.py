"""The section that rewrites numbers: how a rule stands in the file, and what is wrong with one.

Values only. What rules do with a number is in `cstagw.numbers`, what may stand in one in `cstagw.patterns`.
"""

from typing import Annotated

from pydantic import AfterValidator, Field, ValidationInfo, field_validator

from cstagw.config.fields import Section, text
from cstagw.numbers import MAX_RULES, Numbers, Rule
from cstagw.patterns import check_match, check_replace


class NumberRule(Section):
    """[[numbers.inbound]] and [[numbers.outbound]]: `match` is a regular expression for the whole number,
    `replace` what becomes of it; `name` is for people."""

    name: Annotated[str, Field(max_length=80), text("a text of 80 characters at most")] | None = None
    match: Annotated[
        str,
        Field(max_length=200),
        AfterValidator(check_match),
        text("a regular expression for the whole number, 200 characters at most"),
    ]
    replace: Annotated[
        str,
        Field(max_length=80),
        text("+, digits, *, #, A to D, and groups of match as \\1; empty refuses the number"),
    ]

    @field_validator("replace")
    @classmethod
    def _fits_match(cls, replace: str, info: ValidationInfo) -> str:
        return check_replace(replace, info.data["match"]) if "match" in info.data else replace

    @property
    def rule(self) -> Rule:
        """The same, compiled."""
        return Rule(self.match, self.replace, self.name or "")


class NumberRules(Section):
    """[numbers]: rules that rewrite numbers; in each list the first that matches decides.

    `inbound`: what clients dial, for CTIManagers. `outbound`: what CTIManagers report, for clients.
    """

    inbound: Annotated[tuple[NumberRule, ...], Field(max_length=MAX_RULES)] = ()
    outbound: Annotated[tuple[NumberRule, ...], Field(max_length=MAX_RULES)] = ()

    def compiled(self) -> Numbers:
        """The rules, ready for use. They keep their results, so they are compiled once per configuration."""
        return Numbers(tuple(one.rule for one in self.inbound), tuple(one.rule for one in self.outbound))
