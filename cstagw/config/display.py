"""The effective configuration as TOML, fit to be a file again, each value with its origin as a comment.

Values only: the text is returned, not printed.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel

from cstagw.config.model import Config

_COMMENT_COLUMN = 44


def show(config: Config) -> str:
    """Every key with its effective value and where that came from: default, file, environment or flag."""
    return "\n\n".join("\n".join(lines) for lines in _tables(config)) + "\n"


def _tables(config: Config) -> Iterator[list[str]]:
    for name in type(config).model_fields:
        value = getattr(config, name)
        if isinstance(value, BaseModel):
            origins = {
                key: config.origins.get(f"{name}.{key}", "default") for key in type(value).model_fields
            }
            yield [f"[{name}]", *_lines(value, origins)]
            continue
        if not value:
            yield [f"# no [[{name}]]: the embedded simulator is started"]
        for entry in value:
            given = config.origins.get(name, "default")
            origins = {
                key: given if key in entry.model_fields_set else "default" for key in type(entry).model_fields
            }
            yield [f"[[{name}]]", *_lines(entry, origins)]


def _lines(section: BaseModel, origins: Mapping[str, str]) -> Iterator[str]:
    for key, value in section.model_dump(mode="json").items():
        line = f"# {key} is not set" if value is None else f"{key} = {_toml(value)}"
        yield f"{line:<{_COMMENT_COLUMN}} # {origins[key]}"


def _toml(value: Any) -> str:
    """JSON's texts, numbers and lists are TOML's as well."""
    return json.dumps(value, ensure_ascii=False)
