"""Who a request comes from, by its credentials, and which of these still live; it answers no request."""

from __future__ import annotations

import base64
import binascii
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http.cookies import CookieError, SimpleCookie

from sync.sandbox.superoffice.failures import Refusal
from sync.sandbox.superoffice.rows import AssociateRow
from sync.sandbox.superoffice.store import Store
from sync.sandbox.wire import JsonObject, JsonValue

SESSION_COOKIE = "SoSession"  # [I] the sheet does not name the cookie: 2.1


@dataclass
class Grant:
    """What was given to one log-in; `used_at` None has not been used yet, `epoch` tells resets apart."""

    user: str
    used_at: datetime | None
    epoch: JsonValue
    xsrf: str = ""


@dataclass
class Tickets:
    """The secrets of one tenant; every user of it shares the password, tokens belong to the API account."""

    password: str
    tenant: str
    user: str = "sync"
    ticket: str = field(default_factory=lambda: f"7T:{secrets.token_urlsafe(24)}")
    app_token: str = field(default_factory=lambda: secrets.token_hex(16))
    client_id: str = field(default_factory=lambda: secrets.token_hex(16))
    opaque: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    tickets: dict[str, Grant] = field(default_factory=dict)
    tokens: dict[str, Grant] = field(default_factory=dict)
    sessions: dict[str, Grant] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.tickets[self.ticket] = Grant(self.user, None, 0)

    @property
    def bearer(self) -> str:
        """An access token that never ends, for tests; those of the token endpoint do."""
        return f"8A:{self.tenant}.{self.opaque}"

    def as_json(self) -> JsonObject:
        return {
            "user": self.user,
            "password": self.password,
            "ticket": self.ticket,
            "app_token": self.app_token,
            "client_id": self.client_id,
            "bearer": self.bearer,
        }

    def new_ticket(self, store: Store, user: str) -> str:
        ticket = f"7T:{secrets.token_urlsafe(24)}"
        self.tickets[ticket] = Grant(user, store.clock(), store.switches.get("session_reset"))
        return ticket

    def new_token(self, store: Store, user: str) -> str:
        token = f"8A:{self.tenant}.{secrets.token_urlsafe(24)}"
        self.tokens[token] = Grant(user, store.clock(), store.switches.get("session_reset"))
        return token

    def new_session(self, store: Store, user: str, password: str) -> tuple[str, str] | None:
        """Cookie and X-XSRF-TOKEN of a browser session; None for a wrong password."""
        if store.find_associate(user) is None or not self._right(password):
            return None
        cookie, xsrf = secrets.token_urlsafe(24), secrets.token_urlsafe(24)
        self.sessions[cookie] = Grant(user, store.clock(), store.switches.get("session_reset"), xsrf)
        return cookie, xsrf

    def authenticate(self, store: Store, headers: Mapping[str, str]) -> AssociateRow:
        """The user of the request; a 401 when there is none."""
        scheme, _, credential = headers.get("authorization", "").partition(" ")
        user = {
            "basic": self._basic,
            "soticket": self._ticket,
            "bearer": self._bearer,
        }.get(scheme.lower(), self._cookie)(store, headers, credential.strip())
        found = store.find_associate(user) if user else None
        if found is None:
            raise Refusal(401, {"Message": "Authorization has been denied for this request."})
        return found

    def _right(self, password: str) -> bool:
        return secrets.compare_digest(password.encode(), self.password.encode())

    def _basic(self, store: Store, _headers: Mapping[str, str], credential: str) -> str | None:
        # superoffice.md 2.1 (seen 2026-11-22): Basic is for installations on the customer's own servers
        if store.switches.on("online"):
            return None
        user, password = _decoded(credential)
        return user if self._right(password) else None

    def _ticket(self, store: Store, headers: Mapping[str, str], credential: str) -> str | None:
        if store.switches.on("online") and headers.get("so-apptoken") != self.app_token:
            return None
        if store.switches.on("ticket_expired") or store.switches.on("app_revoked"):
            return None
        # superoffice.md 2.3 (seen 2026-11-22): six hours sliding
        return _slid(store, self.tickets.get(credential))

    def _bearer(self, store: Store, _headers: Mapping[str, str], credential: str) -> str | None:
        if store.switches.on("app_revoked"):
            return None
        if credential == self.bearer:
            return self.user
        # superoffice.md 2.2 (seen 2026-11-22): 3600 s from the moment it was made
        grant = self.tokens.get(credential)
        alive = grant is not None and _alive(store, grant, "access_token_life_s")
        return grant.user if grant and alive else None

    def _cookie(self, store: Store, headers: Mapping[str, str], _credential: str) -> str | None:
        """A session of a page inside the product: superoffice.md 2.1."""
        if store.switches.on("online") or not store.switches.on("cookies"):
            return None
        grant = self.sessions.get(_session_of(headers.get("cookie", "")))
        given = headers.get("x-xsrf-token", "")
        if grant is None or not secrets.compare_digest(given.encode(), grant.xsrf.encode()):
            return None
        return _slid(store, grant)


def _slid(store: Store, grant: Grant | None) -> str | None:
    """The user of a grant that still lives; using it pushes its end."""
    if grant is None or not _alive(store, grant, "ticket_life_s"):
        return None
    grant.used_at = store.clock()
    return grant.user


def _alive(store: Store, grant: Grant, life: str) -> bool:
    idle = store.clock() - (grant.used_at or store.clock())
    same_epoch = grant.epoch == store.switches.get("session_reset")
    return same_epoch and idle <= timedelta(seconds=float(store.switches.get(life)))


def _session_of(header: str) -> str:
    try:
        found = SimpleCookie(header).get(SESSION_COOKIE)
    except CookieError:
        return ""
    return found.value if found else ""


def _decoded(credential: str) -> tuple[str, str]:
    try:
        user, _, password = base64.b64decode(credential, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    return user, password
