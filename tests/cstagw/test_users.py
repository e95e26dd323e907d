"""One user as an administrator sees him, and the device that is chosen for him: directly and over HTTP."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from csta_xml import (
    CallId,
    ConnectionId,
    Event,
    LocalConnectionState,
    MonitorCrossRefId,
    MonitorType,
    SnapshotDevice,
    SnapshotDeviceInfo,
    SnapshotDeviceResponse,
)
from cstagw.admin import user_routes
from cstagw.askings import Asking, Askings
from cstagw.directory import Directory, Row, Table, read_rows
from cstagw.errors import operation
from cstagw.following import Following
from cstagw.identity import LineUri
from cstagw.inquiry import Inquiries
from cstagw.lines import Lines
from cstagw.moving import Asked
from cstagw.refused_lines import RefusedLines
from cstagw.selection import Choice, Choices, Key, StoreError
from cstagw.selection.keeping import Keeping
from cstagw.session import Session, Subscription
from cstagw.users import NotHis, UnknownUser, Users
from sip import Dialog, Flow, Transport
from tests.cstagw.selection.test_keeping import DOWN, Program
from tests.cstagw.test_moving import World

pytestmark = pytest.mark.asyncio

#: user dn device[;partition] enabled
ROWS = (
    "ca@x 1100 SEPHARD yes",
    "ca@x 1100 SEPSOFT yes",
    "da@x 1200 SEPS;staff yes",
    "da@x 1200 SEPL;lab yes",
    "er@x 1300 SEPE yes",
    "er@x 1301 SEPE yes",
    "er@x 1301 SEPF yes",
    "he@x 1400 SEPH no",
    "fi@x 1500 - yes",
    "no@x - - yes",
)
START = 1_000_000.0


def table_of(*rows: str) -> Table:
    found = []
    for number, row in enumerate(rows, 2):
        user, dn, device, enabled = ("" if word == "-" else word for word in row.split())
        name, _, partition = device.partition(";")
        found.append(Row(f"line {number}", user, dn, partition, name, "Cisco 8851", enabled))
    return Table(read_rows(found))


class House(World):
    """Sessions that follow their lines, over two CTIManagers, with a directory and a store of choices."""

    def __init__(self, *rows: str) -> None:
        super().__init__("a", "b", sessions=0)
        self.directory = Directory("csv", "csv:lines.csv")
        self.directory.taken(table_of(*(rows or ROWS)), START - 60)
        self.lines = Lines(self.directory, Choices(), all_lines=frozenset({"su@x"}))
        self.store = Program()
        self.keeping = Keeping(self.store, self.lines.choices, changed=self._chosen)
        self.askings = Askings()
        self.following = Following(
            self.lines,
            self.sessions,
            links=self,
            moving=self.moving,
            inquiries=Inquiries(self, RefusedLines(lambda: 0.0)),
            host=self,
            clock=lambda: self.now,
            later=self._later,
        )
        self.users = Users(
            self.lines,
            self.sessions,
            following=self.following,
            askings=self.askings,
            keeping=self.keeping,
            clock=lambda: self.now,
            wall_clock=lambda: START + self.now,
        )

    def _chosen(self, keys: set[Key]) -> None:
        self.following.choices_changed(keys)

    def arrived(self, session: Session, missed: list[Event], waiting: list[Asked]) -> None:
        self.following.arrived(session)

    def revoked(self, session: Session, text: str) -> None:
        raise AssertionError(text)

    def sign_in(self, user: str, line: str) -> Session:
        """With a monitor, at the appearance that the rules give him."""
        uri = LineUri.parse(line)
        candidates = self.lines.candidates(user, uri)
        number = len(self.sessions)
        session = Session(
            f"s{number}",
            f"sip:{user}",
            uri,
            candidates.fallback,
            self.up[0],
            "ns",
            self.now,
            owner=user,
            rule=candidates.rule,
        )
        session.monitors[MonitorCrossRefId(f"r{number}")] = Subscription(MonitorType.DEVICE, frozenset())
        self.sessions.add(dialog(number), session)
        return session

    def selection(self, user: str) -> tuple[object, object]:
        """State and text of his only choice."""
        report: Any = self.users.report(user)
        [found] = report["selections"]
        return found["state"], found["text"]


def dialog(number: int) -> Dialog:
    return Dialog(
        call_id=b"%d" % number,
        local=b"",
        local_tag=b"%d" % number,
        remote=b"",
        remote_tag=b"",
        target=b"sip:a@x",
        routes=(),
        contact=b"",
        flow=Flow(Transport.TCP, ("", 0), ("", 0)),
    )


def call(session: Session, state: LocalConnectionState = LocalConnectionState.CONNECTED) -> None:
    """There is a call at the session's phone."""
    info = SnapshotDeviceInfo(
        connection_identifier=ConnectionId(CallId("7"), session.appearance.wire), local_call_state=(state,)
    )
    session.calls.snapshot(SnapshotDeviceResponse(snapshot=(info,)))


