"""Where the tenant is, in which state and format it answers, and faults that hit only writes."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree import ElementTree

import httpx
import pytest

from sync.sandbox.superoffice.answers import wants_xml
from sync.sandbox.superoffice.switches import STATES
from tests.sandbox.tenant import PASSWORD, TenantServer, running

AUTH = ("sync", PASSWORD)


@pytest.fixture(scope="module")
def server() -> Iterator[TenantServer]:
    with running(companies=3, sales=6) as tenant:
        yield tenant


@pytest.fixture
def tenant(server: TenantServer) -> Iterator[TenantServer]:
    before = server.control("GET", "switches")
    yield server
    server.control("POST", "switches", before)
    server.control("DELETE", "faults")


def test_a_tenant_moves_to_another_host(tenant: TenantServer) -> None:
    """The old host says 421, the state names the new one, and that one answers."""
    tenant.switch(active_host="localhost")
    moved = tenant.api("GET", "Sale/1001")
    state = httpx.get(f"{tenant.url}/api/state/Cust90001", trust_env=False).json()
    there = httpx.get(f"{state['Api']}/v1/Sale/1001", auth=AUTH, trust_env=False)

    assert moved.status_code == 421 and "subdomain" in moved.text
    assert state["Endpoint"].startswith("http://localhost:")
    assert there.status_code == 200


def test_a_disaster_shows_in_the_host_name(tenant: TenantServer) -> None:
    """The state endpoint names the recovery host."""
    tenant.switch(active_host="disasterrecovery.localhost", state_valid_s=0)
    state = httpx.get(f"{tenant.url}/api/state/Cust90001", trust_env=False).json()
    assert "//disasterrecovery." in state["Api"]
    assert state["ValidUntil"] == "2026-09-14T12:00:05.0000000Z"


@pytest.mark.parametrize("name", STATES)
def test_only_two_states_serve_the_api(tenant: TenantServer, name: str) -> None:
    """Running and online maintenance; the others answer 503 with a page."""
    tenant.switch(tenant_state=name)
    state = httpx.get(f"{tenant.url}/api/state/Cust90001", trust_env=False).json()
    usable = name in {"Running", "OnlineMaintenance"}
    assert (state["State"], state["IsRunning"]) == (name, usable)
    assert tenant.api("GET", "Sale/1001").status_code == (200 if usable else 503)


def test_links_may_name_an_inner_host(tenant: TenantServer) -> None:
    """Behind a proxy `_Links` cannot be followed as they stand."""
    tenant.switch(internal_links=True)
    assert tenant.get("Sale/1001")["_Links"]["Self"].startswith("http://netserver.internal:8080/")


def test_xml_for_who_asks_for_it(tenant: TenantServer) -> None:
    """Entities and lists as XML, keys that are no names as pairs, null as nil."""
    reply = tenant.api("GET", "Sale/1001", headers={"Accept": "application/xml"})
    sale = ElementTree.fromstring(reply.content)
    stages = ElementTree.fromstring(
        tenant.api("GET", "List/Rating/Items", headers={"Accept": "text/xml, */*;q=0.1"}).content
    )

    assert reply.headers["content-type"].startswith("application/xml")
    assert (sale.tag, sale.findtext("SaleId")) == ("SaleEntity", "1001")
    assert sale.findtext("CustomFields/KeyValuePair/Key") == "SuperOffice:1"
    assert (stages.tag, len(stages)) == ("ArrayOfSaleStageEntity", 7)


@pytest.mark.parametrize(
    ("accept", "default", "expected"),
    [
        ("", "json", False),
        ("", "xml", True),
        ("*/*", "xml", False),
        ("application/json", "xml", False),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "json", True),
        ("application/xml;q=0.5, application/json", "json", False),
        ("image/png", "json", False),
    ],
)
def test_the_format_is_negotiated(accept: str, default: str, expected: bool) -> None:
    """The heaviest format that the server has wins."""
    assert wants_xml(accept, default) is expected


def test_errors_come_in_the_asked_format_too(tenant: TenantServer) -> None:
    """A 404 as XML is still a 404."""
    reply = tenant.api("GET", "Sale/999999", headers={"Accept": "application/xml"})
    assert reply.status_code == 404
    assert ElementTree.fromstring(reply.content).findtext("ErrorType") == "SoNotFoundException"


def test_an_unknown_address_is_the_frameworks_404(tenant: TenantServer) -> None:
    """JSON with Message, like the real one, for who is logged in."""
    reply = tenant.api("GET", "Nonsense/7")
    assert reply.status_code == 404 and "No HTTP resource" in reply.json()["Message"]


@pytest.mark.parametrize("status", ["404", "500"])
def test_an_installation_may_know_only_agents(tenant: TenantServer, status: str) -> None:
    """REST for sales and companies is closed, agents and lists answer."""
    tenant.switch(rest_off=status)
    for path in ("Sale/1001", "Sale", "Contact/501"):
        assert tenant.api("GET", path).status_code == int(status)
    assert tenant.agent("Sale/GetSaleEntity", saleEntityId=1001)["SaleId"] == 1001
    assert tenant.get("List/Rating/Items")


def test_an_agent_may_hide_its_error_in_a_200(tenant: TenantServer) -> None:
    """Only agents do, and only when switched."""
    tenant.switch(agent_error_200=True)
    body = tenant.agent("Sale/SaveSaleEntity", {"SaleId": 987654})
    assert body["Message"] and "987654" in body["MessageDetail"]
    assert tenant.api("GET", "Sale/987654").status_code == 404


@pytest.mark.parametrize("headers", [{"Retry-After": "3"}, {}])
def test_throttling_can_hit_writes_alone(tenant: TenantServer, headers: dict[str, str]) -> None:
    """A read agent passes although it is POST; the patch gets 429, with or without Retry-After."""
    fault = {"kind": "status", "status": 429, "headers": headers, "times": -1, "writes_only": True}
    tenant.control("POST", "faults", fault)
    tenant.agent("Sale/GetSaleEntity", saleEntityId=1001)
    refused = tenant.patch(1001, {"op": "replace", "path": "/Number", "value": "n"})
    assert (refused.status_code, refused.headers.get("Retry-After")) == (429, headers.get("Retry-After"))


def test_the_api_lists_its_own_routes(tenant: TenantServer) -> None:
    """Address to verbs, for who asks the root of v1."""
    routes = tenant.api("GET", "").json()
    assert {"GET", "PUT", "PATCH", "DELETE"} <= routes[
        f"{tenant.url}/Cust90001/api/v1/Sale/{{id:int}}"
    ].keys()
