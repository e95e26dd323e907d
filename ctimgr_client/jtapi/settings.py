"""What one bridge process is told: which CUCM node, as whom, with which library, and where to serve the wire.

Values, and the JSON in which they reach the process over its standard input, so that no secret is in a
command line or in an environment.
"""

import json
from dataclasses import asdict, dataclass, field
from typing import Any, Self


@dataclass(frozen=True, slots=True, kw_only=True)
class SecureConnection:
    """A connection over TLS with a certificate from CAPF. One certificate is for one connection only.

    `authorization_code` is good once, for the first certificate; `folder` keeps what was got with it.
    """

    instance_id: str
    tftp: str
    tftp_port: int = 69
    capf: str
    capf_port: int = 3804
    folder: str
    authorization_code: str = field(default="", repr=False)
    passphrase: str = field(default="", repr=False)
    fips: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class BridgeSettings:
    """Durations are seconds. `listen` is unix:/PATH, tcp://HOST:PORT or tls://HOST:PORT.

    `peer` names the JtapiPeer's class, "" the library's own. `jvm` is the path of libjvm, "" the one that is
    found. `secret` is demanded as password of an application session; "" demands none. `certificate` and
    `key` are PEM files for tls://. `trace` is a folder for the library's own trace, "" for none.
    """

    name: str
    host: str
    listen: str
    class_path: tuple[str, ...]
    user: str
    password: str = field(repr=False)
    peer: str = ""
    jvm: str = ""
    jvm_options: tuple[str, ...] = ()
    appinfo: str = "cstagw"
    server_heartbeat: int = 30
    open_timeout: int = 30
    request_timeout: int = 15
    post_condition_timeout: int = 5
    retry_interval: int = 5
    secure: SecureConnection | None = None
    secret: str = field(default="", repr=False)
    certificate: str = ""
    key: str = ""
    trace: str = ""
    hang_after: float = 10.0
    max_lines: int = 50_000

    def to_json(self) -> str:
        """One line, secrets included."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Reads what `to_json` wrote. Raises ValueError or TypeError for anything else."""
        values: dict[str, Any] = json.loads(text)
        secure = values.pop("secure", None)
        for name in ("class_path", "jvm_options"):
            values[name] = tuple(values[name])
        return cls(**values, secure=None if secure is None else SecureConnection(**secure))
