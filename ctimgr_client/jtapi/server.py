"""The connections of a bridge: each is a conversation with one application. Shell: the loop's streams."""

from typing import Protocol

import structlog

from ctimgr_client.jtapi.conversation import Caller
from ctimgr_client.jtapi.switch import Switch
from ctimgr_client.serving.stream import House, Stream

MAX_CONNECTIONS = 64

_log = structlog.get_logger("cstagw.bridge")


class Surroundings(House, Protocol):
    """What a connection needs of the bridge."""

    @property
    def switch(self) -> Switch: ...
    @property
    def connections(self) -> "set[Connection]": ...
    def forget(self, connection: "Connection") -> None: ...


class Connection(Stream):
    """One application's; over Unix sockets, TCP or TLS alike."""

    def __init__(self, house: Surroundings) -> None:
        super().__init__(house)
        self._bridge = house
        self._name = house.switch.name
        self.conversation = Caller(house.switch, house.now(), self.wake)

    def may_come_in(self) -> bool:
        if len(self._bridge.connections) >= MAX_CONNECTIONS:
            _log.warning("bridge.too_many_connections", bridge=self._name, limit=MAX_CONNECTIONS)
            return False
        self._bridge.connections.add(self)
        return True

    def gone(self) -> None:
        self._bridge.forget(self)

    def does_not_read(self) -> None:
        _log.warning("bridge.client_does_not_read", bridge=self._name)
