"""Logging in, tokens and the brute-force counter; it must not decide what a user may see."""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sync.sandbox.onlyoffice import moments
from sync.sandbox.onlyoffice.calls import Call, Rule, rule
from sync.sandbox.onlyoffice.failures import ApiFailure, bad_argument, login_failed, too_many_attempts
from sync.sandbox.onlyoffice.records import User
from sync.sandbox.onlyoffice.state import State
from sync.sandbox.wire import JsonObject, JsonValue

COOKIE = "asc_auth_key"
_LIFE = timedelta(days=365)
_NOT_ALLOWED = "Exception of type 'ASC.IPSecurity.IPSecurityException' was thrown."


@dataclass(frozen=True, slots=True)
class Session:
    """One issued token; `epoch` is the session reset it was issued under."""

    user_id: str
    expires: datetime
    epoch: JsonValue


class Sessions:
    """Accounts, tokens and failed attempts of one portal."""

    def __init__(self, state: State, password: str) -> None:
        self._state = state
        self._password = password
        self._tokens: dict[str, Session] = {}
        self._attempts: dict[tuple[str, str], list[datetime]] = {}
        self._blocked: dict[tuple[str, str], datetime] = {}

    def issue(self, user: User) -> tuple[str, datetime]:
        """An opaque token that lives for a year, unless the portal has a cookie lifetime."""
        # onlyoffice.md 2.1 (seen 2026-11-22)
        seed = f"{user.id}:{len(self._tokens)}:{self._password}"
        token = base64.b64encode(hashlib.sha256(seed.encode()).digest()).decode()
        minutes = int(self._state.switches.get("token_life_min"))
        expires = self._state.clock() + (timedelta(minutes=minutes) or _LIFE)
        self._tokens[token] = Session(user.id, expires, self._state.switches.get("session_reset"))
        return token, expires

    def revoke_all(self) -> None:
        self._tokens = {token: Session(s.user_id, s.expires, None) for token, s in self._tokens.items()}

    def user_of(self, token: str) -> User | None:
        session = self._tokens.get(token)
        if session is None or session.expires <= self._state.clock():
            return None
        if session.epoch is None or session.epoch != self._state.switches.get("session_reset"):
            return None
        return self._active(self._state.users.get(session.user_id))

    @staticmethod
    def _active(user: User | None) -> User | None:
        return None if user is None or user.disabled else user

    def check(self, login: str, password: str) -> User | None:
        name = login.strip().lower()
        rows = self._state.users.values()
        user = next((row for row in rows if name in (row.email.lower(), row.login.lower())), None)
        right = hmac.compare_digest(password.encode(), self._password.encode())
        return self._active(user) if right else None

    def log_in(self, login: str, password: str, client: str) -> User:
        """Counts the attempt first; a success takes its own attempt off again."""
        # onlyoffice.md 2.3 (seen 2026-11-22)
        if self._state.switches.on("ip_restricted"):
            raise ApiFailure(500, _NOT_ALLOWED, -2146233088)
        pair, now = (login.lower(), client), self._state.clock()
        self._count(pair, now)
        user = self.check(login, password) if login and password else None
        if user is None:
            raise login_failed()
        self._attempts[pair].pop()
        return user

    def _count(self, pair: tuple[str, str], now: datetime) -> None:
        window = timedelta(seconds=self._state.switches.get("login_window_s"))
        if self._blocked.get(pair, now) > now:
            raise too_many_attempts()
        recent = [*(at for at in self._attempts.get(pair, []) if now - at < window), now]
        self._attempts[pair] = recent
        if len(recent) > self._state.switches.get("login_limit"):
            self._blocked[pair] = now + window
            self._attempts[pair] = []
            raise too_many_attempts()

    def caller(self, headers: Mapping[str, str], given: str | None) -> User | None:
        """Cookie, then Basic, then Bearer; a cookie hides the raw header altogether."""
        # onlyoffice.md 2.2 (seen 2026-11-22)
        raw, forms = headers.get("authorization", ""), self._state.switches.get("token_header")
        scheme, _, rest = raw.partition(" ")
        plain = raw if forms != "bearer" else ""
        found = self.user_of(given if given is not None else plain)
        if found is None and scheme.lower() == "basic":
            found = self._basic(rest)
        if found is None and scheme.lower() == "bearer" and forms != "raw":
            found = self.user_of(rest.strip())
        return found

    def _basic(self, encoded: str) -> User | None:
        """A password holding a colon is cut there."""
        try:
            text = base64.b64decode(encoded, validate=True).decode("ascii", "replace")
        except binascii.Error:
            return None
        login, _, rest = text.partition(":")
        return self.check(login, rest.split(":")[0])


def routes(sessions: Sessions) -> tuple[Rule, ...]:
    def first_step(call: Call) -> JsonValue:
        user = _credentials(sessions, call)
        if kind := call.state.switches.get("two_factor"):
            return _second_factor_wanted(call, str(kind))
        return _welcome(sessions, call, user)

    def second_step(call: Call) -> JsonValue:
        user = _credentials(sessions, call)
        if call.args.text("code") != call.state.switches.get("two_factor_code"):
            raise login_failed()
        kind = str(call.state.switches.get("two_factor") or "app")
        return _welcome(sessions, call, user) | {"sms" if kind == "sms" else "tfa": True}

    def send_code(call: Call) -> JsonValue:
        _credentials(sessions, call)
        return _second_factor_wanted(call, "sms")

    def set_phone(call: Call) -> JsonValue:
        _credentials(sessions, call)
        if not call.args.text("mobilePhone"):
            raise bad_argument()
        call.state.switches.set("phone_activated", True)
        return _second_factor_wanted(call, "sms")

    return (
        rule("POST", "authentication", first_step, needs_login=False),
        rule("POST", "authentication/sendsms", send_code, needs_login=False),
        rule("POST", "authentication/setphone", set_phone, needs_login=False),
        rule("POST", "authentication/{code:any}", second_step, needs_login=False),
    )


def _credentials(sessions: Sessions, call: Call) -> User:
    login, password = call.args.text("userName") or "", call.args.text("password") or ""
    return sessions.log_in(login, password, call.client)


def _welcome(sessions: Sessions, call: Call, user: User) -> JsonObject:
    token, expires = sessions.issue(user)
    call.headers["set-cookie"] = f"{COOKIE}={token}; path=/; httponly"
    return {"token": token, "expires": moments.to_wire(expires, call.state.zone())}


def _second_factor_wanted(call: Call, kind: str) -> JsonObject:
    # Still a 201, only the token is null.  onlyoffice.md 2.5 (seen 2026-11-22)
    if kind == "app":
        return {"token": None, "tfa": True}
    if not call.state.switches.on("phone_activated"):
        return {"token": None, "sms": True}
    expires = moments.to_wire(call.state.clock() + timedelta(minutes=5), call.state.zone())
    return {"token": None, "sms": True, "phoneNoise": "+47*****12", "expires": expires}
