"""Where SuperOffice posts its events: proves each and passes it on; it looks nothing up and keeps no data."""

import asyncio
import base64
import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

import orjson
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

PATH = "/superoffice"
LONGEST_BODY = 64 * 1024
"""Bytes; an event with every column of a sale has about one thousand."""
BODY_S = 10.0
REMEMBERED = 10_000
"""Event ids against replays. A replay from before them only causes a look at a record."""
_SIGNATURE = "x-superoffice-signature"
_LONGEST_ID = 100

Hear = Callable[[str, str], bool]
"""Takes an event's name and record id; False where it means nothing. Called on the event loop: it must
neither wait nor raise."""


class Result(StrEnum):
    """What became of one delivery. FORGED: not signed with our secret, or of another tenant."""

    ACCEPTED = "accepted"
    REPLAYED = "replayed"
    FORGED = "forged"
    MALFORMED = "malformed"
    OVERSIZED = "oversized"
    IGNORED = "ignored"


# Anything but 200 brings the hook nearer to being switched off, and 410 does it at once: superoffice.md 7.5
# (seen 2026-11-22). So whatever is truly the vendor's gets 200, whether we understand it or not.
_STATUS = {
    Result.ACCEPTED: 200,
    Result.REPLAYED: 200,
    Result.IGNORED: 200,
    Result.FORGED: 401,
    Result.MALFORMED: 400,
    Result.OVERSIZED: 413,
}


@dataclass(frozen=True, slots=True)
class Trust:
    """Whose events count: `secret` signs every body, `tenants` are names in lower case ("" for a body that
    names none, as an own server's may)."""

    secret: str = field(repr=False)
    tenants: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Event:
    """The members of superoffice.md 7.3 (seen 2026-11-22) that matter."""

    id: str
    name: str
    tenant: str
    record_id: str


def build_receiver(trust: Trust, hear: Hear, note: Callable[[Result], None]) -> Starlette:
    """`POST /superoffice` and nothing else. There is no token: the signature is one for each body."""
    if not trust.secret:
        raise ValueError("webhooks are never received without a secret")
    judge = Judge(trust, hear)

    async def receive(request: Request) -> Response:
        result = await _received(request, judge)
        note(result)
        return PlainTextResponse(f"{result}\n", _STATUS[result])

    return Starlette(routes=[Route(PATH, receive, methods=["POST"])])


class Judge:
    """Tells deliveries apart and lets each event through once; used by the event loop's thread alone."""

    def __init__(self, trust: Trust, hear: Hear) -> None:
        self._trust = trust
        self._hear = hear
        self._seen: dict[str, None] = {}

    def judge(self, body: bytes, signature: str) -> Result:
        """Nothing of the body is read before its signature is proven."""
        if not self._is_signed(body, signature):
            return Result.FORGED
        event = _read(body)
        if event is None:
            return Result.MALFORMED
        if event.name == "test":  # whoever registers a hook wants 200 for it: superoffice.md 7.1
            return Result.IGNORED
        if event.tenant not in self._trust.tenants:
            return Result.FORGED
        return self._passed_on(event)

    def _is_signed(self, body: bytes, signature: str) -> bool:
        """Base64 of HMAC-SHA256 over the raw bytes, compared in constant time: superoffice.md 7.4."""
        digest = hmac.new(self._trust.secret.encode(), body, hashlib.sha256).digest()
        return hmac.compare_digest(base64.b64encode(digest), signature.encode())

    def _passed_on(self, event: _Event) -> Result:
        """Who made the change is not asked: a person may have edited right after us (superoffice.md 7.6), and
        the engine knows its own echo by the base."""
        if event.id in self._seen:
            return Result.REPLAYED
        self._seen[event.id] = None
        if len(self._seen) > REMEMBERED:
            del self._seen[next(iter(self._seen))]
        return Result.ACCEPTED if self._hear(event.name, event.record_id) else Result.IGNORED


async def _received(request: Request, judge: Judge) -> Result:
    signature = request.headers.get(_SIGNATURE, "")
    if not signature:
        return Result.FORGED
    try:
        async with asyncio.timeout(BODY_S):
            body = await _body(request)
    except (TimeoutError, ClientDisconnect):
        return Result.MALFORMED
    return Result.OVERSIZED if body is None else judge.judge(body, signature)


async def _body(request: Request) -> bytes | None:
    """None as soon as it is longer than allowed, announced or not."""
    announced = request.headers.get("content-length", "0")
    if announced.isdigit() and int(announced) > LONGEST_BODY:
        return None
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LONGEST_BODY:
            return None
    return bytes(body)


def _read(body: bytes) -> _Event | None:
    """None for what is no event. The record's id is passed on as it is, even where it is none."""
    try:
        found = orjson.loads(body)
    except orjson.JSONDecodeError:
        return None
    if not isinstance(found, dict):
        return None
    name, event_id = found.get("Event"), found.get("EventId")
    if not isinstance(name, str) or not isinstance(event_id, str) or not 0 < len(event_id) <= _LONGEST_ID:
        return None
    tenant = str(found.get("ContextIdentifier") or "").casefold()
    return _Event(event_id.casefold(), name, tenant, str(found.get("PrimaryKey", "")))
