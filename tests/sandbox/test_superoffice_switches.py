"""The catalogue of switches: complete, documented, and survivable by the server, value by value."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import Any

import pytest

from sync.sandbox.superoffice.switches import catalogue
from sync.sandbox.switches import SwitchInfo, defaults_of
from tests.sandbox.tenant import UTC_ZONE, TenantServer, running

OTHERS = [
    (info.name, value) for info in catalogue() for value in info.values if value != info.default
]  # fmt: skip
PAIRS = [(one, two) for one, two in combinations(OTHERS, 2) if one[0] != two[0]]


@pytest.fixture(scope="module")
def server() -> Iterator[TenantServer]:
    with running(companies=3, sales=4) as tenant:
        yield tenant


def exercised(tenant: TenantServer) -> list[int]:
    """The statuses of a create, reads, a patch, an agent's save and a delete; 0 for what never was."""
    login = {"Authorization": f"Bearer {tenant.installation.credentials['bearer']}", **UTC_ZONE}
    ask = tenant.api
    body = {"Heading": "x", "SaleType": {"Id": 2}, "Rating": {"Id": 17}, "Source": {"Id": 1}, "Amount": 1e16}
    made = ask("POST", "Sale", json={**body, "CustomFields": {"SuperOffice:3": 4}}, headers=login)
    answers = [
        made,
        ask("GET", "Sale/1001", params={"fk": "true"}, headers=login),
        ask("GET", "Sale", params={"$top": "3", "$orderby": "saleId"}, headers=login),
        ask("PATCH", "Sale/1001", json={"Number": "n", "Status": "Sold"}, headers=login),
        ask("POST", "Agents/Sale/SetAsLost", json={"SaleIds": [1002]}, headers=login),
        ask("POST", "Agents/Sale/GetSaleEntity", params={"saleEntityId": 1003}, headers=login),
        ask("GET", "List/Currency/Items", headers={**login, "Accept": "application/xml"}),
        ask("GET", "MDOList/associate", headers=login),
        ask("POST", "Agents/Sale/DeleteSaleEntity", params={"saleEntityId": 987}, headers=login),
    ]
    return [answer.status_code for answer in answers]


def under(tenant: TenantServer, values: dict[str, Any]) -> list[int]:
    before = tenant.control("GET", "switches")
    tenant.control("POST", "switches", values)
    try:
        return exercised(tenant)
    finally:
        tenant.control("POST", "switches", before)


def test_every_switch_is_described() -> None:
    """One name each, a meaning, a section of the sheet, and at least one value besides the default."""
    for info in catalogue():
        assert info.default in info.values and len(info.values) > 1, info.name
        assert info.meaning and info.section[0].isdigit(), info.name
    with pytest.raises(ValueError, match="two switches"):
        defaults_of([SwitchInfo("a", 1, (1, 2), "m", "1"), SwitchInfo("a", 2, (1, 2), "m", "1")])


def test_the_server_has_exactly_the_catalogue(server: TenantServer) -> None:
    """What the docs print is what the control endpoint knows."""
    assert server.control("GET", "switches") == defaults_of(catalogue())


@pytest.mark.parametrize(("name", "value"), OTHERS, ids=str)
def test_no_value_breaks_the_server(server: TenantServer, name: str, value: Any) -> None:
    """Every answer is one the sheet knows; only the agents-only installation answers 500."""
    allowed = {200, 204, 304, 400, 401, 403, 404, 421, 503} | ({500} if name == "rest_off" else set())
    assert set(under(server, {name: value})) <= allowed


def test_no_pair_breaks_the_server(server: TenantServer) -> None:
    """A spread of all pairs; each switch is in many of them."""
    for one, two in PAIRS[::61]:
        statuses = under(server, dict((one, two)))
        assert 500 not in statuses or "rest_off" in {one[0], two[0]}, (one, two)
