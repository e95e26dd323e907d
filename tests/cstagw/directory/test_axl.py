import asyncio
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from lxml import etree

from cstagw.config.axl_urls import AxlUrl, parse_axl_url
from cstagw.directory import Row, SourceError, read_rows
from cstagw.directory.axl import LOCK_OUT, LONGEST_PAUSE, STEPS, AxlDirectory, Limits
from cstagw.directory.axl_messages import (
    MAX_ANSWER,
    Fault,
    Unreadable,
    ask_rows,
    read_records,
    read_version,
    retry_after,
)
from tests.certificates import self_signed
from tests.cstagw.directory.axl_server import AxlServer, Cluster, Reply, answer, fault

PASSWORD = "pa:ss wörd/@?"


class House:
    """A server, and sources that ask it; pauses take no time but are written down."""

    def __init__(self, server: AxlServer, certificate: Path) -> None:
        self.server = server
        self.certificate = certificate
        self.paused: list[float] = []
        self.paused_before: Callable[[], None] = lambda: None

    async def pause(self, seconds: float) -> None:
        self.paused.append(seconds)
        self.paused_before()

    def source(self, **changes: Any) -> AxlDirectory:
        values: dict[str, Any] = {
            "host": "127.0.0.1",
            "port": self.server.port,
            "user": "axl",
            "password": lambda: PASSWORD,
            "user_column": "mailid",
            "domain": "",
            "refresh": 900.0,
            "ssl": ssl.create_default_context(cafile=self.certificate),
            "pause": self.pause,
            "chance": lambda: 0.5,
        }
        return AxlDirectory(**values | changes)

    async def rows(self, **changes: Any) -> list[Row]:
        return list(await self.source(**changes).load())

    async def error(self, **changes: Any) -> SourceError:
        with pytest.raises(SourceError) as caught:
            await self.source(**changes).load()
        assert caught.value.cure
        return caught.value


@asynccontextmanager
async def serving(
    cluster: Cluster, folder: Path, *, tls: bool = True, **settings: Any
) -> AsyncIterator[House]:
    certificate = self_signed(folder)
    server = AxlServer(cluster, users={"axl": PASSWORD}, **settings)
    await server.start(certificate if tls else None)
    try:
        yield House(server, certificate)
    finally:
        await server.stop()


@pytest.fixture
def cluster() -> Cluster:
    return Cluster()


def office(cluster: Cluster) -> None:
    """Alice with two phones, Bob with one."""
    alice = cluster.user("alice", "alice@example.com", "alice@uri.example.com")
    desk, lab = cluster.phone("SEP00000000000A"), cluster.phone("SEP00000000000B", "Cisco 8865")
    cluster.line(desk, "2002", "PT & <Söhne>", index=2)
    cluster.line(desk, "2001", "PT & <Söhne>", index=1)
    cluster.line(lab, "\\+49301234")
    bob = cluster.user("bob", "bob@example.com")
    only = cluster.phone("SEP00000000000C")
    cluster.line(only, "2003", "PT & <Söhne>")
    for user, device in ((bob, only), (alice, lab), (alice, desk)):
        cluster.associate(user, device)


def crowd(cluster: Cluster, count: int, *, padding: str = "") -> None:
    """So many users with a phone and a line each."""
    for number in range(count):
        phone = cluster.phone(f"SEP{number:012X}{padding}")
        cluster.line(phone, f"{100_000 + number}")
        cluster.associate(cluster.user(f"u{number}", f"u{number}{padding}@example.com"), phone)


def brief(rows: list[Row]) -> list[tuple[str, str, str]]:
    return [(row.user, row.dn, row.device) for row in rows]


# Who may control what


@pytest.mark.asyncio
async def test_each_line_of_each_phone_of_a_user_is_a_row(cluster: Cluster, tmp_path: Path) -> None:
    office(cluster)
    async with serving(cluster, tmp_path) as house:
        rows = await house.rows()
    alice, bob, partition = "alice@example.com", "bob@example.com", "PT & <Söhne>"
    desk, lab, only = "SEP00000000000A", "SEP00000000000B", "SEP00000000000C"
    assert rows == [
        Row(f"{desk} line 1 of {alice}", alice, "2001", partition, desk, "Cisco 7841"),
        Row(f"{desk} line 2 of {alice}", alice, "2002", partition, desk, "Cisco 7841"),
        Row(f"{lab} line 1 of {alice}", alice, "\\+49301234", "", lab, "Cisco 8865"),
        Row(f"{only} line 1 of {bob}", bob, "2003", partition, only, "Cisco 7841"),
    ]
    assert [entry.dn for entry in read_rows(rows)] == ["2001", "2002", "+49301234", "2003"]


