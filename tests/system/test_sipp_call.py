"""SIPp plays the client: sign-in pipelined in one segment, a call from 1001 to 1902 with its events,
sign-out."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

from .conftest import Running, sipp, start, stop, wait_until
from .scenario import EACH_LINE, the_call


def counted(output: str, what: str) -> int:
    """The cumulative figure of SIPp's closing statistics."""
    found = re.findall(rf"{what}\s*\|[^|]*\|\s*(\d+)", output)
    return int(found[-1])


def sip_state(gateway: Running) -> dict[str, object]:
    """What the SIP endpoint holds."""
    state: dict[str, object] = json.loads(gateway.get("/admin/v1/status")[1])["sip"]
    return state


def test_a_call_of_sipp_fails_nowhere_and_leaves_nothing(gateway: Running, tmp_path: Path) -> None:
    done = sipp(gateway.sip, the_call(), tmp_path, "-m", "3", "-l", "1", "-r", "1", "-rp", "200")
    assert counted(done.stdout, "Successful call") == 3
    assert counted(done.stdout, "Failed call") == 0
    wait_until(lambda: gateway.metric('cstagw_sessions{state="open"}') == 0)
    assert gateway.metric("cstagw_csta_monitors") == 0
    assert gateway.metric("cstagw_sessions_created_total") == 3


def test_tshark_decodes_every_recorded_message(gateway: Running, tmp_path: Path) -> None:
    capture = tmp_path / "call.pcap"
    recorder = subprocess.Popen(
        ["tshark", "-q", "-i", "lo", "-f", f"tcp port {gateway.sip}", "-w", capture],
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_until(lambda: capture.exists() and capture.stat().st_size > 0)
        time.sleep(0.5)  # the file is there before the first packet can be seen
        sipp(gateway.sip, the_call(), tmp_path, "-m", "1")
        time.sleep(0.5)
    finally:
        recorder.send_signal(signal.SIGINT)
        recorder.wait(timeout=10)
    decode: list[str | Path] = ["tshark", "-r", capture, "-d", f"tcp.port=={gateway.sip},sip", "-T", "fields"]
    malformed = tshark(
        [*decode, "-Y", '_ws.malformed || _ws.expert.group == "Malformed"', "-e", "frame.number"]
    )
    assert malformed == ""
    requests = tshark([*decode, "-Y", "sip", "-e", "sip.Method"]).replace(",", "\n").split()
    assert requests.count("INVITE") == 1
    assert requests.count("BYE") == 1
    assert requests.count("INFO") >= 5 + 5
    statuses = tshark([*decode, "-Y", "sip", "-e", "sip.Status-Code"]).replace(",", "\n").split()
    assert set(statuses) <= {"100", "200"}


def tshark(command: Sequence[str | Path]) -> str:
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
        env={**os.environ, "LC_ALL": "C.UTF-8"},
    )
    return done.stdout.strip()


def test_a_thousand_users_on_one_connection_fail_nowhere_and_leave_nothing(tmp_path: Path) -> None:
    users = 1000
    gateway = start(tmp_path, CSTAGW_SIMULATOR__PHONES=str(20 + users))
    tasks = gateway.metric("cstagw_event_loop_tasks")
    lines = tmp_path / "lines.csv"
    lines.write_text("SEQUENTIAL\n" + "".join(f"{2_000_000 + number}\n" for number in range(users)))
    scenario = the_call(EACH_LINE)
    done = sipp(
        gateway.sip, scenario, tmp_path, "-inf", str(lines), "-m", str(users), "-l", str(users), "-r", "250"
    )
    assert counted(done.stdout, "Successful call") == users
    assert counted(done.stdout, "Failed call") == 0
    assert gateway.metric("cstagw_sessions_created_total") == users
    wait_until(lambda: gateway.metric('cstagw_sessions{state="open"}') == 0)
    assert gateway.metric("cstagw_csta_monitors") == 0
    wait_until(lambda: gateway.metric("cstagw_event_loop_tasks") == tasks)
    # Answers are kept for repeats of their requests for 64*T1, so the last of them is gone after 32 s.
    nothing = {"server": 0, "client": 0}
    wait_until(lambda: sip_state(gateway)["transactions"] == nothing, 40)
    assert sip_state(gateway)["dialogs"] == 0
    stop(gateway)
