"""The bridges to CUCM nodes as the configuration wants them: what each is told, and how it is started.

Knows files and paths. The processes themselves are run by ctimgr_client.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

from ctimgr_client import CtiManagerAddress
from ctimgr_client.bridge_process import BridgeCommand, BridgeProcess
from ctimgr_client.jtapi.settings import BridgeSettings, SecureConnection

from .config import Config, ConfigError, CtiManager, JtapiSecurity, Problem

#: A bridge process; what it is to do it reads from its standard input.
COMMAND = (sys.executable, "-m", "ctimgr_client.jtapi")


def bridge_settings(config: Config, entry: CtiManager, listen: str, secret: str = "") -> BridgeSettings:
    """Everything that the bridge of an entry needs. Raises ConfigError where a file cannot be read."""
    jtapi = config.jtapi
    return BridgeSettings(
        name=entry.name,
        host=entry.address.host,
        listen=listen,
        class_path=tuple(map(str, jtapi.jar)),
        user=jtapi.user or "",
        password=_words(jtapi.password_file, "jtapi.password_file"),
        peer=jtapi.peer or "",
        jvm=str(jtapi.jvm or ""),
        jvm_options=jtapi.jvm_options,
        appinfo=jtapi.appinfo,
        server_heartbeat=int(jtapi.server_heartbeat),
        open_timeout=int(jtapi.open_timeout),
        request_timeout=int(jtapi.request_timeout),
        post_condition_timeout=int(jtapi.post_condition_timeout),
        retry_interval=int(jtapi.retry_interval),
        secure=_secure(jtapi.security, entry) if jtapi.security else None,
        secret=secret,
        trace=str(jtapi.trace / entry.name) if jtapi.trace else "",
        hang_after=jtapi.hang_after,
    )


def secret_of(entry: CtiManager) -> str | None:
    """What the bridge behind an entry demands. Raises ConfigError where its file cannot be read."""
    return _words(entry.secret_file, f"ctimanager[{entry.name}].secret_file") if entry.secret_file else None


def check_secrets(config: Config) -> None:
    """Raises ConfigError with every file of a secret towards a CTIManager that cannot be read."""
    problems: list[Problem] = []
    for entry in config.ctimanager:
        try:
            secret_of(entry)
            if entry.is_bridged:
                bridge_settings(config, entry, listen="")
        except ConfigError as error:
            problems += [problem for problem in error.problems if problem not in problems]
    if problems:
        raise ConfigError(problems)


class Bridges:
    """Makes the process to an address, as `config` has it then. `folder`, which only we may enter, has the
    sockets where no other is configured."""

    def __init__(self, config: Callable[[], Config], folder: Path) -> None:
        self._config = config
        self._folder = folder
        self._made = 0

    def make(self, address: CtiManagerAddress) -> BridgeProcess:
        """Its settings are read anew for every start, so that a new password needs no restart of ours."""
        config = self._config()
        entry = _entry(config, address)
        self._made += 1  # a process that ends and its successor of the same name do not share a socket
        folder = (config.jtapi.sockets or self._folder).absolute()
        socket = folder / f"{os.getpid()}-{self._made}.sock"

        def settings() -> str:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            try:
                return bridge_settings(config, entry, f"unix:{socket}").to_json()
            except ConfigError as error:
                raise OSError(str(error)) from None

        return BridgeProcess(address, BridgeCommand(COMMAND, settings, socket))


def _entry(config: Config, address: CtiManagerAddress) -> CtiManager:
    return next(entry for entry in config.ctimanager if entry.address == address)


def _secure(security: JtapiSecurity, entry: CtiManager) -> SecureConnection:
    return SecureConnection(
        instance_id=entry.instance_id or "",
        tftp=security.tftp,
        tftp_port=security.tftp_port,
        capf=security.capf,
        capf_port=security.capf_port,
        folder=str(security.folder),
        authorization_code=_words(
            entry.authorization_code_file, f"ctimanager[{entry.name}].authorization_code_file"
        ),
        passphrase=_words(security.passphrase_file, "jtapi.security.passphrase_file"),
        fips=security.fips,
    )


def _words(file: Path | None, path: str) -> str:
    if file is None:
        return ""
    try:
        words = file.read_text(encoding="utf-8").strip("\r\n")
    except OSError as error:
        why = f"{file} cannot be read: {error.strerror}; check path and rights"
        raise ConfigError([Problem(path, why)]) from None
    except UnicodeError:
        raise ConfigError([Problem(path, f"{file} is not in UTF-8: write it anew")]) from None
    if not words:
        raise ConfigError([Problem(path, f"{file} is empty: write the secret into it, nothing else")])
    return words
