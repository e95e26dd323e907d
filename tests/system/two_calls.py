"""What a user at a desk does with two calls: consult, transfer, confer."""

from __future__ import annotations

from .bodies import (
    conferenced,
    delivered,
    held,
    on,
    originated,
    party,
    service_initiated,
    transferred,
    uri,
)
from .desk import ME, Desk
from .whole import Whole

#: The second call of the user.
SECOND = "[$second]"


def consults(desk: Desk, number: str, *then: Whole) -> None:
    """The call is held and the number is called; it rings there, and more may follow."""
    desk.gets(
        "ConsultationCall",
        on("existingCall", ME),
        f"<consultedDevice>{uri(number)}</consultedDevice>",
        answer=on("initiatedCall", ME, "[=second]"),
    )
    desk.sees(
        held(ME, "hold", cause="consultation"),
        service_initiated(ME, call=SECOND, cause="consultation"),
        originated(ME, number, call=SECOND, cause="consultation"),
        delivered(number, ME, number, "connected", call=SECOND),
        *then,
    )


def transfers(desk: Desk, waiting: str, to: str) -> None:
    """Who waits gets whom the user has called."""
    parties = party(waiting, was="[$call]") + party(to, was=SECOND)
    desk.gets(
        "TransferCall",
        on("heldCall", ME),
        on("activeCall", ME, SECOND),
        answer=on("transferredCall", to) + f"<connections>{parties}</connections>",
    )
    desk.sees(transferred(ME, to, parties, "null", second=SECOND))


def confers(desk: Desk, waiting: str, added: str, *then: Whole) -> None:
    """Who called the user and waits comes together with both of them; more may follow."""
    parties = party(waiting, was="[$call]") + party(ME, was="[$call]") + party(added, was=SECOND)
    desk.gets(
        "ConferenceCall",
        on("heldCall", ME),
        on("activeCall", ME, SECOND),
        answer=on("conferenceCall", ME) + f"<connections>{parties}</connections>",
    )
    desk.sees(conferenced(ME, added, parties, second=SECOND), *then)