@pytest.mark.asyncio
async def test_the_questions_are_the_documented_ones(cluster: Cluster, tmp_path: Path) -> None:
    office(cluster)
    async with serving(cluster, tmp_path) as house:
        await house.rows(page=50)
    assert house.server.asked == [
        "SELECT FIRST 50 eu.mailid AS address, d.name AS devicename, dnm.numplanindex AS lineindex, "
        "m.pkid AS mapkey, dnm.pkid AS linekey, np.dnorpattern AS dnorpattern, rp.name AS partitionname, "
        "tm.name AS modelname FROM enduser eu "
        "INNER JOIN extensionmobilitydynamic m ON m.fkenduser = eu.pkid "
        "INNER JOIN device d ON m.fkdevice = d.pkid "
        "INNER JOIN devicenumplanmap dnm ON dnm.fkdevice = m.fkdevice_currentloginprofile "
        "INNER JOIN typemodel tm ON d.tkmodel = tm.enum INNER JOIN numplan np ON dnm.fknumplan = np.pkid "
        "LEFT OUTER JOIN routepartition rp ON np.fkroutepartition = rp.pkid "
        "WHERE d.tkclass = 1 AND eu.status = 1 AND eu.mailid != '' "
        "ORDER BY eu.mailid, d.name, dnm.numplanindex, m.pkid, dnm.pkid",
        "SELECT FIRST 50 eu.mailid AS address, d.name AS devicename, dnm.numplanindex AS lineindex, "
        "m.pkid AS mapkey, dnm.pkid AS linekey, np.dnorpattern AS dnorpattern, rp.name AS partitionname, "
        "tm.name AS modelname FROM enduser eu "
        "INNER JOIN enduserdevicemap m ON m.fkenduser = eu.pkid "
        "INNER JOIN device d ON m.fkdevice = d.pkid "
        "INNER JOIN devicenumplanmap dnm ON dnm.fkdevice = d.pkid "
        "INNER JOIN typemodel tm ON d.tkmodel = tm.enum INNER JOIN numplan np ON dnm.fknumplan = np.pkid "
        "LEFT OUTER JOIN routepartition rp ON np.fkroutepartition = rp.pkid "
        "WHERE d.tkclass = 1 AND m.tkuserassociation = 1 AND eu.status = 1 AND eu.mailid != '' "
        "ORDER BY eu.mailid, d.name, dnm.numplanindex, m.pkid, dnm.pkid",
        "SELECT FIRST 50 eu.mailid AS address, eu.pkid AS userkey FROM enduser eu "
        "WHERE eu.status = 1 AND eu.mailid != '' ORDER BY eu.mailid, eu.pkid",
    ]


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("column", "domain", "users"),
    [
        ("mailid", "ignored.example.com", {"alice@example.com", "bob@example.com"}),
        ("directoryuri", "", {"alice@uri.example.com"}),
        ("userid", "sip.example.com", {"alice@sip.example.com", "bob@sip.example.com", "carol@b.example"}),
    ],
)
async def test_users_are_named_as_configured(
    cluster: Cluster, tmp_path: Path, column: str, domain: str, users: set[str]
) -> None:
    office(cluster)
    cluster.user("carol@b.example", "")
    async with serving(cluster, tmp_path) as house:
        rows = await house.rows(user_column=column, domain=domain)
    assert {row.user for row in rows} == users


@pytest.mark.asyncio
async def test_patterns_are_no_lines(cluster: Cluster, tmp_path: Path) -> None:
    user, phone = cluster.user("alice", "alice@example.com"), cluster.phone("SEP00000000000A")
    for index, pattern in enumerate(("1XXX", "12[3-5]0", "9!", "20.@", "\\+49!", "2001", "*55#"), start=1):
        cluster.line(phone, pattern, index=index)
    other, mute = cluster.user("bob", "bob@example.com"), cluster.phone("SEP00000000000B")
    cluster.line(mute, "8XX")
    cluster.associate(user, phone)
    cluster.associate(other, mute)
    async with serving(cluster, tmp_path) as house:
        rows = await house.rows()
    assert brief(rows) == [
        ("alice@example.com", "2001", "SEP00000000000A"),
        ("alice@example.com", "*55#", "SEP00000000000A"),
        ("bob@example.com", "", ""),
    ]


