"""Proves that a token comes from the issuer and is meant for us; it fetches nothing itself."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import jwt
from jwt.types import Options

from sync.crm.superoffice.issuerkeys import IssuerKeys
from sync.errors import LoginRefused

ISSUER = "SuperOffice AS"  # superoffice.md 2.3 (seen 2026-11-22)
PREFIX = "http://schemes.superoffice.net/identity/"  # superoffice.md 2.2 (seen 2026-11-22)
_LEEWAY = timedelta(minutes=2)
# Times are compared with our own clock argument below, not with the library's.
_UNCHECKED: Options = {
    "verify_exp": False,
    "verify_nbf": False,
    "verify_iat": False,
    "verify_aud": False,
    "verify_iss": False,
    "verify_sub": False,
    "verify_jti": False,
}
_PLACE = "SuperOffice log-in"


@dataclass(frozen=True, slots=True)
class Expected:
    """What a token has to say; an empty `audience` or `tenant` is not compared."""

    issuers: frozenset[str]
    audience: str = ""
    tenant: str = ""


def claims_of(
    token: str, keys: IssuerKeys, expected: Expected, clock: Callable[[], datetime]
) -> Mapping[str, object]:
    """The claims of a token that is all it should be; `LoginRefused` else."""
    claims = _signed_claims(token, keys)
    if str(claims.get("iss", "")).rstrip("/") not in expected.issuers:
        raise LoginRefused(f"{_PLACE}: the token comes from another issuer; check `environment`")
    if expected.audience and expected.audience not in _audiences(claims):
        raise LoginRefused(f"{_PLACE}: the token is meant for somebody else; check serial and client_id")
    if expected.tenant and claim(claims, "ctx").casefold() not in ("", expected.tenant.casefold()):
        raise LoginRefused(f"{_PLACE}: the token belongs to another tenant; correct `tenant`")
    _check_times(claims, clock())
    return claims


def claim(claims: Mapping[str, object], name: str) -> str:
    """One of the vendor's own claims as text, empty where there is none."""
    value = claims.get(PREFIX + name)
    return "" if value is None else str(value)


def _signed_claims(token: str, keys: IssuerKeys) -> Mapping[str, object]:
    """RS256 and nothing else, whatever the token's own header says: superoffice.md 2.3."""
    try:
        key_id = jwt.get_unverified_header(token).get("kid")
        for key in keys.candidates(key_id):
            try:
                claims: dict[str, object] = jwt.decode(token, key, algorithms=["RS256"], options=_UNCHECKED)
            except jwt.InvalidSignatureError:
                continue
            return claims
    except jwt.PyJWTError as error:
        raise LoginRefused(f"{_PLACE}: the service's token cannot be read ({type(error).__name__})") from None
    raise LoginRefused(f"{_PLACE}: the token is not signed by the issuer's published keys; nothing was used")


def _audiences(claims: Mapping[str, object]) -> list[str]:
    found = claims.get("aud")
    return [str(item) for item in found] if isinstance(found, list) else [str(found)]


def _check_times(claims: Mapping[str, object], now: datetime) -> None:
    leeway, at = _LEEWAY.total_seconds(), now.timestamp()
    ends, begins = _seconds(claims.get("exp")), _seconds(claims.get("nbf"))
    if ends is not None and at > ends + leeway:
        raise LoginRefused(f"{_PLACE}: the token has expired on arrival; set this machine's clock (NTP)")
    if begins is not None and at < begins - leeway:
        raise LoginRefused(f"{_PLACE}: the token is not valid yet; set this machine's clock (NTP)")


def _seconds(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) else None
