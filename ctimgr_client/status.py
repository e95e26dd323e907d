"""The state of the CTIManager links as one can see it: for the status page, metrics and tests.

Values and plain counters; read whenever somebody asks, so counting costs an integer addition.
"""

from dataclasses import dataclass, field
from enum import StrEnum

from ctimgr_client.address import CtiManagerAddress


class LinkState(StrEnum):
    """The words of CTI: some lines out of service is PARTIAL_SERVICE."""

    IN_SERVICE = "IN_SERVICE"
    PARTIAL_SERVICE = "PARTIAL_SERVICE"
    OUT_OF_SERVICE = "OUT_OF_SERVICE"


@dataclass(slots=True)
class Counters:
    """What was counted for one CTIManager since the start, over all generations of its link."""

    connects: int = 0
    connect_failures: dict[str, int] = field(default_factory=dict)
    disconnects: dict[str, int] = field(default_factory=dict)
    requests: int = 0
    requests_refused: int = 0
    request_timeouts: int = 0
    late_answers: int = 0
    stray_answers: int = 0
    bad_messages: int = 0
    events: int = 0
    heartbeats_missed: int = 0
    flaps: int = 0


@dataclass(frozen=True, slots=True)
class CtiManagerStatus:
    """One CTIManager now. `since` is the monotonic time of the last change of `state`.

    `cause` and `cure` are there while it is not fully in service and the reason is known. `last_error`
    outlives the recovery, so that one can see why a link was lost that is up again; `last_error_at` tells how
    old it is. `flaps` are links that were lost soon after they had come up.
    """

    name: str
    address: CtiManagerAddress
    state: LinkState
    generation: int
    since: float
    cause: str | None
    cure: str | None
    last_error: str | None
    last_error_at: float | None
    requests_in_flight: int
    frames_waiting: int
    heartbeat_rtt: float | None
    connects: int
    disconnects: int
    connect_failures: dict[str, int]
    disconnect_reasons: dict[str, int]
    requests: int
    requests_refused: int
    request_timeouts: int
    late_answers: int
    stray_answers: int
    bad_messages: int
    events: int
    heartbeats_missed: int
    flaps: int
