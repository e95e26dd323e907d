"""A small telephone exchange in place of the library: it does what it is asked and tells it as JTAPI does.

Lines 1001 to 1003 are at one phone each, 1100 at two. 19xx are outside and answer at once.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterable

from csta_xml import CallId
from ctimgr_client.devices import WireDevice
from ctimgr_client.jtapi.keys import Appearance, LineKey
from ctimgr_client.jtapi.numbers import Ev, ProviderState
from ctimgr_client.jtapi.records import (
    LineRecord,
    MergeRecord,
    ProviderRecord,
    Record,
    TerminalRecord,
)
from ctimgr_client.jtapi.telephony import Enqueue, JtapiFailure, OpenedLine, TerminalFacts, Trouble
from tests.ctimgr_client.jtapi import telling


def phone(dn: str, device: str = "") -> Appearance:
    return Appearance(device or f"SEP{dn:0>12}", LineKey(dn))


HARD, SOFT = phone("1100"), phone("1100", "SEP00000000110C")
PHONES = (phone("1001"), phone("1002"), phone("1003"), HARD, SOFT)


class Exchange:
    """`asked` is what was asked, in order. `fail` lets a method raise, `hang` lets it not return."""

    def __init__(self, enqueue: Enqueue, *, is_cisco: bool = True) -> None:
        self.is_cisco = is_cisco
        self.asked: list[str] = []
        self.fail: dict[str, JtapiFailure] = {}
        self.hang: dict[str, threading.Event] = {}
        self.in_provider = int(ProviderState.IN_SERVICE)
        self.away: set[str] = set()  # devices that are not registered
        self.without_dnd: set[str] = set()
        self.not_for_cti: set[str] = set()
        self.watched: Counter[Appearance] = Counter()
        self.forwarded: dict[LineKey, str] = {}
        self.quiet: set[str] = set()
        self.lamps: set[LineKey] = set()
        self.on_call: dict[CallId, list[LineKey]] = {}
        self._enqueue = enqueue
        self._count = 0
        self._lock = threading.RLock()

    # -- what a test does ----------------------------------------------------------------------------------

    def tell(self, *batches: Iterable[Record]) -> None:
        for batch in batches:
            self._enqueue(tuple(batch))

    def provider(self, event: Ev) -> None:
        self.tell([ProviderRecord(event=event)])

    def device(self, name: str, *, there: bool) -> None:
        (self.away.discard if there else self.away.add)(name)
        event = Ev.CISCO_TERM_IN_SERVICE if there else Ev.CISCO_TERM_OUT_OF_SERVICE
        self.tell([TerminalRecord(event=event, terminal=name)])

    # -- Telephony -----------------------------------------------------------------------------------------

    def state(self) -> int:
        self._begin("state")
        return self.in_provider

    def find(self, device: WireDevice) -> tuple[Appearance, ...]:
        self._begin("find", device.dn)
        found = tuple(
            each for each in PHONES if each.line.dn == device.dn and device.device in (None, each.device)
        )
        if not found:
            words = f"Address {device.dn} is not in provider's domain."
            raise JtapiFailure(Trouble.INVALID_ARGUMENT, words)
        return found

    def facts(self, terminal: str) -> TerminalFacts:
        self._begin("facts", terminal)
        there = terminal not in self.away
        return TerminalFacts(
            registered=there,
            in_service=there,
            has_do_not_disturb=terminal not in self.without_dnd,
            controllable=terminal not in self.not_for_cti,
            type_name="Cisco 7960",
        )

    def open(self, where: Appearance) -> OpenedLine:
        self._begin("open", where)
        with self._lock:
            self.watched[where] += 1
            calls = tuple(call for call, lines in self.on_call.items() if where.line in lines)
            for call in calls:
                self.tell(
                    telling.call(call, Ev.CALL_ACTIVE, snapshot=True),
                    telling.conn(call, where.line, Ev.CONN_CREATED),
                    telling.leg(call, where, Ev.TERM_CONN_ACTIVE, Ev.CTL_TERM_CONN_TALKING),
                )
        there = where.device not in self.away
        if there:
            self.tell([TerminalRecord(event=Ev.CISCO_TERM_IN_SERVICE, terminal=where.device)])
        return OpenedLine(calls, there)

    def close(self, where: Appearance) -> None:
        self._begin("close", where)
        del self.watched[where]

    def make_call(self, where: Appearance, number: str) -> CallId:
        self._begin("make_call", where, number)
        called = LineKey(number)
        with self._lock:
            self._count += 1
            call = CallId(f"1/{self._count}")
            self.on_call[call] = [where.line, called]
        self.tell(*telling.begins(call, where, called))
        at = self._seen(called)
        self.tell(telling.rings(call, called, *at))
        if number.startswith("19"):
            self.tell(telling.answers(call, called))
        return call

    def answer(self, where: Appearance, call: CallId) -> None:
        self._begin("answer", where, call)
        others = [each for each in self._seen(where.line) if each != where]
        self.tell(telling.answers(call, where.line, where, *others))

    def hold(self, where: Appearance, call: CallId) -> None:
        self._begin("hold", where, call)
        self.tell(telling.holds(call, where))

    def retrieve(self, where: Appearance, call: CallId) -> None:
        self._begin("retrieve", where, call)
        self.tell(telling.retrieves(call, where))

    def disconnect(self, where: Appearance, call: CallId) -> None:
        self._begin("disconnect", where, call)
        self._end(call)

    def drop(self, call: CallId) -> None:
        self._begin("drop", call)
        self._end(call)

    def consult(self, where: Appearance, call: CallId, number: str) -> CallId:
        self._begin("consult", where, call, number)
        self.tell(telling.holds(call, where))
        return self.make_call(where, number)

    def transfer(self, where: Appearance, held: CallId, active: CallId) -> CallId:
        self._begin("transfer", where, held, active)
        return self._merged(where, held, active, Ev.CISCO_TRANSFER_START, Ev.CISCO_TRANSFER_END)

    def transfer_to(self, where: Appearance, call: CallId, number: str) -> CallId:
        self._begin("transfer_to", where, call, number)
        return call

    def conference(self, where: Appearance, held: CallId, active: CallId) -> CallId:
        self._begin("conference", where, held, active)
        return self._merged(where, held, active, Ev.CISCO_CONFERENCE_START, Ev.CISCO_CONFERENCE_END)

    def redirect(self, where: Appearance, call: CallId, number: str) -> None:
        self._begin("redirect", where, call, number)

    def send_digits(self, where: Appearance, call: CallId, digits: str) -> None:
        self._begin("send_digits", where, call, digits)

    def park(self, where: Appearance, call: CallId, number: str) -> LineKey | None:
        self._begin("park", where, call, number)
        return LineKey(number)

    def pick_up(self, where: Appearance, ringing: LineKey) -> CallId:
        self._begin("pick_up", where, ringing.dn)
        return CallId("1/77")

    def unpark(self, where: Appearance, parked_at: str) -> CallId | None:
        self._begin("unpark", where, parked_at)
        return CallId("1/78")

    def pick_up_group(self, where: Appearance, group: str | None) -> CallId:
        self._begin("pick_up_group", where, group or "own")
        return CallId("1/79")

    def forwarding(self, line: LineKey) -> str:
        self._begin("forwarding", line.dn)
        return self.forwarded.get(line, "")

    def set_forwarding(self, line: LineKey, target: str) -> None:
        self._begin("set_forwarding", line.dn, target or "off")
        self.forwarded[line] = target
        self.tell([LineRecord(event=Ev.CTL_ADDR_FORWARD, line=line, forwarded_to=target)])

    def do_not_disturb(self, terminal: str) -> bool:
        self._begin("do_not_disturb", terminal)
        return terminal in self.quiet

    def set_do_not_disturb(self, terminal: str, *, on: bool) -> None:
        self._begin("set_do_not_disturb", terminal, "on" if on else "off")
        (self.quiet.add if on else self.quiet.discard)(terminal)

    def message_waiting(self, line: LineKey) -> bool:
        self._begin("message_waiting", line.dn)
        return line in self.lamps

    def set_message_waiting(self, line: LineKey, *, on: bool) -> None:
        self._begin("set_message_waiting", line.dn, "on" if on else "off")
        (self.lamps.add if on else self.lamps.discard)(line)

    def shut_down(self) -> None:
        self._begin("shut_down")

    # -- inside --------------------------------------------------------------------------------------------

    def _begin(self, method: str, *about: object) -> None:
        words = [each.line.dn if isinstance(each, Appearance) else str(each) for each in about]
        self.asked.append(" ".join([method, *words]))
        if method in self.hang:
            self.hang[method].wait(20)
        if method in self.fail:
            raise self.fail[method]

    def _seen(self, line: LineKey) -> list[Appearance]:
        """The devices of a line that are told of."""
        return [each for each in PHONES if each.line == line and self.watched[each]]

    def _end(self, call: CallId) -> None:
        for line in self.on_call.pop(call, []):
            self.tell(telling.leaves(call, line, *self._seen(line)))
        self.tell(telling.call(call, Ev.CALL_INVALID))

    def _merged(self, where: Appearance, held: CallId, active: CallId, start: Ev, end: Ev) -> CallId:
        for event in (start, end):
            self.tell(
                [
                    MergeRecord(
                        event=event,
                        call=held,
                        merged=(held, active),
                        controllers=(where,),
                        controller=where.line,
                    )
                ]
            )
        self.on_call[held] += [line for line in self.on_call.pop(active) if line != where.line]
        return held
