"""PostgreSQL without a server: URLs and what may be shown of them, failures and their words, the way in."""

from __future__ import annotations

import asyncio
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cstagw.config.databases import DatabaseUrl, masked, parse_database_url
from cstagw.database_failures import FAILURES, DatabaseError, failure
from cstagw.directory.postgresql import DEFAULT_QUERY, PostgresqlDirectory
from cstagw.directory.source import SourceError
from cstagw.postgresql import Database, Password
from cstagw.selection.postgresql import SCHEMA, PostgresqlSelection
from cstagw.selection.store import Choice, StoreError

DEPLOYED = Path(__file__).parent.parent.parent / "deploy" / "postgresql.sql"
SECRET = "hunter2"
ELSEWHERE = parse_database_url("postgresql://cstagw@db1.example.com:5433/phones")


def quoted(text: str) -> str:
    """Every sign percent-encoded."""
    return "".join(f"%{byte:02x}" for byte in text.encode())


# URLs


@pytest.mark.parametrize(
    ("text", "host", "port", "shown"),
    [
        ("postgresql://u:p@db1/d", "db1", 5432, "postgresql://u@db1/d"),
        ("postgres://u@10.0.0.9:5433/d?sslmode=disable", "10.0.0.9", 5433, "postgresql://u@10.0.0.9:5433/d"),
        ("postgresql://u@[::1]/d", "::1", 5432, "postgresql://u@[::1]/d"),
        ("postgresql://u@[::1]:5432/d", "::1", 5432, "postgresql://u@[::1]/d"),
        ("postgresql://u@/d?host=/run/pg", "/run/pg", 5432, "postgresql://u@%2Frun%2Fpg/d"),
        ("postgresql://u@:5433/d?host=%2Frun%2Fpg", "/run/pg", 5433, "postgresql://u@%2Frun%2Fpg:5433/d"),
        ("postgresql://u@%2Frun%2Fpg:5433/d", "/run/pg", 5433, "postgresql://u@%2Frun%2Fpg:5433/d"),
        ("postgresql://u@db_1/d%2Fe", "db_1", 5432, "postgresql://u@db_1/d%2Fe"),
    ],
)
def test_urls_are_read_and_shown_so_that_they_can_be_read_again(
    text: str, host: str, port: int, shown: str
) -> None:
    url = parse_database_url(text)
    assert (url.user, url.host, url.port) == ("u", host, port)
    assert str(url) == masked(text) == masked(shown) == shown


