"""What may answer in the portal's place, before any call is looked at; it must not know any call."""

from collections import deque
from datetime import datetime, timedelta

from starlette.responses import Response

from sync.sandbox.faults import LOGIN_PAGE
from sync.sandbox.onlyoffice import encoder
from sync.sandbox.onlyoffice.state import State
from sync.sandbox.wire import JsonValue

_WINDOW = timedelta(seconds=10)
_BAD_GATEWAY = "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>"
_FAILED = {"message": "Object reference not set to an instance of an object.", "hresult": -2147467261}


def in_front(state: State) -> Response | None:
    """A proxy, a log-in page or a broken handler, as switched; None lets the request through."""
    # onlyoffice.md 3.6 and 9 (seen 2026-11-22)
    match state.switches.get("front"):
        case "login_page":
            return Response(LOGIN_PAGE, 200, media_type="text/html")
        case "error_in_200":
            broken = {"status": 1, "statusCode": 200, "error": {**_FAILED, "data": {}}}
            return Response(encoder.dumps(broken), 200, media_type="application/json")
        case "bad_gateway":
            return Response(_BAD_GATEWAY, 502, media_type="text/html")
        case "busy":
            return _busy("")
        case "busy_retry":
            return _busy(state.switches.get("retry_after_s"))
    return None


def _busy(wait_s: JsonValue) -> Response:
    headers = {} if wait_s == "" else {"Retry-After": str(wait_s)}
    return Response("Service Unavailable", 503, headers, "text/plain")


class Limiter:
    """The hosted service's limit of requests in ten seconds."""

    # onlyoffice.md 9 (seen 2026-11-22)
    def __init__(self, state: State) -> None:
        self._state = state
        self._recent: deque[datetime] = deque()

    def refusal(self) -> Response | None:
        limit, now = int(self._state.switches.get("rate_limit")), self._state.clock()
        while self._recent and now - self._recent[0] >= _WINDOW:
            self._recent.popleft()
        if limit and len(self._recent) >= limit:
            return _busy(self._state.switches.get("retry_after_s"))
        self._recent.append(now)
        return None
