"""Log-in, tenant state, faults, the log and edits as a user."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from sync.sandbox.world import make_world
from tests.sandbox.tenant import PASSWORD, TenantServer, running


@pytest.fixture
def tenant() -> Iterator[TenantServer]:
    with running(companies=4, sales=8) as server:
        yield server


def status(tenant: TenantServer, **headers: str) -> int:
    url = f"{tenant.url}/Cust90001/api/v1/User/currentPrincipal"
    return httpx.get(url, headers=headers, trust_env=False).status_code


def test_schemes(tenant: TenantServer) -> None:
    """Basic, ticket and bearer log in; anything else is 401."""
    secrets = tenant.installation.credentials
    assert status(tenant) == 401
    assert status(tenant, Authorization=f"SOTicket {secrets['ticket']}") == 200
    assert status(tenant, Authorization=f"Bearer {secrets['bearer']}") == 200
    assert status(tenant, Authorization="Bearer 8A:Cust90001.x") == 401
    assert status(tenant, Authorization="Basic not-base64") == 401
    wrong = httpx.get(f"{tenant.url}/Cust90001/api/v1/Sale/1001", auth=("sync", "no"), trust_env=False)
    assert wrong.status_code == 401


def test_online_needs_the_app_token_and_knows_no_basic(tenant: TenantServer) -> None:
    """In the cloud a ticket alone is not enough."""
    secrets = tenant.installation.credentials
    ticket = f"SOTicket {secrets['ticket']}"
    tenant.switch(online=True)

    assert tenant.api("GET", "Sale/1001").status_code == 401
    assert status(tenant, Authorization=ticket) == 401
    assert status(tenant, Authorization=ticket, **{"SO-AppToken": secrets["app_token"]}) == 200


def test_tickets_slide_for_six_hours(tenant: TenantServer) -> None:
    """Each use pushes the end; six idle hours end it."""
    ticket = f"SOTicket {tenant.installation.credentials['ticket']}"
    for _ in range(3):
        tenant.clock.move(hours=5)
        assert status(tenant, Authorization=ticket) == 200
    tenant.clock.move(hours=6, seconds=1)
    assert status(tenant, Authorization=ticket) == 401


def signed_token(tenant: TenantServer, *, age_minutes: int = 0, user: str | None = None) -> str:
    secrets = tenant.installation.credentials
    stamp = (tenant.clock() - timedelta(minutes=age_minutes)).strftime("%Y%m%d%H%M")
    payload = f"{user or secrets['system_user_token']}.{stamp}"
    key = load_pem_private_key(secrets["private_key"].encode(), None)
    assert isinstance(key, RSAPrivateKey)
    signature = key.sign(payload.encode(), padding.PKCS1v15(), hashes.SHA256())
    return f"{payload}.{base64.b64encode(signature).decode()}"


def log_in(tenant: TenantServer, token: str, app_token: str | None = None) -> Any:
    body = {
        "SignedSystemToken": token,
        "ApplicationToken": app_token or tenant.installation.credentials["app_token"],
        "ContextIdentifier": "Cust90001",
        "ReturnTokenType": "JWT",
    }
    url = f"{tenant.url}/login/api/PartnerSystemUser/Authenticate"
    return httpx.post(url, json=body, trust_env=False).json()


def test_a_system_user_gets_his_ticket(tenant: TenantServer) -> None:
    """A well signed token is answered with a JWT of the published key that carries a working ticket."""
    answer = log_in(tenant, signed_token(tenant))
    keys = httpx.get(f"{tenant.url}/login/.well-known/jwks", trust_env=False).json()
    key = jwt.PyJWKSet.from_dict(keys).keys[0]
    claims = jwt.decode(
        answer["Token"],
        key.key,
        ["RS256"],
        audience="spn:sandbox",
        options={"verify_exp": False, "verify_iat": False},
    )

    assert answer["IsSuccessful"] is True and claims["iss"] == "SuperOffice AS"
    ticket = claims["http://schemes.superoffice.net/identity/ticket"]
    assert status(tenant, Authorization=f"SOTicket {ticket}") == 200


def test_a_bad_log_in_is_200_and_unsuccessful(tenant: TenantServer) -> None:
    """Wrong signature, clock, secret or user each say why."""
    good = signed_token(tenant)
    refusals = [
        log_in(tenant, good[:-8] + "AAAAAA=="),
        log_in(tenant, signed_token(tenant, age_minutes=30)),
        log_in(tenant, good, "other"),
        log_in(tenant, signed_token(tenant, user="Somebody-Else")),
        log_in(tenant, "nonsense"),
    ]
    assert all(answer["IsSuccessful"] is False and answer["Token"] is None for answer in refusals)
    assert [answer["ErrorMessage"] for answer in refusals[:2]] == ["InvalidSignature", "InvalidTimestamp"]


def test_a_moved_tenant_answers_421(tenant: TenantServer) -> None:
    """The wrong host says so in plain text, while the state can still be asked."""
    tenant.switch(misdirected=True)
    moved = tenant.api("GET", "Sale/1001")
    assert (moved.status_code, moved.text) == (421, "Wrong subdomain used to access tenant")
    assert httpx.get(f"{tenant.url}/api/state/Cust90001", trust_env=False).status_code == 200


def test_edits_carry_the_name_of_the_caller(tenant: TenantServer) -> None:
    """UpdatedBy comes from the log-in, or from the person a test names."""
    url = f"{tenant.url}/cust90001/API/v1/sale/1001"
    body = [{"op": "replace", "path": "/Number", "value": "x"}]
    mine = httpx.patch(url, json=body, auth=("ANNA", PASSWORD), trust_env=False).json()
    assert mine["UpdatedBy"]["Name"] == "ANNA"

    tenant.clock.move(seconds=5)
    changes = {"Heading": "By hand", "Rating": "Negotiation", "Currency": "GBP", "Associate": "lars"}
    tenant.control("POST", "edit", {"id": 1001, "changes": changes, "as": "ingrid@example.com"})
    sale = tenant.get("Sale/1001")
    assert (sale["UpdatedBy"]["Name"], sale["UpdatedDate"]) == ("INGRID", "2026-09-14T12:00:10Z")
    assert (sale["Rating"]["Id"], sale["Currency"]["Value"], sale["Associate"]["Name"]) == (18, "GBP", "LARS")


def test_who_am_i(tenant: TenantServer) -> None:
    """REST and agent agree on the caller and the tenant."""
    me = tenant.get("User/currentPrincipal")
    assert (me["Associate"], me["DatabaseContextIdentifier"]) == ("SYNC", "Cust90001")
    assert me == tenant.agent("User/GetCurrentPrincipal")
    assert tenant.get("User/currentAssociate")["AssociateId"] == me["AssociateId"]
    assert tenant.get("TimeZone/base")["Name"] == "Europe/Oslo"


def test_state_needs_no_login(tenant: TenantServer) -> None:
    """The state answers while the API does not; a strange tenant is Unknown."""
    up = httpx.get(f"{tenant.url}/api/state/Cust90001", trust_env=False).json()
    assert (up["State"], up["IsRunning"], up["Api"]) == ("Running", True, f"{tenant.url}/Cust90001/api")

    tenant.switch(tenant_state="OfflineMaintenance")
    down = httpx.get(f"{tenant.url}/api/state/Cust90001", trust_env=False).json()
    assert down["IsRunning"] is False
    refused = tenant.api("GET", "Sale/1001")
    assert refused.status_code == 503 and refused.text.startswith("<html>")
    tenant.switch(tenant_state="OnlineMaintenance")
    assert tenant.api("GET", "Sale/1001").status_code == 200
    assert httpx.get(f"{tenant.url}/api/state/Cust1", trust_env=False).json()["State"] == "Unknown"


def test_an_own_server_has_no_tenant_in_its_path() -> None:
    """With an empty base path the API is at /api/v1."""
    with running(base_path="", companies=3, sales=3) as tenant:
        assert tenant.get("User/currentPrincipal")["DatabaseContextIdentifier"] == "Default"


def test_a_cut_after_the_commit_leaves_the_record(tenant: TenantServer) -> None:
    """The idempotency trap: the client sees a broken connection, the sale is there."""
    tenant.control("POST", "faults", {"kind": "drop_after", "method": "POST", "path": "/Sale$"})
    before = len(tenant.control("GET", "dump")["sales"])
    with pytest.raises(httpx.RemoteProtocolError):
        tenant.api("POST", "Sale", json={"Heading": "lost answer"})

    assert len(tenant.control("GET", "dump")["sales"]) == before + 1
    assert tenant.control("GET", "log")[-1]["fault"] == "drop_after"


@pytest.mark.parametrize("kind", ["drop_before", "status", "html"])
def test_faults_that_do_nothing(tenant: TenantServer, kind: str) -> None:
    """Cut before, error status and a log-in page all leave the records alone."""
    fault = {"kind": kind, "method": "DELETE", "status": 503, "headers": {"Retry-After": "1"}}
    tenant.control("POST", "faults", fault)
    try:
        response = tenant.api("DELETE", "Sale/1001")
        seen = (response.status_code, response.headers.get("Retry-After"), response.text[:5])
    except httpx.RemoteProtocolError:
        seen = (0, None, "")

    assert seen == {"drop_before": (0, None, ""), "status": (503, "1", ""), "html": (200, "1", "<!DOC")}[kind]
    assert tenant.api("GET", "Sale/1001").status_code == 200
    assert tenant.api("DELETE", "Sale/1001").status_code == 204


def test_truncated_and_late_answers(tenant: TenantServer) -> None:
    """Half a body breaks the read, a delay breaks a short timeout, and skipped matches pass."""
    tenant.control("POST", "faults", {"kind": "truncate", "path": "/Sale/1001", "skip": 1})
    assert tenant.api("GET", "Sale/1001").status_code == 200
    with pytest.raises(httpx.RemoteProtocolError):
        tenant.api("GET", "Sale/1001")
    tenant.control("POST", "faults", {"kind": "delay", "path": "/Sale/1001", "delay_s": 0.3, "times": -1})
    with pytest.raises(httpx.ReadTimeout):
        tenant.api("GET", "Sale/1001", timeout=0.1)
    tenant.control("DELETE", "faults")
    assert tenant.api("GET", "Sale/1001", timeout=1).status_code == 200


def test_the_log_tells_reads_from_writes(tenant: TenantServer) -> None:
    """Agents that only read are no writes although they are POST."""
    tenant.control("DELETE", "log")
    sale_id = tenant.a_sale()["SaleId"]
    tenant.agent("Sale/GetSalesFromContact", {"ContactId": 501})
    tenant.agent("Sale/CreateDefaultSaleEntity")
    tenant.api("POST", "Sale/Validate", json={})
    tenant.get(f"Sale/{sale_id}")
    tenant.agent("Sale/SetAsLost", {"SaleIds": [sale_id]})
    counters = tenant.control("GET", "counters")

    assert counters["totals"] == {"requests": 6, "reads": 4, "writes": 2}
    assert counters["by_route"]["GET /Cust90001/api/v1/Sale/{id}"] == 1
    assert [entry["write"] for entry in tenant.control("GET", "log")] == [
        True,
        False,
        False,
        False,
        False,
        True,
    ]


def test_control_refuses_what_it_does_not_know(tenant: TenantServer) -> None:
    """Unknown switches, faults, records, people and fields are named in the answer."""
    for name, body, expected in [
        ("switches", {"nonsense": 1}, 404),
        ("faults", {"kind": "flood"}, 400),
        ("edit", {"id": 9, "changes": {}}, 404),
        ("edit", {"id": 1001, "changes": {}, "as": "nobody"}, 404),
        ("edit", {"id": 1001, "changes": {"Titel": "x"}}, 400),
    ]:
        response = tenant.http.post(f"/_sandbox/{name}", json=body)
        assert response.status_code == expected and response.json()["error"]


def test_control_creates_and_deletes(tenant: TenantServer) -> None:
    """As a person does, without the API."""
    made = tenant.control("POST", "create", {"Heading": "typed", "Amount": 5, "as": "jose"})["id"]
    assert tenant.get(f"Sale/{made}")["CreatedBy"]["Name"] == "JOSE"
    tenant.control("POST", "delete", {"id": made})
    assert tenant.api("GET", f"Sale/{made}").status_code == 404


def test_the_tenant_holds_the_left_side_of_its_world(tenant: TenantServer) -> None:
    """Ids, amounts, stages and closings come over as the world says."""
    deals = [deal for deal in make_world(companies=4, sales=8, seed=3).deals if deal.on_left]
    sales = tenant.control("GET", "dump")["sales"]

    assert [sale["Heading"] for sale in sales] == [deal.title for deal in deals]
    assert [sale["Amount"] for sale in sales] == [float(deal.amount) for deal in deals]
    assert [sale["SaleId"] for sale in sales] == list(range(1001, 1001 + len(deals)))


def test_parallel_creates_and_patches_lose_nothing(tenant: TenantServer) -> None:
    """Eight clients at once: every create has its own id, every guarded counter step counts once."""
    sale_id = tenant.a_sale(Amount=0)["SaleId"]

    def work(number: int) -> tuple[int, int]:
        made = tenant.a_sale(Number=f"p{number}")["SaleId"]
        guard = {"op": "test", "path": "/Amount", "value": 0}
        step = {"op": "replace", "path": "/Amount", "value": number + 1}
        return made, tenant.patch(sale_id, guard, step).status_code

    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(work, range(40)))

    assert len({made for made, _ in results}) == 40
    assert sorted(code for _, code in results) == [200] + [409] * 39


def test_the_root_tells_its_version(tenant: TenantServer) -> None:
    """JSON for who asks for it, HTML for a browser; no log-in either way."""
    url = f"{tenant.url}/Cust90001/api"
    block = httpx.get(url, headers={"Accept": "application/json"}, trust_env=False).json()
    page = httpx.get(url, headers={"Accept": "*/*"}, trust_env=False)

    assert block["v1"] == f"{url}/v1"
    assert page.headers["content-type"].startswith("text/html")
