"""SIPp plays a user who controls one call: answers it, holds it, sends it elsewhere, dials digits into it.

Every body is compared as a whole, and a message that was not expected fails the scenario.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from .bodies import cleared, delivered, diverted, held, on, party, refusal, retrieved, transferred, uri
from .cluster import calls, digits, press
from .conftest import Running, wait_until
from .desk import ME, Desk
from .play import play
from .whole import Whole

BUSY = refusal("systemResourceAvailibility", "resourceBusy")


def test_answer(gateway: Running, tmp_path: Path) -> None:
    desk = Desk("answer", gateway)
    desk.talks_with("1002")
    play(gateway, tmp_path, desk)
    assert calls(gateway) == [{"1002": "connected", ME: "connected"}]


def test_hold_and_retrieve(gateway: Running, tmp_path: Path) -> None:
    desk = Desk("hold and retrieve", gateway)
    desk.talks_with("1002")
    desk.gets("HoldCall", on("callToBeHeld", ME))
    desk.sees(held(ME, "hold"))
    again = refusal("stateIncompatibility", "invalidConnectionState")
    desk.asks("HoldCall", on("callToBeHeld", ME), answer=again)
    desk.gets("RetrieveCall", on("callToBeRetrieved", ME))
    desk.sees(retrieved(ME))
    desk.phone("1002", "hold")
    desk.sees(held("1002", "connected"))
    desk.phone("1002", "resume")
    desk.sees(retrieved("1002"))
    desk.phone("1002", "hangup")
    desk.sees(cleared("1002", "connected"), cleared(ME, "null"))
    play(gateway, tmp_path, desk)
    assert calls(gateway) == []


def test_a_held_call_stays_held(gateway: Running, tmp_path: Path) -> None:
    desk = Desk("hold", gateway)
    desk.dials("1901")
    desk.sees(*desk.hears("1901"))
    desk.gets("HoldCall", on("callToBeHeld", ME))
    desk.sees(held(ME, "hold"))
    play(gateway, tmp_path, desk)
    assert calls(gateway) == [{ME: "hold", "1901": "connected"}]


def test_blind_transfer(gateway: Running, tmp_path: Path) -> None:
    desk = Desk("blind transfer", gateway)
    desk.talks_with("1002")
    for busy in ("1903", "1905"):
        to = f"<transferredTo>{uri(busy)}</transferredTo>"
        desk.asks("SingleStepTransferCall", on("activeCall", ME), to, answer=BUSY)
    parties = party("1002", was="[$call]") + party("1902")
    desk.gets(
        "SingleStepTransferCall",
        on("activeCall", ME),
        f"<transferredTo>{uri('1902')}</transferredTo>",
        answer=on("transferredCall", "1902") + f"<connections>{parties}</connections>",
    )
    desk.sees(transferred(ME, "1902", parties, "null", cause="singleStepTransfer"))
    play(gateway, tmp_path, desk)
    wait_until(lambda: calls(gateway) == [{"1002": "connected", "1902": "connected"}])


def test_deflect(gateway: Running, tmp_path: Path) -> None:
    desk = Desk("deflect", gateway)
    desk.phone("1002", "dial", to=ME)
    desk.rings("1002")
    deflect = on("callToBeDiverted", ME)
    desk.asks("DeflectCall", deflect, f"<newDestination>{uri('1903')}</newDestination>", answer=BUSY)
    desk.gets("DeflectCall", deflect, f"<newDestination>{uri('1003')}</newDestination>")
    desk.sees(diverted(ME, "1003", "1002", ME, "null"))
    play(gateway, tmp_path, desk)
    assert calls(gateway) == [{"1002": "connected", "1003": "alerting"}]
    press(gateway, "1003", "answer")
    assert calls(gateway) == [{"1002": "connected", "1003": "connected"}]


def test_digits(gateway: Running, tmp_path: Path) -> None:
    desk = Desk("digits", gateway)
    desk.dials("1901")
    desk.sees(*desk.hears("1901"))
    own = on("connectionToSendDigits", ME)
    for dialled in ("12", "34*#aD"):
        desk.gets("GenerateDigits", own, f"<charactersToSend>{dialled}</charactersToSend>")
    refused = refusal("operation", "invalidParameterValue")
    for dialled in ("12x", ""):
        desk.asks("GenerateDigits", own, f"<charactersToSend>{dialled}</charactersToSend>", answer=refused)
    play(gateway, tmp_path, desk)
    assert digits(gateway) == {ME: "1234*#AD"}


@pytest.mark.parametrize(
    "wrong",
    [
        delivered(ME, "1002", ME, "alerting", call="[$monitor]"),
        delivered(ME, "1002", ME, "connected", call="[=call]"),
        delivered(ME, "1002", ME, "alerting", call="[=call]", cause="normal"),
    ],
    ids=["call", "state", "cause"],
)
def test_a_body_that_differs_fails_the_scenario(gateway: Running, wrong: Whole, tmp_path: Path) -> None:
    """What is expected here does not come: the comparison itself is tried."""
    desk = Desk("wrong", gateway)
    desk.phone("1002", "dial", to=ME)
    desk.sees(wrong)
    with pytest.raises(AssertionError, match="Failed regexp match"):
        play(gateway, tmp_path, desk)
