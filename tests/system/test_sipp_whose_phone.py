"""SIPp as the client of users who may and may not, and what tshark shows of a refusal."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from .conftest import Running, sipp, start, stop
from .recording import recorded
from .scenario import private_line, request, the_call
from .test_sipp_call import counted

#: SIPp's first call is of user1.
LINES = """user,dn,partition,device,model,enabled
sip:user1@example.com,1001,,SEP000000001001,Cisco 8851,true
sip:other@example.com,1002,,SEP000000001002,Cisco 8851,true
"""
ASSERTED = 'P-Asserted-Identity: <tel:+14255550100>, "User" <sip:user1@example.com>\n'


@contextmanager
def gateway_of(tmp_path: Path, **environment: str) -> Iterator[Running]:
    (tmp_path / "lines.csv").write_text(LINES)
    gateway = start(
        tmp_path,
        CSTAGW_DIRECTORY__SOURCE=f"csv:{tmp_path / 'lines.csv'}",
        CSTAGW_STATE__FOLDER=str(tmp_path / "state"),
        **environment,
    )
    try:
        yield gateway
    finally:
        stop(gateway)


def refused(
    line: str, status: int, reason: str, *, sender: str = "user[call_number]", header: str = ""
) -> str:
    """An INVITE that gets this status, with this in its Reason."""
    invite = request("INVITE", 1, private_line("RequestSystemStatus", line))
    invite = invite.replace("sip:user[call_number]@example.com>;tag", f"sip:{sender}@example.com>;tag")
    invite = invite.replace("Max-Forwards", f"{header}Max-Forwards", 1)
    ack = request("ACK", 1).replace("[next_url]", "sip:ctigw@[remote_ip]:[remote_port]")
    return f"""<?xml version="1.0"?>
<scenario name="refused">
<send><![CDATA[
{invite}
]]></send>
<recv response="100" optional="true"/>
<recv response="{status}"><action>
<ereg regexp="{reason}" search_in="hdr" header="Reason:" check_it="true" assign_to="reason"/>
</action></recv>
<send><![CDATA[
{ack}
]]></send>
<Reference variables="reason"/>
</scenario>
"""


def test_who_has_the_line_calls_with_it(tmp_path: Path) -> None:
    with gateway_of(tmp_path) as gateway:
        done = sipp(gateway.sip, the_call(), tmp_path, "-m", "1")
    assert counted(done.stdout, "Successful call") == 1


@pytest.mark.parametrize(
    ("line", "status", "reason"),
    [
        ("tel:1002;phone-context=dialstring", 403, "user1@example.com may not control tel:1002"),
        ("tel:1999", 404, "no line appearance for tel:1999"),
    ],
)
def test_who_has_not_is_refused_and_a_trace_shows_why(
    tmp_path: Path, line: str, status: int, reason: str
) -> None:
    with gateway_of(tmp_path) as gateway:
        with recorded(gateway.sip, tmp_path) as recording:
            sipp(gateway.sip, refused(line, status, reason), tmp_path, "-m", "1")
        body = gateway.get("/admin/v1/users/user1@example.com")[1]
    assert recording.malformed() == []
    assert reason in " ".join(recording.values(f"sip.Status-Code == {status}", "sip.Reason"))
    kept = json.loads(body)["last_refused"]
    assert (kept["status"], reason in kept["text"], kept["peer"]) == (status, True, "127.0.0.1")


ASSERTING = {"CSTAGW_AUTHORIZATION__IDENTITY": "p-asserted-identity"}


def test_an_asserted_identity_counts_from_listed_peers(tmp_path: Path) -> None:
    call = the_call().replace("<sip:user[call_number]@example.com>;tag", "<sip:mallory@example.com>;tag")
    call = call.replace("Max-Forwards", f"{ASSERTED}Max-Forwards", 1)
    with gateway_of(tmp_path, **ASSERTING, CSTAGW_AUTHORIZATION__PEERS="127.0.0.0/8") as gateway:
        done = sipp(gateway.sip, call, tmp_path, "-m", "1")
        sipp(gateway.sip, refused("tel:1001", 403, "sent no P-Asserted-Identity"), tmp_path, "-m", "1")
    assert counted(done.stdout, "Successful call") == 1


def test_an_asserted_identity_of_other_peers_counts_for_nothing(tmp_path: Path) -> None:
    reason = "127.0.0.1 may not assert identities"
    with gateway_of(tmp_path, **ASSERTING, CSTAGW_AUTHORIZATION__PEERS="10.0.0.0/8") as gateway:
        sipp(gateway.sip, refused("tel:1001", 403, reason, header=ASSERTED), tmp_path, "-m", "1")