async def refusal(house: House, user: str, device: str | None, dn: str | None = None) -> str:
    with pytest.raises(NotHis) as caught:
        await house.users.select(user, device, dn)
    assert (house.store.calls, len(house.lines.choices)) == ([], 0)
    return str(caught.value)


# Reports


async def test_everything_about_a_user() -> None:
    house = House()
    session = house.sign_in("ca@x", "tel:1100;phone-context=dialstring")
    call(session)
    house.askings.granted("ca@x", Asking(0.0, "tel:1100", "10.0.0.5", 200, device="SEPHARD", session="s0"))
    house.askings.refused("ca@x", Asking(1.0, "tel:1", "10.0.0.5", 404, "unknown_line", "no line"))
    await house.users.select("ca@x", "SEPHARD")
    house.now = 10.0
    report = house.users.report("ca@x")
    one = {"dn": "1100", "partition": "", "model": "Cisco 8851", "enabled": True}
    assert report == {
        "user": "ca@x",
        "controls_all_lines": False,
        "directory": house.directory.report(START + 10),
        "selection_store": {"name": house.store.name, "error": "", "cure": ""},
        "appearances": [
            one | {"device": "SEPHARD", "chosen": True},
            one | {"device": "SEPSOFT", "chosen": False},
        ],
        "selections": [
            {
                "dn": "1100",
                "device": "SEPHARD",
                "partition": "",
                "state": "in force",
                "text": "",
                "chosen_seconds_ago": 10.0,
            }
        ],
        "sessions": [
            {
                "id": "s0",
                "line": "tel:1100;phone-context=dialstring",
                "dn": "1100",
                "device": "SEPHARD",
                "partition": None,
                "rule": str(session.rule),
                "ctimanager": "a",
                "moving": False,
                "waits_for": None,
                "monitors": 1,
                "calls": {"7": "connected"},
                "seconds": 10.0,
            }
        ],
        "last_granted": Asking(0.0, "tel:1100", "10.0.0.5", 200, device="SEPHARD", session="s0").report(10.0),
        "last_refused": Asking(1.0, "tel:1", "10.0.0.5", 404, "unknown_line", "no line").report(10.0),
    }
    json.dumps(report)


async def test_nobody_has_heard_of_him() -> None:
    house = House()
    with pytest.raises(UnknownUser):
        house.users.report("zz@x")
    house.askings.refused("zz@x", Asking(0.0, "tel:1", "10.0.0.5", 403, "not_authorized", "no"))
    assert house.users.report("zz@x")["appearances"] == []


async def test_a_user_without_a_line_is_known() -> None:
    assert House().users.report("no@x")["appearances"] == []


async def test_whoever_may_control_every_line_is_known() -> None:
    report = House().users.report("su@x")
    assert (report["controls_all_lines"], report["appearances"], report["sessions"]) == (True, [], [])


async def test_with_the_open_directory_only_sessions_are_known() -> None:
    house = House()
    house.lines.directory = Directory()
    with pytest.raises(UnknownUser):
        house.users.report("ca@x")
    house.sign_in("ca@x", "tel:1100")
    report = house.users.report("ca@x")
    assert (report["controls_all_lines"], report["appearances"]) == (True, [])


async def test_a_store_that_is_down_is_said() -> None:
    house = House()
    house.keeping.error, house.keeping.cure = "the database is gone", "start it"
    store = house.users.report("ca@x")["selection_store"]
    assert store == {"name": house.store.name, "error": "the database is gone", "cure": "start it"}


