"""What a model of phone cannot do: neither announced for it nor served. Everything else any phone can."""

from ctimgr_client.serving.refused import ServiceNotSupported
from ctimgr_client.simulator.fleet import SOFT_PHONE
from ctimgr_client.simulator.phones import Device

#: Services and events, spelt as in features answers.
MISSING: dict[str, frozenset[str]] = {
    SOFT_PHONE: frozenset(
        {
            "getMessageWaitingIndicator",
            "setMessageWaitingIndicator",
            "parkCall",
            "getDoNotDisturb",
            "setDoNotDisturb",
            "doNotDisturb",
        }
    )
}


def missing(model: str) -> frozenset[str]:
    return MISSING.get(model, frozenset())


def require(device: Device, capability: str) -> None:
    if capability in missing(device.model):
        raise ServiceNotSupported(f"{device.model} has no {capability}")