@pytest.mark.asyncio
async def test_an_active_user_with_an_address_is_there_without_a_line(
    cluster: Cluster, tmp_path: Path
) -> None:
    office(cluster)
    cluster.user("carol", "carol@example.com")
    cluster.user("dave", "dave@example.com", status=2)
    cluster.user("erin", None)
    cluster.user("frank", "  ")
    without_lines = cluster.user("grace", "grace@example.com")
    cluster.associate(without_lines, cluster.phone("SEP00000000000F"))
    async with serving(cluster, tmp_path) as house:
        rows = await house.rows()
    assert [row for row in rows if not row.dn] == [
        Row("end user carol@example.com", "carol@example.com"),
        Row("end user grace@example.com", "grace@example.com"),
    ]
    assert {row.user.partition("@")[0] for row in rows} == {"alice", "bob", "carol", "grace"}


@pytest.mark.asyncio
async def test_a_user_who_has_left_controls_nothing(cluster: Cluster, tmp_path: Path) -> None:
    office(cluster)
    cluster.sql.execute("UPDATE enduser SET status = 2 WHERE userid = 'bob'")
    async with serving(cluster, tmp_path) as house:
        assert {row.user for row in await house.rows()} == {"alice@example.com"}


@pytest.mark.asyncio
async def test_a_directory_without_any_line_is_not_believed(cluster: Cluster, tmp_path: Path) -> None:
    office(cluster)
    cluster.sql.execute("UPDATE enduser SET directoryuri = NULL")
    async with serving(cluster, tmp_path) as house:
        error = await house.error(user_column="directoryuri")
    assert str(error).endswith("no active end user has a line: nobody could use one")
    assert "directoryuri" in error.cure


@pytest.mark.asyncio
async def test_extension_mobility_is_followed_to_the_phone(cluster: Cluster, tmp_path: Path) -> None:
    alice, bob = cluster.user("alice", "alice@example.com"), cluster.user("bob", "bob@example.com")
    hall, desk = cluster.phone("SEP00000000000A", "Cisco 8865"), cluster.phone("SEP00000000000B")
    cluster.line(hall, "9000")
    cluster.line(desk, "2002")
    cluster.associate(bob, desk)
    for user, dn in ((alice, "2001"), (bob, "2002")):
        profile = cluster.profile(f"EM-{dn}", "Cisco 7841")
        cluster.line(profile, dn)
        cluster.associate(user, profile, 5)
        cluster.associate(user, profile, 1)
        if user is alice:
            cluster.login(alice, hall, profile)
            cluster.login(None, cluster.phone("SEP00000000000C"), None)
        else:
            cluster.login(bob, desk, profile)
    async with serving(cluster, tmp_path) as house:
        rows = await house.rows()
    assert brief(rows) == [
        ("alice@example.com", "2001", "SEP00000000000A"),
        ("bob@example.com", "2002", "SEP00000000000B"),
    ]
    assert rows[0].model == "Cisco 8865"


@pytest.mark.asyncio
async def test_nothing_of_a_configuration_gets_into_sql(cluster: Cluster, tmp_path: Path) -> None:
    office(cluster)
    async with serving(cluster, tmp_path) as house:
        rows = await house.rows(user_column="userid", domain="x'; DELETE")
        assert [row.user for row in rows][-1] == "bob@x'; DELETE"
        assert not [sql for sql in house.server.asked if "DELETE" in sql]
        for wrong in (
            {"user_column": "pkid = '' OR ''"},
            {"host": "cucm_pub"},
            {"page": 1},
            {"page": 50_001},
        ):
            with pytest.raises(ValueError, match=r"not a column|a host name has only|a page has from 2 to"):
                house.source(**wrong)


# Large results


