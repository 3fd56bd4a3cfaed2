"""One loopback server a test module, a fresh portal behind it for each test."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import httpx
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.types import ASGIApp, Receive, Scope, Send

from sync.sandbox import server
from sync.sandbox.onlyoffice.app import Portal, build
from sync.sandbox.onlyoffice.records import User
from sync.sandbox.world import make_world

PASSWORD = "correct horse"
ADMIN = "sync@example.com"


class HandClock:
    """Time that moves only when told to."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 2, 9, 15, 42, 123456, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


class Loopback:
    """A running server whose portal can be swapped."""

    def __init__(self) -> None:
        self.app: ASGIApp | None = None
        self.server = server.start(Starlette(routes=[Mount("/", app=self._serve)]))
        self.client = httpx.Client(base_url=self.server.base_url, timeout=10)

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        assert self.app is not None
        await self.app(scope, receive, send)

    def close(self) -> None:
        self.client.close()
        self.server.stop()


@contextmanager
def loopback() -> Iterator[Loopback]:
    running = Loopback()
    try:
        yield running
    finally:
        running.close()


class Rig:
    """A fresh portal and short ways to call it as any of its users."""

    def __init__(self, running: Loopback, *, companies: int = 6, sales: int = 12) -> None:
        self.clock = HandClock()
        world = make_world(companies=companies, sales=sales, seed=7)
        self.portal: Portal = build(world, clock=self.clock, password=PASSWORD)
        self.state = self.portal.state
        self._client = running.client
        running.app = self.portal.app

    def send(self, method: str, path: str, *, login: str | None = ADMIN, **parts: Any) -> httpx.Response:
        """`path` below /api/2.0/ unless it starts with a slash; `login` None sends no credentials."""
        headers = {**parts.pop("headers", {})}
        if login is not None:
            headers["Authorization"] = self.token(login)
        url = path if path.startswith("/") else f"/api/2.0/{path}"
        self._client.cookies.clear()
        return self._client.request(method, url, headers=headers, **parts)

    def token(self, login: str) -> str:
        if login == ADMIN:
            return self.portal.credentials["token"]
        answer = self.send(
            "POST", "authentication", login=None, json={"userName": login, "password": PASSWORD}
        )
        return str(answer.json()["response"]["token"])

    def envelope(self, method: str, path: str, **parts: Any) -> Any:
        return json.loads(self.send(method, path, **parts).text, parse_float=Decimal)

    def call(self, method: str, path: str, **parts: Any) -> Any:
        """The payload of a call that must succeed."""
        answer = self.envelope(method, path, **parts)
        assert answer["status"] == 0, answer
        return answer["response"]

    def error(self, method: str, path: str, **parts: Any) -> tuple[int, str]:
        answer = self.envelope(method, path, **parts)
        return answer["statusCode"], answer["error"]["message"]

    def switch(self, **values: Any) -> None:
        self.send("POST", "/_sandbox/switches", login=None, json=values).raise_for_status()

    def user(self, login: str) -> User:
        return next(user for user in self.state.users.values() if login in (user.login, user.email))

    @property
    def plain(self) -> str:
        return self.portal.credentials["plain_user"]

    def stage(self, title: str) -> int:
        return next(row.id for row in self.state.stages.values() if row.title == title)

    def company(self, index: int = 0) -> int:
        return [row.id for row in self.state.contacts.values() if row.is_company][index]

    def field(self, label: str) -> int:
        return next(row.id for row in self.state.definitions.values() if row.label == label)

    def body(self, **changes: Any) -> dict[str, Any]:
        """The least a create or update needs."""
        least = {
            "title": "Pump order",
            "responsibleid": self.user("sync").id,
            "stageid": self.stage("Need assessment"),
            "bidCurrencyAbbr": "EUR",
        }
        return least | changes

    def create(self, **changes: Any) -> Any:
        login = changes.pop("login", ADMIN)
        return self.call("POST", "crm/opportunity", login=login, json=self.body(**changes))

    def read(self, key: int) -> Any:
        return self.call("GET", f"crm/opportunity/{key}")

    def clear(self) -> None:
        """Takes every seeded opportunity away."""
        for row in list(self.state.opportunities.values()):
            self.state.remove(row)
