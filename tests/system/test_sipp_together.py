"""Several users at the same time, each played by a SIPp of its own: what one does is what the others see.

The one who is asked is signed in first, the one who makes the first call last: from then on each waits for
what the others do.
"""

from __future__ import annotations

from pathlib import Path

from .bodies import (
    cleared,
    conferenced,
    delivered,
    diverted,
    established,
    held,
    on,
    originated,
    party,
    service_initiated,
    transferred,
    uri,
)
from .cluster import calls
from .conftest import Running
from .desk import ME, Desk
from .play import play
from .recording import recorded
from .two_calls import SECOND, confers, consults, transfers
from .whole import Whole

CALLER, ASKED = "1002", "1003"
#: The call that goes on, where it is not the own one from the start, and how it is called from then on.
FIRST, NEW_FIRST = "[$first]", "[=first]"


def reaches_the_user(desk: Desk, *then: Whole) -> None:
    """The caller calls the user, and sees all that comes of it."""
    desk.dials(ME)
    desk.sees(
        service_initiated(CALLER),
        originated(CALLER, ME),
        delivered(ME, CALLER, ME, "connected"),
        *then,
    )


def leaves(desk: Desk, *events: Whole, call: str = FIRST) -> None:
    desk.gets("ClearConnection", on("connectionToBeCleared", desk.number, call))
    desk.sees(*events)


def test_transfer(gateway: Running, tmp_path: Path) -> None:
    """The identifier of the consulted party's call changes; under the new one it hangs up."""
    asked = Desk("asked", gateway, ASKED)
    asked.rings(ME)
    parties = party(CALLER, was=NEW_FIRST, now=NEW_FIRST) + party(ASKED, was="[$call]", now=NEW_FIRST)
    asked.gets("AnswerCall", on("callToBeAnswered", ASKED))
    asked.sees(
        established(ASKED, ME, ASKED),
        transferred(ME, ASKED, parties, "connected", call=NEW_FIRST, second="[$call]"),
    )
    leaves(asked, cleared(ASKED, "null", call=FIRST), cleared(CALLER, "null", call=FIRST))

    user = Desk("transfers", gateway)
    user.rings(CALLER)
    user.answers(CALLER)
    consults(user, ASKED, established(ASKED, ME, ASKED, call=SECOND))
    transfers(user, CALLER, ASKED)

    caller = Desk("caller", gateway, CALLER)
    parties = party(CALLER, was="[$call]") + party(ASKED, was="[=second]")
    reaches_the_user(
        caller,
        established(ME, CALLER, ME),
        held(ME, "connected", cause="consultation"),
        transferred(ME, ASKED, parties, "connected", second="[=second]"),
        cleared(ASKED, "connected"),
        cleared(CALLER, "null"),
    )
    play(gateway, tmp_path, asked, user, caller)
    assert calls(gateway) == []


def test_conference(gateway: Running, tmp_path: Path) -> None:
    """All three see it; who was asked leaves, the user leaves, and nobody is left."""
    asked = Desk("asked", gateway, ASKED)
    asked.rings(ME)
    asked.gets("AnswerCall", on("callToBeAnswered", ASKED))
    parties = party(CALLER, was=NEW_FIRST, now=NEW_FIRST) + party(ME, was=NEW_FIRST, now=NEW_FIRST)
    parties += party(ASKED, was="[$call]", now=NEW_FIRST)
    asked.sees(
        established(ASKED, ME, ASKED),
        conferenced(ME, ASKED, parties, call=NEW_FIRST, second="[$call]"),
    )
    leaves(asked, cleared(ASKED, "null", call=FIRST))

    user = Desk("confers", gateway)
    user.rings(CALLER)
    user.answers(CALLER)
    consults(user, ASKED, established(ASKED, ME, ASKED, call=SECOND))
    confers(user, CALLER, ASKED, cleared(ASKED, "connected"))
    leaves(user, cleared(ME, "null"), cleared(CALLER, "null"), call="[$call]")

    caller = Desk("caller", gateway, CALLER)
    parties = party(CALLER, was="[$call]") + party(ME, was="[$call]") + party(ASKED, was="[=second]")
    reaches_the_user(
        caller,
        established(ME, CALLER, ME),
        held(ME, "connected", cause="consultation"),
        conferenced(ME, ASKED, parties, second="[=second]"),
        cleared(ASKED, "connected"),
        cleared(ME, "connected"),
        cleared(CALLER, "null"),
    )
    with recorded(gateway.sip, tmp_path) as recording:
        play(gateway, tmp_path, asked, user, caller)
    assert calls(gateway) == []
    assert recording.malformed() == []
    assert recording.values("xml", "xml.tag").count("<ConferencedEvent") == 3


def test_deflect(gateway: Running, tmp_path: Path) -> None:
    """The caller sees where its call goes, and who sent it there."""
    user = Desk("deflects", gateway)
    user.rings(CALLER)
    user.gets("DeflectCall", on("callToBeDiverted", ME), f"<newDestination>{uri('1901')}</newDestination>")
    user.sees(diverted(ME, "1901", CALLER, ME, "null"))

    caller = Desk("caller", gateway, CALLER)
    reaches_the_user(
        caller,
        diverted(ME, "1901", CALLER, ME, "connected"),
        delivered("1901", CALLER, ME, "connected", cause="redirected", redirected=ME),
        established("1901", CALLER, ME, redirected=ME),
    )
    play(gateway, tmp_path, user, caller)
    assert calls(gateway) == [{CALLER: "connected", "1901": "connected"}]


def test_blind_transfer(gateway: Running, tmp_path: Path) -> None:
    """Who is transferred hears it ring, and talks with the new party under the same call."""
    user = Desk("transfers", gateway)
    user.rings(CALLER)
    user.answers(CALLER)
    parties = party(CALLER, was="[$call]") + party("1901")
    user.gets(
        "SingleStepTransferCall",
        on("activeCall", ME),
        f"<transferredTo>{uri('1901')}</transferredTo>",
        answer=on("transferredCall", "1901") + f"<connections>{parties}</connections>",
    )
    user.sees(transferred(ME, "1901", parties, "null", cause="singleStepTransfer"))

    caller = Desk("caller", gateway, CALLER)
    reaches_the_user(
        caller,
        established(ME, CALLER, ME),
        transferred(ME, "1901", parties, "connected", cause="singleStepTransfer"),
        delivered("1901", CALLER, "1901", "connected", cause="singleStepTransfer"),
        established("1901", CALLER, "1901"),
    )
    play(gateway, tmp_path, user, caller)
    assert calls(gateway) == [{CALLER: "connected", "1901": "connected"}]
