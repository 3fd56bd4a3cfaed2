"""The web pages and calls of the log-in service, in the cloud and on an own server; it checks no secrets."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from urllib.parse import parse_qsl, urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from sync.sandbox.superoffice.identity import Denied, Identity
from sync.sandbox.superoffice.tickets import SESSION_COOKIE
from sync.sandbox.wire import JsonObject

LOGIN_FORM = (
    "<!DOCTYPE html><html><head><title>Log in to SuperOffice</title></head><body>"
    '<form method="post"><input name="username"><input name="password" type="password"></form></body></html>'
)


@dataclass(frozen=True, slots=True)
class IdentityCalls:
    """The log-in service of one tenant as a browser and an application see it."""

    identity: Identity
    base_path: str

    def discovery(self, request: Request) -> JSONResponse:
        """superoffice.md 2.2 (seen 2026-11-22); there is no userinfo endpoint."""
        root = _root(request)
        return JSONResponse(
            {
                "issuer": root,
                "authorization_endpoint": f"{root}/login/common/oauth/authorize",
                "token_endpoint": f"{root}/login/common/oauth/tokens",
                "jwks_uri": f"{root}/login/.well-known/jwks",
                "scopes_supported": ["openid"],
                "response_modes_supported": ["query"],
                "response_types_supported": ["code"],
                "grant_types_supported": ["authorization_code", "refresh_token"],
                "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": ["RS256"],
                "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"],
                "code_challenge_methods_supported": ["S256", "plain"],
            }
        )

    def authorize(self, request: Request) -> Response:
        """Whoever asks has logged in and consents at once; a doubtful address is never redirected to."""
        asked = dict(request.query_params)
        problem = self._stranger(asked) or self._elsewhere(asked, request.path_params["tenant"])
        if problem:
            return HTMLResponse(f"<!DOCTYPE html><title>Error</title><p>{escape(problem)}</p>", 400)
        given = {"state": asked["state"]} if "state" in asked else {}
        try:
            with self.identity.logins.store.lock:
                answer = {"code": self.identity.authorized(asked)}
        except Denied as denied:
            answer = {"error": denied.code, "error_description": denied.description}
        glue = "&" if "?" in asked["redirect_uri"] else "?"
        return RedirectResponse(f"{asked['redirect_uri']}{glue}{urlencode(answer | given)}", 302)

    async def tokens(self, request: Request) -> JSONResponse:
        form = dict(parse_qsl((await request.body()).decode("utf-8", "replace")))
        form = _basic_client(request.headers.get("authorization", "")) | form
        try:
            with self.identity.logins.store.lock:
                answer = self.identity.granted(form, _root(request), self.base_path)
        except Denied as denied:
            problem = {"error": denied.code, "error_description": denied.description}
            return JSONResponse(problem, denied.status)
        return JSONResponse(answer, headers={"Cache-Control": "no-store"})

    def form(self, _request: Request) -> HTMLResponse:
        return HTMLResponse(LOGIN_FORM)

    async def log_in(self, request: Request) -> Response:
        """A browser session with its X-XSRF-TOKEN: superoffice.md 2.1; the form itself is ours [I]."""
        given = dict(parse_qsl((await request.body()).decode("utf-8", "replace")))
        logins = self.identity.logins
        with logins.store.lock:
            session = logins.tickets.new_session(
                logins.store, given.get("username", ""), given.get("password", "")
            )
        if session is None:
            return HTMLResponse(LOGIN_FORM)
        answer = RedirectResponse(f"{self.base_path}/", 302)
        answer.set_cookie(SESSION_COOKIE, session[0], path="/", httponly=True)
        answer.set_cookie("XSRF-TOKEN", session[1], path="/")
        return answer

    def _stranger(self, asked: Mapping[str, str]) -> str:
        """Names of AuthorizeErrorCode: superoffice.md 2.3."""
        if asked.get("client_id") != self.identity.client_id:
            return "Unknown client_id"
        registered = self.identity.logins.store.switches.get("redirect_uris")
        return "" if asked.get("redirect_uri") in registered else "InvalidRedirectUrl"

    def _elsewhere(self, asked: Mapping[str, str], in_path: str) -> str:
        """A tenant may stand in the path or in acr_values: superoffice.md 2.2."""
        own = self.identity.logins.tickets.tenant.lower()
        values = [part.partition(":")[2] for part in asked.get("acr_values", "").split() if "tenant:" in part]
        named = [*values, *([] if in_path.lower() == "common" else [in_path])]
        return "" if all(name.lower() == own for name in named) else "Unknown tenant"


def _root(request: Request) -> str:
    return str(request.base_url).rstrip("/")


def _basic_client(header: str) -> JsonObject:
    scheme, _, credential = header.partition(" ")
    if scheme.lower() != "basic":
        return {}
    try:
        client_id, _, secret = base64.b64decode(credential, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return {}
    return {"client_id": client_id, "client_secret": secret}
