"""A SuperOffice sandbox over real HTTP for the tests, with a clock they move; it asserts nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from sync.sandbox import server
from sync.sandbox.superoffice.app import Installation, build
from sync.sandbox.world import make_world

UTC_ZONE = {"SO-TimeZone": "UTC,includeTZOffset"}
PASSWORD = "open-sesame"


class Hand:
    """A clock that stands still until a test moves it."""

    def __init__(self) -> None:
        self.at = datetime(2026, 9, 14, 12, 0, 5, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at

    def move(self, **size: float) -> None:
        self.at += timedelta(**size)


@dataclass(frozen=True, slots=True)
class TenantServer:
    """One running tenant, the client a test talks with, and its clock."""

    url: str
    http: httpx.Client
    clock: Hand
    installation: Installation

    def api(self, method: str, path: str, **options: Any) -> httpx.Response:
        return self.http.request(method, f"{self.installation.tenant.base_path}/api/v1/{path}", **options)

    def get(self, path: str, **params: Any) -> Any:
        response = self.api("GET", path, params=params, headers=UTC_ZONE)
        assert response.status_code == 200, response.text
        return response.json()

    def agent(self, name: str, body: Any = None, **params: Any) -> Any:
        response = self.api("POST", f"Agents/{name}", json=body, params=params, headers=UTC_ZONE)
        assert response.status_code in {200, 204}, response.text
        return response.json() if response.content else None

    def patch(self, sale_id: int, *operations: dict[str, Any], **headers: str) -> httpx.Response:
        return self.api("PATCH", f"Sale/{sale_id}", json=list(operations), headers={**UTC_ZONE, **headers})

    def control(self, method: str, name: str, body: Any = None) -> Any:
        response = self.http.request(method, f"/_sandbox/{name}", json=body)
        assert response.status_code == 200, response.text
        return response.json()

    def switch(self, **values: Any) -> None:
        self.control("POST", "switches", values)

    def a_sale(self, **values: Any) -> Any:
        body = {"Heading": "Pump retrofit", "SaleType": {"Id": 2}, "Rating": {"Id": 17}, "Amount": 125000.5,
                "Saledate": "2026-11-30T00:00:00", **values}  # fmt: skip
        response = self.api("POST", "Sale", json=body, headers=UTC_ZONE)
        assert response.status_code == 200, response.text
        return response.json()


@contextmanager
def running(*, base_path: str = "/Cust90001", companies: int = 12, sales: int = 30) -> Iterator[TenantServer]:
    clock = Hand()
    world = make_world(companies=companies, sales=sales, seed=3)
    installation = build(world, clock=clock, password=PASSWORD, base_path=base_path)
    served = server.start(installation.app)
    with httpx.Client(base_url=served.base_url, auth=("sync", PASSWORD), trust_env=False) as http:
        try:
            yield TenantServer(served.base_url, http, clock, installation)
        finally:
            http.close()
            served.stop()
            installation.stop()
