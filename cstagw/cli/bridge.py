"""`cstagw bridge`: a bridge to a CUCM node that runs alone, and what an operator's JTAPI library has."""

import asyncio
import platform
from dataclasses import replace
from pathlib import Path

import click

from cstagw.cli.exits import Failure
from cstagw.cli.options import config_option, load_config, unusable
from cstagw.config import Config, ConfigError, CtiManager
from ctimgr_client.jtapi.names import listed
from ctimgr_client.jtapi.settings import BridgeSettings

_NO_NODE = 'add a [[ctimanager]] with url = "jtapi://HOST" to the configuration file'


@click.command()
@config_option
@click.argument("name", required=False)
@click.option("--listen", metavar="URL", help="tcp://HOST:PORT, tls://HOST:PORT or unix:/PATH.")
@click.option(
    "--secret-file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="File with what a gateway has to know; its [[ctimanager]] secret_file has the same.",
)
@click.option("--certificate", type=click.Path(path_type=Path, dir_okay=False), help="PEM file for tls://.")
@click.option("--key", type=click.Path(path_type=Path, dir_okay=False), help="PEM file of its key.")
@click.option("--check", is_flag=True, help="Say what the configured library has and lacks, and end.")
@click.option("--names", is_flag=True, help="Print every Java name that a library is asked for, and end.")
def bridge(
    *,
    name: str | None,
    listen: str | None,
    secret_file: Path | None,
    certificate: Path | None,
    key: Path | None,
    check: bool,
    names: bool,
) -> None:
    """Run the bridge to the CUCM node NAME alone, for gateways that reach it as csta://.

    NAME is a [[ctimanager]] of the configuration file whose url is jtapi://HOST; it may be left out where
    there is only one. A gateway starts the bridges to its own jtapi:// addresses by itself.
    """
    if names:
        click.echo("\n".join(listed()))
        return
    if not check and listen is None:
        raise click.UsageError("where to listen is not said; give --listen or --check")
    config = load_config()
    secret = "" if secret_file is None else _secret(secret_file)
    settings = replace(
        _settings(config, _entry(config, name), listen or "", secret),
        certificate=str(certificate or config.tls.certificate or ""),
        key=str(key or ""),
    )
    if check:
        click.echo(_library(settings))
        return
    _run(settings, config)


def _entry(config: Config, name: str | None) -> CtiManager:
    bridged = {entry.name: entry for entry in config.ctimanager if entry.is_bridged}
    if not bridged:
        raise Failure("no CUCM node is configured", next_step=_NO_NODE)
    if name is None and len(bridged) == 1:
        return next(iter(bridged.values()))
    if name not in bridged:
        what = "which CUCM node is not said" if name is None else f"{name!r} is no CUCM node"
        raise click.UsageError(f"{what}; there are {', '.join(bridged)}")
    return bridged[name]


def _settings(config: Config, entry: CtiManager, listen: str, secret: str) -> BridgeSettings:
    from cstagw.bridges import bridge_settings

    try:
        return bridge_settings(config, entry, listen, secret)
    except ConfigError as error:
        raise unusable(error) from None


def _secret(file: Path) -> str:
    try:
        secret = file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "not UTF-8"
        raise Failure(f"--secret-file {file}: {why}", next_step="check the path and its rights") from None
    if not secret:
        raise Failure(f"--secret-file {file} is empty", next_step="write a secret of your own into it")
    return secret


def _library(settings: BridgeSettings) -> str:
    """What the library is and what it lacks; ends the command where it cannot be used."""
    from ctimgr_client.address import CtiManagerAddress
    from ctimgr_client.failures import link_down
    from ctimgr_client.jtapi.java import start_machine
    from ctimgr_client.jtapi.opening_reasons import OpeningFailed

    try:
        return "\n".join([*settings.class_path, *start_machine(settings).report()])
    except OpeningFailed as failure:
        address = CtiManagerAddress(settings.name, settings.host, 0, "jtapi")
        down = link_down(failure.reason, address, failure.detail)
        raise Failure(down.cause, next_step=down.cure) from None


def _run(settings: BridgeSettings, config: Config) -> None:
    from cstagw.log import set_up
    from ctimgr_client.jtapi.java import open_provider, start_machine
    from ctimgr_client.jtapi.running import leave, run

    set_up(config.log.level, config.log.format, platform.node())
    leave(asyncio.run(run(settings, start_machine, open_provider)))
