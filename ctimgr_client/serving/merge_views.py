"""Transfers and conferences as one viewer sees them: the event, and the connections that came out of it."""

from csta_xml import (
    ConferencedEvent,
    ConnectionId,
    ConnectionListItem,
    Event,
    LocalConnectionState,
    MonitorCrossRefId,
    TransferedEvent,
)
from ctimgr_client.serving.call_views import device_id
from ctimgr_client.serving.facts import Kind, Member, MergeFact
from ctimgr_client.serving.parties import Viewer


def merge_view(
    fact: MergeFact, ref: MonitorCrossRefId, viewer: Viewer, local: LocalConnectionState | None
) -> Event:
    controller, added = device_id(fact.controller, viewer), device_id(fact.added, viewer)
    primary = ConnectionId(fact.call_id, controller)
    secondary = ConnectionId(fact.secondary, controller) if fact.secondary is not None else None
    if fact.kind is Kind.TRANSFERRED:
        return TransferedEvent(
            monitor_cross_ref_id=ref,
            primary_old_call=primary,
            secondary_old_call=secondary,
            transferring_device=controller,
            transferred_to_device=added,
            transferred_connections=connections(fact, viewer),
            local_connection_info=local,
            cause=fact.cause,
        )
    return ConferencedEvent(
        monitor_cross_ref_id=ref,
        primary_old_call=primary,
        secondary_old_call=secondary,
        conferencing_device=controller,
        added_party=added,
        conference_connections=connections(fact, viewer),
        local_connection_info=local,
        cause=fact.cause,
    )


def connections(fact: MergeFact, viewer: Viewer) -> tuple[ConnectionListItem, ...]:
    """Everybody who is on the call now, and where they were before."""
    return tuple(_item(party, fact, viewer) for party in fact.parties)


def _item(party: Member, fact: MergeFact, viewer: Viewer) -> ConnectionListItem:
    device = device_id(party.subject, viewer)
    return ConnectionListItem(
        new_connection=ConnectionId(fact.call_id, device),
        old_connection=ConnectionId(party.old_call, device) if party.old_call is not None else None,
        endpoint=device,
    )
