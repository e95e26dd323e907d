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
    }


def call_state(call: Call) -> Json:
    return {"id": call.id, "parties": [_party(leg) for leg in call.legs()]}


def cluster_state(cluster: Cluster) -> Json:
    return {
        "nodes": [
            {"name": node.name, "state": "up" if node.up else "down"} for node in cluster.fleet.nodes.values()
        ],
        "devices": [device_state(device) for device in cluster.fleet.devices.values()],
        "calls": [call_state(call) for call in cluster.calls.values()],
    }


def _party(leg: Leg) -> Json:
    if isinstance(leg.endpoint, Appearance):
        return {"dn": leg.endpoint.line.dn, "device": leg.endpoint.device.name, "state": str(leg.state)}
    return {"dn": leg.endpoint.dn, "device": None, "state": str(leg.state)}
