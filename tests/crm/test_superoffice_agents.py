"""Installations without REST: the same promises through the agents, found out by asking."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any, Literal

import httpx
import pytest

from sync.domain.model import Company, Record, Side, Value
from sync.errors import Moved, OutcomeUnknown, RecordRefused, SideDown
from tests.crm.contract import CrmContract, new_values
from tests.crm.superoffice_bench import RespxBench, a_bench, answering, sent
from tests.crm.test_superoffice_sandbox import (
    SandboxBench,
    at_tenant,
    basic,
    crm_at,
    served,
)

__all__ = ["at_tenant", "served"]
SALE = "/Agents/Sale"
CUSTOM: dict[str, Value] = {
    "custom:reference": "O'Neil",
    "custom:seats": Decimal(12),
    "custom:live": date(2027, 3, 1),
    "custom:framework": True,
    "custom:region": "2",
}
EMPTY: dict[str, Value] = {
    "custom:reference": "",
    "custom:seats": None,
    "custom:live": None,
    "custom:framework": False,
    "custom:region": None,
}
Switches = dict[str, object]


def switched(bench: SandboxBench, api: Literal["rest", "agents", "auto"], switches: Switches) -> SandboxBench:
    bench.switch(**switches)
    bench.crm.close()
    bench.crm = crm_at(bench.base_url, basic(bench.tenant), api=api)
    return bench


class TestAgents(CrmContract):
    """REST is gone in either way it has been seen to be gone, and everything else is contrary too."""

    @pytest.fixture(
        params=[
            {"rest_off": "404"},
            {"rest_off": "500", "saledate_shifts": True, "custom_buckets": "null", "agent_error_200": True},
        ],
        ids=["plain", "contrary"],
    )
    def bench(self, request: pytest.FixtureRequest, at_tenant: SandboxBench) -> SandboxBench:
        return switched(at_tenant, "auto", request.param)


@pytest.mark.parametrize("api", ["rest", "agents"])
@pytest.mark.parametrize(
    "switches",
    [
        {},
        {"custom_buckets": "null"},
        {"custom_buckets": "empty", "legacy_dates": "day"},
        {"custom_patch": "replace"},
        {"org_decides": True},
        {"zero_references": True, "null_maps": True},
        {"saledate_shifts": True, "exact_tests": True},
    ],
    ids=str,
)
def test_custom_fields_go_there_and_back(
    at_tenant: SandboxBench, api: Literal["rest", "agents"], switches: Switches
) -> None:
    """Each kind is written, read and cleared in either bucket, and no other field changes on the way."""
    crm = switched(at_tenant, api, switches).crm
    made = crm.create_record(new_values(at_tenant) | CUSTOM, "stamp-1")
    cleared = crm.update_record(made.id, CUSTOM, EMPTY)

    assert {**made.values, **CUSTOM} == made.values
    assert {**cleared.values, **EMPTY} == cleared.values
    assert cleared.stamp == "stamp-1"
    assert crm.fetch_record(made.id) == cleared


def test_a_listing_of_the_agents_has_no_changes(at_tenant: SandboxBench) -> None:
    """The zone of their bracketed times is not told, so nothing is said about what changed."""
    crm = switched(at_tenant, "agents", {}).crm

    assert crm.fetch_delta(None) is None
    assert crm.fetch_delta("2026-01-01T00:00:00+00:00") is None


def test_an_installation_where_nothing_answers(at_tenant: SandboxBench) -> None:
    """The first refusal is told, not the one of the family that was only tried."""
    crm = switched(at_tenant, "auto", {"rest_off": "404"}).crm
    fault = {"kind": "status", "method": "POST", "path": "/Agents/", "times": -1, "status": 404}
    httpx.post(f"{at_tenant.base_url}/_sandbox/faults", json=fault).raise_for_status()

    with pytest.raises(Exception, match=r"GET Sale \(archive\) answered 404"):
        next(iter(crm.fetch_census()))


# -- against the double: what the sandbox cannot stage -----------------------------------------------------


@pytest.fixture
def agents() -> Iterator[RespxBench]:
    """A double that answers the agents' calls with its own REST answers."""
    with a_bench(api="agents") as bench:
        entity = bench.server.sales[bench.server.create({"Heading": "Kept", "Amount": 5.0})]
        entity["Associate"] |= {"Name": "ANNA"}
        stored = httpx.Response(200, json=entity)
        answering(bench, {f"{SALE}/GetSaleEntity": stored, f"{SALE}/SaveSaleEntity": stored})
        yield bench


def saved(bench: RespxBench) -> list[Any]:
    return sent(bench, "POST", "/SaveSaleEntity")


def reply(bench: RespxBench, *answers: httpx.Response, to: str = "/GetSaleEntity") -> list[httpx.Request]:
    """From now on these are the answers to one call, the last of them for good; gives the requests."""
    asked: list[httpx.Request] = []
    before = bench.router.routes[0].side_effect

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        if not request.url.path.endswith(to):
            result = before(request) if callable(before) else None
            assert isinstance(result, httpx.Response)
            return result
        mine = [row for row in asked if row.url.path.endswith(to)]
        return answers[min(len(mine), len(answers)) - 1]

    bench.router.routes.clear()
    bench.router.route().mock(side_effect=answer)
    return asked


def entity_of(bench: RespxBench, **changes: object) -> httpx.Response:
    return httpx.Response(200, json=next(iter(bench.server.sales.values())) | changes)


