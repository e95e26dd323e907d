"""The operator's files, looked at before a JVM is given them: a JVM passes over what it cannot use.

Reads files and nothing else; knows no JVM.
"""

import os
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from ctimgr_client.jtapi.opening_reasons import OpeningFailed

_API = "javax/telephony/Provider.class"
_MANIFEST = "META-INF/MANIFEST.MF"
_VERSIONS = ("Implementation-Version", "Specification-Version")
_MAX_MANIFEST = 64 * 1024


def expanded(class_path: Iterable[str]) -> tuple[str, ...]:
    """What the JVM is given: jars, and folders, each with the jars in it. Raises OpeningFailed with the path
    and why it is no good."""
    found = [path for entry in class_path for path in _entry(Path(entry))]
    with_api = [path for path in dict.fromkeys(found) if _has_api(path)]
    if not with_api:
        listed = ", ".join(map(str, found)) or "an empty list"
        raise _unusable(listed, "there is no javax.telephony in it")
    if len(with_api) > 1:
        raise _unusable(f"{with_api[0]} and {with_api[1]}", "both have javax.telephony: leave one out")
    return tuple(map(str, dict.fromkeys(found)))


def release(class_path: Iterable[str]) -> str:
    """The version that the library's jar says it has, "" for none."""
    jar = next((path for path in map(Path, class_path) if path.is_file() and _has_api(path)), None)
    if jar is None:
        return ""
    with zipfile.ZipFile(jar) as archive:
        if _MANIFEST not in archive.namelist():
            return ""
        with archive.open(_MANIFEST) as stream:
            text = stream.read(_MAX_MANIFEST).decode("utf-8", "replace")
    values = dict(line.split(": ", 1) for line in text.splitlines() if ": " in line)
    return next((values[name].strip() for name in _VERSIONS if name in values), "")


def _entry(path: Path) -> Iterator[Path]:
    if "*" in path.name:
        jars = sorted(path.parent.glob(path.name))
        if not jars:
            raise _unusable(str(path), "no file is named like this")
        for jar in jars:
            yield _readable(jar)
        return
    yield _readable(path)
    if path.is_dir():
        yield from map(_readable, sorted(path.glob("*.jar")))


def _readable(path: Path) -> Path:
    if not path.exists():
        raise _unusable(str(path), "it does not exist")
    if not os.access(path, os.R_OK):
        raise _unusable(str(path), "it cannot be read")
    if path.is_file() and not zipfile.is_zipfile(path):
        raise _unusable(str(path), "it is no jar file")
    return path


def _has_api(path: Path) -> bool:
    if path.is_dir():
        return (path / _API).is_file()
    with zipfile.ZipFile(path) as archive:
        return _API in archive.namelist()


def _unusable(path: str, why: str) -> OpeningFailed:
    return OpeningFailed("library", f"{path}: {why}")
