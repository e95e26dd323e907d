"""Every row of the fault matrix, in the order of the page."""

from __future__ import annotations

from . import clocks, cluster, gaps, leaks, links, make_call, mangled, move, stops, storms
from .table import Row

ROWS = (
    Row(
        "killed",
        "a CTIManager is killed (RST)",
        "marked down <= 1 s; its sessions ended <= 3 s; sessions elsewhere: 0 effects",
        links.killed,
    ),
    Row(
        "hung",
        "a CTIManager hangs (SIGSTOP, its kernel still acknowledges)",
        "found within two intervals + 1 s; outstanding requests answered <= 5 s",
        links.hung,
    ),
    Row("slow", "one of them is slow (2 s per answer)", "p99 of the others <= 2 x and <= +5 ms", links.slow),
    Row(
        "half-open",
        "half-open TCP: the host of a CTIManager is silent, in a network namespace of its own, "
        "a heartbeat every 5 min",
        "found by user time-out (20 s) and keep-alive (60 s)",
        cluster.half_open,
    ),
    Row(
        "all-down",
        "all down, then one back",
        "INVITE refused <= 100 ms; `/readyz` and OPTIONS 503 within 1 s of the last loss; first success "
        "<= 2 s after the return for outages <= 5 s, else <= 7 s",
        links.all_down,
    ),
    Row(
        "flapping",
        "flapping: every connection is cut as soon as it stands",
        "<= 2 log lines per flap, memory flat",
        links.flapping,
    ),
    Row(
        "herd",
        "the herd after a loss (an eighth of all sessions at once)",
        "95 % re-established <= 10 s, no time-outs",
        links.herd,
    ),
    Row(
        "mangled",
        "a bad network before a CTIManager: bytes one by one, late, wrong, or none one way (interval 1 s)",
        "harmless, or the link is given up within two intervals and comes back; others unaffected",
        mangled.mangled,
    ),
    Row(
        "leaks",
        "20,000 sessions, 5,000 of them given up at every step",
        "sessions, monitors, devices, tasks, timers, sockets back to 0",
        leaks.leaks,
    ),
    Row(
        "busy-line",
        "200 events/s on one line in 20 sessions",
        "order kept, 0 duplicates, 0 gaps",
        storms.busy_line,
    ),
    Row(
        "flood",
        "5,000 events/s on one link for 30 s",
        "queue <= bound, the others' events complete",
        storms.flood,
    ),
    Row(
        "stops-reading",
        "a client stops reading",
        "cut <= 10 s, memory <= +1 MiB, others unaffected; its sessions complete or ended",
        gaps.stops_reading,
    ),
    Row(
        "front-end-cut",
        "the connection of a front end is reset while events run",
        "every session goes on complete, or is ended visibly",
        gaps.connection_cut,
    ),
    Row(
        "make-call",
        "MakeCall cut at every byte offset (both ends joined in memory), 200 cuts over real TCP",
        "0 calls placed twice",
        make_call.make_call,
    ),
    Row(
        "stopped",
        "the gateway is stopped for 20 s (SIGSTOP); the wall clock jumps by +-1 h",
        "stale sessions cleaned, no spurious time-outs",
        clocks.stopped,
    ),
    Row(
        "node",
        "a node of the cluster fails, its phones rehome",
        "OutOfService, deviceOutOfService, BackInService, monitor kept",
        cluster.node_fails,
    ),
    Row("limits", "limits of 2000/800 devices passed", "one alarm each, still served", cluster.limits),
    Row(
        "drain",
        "drain with 2,000 sessions",
        "not ready <= 1 s, BYE for each, exit 0 <= deadline + 5 s",
        stops.drain,
    ),
    Row("reload", "100 reloads under load, half of them invalid", "0 requests dropped", stops.reloads),
    Row(
        "move",
        '`on_cti_loss = "move"`: a CTIManager is killed under 2,000 sessions with 500 calls up',
        "0 sessions lost, every client's view equals the cluster's within 5 s",
        move.move,
    ),
)
