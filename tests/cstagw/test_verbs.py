"""The client's verbs: one for every service, and what makes no sense is said before anything is sent."""

import pytest

from csta_xml import DeviceId, GetCSTAFeatures, RequestSystemStatus
from csta_xml import LocalConnectionState as State
from cstagw.client import RccClient, ServiceRefused, UsageError, parse_script
from cstagw.client.script import WORDS
from cstagw.client.verbs import VERBS
from cstagw.services import RULES
from sip import Target, Transport
from tests.cstagw.test_calls import calls_with

WORD = {"NUMBER": "1002", "NUMBER|off": "off", "DIGITS": "12#", "on|off": "on"}


def client(**calls: State) -> RccClient:
    one = RccClient("sip:a@x", "tel:1001", Target(Transport.TCP, "127.0.0.1", 5060))
    one.calls = calls_with(**calls)
    return one


def test_there_is_a_verb_for_every_service() -> None:
    busy = client(held=State.HOLD, active=State.CONNECTED, ringing=State.ALERTING)
    built = {type(verb.service(busy, (WORD.get(verb.parameters, ""),))) for verb in VERBS.values()}
    assert built == {*RULES, GetCSTAFeatures, RequestSystemStatus}


@pytest.mark.parametrize("verb", ["answer", "hold", "swap", "transfer", "conference", "reconnect", "clear"])
def test_a_verb_without_its_call_says_so(verb: str) -> None:
    with pytest.raises(ServiceRefused, match="there is no call to"):
        VERBS[verb].service(client(), ())


@pytest.mark.parametrize(
    ("script", "says"),
    [
        ("dance", "no verb 'dance'"),
        ("consult", "write: consult NUMBER"),
        ("dnd maybe", "write on or off"),
        ("monitor maybe", "write on or off"),
        ("wait forever", "wait for seconds or for one of"),
        ("wait -1", "wait for 0 to 3600 seconds"),
    ],
)
def test_a_script_that_makes_no_sense(script: str, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        parse_script(script.split())


def test_verbs_and_their_words_are_cut_apart() -> None:
    commands = parse_script(["call", "1002", "wait", "established", "transfer-to", "1003", "hangup"])
    assert [(one.verb, *one.words) for one in commands] == [
        ("call", "1002"),
        ("wait", "established"),
        ("transfer-to", "1003"),
        ("hangup",),
    ]
    assert {one.verb for one in commands} <= set(WORDS)


def test_a_number_may_be_a_uri() -> None:
    service = VERBS["consult"].service(client(active=State.CONNECTED), ("tel:+15551902",))
    assert getattr(service, "consulted_device") == DeviceId("tel:+15551902")  # noqa: B009 - any service
