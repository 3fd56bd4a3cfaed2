"""A small cloud of SuperOffice for respx: log-in service, state endpoint and data hosts of one tenant.

After superoffice-samples.json and superoffice.md 1 and 2 (seen 2026-11-22).
"""

import json
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any
from urllib.parse import parse_qs

import httpx
import jwt
import respx
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256

TENANT = "Cust90001"
USER_TOKEN = "Opsync-AbCdEfGhIj"
CLIENT_SECRET = "the-application-secret"
REFRESH_TOKEN = "the-refresh-token"
CLIENT_ID = "opsync-client"
CLAIMS = "http://schemes.superoffice.net/identity/"


@cache
def a_key(_name: str) -> rsa.RSAPrivateKey:
    """One per name; making them is slow."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def pem_of(key: rsa.RSAPrivateKey) -> str:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()


class VendorCloud:
    """State and switches; `answers` are fixed ones by the end of a path."""

    def __init__(self) -> None:
        self.now = datetime(2026, 9, 14, 12, 0, tzinfo=UTC)
        self.host = "online3.superoffice.com"
        self.api: str | None = None
        self.state: dict[str, Any] = {"State": "Running", "IsRunning": True}
        self.valid_for = timedelta(minutes=10)
        self.dead_hosts: set[str] = set()
        self.tickets: set[str] = set()
        self.logins = self.refreshes = self.state_calls = self.key_calls = 0
        self.login_error = ""
        self.answers: dict[str, httpx.Response] = {}
        self.forged_token = ""
        self.accepts_nobody = False
        self.signer, self.kid = a_key("issuer"), "one"
        self.published = {"one": a_key("issuer")}
        self.claims: dict[str, Any] = {}
        self.granted: dict[str, Any] = {}
        self.requests: list[httpx.Request] = []

    def clock(self) -> datetime:
        return self.now

    def handle(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        host, path = request.url.host, request.url.path
        if host in self.dead_hosts:
            raise httpx.ConnectError("no route", request=request)
        if fixed := [answer for end, answer in self.answers.items() if path.endswith(end)]:
            return fixed[0]
        if host != "online.superoffice.com":
            return self._data(request)
        answers = {
            f"/api/state/{TENANT}": self._state,
            "/Login/api/PartnerSystemUser/Authenticate": self._authenticate,
            "/login/.well-known/jwks": self._jwks,
            "/login/common/oauth/tokens": self._tokens,
        }
        return answers[path](request) if path in answers else httpx.Response(404)

    def token(self, **claims: Any) -> str:
        """A token as the issuer signs it now."""
        said = {"iss": "SuperOffice AS", "exp": self.now + timedelta(hours=1), f"{CLAIMS}ctx": TENANT}
        headers = {"kid": self.kid} if self.kid else {}
        return jwt.encode(said | claims | self.claims, self.signer, algorithm="RS256", headers=headers)

    def forget_tickets(self) -> None:
        self.tickets.clear()

    def _state(self, _request: httpx.Request) -> httpx.Response:
        self.state_calls += 1
        until = (self.now + self.valid_for).strftime("%Y-%m-%dT%H:%M:%S.0000000Z")
        api = self.api or f"https://{self.host}/{TENANT}/api"
        said = {"ContextIdentifier": TENANT, "ValidUntil": until, "Api": api, "Endpoint": api[:-4]}
        return httpx.Response(200, json=said | self.state)

    def _authenticate(self, request: httpx.Request) -> httpx.Response:
        self.logins += 1
        body = json.loads(request.content)
        problem = self.login_error or self._problem(body)
        if problem:
            answer = {"IsSuccessful": False, "Token": None, "ErrorMessage": problem}
            return httpx.Response(200, json=answer)
        ticket = f"7T:ticket-{self.logins}"
        self.tickets.add(f"SOTicket {ticket}")
        token = self.forged_token or self.token(aud="spn:4711", **{f"{CLAIMS}ticket": ticket})
        return httpx.Response(200, json={"IsSuccessful": True, "Token": token, "ErrorMessage": None})

    def _problem(self, body: dict[str, str]) -> str:
        user, stamp, signature = body["SignedSystemToken"].rsplit(".", 2)
        if (user, body["ApplicationToken"], body["ContextIdentifier"]) != (USER_TOKEN, CLIENT_SECRET, TENANT):
            return "Unknown application"
        try:
            a_key("application").public_key().verify(
                b64decode(signature), f"{user}.{stamp}".encode(), padding.PKCS1v15(), SHA256()
            )
        except InvalidSignature:
            return "InvalidSignature"
        return "" if stamp == self.now.strftime("%Y%m%d%H%M") else "InvalidTimestamp"

    def _jwks(self, _request: httpx.Request) -> httpx.Response:
        self.key_calls += 1
        keys = [
            {**jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key(), as_dict=True), "kid": kid, "use": "sig"}
            for kid, key in self.published.items()
        ]
        return httpx.Response(200, json={"keys": [{"kty": "EC", "kid": "other"}, *keys]})

    def _tokens(self, request: httpx.Request) -> httpx.Response:
        self.refreshes += 1
        form = {name: values[0] for name, values in parse_qs(request.content.decode()).items()}
        if (form["client_id"], form["client_secret"]) != (CLIENT_ID, CLIENT_SECRET):
            return httpx.Response(401, json={"error": "invalid_client"})
        if form["grant_type"] == "refresh_token" and form["refresh_token"] != REFRESH_TOKEN:
            return httpx.Response(400, json={"error": "invalid_grant"})
        access = f"8A:{TENANT}.access-{self.refreshes}"
        self.tickets.add(f"Bearer {access}")
        answer = {"token_type": "Bearer", "access_token": access, "expires_in": 3600}
        if form["grant_type"] == "authorization_code":
            extra = {f"{CLAIMS}upn": "anna@example.com", f"{CLAIMS}system_token": USER_TOKEN}
            answer |= {"refresh_token": REFRESH_TOKEN, "id_token": self.token(aud=CLIENT_ID, **extra)}
        return httpx.Response(200, json=answer | self.granted)

    def _data(self, request: httpx.Request) -> httpx.Response:
        if request.url.host != self.host:
            return httpx.Response(421, text="A wrong subdomain was used")
        if self.accepts_nobody or request.headers.get("authorization") not in self.tickets:
            return httpx.Response(401, json={"Message": "Authorization has been denied"})
        return httpx.Response(200, json={"Host": request.headers["host"], "Path": request.url.path})


@contextmanager
def a_cloud() -> Iterator[VendorCloud]:
    """Answers every call by httpx until the block ends."""
    cloud = VendorCloud()
    with respx.mock(assert_all_called=False) as router:
        router.route().mock(side_effect=cloud.handle)
        yield cloud
