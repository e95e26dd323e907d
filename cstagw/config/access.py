"""The sections that say who may control what, where users' choices are kept, and where state is."""

from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    PlainSerializer,
    ValidationInfo,
    field_validator,
)

from cstagw.config.fields import Duration, PemFile, Section, default, listed, text, within, written
from cstagw.config.places import check_source, check_store, masked, scheme_of
from cstagw.config.users import check_user

MAX_PEERS = 256
MAX_SUPER_USERS = 1_000

Network = Annotated[
    IPv4Network | IPv6Network,
    written(ip_network, IPv4Network),
    PlainSerializer(str, return_type=str),
    text("an IP address or a network such as 10.0.0.0/8"),
]
User = Annotated[
    str, AfterValidator(check_user), text('a SIP address such as sip:alice@example.com, or "*" for everybody')
]
SecretFile = Annotated[Path, text("the path of a file that holds nothing but the password")]


class Directory(Section):
    """[directory]: who may control which line appearance.

    `source` "open" checks no users: every line that a CTIManager knows is everybody's. A file is named after
    csv: or sqlite:, a server as postgresql://USER@HOST/DATABASE or axl://USER@HOST (CUCM). `refresh` is how
    often a source is read again that does not say when it changes. `query` is for SQL and gives columns named
    user_uri, dn, partition, device, model, enabled, line_uri. `ca` verifies the AXL server.
    """

    source: Annotated[
        str,
        AfterValidator(check_source),
        PlainSerializer(masked, return_type=str),
        text('"open", csv:FILE, sqlite:FILE, postgresql://USER@HOST/DATABASE or axl://USER@HOST'),
    ] = "open"
    refresh: Annotated[Duration, within("1s", "24h")] = default("5m")
    query: Annotated[str, Field(min_length=1, max_length=10_000), text("an SQL query")] | None = None
    password_file: SecretFile | None = Field(default=None, validate_default=True)
    ca: PemFile | None = None

    @field_validator("query")
    @classmethod
    def _is_for_sql(cls, query: str | None, info: ValidationInfo) -> str | None:
        if query is not None and _scheme(info) not in {None, "sqlite", "postgresql"}:
            raise ValueError("only sqlite: and postgresql:// have a query")
        return query

    @field_validator("password_file")
    @classmethod
    def _is_for_a_server(cls, file: Path | None, info: ValidationInfo) -> Path | None:
        scheme = _scheme(info)
        if file is None and scheme == "axl":
            raise ValueError("axl:// needs one")
        if file is not None and scheme not in {None, "postgresql", "axl"}:
            raise ValueError("only postgresql:// and axl:// have a password")
        return file


def _scheme(info: ValidationInfo) -> str | None:
    """None where the source itself is wrong, which is reported already."""
    return scheme_of(info.data["source"]) if "source" in info.data else None


class Authorization(Section):
    """[authorization]: who a user is, and who may control every line.

    `identity` is the header that names the user; "p-asserted-identity" counts from `peers` only, and INVITEs
    of others are refused then. `super_provider` are users who may control every line; "*" is everybody.
    """

    identity: Literal["from", "p-asserted-identity"] = "from"
    peers: Annotated[
        tuple[Network, ...], Field(max_length=MAX_PEERS, validate_default=True), BeforeValidator(listed)
    ] = ()
    super_provider: Annotated[
        tuple[User, ...], Field(max_length=MAX_SUPER_USERS), BeforeValidator(listed)
    ] = ()

    @field_validator("peers")
    @classmethod
    def _can_assert(cls, peers: tuple[Network, ...], info: ValidationInfo) -> tuple[Network, ...]:
        if not peers and info.data.get("identity") == "p-asserted-identity":
            raise ValueError("p-asserted-identity counts from peers only: without any nobody could sign in")
        return peers


class Selection(Section):
    """[selection]: where the devices are kept that users choose: a file of this node, or a database that
    several nodes share. Without `store` it is a file in [state] folder."""

    store: (
        Annotated[
            str,
            AfterValidator(check_store),
            PlainSerializer(masked, return_type=str),
            text("sqlite:FILE or postgresql://USER@HOST/DATABASE"),
        ]
        | None
    ) = None
    password_file: SecretFile | None = None

    @field_validator("password_file")
    @classmethod
    def _is_for_a_server(cls, file: Path | None, info: ValidationInfo) -> Path | None:
        known = "store" in info.data  # else it is wrong, which is reported already
        if file is not None and known and scheme_of(info.data["store"] or "") != "postgresql":
            raise ValueError("only postgresql:// has a password")
        return file


class State(Section):
    """[state]: the folder of what is kept over a restart: the last good directory, users' choices. It is made
    when there is something to keep."""

    folder: Annotated[Path, text("the path of a folder")] = Path("cstagw-state")