# Choosing


@pytest.mark.parametrize(
    ("user", "device", "dn", "chosen"),
    [
        ("ca@x", "SEPSOFT", None, ["1100 SEPSOFT"]),
        ("ca@x", "sepsoft", None, ["1100 SEPSOFT"]),
        ("ca@x", "SEPHARD", "1100", ["1100 SEPHARD"]),
        ("da@x", "SEPL", None, ["1200 SEPL lab"]),
        ("er@x", "SEPE", None, ["1300 SEPE", "1301 SEPE"]),
        ("er@x", "SEPE", "1301", ["1301 SEPE"]),
        ("er@x", "SEPF", None, ["1301 SEPF"]),
    ],
)
async def test_a_device_is_chosen_for_every_line_there_or_for_one(
    user: str, device: str, dn: str | None, chosen: list[str]
) -> None:
    house = House()
    await house.users.select(user, device, dn)
    kept = sorted(house.store.kept.values(), key=lambda choice: choice.dn)
    assert [f"{one.dn} {one.device} {one.partition}".strip() for one in kept] == chosen
    assert {(one.user, one.chosen_at) for one in kept} == {(user, START)}
    assert len(house.lines.choices) == len(chosen)


async def test_a_device_with_the_number_twice_gives_the_first_that_is_enabled() -> None:
    house = House("da@x 1200 SEPS;off no", "da@x 1200 SEPS;staff yes", "da@x 1200 SEPS;lab yes")
    await house.users.select("da@x", "SEPS")
    assert [one.partition for one in house.store.kept.values()] == ["staff"]


@pytest.mark.parametrize(("dn", "left"), [(None, set()), ("1301", {"1300"})])
async def test_choices_are_taken_back(dn: str | None, left: set[str]) -> None:
    house = House()
    await house.users.select("er@x", "SEPE")
    await house.users.select("er@x", None, dn)
    assert {number for number in ("1300", "1301") if house.lines.choices.of("er@x", number)} == left


@pytest.mark.parametrize(
    ("user", "device", "dn", "text"),
    [
        ("ca@x", "SEPE", None, "SEPE is not a device of ca@x; his are SEPHARD, SEPSOFT"),
        ("er@x", "SEPF", "1300", "SEPF is not a device of er@x; his are SEPE"),
        ("he@x", "seph", None, "SEPH is disabled for he@x"),
        ("fi@x", "SEPE", None, "SEPE is not a device of fi@x; his are none"),
        ("ca@x", "SEPHARD", "1300", "ca@x has no line 1300"),
        ("no@x", "SEPHARD", None, "no@x has no line appearance"),
        ("su@x", None, None, "su@x has no line appearance"),
    ],
)
async def test_a_device_that_cannot_be_his(user: str, device: str | None, dn: str | None, text: str) -> None:
    assert await refusal(House(), user, device, dn) == text


async def test_with_the_open_directory_nobodys_devices_are_known() -> None:
    house = House()
    house.lines.directory = Directory()
    assert "the directory is open" in await refusal(house, "ca@x", "SEPHARD")


async def test_nothing_is_chosen_for_somebody_unknown() -> None:
    with pytest.raises(UnknownUser):
        await House().users.select("zz@x", "SEPHARD")


async def test_a_choice_that_is_not_kept_changes_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    house = House()
    session = house.sign_in("ca@x", "tel:1100")
    house.store.down = DOWN
    with pytest.raises(StoreError, match=str(DOWN)):
        await house.users.select("ca@x", "SEPSOFT")
    house.run(5.0)
    assert (len(house.lines.choices), session.appearance.device) == (0, "SEPHARD")
    assert "selection.chosen" not in capsys.readouterr().out


async def test_who_chose_what_is_logged(capsys: pytest.CaptureFixture[str]) -> None:
    house = House()
    await house.users.select("da@x", "SEPL")
    await house.users.select("da@x", None)
    chosen, taken_back = capsys.readouterr().out.splitlines()
    for word in ("selection.chosen", "user=da@x", "dn=1200", "device=SEPL", "partition=lab"):
        assert word in chosen
    assert "selection.taken_back" in taken_back