def test_the_parameters_are_kept() -> None:
    url = parse_database_url("postgresql://u@h/d?sslmode=verify-full&sslrootcert=/etc/a+b%20c.pem")
    assert (url.sslmode, url.sslrootcert) == ("verify-full", "/etc/a+b c.pem")
    assert parse_database_url("postgresql://u@h/d").sslmode == "prefer"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("u@h/d", "scheme is missing"),
        ("mysql://u@h/d", "scheme is not postgresql"),
        ("postgresql://h/d", "user is missing"),
        ("postgresql://:p@h/d", "user is missing"),
        ("postgresql://u@h", "database is missing"),
        ("postgresql://u@h/", "database is missing"),
        ("postgresql://u@h/d/e", "slash"),
        ("postgresql://u@/d", "host is missing"),
        ("postgresql://u@h1,h2/d", "neither one host name nor one IP address"),
        ("postgresql://u@h h/d", "neither one host name"),
        ("postgresql://u@h:0/d", "port is not a number"),
        ("postgresql://u@h:65536/d", "port is not a number"),
        ("postgresql://u@h:99999999999999999999/d", "port is not a number"),
        ("postgresql://u@h:x/d", "port is not a number"),
        ("postgresql://u@::1/d", "neither one host name"),
        ("postgresql://u@[::g]/d", "IPv6"),
        ("postgresql://u@[::1/d", "IPv6"),
        ("postgresql://u@[v1.a]/d", "IPv6"),
        ("postgresql://u@h/d?host=/run", "twice"),
        ("postgresql://u@/d?host=run", "absolute path"),
        ("postgresql://u@h/d?sslmode=allow", "sslmode is none of disable, prefer, require"),
        ("postgresql://u@h/d?sslmode=require&sslmode=disable", "twice"),
        ("postgresql://u@h/d?options=-c", "none of host, sslmode, sslrootcert"),
        ("postgresql://u@h/d%00", "zero byte"),
        ("postgresql://u:\n@h/d", "printed"),
    ],
)
def test_a_wrong_url_is_refused_with_its_reason(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        parse_database_url(text)
    assert masked(text) == "postgresql://..."


@given(user=st.text(min_size=1), password=st.text(), database=st.text(min_size=1))
def test_what_is_encoded_comes_back(user: str, password: str, database: str) -> None:
    text = f"postgresql://{quoted(user)}:{quoted(password)}@h/{quoted(database)}"
    if "\0" in user + password + database:
        with pytest.raises(ValueError, match="zero byte"):
            parse_database_url(text)
        return
    url = parse_database_url(text)
    assert (url.user, url.password, url.database) == (user, password, database)
    assert parse_database_url(str(url)) == DatabaseUrl(user, "", "h", 5432, database)


@pytest.mark.parametrize("rest", ["h/d", "h:5433/d", "h/d?sslmode=require", "/d?host=/run", "", "h"])
@pytest.mark.parametrize("sign", "@:/?#%[]& =;\\\"'\t")
@pytest.mark.parametrize(
    "password", ["{sign}hunter2", "hunter2{sign}", "1{sign}hunter2{sign}1", "a@b/c{sign}hunter2"]
)
def test_no_sign_in_a_password_brings_a_piece_of_it_out(password: str, sign: str, rest: str) -> None:
    text = f"postgresql://u:{password.format(sign=sign)}@{rest}"
    assert SECRET not in masked(text)
    try:
        assert SECRET not in repr(parse_database_url(text))
    except ValueError as error:
        assert SECRET not in str(error)  # noqa: PT017 - either is right


# Failures


@pytest.mark.parametrize("label", FAILURES)
def test_every_failure_is_written_out(label: str) -> None:
    error = failure(label, ELSEWHERE, "said\nso")
    assert str(error).endswith("(said so)")
    assert not set("{}") & set(str(error) + error.cure)


@pytest.mark.parametrize(
    ("state", "text"),
    [
        ("28P01", "the server does not accept the password of user cstagw"),
        ("28000", "the server does not let user cstagw into database phones"),
        ("53300", "the server is out of resources"),
        ("57P01", "the server ended the connection"),
        ("57P03", "the server is starting up or shutting down"),
        ("42601", "the server does not understand the query"),
        ("42P01", "there is no such table for user cstagw in database phones"),
        ("XX000", "the database cannot be used"),
        ("refused", "connection refused: nothing listens on port 5433 of db1.example.com"),
    ],
)
def test_a_state_is_found_by_itself_or_by_its_class(state: str, text: str) -> None:
    assert str(failure(state, ELSEWHERE)) == text


def test_what_others_say_is_bounded() -> None:
    assert len(str(failure("other", ELSEWHERE, "x" * 10_000))) < 400


def test_a_socket_is_named_as_a_file() -> None:
    url = parse_database_url("postgresql://u@/d?host=/run/pg/")
    assert str(failure("no_socket", url)) == "there is no socket /run/pg/.s.PGSQL.5432"


# The way in


async def why(url: str, password: Password | None = None) -> DatabaseError:
    """Why there is no connection."""
    with pytest.raises(DatabaseError) as raised:
        await Database(url, password).connect()
    assert SECRET not in str(raised.value) + raised.value.cure
    return raised.value


@asynccontextmanager
async def answering(*answers: bytes) -> AsyncIterator[str]:
    """The URL of a server that gives one answer to each thing it is told, and then hangs up."""

    served: list[asyncio.Future[None]] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        done = asyncio.get_running_loop().create_future()
        served.append(done)
        with suppress(OSError):
            for answer in answers:
                await reader.read(1000)
                writer.write(answer)
            writer.close()
            await writer.wait_closed()
        done.set_result(None)

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield f"postgresql://u:{SECRET}@127.0.0.1:{server.sockets[0].getsockname()[1]}/d"
        await asyncio.gather(*served)


def refusing_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.mark.asyncio
async def test_a_port_where_nobody_listens_and_a_password_that_is_asked_each_time() -> None:
    asked: list[None] = []

    def password() -> str:
        asked.append(None)
        return SECRET

    database = Database(f"postgresql://u@127.0.0.1:{refusing_port()}/d", password)
    for _ in range(2):
        with pytest.raises(DatabaseError, match="connection refused: nothing listens on port"):
            await database.connect()
    assert len(asked) == 2


@pytest.mark.asyncio
async def test_a_name_with_several_addresses_and_one_with_none(monkeypatch: pytest.MonkeyPatch) -> None:
    port = refusing_port()
    found: list[object] = [
        (socket.AF_INET, socket.SOCK_STREAM, 6, "", (f"127.0.0.{last}", port)) for last in (1, 2)
    ]

    async def getaddrinfo(host: str, *_: object, **__: object) -> list[object]:
        if host == "db1.example.com":
            return found
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", getaddrinfo)
    assert (await why(f"postgresql://u:{SECRET}@db1.example.com:{port}/d")).label == "refused"
    error = await why(f"postgresql://u:{SECRET}@db2.example.com:{port}/d")
    assert str(error).startswith("db2.example.com not resolvable")
    assert "DNS" in error.cure


@pytest.mark.asyncio
async def test_a_socket_that_is_not_there(tmp_path: Path) -> None:
    assert (await why(f"postgresql://u:{SECRET}@/d?host={tmp_path}")).label == "no_socket"


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("mode", "answers", "label"),
    [
        ("require", [b"N"], "no_tls"),
        ("prefer", [b"N"], "closed"),
        ("disable", [b""], "closed"),
        ("require", [b"S"], "closed"),
        ("require", [b"S", b"HTTP/1.1 400 Bad Request\r\n\r\n"], "tls"),
        ("disable", [b"R\0\0\0\x08\0\0\0\x99"], "other"),
        ("disable", [b"E\0\0\0\x17SFATAL\0C28P01\0Mno\0\0"], "28P01"),
    ],
)
async def test_a_server_that_does_not_let_us_in(mode: str, answers: list[bytes], label: str) -> None:
    async with answering(*answers) as url:
        assert (await why(f"{url}?sslmode={mode}")).label == label


