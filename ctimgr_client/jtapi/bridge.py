"""One bridge at work: opens the provider, and keeps it and the applications together until it is stopped.

Shell: the event loop and its timers. A batch of the library's events is one step on the loop, like a frame
of an application. A library that hangs cannot be healed from inside: the process says so and ends at once.
"""

import asyncio
import os
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import partial
from typing import Any

import structlog

from ctimgr_client.bridge_words import in_words
from ctimgr_client.failures import Repeats
from ctimgr_client.jtapi.errands import Resume
from ctimgr_client.jtapi.inbox import Inbox
from ctimgr_client.jtapi.life import Change, Life, Phase
from ctimgr_client.jtapi.news import fields_of, news_of
from ctimgr_client.jtapi.numbers import Ev
from ctimgr_client.jtapi.opening import Opened, Opener, OpenProvider, StartMachine
from ctimgr_client.jtapi.opening_reasons import OpeningFailed
from ctimgr_client.jtapi.records import Batch, ProviderRecord
from ctimgr_client.jtapi.refusals import Advice
from ctimgr_client.jtapi.server import Connection
from ctimgr_client.jtapi.settings import BridgeSettings
from ctimgr_client.jtapi.switch import Switch
from ctimgr_client.jtapi.telephony import Telephony
from ctimgr_client.jtapi.workers import Watch, Workers
from ctimgr_client.serving.stream import Stream

BATCHES_PER_TURN = 200
#: Seconds in which the provider has to be shut down, and what was said to be written.
SHUT_DOWN_WITHIN = 2.0
WRITTEN_WITHIN = 0.5

_DOWN = (Ev.PROV_OUT_OF_SERVICE, Ev.PROV_SHUTDOWN)
_log = structlog.get_logger("cstagw.bridge")