def test_a_save_is_the_whole_sale(agents: RespxBench) -> None:
    """Read without a zone just before, so that every date goes back as it came."""
    asked = reply(agents, entity_of(agents, Heading="New"), to="/SaveSaleEntity")
    agents.crm.update_record("1042", {"title": "Kept"}, {"title": "New"})
    reads = [row for row in asked if row.url.path.endswith("/GetSaleEntity")]
    body = next(row for row in asked if row.url.path.endswith("/SaveSaleEntity"))

    assert [row.headers.get("so-timezone") for row in reads] == ["UTC,includeTZOffset", None]
    assert reads[0].url.params["saleEntityId"] == "1042"
    assert b'"Heading":"New"' in body.content
    assert b'"VisibleFor":[{' in body.content
    assert b'"Saledate":"2026-11-30T00:00:00"' in body.content


def test_an_edit_before_the_save_is_never_overwritten(agents: RespxBench) -> None:
    """Nothing guards a save of the agents but the second look."""
    asked = reply(agents, entity_of(agents), entity_of(agents, SaleText="typed just now"))

    with pytest.raises(Moved):
        agents.crm.update_record("1042", {}, {"title": "New"})
    assert not any(row.url.path.endswith("/SaveSaleEntity") for row in asked)


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (
            {"Error": True, "ErrorType": "SoSentryException", "ErrorMessage": "No 'secret deal'"},
            RecordRefused,
        ),
        ({"Error": True, "ErrorType": "SoSaveException", "ErrorMessage": "Deadlock"}, OutcomeUnknown),
        ({"Message": "An error has occurred.", "MessageDetail": "'secret deal'"}, OutcomeUnknown),
    ],
)
def test_an_error_in_a_saved_answer(
    agents: RespxBench, error: dict[str, object], expected: type[Exception]
) -> None:
    """A 200 is no success; what may have been carried out is looked for."""
    reply(agents, httpx.Response(200, json=error), to="/SaveSaleEntity")

    with pytest.raises(expected) as raised:
        agents.crm.update_record("1042", {}, {"title": "New"})
    assert "secret deal" not in str(raised.value)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (b"null", None),
        (b'{"Error": true, "ErrorType": "SoNotFoundException", "ErrorMessage": "Sale id 7 not found"}', None),
        (b'{"Error": true, "ErrorType": "SoSentryException", "ErrorMessage": "No"}', RecordRefused),
        (b'{"Message": "The request is invalid.", "MessageDetail": "x"}', SideDown),
    ],
)
def test_an_error_in_a_read_answer(
    agents: RespxBench, answer: bytes, expected: type[Exception] | None
) -> None:
    """Null and a not-found error are the agents' 404; anything else says which call failed."""
    reply(agents, httpx.Response(200, content=answer))

    if expected is None:
        assert agents.crm.fetch_record("7") is None
    else:
        with pytest.raises(expected, match="GetSaleEntity answered 200 with an error"):
            agents.crm.fetch_record("7")


def test_a_creation_never_saves_over_something() -> None:
    """Defaults that carry an id would turn a save into an update; the id is always 0."""
    with a_bench() as bench:
        stale = {"ContactId": 501, "Name": "x", "Category": {"Id": 1}}
        answering(bench, {"/Contact/default": httpx.Response(200, json=stale)})
        made = bench.crm.create_company(Company(Side.RIGHT, "9", "Nordlicht", org_number="911"))

        assert sent(bench, "POST", "/v1/Contact") == [
            {"ContactId": 0, "Name": "Nordlicht", "Category": {"Id": 1}, "Department": "", "OrgNr": "911"}
        ]
        assert made.id not in {"501", "0"}
        assert bench.server.contacts[501]["Name"] == "Fjord Marine AS"


def test_bracketed_rows_are_read_like_slim_ones(agents: RespxBench) -> None:
    """Cells of the archive agent carry the encoder's brackets."""
    cells = {
        "saleId": "[I:1042]",
        "heading": "Pump [I:3]",
        "amount": "[F:125000.5]",
        "currencyId": "[I:4]",
        "probPercent": "[I:50]",
        "saleStatus": "Open",
        "stageId": "[I:11]",
        "date": "[DT:11/30/2026 00:00:00.0000000]",
        "associateId": "ANNA",
        "contact/contactId": "[I:501]",
        "hasQuote": "[I:1]",
        "saleUdef/SuperOffice:7": "[I:4]",
        "updatedDate": "[DT:09/14/2026 12:00:05.0000000]",
    }
    row = {
        "EntityName": "sale",
        "PrimaryKey": 1042,
        "ColumnData": {name: {"DisplayValue": text, "TooltipHint": ""} for name, text in cells.items()},
    }
    users = httpx.Response(200, json=[{"Id": 12, "Name": "ANNA", "FullName": "Anna Berg"}])
    reply(agents, users, to="/MDO/GetList")
    pages = [httpx.Response(200, json=[row]), httpx.Response(200, json=[])]
    reply(agents, *pages, to="/GetArchiveListByColumns2")
    read = next(iter(agents.crm.fetch_census()))

    assert isinstance(read, Record)
    assert (read.id, read.values["title"], read.values["amount"]) == (
        "1042",
        "Pump [I:3]",
        Decimal("125000.5"),
    )
    assert (read.values["stage"], read.values["company"], read.values["owner"]) == ("open/11", "501", "12")
    assert read.values["expected_close_on"] == date(2026, 11, 30)
    assert read.values["custom:region"] == "4"
    assert set(read.locked) == {"amount", "currency"}
