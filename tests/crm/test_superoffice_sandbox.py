"""The SuperOffice adapter keeps the contract against the sandbox server over real HTTP on loopback."""

import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import httpx
import pytest

from sync.crm.http import HttpOptions
from sync.crm.superoffice.client import SuperOfficeCrm
from sync.crm.superoffice.entity import members_of
from sync.crm.superoffice.options import Basic, Bearer, CustomField, Login, SuperOfficeOptions, Ticket
from sync.domain.model import FieldKind, Record, Value
from sync.errors import LoginRefused
from sync.sandbox.server import RunningServer, start
from sync.sandbox.superoffice.app import Installation, build
from sync.sandbox.superoffice.desk import Desk
from sync.sandbox.switches import Fault
from sync.sandbox.world import make_world
from tests.crm.contract import CrmContract, new_values

CUSTOM_FIELDS = {
    "reference": CustomField("SuperOffice:2", FieldKind.TEXT),
    "seats": CustomField("SuperOffice:3", FieldKind.NUMBER),
    "live": CustomField("SuperOffice:4", FieldKind.DATE),
    "framework": CustomField("SuperOffice:6", FieldKind.CHECKBOX),
    "region": CustomField("SuperOffice:7", FieldKind.LIST),
}
REFUSAL = '{"Error":true,"ErrorType":"ArgumentException","Message":"This cannot be saved"}'


def clock() -> datetime:
    """The machine's time, as the sandbox's web server tells it in its Date header."""
    return datetime.fromtimestamp(time.time(), UTC)


@dataclass
class SandboxBench:
    """The adapter at a sandbox tenant, whose desk is the person's hands."""

    crm: SuperOfficeCrm
    tenant: Installation
    base_url: str

    def user_creates(self, **values: Value) -> str:
        return str(self._desk().create(_members(values), None))

    def user_edits(self, record_id: str, **values: Value) -> None:
        self._desk().edit(int(record_id), _members(values), None)

    def user_deletes(self, record_id: str) -> None:
        self._desk().delete(int(record_id))

    def a_company(self) -> str:
        """One whose city is empty, because a listing cannot tell a city."""
        state = self.tenant.state
        company = next(iter(state.contacts.values()))
        state.contacts[company.id] = replace(company, city="")
        return str(company.id)

    def an_owner(self) -> str:
        return str(sorted(self.tenant.state.associates)[1])

    def other_owner(self) -> str:
        return str(sorted(self.tenant.state.associates)[2])

    def a_stage(self) -> str:
        return "open/11"

    def other_stage(self) -> str:
        return "open/17"

    def a_currency(self) -> str:
        return "4"

    def writes(self) -> int:
        log = httpx.get(f"{self.base_url}/_sandbox/log").raise_for_status().json()
        return sum(entry["write"] and entry["status"] not in (409, 412) for entry in log)

    def lose_next_answer(self) -> None:
        for method in ("POST", "PATCH", "DELETE"):
            self._fail(Fault("drop_after", method, r"/(Sale(/\d+)?|(Save|Delete)SaleEntity)$"))

    def refuse_next(self) -> None:
        self._fail(Fault("status", "POST", "/(Sale|SaveSaleEntity)$", status=400, body=REFUSAL))

    def fail_next_reads(self, n: int) -> None:
        """Of either family; those of the other one are never met."""
        for method, path in (("GET", "/Sale"), ("POST", "/Get(SaleEntity|ArchiveListByColumns2)$")):
            self._fail(Fault("status", method, path, times=n, status=502, body="<html>"))

    def truncate_listing(self) -> None:
        self._fail(Fault("truncate", "*", "/(Sale|GetArchiveListByColumns2)$", times=-1))

    def _fail(self, fault: Fault) -> None:
        httpx.post(f"{self.base_url}/_sandbox/faults", json=asdict(fault)).raise_for_status()

    def switch(self, **values: object) -> None:
        httpx.post(f"{self.base_url}/_sandbox/switches", json=values).raise_for_status()

    def _desk(self) -> Desk:
        return Desk(self.tenant.state)


