"""The configuration: TOML file, environment and flags in, one frozen value out.

`model` holds the keys, `sources` reads, `problems` explains, `display` shows, `changes` compares.
"""

from cstagw.config.access import Authorization, Directory, Selection, State
from cstagw.config.addresses import HostPort, ListenUrl
from cstagw.config.changes import Changes, changes
from cstagw.config.display import show
from cstagw.config.jtapi import Jtapi, JtapiSecurity
from cstagw.config.model import (
    Admin,
    Config,
    CtiManager,
    Drain,
    Heartbeat,
    Log,
    Session,
    Simulator,
    Sip,
    Tls,
)
from cstagw.config.numbers import NumberRule, NumberRules
from cstagw.config.problems import ConfigError, Problem, schema
from cstagw.config.sources import load

__all__ = [
    "Admin",
    "Authorization",
    "Changes",
    "Config",
    "ConfigError",
    "CtiManager",
    "Directory",
    "Drain",
    "Heartbeat",
    "HostPort",
    "Jtapi",
    "JtapiSecurity",
    "ListenUrl",
    "Log",
    "NumberRule",
    "NumberRules",
    "Problem",
    "Selection",
    "Session",
    "Simulator",
    "Sip",
    "State",
    "Tls",
    "changes",
    "load",
    "schema",
    "show",
]
