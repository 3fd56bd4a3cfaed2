"""What the SuperOffice adapter promises of its reads beyond the port: deltas, odd listings, lists, access."""

from collections.abc import Iterator
from datetime import datetime

import httpx
import pytest

from sync.domain.model import FieldKind, Record, Unreadable
from sync.errors import (
    IncompleteCensus,
    LoginRefused,
    RecordRefused,
    RetryLater,
    WrongShape,
)
from tests.crm.contract import new_values
from tests.crm.superoffice_bench import RespxBench, a_bench, answering, sent


@pytest.fixture
def bench() -> Iterator[RespxBench]:
    with a_bench() as bench:
        yield bench


def test_the_four_calls_of_the_vendor_pages(bench: RespxBench) -> None:
    """GetSalesFromContact, GetContactSummary, Sale/Validate and POST Sale are called as documented."""
    made = bench.crm.create_record(new_values(bench), "s")
    bench.crm.fetch_records_of_company("501")
    card = bench.crm.fetch_company_card("501", 5)

    assert sent(bench, "POST", "/Agents/Sale/GetSalesFromContact") == [
        {"ContactId": 501, "OnlyOpenSales": False}
    ]
    assert sent(bench, "POST", "/Agents/Contact/GetContactSummary") == [{"ContactId": 501, "Limit": 5}]
    assert sent(bench, "POST", "/Sale/Validate") == sent(bench, "POST", "/v1/Sale")
    assert card is not None
    assert card.sales == (f"{made.id}  Pump order 2026  125,000.5 NOK  Open  2026-06-30",)


def test_a_delta_moves_its_cursor_and_filters_again() -> None:
    """Rows a day-exact server adds are left out, and the cursor is the newest change seen."""
    with a_bench(overlap_s=0) as bench:
        bench.server.after_time_is_exact = False
        old = bench.user_creates(**new_values(bench))
        bench.server.tick()
        start = bench.crm.fetch_delta(None)
        bench.server.tick()
        new = bench.user_creates(**new_values(bench))
        assert start is not None
        delta = bench.crm.fetch_delta(start.cursor)

        assert delta is not None
        assert [row.id for row in delta.records] == [new]
        assert datetime.fromisoformat(delta.cursor) == bench.server.now
        assert old != new
        again = bench.crm.fetch_delta(delta.cursor)
        assert again is not None and again.cursor == delta.cursor


def test_a_sale_stamped_in_the_future_does_not_move_the_cursor(bench: RespxBench) -> None:
    """A clock that was wrong once must not hide the changes of years."""
    start = bench.crm.fetch_delta(None)
    record_id = bench.user_creates(**new_values(bench))
    bench.server.sales[int(record_id)]["UpdatedDate"] = "2050-01-01T00:00:00"
    assert start is not None
    delta = bench.crm.fetch_delta(start.cursor)

    assert delta is not None
    assert [row.id for row in delta.records] == [record_id]
    assert delta.cursor == start.cursor


def test_an_overlap_looks_back(bench: RespxBench) -> None:
    """A change saved late but stamped early is still seen, within the overlap."""
    record_id = bench.user_creates(**new_values(bench))
    start = bench.crm.fetch_delta(None)
    assert start is not None
    delta = bench.crm.fetch_delta(start.cursor)

    assert delta is not None
    assert [row.id for row in delta.records] == [record_id]


def test_a_cursor_that_is_no_time(bench: RespxBench) -> None:
    """A broken cursor is told, not guessed."""
    with pytest.raises(WrongShape, match="census"):
        bench.crm.fetch_delta("yesterday")


def test_rows_of_unknown_owners_are_read_directly(bench: RespxBench) -> None:
    """A login that no list explains is learnt from the sale itself, once."""
    handle = bench.server.handle

    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(404) if "MDOList" in request.url.path else handle(request)

    bench.router.routes.clear()
    bench.router.route().mock(side_effect=answer)
    for n in range(3):
        bench.user_creates(**new_values(bench, title=f"Deal {n}"))
    records = list(bench.crm.fetch_census())

    assert [row.values["owner"] for row in records if isinstance(row, Record)] == ["12", "12", "12"]
    direct = [row for row in bench.server.requests if row.url.path.split("/")[-1].isdigit()]
    assert len(direct) == 1


def test_unreadable_sales_stay_in_the_census(bench: RespxBench) -> None:
    """A sale nobody can understand is listed with its id, so that its absence proves nothing."""
    good = bench.user_creates(**new_values(bench))
    bad = bench.user_creates(**new_values(bench))
    bench.server.sales[int(bad)]["Status"] = "SaintAll"
    rows = list(bench.crm.fetch_census())

    assert [row.id for row in rows] == [good, bad]
    assert isinstance(rows[1], Unreadable)
    assert isinstance(bench.crm.fetch_record(bad), Unreadable)
    with pytest.raises(RecordRefused):
        bench.crm.update_record(bad, {}, {"title": "x"})


