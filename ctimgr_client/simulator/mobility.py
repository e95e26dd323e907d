"""A line appearance goes to another phone, as with Extension Mobility: a user logs in there, and his line is
where he is.

The appearance that was is none any more: its identifier is unknown, monitors of it end. The one that is now
keeps the place of the old one among the appearances of its line, and comes last among the lines of its phone.
What is the line's goes along (forwarding, message waiting, pickup group, its other appearances), what is the
device's stays (registration, do not disturb, what its model lacks). A call keeps whom it was made by, be he
elsewhere by now. No application is told where the line has gone: CSTA has no event for that, so it asks for
the line without a device. Does not know monitors.
"""

from ctimgr_client.serving.facts import RemovedFact
from ctimgr_client.serving.refused import InvalidConnectionState, InvalidDestination, ResourceLimitExceeded
from ctimgr_client.simulator.cluster import Cluster
from ctimgr_client.simulator.phones import Appearance, Device

MAX_LINES = 100  # as many as any phone has buttons for, with room to spare


def move_line(cluster: Cluster, appearance: Appearance, device: Device) -> Appearance:
    """The appearance of the line on `device`. Refused while the old one shows a call, bridged or not: nobody
    is logged out during a call."""
    number, name = appearance.line.number, appearance.device.name
    if any(each.line is appearance.line for each in device.appearances):
        raise InvalidDestination(f"{device.name} has the line {number} already: name another device")
    if len(device.appearances) >= MAX_LINES:
        raise ResourceLimitExceeded(f"{device.name} has {MAX_LINES} lines already: name another device")
    if cluster.legs_at(appearance):
        raise InvalidConnectionState(f"{number} has a call at {name}: move the line when it has none")
    moved = cluster.fleet.move(appearance, device)
    for call in cluster.calls.values():
        call.known_to.pop(appearance, None)
    cluster.note(RemovedFact(appearance))
    return moved
