"""SIPp's call over UDP, and over TLS that stunnel speaks for it: Debian's SIPp is built without TLS."""

from __future__ import annotations

import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..certificates import self_signed
from .conftest import Running, free_port, sipp, start, stop, wait_until
from .scenario import Scenario, connection, csta, request, sign_in, sign_out, the_call
from .test_sipp_call import counted

OWN = "tel:1001;phone-context=dialstring"


def call_over_datagrams() -> str:
    """The call with a write for each request: a datagram holds one message."""
    scenario = Scenario("a call over UDP")
    sign_in(scenario, one_by_one=True)
    make = csta(
        "MakeCall",
        f"<callingDevice>{OWN}</callingDevice><calledDirectoryNumber>tel:1901</calledDirectoryNumber>",
    )
    scenario.send(request("INFO", 4, make)).answer("MakeCallResponse", call="<callID>([^<]*)</callID>")
    scenario.events(("ServiceInitiated",), ("Originated",), ("Delivered",), ("Established",))
    clear = csta("ClearConnection", connection("connectionToBeCleared"))
    scenario.send(request("INFO", 5, clear)).answer("ClearConnectionResponse")
    scenario.events(("ConnectionCleared",), ("ConnectionCleared",))
    return sign_out(scenario, 6, one_by_one=True).xml()


def test_sipp_over_udp(gateway: Running, tmp_path: Path) -> None:
    scenario = call_over_datagrams()
    done = sipp(gateway.ports["udp"], scenario, tmp_path, "-m", "5", "-l", "1", transport="u1")
    assert counted(done.stdout, "Successful call") == 5
    assert counted(done.stdout, "Failed call") == 0
    wait_until(lambda: gateway.metric('cstagw_sessions{state="open"}') == 0)


@contextmanager
def stunnel(port: int, ca: Path, tmp_path: Path) -> Iterator[int]:
    """A plain TCP port that leads through TLS to this one, verified by `ca`."""
    local = free_port()
    configuration = tmp_path / "stunnel.conf"
    configuration.write_text(
        f"foreground = yes\nsyslog = no\noutput = {tmp_path / 'stunnel.log'}\npid =\n"
        f"[sip]\nclient = yes\naccept = 127.0.0.1:{local}\nconnect = 127.0.0.1:{port}\n"
        f"CAfile = {ca}\nverifyChain = yes\ncheckHost = gw1.example.com\n"
    )
    process = subprocess.Popen(["stunnel", configuration])
    try:
        wait_until(lambda: _listens(local))
        yield local
    finally:
        process.terminate()
        process.wait(timeout=10)


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_sipp_over_tls(tmp_path: Path) -> None:
    certificate = self_signed(tmp_path)
    gateway = start(
        tmp_path, CSTAGW_SIP__LISTEN="tls://127.0.0.1:0", CSTAGW_TLS__CERTIFICATE=str(certificate)
    )
    with stunnel(gateway.ports["tls"], certificate, tmp_path) as port:
        done = sipp(port, the_call(), tmp_path, "-m", "3", "-l", "1")
    assert counted(done.stdout, "Successful call") == 3
    assert counted(done.stdout, "Failed call") == 0
    wait_until(lambda: gateway.metric('cstagw_sessions{state="open"}') == 0)
    stop(gateway)
