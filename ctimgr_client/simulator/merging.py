"""Two calls become one: what transfer and conference have in common (ECMA-269).

The held call goes on with its identifier; the parties of the active one come over as they are. Those whose
call changes see one event, no connections that come and go.
"""

from dataclasses import dataclass

from csta_xml import CallId, Cause
from ctimgr_client.serving.facts import Kind, Member, MergeFact
from ctimgr_client.serving.refused import ConferenceMemberLimitExceeded, InvalidConnectionState
from ctimgr_client.simulator.calls import Call, Connection, Leg, Subject
from ctimgr_client.simulator.clearing import gone
from ctimgr_client.simulator.cluster import Cluster
from ctimgr_client.simulator.phones import Appearance

MAX_PARTIES = 16


def require_mergeable(held: Leg, active: Leg, *, more: int) -> None:
    """The other parties of both calls, and `more`, can be on one call."""
    ones, others = held.call.others(held.connection), active.call.others(active.connection)
    if held.call.parked or active.call.parked:
        raise InvalidConnectionState("a parked call has to be taken first")
    if {connection.party for connection in ones} & {connection.party for connection in others}:
        raise InvalidConnectionState("somebody is on both calls")
    require_places(len(ones) + len(others) + more)


def require_places(parties: int) -> None:
    if parties > MAX_PARTIES:
        raise ConferenceMemberLimitExceeded(f"{MAX_PARTIES} can be on a call")


def consulted(active: Leg) -> Connection:
    """Whom the active call is about: who was called, or who called."""
    others = active.call.others(active.connection)
    return next((other for other in others if other.party is active.call.called), others[0])


@dataclass(frozen=True, slots=True)
class Before:
    """Who was where: taken before the calls become one, needed to tell about it afterwards."""

    primary: Call
    secondary: Call | None
    places: dict[Connection, CallId]
    witnesses: tuple[Appearance, ...]


def before(cluster: Cluster, primary: Call, secondary: Call | None = None) -> Before:
    calls = (primary,) if secondary is None else (primary, secondary)
    places = {connection: call.id for call in calls for connection in call.connections}
    return Before(primary, secondary, places, cluster.witnesses(*calls))


def bring_over(cluster: Cluster, secondary: Call, primary: Call) -> None:
    for connection in tuple(secondary.connections):
        cluster.move(connection, primary)


def tell(cluster: Cluster, was: Before, kind: Kind, controller: Appearance, added: Subject) -> MergeFact:
    """The fact, once the parties are where they belong. Who was on no call before is still to come."""
    parties = [Member(each.subject, was.places[each]) for each in was.primary.connections]
    if added not in [party.subject for party in parties]:
        parties.append(Member(added, None))
    cause = _cause(kind, was)
    fact = MergeFact(
        kind,
        was.primary.id,
        was.secondary.id if was.secondary is not None else None,
        controller,
        added,
        tuple(parties),
        cause,
        cluster.views(was.primary, was.witnesses),
    )
    cluster.note(fact)
    if was.secondary is not None:
        gone(cluster, was.secondary, cause)
    return fact


def _cause(kind: Kind, was: Before) -> Cause:
    if kind is Kind.CONFERENCED:
        return Cause.CONFERENCE
    return Cause.SINGLE_STEP_TRANSFER if was.secondary is None else Cause.TRANSFER