@pytest.mark.asyncio
async def test_twelve_thousand_rows_come_in_parts(cluster: Cluster, tmp_path: Path) -> None:
    crowd(cluster, 12_000)
    async with serving(cluster, tmp_path) as house:
        rows = await house.rows()
    assert {row.dn for row in rows} == {f"{100_000 + number}" for number in range(12_000)}
    assert len(rows) == 12_000
    parts = [sql.partition(" eu.")[0] for sql in house.server.asked if "enduserdevicemap" in sql]
    assert parts[:3] == ["SELECT FIRST 1000", "SELECT SKIP 999 FIRST 1000", "SELECT SKIP 1998 FIRST 1000"]
    assert len(parts) == 13


@pytest.mark.asyncio
@pytest.mark.parametrize("count", [1, 2, 9, 10, 11, 19, 20])
async def test_no_row_is_lost_where_parts_meet(cluster: Cluster, tmp_path: Path, count: int) -> None:
    crowd(cluster, count)
    async with serving(cluster, tmp_path) as house:
        rows = await house.rows(page=10)
    assert len(rows) == len({row.dn for row in rows}) == count


@pytest.mark.asyncio
async def test_more_than_8_mb_are_asked_for_as_suggested(cluster: Cluster, tmp_path: Path) -> None:
    crowd(cluster, 12_000, padding="x" * 250)
    async with serving(cluster, tmp_path) as house:
        rows = await house.rows(page=12_001)
    assert len({row.dn for row in rows}) == 12_000
    lines = [sql.partition(" eu.")[0] for sql in house.server.asked if "enduserdevicemap" in sql]
    (suggested,) = house.server.suggestions
    assert 6_001 < suggested < 12_000
    page = suggested - 1
    assert lines == ["SELECT FIRST 12001", f"SELECT FIRST {page}", f"SELECT SKIP {page - 1} FIRST {page}"]


@pytest.mark.asyncio
async def test_a_suggestion_that_is_not_enough_is_halved(cluster: Cluster, tmp_path: Path) -> None:
    crowd(cluster, 60)
    async with serving(cluster, tmp_path, limit=6_000, suggested=51) as house:
        rows = await house.rows(page=100)
    assert len(rows) == 60
    lines = [sql.partition(" eu.")[0] for sql in house.server.asked if "enduserdevicemap" in sql]
    assert lines[:4] == ["SELECT FIRST 100", "SELECT FIRST 50", "SELECT FIRST 25", "SELECT FIRST 12"]


@pytest.mark.asyncio
async def test_a_row_that_is_too_large_ends_the_load(cluster: Cluster, tmp_path: Path) -> None:
    office(cluster)
    async with serving(cluster, tmp_path, limit=600) as house:
        error = await house.error(page=16)
    assert "Query request too large. Total rows matched: 2 rows" in str(error)


