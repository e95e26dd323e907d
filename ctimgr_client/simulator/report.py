"""What the cluster looks like now, as JSON values for the control API. Reads, changes nothing."""

from ctimgr_client.simulator.calls import Call, Leg
from ctimgr_client.simulator.cluster import Cluster
from ctimgr_client.simulator.phones import Appearance, Device

Json = dict[str, object]


def device_state(device: Device) -> Json:
    return {
        "name": device.name,
        "model": device.model,
        "registered": device.in_service,
        "node": device.node.name if device.node is not None else None,
        "lines": [appearance.line.dn for appearance in device.appearances],
        "dnd": device.do_not_disturb,
    }


def call_state(call: Call) -> Json:
    return {"id": call.id, "parties": [_party(leg) for leg in call.legs]}


def cluster_state(cluster: Cluster) -> Json:
    return {
        "nodes": [
            {"name": node.name, "state": "up" if node.up else "down"} for node in cluster.fleet.nodes.values()
        ],
        "devices": [device_state(device) for device in cluster.fleet.devices.values()],
        "calls": [call_state(call) for call in cluster.calls.values()],
    }


def _party(leg: Leg) -> Json:
    """A number outside has no device; digits are there once some were sent."""
    if isinstance(leg.endpoint, Appearance):
        dn, device = leg.endpoint.line.dn, leg.endpoint.device.name
    else:
        dn, device = leg.endpoint.dn, None
    party: Json = {"dn": dn, "device": device, "state": str(leg.state)}
    return {**party, "digits": leg.digits} if leg.digits else party
