"""A Java exception as a value. A JVM must run."""

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar, cast

from ctimgr_client.jtapi.java.library import Library
from ctimgr_client.jtapi.telephony import JtapiFailure, Trouble

_TROUBLES = {f"javax.telephony.{trouble}Exception": trouble for trouble in Trouble}
_PARTIES = (Trouble.RESOURCE_UNAVAILABLE, Trouble.PRIVILEGE_VIOLATION, Trouble.INVALID_PARTY)
_CODED = "com.cisco.jtapi.extensions.CiscoJtapiException"

P = ParamSpec("P")
R = TypeVar("R")


class HasLibrary(Protocol):
    """Whose methods call Java."""

    @property
    def library(self) -> Library: ...


H = TypeVar("H", bound=HasLibrary)


def trouble_of(names: Iterable[str]) -> Trouble:
    """The kind of an exception whose class and super-classes have these names, the nearest first."""
    return next((_TROUBLES[name] for name in names if name in _TROUBLES), Trouble.OTHER)


def failure_of(error: Any, library: Library) -> JtapiFailure:
    """`error` is a Java exception, as JPype raises it."""
    names = [str(one.__name__) for one in type(error).__mro__]
    name = names[0].rpartition(".")[2]
    text, code = str(error.getMessage() or ""), 0
    if library.is_a(error, _CODED):
        code = int(error.getErrorCode()) & 0xFFFFFFFF
        text = text or str(error.getErrorDescription() or "")
    trouble = trouble_of(names)
    kind = -1
    if trouble in _PARTIES:
        kind = int(error.getType())
    elif trouble is Trouble.INVALID_STATE:
        kind = int(error.getObjectType())
    elif trouble is Trouble.OTHER:
        text = f"{name}: {text}"
    return JtapiFailure(trouble, text, kind=kind, code=code, name=name)


def reported(method: Callable[Concatenate[H, P], R]) -> Callable[Concatenate[H, P], R]:
    """A method that calls Java, and raises JtapiFailure for what Java throws."""

    @wraps(method)
    def call(self: H, *args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return method(self, *args, **kwargs)
        except self.library.exception as error:
            raise failure_of(error, self.library) from None

    return cast(Callable[Concatenate[H, P], R], call)
