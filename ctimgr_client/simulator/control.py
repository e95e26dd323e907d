"""The control API of the simulated cluster: /sim/v1/... on any aiohttp application.

    GET  /sim/v1/state
    POST /sim/v1/devices/NAME/{dial,answer,hangup,hold,resume}     {"line": DN, "call": ID, "to": NUMBER}
    POST /sim/v1/devices/NAME/{dnd,message-waiting}                {"on": true, "line": DN}
    POST /sim/v1/devices/NAME/forward                              {"line": DN, "to": NUMBER or null}
    POST /sim/v1/devices/NAME/{unregister,register}
    POST /sim/v1/devices/NAME/move                                 {"node": NAME}; without it, the other node
    POST /sim/v1/devices/NAME/move                                 {"line": DN, "to": DEVICE}
    POST /sim/v1/nodes/NAME/{fail,restore}
    POST /sim/v1/ctimanagers/NAME/fault                            {"fault": F, "delay": seconds for "slow"}

`line` may be left out where the device has one, `call` where it can only be one; a line of two partitions
is DN;partition=P. `move` with "line" or "to" brings the line's appearance to DEVICE, as a user does who logs
in there (Extension Mobility), and its monitors are stopped; otherwise the device itself goes to a node.
Answers are JSON. 400: the body is not what is needed; 404: nothing of that name; 409: the cluster refuses,
with its CSTA error. Shell: turns HTTP into operations, decides nothing itself.
"""

from collections.abc import Awaitable, Callable, Mapping
from json import JSONDecodeError
from typing import Protocol, TypeVar

from aiohttp import web

from csta_xml import CallId
from ctimgr_client.serving.refused import InvalidForwardingDestination, Refused
from ctimgr_client.simulator import call_control, dialling, mobility, nodes, phone_features
from ctimgr_client.simulator.calls import Leg
from ctimgr_client.simulator.cluster import Cluster
from ctimgr_client.simulator.ctimanager import Fault
from ctimgr_client.simulator.models import require
from ctimgr_client.simulator.phones import Appearance, Device
from ctimgr_client.simulator.report import Json, call_state, cluster_state, device_state
from ctimgr_client.simulator.server import CtiServer

T = TypeVar("T")
Body = Mapping[str, object]
Operation = Callable[[Cluster, Device, Body, float], Json]
Respond = Callable[[web.Request], Awaitable[web.Response]]

MAX_DELAY = 3600.0


class Plant(Protocol):
    """What of the simulator the control API works with."""

    cluster: Cluster
    servers: dict[str, CtiServer]

    def do(self, operation: Callable[[float], T]) -> T: ...


