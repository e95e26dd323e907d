from ctimgr_client.jtapi.inbox import Inbox
from ctimgr_client.jtapi.numbers import Ev
from ctimgr_client.jtapi.records import Batch, ProviderRecord


def batch(number: int) -> Batch:
    return (ProviderRecord(event=Ev.CISCO_TERM_CREATED, cause=number),)


def test_batches_come_in_order_and_the_loop_is_woken_once_for_many() -> None:
    woken: list[int] = []
    inbox = Inbox(lambda: woken.append(1))
    for number in range(5):
        inbox.put(batch(number))
    assert woken == [1]
    assert inbox.take(3) == [batch(0), batch(1), batch(2)]
    inbox.put(batch(5))
    assert woken == [1, 1]
    assert inbox.take(10) == [batch(3), batch(4), batch(5)]
    assert inbox.take(10) == []


def test_what_is_lost_is_said_and_nothing_half_known_is_kept() -> None:
    inbox = Inbox(lambda: None, limit=2)
    for number in range(3):
        inbox.put(batch(number))
    assert len(inbox) == 2
    assert inbox.overflowed()
    assert (inbox.take(10), inbox.overflowed()) == ([], False)
