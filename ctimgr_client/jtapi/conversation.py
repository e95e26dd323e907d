"""One application's conversation with the bridge.

Answers come when the library has done what was asked. Nobody is let in while the provider is not in service,
and everybody is told why. Does not know sockets.
"""

from collections.abc import Callable
from functools import partial
from hmac import compare_digest

import structlog

from csta_xml import CSTAErrorCode, Response, Service, SessionError, StartApplicationSession
from ctimgr_client.bridge_words import in_words
from ctimgr_client.jtapi.application import Application
from ctimgr_client.jtapi.errands import Outcome
from ctimgr_client.jtapi.refusals import advice, refusal
from ctimgr_client.jtapi.services import serve, turn_of
from ctimgr_client.jtapi.switch import Switch
from ctimgr_client.jtapi.telephony import JtapiFailure
from ctimgr_client.serving.conversation import Answer, Conversation, Phase, Reply
from ctimgr_client.serving.refused import Refused

_log = structlog.get_logger("cstagw.bridge")


class Caller(Conversation):
    """The conversation behind one connection."""

    def __init__(self, switch: Switch, now: float, wake: Callable[[], None]) -> None:
        super().__init__(switch.limits, switch.timers, now, wake)
        self._switch = switch
        self._application: Application | None = None

    def refusal(self, start: StartApplicationSession | None) -> SessionError | str | None:
        """The secret first: whoever does not know it learns nothing else."""
        secret = self._switch.secret
        if secret and not (start is not None and _same(start.password or "", secret)):
            return in_words("bridge_secret")
        if not self._switch.life.in_service:
            return self._switch.life.words
        full = self._switch.sessions >= self._switch.limits.sessions
        return SessionError.MAX_NUMBER_SESSIONS if full else None

    def opened(self) -> str:
        name = self._switch.next_session_id()
        self._application = Application(
            self._switch, name, self.deliver, self.tell, has_session=self.phase is Phase.SESSION
        )
        self._switch.sessions += 1
        return name

    def closed(self) -> None:
        if self._application is not None:
            self._application.close()
            self._switch.sessions -= 1

    def serve(self, request: Service, reply: Reply, now: float) -> None:
        assert self._application is not None  # noqa: S101  # nothing is served before somebody was let in
        steps = serve(self._application, request)
        if isinstance(steps, Response):
            reply(steps)
            return
        self._switch.errands.run(steps, partial(self._done, request, reply), turn_of(request))

    def _done(self, request: Service, reply: Reply, outcome: Outcome[Response]) -> None:
        reply(outcome.value or self._refused(request, outcome.error))

    def _refused(self, request: Service, error: Exception | None) -> Answer:
        service = type(request)
        if isinstance(error, JtapiFailure):
            self._switch.advise(advice(error))
            answer = refusal(error, service).answer
        elif isinstance(error, Refused):
            answer = error.answer
        else:
            _log.error("bridge.failed", service=service.__name__, exc_info=error)
            answer = Refused().answer
        _log.debug("bridge.refused", service=service.__name__, error=_words(answer), text=str(error))
        return answer


def _words(answer: CSTAErrorCode) -> str:
    return f"{answer.category}/{answer.value}"


def _same(given: str, secret: str) -> bool:
    """In a time that does not tell how much of it is right."""
    return compare_digest(given.encode(), secret.encode())