@pytest.mark.asyncio
async def test_an_answer_without_end_is_cut(cluster: Cluster, tmp_path: Path) -> None:
    whole = 64 * 2**20
    sent = []

    async def flood(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        for done in range(0, whole, 65_536):
            sent.append(done)
            if request.transport is None or request.transport.is_closing():
                break
            await response.write(b" " * 65_536)
            await asyncio.sleep(0)  # nothing else lets the loop see that the client has gone
        return response

    async with serving(cluster, tmp_path, replies=dict.fromkeys(range(1, 10), flood)) as house:
        error = await house.error(page=8)
        assert len(house.server.asked) == 3
    assert f"more than {MAX_ANSWER:,} bytes" in str(error)
    assert max(sent) < whole - 65_536


@pytest.mark.asyncio
async def test_rows_that_move_while_they_are_read_are_read_again(cluster: Cluster, tmp_path: Path) -> None:
    crowd(cluster, 30)

    def hire(number: int) -> None:
        if number == 3:  # after the first part of the lines of phones
            phone = cluster.phone("SEPAAAAAAAAAAAA")
            cluster.line(phone, "7")
            cluster.associate(cluster.user("a", "a@example.com"), phone)

    async with serving(cluster, tmp_path, before=hire) as house:
        rows = await house.rows(page=10)
    assert len(rows) == len({row.dn for row in rows}) == 31


@pytest.mark.asyncio
async def test_rows_that_never_stand_still_end_the_load(cluster: Cluster, tmp_path: Path) -> None:
    crowd(cluster, 30)
    gone = iter(range(30))

    def fire(_number: int) -> None:
        cluster.sql.execute(
            "DELETE FROM enduserdevicemap WHERE pkid = (SELECT min(pkid) FROM enduserdevicemap)"
        )
        cluster.sql.execute("DELETE FROM enduser WHERE userid = ?", (f"u{next(gone)}",))

    async with serving(cluster, tmp_path, before=fire) as house:
        error = await house.error(page=10)
    assert "rows came or went while they were read, 3 times over" in str(error)


@pytest.mark.asyncio
async def test_the_number_of_rows_is_bounded(cluster: Cluster, tmp_path: Path) -> None:
    crowd(cluster, 30)
    async with serving(cluster, tmp_path) as house:
        assert len(await house.rows(page=10, limits=Limits(rows=60))) == 30
        error = await house.error(page=10, limits=Limits(rows=59))
    assert str(error).endswith("more than 59 rows")


# Patience


@pytest.mark.asyncio
async def test_503_is_waited_out(cluster: Cluster, tmp_path: Path) -> None:
    office(cluster)
    async with serving(cluster, tmp_path, busy=3) as house:
        assert len(await house.rows()) == 4
    assert house.paused == [1.5, 3.0, 6.0]


@pytest.mark.asyncio
async def test_503_in_the_middle_loses_nothing(cluster: Cluster, tmp_path: Path) -> None:
    crowd(cluster, 55)
    async with serving(cluster, tmp_path, per_interval=4) as house:
        server = house.server

        def later() -> None:
            server.interval += 1

        house.paused_before = later
        rows = await house.rows(page=10)
    assert len({row.dn for row in rows}) == 55
    assert house.paused == [1.5] * 3  # 16 questions


@pytest.mark.asyncio
async def test_503_for_ever_ends_the_load(cluster: Cluster, tmp_path: Path) -> None:
    async with serving(cluster, tmp_path, busy=100) as house:
        error = await house.error(chance=lambda: 0.999)
        assert house.server.busy == 100 - len(STEPS) - 1
    assert "CUCM throttles AXL (503)" in str(error)
    assert sum(house.paused) <= sum(STEPS)


@pytest.mark.asyncio
async def test_retry_after_is_heeded(cluster: Cluster, tmp_path: Path) -> None:
    office(cluster)
    async with serving(cluster, tmp_path, busy=1, busy_headers={"Retry-After": "17"}) as house:
        await house.rows()
        assert house.paused == [17.0]
        house.server.busy, house.server.busy_headers = 1, {"Retry-After": f"{LONGEST_PAUSE + 1:.0f}"}
        error = await house.error()
    assert str(error).endswith("CUCM throttles AXL (503), and wants to be asked in 121 s")
    assert house.paused == [17.0]


@pytest.mark.asyncio
async def test_too_much_in_progress_is_waited_out(cluster: Cluster, tmp_path: Path) -> None:
    office(cluster)
    async with serving(cluster, tmp_path, crowded=2) as house:
        assert len(await house.rows()) == 4
    assert house.paused == [1.5, 3.0]


def test_retry_after_is_seconds_or_a_date() -> None:
    date = "Sat, 21 Nov 2026 08:00:00 GMT"
    assert retry_after("17", "") == 17.0
    assert retry_after("Sat, 21 Nov 2026 08:00:30 GMT", date) == 30.0
    assert retry_after("Sat, 21 Nov 2026 07:00:00 GMT", date) == 0.0
    for value in ("", "soon", "-1", "1.5", "9" * 10, "٣", "Sat, 21 Nov 2026 08:00:30 -0000"):
        assert retry_after(value, date) is None
    assert retry_after("Sat, 21 Nov 2026 08:00:30 GMT", "") is None


@pytest.mark.asyncio
async def test_changed_comes_back_after_the_time_to_refresh(cluster: Cluster, tmp_path: Path) -> None:
    async with serving(cluster, tmp_path) as house:
        source = house.source(refresh=600.0)
        await source.changed()
        await source.close()
        await source.close()
    assert house.paused == [600.0]


# Who asks, and in which version


@pytest.mark.asyncio
async def test_a_wrong_password_is_told_apart(cluster: Cluster, tmp_path: Path) -> None:
    async with serving(cluster, tmp_path) as house:
        error = await house.error(password=lambda: "guessed")
        assert "does not take this user with this password (401)" in str(error)
        assert error.rest == LOCK_OUT
        assert "Standard AXL API Access" in error.cure
        house.server.without_role = frozenset({"axl"})
        error = await house.error()
    assert "lets him not use AXL (403)" in str(error)
    assert "Standard AXL API Access" in error.cure


@pytest.mark.asyncio
async def test_a_changed_password_needs_no_restart(cluster: Cluster, tmp_path: Path) -> None:
    office(cluster)
    file = tmp_path / "password"
    file.write_text("old")
    async with serving(cluster, tmp_path) as house:
        source = house.source(password=file.read_text)
        with pytest.raises(SourceError, match="401"):
            await source.load()
        file.write_text(PASSWORD)
        assert len(await source.load()) == 4
        file.unlink()
        with pytest.raises(SourceError, match="the password cannot be read: No such file or directory"):
            await source.load()


@pytest.mark.asyncio
async def test_no_password_is_told_to_anybody(cluster: Cluster, tmp_path: Path) -> None:
    async with serving(cluster, tmp_path) as house:
        source = house.source(user="a xl@home", password=lambda: "hush-hush")
        with pytest.raises(SourceError) as caught:
            await source.load()
    assert source.name == f"axl://a%20xl%40home@127.0.0.1:{house.server.port}"
    shown = f"{caught.value!r} {caught.value.cure} {caught.value.__cause__!r} {source!r} {vars(source)!r}"
    assert "hush" not in shown


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("release", "version"),
    [
        ("8.6.2.20000-2", "8.5"),
        ("9.1.2.10000-28", "9.1"),
        ("12.5.1.11900-146", "12.5"),
        ("14.0.1.10000-20", "14.0"),
        ("15.0", "15.0"),
    ],
)
async def test_the_version_is_that_of_cucm(
    cluster: Cluster, tmp_path: Path, release: str, version: str
) -> None:
    office(cluster)
    async with serving(cluster, tmp_path, release=release, served=("1.5", version)) as house:
        await house.rows()
    assert house.server.versions == ["1.0", version, version, version]


