"""Runs one sandbox application on a loopback port in a thread of its own; it must not know any vendor."""

from __future__ import annotations

import socket
import threading
import time
from dataclasses import dataclass

import uvicorn
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Receive, Scope, Send

from sync.sandbox.faults import CUT

START_LIMIT_S = 10.0


@dataclass(frozen=True, slots=True)
class RunningServer:
    """A server that answers at `base_url` until it is stopped."""

    base_url: str
    port: int
    server: uvicorn.Server
    thread: threading.Thread

    def stop(self) -> None:
        self.server.should_exit = True
        self.thread.join(START_LIMIT_S)


def start(app: Starlette, *, port: int = 0, host: str = "127.0.0.1") -> RunningServer:
    """Serves `app` and returns once it accepts requests; port 0 takes any free one."""
    listener = _listener(host, port)
    bound = int(listener.getsockname()[1])
    server = uvicorn.Server(_config(app))
    thread = threading.Thread(target=server.run, args=([listener],), name=f"sandbox-{bound}", daemon=True)
    thread.start()
    _await_started(server, thread)
    return RunningServer(f"http://{host}:{bound}", bound, server, thread)


def _listener(host: str, port: int) -> socket.socket:
    """Named as TCP, because asyncio turns Nagle's delay (40 ms an answer) off only then."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(128)
    except OSError:
        listener.close()
        raise
    return listener


def _config(app: Starlette) -> uvicorn.Config:
    return uvicorn.Config(
        cuttable(app),
        http="h11",
        ws="none",
        lifespan="off",
        log_level="warning",
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=1,
    )


def _await_started(server: uvicorn.Server, thread: threading.Thread) -> None:
    deadline = time.monotonic() + START_LIMIT_S
    while not server.started:
        if time.monotonic() > deadline or not thread.is_alive():
            raise RuntimeError("the sandbox server did not start")
        time.sleep(0.005)


def cuttable(app: ASGIApp) -> ASGIApp:
    """Offers the faults a way to close the client's connection, which ASGI itself lacks."""

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        cycle = getattr(send, "__self__", None)  # uvicorn's request cycle, which owns the transport
        if cycle is not None:
            scope[CUT] = cycle.transport.close
        try:
            await app(scope, receive, send)
        except ClientDisconnect:
            return  # the caller died before it had said everything: nobody waits for an answer

    return serve
