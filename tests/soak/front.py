"""Stands where the https proxy stands: passes SuperOffice's events on to a daemon; it reads none of them."""

import threading
from collections.abc import Callable, Sequence
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count

import httpx

from sync.wiring import real_clock

TIMEOUT_S = 4.0
PATH = "/superoffice"

Targets = Callable[[], Sequence[str]]
"""Gives the addresses of the daemons that live now."""


class Front:
    """`passed` events found a daemon; at `lost_at` there was none, or it did not take them."""

    def __init__(self, targets: Targets) -> None:
        self.passed = 0
        self.lost_at: list[datetime] = []
        self._targets = targets
        self._turns = count()
        self._client = httpx.Client(timeout=TIMEOUT_S, trust_env=False)
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, name="front", daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}{PATH}"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._client.close()

    def carry(self, body: bytes, headers: dict[str, str]) -> int:
        """The status of the first daemon that answers, asked in turn; 502 when none does."""
        targets, turn = self._targets(), next(self._turns)
        for shift in range(len(targets)):
            url = targets[(turn + shift) % len(targets)]
            try:
                status = self._client.post(f"{url}{PATH}", content=body, headers=headers).status_code
            except httpx.HTTPError:
                continue
            self._note(status)
            return status
        self._note(502)
        return 502

    def _note(self, status: int) -> None:
        if status == 200:
            self.passed += 1
        else:
            self.lost_at.append(real_clock())


def _handler(front: Front) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        """Passes a POST on with its headers of the vendor's."""

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            names = [name for name in self.headers if name.lower().startswith(("x-", "content-type"))]
            self.send_response(front.carry(body, {name: self.headers[name] for name in names}))
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Nothing."""

    return Handler