class Bridge:
    """`hung` is told what does not return; it should not return either."""

    def __init__(
        self,
        settings: BridgeSettings,
        start_machine: StartMachine,
        open_provider: OpenProvider,
        hung: Callable[[str], None],
        *,
        watch_every: float = 1.0,
        life: Life | None = None,
    ) -> None:
        self._settings = settings
        self._hung = hung
        self._watch_every = watch_every
        self._loop = asyncio.get_running_loop()
        request = settings.request_timeout + settings.post_condition_timeout + settings.hang_after
        self._workers = Workers(request, partial(hung, "calls into the library do not return"))
        self.switch = Switch(
            settings.name,
            self._do,
            self.now,
            secret=settings.secret,
            max_lines=settings.max_lines,
            life=life,
            alarm=_alarm,
            advise=_advise,
        )
        self.connections: set[Connection] = set()
        self._nobody = asyncio.Event()
        self._opener = Opener(
            settings,
            start_machine,
            open_provider,
            started=lambda text: _log.info("bridge.library", text=text),
            complain=lambda text: _log.warning("bridge.complaint", text=text),
            hung=partial(hung, "the library does not come to an end with opening the provider"),
            patience=settings.open_timeout + request,
        )
        self._inbox = Inbox(self._wake)
        self._watch: Watch | None = None
        self._again: asyncio.TimerHandle | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._due = 0.0
        self._to_flush: list[Stream] = []
        self._failures = Repeats()
        self._news: dict[str, Repeats] = {}

    def connect(self) -> Connection:
        """The protocol of a new connection."""
        return Connection(self)

    def open(self) -> None:
        """Begin to open the provider; tried again until it is open, and anew when it was shut down."""
        self._again = None
        self.switch.life.opening()
        inbox = self._inbox = Inbox(self._wake)  # nothing of an older provider is heard any more
        self._opener.open(inbox.put, self._opened)

    async def stop(self) -> None:
        """End every session and the provider, within bounds."""
        for handle in (self._again, self._timer):
            if handle is not None:
                handle.cancel()
        if self._watch is not None:
            self._watch.stop()
        self._nobody.clear()
        self._terminate(in_words("bridge_gone", "it is being stopped"))
        self._flush()
        telephony, self.switch.telephony = self.switch.telephony, None
        if telephony is not None:
            await _shut_down(telephony)
        self._workers.stop()
        if self.connections:
            with suppress(TimeoutError):
                async with asyncio.timeout(WRITTEN_WITHIN):
                    await self._nobody.wait()  # closed once what was said is written
        for connection in tuple(self.connections):
            connection.reset()

    # -- what connections need -----------------------------------------------------------------------------

    def now(self) -> float:
        return self._loop.time()

    def settle(self) -> None:
        deadline = self.switch.timers.next_deadline()
        if deadline is None or (self._timer is not None and self._due <= deadline):
            return  # a timer that is too early finds nothing to do and is set anew
        if self._timer is not None:
            self._timer.cancel()
        self._due = deadline
        self._timer = self._loop.call_at(deadline, self._tick)

    def forget(self, connection: Connection) -> None:
        self.connections.discard(connection)
        if not self.connections:
            self._nobody.set()

    def flush_soon(self, stream: Stream) -> None:
        if stream.flush_is_due:
            return
        stream.flush_is_due = True
        if not self._to_flush:
            self._loop.call_soon(self._flush)
        self._to_flush.append(stream)

    def _tick(self) -> None:
        self._timer = None
        self.switch.timers.run(self.now())
        self.settle()

    def _flush(self) -> None:
        streams, self._to_flush = self._to_flush, []
        for stream in streams:
            stream.flush()

    def _do(self, call: Callable[[], Any], resume: Resume) -> None:
        def done(value: Any, error: Exception | None) -> None:
            resume(value, error)
            self.settle()

        self._workers.do(call, done)

    # -- the provider's life -------------------------------------------------------------------------------

    def _opened(self, outcome: Opened | OpeningFailed) -> None:
        if isinstance(outcome, OpeningFailed):
            self._try_again(outcome.reason, outcome.detail)
            return
        self._failures.forget()
        self.switch.telephony = outcome.telephony
        self._watch = Watch(
            outcome.telephony.state,
            self._settings.hang_after,
            partial(self._hung, "the library does not answer"),
            self._watch_every,
        )
        self._changed(self.switch.life.opened(outcome.state))

    def _try_again(self, reason: str, detail: str) -> None:
        pause = self.switch.life.failed(reason, detail)
        count = self._failures.note(reason, self.now())
        if count is not None:
            _log.warning(
                "bridge.not_opened", host=self._settings.host, reason=reason, text=detail, attempts=count
            )
        self._again = self._loop.call_later(pause, self.open)

    def _changed(self, change: Change) -> None:
        match change:
            case Change.ENTERED:
                _log.info("bridge.in_service", host=self._settings.host)
            case Change.LEFT:
                _log.warning("bridge.out_of_service", host=self._settings.host)
                self.switch.left()
                self._terminate(self.switch.life.words)
            case Change.SHUT:
                if self._watch is not None:
                    self._watch.stop()
                words = self.switch.life.words
                self.switch.shut()
                self._terminate(words)
                self._try_again("provider_shut", "")

    def _terminate(self, words: str) -> None:
        for connection in tuple(self.connections):
            connection.conversation.terminate(words)
        self.settle()

    # -- what the library tells ----------------------------------------------------------------------------

    def _wake(self) -> None:
        with suppress(RuntimeError):  # the loop is closed, nobody is left to be told
            self._loop.call_soon_threadsafe(self._take)

    def _take(self) -> None:
        """Some batches; the loop breathes in between. What came before a provider's end is not told."""
        inbox = self._inbox
        if inbox.overflowed():
            self._lost_events()
        batches = inbox.take(BATCHES_PER_TURN)
        ends = (place for place in reversed(range(len(batches))) if _is_end(batches[place]))
        for batch in batches[next(ends, 0) :]:
            self._happened(batch)
        self.settle()
        if inbox is self._inbox and len(inbox):
            self._loop.call_soon(self._take)

    def _happened(self, batch: Batch) -> None:
        for record in batch:
            if isinstance(record, ProviderRecord):
                self._say(record)
                self._changed(self.switch.life.told(record.event))
        if self.switch.life.phase is Phase.IN_SERVICE:
            self.switch.happened(batch)

    def _lost_events(self) -> None:
        """Nobody knows any more what is going on at the lines: everybody begins anew."""
        _log.error("bridge.events_lost", cure="give the bridge a host with less load, or fewer lines")
        self.switch.left()
        self._terminate(in_words("other", "events came faster than they could be told"))

    def _say(self, record: ProviderRecord) -> None:
        news = news_of(record)
        if news is None:
            return
        count = self._news.setdefault(news.event, Repeats()).note(news.event, self.now())
        if count is not None:
            say = _log.warning if news.cure else _log.info
            cure = {"cure": news.cure} if news.cure else {}
            say(news.event, cause=news.cause, count=count, **cure, **fields_of(record))


def end_hard(what: str) -> None:
    """A library that hangs: the gateway starts a new process. Nothing can be waited for any more."""
    _log.critical(
        "bridge.hung",
        reason="library_hung",
        cause=what,
        cure="look at the library's trace and at the CTIManager; the process ends and is started anew",
    )
    os._exit(os.EX_SOFTWARE)


def _is_end(batch: Iterable[object]) -> bool:
    return any(isinstance(record, ProviderRecord) and record.event in _DOWN for record in batch)


async def _shut_down(telephony: Telephony) -> None:
    """In a thread that may be left behind."""
    loop, over = asyncio.get_running_loop(), asyncio.Event()

    def work() -> None:
        with suppress(Exception):  # it ends with the process in any case
            telephony.shut_down()
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(over.set)

    threading.Thread(target=work, name="jtapi shutdown", daemon=True).start()
    with suppress(TimeoutError):
        async with asyncio.timeout(SHUT_DOWN_WITHIN):
            await over.wait()


def _alarm(text: str) -> None:
    _log.warning("bridge.alarm", text=text)


def _advise(advice: Advice, count: int) -> None:
    _log.warning(
        "bridge.refused_by_library",
        reason=advice.kind,
        text=advice.text,
        cause=advice.cause,
        cure=advice.cure,
        count=count,
    )
