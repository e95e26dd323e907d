"""A bridge process with a small exchange in place of the library, for tests of the process as a whole.

The exchange's user name says what is wrong with it: `hangs` never answers the watch, `slow` never shuts down.
"""

from __future__ import annotations

import threading

from ctimgr_client.jtapi.__main__ import main
from ctimgr_client.jtapi.running import leave
from ctimgr_client.jtapi.settings import BridgeSettings
from ctimgr_client.jtapi.telephony import Enqueue
from tests.ctimgr_client.jtapi.exchange import Exchange


class Machine:
    def describe(self) -> str:
        return "a small exchange"


def start_machine(_settings: BridgeSettings) -> Machine:
    return Machine()


def open_provider(settings: BridgeSettings, enqueue: Enqueue, _complain: object) -> Exchange:
    exchange = Exchange(enqueue)
    if settings.user == "hangs":
        threading.Timer(0.3, lambda: exchange.hang.update(state=threading.Event())).start()
    if settings.user == "slow":
        exchange.hang["shut_down"] = threading.Event()
    return exchange


if __name__ == "__main__":
    leave(main(lambda: (start_machine, open_provider)))
