"""The configuration as frozen values: every key, its type, its default and its limits.

Knows no file and no environment: `Config()` is the defaults on every machine. Only keys that do something
are here.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, PrivateAttr, ValidationInfo, field_validator

from cstagw.config.access import Authorization, Directory, SecretFile, Selection, State
from cstagw.config.addresses import ListenUrl
from cstagw.config.fields import (
    WRITTEN,
    AdminAddress,
    Duration,
    Host,
    Level,
    Listener,
    PemFile,
    Section,
    default,
    listed,
    text,
    within,
)
from cstagw.config.jtapi import Jtapi
from cstagw.config.numbers import NumberRules
from cstagw.config.units import format_duration
from ctimgr_client import CtiManagerAddress, parse_url
from ctimgr_client.address import JTAPI_SECURE_PORT

STANDARD_PHONES = 20  # 1001..1020, in every cluster of the simulator
MAX_CTIMANAGERS = 8
MAX_LISTENERS = 16


def _no_twins(listeners: tuple[ListenUrl, ...]) -> tuple[ListenUrl, ...]:
    twins = [str(url) for url, times in Counter(listeners).items() if times > 1 and url.port]
    if twins:
        raise ValueError(f"listed twice: {', '.join(twins)}")
    return listeners


def _unique_names(entries: "tuple[CtiManager, ...]") -> "tuple[CtiManager, ...]":
    twins = [name for name, times in Counter(entry.name for entry in entries).items() if times > 1]
    if twins:
        raise ValueError(f"the name is used twice: {', '.join(twins)}")
    return entries


def _check_cti_url(url: str) -> str:
    # The client of CTIManagers knows more schemes than a configuration may name.
    scheme, separator, _ = url.partition("://")
    if not separator:
        raise ValueError("the scheme is missing")
    if scheme not in ("csta", "jtapi"):
        raise ValueError(f'the scheme "{scheme}" is not served')
    try:
        parse_url("", url)
    except ValueError as error:
        raise ValueError(str(error).removeprefix(f"{url!r}: ")) from None
    return url


class Sip(Section):
    """[sip]: where the gateway listens.

    `advertise` is the host put into Contact and Via; without it, the local address of the flow.
    """

    listen: Annotated[
        tuple[Listener, ...],
        Field(min_length=1, max_length=MAX_LISTENERS),
        BeforeValidator(listed),
        AfterValidator(_no_twins),
    ] = default(("tcp://127.0.0.1:5060", "udp://127.0.0.1:5060"))
    advertise: Host | None = None


class Tls(Section):
    """[tls]: what the gateway shows to peers, and whom it trusts where it dials them itself.

    `certificate` is a PEM file, the certificate first, then its chain; `key` its private key, where that is
    not in the same file; `ca` the certificates that peers are verified by, without it those of the system.
    """

    certificate: PemFile | None = None
    key: PemFile | None = None
    ca: PemFile | None = None


InstanceId = Annotated[
    str,
    Field(pattern=r"^[A-Za-z0-9._-]{1,64}$"),
    text("1 to 64 letters, digits, dots, hyphens and underscores"),
]


class CtiManager(Section):
    """[[ctimanager]]: one CTIManager.

    jtapi://HOST is a CUCM node; the gateway starts the bridge to it, see [jtapi]. `instance_id` is that of
    its certificate where [jtapi.security] is there, and `authorization_code_file` holds the string that the
    first certificate is got with, once. `secret_file` holds what a bridge behind csta:// demands.
    `device_format` "dn" is for switches that know plain numbers only.
    """

    name: Annotated[
        str,
        Field(pattern=r"^[A-Za-z0-9._-]{1,64}$"),
        text("1 to 64 letters, digits, dots, hyphens and underscores"),
    ]
    url: Annotated[str, AfterValidator(_check_cti_url), text("csta://HOST:PORT or jtapi://HOST")]
    device_format: Literal["full", "dn"] = "full"
    instance_id: InstanceId | None = None
    authorization_code_file: SecretFile | None = None
    secret_file: SecretFile | None = None

    @field_validator("secret_file")
    @classmethod
    def _is_for_csta(cls, file: Path | None, info: ValidationInfo) -> Path | None:
        if file is not None and str(info.data.get("url", "csta:")).startswith("jtapi:"):
            raise ValueError("the gateway starts this bridge itself: no secret is needed")
        return file

    @field_validator("instance_id")
    @classmethod
    def _is_for_jtapi(cls, instance_id: str | None, info: ValidationInfo) -> str | None:
        if instance_id is not None and str(info.data.get("url", "jtapi:")).startswith("csta:"):
            raise ValueError("only a jtapi:// address has one")
        return instance_id

    @field_validator("authorization_code_file")
    @classmethod
    def _is_for_an_instance(cls, file: Path | None, info: ValidationInfo) -> Path | None:
        if file is not None and not info.data.get("instance_id"):
            raise ValueError("it belongs to an instance_id: write that as well")
        return file

    @property
    def is_bridged(self) -> bool:
        """Whether a bridge of ours leads to it."""
        return self.url.startswith("jtapi:")

    @property
    def address(self) -> CtiManagerAddress:
        """The same as the client of CTIManagers wants it."""
        address = parse_url(self.name, self.url, self.device_format)
        return replace(address, port=JTAPI_SECURE_PORT) if self.instance_id else address


class Heartbeat(Section):
    """[heartbeat]: of our wire; a CTIManager that is silent for two intervals is lost."""

    interval: Annotated[Duration, within("100ms", "10m")] = default("5s")


class Session(Section):
    """[session]: SIP session timer (RFC 4028), longest wait for a CTIManager's answer, limit of sessions.

    `on_cti_loss`: when a CTIManager is lost its sessions "end", so that clients open new ones, or "move" to
    another CTIManager without the client noticing. `placement`: a new session goes to the CTIManager whose
    turn it is, or to the one over which the fewest devices are used. `duplicate`: a user who signs in again
    for the same line appearance is let in beside the session there, in its place, or not at all.
    """

    expires: Annotated[Duration, within("90s", "24h")] = default("30m")
    request_timeout: Annotated[Duration, within("100ms", "25s")] = default("5s")
    max_sessions: Annotated[int, Field(ge=1, le=1_000_000)] = 50_000
    on_cti_loss: Literal["end", "move"] = "end"
    placement: Literal["round-robin", "least-devices"] = "round-robin"
    duplicate: Literal["allow", "replace", "refuse"] = "allow"


class Network(Section):
    """[network]: the mark (type of service, RFC 2474) on every IP packet of SIP and CTI; 0x68 is usual for
    signalling."""

    tos: Annotated[int, Field(ge=0, le=255)] = 0


class Drain(Section):
    """[drain]: a node that is told to stop takes new sessions for `notice`, because balancers need that long
    to send them elsewhere; the sessions that are left at `deadline` end. Both count from the same moment.
    """

    notice: Annotated[Duration, within("0s", "10m")] = default("5s")
    deadline: Annotated[Duration, within("0s", "24h")] = default("60s")

    @field_validator("deadline")
    @classmethod
    def _after_the_notice(cls, deadline: float, info: ValidationInfo) -> float:
        notice = info.data.get("notice", 0.0)
        if deadline < notice:
            raise ValueError(f"shorter than the notice of {format_duration(notice)}")
        return deadline


class Simulator(Section):
    """[simulator]: the embedded cluster, started when no [[ctimanager]] is configured.

    `phones`: 20 are the standard ones, 1001 to 1020; each one more adds a line from 2000000 up.
    """

    ctimanagers: Annotated[int, Field(ge=1, le=MAX_CTIMANAGERS)] = 2
    phones: Annotated[int, Field(ge=STANDARD_PHONES, le=100_000)] = STANDARD_PHONES

    @property
    def added_lines(self) -> int:
        """How many lines from 2000000 up."""
        return self.phones - STANDARD_PHONES


class Admin(Section):
    """[admin]: the listener of probes, metrics and the admin interface."""

    listen: AdminAddress = default("127.0.0.1:8080")


class Log(Section):
    """[log]: what is written to standard output, and how."""

    level: Level = "info"
    format: Literal["json", "text"] = "json"


class Config(Section):
    """The whole configuration. What is not given has its default."""

    sip: Sip = Sip()
    tls: Tls = Field(default=Tls(), validate_default=True)
    ctimanager: Annotated[
        tuple[CtiManager, ...], Field(max_length=MAX_CTIMANAGERS), AfterValidator(_unique_names)
    ] = ()
    jtapi: Jtapi = Field(default=Jtapi(), validate_default=True)
    heartbeat: Heartbeat = Heartbeat()
    session: Session = Session()
    network: Network = Network()
    directory: Directory = Field(default=Directory(), validate_default=True)
    authorization: Authorization = Authorization()
    selection: Selection = Selection()
    state: State = State()
    numbers: NumberRules = NumberRules()
    drain: Drain = Drain()
    simulator: Simulator = Simulator()
    admin: Admin = Admin()
    log: Log = Log()

    @field_validator("tls")
    @classmethod
    def _has_a_certificate(cls, tls: Tls, info: ValidationInfo) -> Tls:
        sip = info.data.get("sip")
        if tls.certificate is None and sip and any(url.transport == "tls" for url in sip.listen):
            raise ValueError("a tls:// listener needs a certificate")
        return tls

    @field_validator("jtapi")
    @classmethod
    def _can_log_in(cls, jtapi: Jtapi, info: ValidationInfo) -> Jtapi:
        bridged = [entry for entry in info.data.get("ctimanager") or () if entry.is_bridged]
        needed = {"jar": jtapi.jar, "user": jtapi.user, "password_file": jtapi.password_file}
        missing = [key for key, value in needed.items() if not value]
        if bridged and missing:
            raise ValueError(f"a jtapi:// address needs {', '.join(missing)}")
        ids = [entry.instance_id for entry in bridged]
        if not jtapi.security and any(ids):
            raise ValueError(
                "an instance_id is of no use without [jtapi.security]: write that, or leave it out"
            )
        if jtapi.security and (None in ids or len(set(ids)) < len(ids)):
            raise ValueError(
                "every jtapi:// entry needs an instance_id of its own: one certificate is for one connection"
            )
        return jtapi

    _origins: Mapping[str, str] = PrivateAttr(default_factory=dict)

    @classmethod
    def from_sources(cls, values: Mapping[str, object], origins: Mapping[str, str]) -> Self:
        """Validates merged values and keeps where they came from. Raises pydantic.ValidationError."""
        config = cls.model_validate(values, context=WRITTEN)
        config._origins = MappingProxyType(dict(origins))
        return config

    @property
    def origins(self) -> Mapping[str, str]:
        """Where each value that is not a default came from, by path (`sip.listen`)."""
        return self._origins
