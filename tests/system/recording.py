"""What goes over loopback while a test runs, recorded and decoded by tshark."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from .conftest import wait_until


@dataclass(frozen=True, slots=True)
class Recording:
    """The packets of one SIP port over TCP."""

    file: Path
    port: int

    def values(self, shown: str, field: str) -> list[str]:
        """Every value of a field in the packets that a display filter lets through, cut at white space."""
        done = subprocess.run(
            [
                "tshark", "-r", self.file,
                "-d", f"tcp.port=={self.port},sip", "-d", "media_type==application/csta+xml,xml",
                "-T", "fields", "-Y", shown, "-e", field,
            ],
            capture_output=True, text=True, timeout=60, check=True,
            env={**os.environ, "LC_ALL": "C.UTF-8"},
        )  # fmt: skip
        return done.stdout.replace(",", "\n").split()

    def malformed(self) -> list[str]:
        """The packets that cannot be decoded."""
        return self.values('_ws.malformed || _ws.expert.group == "Malformed"', "frame.number")


@contextmanager
def recorded(port: int, tmp_path: Path) -> Iterator[Recording]:
    """Record until the end of the block."""
    file = tmp_path / "recorded.pcap"
    recorder = subprocess.Popen(
        ["tshark", "-q", "-i", "lo", "-f", f"tcp port {port}", "-w", file], stderr=subprocess.DEVNULL
    )
    try:
        wait_until(lambda: file.exists() and file.stat().st_size > 0)
        time.sleep(0.5)  # the file is there before the first packet can be seen
        yield Recording(file, port)
        time.sleep(0.5)
    finally:
        recorder.send_signal(signal.SIGINT)
        recorder.wait(timeout=10)
