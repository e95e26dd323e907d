"""The operator's files, before a JVM is given them."""

import zipfile
from pathlib import Path

import pytest

from ctimgr_client.jtapi.java.class_path import expanded, release
from ctimgr_client.jtapi.opening_reasons import OpeningFailed


def _jar(file: Path, *names: str, manifest: str = "") -> Path:
    with zipfile.ZipFile(file, "w") as jar:
        for name in names:
            jar.writestr(name, b"")
        if manifest:
            jar.writestr("META-INF/MANIFEST.MF", manifest)
    return file


def _api(file: Path, manifest: str = "") -> Path:
    return _jar(file, "javax/telephony/Provider.class", manifest=manifest)


def _refused(*class_path: Path) -> str:
    with pytest.raises(OpeningFailed) as failed:
        expanded(map(str, class_path))
    assert failed.value.reason == "library"
    return failed.value.detail


def test_a_jar_is_given_as_it_is(tmp_path: Path) -> None:
    jar = _api(tmp_path / "jtapi.jar")
    assert expanded([str(jar)]) == (str(jar),)


def test_a_folder_is_given_with_its_jars(tmp_path: Path) -> None:
    other, jar = _jar(tmp_path / "a.jar", "x"), _api(tmp_path / "jtapi.jar")
    (tmp_path / "readme.txt").write_text("no jar")
    assert expanded([str(tmp_path)]) == (str(tmp_path), str(other), str(jar))


def test_a_pattern_is_given_as_its_jars(tmp_path: Path) -> None:
    jar = _api(tmp_path / "jtapi.jar")
    assert expanded([str(tmp_path / "*.jar")]) == (str(jar),)
    assert "no file is named like this" in _refused(tmp_path / "*.zip")


def test_classes_may_lie_in_a_folder(tmp_path: Path) -> None:
    (tmp_path / "javax" / "telephony").mkdir(parents=True)
    (tmp_path / "javax" / "telephony" / "Provider.class").touch()
    assert expanded([str(tmp_path)]) == (str(tmp_path),)


def test_what_cannot_be_used_is_said_with_its_path(tmp_path: Path) -> None:
    assert _refused(tmp_path / "none.jar") == f"{tmp_path / 'none.jar'}: it does not exist"
    text = tmp_path / "text.jar"
    text.write_text("no jar")
    assert _refused(text) == f"{text}: it is no jar file"


def test_a_jar_without_the_interfaces_is_refused(tmp_path: Path) -> None:
    jar = _jar(tmp_path / "other.jar", "com/example/A.class")
    assert _refused(jar) == f"{jar}: there is no javax.telephony in it"
    assert "an empty list: there is no javax.telephony" in _refused()


def test_two_libraries_would_be_mixed(tmp_path: Path) -> None:
    one, two = _api(tmp_path / "a.jar"), _api(tmp_path / "b.jar")
    assert _refused(one, two) == f"{one} and {two}: both have javax.telephony: leave one out"


def test_the_release_is_read_from_the_manifest(tmp_path: Path) -> None:
    jar = _api(tmp_path / "jtapi.jar", "Manifest-Version: 1.0\r\nImplementation-Version: 15.0(1)\r\n")
    assert release([str(jar)]) == "15.0(1)"
    assert release([str(_api(tmp_path / "old.jar"))]) == ""