def _members(values: dict[str, Value]) -> dict[str, Any]:
    closed = values.get("stage") in {"sold", "lost"}
    members = members_of(values, CUSTOM_FIELDS, closed=closed)
    return {key: float(row) if isinstance(row, Decimal) else row for key, row in members.items()}


def crm_at(base_url: str, login: Login, **changes: Any) -> SuperOfficeCrm:
    options = SuperOfficeOptions(
        base_url, login, stamp_field="SuperOffice:1", custom_fields=CUSTOM_FIELDS, page_size=5
    )
    http_options = HttpOptions(base_url, wait_s=0.001, calls_per_minute=100_000)
    return SuperOfficeCrm(replace(options, **changes), http_options, clock=clock)


def basic(tenant: Installation) -> Basic:
    return Basic(tenant.credentials["user"], tenant.credentials["password"])


@pytest.fixture
def served() -> Iterator[tuple[Installation, RunningServer]]:
    tenant = build(make_world(companies=8, sales=14, seed=7), clock=clock, password="sandbox")
    server = start(tenant.app)
    yield tenant, server
    server.stop()
    tenant.stop()


@pytest.fixture
def at_tenant(served: tuple[Installation, RunningServer]) -> Iterator[SandboxBench]:
    tenant, server = served
    bench = SandboxBench(crm_at(server.base_url, basic(tenant)), tenant, server.base_url)
    yield bench
    bench.crm.close()


class TestOnsite(CrmContract):
    """The likelier reading of everything the vendor leaves open; stamp in a custom field."""

    @pytest.fixture
    def bench(self, at_tenant: SandboxBench) -> SandboxBench:
        return at_tenant


class TestContrary(CrmContract):
    """The contrary reading of it: shifted dates, day-exact filters, kept id lists, 304, recomputed profit."""

    @pytest.fixture
    def bench(self, at_tenant: SandboxBench) -> SandboxBench:
        at_tenant.switch(
            exact_times=False,
            saledate_shifts=True,
            stale_id_lists=True,
            unchanged_304=True,
            recompute_earning=True,
            exact_tests=True,
        )
        at_tenant.crm.close()
        at_tenant.crm = crm_at(at_tenant.base_url, basic(at_tenant.tenant), stamp_field="", overlap_s=0)
        return at_tenant


def test_custom_fields_go_there_and_back(at_tenant: SandboxBench) -> None:
    """Each kind of custom field is written, read, listed and changed without loss."""
    custom: dict[str, Value] = {
        "custom:reference": "O'Neil [I:3]",
        "custom:seats": Decimal(12),
        "custom:live": date(2027, 3, 1),
        "custom:framework": True,
        "custom:region": "2",
    }
    empty: dict[str, Value] = {
        "custom:reference": "",
        "custom:seats": None,
        "custom:live": None,
        "custom:framework": False,
        "custom:region": None,
    }
    crm = at_tenant.crm
    made = crm.create_record(new_values(at_tenant) | custom, "stamp-1")
    row = next(row for row in crm.fetch_census() if row.id == made.id)

    assert isinstance(row, Record)
    assert {**made.values, **custom} == made.values == row.values
    cleared = crm.update_record(made.id, custom, empty)
    assert {**cleared.values, **empty} == cleared.values
    assert (cleared.stamp, row.stamp) == ("stamp-1", "stamp-1")


@pytest.mark.parametrize("scheme", ["basic", "ticket", "bearer"])
def test_logins(served: tuple[Installation, RunningServer], scheme: str) -> None:
    """Each scheme logs in, and a wrong secret is a refused login."""
    tenant, server = served
    secrets = tenant.credentials
    logins: dict[str, tuple[Login, Login]] = {
        "basic": (basic(tenant), Basic("sync", "wrong")),
        "ticket": (Ticket(secrets["ticket"], secrets["app_token"]), Ticket("7T:wrong")),
        "bearer": (Bearer(secrets["bearer"]), Bearer("8A:wrong")),
    }
    right, wrong = (crm_at(server.base_url, login) for login in logins[scheme])
    httpx.post(f"{server.base_url}/_sandbox/switches", json={"online": scheme == "bearer"}).raise_for_status()

    assert right.fetch_access().user.lower() == "sync"
    with pytest.raises(LoginRefused):
        wrong.fetch_access()
    right.close()
    wrong.close()
