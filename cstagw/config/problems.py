"""What is wrong with a configuration, said to a person: where, what was given, what is allowed.

Values only. What is allowed is read from the JSON Schema of the model, so that error texts and schema cannot
differ.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ValidationError

from cstagw.config import databases
from cstagw.config.model import Config

_MAX_GIVEN = 120

Schema = Mapping[str, Any]
Step = str | int


@dataclass(frozen=True, slots=True)
class Problem:
    """One error: `path` as in `ctimanager[2].url`, or the name of a file or variable."""

    path: str
    text: str

    def __str__(self) -> str:
        return f"{self.path}: {self.text}"


class ConfigError(Exception):
    """The configuration cannot be used; `problems` are all of them."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = list(problems)


def schema() -> dict[str, object]:
    """The JSON Schema of the configuration file."""
    return Config.model_json_schema() | {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "cstagw configuration",
    }


def explain(error: ValidationError, origins: Mapping[str, str]) -> list[Problem]:
    """All problems that the model found; `origins` tells which of them the file is innocent of."""
    root = schema()
    errors = error.errors()
    parents = {found["loc"][:-1] for found in errors}
    return [
        _problem(root, found["type"], found["loc"], found, origins)
        for found in errors
        # A list whose entries are all wrong counts as empty as well: that is no problem of its own.
        if not (found["type"] == "too_short" and found["loc"] in parents)
    ]


def dotted(steps: Sequence[Step]) -> str:
    """sip, listen, 0 -> sip.listen[0]"""
    text = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps)
    return text.removeprefix(".")


def _problem(
    root: Schema, kind: str, loc: tuple[Step, ...], found: Mapping[str, Any], origins: Mapping[str, str]
) -> Problem:
    path = dotted(loc)
    match kind:
        case "extra_forbidden":
            text = f"unknown key; allowed: {_keys(root, loc[:-1])}"
        case "missing":
            text = f"missing; allowed: {allowed(root, loc)}"
        case "value_error":
            reason = found["ctx"]["error"]
            text = f"given {_given(found['input'])}: {reason}; allowed: {allowed(root, loc)}"
        case "tuple_type" if isinstance(found["input"], Mapping):
            text = f"given {_given(found['input'])}: write [[{path}]] with two brackets; "
            text += f"allowed: {allowed(root, loc)}"
        case _:
            text = f"given {_given(found['input'])}; allowed: {allowed(root, loc)}"
    return Problem(path, text + _blame(path, origins))


def _blame(path: str, origins: Mapping[str, str]) -> str:
    """Whoever reads the file in vain is told that the value is not from there."""
    for place, origin in origins.items():
        if not origin.startswith("file") and (path + ".").startswith((place + ".", place + "[")):
            return f" ({origin})"
    return ""


def _given(value: object) -> str:
    """As it would stand in the file, cut to a line."""
    text = json.dumps(_without_secrets(value), ensure_ascii=False, default=_plain)
    return text if len(text) <= _MAX_GIVEN else text[:_MAX_GIVEN] + "..."


def _without_secrets(value: object) -> object:
    """The URL of a database may hold a password, wherever somebody has written it."""
    if isinstance(value, str):
        is_database = value.strip().lower().startswith(("postgresql:", "postgres:"))
        return databases.masked(value) if is_database else value
    if isinstance(value, Mapping):
        return {key: _without_secrets(one) for key, one in value.items()}
    return [_without_secrets(one) for one in value] if isinstance(value, list | tuple) else value


def _plain(value: object) -> object:
    return value.model_dump(mode="json", exclude_none=True) if isinstance(value, BaseModel) else str(value)


def allowed(root: Schema, loc: Sequence[Step]) -> str:
    """What may stand at this place, in words."""
    node = _node(root, loc)
    match node:
        case {"enum": values}:
            return " or ".join(map(json.dumps, values))
        case {"const": value}:
            return json.dumps(value)
        case {"type": "integer", "minimum": low, "maximum": high}:
            return f"a whole number from {low} to {high}"
        case {"type": "array", "maxItems": most}:
            least = node.get("minItems", 0)
            return f"a list of {least} to {most}, each {_entry(root, node)}"
        case {"type": "object"}:
            return f"a table with the keys {', '.join(node['properties'])}"
    return str(node["description"])


def _entry(root: Schema, array: Schema) -> str:
    return allowed({**root, "properties": {"": array["items"]}}, ("",))


def _keys(root: Schema, loc: Sequence[Step]) -> str:
    return ", ".join(_node(root, loc)["properties"])


def _node(root: Schema, loc: Sequence[Step]) -> Schema:
    node = root
    for step in loc:
        node = node["items"] if isinstance(step, int) else node["properties"][step]
        node = node.get("anyOf", [node])[0]  # an optional value: the other choice is "not given"
        if "$ref" in node:
            node = root["$defs"][node["$ref"].rpartition("/")[2]]
    return node
