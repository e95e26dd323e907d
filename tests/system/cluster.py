"""What the simulated cluster holds, seen from outside the gateway."""

from __future__ import annotations

import json
from typing import TypedDict

from .conftest import Running


class Party(TypedDict, total=False):
    """One party of a call."""

    dn: str
    device: str | None
    state: str
    digits: str


def device(number: str) -> str:
    """The phone of a line."""
    return f"SEP{number:0>12}"


def press(gateway: Running, number: str, operation: str) -> None:
    """Press a key of a phone."""
    assert gateway.post(f"/sim/v1/devices/{device(number)}/{operation}", {}) == 200


def calls(gateway: Running) -> list[dict[str, str]]:
    """Every call: the state of each party by its number."""
    return [{party["dn"]: party["state"] for party in parties} for parties in _calls(gateway)]


def digits(gateway: Running) -> dict[str, str]:
    """What was dialled into calls, by the number that did."""
    everybody = [party for parties in _calls(gateway) for party in parties]
    return {party["dn"]: party["digits"] for party in everybody if "digits" in party}


def _calls(gateway: Running) -> list[list[Party]]:
    status, text = gateway.get("/sim/v1/state")
    assert status == 200
    return [call["parties"] for call in json.loads(text)["calls"]]
