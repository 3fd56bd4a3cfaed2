"""The adapter in front of the SuperOffice double, with a person's hands; holds no test."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import httpx
import respx

from sync.crm.http import HttpOptions
from sync.crm.superoffice.client import SuperOfficeCrm
from sync.crm.superoffice.entity import members_of
from sync.crm.superoffice.options import Basic, CustomField, SuperOfficeOptions
from sync.domain.model import FieldKind, Record, Value
from tests.crm.respx_superoffice import SuperOffice
from tests.crm.superoffice_payloads import BASE_URL

CUSTOM_FIELDS = {
    "partner": CustomField("SuperOffice:1", FieldKind.TEXT),
    "region": CustomField("SuperOffice:7", FieldKind.LIST),
}


def fixed_clock() -> datetime:
    return datetime(2026, 9, 14, 12, 0, tzinfo=UTC)


def a_crm(**changes: object) -> SuperOfficeCrm:
    """An adapter with small pages and no waiting."""
    options = {
        "base_url": BASE_URL,
        "login": Basic("sync", "secret"),
        "custom_fields": CUSTOM_FIELDS,
        "stamp_field": "SuperOffice:9",
        "page_size": 5,
    }
    http_options = HttpOptions(BASE_URL, wait_s=0.001, calls_per_minute=100_000)
    return SuperOfficeCrm(
        SuperOfficeOptions(**(options | changes)),  # type: ignore[arg-type]  # options of many types
        http_options,
        clock=fixed_clock,
    )


class RespxBench:
    """The adapter and a person in front of the double."""

    def __init__(self, server: SuperOffice, crm: SuperOfficeCrm, router: respx.MockRouter) -> None:
        self.server = server
        self.crm = crm
        self.router = router

    def user_creates(self, **values: Value) -> str:
        return str(self.server.create(_members(values)))

    def user_edits(self, record_id: str, **values: Value) -> None:
        self.server.apply(int(record_id), _members(values))

    def user_deletes(self, record_id: str) -> None:
        del self.server.sales[int(record_id)]

    def a_company(self) -> str:
        return "501"

    def an_owner(self) -> str:
        return "12"

    def other_owner(self) -> str:
        return "14"

    def a_stage(self) -> str:
        return "open/11"

    def other_stage(self) -> str:
        return "open/17"

    def a_currency(self) -> str:
        return "4"

    def writes(self) -> int:
        return self.server.writes

    def lose_next_answer(self) -> None:
        self.server.lost_answers = 1

    def refuse_next(self) -> None:
        self.server.refusals = 1

    def fail_next_reads(self, n: int) -> None:
        self.server.failing_reads = n

    def truncate_listing(self) -> None:
        self.server.cut_listings = True


def _members(values: dict[str, Value]) -> dict[str, object]:
    closed = values.get("stage") in {"sold", "lost"}
    members = members_of(values, CUSTOM_FIELDS, closed=closed)
    return {key: float(row) if isinstance(row, Decimal) else row for key, row in members.items()}


@contextmanager
def a_bench(**changes: object) -> Iterator[RespxBench]:
    """The double answers every call to its base URL until the block ends."""
    server = SuperOffice()
    with respx.mock(assert_all_called=False) as router:
        router.route(url__startswith=BASE_URL).mock(side_effect=server.handle)
        crm = a_crm(**changes)
        yield RespxBench(server, crm, router)
        crm.close()


def sent(bench: RespxBench, method: str, path: str) -> list[Any]:
    """Bodies of the requests to one path, oldest first."""
    return [
        json.loads(request.content)
        for request in bench.server.requests
        if request.method == method and request.url.path.endswith(path)
    ]


def answering(bench: RespxBench, responses: Mapping[str, httpx.Response]) -> None:
    """From now on requests whose path ends with a key get its response."""
    handle = bench.server.handle

    def answer(request: httpx.Request) -> httpx.Response:
        found = [row for end, row in responses.items() if request.url.path.endswith(end)]
        return found[0] if found else handle(request)

    bench.router.routes.clear()
    bench.router.route().mock(side_effect=answer)


def read(bench: RespxBench, record_id: str) -> Record:
    record = bench.crm.fetch_record(record_id)
    assert isinstance(record, Record)
    return record