@pytest.mark.parametrize("rows", [[{"saleId": 5}, {"saleId": 5}], [{"saleId": 5}, {"saleId": 4}], [{"x": 1}]])
def test_a_census_out_of_order_proves_nothing(bench: RespxBench, rows: list[dict[str, int]]) -> None:
    """A repeat, a step back or a row without an id ends the census with an error."""
    answering(bench, {"/v1/Sale": httpx.Response(200, json={"value": rows})})

    with pytest.raises(IncompleteCensus):
        list(bench.crm.fetch_census())


@pytest.mark.parametrize(
    ("response", "error"),
    [
        (httpx.Response(200, json={"value": None, "odata.nextLink": None}), None),
        (httpx.Response(200, json={"rows": []}), WrongShape),
        (httpx.Response(200, json=[]), WrongShape),
        (httpx.Response(200, json={"value": [1]}), WrongShape),
        (httpx.Response(200, html="<html>log in</html>"), WrongShape),
        (httpx.Response(200), WrongShape),
        (httpx.Response(503), RetryLater),
        (httpx.Response(401), LoginRefused),
    ],
)
def test_odd_listings(bench: RespxBench, response: httpx.Response, error: type[Exception] | None) -> None:
    """A listing is rows or an error, never silently something else."""
    answering(bench, {"/v1/Sale": response})

    if error is None:
        assert list(bench.crm.fetch_census()) == []
        return
    with pytest.raises(error):
        list(bench.crm.fetch_census())


def test_lists_say_what_they_hold(bench: RespxBench) -> None:
    """Stages with the closing states, deleted items as inactive, custom fields with their options."""
    lists = bench.crm.fetch_lists()

    assert {row.key: row.active for row in lists.stages} == {
        "open/11": True,
        "open/17": True,
        "open/16": False,
        "sold": True,
        "lost": True,
        "stalled": True,
    }
    assert {row.login: row.active for row in lists.users}["GONE"] is False
    assert {row.key: row.kind for row in lists.custom_fields} == {
        "SuperOffice:1": FieldKind.TEXT,
        "SuperOffice:7": FieldKind.LIST,
        "SuperOffice:9": FieldKind.TEXT,
    }
    region = next(row for row in lists.custom_fields if row.key == "SuperOffice:7")
    assert [(item.key, item.name) for item in region.options] == [("4", "North"), ("5", "South")]


def test_access_warns_of_what_to_fix() -> None:
    """Missing custom fields are named; a good setup has no warnings."""
    with a_bench() as bench:
        bench.user_creates(**new_values(bench))
        access = bench.crm.fetch_access()
        assert (access.warnings, access.version, access.user_id) == ((), "12.4", "77")
    with a_bench(stamp_field="SuperOffice:99") as bench:
        assert "SuperOffice:99" in bench.crm.fetch_access().warnings[0]


def test_access_warns_of_the_wrong_user_and_zone(bench: RespxBench) -> None:
    """An outside user, missing rights and an unknown base zone are told in words."""
    record_id = bench.user_creates(**new_values(bench))
    sale = {**bench.server.sales[int(record_id)], "TableRight": {"Mask": "Select, Update"}}
    user = {"associateId": 9, "associate": "EXT", "userType": "ExternalAssociate", "functionRights": "a,b"}
    answering(
        bench,
        {
            "/User/currentPrincipal": httpx.Response(200, json=user),
            "/TimeZone/base": httpx.Response(200, json={"Name": "Middle Earth"}),
            f"/Sale/{record_id}": httpx.Response(200, json=sale),
            "/SuperOffice/api": httpx.Response(200, html="<html>hello</html>"),
        },
    )
    access = bench.crm.fetch_access()

    assert (access.user, access.is_admin, access.version) == ("EXT", False, "unknown")
    assert [
        word for text in access.warnings for word in ("External", "base_time_zone", "delete") if word in text
    ] == [
        "External",
        "base_time_zone",
        "delete",
    ]


def test_a_company_has_its_city(bench: RespxBench) -> None:
    """The direct read tells the city that a listing cannot."""
    company = bench.crm.fetch_company("502")

    assert company is not None
    assert (company.name, company.city) == ("Nordvik", "Bergen")


def test_ids_are_numbers(bench: RespxBench) -> None:
    """Nothing but digits ever reaches a path."""
    before = len(bench.server.requests)
    for bad in ("1/../2", "", "-1", "x"):
        with pytest.raises(RecordRefused):
            bench.crm.fetch_record(bad)

    assert len(bench.server.requests) == before
