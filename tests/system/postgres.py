"""A PostgreSQL of its own for tests: a cluster in a temporary folder, on a free loopback port and a Unix
socket, that can be killed, stopped and started again. Everything is synchronous.

As root it runs as the user postgres, because PostgreSQL refuses root.
"""

from __future__ import annotations

import os
import pwd
import random
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path
from typing import Any

SUPERUSER = "postgres"
STARTS = 5
_PATIENCE = 30.0

_SETTINGS = """
listen_addresses = '127.0.0.1'
unix_socket_directories = '{folder}'
max_connections = 40
shared_buffers = 16MB
fsync = off
autovacuum = off
wal_level = minimal
max_wal_senders = 0
"""
_ACCESS = """
local all all trust
host  all all 127.0.0.1/32 scram-sha-256
"""


class Postgres:
    """One cluster. `start` it before use, `close` it in the end; `running_postgres` does both."""

    def __init__(self) -> None:
        self.port = 0
        self._numbers = count(1)
        self._process: subprocess.Popen[bytes] | None = None
        self._stopped: list[int] = []
        self._as: dict[str, Any] = {}
        self.folder = Path(tempfile.mkdtemp(prefix="cstagw-pg-"))
        if os.geteuid() == 0:
            owner = pwd.getpwnam(SUPERUSER)
            os.chown(self.folder, owner.pw_uid, owner.pw_gid)
            self._as = {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}
        self._run(
            "initdb", "--no-sync", "--no-instructions", "--auth=trust", "--encoding=UTF8", "--no-locale",
            f"--username={SUPERUSER}", "-D", self._data,
        )  # fmt: skip
        with (self._data / "postgresql.conf").open("a") as settings:
            settings.write(_SETTINGS.format(folder=self.folder))
        (self._data / "pg_hba.conf").write_text(_ACCESS)

    @property
    def _data(self) -> Path:
        return self.folder / "data"

    @property
    def log(self) -> str:
        """What the server has said."""
        return (self.folder / "log").read_text(errors="replace")

    # Starting and failing

    def start(self) -> None:
        """Serve, on the port of the last time if there was one."""
        for _ in range(STARTS):
            self.port = self.port or free_low_port()
            with (self.folder / "log").open("ab") as log:
                self._process = subprocess.Popen(
                    [_program("postgres"), "-D", self._data, "-p", str(self.port)],
                    stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=self.folder, **self._as,
                )  # fmt: skip
            if self._serves():
                return
            if "could not bind" not in self.log:
                break
            self.port = 0
        raise AssertionError(f"PostgreSQL does not start:\n{self.log[-3000:]}")

    def kill(self) -> None:
        """The end of every process at once, as SIGKILL or a failing host does it."""
        self.freeze()
        for pid in self._stopped:
            _signal(pid, signal.SIGKILL)
        self._stopped = []
        if self._process is not None:
            self._process.wait()
            self._process = None
        (self._data / "postmaster.pid").unlink(missing_ok=True)

    def stop(self) -> None:
        """In order, but without waiting for clients: each is told that the server shuts down."""
        if self._process is not None:
            self._process.send_signal(signal.SIGINT)
            self._process.wait(_PATIENCE)
            self._process = None

    def freeze(self) -> None:
        """No process does anything any more (SIGSTOP); connections stay, and new ones are accepted by the
        system."""
        if self._process is None:
            return
        _signal(self._process.pid, signal.SIGSTOP)  # first, so that it makes no further ones
        self._stopped = [self._process.pid, *_children(self._process.pid)]
        for pid in self._stopped:
            _signal(pid, signal.SIGSTOP)

    def thaw(self) -> None:
        """Go on after `freeze`."""
        for pid in reversed(self._stopped):
            _signal(pid, signal.SIGCONT)
        self._stopped = []

    def close(self) -> None:
        """Kill it and remove everything."""
        try:
            self.kill()
        finally:
            shutil.rmtree(self.folder, ignore_errors=True)

    # Using it

    def database(self, owner: str = "") -> str:
        """A new empty database; its name. The owner, a role with his own name as password, is made first."""
        name = f"test{next(self._numbers)}"
        if owner:
            self.role(owner)
        self.sql(f"CREATE DATABASE {name}" + (f" OWNER {owner}" if owner else ""))
        return name

    def role(self, name: str) -> None:
        """Somebody who may log in with his own name as password, and nothing else, unless he is there."""
        if not self.sql(f"SELECT 1 FROM pg_roles WHERE rolname = '{name}'"):  # noqa: S608
            self.sql(f"CREATE ROLE {name} LOGIN PASSWORD '{name}'")

    def url(self, database: str, user: str, password: str | None = None) -> str:
        """Over TCP; the password is the name of the user, as `role` makes it."""
        return f"postgresql://{user}:{password or user}@127.0.0.1:{self.port}/{database}"

    def socket_url(self, database: str, user: str = SUPERUSER) -> str:
        """Over the Unix socket, where nobody is asked for a password."""
        return f"postgresql://{user}@:{self.port}/{database}?host={self.folder}"

    def use_tls(self, certificate: Path) -> None:
        """From now on, with a PEM file that holds a certificate and its key."""
        for name in ("server.crt", "server.key"):
            file = self._data / name
            file.write_bytes(certificate.read_bytes())
            file.chmod(0o600)
            os.chown(file, self._data.stat().st_uid, self._data.stat().st_gid)
        self.sql("ALTER SYSTEM SET ssl = on")
        self.sql("SELECT pg_reload_conf()")
        end = time.monotonic() + _PATIENCE
        while self.sql("SHOW ssl") != "on":
            assert time.monotonic() < end, self.log
            time.sleep(0.02)

    def sql(self, text: str, database: str = "postgres", user: str = SUPERUSER) -> str:
        """What psql prints for some SQL, each command in a transaction of its own."""
        return self._psql(["--command", text], database, user)

    def file(self, path: Path, database: str) -> str:
        """What psql prints for a file."""
        return self._psql(["--file", str(path)], database, SUPERUSER)

    def _psql(self, what: list[str], database: str, user: str) -> str:
        done = subprocess.run(
            [
                _program("psql"), "--no-psqlrc", "--quiet", "--tuples-only", "--no-align",
                "--set", "ON_ERROR_STOP=1", "--host", self.folder, "--port", str(self.port),
                "--username", user, "--dbname", database, *what,
            ],
            capture_output=True, text=True, timeout=_PATIENCE, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def _run(self, program: str, *arguments: str | Path) -> None:
        done = subprocess.run(
            [_program(program), *arguments],
            capture_output=True, text=True, timeout=4 * _PATIENCE, cwd=self.folder, check=False, **self._as,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr

    def _serves(self) -> bool:
        assert self._process is not None
        end = time.monotonic() + _PATIENCE
        while self._process.poll() is None and time.monotonic() < end:
            pid_file = self._data / "postmaster.pid"
            if pid_file.exists() and pid_file.read_text().rstrip().endswith("ready"):
                return True
            time.sleep(0.02)
        return False


@contextmanager
def running_postgres() -> Iterator[Postgres]:
    """A cluster that serves, and is gone in the end."""
    postgres = Postgres()
    try:
        postgres.start()
        yield postgres
    finally:
        postgres.close()


def free_low_port() -> int:
    """A free port below those that the system gives to outgoing connections, so that it is still free after
    the server was down for a while."""
    while True:
        port = random.randint(15_000, 32_000)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


def _program(name: str) -> str:
    found = [*Path("/usr/lib/postgresql").glob(f"*/bin/{name}")]
    newest = max(found, key=lambda path: int(path.parts[-3].partition(".")[0]), default=None)
    program = str(newest) if newest else shutil.which(name)
    assert program, f"there is no {name}: install the Debian package postgresql"
    return program


def _children(parent: int) -> list[int]:
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            state_and_parent = stat.read_text(errors="replace").rpartition(")")[2].split()
        except OSError:  # it has ended
            continue
        if int(state_and_parent[1]) == parent:
            found.append(int(stat.parent.name))
    return found


def _signal(pid: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, number)
