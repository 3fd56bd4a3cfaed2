"""What the SuperOffice adapter promises of its writes beyond the port: guards, quotes, dates, requests."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import httpx
import pytest

from sync.domain.model import Company, Record, Side, Value
from sync.errors import (
    Moved,
    OutcomeUnknown,
    RecordRefused,
    SideDown,
)
from tests.crm.contract import new_values
from tests.crm.superoffice_bench import RespxBench, a_bench, answering, read, sent


@pytest.fixture
def bench() -> Iterator[RespxBench]:
    with a_bench() as bench:
        yield bench


def test_an_update_tests_what_can_be_tested(bench: RespxBench) -> None:
    """Old texts and whole numbers are tested, references go as whole objects, money keeps its profit."""
    record_id = bench.user_creates(**new_values(bench))
    changes: dict[str, Value] = {"title": "New", "amount": Decimal("200.00"), "stage": "open/17"}
    bench.crm.update_record(record_id, {"title": "Pump order 2026"}, changes)

    assert sent(bench, "PATCH", f"/Sale/{record_id}") == [
        [
            {"op": "test", "path": "/Heading", "value": "Pump order 2026"},
            {"op": "test", "path": "/Status", "value": "Open"},
            {"op": "replace", "path": "/Heading", "value": "New"},
            {"op": "replace", "path": "/Amount", "value": 200.0},
            {"op": "replace", "path": "/Status", "value": "Open"},
            {"op": "replace", "path": "/Rating", "value": {"Id": 17}},
            {"op": "replace", "path": "/Earning", "value": 40.0},
        ]
    ]


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("title", "Pump order 2026", "New"),
        ("probability", 50, 60),
        ("description", "Six pumps", "Seven pumps"),
    ],
)
def test_a_plain_field_is_written_in_one_call(bench: RespxBench, name: str, old: Value, new: Value) -> None:
    """Old value and new one go in the same request, and nobody looks first."""
    record_id = bench.user_creates(**new_values(bench, **{name: old}))
    read(bench, record_id)
    bench.server.requests.clear()

    record = bench.crm.update_record(record_id, {name: old}, {name: new})

    assert [(row.method, row.url.path.rpartition("/")[2]) for row in bench.server.requests] == [
        ("PATCH", record_id)
    ]
    assert record.values == read(bench, record_id).values
    assert record.values[name] == new


def test_a_server_that_spells_dates_otherwise_is_looked_at_first(bench: RespxBench) -> None:
    """Its comparing proves nothing, which is learnt once."""
    record_id = bench.user_creates(**new_values(bench))
    day = read(bench, record_id).values["expected_close_on"]
    later = date(2027, 5, 6)
    bench.server.sales[int(record_id)]["Saledate"] += ".0000000"

    first = bench.crm.update_record(record_id, {"expected_close_on": day}, {"expected_close_on": later})
    bench.server.requests.clear()
    second = bench.crm.update_record(record_id, {"expected_close_on": later}, {"expected_close_on": day})

    assert (first.values["expected_close_on"], second.values["expected_close_on"]) == (later, day)
    assert [row.method for row in bench.server.requests] == ["GET", "PATCH"]


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ({"title": "Ours"}, {"title": "Theirs"}),
        ({"amount": Decimal(5)}, {"amount": Decimal(6)}),
        ({"owner": "14"}, {"owner": "77"}),
        ({"custom:partner": "ours"}, {"custom:partner": "theirs"}),
    ],
)
def test_an_edit_between_look_and_write_wins(
    bench: RespxBench, ours: dict[str, Value], theirs: dict[str, Value]
) -> None:
    """Whatever the field, an edit that slips in between is never overwritten."""
    record_id = bench.user_creates(**new_values(bench))
    bench.server.before_write = lambda: bench.user_edits(record_id, **theirs)

    with pytest.raises(Moved):
        bench.crm.update_record(record_id, {}, ours)
    assert {**read(bench, record_id).values, **theirs} == read(bench, record_id).values


def test_a_delete_is_guarded_too(bench: RespxBench) -> None:
    """A sale edited after the look is not deleted."""
    record_id = bench.user_creates(**new_values(bench))
    bench.server.before_write = lambda: bench.user_edits(record_id, title="Typed")

    with pytest.raises(Moved):
        bench.crm.delete_record(record_id, {})
    assert read(bench, record_id).values["title"] == "Typed"


def test_a_false_alarm_of_the_time_guard_is_checked(bench: RespxBench) -> None:
    """A server that compares fractions refuses untouched sales; those are written after a second look."""
    record_id = bench.user_creates(**new_values(bench))
    bench.server.false_412 = True
    after = bench.crm.update_record(record_id, {}, {"amount": Decimal(7)})

    assert after.values["amount"] == 7
    assert bench.server.writes == 1
    bench.crm.delete_record(record_id, {"amount": Decimal(7)})
    assert bench.crm.fetch_record(record_id) is None


def test_no_change_is_no_write(bench: RespxBench) -> None:
    """What the sale holds already is not sent."""
    record_id = bench.user_creates(**new_values(bench))
    after = bench.crm.update_record(record_id, {}, {"title": "Pump order 2026"})

    assert after == read(bench, record_id)
    assert bench.server.writes == 0


def test_an_unchanged_answer_is_read_again(bench: RespxBench) -> None:
    """304 to a patch has no body; the sale is read instead."""
    record_id = bench.user_creates(**new_values(bench))
    handle = bench.server.handle

    def answer(request: httpx.Request) -> httpx.Response:
        response = handle(request)
        return httpx.Response(304) if request.method == "PATCH" else response

    bench.router.routes.clear()
    bench.router.route().mock(side_effect=answer)

    assert bench.crm.update_record(record_id, {}, {"title": "New"}).values["title"] == "New"


def test_a_quote_locks_the_money(bench: RespxBench) -> None:
    """A quoted sale is read as locked, everywhere, and its money is not written."""
    record_id = bench.user_creates(**new_values(bench))
    bench.server.quoted.add(int(record_id))
    row = next(iter(bench.crm.fetch_census()))

    assert isinstance(row, Record)
    assert set(row.locked) == set(read(bench, record_id).locked) == {"amount", "currency"}
    with pytest.raises(RecordRefused) as refused:
        bench.crm.update_record(record_id, {}, {"amount": Decimal(1)})
    assert set(refused.value.messages) == {"amount"}
    assert bench.crm.update_record(record_id, {}, {"title": "Free"}).locked == row.locked


def test_closing_and_opening_again(bench: RespxBench) -> None:
    """Closing keeps the rating and turns the date; opening writes status and rating together."""
    record = bench.crm.create_record(new_values(bench), "s")
    closed = bench.crm.update_record(
        record.id, {}, {"stage": "sold", "actual_close_on": date(2026, 7, 1), "probability": 100}
    )

    assert closed.values["stage"] == "sold"
    assert closed.values["actual_close_on"] == date(2026, 7, 1)
    assert "expected_close_on" not in closed.values
    assert bench.server.sales[int(record.id)]["Rating"] == {"Id": 11}
    opened = bench.crm.update_record(
        record.id, {}, {"stage": "open/17", "expected_close_on": date(2026, 9, 1)}
    )
    assert opened.values["stage"] == "open/17"
    assert opened.values["expected_close_on"] == date(2026, 9, 1)


def test_a_create_is_one_full_request(bench: RespxBench) -> None:
    """Default values stay, ours lie over them, and the stamp is in the same request."""
    bench.crm.create_record(new_values(bench, stage="lost", actual_close_on=date(2026, 5, 5)), "stamp-1")
    body = sent(bench, "POST", "/v1/Sale")[0]

    assert body["CustomFields"] == {"SuperOffice:9": "stamp-1"}
    assert (body["Status"], body["Saledate"], body["Currency"]) == ("Lost", "2026-05-05T00:00:00", {"Id": 4})
    assert (body["Associate"], body["SaleType"]) == ({"AssociateId": 12}, {"Id": 2})
    assert (body["Amount"], body["Earning"]) == (125000.5, 25000.1)
    assert body["VisibleFor"]


def test_dates_are_written_without_a_zone(bench: RespxBench) -> None:
    """Bare dates go out on requests that name no zone, so no server can shift them."""
    bench.crm.create_record(new_values(bench), "s")
    posts = [
        row for row in bench.server.requests if row.url.path.endswith("/v1/Sale") and row.method == "POST"
    ]

    assert len(posts) == 1
    assert "so-timezone" not in posts[0].headers


def test_validation_messages_refuse_a_create(bench: RespxBench) -> None:
    """What the vendor's own check objects to is never posted."""
    with pytest.raises(RecordRefused) as refused:
        bench.crm.create_record(new_values(bench, title=""), "s")

    assert refused.value.messages == {"Heading": "Title must be filled in"}
    assert bench.server.writes == 0


