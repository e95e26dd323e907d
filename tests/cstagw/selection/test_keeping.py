"""The copy of users' choices against a store that is there, lost and back, slow, or breaks its word."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from cstagw.selection import Choice, Choices, Key, SelectionStore, StoreError, keeping
from cstagw.selection.choices import key_of
from cstagw.selection.keeping import FIRST_PAUSE, LONGEST_PAUSE, Keeping
from cstagw.selection.sqlite_store import SqliteSelection

pytestmark = pytest.mark.asyncio

ALICE = Choice("alice@example.com", "1001", "SEP1", "", 1000.0)
ALICE_ELSEWHERE = Choice("alice@example.com", "1001", "SEP9", "", 1001.0)
BOB = Choice("bob@example.com", "1002", "SEP2", "", 1000.0)
DOWN = StoreError("the database does not answer", "start it")


class Program:
    """A store that does what it is told to, and tells of every change where it is `shared`."""

    name = "postgresql://cstagw@db/cstagw"

    def __init__(self, *kept: Choice, shared: bool = False) -> None:
        self.kept = {key_of(choice): choice for choice in kept}
        self.down: Exception | None = None
        self.answers = asyncio.Event()
        self.answers.set()
        self.calls: list[str] = []
        self.waits = False
        self._shared = shared
        self._news: asyncio.Queue[list[Choice] | Exception] = asyncio.Queue()

    def tell(self, *choices: Choice) -> None:
        """Another node has put these."""
        self._keep(*choices)
        self._news.put_nowait(list(choices))

    def lose(self, error: Exception) -> None:
        """It is down from here on, and who waits is told."""
        self.down = error
        self._news.put_nowait(error)

    async def load(self) -> Sequence[Choice]:
        await self._answer("load")
        return list(self.kept.values())

    async def put(self, choice: Choice) -> None:
        await self._answer(f"put {choice.device}")
        self._keep(choice)
        if self._shared:
            self._news.put_nowait([choice])

    async def changed(self) -> Sequence[Choice]:
        self.waits = True
        try:
            news = await self._news.get()
        finally:
            self.waits = False
        if isinstance(news, Exception):
            raise news
        return news

    async def close(self) -> None:
        self.calls.append("close")

    async def _answer(self, call: str) -> None:
        self.calls.append(call)
        await self.answers.wait()
        if self.down is not None:
            raise self.down

    def _keep(self, *choices: Choice) -> None:
        for choice in choices:
            self.kept[key_of(choice)] = choice


class Kept:
    """A copy that is kept the same, what was told of it, and pauses that end when the test says so."""

    def __init__(self, store: SelectionStore) -> None:
        self.choices = Choices()
        self.told: list[set[Key]] = []
        self.pauses: list[float] = []
        self._pausing: asyncio.Future[None] | None = None
        self.keeping = Keeping(store, self.choices, changed=self.told.append, pause=self._pause)

    async def _pause(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self._pausing = asyncio.get_running_loop().create_future()
        await self._pausing

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        before = asyncio.all_tasks()
        run = asyncio.create_task(self.keeping.run())
        await turns()
        try:
            yield
        finally:
            run.cancel()
            await asyncio.wait({run})
        assert (run.cancelled(), asyncio.all_tasks() - before) == (True, set())

    async def after_a_pause(self) -> None:
        assert self._pausing is not None
        self._pausing.set_result(None)
        await turns()

    def of(self, choice: Choice) -> str | None:
        """The device that is known to be chosen."""
        found = self.choices.of(*key_of(choice))
        return found.device if found is not None else None


async def turns() -> None:
    """Until all is done that can be done now."""
    for _ in range(20):
        await asyncio.sleep(0)


async def refusal(kept: Kept, choice: Choice) -> StoreError:
    with pytest.raises(StoreError) as caught:
        await kept.keeping.put(choice)
    assert caught.value.cure
    return caught.value


# Loading and following


async def test_what_the_store_has_is_known() -> None:
    kept = Kept(Program(ALICE, BOB))
    async with kept.running():
        assert (kept.of(ALICE), kept.of(BOB)) == ("SEP1", "SEP2")
        assert kept.told == [{key_of(ALICE), key_of(BOB)}]
        assert (kept.keeping.error, kept.keeping.first.is_set(), kept.pauses) == ("", True, [])


async def test_nothing_is_told_of_nothing() -> None:
    kept = Kept(Program())
    async with kept.running():
        assert (kept.told, kept.keeping.first.is_set()) == ([], True)


async def test_choices_of_other_nodes_are_followed() -> None:
    store = Program(ALICE)
    kept = Kept(store)
    async with kept.running():
        store.tell(ALICE_ELSEWHERE, BOB)
        await turns()
        store.tell(Choice(BOB.user, BOB.dn, ""))
        store.tell(ALICE_ELSEWHERE)
        await turns()
        assert (kept.of(ALICE), kept.of(BOB)) == ("SEP9", None)
        assert kept.told[1:] == [{key_of(ALICE), key_of(BOB)}, {key_of(BOB)}]


# Choosing


@pytest.mark.parametrize("shared", [False, True])
async def test_a_choice_is_kept_in_the_store_first(shared: bool) -> None:
    store = Program(shared=shared)
    kept = Kept(store)
    async with kept.running():
        store.answers.clear()
        put = asyncio.create_task(kept.keeping.put(ALICE))
        await turns()
        assert (store.calls, kept.of(ALICE), kept.told) == (["load", "put SEP1"], None, [])
        store.answers.set()
        await put
        assert (store.kept[key_of(ALICE)], kept.of(ALICE)) == (ALICE, "SEP1")
        await turns()
        assert kept.told == [{key_of(ALICE)}]


async def test_a_choice_is_taken_back() -> None:
    store = Program(ALICE)
    kept = Kept(store)
    async with kept.running():
        await kept.keeping.put(Choice(ALICE.user, ALICE.dn, ""))
        assert (kept.of(ALICE), kept.told[1:]) == (None, [{key_of(ALICE)}])


async def test_a_choice_that_the_store_refuses_changes_nothing() -> None:
    store = Program(ALICE)
    kept = Kept(store)
    async with kept.running():
        store.down = DOWN
        assert await refusal(kept, ALICE_ELSEWHERE) is DOWN
        assert (kept.of(ALICE), len(kept.told)) == ("SEP1", 1)
        store.down = None
        await kept.keeping.put(ALICE_ELSEWHERE)
        assert kept.of(ALICE) == "SEP9"


async def test_a_store_that_lets_wait_refuses_in_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "LONGEST_PUT", 0.01)
    store = Program(ALICE)
    kept = Kept(store)
    async with kept.running():
        store.answers.clear()
        error = await refusal(kept, ALICE_ELSEWHERE)
        assert str(error) == f"{store.name} did not keep the choice within 0.01 s"
        assert (kept.of(ALICE), store.kept[key_of(ALICE)]) == ("SEP1", ALICE)


async def test_who_chose_last_is_known_by_the_store() -> None:
    """Another node was later, and the store has told of both before it confirms the first."""
    store = Program()
    kept = Kept(store)
    async with kept.running():
        store.answers.clear()
        put = asyncio.create_task(kept.keeping.put(ALICE))
        await turns()
        store.tell(ALICE, ALICE_ELSEWHERE)
        await turns()
        store.answers.set()
        await put
        assert kept.of(ALICE) == "SEP9"


async def test_what_is_told_of_others_meanwhile_does_not_matter() -> None:
    store = Program()
    kept = Kept(store)
    async with kept.running():
        store.tell(ALICE_ELSEWHERE)  # told before it is asked for
        await turns()
        store.answers.clear()
        puts = [asyncio.create_task(kept.keeping.put(one)) for one in (ALICE_ELSEWHERE, ALICE)]
        await turns()
        store.tell(BOB)
        await turns()
        store.answers.set()
        await asyncio.gather(*puts)
        assert (kept.of(ALICE), kept.of(BOB)) == ("SEP1", "SEP2")


# A store that is down


async def test_a_store_that_is_down_at_the_start_is_said_and_asked_again(
    capsys: pytest.CaptureFixture[str],
) -> None:
    store = Program(ALICE)
    store.down = DOWN
    kept = Kept(store)
    async with kept.running():
        for _ in range(3):
            assert (kept.keeping.error, kept.keeping.cure) == (str(DOWN), DOWN.cure)
            assert (kept.keeping.first.is_set(), kept.of(ALICE)) == (True, None)
            await kept.after_a_pause()
        store.down = None
        await kept.after_a_pause()
        assert (kept.keeping.error, kept.keeping.cure, kept.of(ALICE)) == ("", "", "SEP1")
    output = capsys.readouterr().out
    assert (output.count("selection.store_down"), output.count("selection.store_back")) == (1, 1)


async def test_what_is_known_holds_while_the_store_is_down_and_is_renewed_when_it_is_back() -> None:
    gone = Choice("carol@example.com", "1", "SEP3")
    store = Program(ALICE, BOB, gone)
    kept = Kept(store)
    async with kept.running():
        store.lose(DOWN)
        await turns()
        assert (kept.keeping.error, kept.of(ALICE), kept.of(gone)) == (str(DOWN), "SEP1", "SEP3")
        assert await refusal(kept, ALICE) is DOWN
        store.kept = {key_of(one): one for one in (ALICE_ELSEWHERE, BOB)}
        store.down = None
        await kept.after_a_pause()
        assert (kept.keeping.error, kept.of(ALICE), kept.of(BOB), kept.of(gone)) == ("", "SEP9", "SEP2", None)
        assert kept.told[1:] == [{key_of(ALICE), key_of(gone)}]


async def test_pauses_grow_have_an_end_and_begin_anew() -> None:
    store = Program()
    store.down = DOWN
    kept = Kept(store)
    async with kept.running():
        for _ in range(9):
            await kept.after_a_pause()
        longest = [min(FIRST_PAUSE * 2**n, LONGEST_PAUSE) for n in range(10)]
        assert all(most / 2 <= pause <= most for pause, most in zip(kept.pauses, longest, strict=True))
        store.down = None
        await kept.after_a_pause()
        store.lose(DOWN)
        await turns()
        assert kept.pauses[-1] <= FIRST_PAUSE


async def test_a_store_that_cannot_be_followed_is_loaded_once_a_pause() -> None:
    store = Program(ALICE)
    kept = Kept(store)
    async with kept.running():
        for turn in range(1, 6):
            store.lose(DOWN)
            store.down = None
            await turns()
            assert (store.calls.count("load"), len(kept.pauses), kept.of(ALICE)) == (turn, turn, "SEP1")
            await kept.after_a_pause()


@pytest.mark.parametrize("error", [KeyError("secret"), TypeError(), OSError("broken")])
async def test_anything_else_that_a_store_raises_is_its_failure(error: Exception) -> None:
    store = Program(ALICE)
    kept = Kept(store)
    async with kept.running():
        store.lose(error)
        await turns()
        assert kept.keeping.error == f"{store.name}: {type(error).__name__}"
        assert kept.keeping.cure == "see the log for where it broke"
        store.down = None
        await kept.after_a_pause()
        assert (kept.keeping.error, kept.of(ALICE), "close" in store.calls) == ("", "SEP1", False)


# The end


def hangs(store: Program) -> None:
    store.answers.clear()


def is_down(store: Program) -> None:
    store.down = DOWN


@pytest.mark.parametrize("prepare", [hangs, is_down, lambda _store: None], ids=["load", "pause", "changed"])
async def test_it_closes_the_store_when_it_ends(prepare: Callable[[Program], None]) -> None:
    store = Program(ALICE)
    prepare(store)
    async with Kept(store).running():  # checks what is left at its end
        assert "close" not in store.calls
    assert store.calls.count("close") == 1
    assert not store.waits


# With a real one


async def test_a_choice_outlives_the_node(tmp_path: Path) -> None:
    path = tmp_path / "selection.sqlite"
    kept = Kept(SqliteSelection(path))
    async with kept.running():
        await kept.keeping.put(ALICE)
    kept = Kept(SqliteSelection(path))
    async with kept.running():
        await asyncio.wait_for(kept.keeping.first.wait(), 5)
        assert kept.of(ALICE) == "SEP1"
