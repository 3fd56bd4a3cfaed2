"""The service's own pages as a Starlette app built by a function; every route needs the token."""

import hmac
from collections.abc import Callable, Mapping

from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from sync.web.metrics import CONTENT_TYPE

Check = Callable[[], tuple[bool, Mapping[str, object]]]
"""Whether all is well, and what to tell about it."""


def build_app(
    token: str,
    *,
    live: Check,
    ready: Check,
    metrics: Callable[[], bytes],
    now: Callable[[], None] | None = None,
) -> Starlette:
    """`/livez`, `/readyz` and `/metrics`, for whoever sends `Authorization: Bearer <token>`; a POST to `/now`
    calls `now`, which asks for a cycle at once and must not wait for it."""
    if not token:
        raise ValueError("the pages are never shown without a token")
    routes = [
        Route("/livez", _page(live)),
        Route("/readyz", _page(ready)),
        Route("/metrics", lambda _request: Response(metrics(), media_type=CONTENT_TYPE)),
    ]
    if now is not None:
        routes.append(Route("/now", _asked(now), methods=["POST"]))
    return Starlette(routes=routes, middleware=[Middleware(Gate, token=token)])


def _page(check: Check) -> Callable[[Request], Response]:
    def page(_request: Request) -> Response:
        well, told = check()
        return JSONResponse(dict(told), status_code=200 if well else 503)

    return page


def _asked(ask: Callable[[], None]) -> Callable[[Request], Response]:
    def page(_request: Request) -> Response:
        ask()
        return JSONResponse({"asked": True}, status_code=202)

    return page


class Gate:
    """Middleware that answers 401 to everybody without the token, whatever the route."""

    def __init__(self, app: ASGIApp, *, token: str) -> None:
        self._app = app
        self._expected = f"Bearer {token}".encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or self._may_pass(Headers(scope=scope).get("authorization", "")):
            await self._app(scope, receive, send)
            return
        refusal = PlainTextResponse("a token is needed\n", 401, {"WWW-Authenticate": "Bearer"})
        await refusal(scope, receive, send)

    def _may_pass(self, given: str) -> bool:
        return hmac.compare_digest(given.encode(), self._expected)
