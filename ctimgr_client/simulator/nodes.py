"""Registration: phones on nodes, nodes that fail and come back, phones that rehome.

A failed node's phones go out of service at once and come back on the other node after the rehoming delay,
or when a node returns. Calls in set-up are dropped; what was established is kept, but can be controlled
again only after rehoming. A phone that somebody unregistered loses its calls and stays away until it is
registered. A returned node gets its phones back only when they are moved there: nothing falls back by
itself.
"""

from collections.abc import Iterable

from csta_xml import Cause
from ctimgr_client.serving.facts import ServiceFact, StatusFact
from ctimgr_client.serving.refused import ResourceOutOfService
from ctimgr_client.simulator.clearing import withdraw
from ctimgr_client.simulator.cluster import Cluster
from ctimgr_client.simulator.phones import Device, Node


def is_complete(cluster: Cluster) -> bool:
    """Every node is up."""
    return all(node.up for node in cluster.fleet.nodes.values())


def unregister(cluster: Cluster, device: Device) -> None:
    """The phone loses its registration, as when its cable is pulled."""
    device.plugged = False
    if device.in_service:
        for appearance in device.appearances:
            for leg in cluster.legs_at(appearance):
                withdraw(cluster, appearance, leg, Cause.DEST_OUT_OF_ORDER)
        _out_of_service(cluster, device)


def register(cluster: Cluster, device: Device) -> None:
    """The phone registers, with its home node if that is up. With no node up it waits for one."""
    device.plugged = True
    _rehome(cluster, (device,))


def move(cluster: Cluster, device: Device, node: Node, now: float) -> None:
    """The phone leaves its node and registers with another one after the rehoming delay."""
    if not node.up:
        raise ResourceOutOfService(f"{node.name} is down")
    device.home = node
    if device.in_service and device.node is not node:
        _lose_node(cluster, (device,))
        _rehome_later(cluster, (device,), now)


def fail(cluster: Cluster, node: Node, now: float) -> None:
    """The node is gone; its phones look for another one."""
    if node.up:
        node.up = False
        cluster.note(StatusFact(complete=False))
    lost = tuple(device for device in cluster.fleet.devices.values() if device.node is node)
    _lose_node(cluster, lost)
    _rehome_later(cluster, lost, now)


def restore(cluster: Cluster, node: Node, now: float) -> None:
    """The node is back; phones that had none register with it."""
    was_complete, node.up = is_complete(cluster), True
    if not was_complete and is_complete(cluster):
        cluster.note(StatusFact(complete=True))
    waiting = tuple(
        device for device in cluster.fleet.devices.values() if device.plugged and not device.in_service
    )
    _rehome_later(cluster, waiting, now)


def _lose_node(cluster: Cluster, devices: Iterable[Device]) -> None:
    for device in devices:
        for appearance in device.appearances:
            for leg in cluster.legs_at(appearance):
                if not leg.call.settled:
                    withdraw(cluster, appearance, leg, Cause.DEST_OUT_OF_ORDER)
        _out_of_service(cluster, device)


def _out_of_service(cluster: Cluster, device: Device) -> None:
    device.node = None
    for appearance in device.appearances:
        cluster.note(ServiceFact(appearance, in_service=False))


def _rehome_later(cluster: Cluster, devices: tuple[Device, ...], now: float) -> None:
    if devices:
        cluster.timers.at(now + cluster.rehoming_delay, lambda _now: _rehome(cluster, devices))


def _rehome(cluster: Cluster, devices: Iterable[Device]) -> None:
    nodes = cluster.fleet.nodes.values()
    for device in devices:
        node = device.home if device.home.up else next((node for node in nodes if node.up), None)
        if device.plugged and not device.in_service and node is not None:
            device.node = node
            for appearance in device.appearances:
                cluster.note(ServiceFact(appearance, in_service=True))