@pytest.mark.asyncio
async def test_a_version_that_is_not_served_is_told_apart(cluster: Cluster, tmp_path: Path) -> None:
    async with serving(cluster, tmp_path, release="16.2.1", served=("12.x", "14.0", "15.0")) as house:
        error = await house.error()
    assert str(error).endswith("CUCM does not serve AXL 16.2 (599); it serves 12.x and 14.0 and 15.0")


# What can be wrong on the way


@pytest.mark.asyncio
async def test_certificates_are_verified(cluster: Cluster, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    async with serving(cluster, tmp_path) as house:
        error = await house.error(ssl=ssl.create_default_context(cafile=self_signed(other)))
        assert "the certificate is not trusted: self-signed certificate" in str(error)
        assert "tomcat certificate" in error.cure
        error = await house.error(host="localhost")
    assert "the certificate is not trusted: Hostname mismatch" in str(error)
    assert house.server.versions == []


@pytest.mark.asyncio
async def test_each_way_of_not_getting_there_has_its_words(cluster: Cluster, tmp_path: Path) -> None:
    async with serving(cluster, tmp_path, tls=False) as house:
        assert "no connection: " in str(await house.error())
    error = await house.error()
    assert (str(error), error.cure) == (
        f"axl://axl@127.0.0.1:{house.server.port}: the connection is refused",
        "check the port in [directory] source (8443), and that Cisco Tomcat runs on the node",
    )
    error = await house.error(host="cucm.invalid")
    assert str(error).endswith("the host cannot be resolved")


@pytest.mark.asyncio
async def test_no_answer_in_time_ends_the_load(cluster: Cluster, tmp_path: Path) -> None:
    async def hang(_request: web.Request) -> web.StreamResponse:
        await asyncio.Event().wait()
        raise AssertionError

    async with serving(cluster, tmp_path, replies=dict.fromkeys(range(1, 3), hang)) as house:
        error = await house.error(limits=Limits(request=0.2))
        assert str(error).endswith("no answer within 0.2 s")
        error = await house.error(limits=Limits(load=0.2))
    assert str(error).endswith("not everything was read within 0.2 s")


@pytest.mark.asyncio
async def test_a_load_can_be_cancelled(cluster: Cluster, tmp_path: Path) -> None:
    reached = asyncio.Event()

    async def hang(_request: web.Request) -> web.StreamResponse:
        reached.set()
        await asyncio.Event().wait()
        raise AssertionError

    office(cluster)
    async with serving(cluster, tmp_path, replies={1: hang}) as house:
        source = house.source()
        load = asyncio.ensure_future(source.load())
        await asyncio.wait_for(reached.wait(), 10)
        load.cancel()
        with pytest.raises(asyncio.CancelledError):
            await load
        assert len(await source.load()) == 4


def replying(response: Callable[[], web.Response]) -> Reply:
    async def reply(_request: web.Request) -> web.StreamResponse:
        return response()

    return reply


def page(status: int, body: bytes | str, **headers: str) -> Reply:
    content = body.encode() if isinstance(body, str) else body
    return replying(lambda: web.Response(status=status, body=content, headers=headers))


def rows_of(*rows: str) -> Reply:
    return replying(lambda: answer("executeSQLQuery", "12.5", "".join(rows)))


DOCTYPE = '<!DOCTYPE a [<!ENTITY b "bbbb">]><a>&b;</a>'


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("reply", "text"),
    [
        (page(200, b""), "the answer (200) is not one of AXL: no well-formed XML"),
        (page(200, b"\x00\xff\x1f\x8b" * 100), "no well-formed XML"),
        (page(200, "<html><body>Sign in<br></body></html>"), "no well-formed XML"),
        (page(500, "<html><body>Server error</body></html>"), "the answer (500) is not one of AXL: no SOAP"),
        (page(200, DOCTYPE), "it has a DOCTYPE"),
        (page(200, DOCTYPE.encode("utf-16")), "no well-formed XML"),
        (page(200, "<a>" * 300 + "</a>" * 300), "no well-formed XML"),
        (replying(lambda: answer("getCCMVersion", "12.5", "")), "no answer to executeSQLQuery"),
        (rows_of("<row><address>a</address><extra>b</extra></row>"), "other columns than were asked for"),
        (replying(lambda: answer("executeSQLQuery", "12.5", "", whole=False)), "no <return> in it"),
        (rows_of("<row><devicename>a</devicename></row>"), "other columns than were asked for"),
        (rows_of("<row><address>a</address></row>" * 1001), "it has more rows than were asked for"),
        (replying(lambda: fault("no  such\ntable")), "CUCM gives no rows: no such table"),
        (replying(lambda: fault("")), "CUCM gives no rows: a fault without words"),
        (page(302, "", Location="/ccmadmin/"), "CUCM answers 302"),
        (
            page(400, "<html>The character [_] is never valid</html>"),
            "refuses the request as malformed (400)",
        ),
        (page(404, "<html>"), "has no AXL (404)"),
        (page(502, "x" * 200_000), "CUCM answers 502"),
        (page(599, "nothing"), "CUCM does not serve AXL 12.5 (599)"),
    ],
)
async def test_what_is_no_answer_ends_the_load(
    cluster: Cluster, tmp_path: Path, reply: Reply, text: str
) -> None:
    office(cluster)
    async with serving(cluster, tmp_path, replies={2: reply}) as house:
        assert text in str(await house.error())
        assert len(house.server.asked) == 2


