"""The log-in service: consent, tokens, keys, revocation, and sessions of a browser."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import jwt
import pytest

from tests.sandbox.tenant import PASSWORD, TenantServer, running
from tests.sandbox.test_superoffice_tenant import log_in, signed_token, status

CALLBACK = "http://127.0.0.1:8610/callback"
VERIFIER = "a-verifier-that-is-long-enough-to-be-one-0123456789"


@pytest.fixture
def tenant() -> Iterator[TenantServer]:
    with running(companies=3, sales=4) as server:
        yield server


def consent(tenant: TenantServer, path: str = "common", **changes: str) -> httpx.Response:
    asked = {
        "client_id": tenant.installation.credentials["client_id"],
        "scope": "openid",
        "redirect_uri": CALLBACK,
        "response_type": "code",
        "state": "s 1",
        "nonce": "n1",
        **changes,
    }
    return httpx.get(f"{tenant.url}/login/{path}/oauth/authorize", params=asked, trust_env=False)


def redirected(response: httpx.Response) -> dict[str, str]:
    assert response.status_code == 302, response.text
    query = parse_qs(urlsplit(response.headers["location"]).query)
    return {name: values[0] for name, values in query.items()}


def exchange(tenant: TenantServer, **form: str) -> httpx.Response:
    secrets = tenant.installation.credentials
    own = {"client_id": secrets["client_id"], "client_secret": secrets["app_token"]}
    return httpx.post(f"{tenant.url}/login/common/oauth/tokens", data={**own, **form}, trust_env=False)


def by_code(tenant: TenantServer, code: str, **form: str) -> httpx.Response:
    asked = {"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK, **form}
    return exchange(tenant, **asked)


def claims_of(tenant: TenantServer, token: str, audience: str) -> dict[str, Any]:
    found = httpx.get(f"{tenant.url}/login/.well-known/jwks", trust_env=False).json()
    key = {item.key_id: item.key for item in jwt.PyJWKSet.from_dict(found).keys}[
        jwt.get_unverified_header(token)["kid"]
    ]
    options: Any = {"verify_exp": False, "verify_iat": False, "verify_nbf": False}
    return jwt.decode(token, key, ["RS256"], audience=audience, options=options)


def test_discovery_leads_to_a_working_code_flow(tenant: TenantServer) -> None:
    """Authorize, exchange with PKCE, call the API, read the id token, refresh without a new refresh token."""
    found = httpx.get(f"{tenant.url}/login/.well-known/openid-configuration", trust_env=False).json()
    challenge = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
    back = redirected(consent(tenant, code_challenge=challenge, code_challenge_method="S256"))
    tokens = by_code(tenant, back["code"], code_verifier=VERIFIER).json()
    own_id = tenant.installation.credentials["client_id"]
    claims = claims_of(tenant, tokens["id_token"], own_id)
    again = exchange(tenant, grant_type="refresh_token", refresh_token=tokens["refresh_token"]).json()

    assert found["token_endpoint"] == f"{tenant.url}/login/common/oauth/tokens"
    assert back["state"] == "s 1" and tokens["access_token"].startswith("8A:Cust90001.")
    assert (claims["iss"], claims["nonce"]) == (found["issuer"], "n1")
    own = {name.rsplit("/", 1)[-1]: value for name, value in claims.items() if name.startswith("http")}
    assert (own["ctx"], own["webapi_url"]) == ("Cust90001", f"{tenant.url}/Cust90001/api/")
    assert own["system_token"] == tenant.installation.credentials["system_user_token"]
    assert "refresh_token" not in again and again["expires_in"] == 3600
    assert status(tenant, Authorization=f"Bearer {again['access_token']}") == 200


def test_a_code_works_once_for_its_own_address_and_ten_minutes(tenant: TenantServer) -> None:
    """A second use, another address, a wrong verifier and a late exchange are all invalid_grant."""
    used = redirected(consent(tenant))["code"]
    assert by_code(tenant, used).status_code == 200
    elsewhere = redirected(consent(tenant))["code"]
    proven = redirected(consent(tenant, code_challenge=VERIFIER, code_challenge_method="plain"))["code"]
    refusals = [
        by_code(tenant, used),
        by_code(tenant, elsewhere, redirect_uri=CALLBACK + "/"),
        by_code(tenant, proven, code_verifier="wrong"),
    ]
    late = redirected(consent(tenant))["code"]
    tenant.clock.move(minutes=10, seconds=1)
    refusals.append(by_code(tenant, late))

    assert [(answer.status_code, answer.json()["error"]) for answer in refusals] == [
        (400, "invalid_grant")
    ] * 4


def test_a_wrong_secret_is_an_invalid_client(tenant: TenantServer) -> None:
    """401 for another secret; the secret may also come by Basic."""
    assert by_code(tenant, "x", client_secret="no").json()["error"] == "invalid_client"
    secrets = tenant.installation.credentials
    form = {"grant_type": "authorization_code", "redirect_uri": CALLBACK}
    form["code"] = redirected(consent(tenant))["code"]
    url = f"{tenant.url}/login/Cust90001/oauth/tokens"
    basic = (secrets["client_id"], secrets["app_token"])
    assert httpx.post(url, data=form, auth=basic, trust_env=False).status_code == 200


@pytest.mark.parametrize(
    ("path", "changes"),
    [
        ("common", {"redirect_uri": CALLBACK + "?x=1"}),
        ("common", {"client_id": "stranger"}),
        ("common", {"acr_values": "tenant:Cust1"}),
        ("Cust1", {}),
    ],
)
def test_doubtful_requests_are_never_redirected(
    tenant: TenantServer, path: str, changes: dict[str, str]
) -> None:
    """An unregistered address, an unknown application or another tenant gets a page."""
    assert consent(tenant, path, **changes).status_code == 400


def test_refusals_come_back_with_the_state(tenant: TenantServer) -> None:
    """Wrong response type, wrong scope and a person who says no."""
    assert redirected(consent(tenant, response_type="token"))["error"] == "unsupported_response_type"
    assert redirected(consent(tenant, scope="profile"))["error"] == "invalid_scope"
    tenant.switch(consent="denied")
    denied = redirected(consent(tenant, "Cust90001", acr_values="tenant:cust90001"))
    assert (denied["error"], denied["state"]) == ("access_denied", "s 1")


def test_access_tokens_end_after_an_hour(tenant: TenantServer) -> None:
    """Used or not: unlike tickets they do not slide; a revoked refresh token ends it all."""
    tokens = by_code(tenant, redirected(consent(tenant))["code"]).json()
    bearer = f"Bearer {tokens['access_token']}"
    tenant.clock.move(minutes=59)
    assert status(tenant, Authorization=bearer) == 200
    tenant.clock.move(minutes=2)
    assert status(tenant, Authorization=bearer) == 401
    tenant.switch(refresh_revoked=True)
    refused = exchange(tenant, grant_type="refresh_token", refresh_token=tokens["refresh_token"])
    assert refused.json()["error"] == "invalid_grant"


@pytest.mark.parametrize(
    ("switches", "message"),
    [
        ({"app_revoked": True}, "Revoked"),
        ({"authorize_error": "NeedsReApproval"}, "NeedsReApproval"),
        ({"clock_skew_s": 900}, "InvalidTimestamp"),
        ({"tenant_state": "Suspended"}, "The tenant is not running: Suspended"),
    ],
)
def test_system_users_learn_why(tenant: TenantServer, switches: dict[str, Any], message: str) -> None:
    """Every refusal is HTTP 200 with its name."""
    tenant.switch(**switches)
    answer = log_in(tenant, signed_token(tenant))
    assert (answer["IsSuccessful"], answer["ErrorMessage"]) == (False, message)


def test_a_revoked_application_loses_what_it_had(tenant: TenantServer) -> None:
    """Tickets and bearers of before are refused too; Basic has no application."""
    secrets = tenant.installation.credentials
    tenant.switch(app_revoked=True)
    assert status(tenant, Authorization=f"SOTicket {secrets['ticket']}") == 401
    assert status(tenant, Authorization=f"Bearer {secrets['bearer']}") == 401
    assert tenant.api("GET", "Sale/1001").status_code == 200


def test_the_keys_rotate_and_tickets_stay(tenant: TenantServer) -> None:
    """The key list holds only the new key; what the old tokens brought goes on working."""
    old = log_in(tenant, signed_token(tenant))["Token"]
    ticket = claims_of(tenant, old, "spn:sandbox")["http://schemes.superoffice.net/identity/ticket"]
    tenant.switch(key_rotated=True)
    new = log_in(tenant, signed_token(tenant))["Token"]

    with pytest.raises(KeyError):
        claims_of(tenant, old, "spn:sandbox")
    assert claims_of(tenant, new, "spn:sandbox")["iss"] == "SuperOffice AS"
    assert status(tenant, Authorization=f"SOTicket {ticket}") == 200


def test_forged_tokens_can_be_told(tenant: TenantServer) -> None:
    """A strange key, issuer or audience, each alone."""
    tenant.switch(wrong_key=True)
    with pytest.raises(jwt.InvalidSignatureError):
        claims_of(tenant, log_in(tenant, signed_token(tenant))["Token"], "spn:sandbox")
    tenant.switch(wrong_key=False, wrong_issuer=True)
    strange = claims_of(tenant, log_in(tenant, signed_token(tenant))["Token"], "spn:sandbox")
    assert strange["iss"] != "SuperOffice AS"
    tenant.switch(wrong_issuer=False, wrong_audience=True)
    with pytest.raises(jwt.InvalidAudienceError):
        claims_of(tenant, log_in(tenant, signed_token(tenant))["Token"], "spn:sandbox")


def test_a_reset_ends_every_session(tenant: TenantServer) -> None:
    """The old ticket is refused, a new one works."""
    old = f"SOTicket {tenant.installation.credentials['ticket']}"
    assert status(tenant, Authorization=old) == 200
    tenant.switch(session_reset=1)
    assert status(tenant, Authorization=old) == 401
    new = claims_of(tenant, log_in(tenant, signed_token(tenant))["Token"], "spn:sandbox")
    ticket = new["http://schemes.superoffice.net/identity/ticket"]
    assert status(tenant, Authorization=f"SOTicket {ticket}") == 200


def test_a_browser_session_needs_its_xsrf_token(tenant: TenantServer) -> None:
    """The cookie alone is refused; with the header it is the person who logged in."""
    form = {"username": "anna", "password": PASSWORD}
    with httpx.Client(base_url=f"{tenant.url}/Cust90001", trust_env=False) as browser:
        assert "<form" in browser.post("/login", data={**form, "password": "no"}).text
        assert browser.post("/login", data=form).status_code == 302
        assert browser.get("/api/v1/User/currentPrincipal").status_code == 401
        proof = {"X-XSRF-TOKEN": browser.cookies["XSRF-TOKEN"]}
        who = browser.get("/api/v1/User/currentPrincipal", headers=proof).json()
    assert who["Associate"] == "ANNA"


def test_a_log_in_page_may_replace_the_401(tenant: TenantServer) -> None:
    """Status 200 and HTML, the trap of forms authentication."""
    tenant.switch(login_page=True)
    page = httpx.get(f"{tenant.url}/Cust90001/api/v1/Sale/1001", trust_env=False)
    assert page.status_code == 200 and page.headers["content-type"].startswith("text/html")
