"""Who a request comes from, by its Authorization header; it must not answer requests itself."""

from __future__ import annotations

import base64
import binascii
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sync.sandbox.superoffice.failures import Refusal
from sync.sandbox.superoffice.rows import AssociateRow
from sync.sandbox.superoffice.store import Store
from sync.sandbox.wire import JsonObject

TICKET_LIFE = timedelta(hours=6)  # sliding: superoffice.md 2.3 (seen 2026-11-22)


@dataclass
class Tickets:
    """The secrets of one tenant; every user of it shares the password, tokens belong to the API account."""

    password: str
    tenant: str
    user: str = "sync"
    ticket: str = field(default_factory=lambda: f"7T:{secrets.token_urlsafe(24)}")
    app_token: str = field(default_factory=lambda: secrets.token_hex(16))
    opaque: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    used_at: datetime | None = None

    @property
    def bearer(self) -> str:
        return f"8A:{self.tenant}.{self.opaque}"

    def as_json(self) -> JsonObject:
        return {
            "user": self.user,
            "password": self.password,
            "ticket": self.ticket,
            "app_token": self.app_token,
            "bearer": self.bearer,
        }

    def authenticate(self, store: Store, headers: Mapping[str, str]) -> AssociateRow:
        """The user of the request; a 401 when there is none."""
        scheme, _, credential = headers.get("authorization", "").partition(" ")
        user = {
            "basic": self._basic,
            "soticket": self._ticket,
            "bearer": self._bearer,
        }.get(scheme.lower(), _nobody)(store, headers, credential.strip())
        found = store.find_associate(user) if user else None
        if found is None:
            raise Refusal(401, {"Message": "Authorization has been denied for this request."})
        return found

    def _basic(self, store: Store, _headers: Mapping[str, str], credential: str) -> str | None:
        # superoffice.md 2.1 (seen 2026-11-22): Basic is for installations on the customer's own servers
        if store.switches.on("online"):
            return None
        user, password = _decoded(credential)
        return user if secrets.compare_digest(password.encode(), self.password.encode()) else None

    def _ticket(self, store: Store, headers: Mapping[str, str], credential: str) -> str | None:
        if store.switches.on("online") and headers.get("so-apptoken") != self.app_token:
            return None
        if credential != self.ticket or self._expired(store):
            return None
        self.used_at = store.clock()
        return self.user

    def _expired(self, store: Store) -> bool:
        idle = store.clock() - (self.used_at or store.clock())
        return idle > TICKET_LIFE or store.switches.on("ticket_expired")

    def _bearer(self, _store: Store, _headers: Mapping[str, str], credential: str) -> str | None:
        return self.user if credential == self.bearer else None


def _nobody(_store: Store, _headers: Mapping[str, str], _credential: str) -> None:
    return None


def _decoded(credential: str) -> tuple[str, str]:
    try:
        user, _, password = base64.b64decode(credential, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    return user, password
