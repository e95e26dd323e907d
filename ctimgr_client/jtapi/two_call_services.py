"""Services about two calls of one appearance: consult, alternate, reconnect, transfer, conference.

The library says which call is left; who is on it, its events say, often a moment later.
"""

from collections.abc import Callable
from contextlib import suppress

from csta_xml import (
    AlternateCall,
    AlternateCallResponse,
    CallId,
    ConferenceCall,
    ConferenceCallResponse,
    ConnectionId,
    ConnectionListItem,
    ConsultationCall,
    ConsultationCallResponse,
    DeviceId,
    ReconnectCall,
    ReconnectCallResponse,
    SingleStepTransferCall,
    SingleStepTransferCallResponse,
    TransferCall,
    TransferCallResponse,
)
from ctimgr_client.jtapi import meant
from ctimgr_client.jtapi.application import Application
from ctimgr_client.jtapi.errands import Steps
from ctimgr_client.jtapi.meant import ALERTING, Leg
from ctimgr_client.jtapi.telephony import JtapiFailure, Telephony
from ctimgr_client.serving.call_views import device_id
from ctimgr_client.serving.facts import MergeFact
from ctimgr_client.serving.merge_views import connections
from ctimgr_client.serving.refused import Refused

#: Seconds that a response waits for the events which say who is on the call now.
TOLD_WITHIN = 1.0


def consultation_call(application: Application, request: ConsultationCall) -> Steps[ConsultationCallResponse]:
    called = meant.number(request.consulted_device)
    leg = yield from meant.leg(application, request.existing_call, meant.TO_HOLD)
    call = yield from application.switch.ask(lambda library: library.consult(leg.where, leg.call.id, called))
    return ConsultationCallResponse(initiated_call=ConnectionId(call, leg.where.device_id))


def alternate_call(application: Application, request: AlternateCall) -> Steps[AlternateCallResponse]:
    """Where the other call cannot be had, the active one is not left on hold."""
    ask = application.switch.ask
    other, active = yield from meant.pair(
        application, request.held_call, request.active_call, meant.TO_SWAP_IN
    )
    rings = other.state is ALERTING
    yield from ask(lambda library: library.hold(active.where, active.call.id))
    try:
        yield from ask(_answering(other) if rings else _retrieving(other))
    except (JtapiFailure, Refused):
        with suppress(JtapiFailure, Refused):
            yield from ask(_retrieving(active))
        raise
    return AlternateCallResponse()


def reconnect_call(application: Application, request: ReconnectCall) -> Steps[ReconnectCallResponse]:
    ask = application.switch.ask
    held, active = yield from meant.pair(application, request.held_call, request.active_call)
    yield from ask(lambda library: library.disconnect(active.where, active.call.id))
    yield from ask(_retrieving(held))
    return ReconnectCallResponse()


def transfer_call(application: Application, request: TransferCall) -> Steps[TransferCallResponse]:
    held, active = yield from meant.pair(application, request.held_call, request.active_call)
    calls = held.call.id, active.call.id
    final, fact = yield from _merged(application, calls, lambda library: library.transfer(held.where, *calls))
    added = held.where.device_id if fact is None else _added(fact)
    return TransferCallResponse(transferred_call=_on(final, fact, added), connections=_everybody(fact))


def single_step_transfer_call(
    application: Application, request: SingleStepTransferCall
) -> Steps[SingleStepTransferCallResponse]:
    target = meant.number(request.transferred_to)
    leg = yield from meant.leg(application, request.active_call, meant.TO_HOLD)
    call = leg.call.id
    final, fact = yield from _merged(
        application, (call,), lambda library: library.transfer_to(leg.where, call, target)
    )
    added = meant.named(request.transferred_to) if fact is None else _added(fact)
    return SingleStepTransferCallResponse(
        transferred_call=_on(final, fact, added), connections=_everybody(fact)
    )


def conference_call(application: Application, request: ConferenceCall) -> Steps[ConferenceCallResponse]:
    held, active = yield from meant.pair(application, request.held_call, request.active_call)
    calls = held.call.id, active.call.id
    final, fact = yield from _merged(
        application, calls, lambda library: library.conference(held.where, *calls)
    )
    return ConferenceCallResponse(
        conference_call=_on(final, fact, held.where.device_id), connections=_everybody(fact)
    )


# -- what has become of the calls --------------------------------------------------------------------------


def _merged(
    application: Application, calls: tuple[CallId, ...], merge: Callable[[Telephony], CallId]
) -> Steps[tuple[CallId, MergeFact | None]]:
    """The call that is left, and the fact that says who is on it; None: no event said so."""
    switch = application.switch
    for call in calls:
        switch.merges.pop(call, None)
    final = yield from switch.ask(merge)

    def fact() -> MergeFact | None:
        found = (switch.merges.get(call) for call in (final, *calls))
        return next((one for one in found if one is not None), None)

    yield from switch.waits.until(lambda: fact() is not None, TOLD_WITHIN)
    return final, fact()


def _added(fact: MergeFact) -> DeviceId:
    return device_id(fact.added, fact.controller)


def _everybody(fact: MergeFact | None) -> tuple[ConnectionListItem, ...]:
    return () if fact is None else connections(fact, fact.controller)


def _on(final: CallId, fact: MergeFact | None, device: DeviceId) -> ConnectionId:
    return ConnectionId(final if fact is None else fact.call_id, device)


def _retrieving(leg: Leg) -> Callable[[Telephony], None]:
    return lambda library: library.retrieve(leg.where, leg.call.id)


def _answering(leg: Leg) -> Callable[[Telephony], None]:
    return lambda library: library.answer(leg.where, leg.call.id)
