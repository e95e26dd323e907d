"""The effective configuration as TOML, fit to be a file again, each value with its origin as a comment.

Values only: the text is returned, not printed.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, get_args, get_origin

from pydantic import BaseModel

from cstagw.config.model import Config

_COMMENT_COLUMN = 44
#: What it means that a list of tables is empty.
_WITHOUT = {
    "ctimanager": "the embedded simulator is started",
    "numbers.inbound": "what clients dial stays as it is",
    "numbers.outbound": "what CTIManagers report stays as it is",
}


def show(config: Config) -> str:
    """Every key with its effective value and where that came from: default, file, environment or flag."""
    return "\n\n".join("\n".join(lines) for lines in _tables(config)) + "\n"


def _tables(config: Config) -> Iterator[list[str]]:
    for name in type(config).model_fields:
        value = getattr(config, name)
        if not isinstance(value, BaseModel):
            yield from _list(name, value, config.origins)
            continue
        lists = [key for key, field in type(value).model_fields.items() if _holds_tables(field.annotation)]
        origins = {key: config.origins.get(f"{name}.{key}", "default") for key in type(value).model_fields}
        lines = [*_lines(value, {key: origin for key, origin in origins.items() if key not in lists})]
        if lines:
            yield [f"[{name}]", *lines]
        for key in lists:
            yield from _list(f"{name}.{key}", getattr(value, key), config.origins)


def _holds_tables(annotation: object) -> bool:
    """Whether a key is a list of tables, each written under its own heading."""
    entry = get_args(annotation)[0] if get_origin(annotation) is tuple else None
    return isinstance(entry, type) and issubclass(entry, BaseModel)


def _list(path: str, entries: Sequence[BaseModel], given: Mapping[str, str]) -> Iterator[list[str]]:
    if not entries:
        yield [f"# no [[{path}]]: {_WITHOUT[path]}"]
    for entry in entries:
        origin = given.get(path, "default")
        origins = {
            key: origin if key in entry.model_fields_set else "default" for key in type(entry).model_fields
        }
        yield [f"[[{path}]]", *_lines(entry, origins)]


def _lines(section: BaseModel, origins: Mapping[str, str]) -> Iterator[str]:
    for key, value in section.model_dump(mode="json", include=set(origins)).items():
        line = f"# {key} is not set" if value is None else f"{key} = {_toml(value)}"
        yield f"{line:<{_COMMENT_COLUMN}} # {origins[key]}"


def _toml(value: Any) -> str:
    """JSON's texts, numbers and lists are TOML's as well."""
    return json.dumps(value, ensure_ascii=False)
