"""What a user sets on a phone: forwarding, do not disturb, message waiting (ECMA-269 §22, §23).

Forwarding and message waiting are the line's, do not disturb is the device's, whatever state it is in.
"""

from csta_xml import DeviceId
from ctimgr_client.serving.facts import DoNotDisturbFact, ForwardingFact, MessageWaitingFact
from ctimgr_client.serving.refused import InvalidForwardingDestination
from ctimgr_client.simulator.cluster import Cluster
from ctimgr_client.simulator.parking import is_park
from ctimgr_client.simulator.phones import Destination, Device, Line


def forward(cluster: Cluster, line: Line, target: Destination | None) -> None:
    """Forward all calls of a line, or none."""
    if target is line:
        raise InvalidForwardingDestination("a line cannot be forwarded to itself")
    if target is not None and is_park(target):
        raise InvalidForwardingDestination("a line cannot be forwarded to a park number")
    line.forward = target
    for appearance in line.appearances:
        cluster.note(ForwardingFact(appearance, target))


def do_not_disturb(cluster: Cluster, device: Device, *, on: bool) -> None:
    """New calls do not ring at the device; what rings already goes on."""
    if device.do_not_disturb is on:
        return
    device.do_not_disturb = on
    for appearance in device.appearances:
        cluster.note(DoNotDisturbFact(appearance, on))


def message_waiting(cluster: Cluster, line: Line, message_for: DeviceId | None = None, *, on: bool) -> None:
    """Light the lamp of a line, or put it out. Whose message it is, is kept until it is said anew."""
    message_for = message_for if message_for is not None else line.message_for
    if (line.message_waiting, line.message_for) == (on, message_for):
        return
    line.message_waiting, line.message_for = on, message_for
    for appearance in line.appearances:
        cluster.note(MessageWaitingFact(appearance, on, message_for))