class Unusable(Exception):
    """The request cannot be carried out; `status` says whose fault it is."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status


def routes(plant: Plant) -> list[web.RouteDef]:
    """The table of the API."""

    async def state(_request: web.Request) -> web.Response:
        managers = [_manager_state(server) for server in plant.servers.values()]
        return web.json_response({"ctimanagers": managers, **cluster_state(plant.cluster)})

    async def device(request: web.Request) -> web.Response:
        found = _named(plant.cluster.fleet.devices, request.match_info["name"], "device")
        operation = _named(DEVICE, request.match_info["operation"], "operation")
        body = await _body(request)
        return web.json_response(plant.do(lambda now: operation(plant.cluster, found, body, now)))

    async def node(request: web.Request) -> web.Response:
        found = _named(plant.cluster.fleet.nodes, request.match_info["name"], "node")
        operation = _named(NODE, request.match_info["operation"], "operation")
        plant.do(lambda now: operation(plant.cluster, found, now))
        return web.json_response({"name": found.name, "state": "up" if found.up else "down"})

    async def fault(request: web.Request) -> web.Response:
        server = _named(plant.servers, request.match_info["name"], "CTIManager")
        wish, delay = _fault(await _body(request))
        try:
            await server.set_fault(wish, delay)
        except OSError as error:
            raise Unusable(409, f"{server.host}:{server.port} cannot be listened on: {error}") from error
        return web.json_response(_manager_state(server))

    return [
        web.get("/sim/v1/state", _guarded(state)),
        web.post("/sim/v1/devices/{name}/{operation}", _guarded(device)),
        web.post("/sim/v1/nodes/{name}/{operation}", _guarded(node)),
        web.post("/sim/v1/ctimanagers/{name}/fault", _guarded(fault)),
    ]


def _guarded(respond: Respond) -> Respond:
    async def guarded(request: web.Request) -> web.Response:
        try:
            return await respond(request)
        except Unusable as error:
            return web.json_response({"error": str(error)}, status=error.status)
        except Refused as refused:
            answer = {"error": str(refused), "category": str(refused.category), "value": refused.value}
            return web.json_response(answer, status=409)

    return guarded


# -- operations of a device --------------------------------------------------------------------------------


def _dial(cluster: Cluster, device: Device, body: Body, now: float) -> Json:
    to = _text(body, "to")
    if to is None:
        raise Unusable(400, '"to" is missing: the number to dial')
    return call_state(dialling.dial(cluster, _line(device, body), to, now).call)


def _answer(cluster: Cluster, device: Device, body: Body, now: float) -> Json:
    leg = _leg(cluster, device, body, call_control.TO_ANSWER)
    dialling.lift(cluster, leg, now)
    return call_state(leg.call)


def _on_call(operation: Callable[[Cluster, Leg], None], choice: call_control.Choice) -> Operation:
    def act(cluster: Cluster, device: Device, body: Body, _now: float) -> Json:
        leg = _leg(cluster, device, body, choice)
        operation(cluster, leg)
        return call_state(leg.call)

    return act


def _unregister(cluster: Cluster, device: Device, _body: Body, _now: float) -> Json:
    nodes.unregister(cluster, device)
    return device_state(device)


def _register(cluster: Cluster, device: Device, _body: Body, _now: float) -> Json:
    nodes.register(cluster, device)
    return device_state(device)


def _move(cluster: Cluster, device: Device, body: Body, now: float) -> Json:
    wish = _text(body, "node")
    if "line" in body or "to" in body:
        if wish is not None:
            raise Unusable(400, '"node" moves the device, "line" and "to" move a line: only one is possible')
        return _move_line(cluster, device, body)
    known = cluster.fleet.nodes
    target = _named(known, wish, "node") if wish is not None else None
    if target is None:
        target = next(node for node in known.values() if node is not (device.node or device.home))
    nodes.move(cluster, device, target, now)
    return device_state(device)


def _move_line(cluster: Cluster, device: Device, body: Body) -> Json:
    to = _text(body, "to")
    if to is None:
        raise Unusable(400, '"to" is missing: the device to move the line to')
    target = _named(cluster.fleet.devices, to, "device")
    mobility.move_line(cluster, _line(device, body), target)
    return device_state(device)


def _do_not_disturb(cluster: Cluster, device: Device, body: Body, _now: float) -> Json:
    on = _flag(body, "on")
    require(device, "setDoNotDisturb")
    phone_features.do_not_disturb(cluster, device, on=on)
    return device_state(device)


def _message_waiting(cluster: Cluster, device: Device, body: Body, _now: float) -> Json:
    phone_features.message_waiting(cluster, _line(device, body).line, on=_flag(body, "on"))
    return device_state(device)


def _forward(cluster: Cluster, device: Device, body: Body, _now: float) -> Json:
    if "to" not in body:
        raise Unusable(400, '"to" is missing: the number to forward to, or null')
    to = _text(body, "to")
    target = cluster.destination(to, InvalidForwardingDestination) if to is not None else None
    phone_features.forward(cluster, _line(device, body).line, target)
    return device_state(device)


DEVICE: dict[str, Operation] = {
    "dial": _dial,
    "answer": _answer,
    "hangup": _on_call(call_control.hangup, call_control.TO_HANG_UP),
    "hold": _on_call(call_control.hold, call_control.TO_HOLD),
    "resume": _on_call(call_control.resume, call_control.TO_RESUME),
    "dnd": _do_not_disturb,
    "message-waiting": _message_waiting,
    "forward": _forward,
    "unregister": _unregister,
    "register": _register,
    "move": _move,
}

NODE = {"fail": nodes.fail, "restore": nodes.restore}


# -- reading requests --------------------------------------------------------------------------------------


async def _body(request: web.Request) -> Body:
    if not request.can_read_body:
        return {}
    try:
        body = await request.json()
    except (JSONDecodeError, UnicodeDecodeError):
        raise Unusable(400, "the body is not JSON") from None
    if not isinstance(body, dict):
        raise Unusable(400, "the body is not a JSON object")
    return body


def _text(body: Body, key: str) -> str | None:
    value = body.get(key)
    if value is not None and not isinstance(value, str):
        raise Unusable(400, f'"{key}" is not a text')
    return value


def _flag(body: Body, key: str) -> bool:
    value = body.get(key)
    if not isinstance(value, bool):
        raise Unusable(400, f'"{key}" is true or false')
    return value


def _named(table: Mapping[str, T], name: str, what: str) -> T:
    if name not in table:
        raise Unusable(404, f"no {what} {name!r}")
    return table[name]


def _line(device: Device, body: Body) -> Appearance:
    """The appearance meant: `line` names it, or it is the only one."""
    wish = _text(body, "line")
    fitting = [a for a in device.appearances if wish is None or wish in (a.line.dn, a.line.number[4:])]
    if not fitting:
        raise Unusable(404, f"{device.name} has no line" + (f" {wish!r}" if wish is not None else ""))
    if len(fitting) > 1 and wish is None:
        raise Unusable(400, f'{device.name} has several lines: "line" is missing')
    if len(fitting) > 1:
        raise Unusable(400, f'{device.name} has {wish!r} in several partitions: "line" is DN;partition=P')
    return fitting[0]


def _leg(cluster: Cluster, device: Device, body: Body, choice: call_control.Choice) -> Leg:
    """The call meant, of the device's lines or of the one named."""
    appearances = (_line(device, body),) if "line" in body else device.appearances
    call = _text(body, "call")
    if call is None:
        return call_control.choose(cluster, appearances, choice)
    legs = [cluster.leg_at(appearance, CallId(call)) for appearance in appearances]
    found = next((leg for leg in legs if leg is not None), None)
    if found is None:
        raise Unusable(404, f"{device.name} is not on a call {call!r}")
    return found


def _fault(body: Body) -> tuple[Fault, float]:
    wish, delay = _text(body, "fault"), body.get("delay", 1.0)
    if wish is None or wish not in tuple(Fault):
        raise Unusable(400, f'"fault" is one of {", ".join(Fault)}')
    if not isinstance(delay, int | float) or isinstance(delay, bool) or not 0 < delay <= MAX_DELAY:
        raise Unusable(400, f'"delay" is a number of seconds above 0, at most {MAX_DELAY:g}')
    return Fault(wish), float(delay)


def _manager_state(server: CtiServer) -> Json:
    return {
        "name": server.cti.name,
        "address": f"{server.host}:{server.port}",
        "state": "listening" if server.listening else "down",
        "fault": str(server.cti.fault),
        "sessions": server.cti.sessions,
        "devices": server.cti.devices.open,
    }