def test_a_save_that_answers_something_else_is_unknown(bench: RespxBench) -> None:
    """A 200 without a sale may still have made one."""
    handle = bench.server.handle

    def answer(request: httpx.Request) -> httpx.Response:
        response = handle(request)
        posted = request.method == "POST" and request.url.path.endswith("/v1/Sale")
        return httpx.Response(200, json={"ok": True}) if posted else response

    bench.router.routes.clear()
    bench.router.route().mock(side_effect=answer)

    with pytest.raises(OutcomeUnknown):
        bench.crm.create_record(new_values(bench), "s")


def test_sale_type_by_name() -> None:
    """A configured sale type is found by its name; one that does not exist stops the side."""
    with a_bench(sale_type="Project sale") as bench:
        bench.crm.create_record(new_values(bench), "s")
        assert sent(bench, "POST", "/v1/Sale")[0]["SaleType"] == {"Id": 2}
    with a_bench(sale_type="No such type") as bench, pytest.raises(SideDown, match="sale_type"):
        bench.crm.create_record(new_values(bench), "s")


def test_errors_quote_nothing(bench: RespxBench) -> None:
    """The vendor's message is passed on without what it quotes."""
    bench.refuse_next()

    with pytest.raises(RecordRefused) as refused:
        bench.crm.create_record(new_values(bench), "s")
    assert "secret deal" not in str(refused.value)
    assert refused.value.messages == {"": "The value … is not accepted"}


def test_a_company_whose_answer_is_odd_is_unknown(bench: RespxBench) -> None:
    """A 200 without a company may still have made one."""
    answering(bench, {"/v1/Contact": httpx.Response(200, json={"ok": True})})

    with pytest.raises(OutcomeUnknown):
        bench.crm.create_company(Company(Side.RIGHT, "7", "Nordlicht"))


def test_without_a_last_modified_only_tests_guard(bench: RespxBench) -> None:
    """A server that does not tell when a sale changed still gets its patch."""
    record_id = bench.user_creates(**new_values(bench))
    handle = bench.server.handle

    def answer(request: httpx.Request) -> httpx.Response:
        response = handle(request)
        response.headers.pop("last-modified", None)
        return response

    bench.router.routes.clear()
    bench.router.route().mock(side_effect=answer)

    assert bench.crm.update_record(record_id, {}, {"title": "New"}).values["title"] == "New"
    patch = next(row for row in bench.server.requests if row.method == "PATCH")
    assert "if-unmodified-since" not in patch.headers
