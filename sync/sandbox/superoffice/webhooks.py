"""Subscriptions and their delivery on a thread of its own; it must never hold up a request."""

from __future__ import annotations

import base64
import hashlib
import heapq
import hmac
import itertools
import threading
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

import httpx
import orjson

from sync.sandbox.superoffice.payloads import event_body
from sync.sandbox.superoffice.store import Event
from sync.sandbox.switches import Switches
from sync.sandbox.wire import Clock, JsonObject

# superoffice.md 7.5 (seen 2026-11-22)
ATTEMPTS = 3
ERRORS_ALLOWED = 9
DISABLING_STATUS = 410
TIMEOUT_S = 5.0


@dataclass
class Hook:
    """One subscription and its health."""

    id: int
    name: str
    events: tuple[str, ...]
    target_url: str
    secret: str
    owner_id: int
    registered_at: datetime
    state: str = "Active"
    headers: dict[str, str] = field(default_factory=dict)
    properties: JsonObject = field(default_factory=dict)
    total_calls: int = 0
    total_errors: int = 0
    consecutive_errors: int = 0
    last_error: str = ""


@dataclass(frozen=True, slots=True, order=True)
class Delivery:
    """One event on its way to one hook; ordered by when it is due."""

    due: float
    turn: int
    hook_id: int = field(compare=False)
    body: JsonObject = field(compare=False)
    attempt: int = field(compare=False, default=0)


@dataclass
class Hooks:
    """All subscriptions of one tenant, with the thread that serves them once there is one."""

    clock: Clock
    switches: Switches
    tenant: str
    items: dict[int, Hook] = field(default_factory=dict)
    waiting: list[Delivery] = field(default_factory=list)
    changed: threading.Condition = field(default_factory=threading.Condition)
    turns: itertools.count[int] = field(default_factory=itertools.count)
    thread: threading.Thread | None = None
    stopped: bool = False

    def add(self, hook: Hook) -> None:
        with self.changed:
            self.items[hook.id] = hook
            if self.thread is None:
                self.thread = threading.Thread(target=self._run, name="sandbox-webhooks", daemon=True)
                self.thread.start()

    def next_id(self) -> int:
        return max(self.items, default=0) + 1

    def stop(self) -> None:
        with self.changed:
            self.stopped = True
            self.changed.notify_all()
        if self.thread is not None:
            self.thread.join(TIMEOUT_S * 2)

    def tell(self, event: Event) -> None:
        """Queues the event for every active hook that asked for it; stopped hooks never learn of it (7.5)."""
        with self.changed:
            for hook in self.items.values():
                if hook.state == "Active" and event.name in hook.events:
                    self._queue(hook, event_body(event, self.clock(), self.tenant, hook.name))
            self.changed.notify_all()

    def _queue(self, hook: Hook, body: JsonObject) -> None:
        payload = {**body, "EventId": str(uuid.uuid4()), **hook.properties}
        copies = 2 if self.switches.on("duplicate_webhooks") else 1
        for _ in range(copies):
            turn = next(self.turns)
            late = 0.25 if self.switches.on("reorder_webhooks") and turn % 2 == 0 else 0.0
            heapq.heappush(self.waiting, Delivery(time.monotonic() + late, turn, hook.id, payload))

    def test_call(self, hook: Hook) -> str:
        """Calls the receiver as a save does; returns what is wrong, empty when it answered 200 (7.1)."""
        body = event_body(Event("test", 0, hook.owner_id), self.clock(), self.tenant, hook.name)
        return post(hook, {**body, "EventId": str(uuid.uuid4())}, {"X-Hook-Test": "true"})[1]

    def _run(self) -> None:
        while (delivery := self._next()) is not None:
            hook = self.items.get(delivery.hook_id)
            if hook is not None and hook.state == "Active":
                self._deliver(hook, delivery)

    def _next(self) -> Delivery | None:
        with self.changed:
            while not self.stopped:
                wait = self.waiting[0].due - time.monotonic() if self.waiting else None
                if wait is not None and wait <= 0:
                    return heapq.heappop(self.waiting)
                self.changed.wait(wait)
        return None

    def _deliver(self, hook: Hook, delivery: Delivery) -> None:
        retry = {"X-SuperOffice-Retry": str(delivery.attempt)}
        status, problem = post(hook, delivery.body, retry)
        with self.changed:
            self._count(hook, status, problem)
            if problem and hook.state == "Active":
                self._again(delivery)

    def _count(self, hook: Hook, status: int, problem: str) -> None:
        hook.total_calls += 1
        if not problem:
            hook.consecutive_errors = 0
            return
        hook.total_errors += 1
        hook.consecutive_errors += 1
        hook.last_error = problem
        if status == DISABLING_STATUS:
            hook.state = "Stopped"
        elif hook.consecutive_errors >= ERRORS_ALLOWED:
            hook.state = "TooManyErrors"

    def _again(self, delivery: Delivery) -> None:
        """Three attempts, then the event is dropped: superoffice.md 7.5."""
        attempt = delivery.attempt + 1
        if attempt < ATTEMPTS:
            pause_s = float(self.switches.get("webhook_pauses_s")[attempt - 1])
            again = replace(delivery, due=time.monotonic() + pause_s, attempt=attempt)
            heapq.heappush(self.waiting, again)


def post(hook: Hook, body: JsonObject, extra: Mapping[str, str]) -> tuple[int, str]:
    """One delivery attempt: the status, 0 without an answer, and what was wrong with it."""
    raw = orjson.dumps(body)
    headers = {**hook.headers, **_headers(body), **extra, **signed(hook.secret, raw)}
    try:
        status = httpx.post(
            hook.target_url, content=raw, headers=headers, timeout=TIMEOUT_S, trust_env=False
        ).status_code
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        return 0, str(error) or type(error).__name__
    return status, "" if status == httpx.codes.OK else f"the receiver answered {status}"


def signed(secret: str, raw: bytes) -> dict[str, str]:
    """The signature over the raw body; absent without a secret: superoffice.md 7.4."""
    if not secret:
        return {}
    digest = hmac.new(secret.encode(), raw, hashlib.sha256).digest()
    return {"X-SuperOffice-Signature": base64.b64encode(digest).decode()}


def _headers(body: JsonObject) -> dict[str, str]:
    return {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "NetServer-Webhook/12.4",
        "X-SuperOffice-Event": str(body["Event"]),
        "X-SuperOffice-EventId": str(body["EventId"]),
        "X-SuperOffice-Retry": "0",
    }
