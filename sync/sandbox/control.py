"""The /_sandbox test endpoints of one server (log, faults, switches, user edits), free of vendor rules."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from json import JSONDecodeError
from typing import Protocol

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from sync.sandbox.backup import Backup
from sync.sandbox.recorder import Recorder
from sync.sandbox.switches import Fault, Faults, Switches
from sync.sandbox.wire import JsonObject, JsonValue


class Control(Protocol):
    """What a vendor's server lets a test do behind the API's back, as a person in the browser would."""

    def dump(self) -> JsonObject: ...
    def edit(self, record_id: int, changes: JsonObject, actor: str | None) -> None: ...
    def create(self, values: JsonObject, actor: str | None) -> int: ...
    def delete(self, record_id: int) -> None: ...
    def backup(self) -> Backup: ...
    def restore(self, backup: Backup) -> None: ...


@dataclass(frozen=True, slots=True)
class Instruments:
    """Everything one server measures and bends; `backups` by the name a test gave them."""

    name: str
    control: Control
    recorder: Recorder
    faults: Faults
    switches: Switches
    backups: dict[str, Backup] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Call:
    """One control request: the server it bends, what it asks and what it brings."""

    server: Instruments
    since: int
    body: JsonObject


Handler = Callable[[Call], JsonValue]


def control_routes(instruments: Instruments) -> list[Route]:
    return [
        Route(f"/_sandbox/{path}", _endpoint(instruments, handler), methods=[method])
        for method, path, handler in _HANDLERS
    ]


def _endpoint(instruments: Instruments, handler: Handler) -> Callable[[Request], JsonValue]:
    async def answer(request: Request) -> JSONResponse:
        try:
            body = await _body(request)
            call = Call(instruments, int(request.query_params.get("since", "0")), body)
            return JSONResponse(await run_in_threadpool(handler, call))
        except KeyError as error:
            return JSONResponse({"error": f"unknown: {error.args[0]}"}, status_code=404)
        except (ValueError, TypeError) as error:
            return JSONResponse({"error": str(error)}, status_code=400)

    return answer


async def _body(request: Request) -> JsonObject:
    raw = await request.body()
    if not raw:
        return {}
    try:
        body = await request.json()
    except (JSONDecodeError, UnicodeDecodeError) as error:
        raise ValueError(f"the body is not JSON: {error}") from error
    return body if isinstance(body, dict) else {"items": body}


def _log(call: Call) -> JsonValue:
    return call.server.recorder.since(call.since)


def _clear_log(call: Call) -> JsonValue:
    call.server.recorder.clear()
    return {}


def _counters(call: Call) -> JsonValue:
    return {"server": call.server.name, **call.server.recorder.as_json()}


def _dump(call: Call) -> JsonValue:
    return call.server.control.dump()


def _edit(call: Call) -> JsonValue:
    call.server.control.edit(int(call.body["id"]), dict(call.body["changes"]), call.body.get("as"))
    return {"id": int(call.body["id"])}


def _create(call: Call) -> JsonValue:
    actor = call.body.pop("as", None)
    return {"id": call.server.control.create(dict(call.body.get("values", call.body)), actor)}


def _delete(call: Call) -> JsonValue:
    call.server.control.delete(int(call.body["id"]))
    return {"id": int(call.body["id"])}


def _back_up(call: Call) -> JsonValue:
    name = str(call.body["name"])
    call.server.backups[name] = call.server.control.backup()
    return {"name": name}


def _restore(call: Call) -> JsonValue:
    """Everything written since is gone, and ids given since are given again."""
    name = str(call.body["name"])
    call.server.control.restore(call.server.backups[name])
    return {"name": name}


def _faults(call: Call) -> JsonValue:
    return call.server.faults.as_json()


def _add_faults(call: Call) -> JsonValue:
    for planned in [Fault(**item) for item in call.body.get("items", [call.body])]:
        call.server.faults.add(planned)
    return call.server.faults.as_json()


def _clear_faults(call: Call) -> JsonValue:
    call.server.faults.clear()
    return []


def _switches(call: Call) -> JsonValue:
    return call.server.switches.values


def _set_switches(call: Call) -> JsonValue:
    for name in call.body:
        call.server.switches.get(name)
    for name, value in call.body.items():
        call.server.switches.set(name, value)
    return call.server.switches.values


_HANDLERS: tuple[tuple[str, str, Handler], ...] = (
    ("GET", "log", _log),
    ("DELETE", "log", _clear_log),
    ("GET", "counters", _counters),
    ("GET", "dump", _dump),
    ("POST", "edit", _edit),
    ("POST", "create", _create),
    ("POST", "delete", _delete),
    ("POST", "backup", _back_up),
    ("POST", "restore", _restore),
    ("GET", "faults", _faults),
    ("POST", "faults", _add_faults),
    ("DELETE", "faults", _clear_faults),
    ("GET", "switches", _switches),
    ("POST", "switches", _set_switches),
)