# What has become of a choice


async def test_without_a_session_it_is_stored() -> None:
    house = House()
    await house.users.select("ca@x", "SEPSOFT")
    assert house.selection("ca@x") == ("stored", "takes effect at the next sign-in")
    house.sign_in("ca@x", "tel:1100")
    assert house.selection("ca@x") == ("in force", "")


async def test_it_is_pending_until_the_session_has_followed() -> None:
    house = House()
    session = house.sign_in("ca@x", "tel:1100")
    await house.users.select("ca@x", "SEPSOFT")
    assert house.selection("ca@x") == ("pending", "about to take effect")
    house.run()
    assert (session.appearance.device, house.selection("ca@x")) == ("SEPSOFT", ("in force", ""))


async def test_it_waits_for_the_end_of_a_call() -> None:
    house = House()
    session = house.sign_in("ca@x", "tel:1100")
    call(session)
    await house.users.select("ca@x", "SEPSOFT")
    house.run(3.0)
    wanted = ("pending", "takes effect when the call at the old device is over")
    assert (session.appearance.device, house.selection("ca@x")) == ("SEPHARD", wanted)
    session.calls.clear()
    house.run(3.0)
    assert (session.appearance.device, house.selection("ca@x")[0]) == ("SEPSOFT", "in force")


async def test_a_session_that_has_to_go_elsewhere_says_so_without_any_choice() -> None:
    house = House()
    session = house.sign_in("ca@x", "tel:1100")
    call(session)
    house.directory.taken(table_of("ca@x 1100 SEPNEW yes"), START)
    house.following.directory_changed()
    house.run()
    report: dict[str, Any] = house.users.report("ca@x")
    waits = {"devices": ["SEPNEW"], "text": "takes effect when the call at the old device is over"}
    assert [session["waits_for"] for session in report["sessions"]] == [waits]


async def test_nothing_is_chosen_before_the_directory_was_loaded() -> None:
    house = House()
    house.directory.table = None
    with pytest.raises(StoreError, match=r"the directory csv:lines\.csv has not been loaded yet"):
        await house.users.select("ca@x", "SEPSOFT")


async def test_what_was_kept_before_the_store_failed_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    house = House()
    put = house.store.put
    kept: list[Choice] = []

    async def once(choice: Choice) -> None:
        if kept:
            raise DOWN
        kept.append(choice)
        await put(choice)

    monkeypatch.setattr(house.store, "put", once)
    with pytest.raises(StoreError, match="before that it was kept for 130") as refused:
        await house.users.select("er@x", "SEPE")
    assert refused.value.cure == f"{DOWN.cure}; then choose again"


async def test_what_a_ctimanager_says_against_it_is_said() -> None:
    house = House()
    session = house.sign_in("ca@x", "tel:1100")
    house.answers["a", SnapshotDevice] = operation("invalidDeviceID")
    await house.users.select("ca@x", "SEPSOFT")
    house.run(3.0)
    state, text = house.selection("ca@x")
    said = "not possible so far: Address 1100 on SEPSOFT is not in provider's domain"
    assert (state, str(text).startswith(said)) == ("pending", True)
    assert session.appearance.device == "SEPHARD"


async def test_one_that_the_directory_does_not_give_any_more_is_void() -> None:
    house = House()
    await house.users.select("ca@x", "SEPSOFT")
    for rows in (["ca@x 1100 SEPHARD yes"], ["ca@x 1100 SEPHARD yes", "ca@x 1100 SEPSOFT no"]):
        house.directory.taken(table_of(*rows), START)
        assert house.selection("ca@x")[0] == "void"


async def test_one_that_the_line_uri_of_the_session_excludes_is_not_in_force() -> None:
    house = House()
    session = house.sign_in("da@x", "tel:1200;partition=staff")
    await house.users.select("da@x", "SEPL")
    house.run(3.0)
    assert session.appearance.device == "SEPS"
    assert house.selection("da@x") == (
        "stored",
        "the Line URI of his session does not allow it; it counts where one does",
    )
    house.sign_in("da@x", "tel:1200")
    assert house.selection("da@x") == ("in force", "")


# Over HTTP


Client = TestClient[web.Request, web.Application]


