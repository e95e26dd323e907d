"""SIPp plays the client: sign-in pipelined in one segment, a call from 1001 to 1902 with its events,
sign-out."""

from __future__ import annotations

import json
import re
from pathlib import Path

from .conftest import Running, sipp, start, stop, wait_until
from .recording import recorded
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
    with recorded(gateway.sip, tmp_path) as recording:
        sipp(gateway.sip, the_call(), tmp_path, "-m", "1")
    assert recording.malformed() == []
    requests = recording.values("sip", "sip.Method")
    assert requests.count("INVITE") == 1
    assert requests.count("BYE") == 1
    assert requests.count("INFO") >= 5 + 5
    assert set(recording.values("sip", "sip.Status-Code")) <= {"100", "200"}


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
