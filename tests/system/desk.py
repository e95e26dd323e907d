"""A user's desk in a scenario: services asked for by the PC, and keys pressed on other people's phones."""

from __future__ import annotations

import json
from itertools import count

from .bodies import NEW_CALL, delivered, established, on, originated, response, service_initiated, uri
from .cluster import device
from .conftest import Running
from .scenario import Scenario, csta, request, sign_in, sign_out
from .whole import Whole

#: The user of most scenarios.
ME = "1001"


class Desk:
    """The scenario of a user who signs in, says what to do and what then has to come, and signs out.

    SIPp cannot send while there is something to receive: what may come together has to be seen together.
    """

    def __init__(self, name: str, gateway: Running, number: str = ME) -> None:
        self.number = number
        self._scenario = sign_in(Scenario(name), uri(number))
        self._gateway = gateway
        self._cseq = count(4)

    def gets(self, service: str, *children: str, answer: str = "") -> None:
        """A service that is carried out."""
        self.asks(service, *children, answer=response(service, answer))

    def asks(self, service: str, *children: str, answer: Whole) -> None:
        """A service and what comes back."""
        body = csta(service, "".join(children))
        self._scenario.send(request("INFO", next(self._cseq), body)).answer_is(answer)

    def sees(self, *events: Whole) -> None:
        """Events in this order."""
        self._scenario.events(*events)

    def phone(self, number: str, operation: str, **words: str) -> None:
        """Somebody presses a key of another phone."""
        url = f"http://{self._gateway.admin}/sim/v1/devices/{device(number)}/{operation}"
        self._scenario.run(
            "curl", "--noproxy", "*", "--fail", "--silent", "--show-error", "--max-time", "10",
            "--output", "/dev/null", "--header", "Content-Type: application/json",
            "--data", json.dumps(words), url,
        )  # fmt: skip

    def signs_out(self) -> str:
        """The whole scenario."""
        return sign_out(self._scenario, next(self._cseq)).xml()

    # -- what many scenarios begin with

    def dials(self, number: str) -> None:
        """The PC makes a call."""
        self.gets(
            "MakeCall",
            f"<callingDevice>{uri(self.number)}</callingDevice>",
            f"<calledDirectoryNumber>{uri(number)}</calledDirectoryNumber>",
            answer=on("callingDevice", self.number, NEW_CALL),
        )

    def hears(self, number: str) -> tuple[Whole, ...]:
        """What the dialled number's answer takes."""
        return (
            service_initiated(self.number),
            originated(self.number, number),
            delivered(number, self.number, number, "connected"),
            established(number, self.number, number),
        )

    def rings(self, caller: str) -> None:
        """A call comes in."""
        self.sees(delivered(self.number, caller, self.number, "alerting", call=NEW_CALL))

    def answers(self, caller: str) -> None:
        """The PC takes the call."""
        self.gets("AnswerCall", on("callToBeAnswered", self.number))
        self.sees(established(self.number, caller, self.number))

    def talks_with(self, caller: str) -> None:
        """A phone calls the user, who answers with the PC."""
        self.phone(caller, "dial", to=self.number)
        self.rings(caller)
        self.answers(caller)