@pytest.fixture
def house() -> House:
    return House()


@pytest_asyncio.fixture
async def client(house: House) -> AsyncIterator[Client]:
    app = web.Application()
    app.add_routes(user_routes(house.users))
    async with TestClient(TestServer(app)) as client:
        yield client


async def get(client: Client, path: str) -> tuple[int, Any]:
    async with client.get(f"/admin/v1/users/{path}") as response:
        assert response.headers["Cache-Control"] == "no-store"
        return response.status, await response.json()


async def post(client: Client, user: str, body: str | bytes) -> tuple[int, Any]:
    async with client.post(f"/admin/v1/users/{user}/selection", data=body) as response:
        assert response.headers["Cache-Control"] == "no-store"
        return response.status, await response.json()


@pytest.mark.parametrize("path", ["ca@x", "sip:ca@x", "sip%3ACA%40x", "SIPS:Ca@X;user=phone"])
async def test_a_user_in_any_form(client: Client, path: str) -> None:
    status, answer = await get(client, path)
    assert (status, answer["user"], len(answer["appearances"])) == (200, "ca@x", 2)


@pytest.mark.parametrize(
    ("path", "status", "text"),
    [
        ("zz@x", 404, "nobody has heard of zz@x: not in the directory, no session, no sign-in"),
        ("a%2Fb@x", 404, "nobody has heard of a/b@x"),
        ("%3C%3E", 422, "user '<>' is not a SIP address"),
        ("%20", 422, "no user"),
    ],
)
async def test_nobody_of_that_name(client: Client, path: str, status: int, text: str) -> None:
    found, answer = await get(client, path)
    assert (found, text in answer["problems"][0]["text"]) == (status, True), answer


async def test_a_choice_is_answered_with_what_is_so_now(client: Client, house: House) -> None:
    status, answer = await post(client, "sip:er@x", '{"device": "sepe", "line": "1301"}')
    assert (status, [(one["dn"], one["device"]) for one in answer["selections"]]) == (200, [("1301", "SEPE")])
    status, answer = await post(client, "er@x", '{"device": null}')
    assert (status, answer["selections"], len(house.lines.choices)) == (200, [], 0)


@pytest.mark.parametrize(
    "body",
    [
        "",
        "[]",
        "{",
        "{}",
        '{"device": ""}',
        '{"device": 5}',
        '{"device": ["SEPE"]}',
        '{"device": "SEPE", "line": 1300}',
        '{"device": "SEPE", "line": ""}',
        '{"device": "SEPE", "dn": "1300"}',
        b"\xff",
        "[" * 100_000,
    ],
)
async def test_words_that_are_no_wish(client: Client, house: House, body: str | bytes) -> None:
    status, answer = await post(client, "er@x", body)
    assert (status, 'write {"device": "SEP..."}' in answer["problems"][0]["text"]) == (422, True)
    assert house.store.calls == []


@pytest.mark.parametrize(
    ("user", "status", "text"),
    [
        ("zz@x", 404, "nobody has heard of zz@x"),
        ("ca@x", 422, "SEPE is not a device of ca@x; his are SEPHARD, SEPSOFT"),
        ("%3C%3E", 422, "is not a SIP address"),
    ],
)
async def test_a_choice_that_cannot_be(
    client: Client, house: House, user: str, status: int, text: str
) -> None:
    found, answer = await post(client, user, '{"device": "SEPE"}')
    assert (found, text in answer["problems"][0]["text"], house.store.calls) == (status, True, [])


async def test_a_store_that_is_down_is_answered_with_the_next_step(client: Client, house: House) -> None:
    house.store.down = DOWN
    status, answer = await post(client, "er@x", '{"device": "SEPF"}')
    assert (status, answer) == (
        503,
        {"problems": [{"path": "", "text": f"the choice is not kept: {DOWN}"}], "cure": DOWN.cure},
    )


async def test_a_choice_that_was_loaded_may_be_anything(house: House) -> None:
    """Others write to a store that is shared."""
    house.lines.choices.replace([Choice("ca@x", "1100", "SEPGONE"), Choice("ca@x", "9", "SEPHARD")])
    assert house.selection("ca@x")[0] == "void"
