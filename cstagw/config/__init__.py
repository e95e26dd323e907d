"""The configuration: TOML file, environment and flags in, one frozen value out.

`model` holds the keys, `sources` reads, `problems` explains, `display` shows.
"""

from cstagw.config.addresses import HostPort, ListenUrl
from cstagw.config.display import show
from cstagw.config.model import (
    Admin,
    Config,
    CtiManager,
    Directory,
    Heartbeat,
    Log,
    Session,
    Simulator,
    Sip,
    Tls,
)
from cstagw.config.problems import ConfigError, Problem, schema
from cstagw.config.sources import load

__all__ = [
    "Admin",
    "Config",
    "ConfigError",
    "CtiManager",
    "Directory",
    "Heartbeat",
    "HostPort",
    "ListenUrl",
    "Log",
    "Problem",
    "Session",
    "Simulator",
    "Sip",
    "Tls",
    "load",
    "schema",
    "show",
]
