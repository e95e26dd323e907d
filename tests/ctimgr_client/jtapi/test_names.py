"""The list of Java names is what the code asks a library for: no more, no less."""

import ast
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import ctimgr_client.jtapi.java
from ctimgr_client.jtapi.constant_names import CONSTANTS, EVENTS
from ctimgr_client.jtapi.names import ROWS, Feature, Found, class_names, is_cisco, listed, missing
from ctimgr_client.jtapi.numbers import Ev

_CODE = [ast.parse(file.read_text()) for file in Path(ctimgr_client.jtapi.java.__file__).parent.glob("*.py")]
_A_NAME = re.compile(r"[a-z]+[A-Z]\w*|IsCertificateUpdated")
#: What looks like Java and is JPype's.
_JPYPES = {"startJVM", "isJVMStarted", "getJVMVersion"}
_METHODS = {name for row in ROWS for name in row.arities()}
_COUNTS = {name: frozenset[int]().union(*(row.arities().get(name, ()) for row in ROWS)) for name in _METHODS}


def _calls() -> Iterator[ast.Call]:
    for tree in _CODE:
        yield from (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def _texts() -> set[str]:
    nodes = (node for tree in _CODE for node in ast.walk(tree))
    return {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}


def test_every_method_that_is_called_is_in_the_list_with_its_number_of_arguments() -> None:
    wrong = []
    for call in _calls():
        name = call.func.attr if isinstance(call.func, ast.Attribute) else ""
        if not _A_NAME.fullmatch(name) or name in _JPYPES:
            continue
        exact = not any(isinstance(argument, ast.Starred) for argument in call.args)
        if name not in _METHODS or (exact and len(call.args) not in _COUNTS[name]):
            wrong.append(f"{name}/{len(call.args)}")
    assert wrong == []


def test_every_method_in_the_list_is_called_or_handed_over_or_implemented() -> None:
    named = {node.attr for tree in _CODE for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    defined = {node.name for tree in _CODE for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    assert set() == _METHODS - named - defined


def test_every_class_that_is_named_is_in_the_list() -> None:
    named = {text for text in _texts() if re.fullmatch(r"(javax|com\.cisco)\.[\w.]*\w", text)}
    assert named
    assert named <= set(class_names())


def test_every_event_that_is_known_has_a_class() -> None:
    assert EVENTS.keys() == set(Ev)
    assert len(set(EVENTS.values())) == len(EVENTS)


def _whole() -> dict[str, Found]:
    """A library that has everything."""
    methods: dict[str, dict[str, frozenset[int]]] = {name: {} for name in class_names()}
    for row in ROWS:
        methods[row.name].update(row.arities())
    fields: dict[str, dict[str, int]] = {name: {} for name in class_names()}
    for constant in CONSTANTS:
        fields[constant.name][constant.field] = constant.value
    return {name: Found(methods[name], fields[name]) for name in class_names()}


def _without(library: Mapping[str, Found], name: str, member: str = "") -> dict[str, Found]:
    found = dict(library)
    whole = found.pop(name)
    if member:
        methods = {one: counts for one, counts in whole.methods.items() if one != member}
        found[name] = Found(methods, {one: value for one, value in whole.constants.items() if one != member})
    return found


def test_nothing_is_missing_in_a_library_that_has_everything() -> None:
    assert missing(_whole(), cisco=True).needed == ()
    assert missing(_whole(), cisco=True).lost == {}


def test_plain_jtapi_has_what_is_needed_and_lacks_features() -> None:
    plain = {name: found for name, found in _whole().items() if not is_cisco(name)}
    found = missing(plain, cisco=False)
    assert found.needed == ()
    assert {Feature.DO_NOT_DISTURB, Feature.PICKUP, Feature.SECURITY} <= found.lost.keys()
    assert Feature.FORWARDING not in found.lost


def test_a_method_that_is_needed_and_not_there_is_named() -> None:
    name = "javax.telephony.callcontrol.CallControlTerminalConnection"
    assert missing(_without(_whole(), name, "hold"), cisco=True).needed == (f"{name}.hold",)
    assert missing(_without(_whole(), "javax.telephony.Call"), cisco=False).needed == (
        "javax.telephony.Call",
    )


def test_a_method_with_other_arguments_is_another_one() -> None:
    name, library = "javax.telephony.Call", _whole()
    library[name] = Found({**library[name].methods, "connect": frozenset({2})}, library[name].constants)
    assert missing(library, cisco=True).needed == (f"{name}.connect",)


def test_what_a_feature_needs_costs_the_feature_only() -> None:
    name = "com.cisco.jtapi.extensions.CiscoTerminal"
    found = missing(_without(_whole(), name, "unPark"), cisco=True)
    assert (found.needed, dict(found.lost)) == ((), {Feature.UNPARKING: (f"{name}.unPark",)})


def test_a_number_that_is_another_one_is_said_with_both() -> None:
    name, library = "javax.telephony.events.ConnAlertingEv", _whole()
    library[name] = Found(library[name].methods, {"ID": 7})
    assert missing(library, cisco=True).needed == (f"{name}.ID (it is 7, not 104)",)


def test_java_tells_large_numbers_as_negative_ones() -> None:
    name, library = "com.cisco.jtapi.extensions.CiscoTermInServiceEv", _whole()
    value = library[name].constants["ID"]
    library[name] = Found(library[name].methods, {"ID": value - (1 << 32)})
    assert missing(library, cisco=True).needed == ()


def test_the_list_can_be_printed() -> None:
    lines = list(listed())
    assert "javax.telephony.Call" in lines
    assert "    connect(3)" in lines[lines.index("javax.telephony.Call") :]
    assert "    ID = 104" in lines[lines.index("javax.telephony.events.ConnAlertingEv") :]
    assert "    unPark(2); taking parked calls" in lines