@pytest.mark.asyncio
async def test_an_answer_that_is_cut_ends_the_load(cluster: Cluster, tmp_path: Path) -> None:
    async def cut(request: web.Request) -> web.StreamResponse:
        whole = answer("executeSQLQuery", "12.5", "<row><address>alice@example.com</address></row>").body
        assert isinstance(whole, bytes)
        response = web.StreamResponse(headers={"Content-Length": str(len(whole))})
        await response.prepare(request)
        await response.write(whole[:-40])
        assert request.transport is not None
        request.transport.close()
        return response

    async with serving(cluster, tmp_path, replies={1: cut}) as house:
        error = await house.error()
    assert "the connection was lost" in str(error)


@pytest.mark.asyncio
async def test_a_server_that_goes_between_two_parts_leaves_no_half(cluster: Cluster, tmp_path: Path) -> None:
    async def go(request: web.Request) -> web.StreamResponse:
        assert request.transport is not None
        request.transport.abort()
        return web.Response()

    crowd(cluster, 30)
    async with serving(cluster, tmp_path, replies={3: go}) as house:
        source = house.source(page=10)
        with pytest.raises(SourceError, match="the connection was lost"):
            await source.load()
        assert len(house.server.asked) == 3
        assert len(await source.load()) == 30


# Messages


