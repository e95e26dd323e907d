"""The directory and the store of choices against a real PostgreSQL, killed, frozen and started again."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest

from cstagw.directory.entries import Row, read_rows
from cstagw.directory.postgresql import DEFAULT_QUERY, PostgresqlDirectory
from cstagw.directory.source import SourceError
from cstagw.selection.postgresql import PostgresqlSelection
from cstagw.selection.store import Choice, StoreError

from ..certificates import self_signed
from .postgres import Postgres, running_postgres

SCHEMA = Path(__file__).parent.parent.parent / "deploy" / "postgresql.sql"
OWNER = "cstagw"
ALICE = Choice("alice@example.com", "1001", "SEP000000001001", "staff", 1_760_000_000.123457)
#: Seconds in which what is told is heard, on a busy machine too; and in which what hangs is found.
SOON = 10.0
HANGING = 15.0


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    with running_postgres() as running:
        yield running


@pytest.fixture
def database(postgres: Postgres) -> str:
    """A new database that belongs to OWNER and has nothing in it."""
    return postgres.database(OWNER)


@asynccontextmanager
async def directory(
    url: str, query: str = DEFAULT_QUERY, refresh: float = 3600.0
) -> AsyncIterator[PostgresqlDirectory]:
    source = PostgresqlDirectory(url, None, query, refresh)
    try:
        yield source
    finally:
        await source.close()


@asynccontextmanager
async def stores(url: str, number: int = 1) -> AsyncIterator[list[PostgresqlSelection]]:
    async with AsyncExitStack() as stack:
        made = [PostgresqlSelection(url, None) for _ in range(number)]
        for store in made:
            stack.push_async_callback(store.close)
        await asyncio.gather(*(store.load() for store in made))
        yield made


async def heard(store: PostgresqlSelection, number: int) -> list[Choice]:
    """The next choices, this many."""
    found: list[Choice] = []
    async with asyncio.timeout(SOON):
        while len(found) < number:
            found.extend(await store.changed())
    return found


async def quiet(source: PostgresqlDirectory | PostgresqlSelection) -> bool:
    """Whether nothing is told for a moment."""
    try:
        async with asyncio.timeout(0.2):
            await source.changed()
    except TimeoutError:
        return True
    return False


def connections(postgres: Postgres, database: str) -> int:
    ours = "FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'cstagw'"
    return int(postgres.sql(f"SELECT count(*) {ours}", database))


# The directory


@pytest.mark.asyncio
async def test_values_of_any_type_are_text(postgres: Postgres, database: str) -> None:
    postgres.sql(
        "CREATE TYPE place AS ENUM ('staff', 'lab'); CREATE DOMAIN address AS varchar(99);"
        'CREATE TABLE phones ("user" address, dn bigint, partition place, device char(15), model text[],'
        "  enabled boolean, line_uri name)",
        database,
        OWNER,
    )
    postgres.sql(
        "INSERT INTO phones SELECT 'sip:u' || n || '@example.com', 2000000 + n, 'lab',"
        "  'SEP' || 200000000000 + n, ARRAY['a', 'b'], n % 2 = 0, 'tel:' || 2000000 + n"
        "  FROM generate_series(1, 19998) AS n;"
        "INSERT INTO phones DEFAULT VALUES; INSERT INTO phones (dn, model) VALUES (7, '{\"é,\"}')",
        database,
        OWNER,
    )
    async with directory(postgres.url(database, OWNER), "SELECT * FROM phones ORDER BY dn;\n") as source:
        rows = await source.load()
    assert len(rows) == 20_000
    assert rows[0] == Row("row 1", dn="7", model='{"é,"}')
    assert rows[1] == Row(
        "row 2", "sip:u1@example.com", "2000001", "lab", "SEP200000000001", "{a,b}", "false", "tel:2000001"
    )
    assert rows[2].enabled == "true"
    assert rows[-1] == Row("row 20000")
    assert len(read_rows(rows[:-1])) == 19_999


@pytest.mark.asyncio
async def test_a_change_wakes_and_many_changes_are_one(postgres: Postgres, database: str) -> None:
    postgres.file(SCHEMA, database)
    postgres.sql(f"GRANT SELECT ON line_appearances TO {OWNER}", database)
    async with directory(postgres.url(database, OWNER)) as source:
        with pytest.raises(SourceError, match="no row at all"):
            await source.load()
        assert await quiet(source)
        waiting = asyncio.create_task(source.changed())
        for number in range(3):
            postgres.sql(f"INSERT INTO line_appearances (dn) SELECT {number}", database)
        await asyncio.wait_for(waiting, SOON)
        assert len(await source.load()) == 3
        assert await quiet(source)
        for change in ("UPDATE line_appearances SET model = 'x'", "TRUNCATE line_appearances"):
            postgres.sql(change, database)
            await asyncio.wait_for(source.changed(), SOON)
        assert connections(postgres, database) == 1
    seven = "SELECT '' AS user_uri, 7 AS dn"
    async with directory(postgres.url(database, OWNER), seven, refresh=0.05) as source:
        await source.load()
        await asyncio.wait_for(source.changed(), SOON)


@pytest.mark.asyncio
async def test_a_change_during_a_load_is_not_missed(postgres: Postgres, database: str) -> None:
    postgres.file(SCHEMA, database)
    postgres.sql(f"GRANT SELECT ON line_appearances TO {OWNER}", database)
    slow = "SELECT '' AS user_uri, dn FROM (SELECT pg_sleep(1)) AS nap LEFT JOIN line_appearances ON dn <> ''"
    async with directory(postgres.url(database, OWNER), slow) as source:
        loading = asyncio.create_task(source.load())
        running = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND state = 'active'"
        while await asyncio.to_thread(postgres.sql, running) == "0":
            assert not loading.done()
        await asyncio.to_thread(postgres.sql, "INSERT INTO line_appearances (dn) VALUES ('1')", database)
        assert [row.dn for row in await loading] == [""]
        await asyncio.wait_for(source.changed(), SOON)
        assert [row.dn for row in await source.load()] == ["1"]


@pytest.mark.asyncio
async def test_what_is_wrong_is_named_with_its_cure(
    postgres: Postgres, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PGPASSWORD", OWNER)  # is for others
    postgres.role("guest")
    postgres.sql("CREATE TABLE secret (user_uri text, dn text)", database, OWNER)
    here = postgres.url(database, OWNER)
    cases = [
        (here.replace(":cstagw@", ":hunter2@"), DEFAULT_QUERY, "the password of user cstagw", "pg_hba"),
        (here.replace(":cstagw@", "@"), DEFAULT_QUERY, "not accept the password", "password"),
        (postgres.url(database, "nobody"), DEFAULT_QUERY, "password of user nobody", "user and password"),
        (postgres.socket_url(database, "nobody"), "SELECT 1", 'role "nobody" does not exist', "role exists"),
        (postgres.url("nowhere", OWNER), DEFAULT_QUERY, "there is no database nowhere", "URL"),
        (here, DEFAULT_QUERY, 'no such table for user cstagw in database', "deploy/postgresql.sql"),
        (postgres.url(database, "guest"), "SELECT * FROM secret", "denied for table secret", "GRANT"),
        (here, "SELEKT dn", "does not understand the query (syntax error", "psql"),
        (here, "SELECT dnn FROM secret", 'column "dnn" does not exist', "psql"),
        (here, "DELETE FROM secret RETURNING dn", "syntax error", "psql"),
        (here, "SELECT '1'; SELECT '2'", "does not understand the query", "psql"),
        (here, "SELECT '' AS user_uri, 1/0 AS dn", "division by zero", "values"),
        (here, "SELECT dn, 1 AS colour FROM secret", "unknown column 'colour'; allowed: user, dn,", "AS"),
        (here, 'SELECT 1 AS user_uri, 2 AS "user"', "column user is there twice", "query"),
        (here, "SELECT", "column user is missing", "query"),
        (here, "SELECT '' AS user_uri, repeat('1', 9999) AS dn", "row 1: dn is longer", "table"),
        (here + "?sslmode=require", DEFAULT_QUERY, "refuses TLS", "ssl = on"),
    ]  # fmt: skip
    for url, query, cause, cure in cases:
        async with directory(url, query) as source:
            with pytest.raises(SourceError) as raised:
                await source.load()
        assert cause in str(raised.value)
        assert cure in raised.value.cure
        assert "hunter2" not in str(raised.value) + raised.value.cure + source.name + repr(source)
    assert connections(postgres, database) == 0


@pytest.mark.asyncio
async def test_too_many_rows_and_a_query_that_takes_too_long(
    postgres: Postgres, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cstagw.directory.postgresql.MAX_ROWS", 2000)
    monkeypatch.setattr("cstagw.postgresql.COMMAND_TIMEOUT", 0.3)
    url = postgres.url(database, OWNER)
    async with directory(url, "SELECT '' AS user_uri, n AS dn FROM generate_series(1, 2000) AS n") as source:
        assert len(await source.load()) == 2000
    async with directory(url, "SELECT '' AS user_uri, n AS dn FROM generate_series(1, 2001) AS n") as source:
        with pytest.raises(SourceError, match="more than 2,000"):
            await source.load()
    async with directory(url, "SELECT '' AS user_uri, 1 AS dn FROM pg_sleep(600)") as source:
        with pytest.raises(SourceError, match=r"took too long|no answer in time"):
            await source.load()
    end = time.monotonic() + SOON
    while connections(postgres, database):
        assert time.monotonic() < end


@pytest.mark.asyncio
async def test_over_tls_the_server_is_verified_where_that_is_wanted(
    postgres: Postgres, database: str, tmp_path: Path
) -> None:
    own, other = self_signed(tmp_path), self_signed(tmp_path, "other.example.com")
    postgres.use_tls(own)
    encrypted = "SELECT '' AS user_uri, ssl AS dn FROM pg_stat_ssl WHERE pid = pg_backend_pid()"
    for parameters, secret in (
        ("", "true"),
        ("?sslmode=disable", "false"),
        ("?sslmode=require", "true"),
        (f"?sslmode=verify-full&sslrootcert={own}", "true"),
    ):
        async with directory(postgres.url(database, OWNER) + parameters, encrypted) as source:
            assert [row.dn for row in await source.load()] == [secret]
    for parameters, cause in (
        (f"?sslmode=verify-full&sslrootcert={other}", "certificate verify failed"),
        (f"?sslmode=verify-ca&sslrootcert={tmp_path}/none.pem", "No such file"),
    ):
        async with directory(postgres.url(database, OWNER) + parameters, encrypted) as source:
            with pytest.raises(SourceError, match=cause) as raised:
                await source.load()
            assert "sslrootcert" in raised.value.cure
    async with directory(postgres.socket_url(database, OWNER), "SELECT '' AS user_uri, 7 AS dn") as source:
        assert [row.dn for row in await source.load()] == ["7"]


# The choices


@pytest.mark.asyncio
async def test_a_choice_is_kept_and_heard_of_everywhere(postgres: Postgres, database: str) -> None:
    async with stores(postgres.url(database, OWNER), 2) as (one, two):
        await one.put(ALICE)
        assert await heard(one, 1) == await heard(two, 1) == await two.load() == [ALICE]
        other = Choice(ALICE.user, ALICE.dn, "SEP2", "", 1_760_000_001.5)
        await two.put(other)
        assert await heard(one, 1) == await heard(two, 1) == await one.load() == [other]
        await one.put(Choice(ALICE.user, ALICE.dn, ""))
        assert [(choice.user, choice.device) for choice in await heard(two, 1)] == [(ALICE.user, "")]
        assert await one.load() == []
        await asyncio.gather(*(one.put(Choice("u", str(dn), "D")) for dn in range(50)))
        assert {choice.dn for choice in await heard(two, 50)} == set(map(str, range(50)))
        assert connections(postgres, database) == 4
    assert connections(postgres, database) == 0


@pytest.mark.asyncio
async def test_a_change_by_hand_is_heard(postgres: Postgres, database: str) -> None:
    def by_hand(text: str) -> None:
        postgres.sql(text, database, OWNER)

    longest = Choice('"' * 512, "1" * 64, "\\" * 129, "é" * 128)
    async with stores(postgres.url(database, OWNER)) as (store,):
        by_hand("INSERT INTO cstagw_selection (user_uri, dn, device) VALUES ('bob@example.com', '1', 'D')")
        [choice] = await heard(store, 1)
        assert (choice.user, choice.dn, choice.device, choice.partition) == ("bob@example.com", "1", "D", "")
        assert abs(choice.chosen_at - time.time()) < 60
        by_hand("UPDATE cstagw_selection SET dn = '2', device = 'E'")
        assert [(one.dn, one.device) for one in await heard(store, 2)] == [("1", ""), ("2", "E")]
        waiting = asyncio.create_task(store.changed())
        assert await asyncio.wait({waiting}, timeout=0.1) == (set(), {waiting})
        waiting.cancel()  # and nothing is lost by it
        by_hand("DELETE FROM cstagw_selection")
        assert [(one.dn, one.device) for one in await heard(store, 1)] == [("2", "")]
        await store.put(longest)
        assert await heard(store, 1) == [longest]
        endless = f'{{"user_uri": "u", "dn": "1", "partition": "", "device": "D", "chosen_at": {"9" * 400}}}'
        foreign = [f"NOTIFY cstagw_selection, '{payload}'" for payload in ("[" * 5000, "[]", endless)]
        for text in ("TRUNCATE cstagw_selection", *foreign):
            by_hand(text)
            with pytest.raises(StoreError, match="does not say what was changed"):
                await asyncio.wait_for(store.changed(), SOON)
            assert await store.load() == []
        with pytest.raises(AssertionError, match="lower_case_without_scheme"):
            by_hand("INSERT INTO cstagw_selection VALUES ('sip:bob@example.com', '1', '', 'D')")


@pytest.mark.asyncio
async def test_many_stores_that_start_at_once_make_one_table(postgres: Postgres) -> None:
    for _ in range(3):
        database = postgres.database(OWNER)
        async with stores(postgres.url(database, OWNER), 6) as made:
            await made[0].put(ALICE)
            assert [await heard(store, 1) for store in made] == [[ALICE]] * 6


@pytest.mark.asyncio
async def test_more_changes_than_are_kept_are_loaded_again(
    postgres: Postgres, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cstagw.postgresql.MAX_PAYLOADS", 10)
    insert = "INSERT INTO cstagw_selection SELECT 'u', n, '', 'D' FROM generate_series(1, 11) AS n"
    async with stores(postgres.url(database, OWNER)) as (store,):
        postgres.sql(insert, database, OWNER)
        with pytest.raises(StoreError, match="more choices were changed at once"):
            await heard(store, 11)
        assert len(await store.load()) == 11
        assert await quiet(store)


@pytest.mark.asyncio
async def test_rights_that_are_missing_and_rights_that_suffice(postgres: Postgres, database: str) -> None:
    postgres.role("poor")
    poor = PostgresqlSelection(postgres.url(database, "poor"), None)
    postgres.sql("REVOKE CREATE ON SCHEMA public FROM public", database)
    with pytest.raises(StoreError, match=r"cannot be made.*permission denied for schema public") as raised:
        await poor.load()
    assert "deploy/postgresql.sql" in raised.value.cure
    with pytest.raises(StoreError, match="no such table"):
        await poor.put(ALICE)
    postgres.file(SCHEMA, database)
    postgres.file(SCHEMA, database)
    with pytest.raises(StoreError, match="permission denied for table cstagw_selection"):
        await poor.load()
    postgres.role("cstagw_gateway")
    for line in SCHEMA.read_text().splitlines():
        if line.startswith("--     GRANT"):
            grant = line.removeprefix("--").replace("DATABASE cstagw", f"DATABASE {database}")
            postgres.sql(grant, database)
    url = postgres.url(database, "cstagw_gateway")
    async with stores(url) as (store,), directory(url) as source:
        await store.put(ALICE)
        assert await heard(store, 1) == [ALICE]
        await store.put(Choice(ALICE.user, ALICE.dn, ""))
        postgres.sql("INSERT INTO line_appearances (dn) VALUES ('1001')", database)
        assert [row.dn for row in await source.load()] == ["1001"]
        postgres.sql(f"ALTER DATABASE {database} SET default_transaction_read_only = on")
        await store.close()
        with pytest.raises(StoreError, match="the server is read-only") as raised:
            await store.put(ALICE)
        assert "primary" in raised.value.cure
    await poor.close()


# The server fails


@pytest.mark.asyncio
async def test_the_server_is_killed_and_comes_back(postgres: Postgres, database: str) -> None:
    url = postgres.url(database, OWNER)
    async with stores(url) as (store,), directory(url, "SELECT '' AS user_uri, 7 AS dn") as source:
        await source.load()
        await store.put(ALICE)
        assert await heard(store, 1) == [ALICE]
        waiting = [asyncio.create_task(source.changed()), asyncio.create_task(store.changed())]
        assert await asyncio.wait(waiting, timeout=0.1) == (set(), set(waiting))
        for end in (postgres.kill, postgres.stop):
            end()
            done, _ = await asyncio.wait(waiting, timeout=SOON)
            assert len(done) == 2
            for task in waiting:
                error = task.exception()
                assert isinstance(error, SourceError | StoreError)
                assert "was lost" in str(error)
                assert "restarted or crashed" in error.cure
            with pytest.raises(SourceError, match="connection refused"):
                await source.load()
            begun = time.monotonic()
            with pytest.raises(StoreError, match="connection refused") as raised:
                await store.put(ALICE)
            assert time.monotonic() - begun < 5.5
            assert "check that PostgreSQL runs there" in raised.value.cure
            postgres.start()
            assert [row.dn for row in await source.load()] == ["7"]
            assert await store.load() == [ALICE]
            await store.put(ALICE)
            assert await heard(store, 1) == [ALICE]
            waiting = [asyncio.create_task(source.changed()), asyncio.create_task(store.changed())]
        for task in waiting:
            task.cancel()
        await asyncio.wait(waiting)


@pytest.mark.asyncio
async def test_a_connection_for_writing_that_has_died_is_made_anew(postgres: Postgres, database: str) -> None:
    async with stores(postgres.url(database, OWNER)) as (store,):
        await store.put(ALICE)
        writer = "FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'INSERT%'"
        assert postgres.sql(f"SELECT pg_terminate_backend(pid, 5000) {writer}", database) == "t"
        await store.put(ALICE)
        assert await heard(store, 2) == [ALICE, ALICE]


@pytest.mark.asyncio
async def test_a_server_that_hangs_is_found(postgres: Postgres, database: str) -> None:
    async def seconds(doing: Awaitable[object], text: str) -> float:
        begun = time.monotonic()
        with pytest.raises((SourceError, StoreError), match=text):
            await asyncio.wait_for(doing, 2 * HANGING)
        return time.monotonic() - begun

    url = postgres.url(database, OWNER)
    query = "SELECT '' AS user_uri, 7 AS dn"
    async with (
        stores(url, 2) as (store, other),
        directory(url, query) as source,
        directory(url, query) as late,
    ):
        await source.load()
        for one in (store, other):
            await one.put(ALICE)
        for one in (store, other):
            await heard(one, 2)
        postgres.freeze()
        try:
            waited = await asyncio.gather(
                seconds(source.changed(), "no answer in time"),
                seconds(store.changed(), "no answer in time"),
                seconds(store.put(ALICE), "not confirmed"),
                seconds(other.put(ALICE), "no answer in time|not confirmed"),
                seconds(late.load(), "no answer in time"),
            )
            assert max(waited) < HANGING
            assert max(waited[2:]) < 7
        finally:
            postgres.thaw()
        assert [row.dn for row in await source.load()] == ["7"]
        await store.put(ALICE)
