"""The cloud log-in of a system user: checks the signed token, hands out a ticket; it holds no records."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache

import jwt
import orjson
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from starlette.requests import Request
from starlette.responses import JSONResponse

from sync.sandbox.superoffice.tickets import Tickets
from sync.sandbox.wire import Clock, JsonObject

CLOCK_WINDOW = timedelta(minutes=5)  # [I] the sheet names the error, not the size of the window: 2.3
_CLAIMS = "http://schemes.superoffice.net/identity/"
_KEY_ID = "sandbox"


@cache
def _key(_purpose: str) -> rsa.RSAPrivateKey:
    """One key per purpose and process: making them is slow."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@dataclass(frozen=True, slots=True)
class Logins:
    """The log-in service of one tenant, with the application that is registered there."""

    tickets: Tickets
    clock: Clock
    associate_id: int
    system_user_token: str = field(default="Opsync Sandbox-AbCdEfGhIj")

    def as_json(self) -> JsonObject:
        """What the application's owner keeps: his private key and the tenant's system user token."""
        pem = _key("application").private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        return {"system_user_token": self.system_user_token, "private_key": pem.decode()}

    async def authenticate(self, request: Request) -> JSONResponse:
        """A refusal is HTTP 200 with IsSuccessful false: superoffice.md 2.3 (seen 2026-11-22)."""
        body = {key.lower(): str(value) for key, value in orjson.loads(await request.body()).items()}
        problem = self._problem(body)
        token = None if problem else self._token()
        return JSONResponse({"IsSuccessful": not problem, "Token": token, "ErrorMessage": problem or None})

    def jwks(self, _request: Request) -> JSONResponse:
        public = jwt.algorithms.RSAAlgorithm.to_jwk(_key("login").public_key(), as_dict=True)
        return JSONResponse({"keys": [{**public, "kid": _KEY_ID, "use": "sig", "alg": "RS256"}]})

    def _problem(self, body: dict[str, str]) -> str:
        if body.get("contextidentifier") != self.tickets.tenant:
            return "Unknown ContextIdentifier"
        if body.get("applicationtoken") != self.tickets.app_token:
            return "Unknown ApplicationToken"
        user, stamp, signature = ["", "", *body.get("signedsystemtoken", "").rsplit(".", 2)][-3:]
        if user != self.system_user_token:
            return "Unknown system user"
        if not _signed(f"{user}.{stamp}", signature):
            return "InvalidSignature"
        return "" if self._timely(stamp) else "InvalidTimestamp"

    def _timely(self, stamp: str) -> bool:
        try:
            at = datetime.strptime(stamp, "%Y%m%d%H%M").replace(tzinfo=UTC)
        except ValueError:
            return False
        return abs(self.clock() - at) <= CLOCK_WINDOW

    def _token(self) -> str:
        """A JWT whose claim carries the ticket; a new log-in starts the ticket's life afresh."""
        self.tickets.used_at = self.clock()
        now = self.clock()
        claims = {
            "iss": "SuperOffice AS",
            "aud": "spn:sandbox",
            "iat": now,
            "exp": now + timedelta(hours=1),
            f"{_CLAIMS}ticket": self.tickets.ticket,
            f"{_CLAIMS}ctx": self.tickets.tenant,
            f"{_CLAIMS}associateid": str(self.associate_id),
            f"{_CLAIMS}serial": "sandbox",
        }
        return jwt.encode(claims, _key("login"), algorithm="RS256", headers={"kid": _KEY_ID})


def _signed(payload: str, signature: str) -> bool:
    """RSA PKCS#1 v1.5 over SHA-256: superoffice.md 2.3."""
    public = _key("application").public_key()
    try:
        public.verify(
            base64.b64decode(signature, validate=True), payload.encode(), padding.PKCS1v15(), hashes.SHA256()
        )
    except (InvalidSignature, binascii.Error):
        return False
    return True
