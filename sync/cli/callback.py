"""Waits on this machine for the one browser request that brings an answer; it knows no vendor."""

from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, HTTPServer
from time import monotonic
from urllib.parse import urlsplit

from sync.errors import LoginRefused, OpsyncError

_PATH = "/callback"
_LOOPBACK = "127.0.0.1"
_DONE = "opsync has its answer; this page can be closed, the terminal tells the rest."
_STRANGE = "This is not the answer that opsync waits for."
_READ_LIMIT_S = 5.0

Read = Callable[[str], str | None]
"""Takes a query and gives what it brings; None when it belongs to somebody else."""


class Callback:
    """Listens as soon as it is made, so that no answer is too early; port 0 takes any free one."""

    def __init__(self, port: int, read: Read) -> None:
        self._found: str | None = None
        self._error: OpsyncError | None = None
        self._read = read
        try:
            self._server = HTTPServer((_LOOPBACK, port), _handler(self._take))
        except OSError as error:
            raise LoginRefused(
                f"port {port} of this machine is taken ({error.strerror}); stop what uses it, "
                "or run `opsync login --code-from-stdin`"
            ) from error
        self.port = int(self._server.server_address[1])

    def close(self) -> None:
        self._server.server_close()

    def wait(self, limit_s: float) -> str:
        """What the answer brings; raises what it refuses with, and `LoginRefused` after `limit_s` seconds."""
        deadline = monotonic() + limit_s
        while self._found is None and self._error is None:
            self._server.timeout = deadline - monotonic()
            if self._server.timeout <= 0:
                raise LoginRefused(f"nobody consented within {limit_s:.0f} s; run `opsync login` again")
            self._server.handle_request()
        if self._error is not None:
            raise self._error
        return self._found or ""

    def _take(self, target: str) -> tuple[int, str]:
        parts = urlsplit(target)
        if parts.path != _PATH:
            return 404, _STRANGE
        try:
            self._found = self._read(parts.query)
        except OpsyncError as error:
            self._error = error
            return 200, _DONE
        return (200, _DONE) if self._found else (400, _STRANGE)


def _handler(take: Callable[[str], tuple[int, str]]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        """Hands GET requests to `take`; a browser that sends nothing does not keep others waiting."""

        timeout = _READ_LIMIT_S

        def do_GET(self) -> None:
            status, text = take(self.path)
            body = text.encode()
            self.send_response(status)
            self.send_header("Content-Type", "text/plain; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Cache-Control", "no-store")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Nothing: the request line carries the code."""

    return Handler
