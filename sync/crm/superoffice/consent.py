"""A person's first consent: the address to open, what comes back, and what is kept; it opens nothing."""

import secrets
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from hmac import compare_digest
from pathlib import Path
from urllib.parse import parse_qs, urlencode

from sync.crm.superoffice.claims import claim
from sync.crm.superoffice.identity import Identity, Tokens
from sync.crm.superoffice.openid import check_tenant
from sync.crm.superoffice.options import Cloud
from sync.crm.superoffice.refusal import refusal
from sync.crm.superoffice.tokenfile import TokenFile
from sync.errors import LoginRefused

_AUTHORIZE = "login/common/oauth/authorize"
_PLACE = "log-in"


@dataclass(frozen=True, slots=True)
class ConsentOptions:
    """The registered application, where its answer comes back, and where its tokens are kept."""

    client_id: str
    client_secret: str = field(repr=False)
    redirect_port: int
    refresh_token: TokenFile
    system_user_token: TokenFile
    wants_system_user: bool = False

    @property
    def redirect_uri(self) -> str:
        """Has to be registered exactly like this: superoffice.md 2.2 (seen 2026-11-22)."""
        return f"http://127.0.0.1:{self.redirect_port}/callback"


@dataclass(frozen=True, slots=True)
class Granted:
    """Who consented for which tenant, and the files that now hold a token."""

    tenant: str
    user: str
    files: tuple[Path, ...]


class Consent:
    """One attempt, with a state and a code verifier that nobody else knows."""

    def __init__(self, options: ConsentOptions, cloud: Cloud, identity: Identity) -> None:
        self._options = options
        self._cloud = cloud
        self._identity = identity
        self._state = secrets.token_urlsafe(32)
        self._verifier = secrets.token_urlsafe(48)

    def close(self) -> None:
        self._identity.close()

    @property
    def redirect_port(self) -> int:
        return self._options.redirect_port

    def url(self) -> str:
        """superoffice.md 2.2, Authorize (seen 2026-11-22)."""
        challenge = urlsafe_b64encode(sha256(self._verifier.encode()).digest()).rstrip(b"=").decode()
        question = {
            "client_id": self._options.client_id,
            "scope": "openid",
            "redirect_uri": self._options.redirect_uri,
            "response_type": "code",
            "state": self._state,
            "acr_values": f"tenant:{self._cloud.tenant}",
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        return f"{self._cloud.identity_root}/{_AUTHORIZE}?{urlencode(question)}"

    def code_of(self, query: str) -> str | None:
        """The code in the query of a redirect; None when it answers another attempt than this one."""
        answer = parse_qs(query)
        if not compare_digest(_first(answer, "state").encode(), self._state.encode()):
            return None
        if name := _first(answer, "error"):
            raise refusal(_PLACE, name)
        return _first(answer, "code") or None

    def redeem(self, code: str) -> Granted:
        """Changes the code, checks whom the answer is about, and keeps its tokens."""
        # superoffice.md 2.2, Exchange (seen 2026-11-22)
        tokens = self._identity.tokens(
            {
                "grant_type": "authorization_code",
                "client_id": self._options.client_id,
                "client_secret": self._options.client_secret,
                "code": code,
                "redirect_uri": self._options.redirect_uri,
                "code_verifier": self._verifier,
            }
        )
        check_tenant(tokens.access_token, self._cloud.tenant)
        claims = self._claims(tokens)
        files = self._keep(tokens, claim(claims, "system_token"))
        user = claim(claims, "upn") or claim(claims, "email") or claim(claims, "associateid")
        return Granted(claim(claims, "ctx") or self._cloud.tenant, user, files)

    def _claims(self, tokens: Tokens) -> Mapping[str, object]:
        if not tokens.id_token:
            raise LoginRefused(f"SuperOffice {_PLACE}: the answer does not say who consented; try again")
        return self._identity.person_claims(tokens.id_token, self._options.client_id)

    def _keep(self, tokens: Tokens, system_token: str) -> tuple[Path, ...]:
        """What this log-in needs has to be there; what else there is, is kept where a file is named."""
        needed = system_token if self._options.wants_system_user else tokens.refresh_token
        if not needed:
            raise LoginRefused(f"SuperOffice {_PLACE}: the answer carries no {self._needed_name()}")
        kept = (
            (self._options.refresh_token, tokens.refresh_token),
            (self._options.system_user_token, system_token),
        )
        return tuple(file.path for file, token in kept if token and file.save(token) and file.path)

    def _needed_name(self) -> str:
        if self._options.wants_system_user:
            return "system user token; has the application been registered with a system user?"
        return "refresh token; ask the vendor how the application is registered"


def _first(answer: Mapping[str, list[str]], name: str) -> str:
    return answer.get(name, [""])[0]