def test_a_version_is_read_or_refused() -> None:
    def body(content: str) -> bytes:
        written = answer("getCCMVersion", "11.5", content).body
        assert isinstance(written, bytes)
        return written

    version = "<componentVersion><version>%s</version></componentVersion>"
    assert read_version(body(version % " 14.0.1.10000-20 ")) == "14.0"
    for content in (
        "",
        version % "",
        version % "14",
        version % "latest",
        version % "1.2x",
        "<version>9.1</version>",
    ):
        with pytest.raises(Unreadable):
            read_version(body(content))


def test_sql_arrives_as_it_was_written() -> None:
    sql = "SELECT FIRST 1 a FROM b WHERE c < 'ä & \"d\"'"
    question = ask_rows("14.0", sql)
    assert question.action == '"CUCM:DB ver=14.0 executeSQLQuery"'
    assert etree.fromstring(question.body).findtext(".//sql") == sql


def test_a_fault_is_short_and_on_one_line() -> None:
    written = fault("a\x85b\u202ec\n" + "d" * 10_000).body
    assert isinstance(written, bytes)
    with pytest.raises(Fault) as caught:
        read_records(written, ("address",), 10)
    assert str(caught.value) == "a bc " + "d" * 195


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("axl://axl@cucm1.example.com", AxlUrl("axl", "cucm1.example.com")),
        ("AXL://a%40b%20c@10.0.0.1:443/", AxlUrl("a@b c", "10.0.0.1", 443)),
        ("axl://a@b@cucm?user_column=directoryuri", AxlUrl("a@b", "cucm", 8443, "directoryuri")),
        (
            "axl://axl@cucm:8443/?user_column=userid&domain=example.com",
            AxlUrl("axl", "cucm", 8443, "userid", "example.com"),
        ),
    ],
)
def test_a_url_is_read(text: str, url: AxlUrl) -> None:
    assert parse_axl_url(text) == url


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("https://axl@cucm", "not axl://USER@HOST"),
        ("axl:axl@cucm", "not axl://USER@HOST"),
        ("axl://cucm", "the user is missing"),
        ("axl://@cucm", "the user is missing"),
        ("axl://a%3Ab@cucm", "basic authentication cannot carry"),
        ("axl://a%0Ab@cucm", "basic authentication cannot carry"),
        ("axl://axl:tiger@cucm", "a password is not written here"),
        ("axl://axl:ti/ger@cucm:8443", "a password is not written here"),
        ("axl://axl:ti?ger@cucm", "the user is missing"),
        ("axl://axl@", "the host is missing"),
        ("axl://axl@cucm..example.com", "no host name"),
        ("axl://axl@-cucm", "no host name"),
        ("axl://axl@cucm_pub.example.com", "the underscore above all, with 400"),
        ("axl://axl@[::1]", "a host name has only letters"),
        ("axl://axl@cucm/axl", "a host name has only letters"),
        ("axl://axl@cucm:", "the port"),
        ("axl://axl@cucm:0", "the port"),
        ("axl://axl@cucm:65536", "the port"),
        ("axl://axl@cucm:" + "9" * 5000, "the port"),
        ("axl://axl@cucm:٣", "the port"),
        ("axl://axl@cucm?column=mailid", "the parameter 'column' is not known"),
        ("axl://axl@cucm?user_column=pkid", "user_column 'pkid' is none of mailid, directoryuri, userid"),
        ("axl://axl@cucm?user_column=userid", "domain goes with user_column=userid"),
        ("axl://axl@cucm?domain=example.com", "domain goes with user_column=userid"),
        ("axl://axl@cucm?user_column=userid&domain=a'b", "a host name has only letters"),
    ],
)
def test_a_url_is_refused_with_the_reason(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason) as caught:
        parse_axl_url(text)
    assert "tiger" not in str(caught.value)
    assert "ger" not in str(caught.value)
