"""The XML of remote call control that the gateway has to send: whole documents, for SIPp to compare.

Parties are numbers as they are dialled. A call is `[$name]`, the id that the variable holds, or `[=name]`
where it is heard of for the first time.
"""

from __future__ import annotations

from .scenario import connection, csta
from .whole import Whole

#: The call of scenarios that have one, and the place where it is heard of first.
CALL, NEW_CALL = "[$call]", "[=call]"


def uri(number: str) -> str:
    """A number as the gateway writes it to a client."""
    return f"tel:{number};phone-context=dialstring"


def on(element: str, number: str, call: str = CALL) -> str:
    """A connection: the part of a party in a call."""
    return connection(element, call, uri(number))


def response(service: str, inner: str = "") -> Whole:
    return Whole(csta(f"{service}Response", inner))


def refusal(category: str, value: str) -> Whole:
    return Whole(csta("CSTAErrorCode", f"<{category}>{value}</{category}>"))


def service_initiated(number: str, *, call: str = CALL, cause: str = "makeCall") -> Whole:
    return _event(
        "ServiceInitiated",
        on("initiatedConnection", number, call),
        f"<initiatingDevice>{_identifier(number)}</initiatingDevice>",
        local="initiated",
        cause=cause,
    )


def originated(calling: str, called: str, *, call: str = CALL, cause: str = "newCall") -> Whole:
    return _event(
        "Originated",
        on("originatedConnection", calling, call),
        _called(calling, called),
        local="connected",
        cause=cause,
    )


def delivered(
    alerting: str,
    calling: str,
    called: str,
    local: str,
    *,
    call: str = CALL,
    cause: str = "newCall",
    redirected: str = "",
) -> Whole:
    return _event(
        "Delivered",
        on("connection", alerting, call),
        f"<alertingDevice>{_identifier(alerting)}</alertingDevice>",
        _called(calling, called),
        _redirection(redirected),
        local=local,
        cause=cause,
    )


def established(
    answering: str, calling: str, called: str, *, call: str = CALL, redirected: str = ""
) -> Whole:
    """Seen by who has the call, as everybody who sees it here does."""
    return _event(
        "Established",
        on("establishedConnection", answering, call),
        f"<answeringDevice>{_identifier(answering)}</answeringDevice>",
        _called(calling, called),
        _redirection(redirected),
        local="connected",
        cause="normal",
    )


def held(number: str, local: str, *, cause: str = "normal") -> Whole:
    return _event(
        "Held",
        on("heldConnection", number),
        f"<holdingDevice>{_identifier(number)}</holdingDevice>",
        local=local,
        cause=cause,
    )


def retrieved(number: str) -> Whole:
    return _event(
        "Retrieved",
        on("retrievedConnection", number),
        f"<retrievingDevice>{_identifier(number)}</retrievingDevice>",
        local="connected",
        cause="normal",
    )


def diverted(diverting: str, target: str, calling: str, called: str, local: str) -> Whole:
    """What DeflectCall does: the call was redirected by who diverted it."""
    return _event(
        "Diverted",
        on("connection", diverting),
        f"<divertingDevice>{_identifier(diverting)}</divertingDevice>",
        f"<newDestination>{_identifier(target)}</newDestination>",
        _called(calling, called),
        _redirection(diverting),
        local=local,
        cause="redirected",
    )


def cleared(number: str, local: str, *, call: str = CALL) -> Whole:
    return _event(
        "ConnectionCleared",
        on("droppedConnection", number, call),
        f"<releasingDevice>{_identifier(number)}</releasingDevice>",
        local=local,
        cause="normalClearing",
    )


def transferred(
    by: str, to: str, parties: str, local: str, *, call: str = CALL, second: str = "", cause: str = "transfer"
) -> Whole:
    """`parties` are the items of those who remain; `second` is the call that went up in the first one."""
    return _event(
        "Transfered",
        on("primaryOldCall", by, call),
        on("secondaryOldCall", by, second) if second else "",
        f"<transferringDevice>{_identifier(by)}</transferringDevice>",
        f"<transferredToDevice>{_identifier(to)}</transferredToDevice>",
        f"<transferredConnections>{parties}</transferredConnections>",
        local=local,
        cause=cause,
    )


def conferenced(by: str, added: str, parties: str, *, call: str = CALL, second: str) -> Whole:
    return _event(
        "Conferenced",
        on("primaryOldCall", by, call),
        on("secondaryOldCall", by, second),
        f"<conferencingDevice>{_identifier(by)}</conferencingDevice>",
        f"<addedParty>{_identifier(added)}</addedParty>",
        f"<conferenceConnections>{parties}</conferenceConnections>",
        local="connected",
        cause="conference",
    )


def party(number: str, was: str = "", now: str = CALL) -> str:
    """One item of the parties of a merged call: its connection now, and the one before if it had one."""
    new, old = on("newConnection", number, now), on("oldConnection", number, was) if was else ""
    endpoint = f"<endpoint><deviceID>{uri(number)}</deviceID></endpoint>"
    return f"<connectionListItem>{new}{old}{endpoint}</connectionListItem>"


def call_snapshot(calling: str, called: str, *parties: tuple[str, str]) -> Whole:
    """The answer to SnapshotCall: every party with its state, the asking one first."""
    entries = "".join(
        "<snapshotCallResponseInfo>"
        f"<deviceOnCall>{_identifier(number)}</deviceOnCall>{on('callIdentifier', number)}"
        f"<localConnectionInfo>{state}</localConnectionInfo></snapshotCallResponseInfo>"
        for number, state in parties
    )
    return response(
        "SnapshotCall",
        f"<crossRefIDorSnapshotData><snapshotData>{entries}</snapshotData></crossRefIDorSnapshotData>"
        f"{_called(calling, called)}",
    )


def _event(name: str, *children: str, local: str, cause: str) -> Whole:
    return Whole(
        csta(
            f"{name}Event",
            f"<monitorCrossRefID>[$monitor]</monitorCrossRefID>{''.join(children)}"
            f"<localConnectionInfo>{local}</localConnectionInfo><cause>{cause}</cause>",
        )
    )


def _identifier(number: str) -> str:
    return f"<deviceIdentifier>{uri(number)}</deviceIdentifier>"


def _called(calling: str, called: str) -> str:
    return (
        f"<callingDevice>{_identifier(calling)}</callingDevice>"
        f"<calledDevice>{_identifier(called)}</calledDevice>"
    )


def _redirection(number: str) -> str:
    inner = f"<numberDialed>{uri(number)}</numberDialed>" if number else "<notRequired/>"
    return f"<lastRedirectionDevice>{inner}</lastRedirectionDevice>"
