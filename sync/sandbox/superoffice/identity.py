"""The OpenID Connect side of the log-in service: codes, tokens and their keys; it holds no records."""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sync.sandbox.superoffice.keys import CLAIMS
from sync.sandbox.superoffice.logins import ISSUER, SERIAL, STRANGE_ISSUER, Logins
from sync.sandbox.superoffice.rows import AssociateRow
from sync.sandbox.wire import JsonObject


class Denied(Exception):
    """A refused request for tokens, by its OAuth error code."""

    def __init__(self, code: str, description: str, status: int = 400) -> None:
        super().__init__(f"{code}: {description}")
        self.code = code
        self.description = description
        self.status = status


@dataclass(frozen=True, slots=True)
class Code:
    """What an authorization code stands for."""

    user: str
    redirect_uri: str
    challenge: str
    method: str
    nonce: str
    issued_at: datetime


@dataclass
class Identity:
    """The codes and refresh tokens of one application in one tenant."""

    logins: Logins
    codes: dict[str, Code] = field(default_factory=dict)
    refreshers: dict[str, str] = field(default_factory=dict)

    @property
    def client_id(self) -> str:
        return self.logins.tickets.client_id

    def authorized(self, asked: Mapping[str, str]) -> str:
        """A code for a request whose redirect address was checked before; raises Denied."""
        store = self.logins.store
        if asked.get("response_type") != "code":
            raise Denied("unsupported_response_type", "only response_type=code")
        if "openid" not in asked.get("scope", "").split():
            raise Denied("invalid_scope", "the scope is openid")
        method = asked.get("code_challenge_method", "plain" if asked.get("code_challenge") else "")
        if method not in {"", "plain", "S256"}:
            raise Denied("invalid_request", "unknown code_challenge_method")
        if store.switches.get("consent") != "given" or store.switches.on("app_revoked"):
            raise Denied("access_denied", "consent was not given")
        user = store.find_associate(asked.get("login_hint"))
        code = secrets.token_urlsafe(32)
        self.codes[code] = Code(
            user.login if user else self.logins.tickets.user,
            asked["redirect_uri"],
            asked.get("code_challenge", ""),
            method,
            asked.get("nonce", ""),
            store.clock(),
        )
        return code

    def granted(self, form: Mapping[str, str], root: str, base_path: str) -> JsonObject:
        """The answer of the token endpoint; raises Denied."""
        self._check_client(form)
        match form.get("grant_type"):
            case "authorization_code":
                code = self._spent(form)
                refresh_token = secrets.token_urlsafe(32)
                self.refreshers[refresh_token] = code.user
                answer = self._tokens(code.user, code.nonce, root, base_path)
                return answer | {"refresh_token": refresh_token}
            case "refresh_token":
                # superoffice.md 2.2 (seen 2026-11-22): the answer has no new refresh token
                return self._tokens(self._refreshed(form), "", root, base_path)
            case _:
                raise Denied("unsupported_grant_type", "authorization_code or refresh_token")

    def _check_client(self, form: Mapping[str, str]) -> None:
        right_id = form.get("client_id") == self.client_id
        given = form.get("client_secret", "").encode()
        # a public client may prove itself by PKCE alone [I]; a refresh always needs the secret (2.2)
        public = not given and bool(form.get("code_verifier"))
        if not right_id or not (
            public or secrets.compare_digest(given, self.logins.tickets.app_token.encode())
        ):
            raise Denied("invalid_client", "unknown client_id or client_secret", 401)
        if self.logins.store.switches.on("app_revoked"):
            raise Denied("invalid_grant", "the application was revoked")

    def _spent(self, form: Mapping[str, str]) -> Code:
        """A code works once, for ten minutes, with its own redirect address: superoffice.md 2.2."""
        code = self.codes.pop(form.get("code", ""), None)
        if code is None:
            raise Denied("invalid_grant", "the code is unknown or was used")
        life = timedelta(seconds=float(self.logins.store.switches.get("code_life_s")))
        if self.logins.store.clock() - code.issued_at > life:
            raise Denied("invalid_grant", "the code is too old")
        if form.get("redirect_uri") != code.redirect_uri:
            raise Denied("invalid_grant", "another redirect_uri than the code was made for")
        if not _proven(code, form.get("code_verifier", "")):
            raise Denied("invalid_grant", "the code_verifier does not match")
        return code

    def _refreshed(self, form: Mapping[str, str]) -> str:
        user = self.refreshers.get(form.get("refresh_token", ""))
        if user is None or self.logins.store.switches.on("refresh_revoked"):
            raise Denied("invalid_grant", "the refresh token is unknown or was revoked")
        return user

    def _tokens(self, user: str, nonce: str, root: str, base_path: str) -> JsonObject:
        store, caller = self.logins.store, self.logins.store.find_associate(user)
        if caller is None:
            raise Denied("invalid_grant", "the user is gone")
        return {
            "token_type": "Bearer",
            "access_token": self.logins.tickets.new_token(store, user),
            "expires_in": int(store.switches.get("access_token_life_s")),
            "id_token": self.logins.signer.signed(self._claims(caller, nonce, root, base_path)),
        }

    def _claims(self, caller: AssociateRow, nonce: str, root: str, base_path: str) -> JsonObject:
        # the issuer of id tokens is the log-in host, the vendor's name is that of system user tokens
        now, switches = self.logins.now(), self.logins.store.switches
        own = {
            "associateid": str(caller.id),
            "ctx": self.logins.tickets.tenant,
            "company_name": "Sandbox AS",
            "email": caller.email,
            "upn": caller.email,
            "initials": caller.login.upper(),
            "is_administrator": str(caller.is_admin),
            "serial": SERIAL,
            "identityprovider": ISSUER,
            "netserver_url": f"{root}{base_path}/Remote/Services88/",
            "webapi_url": f"{root}{base_path}/api/",
            "system_token": self.logins.system_user_token,
        }
        return {
            "iss": STRANGE_ISSUER if switches.on("wrong_issuer") else root,
            "aud": "another-application" if switches.on("wrong_audience") else self.client_id,
            "sub": caller.email,
            "iat": now,
            "nbf": now,
            "exp": now + timedelta(hours=1),
            **({"nonce": nonce} if nonce else {}),
            **{f"{CLAIMS}{name}": value for name, value in own.items()},
        }


def _proven(code: Code, verifier: str) -> bool:
    """PKCE, S256 or plain: superoffice.md 2.2."""
    if not code.challenge:
        return True
    digest = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    given = digest if code.method == "S256" else verifier
    return secrets.compare_digest(given.encode(), code.challenge.encode())
