"""The sections about CUCM nodes that are reached through the operator's own JTAPI library."""

import re
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo, field_validator

from cstagw.config.access import SecretFile
from cstagw.config.fields import Duration, Host, Section, default, listed, text, within

MAX_JARS, MAX_JVM_OPTIONS = 64, 64
#: Of a folder of sockets: the system takes 107 bytes for the whole path of one.
MAX_SOCKETS = 80

_CLASS = re.compile(r"[A-Za-z_$][\w$]*(\.[A-Za-z_$][\w$]*)*")


def _in_provider_string(value: str) -> str:
    """A provider string is made of KEY=VALUE parts between semicolons, and knows no way to escape them."""
    if any(sign in value for sign in ";=\r\n") or not value.strip():
        raise ValueError("empty, or has a semicolon, an equals sign or a line break")
    return value


def _class_name(value: str) -> str:
    if not _CLASS.fullmatch(value):
        raise ValueError("not the name of a Java class")
    return value


def _short(folder: Path) -> Path:
    if len(bytes(folder.absolute())) > MAX_SOCKETS:
        raise ValueError(f"longer than {MAX_SOCKETS} bytes, so that a socket in it would have no valid path")
    return folder


def _whole_seconds(seconds: float) -> float:
    if seconds != int(seconds):
        raise ValueError("not in whole seconds")
    return seconds


Word = Annotated[
    str,
    Field(max_length=128),
    AfterValidator(_in_provider_string),
    text("a text without semicolons, equals signs and line breaks"),
]
Seconds = Annotated[Duration, AfterValidator(_whole_seconds)]


class JtapiSecurity(Section):
    """[jtapi.security]: connect over TLS, with a certificate from the CAPF of the cluster.

    `folder` keeps the certificates. Every connection needs an `instance_id` of its own, which is written at
    the [[ctimanager]] entry, with the file of the string that its first certificate is got with: two
    connections with one certificate are both refused.
    """

    tftp: Host
    tftp_port: Annotated[int, Field(ge=1, le=65535)] = 69
    capf: Host
    capf_port: Annotated[int, Field(ge=1, le=65535)] = 3804
    folder: Annotated[Path, text("the path of a folder that only the gateway's user may read")]
    passphrase_file: SecretFile | None = None
    fips: bool = False


class Jtapi(Section):
    """[jtapi]: how the bridges to jtapi:// addresses are run, and as whom they log in.

    `jar` is the jtapi.jar of the operator's own CUCM, or several jars and folders. `user` is the
    application's user in CUCM. `peer` is the JtapiPeer class of a library that is not Cisco's. `jvm` is the
    path of a libjvm; without it the usual places are looked at. `appinfo` names the application in CUCM's
    alarms. `server_heartbeat` is asked of CTIManager by the library. A call into the library that takes
    `hang_after` longer than it may costs the bridge. `sockets` is the folder of the Unix sockets to the
    bridges, `trace` that of the library's own trace; without them a private one, and none.
    """

    jar: Annotated[
        tuple[Annotated[Path, text("the path of a jar or of a folder of classes")], ...],
        Field(max_length=MAX_JARS),
        BeforeValidator(listed),
    ] = ()
    user: Word | None = None
    password_file: SecretFile | None = None
    peer: Annotated[str, AfterValidator(_class_name), text("the name of a Java class")] | None = None
    jvm: Annotated[Path, text("the path of libjvm.so")] | None = None
    jvm_options: Annotated[
        tuple[Annotated[str, Field(pattern=r"^-\S.*$"), text('an option such as "-Xmx256m"')], ...],
        Field(max_length=MAX_JVM_OPTIONS),
        BeforeValidator(listed),
    ] = ("-Xmx256m",)
    appinfo: Word = "cstagw"
    server_heartbeat: Annotated[Seconds, within("1s", "10m")] = default("30s")
    open_timeout: Annotated[Seconds, within("10s", "10m")] = default("30s")
    request_timeout: Annotated[Seconds, within("10s", "5m")] = default("15s")
    post_condition_timeout: Annotated[Seconds, within("1s", "1m")] = default("5s")
    retry_interval: Annotated[Seconds, within("5s", "10m")] = default("5s")
    hang_after: Annotated[Duration, within("2s", "5m")] = default("10s")
    sockets: Annotated[Path, AfterValidator(_short), text("the path of a folder")] | None = None
    trace: Annotated[Path, text("the path of a folder")] | None = None
    security: JtapiSecurity | None = None

    @field_validator("jar", "jvm_options")
    @classmethod
    def _no_class_path(cls, given: tuple[object, ...], info: ValidationInfo) -> tuple[object, ...]:
        if any(str(one).startswith(("-Djava.class.path", "-cp", "-classpath")) for one in given):
            raise ValueError(f"the class path is [jtapi] jar, not {info.field_name}")
        return given
