"""What a bridge makes of the library it is given: compared with the list of names, plain, secure, traced."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from csta_xml import DeliveredEvent
from tests.journeys.stories import do

from .bridge_house import BridgeHouse, configuration, open_house, run, until
from .conftest import start_unready, stop
from .jtapi.standin import Jars, build
from .test_bridge_flows import FLOWS, Teller, not_in_the_list

NODE = {"cucm1": "127.0.0.1"}
_SECURE = """
[jtapi.security]
tftp = "127.0.0.1"
capf = "127.0.0.1"
folder = "{folder}"
"""
_CODE = "good-once-0815"


@pytest.fixture(scope="module")
def jars(tmp_path_factory: pytest.TempPathFactory) -> Jars:
    return build(tmp_path_factory.mktemp("jars"))


@pytest.fixture
def opened() -> Iterator[Callable[[BridgeHouse], BridgeHouse]]:
    """Ends the gateways of a test."""
    houses: list[BridgeHouse] = []

    def keep(house: BridgeHouse) -> BridgeHouse:
        houses.append(house)
        return house

    yield keep
    for house in houses:
        stop(house.gateway)


def _called(house: BridgeHouse) -> set[str]:
    """Interface.method of everything that the bridge has asked the library for."""
    return set(house.control().ask("calls").split())


# -- compared ----------------------------------------------------------------------------------------------


def _check(folder: Path, jar: Path, *, ok: int = 0, more: str = "") -> str:
    (folder / "password").write_text("any\n")
    file = folder / "cstagw.toml"
    file.write_text(
        f'[jtapi]\njar = "{jar}"\nuser = "gw"\npassword_file = "{folder / "password"}"\n{more}'
        '[[ctimanager]]\nname = "cucm1"\nurl = "jtapi://127.0.0.1"\n'
    )
    return run("bridge", "--config", str(file), "--check", ok=(ok,))


def _less(jar: Path, file: Path, *classes: str) -> Path:
    """The same library without some of its classes."""
    gone = {f"{name.replace('.', '/')}.class" for name in classes}
    with zipfile.ZipFile(jar) as whole, zipfile.ZipFile(file, "w") as less:
        assert gone <= set(whole.namelist())
        for name in set(whole.namelist()) - gone:
            less.writestr(name, whole.read(name))
    return file


def test_a_library_that_has_everything(jars: Jars, tmp_path: Path) -> None:
    lines = _check(tmp_path, jars.cisco).splitlines()
    assert lines[:2] == [str(jars.cisco), "JTAPI with Cisco's extensions"]
    there, _, wanted = lines[3].split()[:3]
    assert (there, lines[4:]) == (wanted, ["everything is offered"])


def test_a_plain_library_says_what_does_not_work(jars: Jars, tmp_path: Path) -> None:
    lines = _check(tmp_path, jars.plain).splitlines()
    assert lines[1] == "plain JTAPI"
    assert "not offered: do not disturb" in lines
    assert not [line for line in lines if line.startswith("lacks")]


def test_a_library_without_a_feature_serves_without_it(jars: Jars, tmp_path: Path) -> None:
    name = "com.cisco.jtapi.extensions.CiscoTermDNDStatusChangedEv"
    said = _check(tmp_path, _less(jars.cisco, tmp_path / "less.jar", name))
    assert "not offered: do not disturb; it lacks CiscoTermDNDStatusChangedEv" in said


def test_a_library_without_what_is_needed_is_refused_by_name(jars: Jars, tmp_path: Path) -> None:
    name = "javax.telephony.callcontrol.CallControlCall"
    less = _less(jars.cisco, tmp_path / "less.jar", "com.cisco.jtapi.extensions.CiscoAddrInServiceEv")
    assert "lacks CiscoAddrInServiceEv" in _check(tmp_path, less, ok=1)
    assert name in _check(tmp_path, _less(jars.plain, tmp_path / "bare.jar", name), ok=1)


def test_a_path_that_is_wrong_is_said(jars: Jars, tmp_path: Path) -> None:
    assert "none.jar: it does not exist" in _check(tmp_path, tmp_path / "none.jar", ok=1)
    said = _check(tmp_path, jars.cisco, ok=1, more=f'jvm = "{tmp_path / "libjvm.so"}"\n')
    assert "libjvm.so does not exist" in said
    said = _check(tmp_path, jars.cisco, ok=1, more='jvm_options = ["-Xmx1"]\n')
    assert "Too small maximum heap" in said


# -- plain -------------------------------------------------------------------------------------------------


#: The call flows that are told with plain JTAPI as with Cisco's extensions. The others differ in what plain
#: JTAPI has no word for (pickup, do not disturb, out of service, a call that is diverted) or in how it
#: refuses a number.
SAME_IN_PLAIN = (
    "03-answered-on-the-pc",
    "04-answered-on-the-phone",
    "06-hold-and-retrieve",
    "07-two-calls-swapped",
    "08-consultation-transfer",
    "08-transfer-by-hold-and-call",
    "11-dtmf",
)


@pytest.fixture(scope="module")
def plain(jars: Jars, tmp_path_factory: pytest.TempPathFactory) -> Iterator[BridgeHouse]:
    folder = tmp_path_factory.mktemp("plain")
    house = open_house(folder, configuration(folder, jars, NODE, plain=True))
    yield house
    stop(house.gateway)


@pytest.mark.asyncio
@pytest.mark.parametrize("flow", SAME_IN_PLAIN)
async def test_any_jtapi_can_stand_behind_it(plain: BridgeHouse, flow: str) -> None:
    try:
        await Teller(plain).play(FLOWS[flow])
    finally:
        await plain.tidy()


def test_a_plain_library_is_asked_for_plain_names_only(plain: BridgeHouse) -> None:
    assert "plain JTAPI" in plain.log("bridge.library")[-1]["text"]
    called = _called(plain)
    assert not_in_the_list(called) == set()
    assert not [name for name in called if name.startswith("Cisco")]


# -- secure, traced, any terminal --------------------------------------------------------------------------


def _with_instance(file: Path, code: Path | None) -> Path:
    words = 'instance_id = "gw1-cucm1"\n'
    if code is not None:
        words += f'authorization_code_file = "{code}"\n'
    file.write_text(file.read_text() + words)
    return file


def test_a_secure_connection_is_asked_for_with_its_certificate(
    jars: Jars, tmp_path: Path, opened: Callable[[BridgeHouse], BridgeHouse]
) -> None:
    (tmp_path / "code").write_text(_CODE + "\n")
    file = configuration(tmp_path, jars, NODE)
    _with_instance(file, tmp_path / "code")
    file.write_text(file.read_text() + _SECURE.format(folder=tmp_path / "certificates"))
    house = opened(open_house(tmp_path, file))
    called = _called(house)
    assert {
        "CiscoJtapiProperties.setSecurityPropertyForInstance",
        "CiscoJtapiProperties.updateCertificate",
    } <= (called)
    assert not_in_the_list(called) == set()
    assert _CODE not in house.gateway.log.read_text()


@pytest.mark.asyncio
async def test_a_certificate_that_cannot_be_got_is_said_with_what_to_do(
    jars: Jars, tmp_path: Path, opened: Callable[[BridgeHouse], BridgeHouse]
) -> None:
    file = _with_instance(configuration(tmp_path, jars, NODE), None)
    file.write_text(file.read_text() + _SECURE.format(folder=tmp_path / "certificates"))
    house = opened(BridgeHouse(start_unready(tmp_path, CSTAGW_CONFIG=str(file)), tmp_path))
    await until(lambda: "no authorization code" in house.cti(), 30)
    assert "gw1-cucm1 has no certificate yet" in house.cti()


@pytest.mark.asyncio
async def test_the_library_writes_its_trace_where_it_is_told(
    jars: Jars, tmp_path: Path, opened: Callable[[BridgeHouse], BridgeHouse]
) -> None:
    file = configuration(tmp_path, jars, NODE)
    file.write_text(file.read_text().replace("[jtapi]\n", f'[jtapi]\ntrace = "{tmp_path / "trace"}"\n'))
    house = opened(open_house(tmp_path, file))
    assert {"CiscoJtapiProperties.setTracePath", "CiscoJtapiProperties.setTraceValue"} <= _called(house)
    assert (tmp_path / "trace" / "cucm1").is_dir()


@pytest.mark.asyncio
async def test_a_super_provider_controls_what_is_not_in_its_list(
    jars: Jars, tmp_path: Path, opened: Callable[[BridgeHouse], BridgeHouse]
) -> None:
    (tmp_path / "lines.csv").write_text("user,dn,device\nsip:alice@example.com,1001,SEP000000001001\n")
    more = f'[directory]\nsource = "csv:{tmp_path / "lines.csv"}"\n'
    house = opened(open_house(tmp_path, configuration(tmp_path, jars, NODE, more=more)))
    control = house.control()
    control.ask("device SEP000000001001 remove")
    with pytest.raises(Exception, match=r"403|404|480|503"):
        await house.client("sip:alice@example.com", "tel:1001")
    house.clients.clear()
    control.ask("super on")
    alice = await house.client("sip:alice@example.com", "tel:1001")
    control.ask("dial SEP000000001002 1001")
    await until(lambda: any(isinstance(event, DeliveredEvent) for event in alice.events))
    await do(alice, "answer wait established hangup wait cleared")
    await alice.sign_out()
