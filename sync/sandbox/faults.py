"""Wraps a vendor's routes with the request log and the planned faults; it must not know any vendor."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import anyio
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import Response
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sync.sandbox.control import Control, Instruments, control_routes
from sync.sandbox.recorder import Recorder
from sync.sandbox.switches import Fault, FaultKind, Faults, Switches
from sync.sandbox.wire import Clock, IsWrite, JsonObject, JsonValue

__all__ = [
    "Clock",
    "Control",
    "Fault",
    "FaultKind",
    "Faults",
    "IsWrite",
    "JsonObject",
    "JsonValue",
    "Recorder",
    "Switches",
    "instrument",
]

CUT = "sandbox.cut"  # scope key under which server.py offers to close the connection
LOGIN_PAGE = "<!DOCTYPE html><html><head><title>Log in</title></head><body><form>Log in</form></body></html>"


def instrument(  # noqa: PLR0913  the parts of a server, each named at the call
    app_routes: Sequence[BaseRoute],
    *,
    name: str,
    control: Control,
    recorder: Recorder,
    faults: Faults,
    switches: Switches,
) -> Starlette:
    """One application with the vendor's routes under log and faults, and /_sandbox/* beside them."""
    instruments = Instruments(name, control, recorder, faults, switches)
    gate = Middleware(Gate, recorder=recorder, faults=faults)
    return Starlette(routes=[*control_routes(instruments), *app_routes], middleware=[gate])


class Gate:
    """ASGI middleware: takes the first matching fault, plays it, and writes the log."""

    def __init__(self, app: ASGIApp, *, recorder: Recorder, faults: Faults) -> None:
        self.app = app
        self.recorder = recorder
        self.faults = faults

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith("/_sandbox/"):
            await self.app(scope, receive, send)
            return
        write = self.recorder.is_write(scope["method"], scope["path"])
        fault = self.faults.take(scope["method"], scope["path"], write=write)
        status = 0
        log = _Once(lambda status: self._record(scope, status, fault))
        try:
            status = await self._answer(fault, scope, receive, log.before_the_end(send))
        finally:
            log(status)

    async def _answer(self, fault: Fault | None, scope: Scope, receive: Receive, send: Send) -> int:
        if fault is not None and fault.delay_s > 0:
            await anyio.sleep(fault.delay_s)
        match fault.kind if fault else FaultKind.DELAY:
            case FaultKind.DROP_BEFORE:
                return await _cut(scope, receive)
            case FaultKind.DROP_AFTER:
                await _collect(self.app, scope, receive)
                return await _cut(scope, receive)
            case FaultKind.TRUNCATE:
                return await _truncate(await _collect(self.app, scope, receive), scope, receive, send)
            case FaultKind.STATUS | FaultKind.HTML:
                return await _replace(fault, scope, receive, send)
        return await _pass(self.app, scope, receive, send)

    def _record(self, scope: Scope, status: int, fault: Fault | None) -> None:
        query = scope["query_string"].decode("latin-1")
        kind = str(fault.kind) if fault else None
        self.recorder.record(scope["method"], scope["path"], query=query, status=status, fault=kind)


class _Once:
    """Writes one log entry, just before the answer ends: whoever has the answer finds the entry."""

    def __init__(self, write: Callable[[int], None]) -> None:
        self._write = write
        self._written = False
        self._status = 0

    def __call__(self, status: int) -> None:
        if not self._written:
            self._written = True
            self._write(status)

    def before_the_end(self, send: Send) -> Send:
        async def watch(message: Message) -> None:
            self._status = message.get("status", self._status)
            if message["type"] == "http.response.body" and not message.get("more_body"):
                self(self._status)
            await send(message)

        return watch


async def _pass(app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> int:
    seen: list[int] = []

    async def watch(message: Message) -> None:
        if message["type"] == "http.response.start":
            seen.append(message["status"])
        await send(message)

    await app(scope, receive, watch)
    return seen[0]


async def _collect(app: ASGIApp, scope: Scope, receive: Receive) -> list[Message]:
    """Carries the request out and keeps the answer back."""
    messages: list[Message] = []

    async def keep(message: Message) -> None:
        messages.append(message)

    await app(scope, receive, keep)
    return messages


async def _cut(scope: Scope, receive: Receive) -> int:
    """Closes the connection; what was not sent yet never arrives."""
    close: Callable[[], None] = scope[CUT]
    close()
    while (await receive())["type"] != "http.disconnect":
        pass
    return 0


async def _truncate(messages: list[Message], scope: Scope, receive: Receive, send: Send) -> int:
    start = messages[0]
    body = b"".join(message.get("body", b"") for message in messages[1:])
    await send(start)
    await send({"type": "http.response.body", "body": body[: len(body) // 2], "more_body": True})
    await _cut(scope, receive)
    return int(start["status"])


async def _replace(fault: Fault | None, scope: Scope, receive: Receive, send: Send) -> int:
    assert fault is not None
    if fault.kind == FaultKind.HTML:
        response = Response(fault.body or LOGIN_PAGE, 200, fault.headers, media_type="text/html")
    else:
        response = Response(fault.body, fault.status, fault.headers)
    await response(scope, receive, send)
    return response.status_code
