"""The ONLYOFFICE adapter at the respx double, with a person's hands and a clock; it tests nothing."""

from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import respx

from sync.crm.http import HttpOptions
from sync.crm.onlyoffice.client import OnlyOfficeCrm
from sync.crm.onlyoffice.options import OnlyOfficeOptions
from sync.crm.port import Crm
from sync.domain.model import Record, Unreadable, Value
from tests.crm.bench import new_values
from tests.crm.respx_onlyoffice import BASE_URL, KARI, OLE, Json, PortalDouble

OPTIONS = OnlyOfficeOptions(BASE_URL, "sync@example.com", "secret-word", page_size=5)
HTTP = HttpOptions("", attempts=3, wait_s=0.001, calls_per_minute=100_000)
WIRE_NAMES = {
    "amount": "bidValue",
    "probability": "successProbability",
    "owner": "responsibleid",
    "company": "contactid",
    "stage": "stageid",
    "currency": "bidCurrencyAbbr",
    "expected_close_on": "expectedCloseDate",
}


@dataclass
class DoubleBench:
    """The adapter at the double; a person works on its rows directly."""

    crm: Crm
    portal: PortalDouble

    def user_creates(self, **values: Value) -> str:
        key = max(self.portal.opportunities, default=300) + 1
        self.portal.store(key, self._form(values))
        return str(key)

    def user_edits(self, record_id: str, **values: Value) -> None:
        row = self.portal.opportunities[int(record_id)]
        body = {
            "title": row["title"],
            "description": row["description"],
            "responsibleid": row["responsible"]["id"],
            "bidValue": str(row["bidValue"]),
            "bidCurrencyAbbr": row["bidCurrency"]["abbreviation"],
            "stageid": row["stage"]["id"],
            "contactid": row.get("contact", {}).get("id", 0),
        }
        self.portal.store(int(record_id), deepcopy(body) | self._form(values))

    def _form(self, values: dict[str, Value]) -> Json:
        given = {WIRE_NAMES.get(name, name): value for name, value in values.items() if value is not None}
        form: Json = {name: value if isinstance(value, int) else str(value) for name, value in given.items()}
        return form | ({"members": [int(form["contactid"])]} if "contactid" in form else {})

    def user_deletes(self, record_id: str) -> None:
        del self.portal.opportunities[int(record_id)]

    def a_company(self) -> str:
        return "12"

    def an_owner(self) -> str:
        return KARI

    def other_owner(self) -> str:
        return OLE

    def a_stage(self) -> str:
        return "41"

    def other_stage(self) -> str:
        return "42"

    def a_currency(self) -> str:
        return "EUR"

    def writes(self) -> int:
        return self.portal.writes

    def lose_next_answer(self) -> None:
        self.portal.lose = True

    def refuse_next(self) -> None:
        self.portal.refuse = True

    def fail_next_reads(self, n: int) -> None:
        self.portal.failing_reads = n

    def truncate_listing(self) -> None:
        self.portal.truncated = True


class Watch:
    """A clock that a test sets forward."""

    def __init__(self) -> None:
        self.at = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at


@contextmanager
def double_bench(watch: Watch | None = None) -> Iterator[DoubleBench]:
    """The adapter with a fresh double behind it."""
    with respx.mock(assert_all_called=False) as router:
        portal = PortalDouble()
        router.route(host="portal.example").mock(side_effect=portal.answer)
        crm = OnlyOfficeCrm(OPTIONS, HTTP, clock=watch or Watch())
        yield DoubleBench(crm, portal)
        crm.close()


def an_opportunity(bench: DoubleBench, **members: Any) -> Record | Unreadable | None:
    """One opportunity with its wire members replaced, as the adapter reads it; None takes a member away."""
    record_id = bench.user_creates(**new_values(bench))
    row = bench.portal.opportunities[int(record_id)] | members
    bench.portal.opportunities[int(record_id)] = {
        key: value for key, value in row.items() if value is not None
    }
    return bench.crm.fetch_record(record_id)


def a_record(bench: DoubleBench, **members: Any) -> Record:
    record = an_opportunity(bench, **members)
    assert isinstance(record, Record)
    return record
