"""Turns the refresh token of a person's consent into access tokens; it keeps none and asks no person."""

from datetime import timedelta

from sync.crm.superoffice.admission import Admission
from sync.crm.superoffice.identity import Identity
from sync.crm.superoffice.options import Cloud, OpenId
from sync.errors import LoginRefused

_MARGIN_S = 120
_SHORTEST_S = 30
_SIGN = "8A:"  # superoffice.md 2.1 (seen 2026-11-22)


class OpenIdLogin:
    """Calling it gives a fresh access token."""

    def __init__(self, login: OpenId, cloud: Cloud, identity: Identity) -> None:
        self._login = login
        self._cloud = cloud
        self._identity = identity

    def __call__(self) -> Admission:
        # superoffice.md 2.2, Refresh (seen 2026-11-22)
        tokens = self._identity.tokens(
            {
                "grant_type": "refresh_token",
                "client_id": self._login.client_id,
                "client_secret": self._login.client_secret,
                "refresh_token": self._login.refresh_token.load(),
            }
        )
        check_tenant(tokens.access_token, self._cloud.tenant)
        # The sheet knows no new refresh token here; should one come, the old one may be void.
        if tokens.refresh_token:
            self._login.refresh_token.save(tokens.refresh_token)
        life = max(_SHORTEST_S, tokens.expires_in - _MARGIN_S)
        return Admission({"Authorization": f"Bearer {tokens.access_token}"}, timedelta(seconds=life))


def check_tenant(access_token: str, tenant: str) -> None:
    """An access token begins with the tenant it is for: superoffice.md 2.1 (seen 2026-11-22)."""
    told = access_token.removeprefix(_SIGN).partition(".")
    if access_token.startswith(_SIGN) and told[1] and told[0].casefold() != tenant.casefold():
        raise LoginRefused(
            "SuperOffice log-in: the consent is for another tenant; correct `tenant` or run `opsync login`"
        )