@pytest.mark.asyncio
async def test_a_server_that_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cstagw.postgresql.CONNECT_TIMEOUT", 0.05)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        error = await why(f"postgresql://u:{SECRET}@127.0.0.1:{silent.getsockname()[1]}/d")
    assert str(error).startswith("no answer in time from port ")


@pytest.mark.asyncio
async def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    url = f"postgresql://u@127.0.0.1:{refusing_port()}/d"

    error = await why(url, secret.read_text)
    assert str(error) == "the password cannot be read (No such file or directory)"
    assert "password file" in error.cure
    secret.write_bytes(b"hunter2\xff")
    assert str(await why(url, lambda: secret.read_text("utf-8"))).endswith("(not in UTF-8)")

    secret.write_text("no certificate")
    for file in (secret, tmp_path / "none"):
        assert (await why(f"{url}?sslmode=verify-ca&sslrootcert={file}")).label == "trust"


@pytest.mark.asyncio
async def test_without_the_driver_it_is_said_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "asyncpg", None)
    url = f"postgresql://u:{SECRET}@127.0.0.1:{refusing_port()}/d"
    source, store = PostgresqlDirectory(url, None, DEFAULT_QUERY, 60.0), PostgresqlSelection(url, None)
    with pytest.raises(SourceError, match="not installed") as of_source:
        await source.load()
    with pytest.raises(StoreError, match="not installed") as of_store:
        await store.load()
    with pytest.raises(StoreError, match="not installed"):
        await store.put(Choice("u", "1", "D"))
    assert of_source.value.cure == of_store.value.cure == "pip install 'cstagw[postgres]'"
    assert source.name == store.name == url.replace(f":{SECRET}", "")
    await source.close()
    await store.close()


@pytest.mark.asyncio
async def test_after_a_load_that_failed_the_directory_waits_and_the_store_wants_to_be_loaded() -> None:
    url = f"postgresql://u@127.0.0.1:{refusing_port()}/d"
    with pytest.raises(StoreError, match="not been loaded"):
        await PostgresqlSelection(url, None).changed()
    await asyncio.wait_for(PostgresqlDirectory(url, None, DEFAULT_QUERY, 0.01).changed(), 5.0)


def test_what_is_deployed_is_what_a_first_start_makes() -> None:
    assert f"\n{SCHEMA}\nCOMMIT;\n" in DEPLOYED.read_text("utf-8")
