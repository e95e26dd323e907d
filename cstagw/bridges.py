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
        trace=str(jtapi.trace or ""),
        hang_after=jtapi.hang_after,
    )


def secret_of(entry: CtiManager) -> str | None:
    """What the bridge behind an entry demands. Raises ConfigError where its file cannot be read."""
    return _words(entry.secret_file, f"{entry.name}: secret_file") if entry.secret_file else None


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
        socket = (config.jtapi.sockets or self._folder) / f"{os.getpid()}-{self._made}.sock"

        def settings() -> str:
            try:
                return bridge_settings(config, entry, f"unix:{socket}").to_json()
            except ConfigError as error:
                raise OSError(str(error)) from None

        command = (sys.executable, "-m", "ctimgr_client.jtapi")
        return BridgeProcess(address, BridgeCommand(command, settings, socket))


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
        authorization_code=_words(security.authorization_code_file, "jtapi.security.authorization_code_file"),
        passphrase=_words(security.passphrase_file, "jtapi.security.passphrase_file"),
        fips=security.fips,
    )


def _words(file: Path | None, path: str) -> str:
    if file is None:
        return ""
    try:
        words = file.read_text(encoding="utf-8").strip("\r\n")
    except (OSError, UnicodeError) as error:
        raise ConfigError([Problem(path, f"{file} cannot be read: {error}; check path and rights")]) from None
    if not words:
        raise ConfigError([Problem(path, f"{file} is empty: write the secret into it, nothing else")])
    return words
