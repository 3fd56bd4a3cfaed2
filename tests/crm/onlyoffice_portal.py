"""The ONLYOFFICE adapter at a sandbox portal on loopback, with a person's hands; it tests nothing."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from sync.crm.http import HttpOptions
from sync.crm.onlyoffice.client import OnlyOfficeCrm
from sync.crm.onlyoffice.options import CustomField, OnlyOfficeOptions
from sync.crm.port import Crm
from sync.domain.model import (
    FieldKind,
    Value,
)
from sync.sandbox.onlyoffice.app import Portal
from sync.sandbox.switches import Fault
from tests.crm.bench import NOWHERE

REFUSAL = '{"status":1,"statusCode":400,"error":{"message":"Value does not fall within the expected range."}}'
WIRE_NAMES = {
    "amount": "bidValue",
    "currency": "bidCurrency",
    "probability": "successProbability",
    "expected_close_on": "expectedCloseDate",
    "actual_close_on": "actualCloseDate",
    "owner": "responsible",
    "company": "contact",
    "person": "contact",
}
CUSTOM = {
    "seats": CustomField("Seats", FieldKind.NUMBER),
    "signed": CustomField("Contract date", FieldKind.DATE),
    "region": CustomField("Region", FieldKind.LIST),
    "renewal": CustomField("Renewal", FieldKind.CHECKBOX),
}


def now() -> datetime:
    return datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


def to_portal(values: dict[str, Value]) -> dict[str, Any]:
    """Wire names and plain JSON, as the sandbox's browser form takes them; None is left out."""
    given = {WIRE_NAMES.get(name, name): value for name, value in values.items() if value is not None}
    whole = {name: int(str(value)) for name, value in given.items() if name in ("stage", "contact")}
    plain = {key: str(value) if isinstance(value, Decimal | date) else value for key, value in given.items()}
    return plain | whole


@dataclass
class SandboxBench:
    """The adapter at a sandbox portal, whose browser form is the person's hands."""

    crm: Crm
    portal: Portal
    base_url: str

    def user_creates(self, **values: Value) -> str:
        probability = {"probability": values["probability"]} if "probability" in values else {}
        record_id = self.portal.control.create(to_portal(values), None)
        self.portal.control.edit(record_id, to_portal(probability), None)
        return str(record_id)

    def user_edits(self, record_id: str, **values: Value) -> None:
        self.portal.control.edit(int(record_id), to_portal(values), None)

    def user_deletes(self, record_id: str) -> None:
        self.portal.control.delete(int(record_id))

    def a_company(self) -> str:
        return str(next(row.id for row in self.portal.state.contacts.values() if row.is_company))

    def a_person(self) -> str:
        return str(next(row.id for row in self.portal.state.contacts.values() if not row.is_company))

    def an_owner(self) -> str:
        return self._users()[1]

    def other_owner(self) -> str:
        return self._users()[2]

    def a_stage(self) -> str:
        return str(self.portal.state.ordered_stages()[0].id)

    def other_stage(self) -> str:
        return str(self.portal.state.ordered_stages()[1].id)

    def a_currency(self) -> str:
        return "NOK"

    def writes(self) -> int:
        """Counted after one more read, since the sandbox notes a request only when its answer is out."""
        self.crm.fetch_record(NOWHERE)
        return self.portal.recorder.totals["writes"]

    def lose_next_answer(self) -> None:
        self._fail("drop_after", method="POST|PUT|DELETE")

    def refuse_next(self) -> None:
        self._fail("status", method="POST", status=400, body=REFUSAL)

    def fail_next_reads(self, n: int) -> None:
        self.portal.faults.add(Fault("status", "GET", "/crm/", times=n, status=502, body="<html>"))

    def truncate_listing(self) -> None:
        self.portal.faults.add(Fault("truncate", "GET", "/opportunity/filter", times=-1))

    def _fail(self, kind: str, *, method: str, **options: Any) -> None:
        for one in method.split("|"):
            self.portal.faults.add(Fault(kind, one, "/crm/", **options))

    def _users(self) -> list[str]:
        rows = self.portal.state.users.values()
        return [row.id for row in rows if not (row.is_visitor or row.disabled)]


def options_of(portal: Portal, base_url: str) -> OnlyOfficeOptions:
    login = portal.credentials
    return OnlyOfficeOptions(base_url, login["user"], login["password"], page_size=5)


def crm_at(options: OnlyOfficeOptions) -> OnlyOfficeCrm:
    return OnlyOfficeCrm(options, HttpOptions("", wait_s=0.01, calls_per_minute=100_000), clock=now)


def with_fields(bench: SandboxBench) -> OnlyOfficeOptions:
    return replace(
        options_of(bench.portal, bench.base_url),
        stamp_field="Opsync link",
        number_field="External number",
        custom_fields=CUSTOM,
        org_number_field="Organisation number",
        partner_field="SuperOffice contact id",
    )
