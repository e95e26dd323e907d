"""The operator's library, as found in the JVM that runs: its classes, and what it lacks of `names`.

A JVM must run. Knows no provider.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ctimgr_client.jtapi.constant_names import CONSTANTS
from ctimgr_client.jtapi.names import Feature, Found, Missing, class_names, is_cisco, missing
from ctimgr_client.jtapi.telephony import JtapiFailure, Trouble

_SHOWN = 8


class Library:
    """`jpype` is the module. `cisco`: Cisco's extensions are there."""

    def __init__(self, jpype: Any, version: str, release: str) -> None:
        self._jpype = jpype
        self._classes = {name: found for name in class_names() if (found := _class(jpype, name)) is not None}
        self.cisco = "com.cisco.jtapi.extensions.CiscoProvider" in self._classes
        self.exception: type[BaseException] = jpype.JException
        self._version = version
        self._release = release
        found = self._found()
        self.missing: Missing = missing(found, cisco=self.cisco)
        self._lost_in_plain = missing(_without_cisco(found), cisco=False).lost

    def find(self, name: str) -> Any:
        """A class of `names`; None where the library has none such."""
        return self._classes.get(name)

    def have(self, names: Iterable[str]) -> list[Any]:
        """Those of the classes that the library has."""
        return [self._classes[name] for name in names if name in self._classes]

    def is_a(self, thing: Any, name: str) -> bool:
        """Whether a Java object is of a class; nothing is of one that is not there."""
        found = self._classes.get(name)
        return found is not None and isinstance(thing, found)

    def offers(self, feature: Feature, *, cisco: bool) -> bool:
        """`cisco`: whether the provider has the extensions. A plain peer may come with them in its jar."""
        return feature not in (self.missing.lost if cisco else self._lost_in_plain)

    def need(self, feature: Feature, *, cisco: bool) -> None:
        """Raises JtapiFailure where it is not offered."""
        if not self.offers(feature, cisco=cisco):
            raise JtapiFailure(Trouble.NOT_OFFERED, f"this JTAPI library has no such thing: {feature}")

    def array(self, of: Any, items: Iterable[Any]) -> Any:
        """A Java array."""
        return self._jpype.JArray(of)(list(items))

    def text(self, value: str) -> Any:
        """A Java String, where a method has overloads."""
        return self._jpype.JString(value)

    def describe(self) -> str:
        """A line for the log: release, kind, what is missing."""
        said = f"{self._kind()}{f', release {self._release}' if self._release else ''}; Java {self._version}"
        lost = [
            f"{feature} ({_listed(names)})" if self.cisco else str(feature)
            for feature, names in self.missing.lost.items()
        ]
        return f"{said}; lacks {', '.join(lost)}" if lost else said

    def report(self) -> Iterator[str]:
        """Lines for people: what the library is, what it has of `names`, what does not work."""
        yield f"{self._kind()}{f', release {self._release}' if self._release else ''}"
        yield f"Java {self._version}"
        wanted = [name for name in class_names() if self.cisco or not is_cisco(name)]
        there = sum(name in self._classes for name in wanted)
        yield f"{there} of {len(wanted)} classes are there"
        for name in self.missing.needed:
            yield f"lacks {name}, without which there is no bridge"
        for feature, names in self.missing.lost.items():
            yield f"not offered: {feature}{f'; it lacks {_listed(names)}' if self.cisco else ''}"
        if not self.missing.lost:
            yield "everything is offered"

    def lacks(self) -> str:
        """What is needed and not there, in words; "" for nothing."""
        return _listed(self.missing.needed)

    def _kind(self) -> str:
        return "JTAPI with Cisco's extensions" if self.cisco else "plain JTAPI"

    def _found(self) -> dict[str, Found]:
        fields: dict[str, list[str]] = {}
        for constant in CONSTANTS:
            fields.setdefault(constant.name, []).append(constant.field)
        return {
            name: Found(_methods(found), _constants(found, fields.get(name, [])))
            for name, found in self._classes.items()
        }


def _class(jpype: Any, name: str) -> Any:
    """None also for one that refers to classes that are not there."""
    try:
        return jpype.JClass(name)
    except (TypeError, jpype.JException):
        return None


def _methods(found: Any) -> dict[str, frozenset[int]]:
    counts: dict[str, set[int]] = {}
    for method in found.class_.getMethods():
        counts.setdefault(str(method.getName()), set()).add(int(method.getParameterCount()))
    return {name: frozenset(those) for name, those in counts.items()}


def _constants(found: Any, fields: Iterable[str]) -> dict[str, int]:
    return {name: int(getattr(found, name)) for name in fields if hasattr(found, name)}


def _without_cisco(found: Mapping[str, Found]) -> dict[str, Found]:
    return {name: one for name, one in found.items() if not is_cisco(name)}


def _listed(names: Iterable[str]) -> str:
    those = [name.removeprefix("com.cisco.jtapi.extensions.") for name in names]
    more = len(those) - _SHOWN
    return ", ".join(those[:_SHOWN]) + (f" and {more} more" if more > 0 else "")
