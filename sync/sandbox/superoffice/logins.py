"""The cloud log-in of a system user: checks the signed token, hands out a ticket; it holds no records."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import orjson
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding
from starlette.requests import Request
from starlette.responses import JSONResponse

from sync.sandbox.superoffice.call import RUNNING_STATES
from sync.sandbox.superoffice.keys import CLAIMS, Signer, key_of
from sync.sandbox.superoffice.store import Store
from sync.sandbox.superoffice.tickets import Tickets
from sync.sandbox.wire import JsonObject

CLOCK_WINDOW = timedelta(minutes=5)  # [I] the sheet names the error, not the size of the window: 2.3
SERIAL = "sandbox"
ISSUER = "SuperOffice AS"  # superoffice.md 2.3 (seen 2026-11-22)
STRANGE_ISSUER = "Somebody Else AS"


@dataclass(frozen=True, slots=True)
class Logins:
    """The log-in service of one tenant, with the application that is registered there."""

    tickets: Tickets
    store: Store
    signer: Signer
    associate_id: int
    system_user_token: str = field(default="Opsync Sandbox-AbCdEfGhIj")

    def as_json(self) -> JsonObject:
        """What the application's owner keeps: his private key and the tenant's system user token."""
        pem = key_of("application").private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        return {"system_user_token": self.system_user_token, "private_key": pem.decode()}

    async def authenticate(self, request: Request) -> JSONResponse:
        """A refusal is HTTP 200 with IsSuccessful false: superoffice.md 2.3 (seen 2026-11-22)."""
        body = {key.lower(): str(value) for key, value in orjson.loads(await request.body()).items()}
        with self.store.lock:
            problem = self._problem(body)
            token = None if problem else self._token()
        return JSONResponse({"IsSuccessful": not problem, "Token": token, "ErrorMessage": problem or None})

    def jwks(self, _request: Request) -> JSONResponse:
        return JSONResponse(self.signer.published())

    def now(self) -> datetime:
        """The time by the log-in service's own clock."""
        return self.store.clock() + timedelta(seconds=float(self.store.switches.get("clock_skew_s")))

    def _problem(self, body: dict[str, str]) -> str:
        """The names are those of AuthorizeErrorCode where it has one: superoffice.md 2.3."""
        switches = self.store.switches
        if body.get("contextidentifier") != self.tickets.tenant:
            return "Unknown ContextIdentifier"
        if body.get("applicationtoken") != self.tickets.app_token:
            return "Unknown ApplicationToken"
        if switches.on("app_revoked"):
            return "Revoked"
        if switches.get("authorize_error"):
            return str(switches.get("authorize_error"))
        if switches.get("tenant_state") not in RUNNING_STATES:
            return f"The tenant is not running: {switches.get('tenant_state')}"
        return self._flaw(body.get("signedsystemtoken", ""))

    def _flaw(self, token: str) -> str:
        user, stamp, signature = ["", "", *token.rsplit(".", 2)][-3:]
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
        return abs(self.now() - at) <= CLOCK_WINDOW

    def _token(self) -> str:
        """A JWT whose claim carries a fresh ticket."""
        now, switches = self.now(), self.store.switches
        claims = {
            "iss": STRANGE_ISSUER if switches.on("wrong_issuer") else ISSUER,
            "aud": "spn:another" if switches.on("wrong_audience") else f"spn:{SERIAL}",
            "iat": now,
            "nbf": now,
            "exp": now + timedelta(hours=1),
            f"{CLAIMS}ticket": self.tickets.new_ticket(self.store, self.tickets.user),
            f"{CLAIMS}ctx": self.tickets.tenant,
            f"{CLAIMS}associateid": str(self.associate_id),
            f"{CLAIMS}serial": SERIAL,
            f"{CLAIMS}identityprovider": ISSUER,
        }
        return self.signer.signed(claims)


def _signed(payload: str, signature: str) -> bool:
    """RSA PKCS#1 v1.5 over SHA-256: superoffice.md 2.3."""
    public = key_of("application").public_key()
    try:
        public.verify(
            base64.b64decode(signature, validate=True), payload.encode(), padding.PKCS1v15(), hashes.SHA256()
        )
    except (InvalidSignature, binascii.Error):
        return False
    return True
