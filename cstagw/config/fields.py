"""How single values of the configuration are written, read and described: times, hosts, files, addresses.

Values only. The sections that are made of them are in `model` and `access`.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    PlainSerializer,
    PlainValidator,
    ValidationInfo,
    WithJsonSchema,
)

from cstagw.config.addresses import HostPort, ListenUrl, check_host, parse_host_port, parse_listen_url
from cstagw.config.units import format_duration, parse_duration

WRITTEN = object()  # validation context of values that were written by a person


def written(parse: Callable[[str], object], value_type: type) -> PlainValidator:
    """Parses text. In a program a parsed value is taken as well, in a file it is not: 5.0 has no unit."""

    def validate(given: object, info: ValidationInfo) -> object:
        if isinstance(given, str):
            return parse(given)
        if type(given) is value_type and info.context is not WRITTEN:
            return given
        raise ValueError("not a text in quotes")

    return PlainValidator(validate)


def text(description: str) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "description": description})


def within(shortest: str, longest: str) -> AfterValidator:
    def check(seconds: float) -> float:
        if not parse_duration(shortest) <= seconds <= parse_duration(longest):
            raise ValueError(f"not from {shortest} to {longest}")
        return seconds

    return AfterValidator(check)


def listed(given: object) -> object:
    """A list may come from the environment as one text with commas."""
    return [item.strip() for item in given.split(",")] if isinstance(given, str) else given


Duration = Annotated[
    float,
    written(parse_duration, float),
    PlainSerializer(format_duration, return_type=str),
    text('a time with its unit, such as "250ms", "5s", "30m" or "2h"'),
]
Host = Annotated[str, AfterValidator(check_host), text("a host name or an IP address")]
Level = Literal["debug", "info", "warning", "error"]
PemFile = Annotated[Path, text("the path of a PEM file")]
Listener = Annotated[
    ListenUrl,
    written(parse_listen_url, ListenUrl),
    PlainSerializer(str, return_type=str),
    text("tcp://HOST:PORT, udp://HOST:PORT or tls://HOST:PORT"),
]
AdminAddress = Annotated[
    HostPort,
    written(parse_host_port, HostPort),
    PlainSerializer(str, return_type=str),
    text("HOST:PORT"),
]


def default(written: object) -> Any:
    """A default in the writing of the file: parsed like any value, and shown as written by the schema."""
    return Field(written, validate_default=True)


class Section(BaseModel):
    """One table of the file."""

    model_config = ConfigDict(extra="forbid", frozen=True)
