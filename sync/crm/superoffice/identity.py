"""The vendor's log-in service: its calls and their answers; it decides nothing about when to log in."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from sync.crm.http import Call, Http, HttpOptions
from sync.crm.superoffice.claims import ISSUER, Expected, claims_of
from sync.crm.superoffice.issuerkeys import IssuerKeys
from sync.crm.superoffice.options import Cloud
from sync.crm.superoffice.refusal import reason_in, refusal
from sync.crm.superoffice.wire import Wire
from sync.domain.model import Side
from sync.errors import RecordGone, SideDown, WrongShape

# superoffice.md 2.2 and 2.3 (seen 2026-11-22), the vendor's own casing
_AUTHENTICATE = "Login/api/PartnerSystemUser/Authenticate"
_TOKENS = "login/common/oauth/tokens"
_KEYS = "login/.well-known/jwks"
Shape = TypeVar("Shape", bound=BaseModel)
_REFUSALS = frozenset({400, 401, 403})


class Authenticated(Wire):
    """The answer to a system user's log-in; a refusal is a 200 as well: superoffice.md 2.3."""

    is_successful: bool = False
    token: str | None = Field(default=None, repr=False)
    error_message: str | None = None


class Tokens(BaseModel):
    """What a code or a refresh token is changed into: superoffice.md 2.2 (seen 2026-11-22)."""

    model_config = ConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True)

    access_token: str = Field(min_length=1, repr=False)
    expires_in: int = 3600
    refresh_token: str | None = Field(default=None, repr=False)
    id_token: str | None = Field(default=None, repr=False)


class Identity:
    """One environment's log-in service."""

    def __init__(
        self,
        cloud: Cloud,
        http_options: HttpOptions,
        on_call: Callable[[Call], None],
        clock: Callable[[], datetime],
    ) -> None:
        self._cloud = cloud
        self._clock = clock
        self._http = Http(
            Side.LEFT,
            replace(http_options, base_url=cloud.identity_root),
            auth=None,
            headers={},
            explain=_refuse,
            on_call=on_call,
        )
        self._keys = IssuerKeys(partial(self._read, "GET", _KEYS))

    def close(self) -> None:
        self._http.close()

    def authenticate(self, question: Mapping[str, str]) -> Authenticated:
        """A faulty log-in is not repeated: each one leaves a row behind, superoffice.md 2.3."""
        body = self._read("POST", _AUTHENTICATE, json=question, retry_500=False)
        return _understood(Authenticated, body, _AUTHENTICATE)

    def tokens(self, form: Mapping[str, str]) -> Tokens:
        body = self._read("POST", _TOKENS, data=form, retry_500=False)
        return _understood(Tokens, body, _TOKENS)

    def ticket_claims(self, token: str, serial: str) -> Mapping[str, object]:
        """The claims of a system user's token: superoffice.md 2.3 step 7 (seen 2026-11-22)."""
        audience = f"spn:{serial}" if serial else ""
        expected = Expected(frozenset({ISSUER}), audience, self._cloud.tenant)
        return claims_of(token, self._keys, expected, self._clock)

    def person_claims(self, token: str, client_id: str) -> Mapping[str, object]:
        """The claims of an id_token. Its issuer is not documented [I]: the name of 2.3, or the address that
        OpenID Connect asks for. The audience is our client id there (OpenID Connect Core 2)."""
        root = self._cloud.identity_root
        issuers = frozenset({ISSUER, root, f"{root}/login"})
        expected = Expected(issuers, client_id, self._cloud.tenant)
        return claims_of(token, self._keys, expected, self._clock)

    def _read(
        self,
        method: str,
        path: str,
        *,
        json: object = None,
        data: Mapping[str, str] | None = None,
        retry_500: bool = True,
    ) -> object:
        try:
            answer = self._http.read(method, path, route=path, json=json, data=data, retry_500=retry_500)
        except RecordGone as error:
            raise SideDown(f"{error}; is this the vendor's log-in host?") from error
        return answer.body if answer else None


def _refuse(status: int, body: object) -> str:
    """Raises what the service itself says; the sender's own words do for a passing fault."""
    if status in _REFUSALS:
        raise refusal("log-in service", reason_in(body))
    return ""


def _understood(shape: type[Shape], body: object, route: str) -> Shape:
    try:
        return shape.model_validate(body)
    except ValidationError:
        raise WrongShape(
            f"SuperOffice POST {route}: expected a log-in's answer, got something else"
        ) from None
