"""One request compares and writes wherever SuperOffice can compare; a look comes first everywhere else."""

from collections.abc import Iterator
from decimal import Decimal

import pytest

from sync.domain.model import Value
from sync.errors import Moved, RecordRefused
from tests.crm.contract import new_values
from tests.crm.superoffice_bench import RespxBench, a_bench, read, sent

Values = dict[str, Value]


@pytest.fixture
def bench() -> Iterator[RespxBench]:
    with a_bench() as bench:
        yield bench


def a_listed_sale(bench: RespxBench, **values: Value) -> str:
    record_id = bench.user_creates(**new_values(bench, **values))
    list(bench.crm.fetch_census())
    bench.server.requests.clear()
    return record_id


def calls(bench: RespxBench) -> list[str]:
    """Methods of the requests since the last time."""
    found = [row.method for row in bench.server.requests]
    bench.server.requests.clear()
    return found


def test_an_amount_takes_its_profit_along(bench: RespxBench) -> None:
    """A listing told that no quote decides it and how much of it is profit; both are held to that."""
    record_id = a_listed_sale(bench, amount=Decimal("100.50"))
    record = bench.crm.update_record(record_id, {"amount": Decimal("100.50")}, {"amount": Decimal(300)})

    assert sent(bench, "PATCH", f"/Sale/{record_id}") == [
        [
            {"op": "test", "path": "/Amount", "value": 100.5},
            {"op": "test", "path": "/EarningPercent", "value": 20.0},
            {"op": "replace", "path": "/Amount", "value": 300},
            {"op": "replace", "path": "/Earning", "value": 60.0},
        ]
    ]
    assert calls(bench) == ["PATCH"]
    assert record.values == read(bench, record_id).values


def test_a_new_share_of_profit_is_looked_up(bench: RespxBench) -> None:
    """Somebody changed the percentage since the listing: the profit follows the new one."""
    record_id = a_listed_sale(bench)
    bench.server.sales[int(record_id)]["EarningPercent"] = 50.0
    old = read(bench, record_id).values["amount"]
    bench.server.requests.clear()

    bench.crm.update_record(record_id, {"amount": old}, {"amount": Decimal(300)})

    assert bench.server.sales[int(record_id)]["Earning"] == 150.0


@pytest.mark.parametrize("listed", [True, False])
def test_a_quote_decides_the_money(bench: RespxBench, listed: bool) -> None:
    """Known from a listing or not: nothing is written, whatever the amount was."""
    record_id = bench.user_creates(**new_values(bench))
    bench.server.quoted.add(int(record_id))
    if listed:
        list(bench.crm.fetch_census())
    old = read(bench, record_id).values["amount"]

    with pytest.raises(RecordRefused if listed else Moved, match=r"locked|quote"):
        bench.crm.update_record(record_id, {"amount": old}, {"amount": Decimal(1)})
    assert bench.server.writes == 0


def test_a_quote_made_since_the_listing_sends_the_plan_back(bench: RespxBench) -> None:
    """The server refuses the amount, a look tells why, and from then on the money is known to be locked."""
    record_id = a_listed_sale(bench)
    old = read(bench, record_id).values["amount"]
    bench.server.quoted.add(int(record_id))
    bench.server.refusals = 1

    with pytest.raises(Moved, match="quote"):
        bench.crm.update_record(record_id, {"amount": old}, {"amount": Decimal(1)})
    assert set(read(bench, record_id).locked) == {"amount", "currency"}
    assert bench.server.writes == 0


@pytest.mark.parametrize(
    ("name", "old", "new"), [("stage", "open/11", "open/17"), ("owner", "12", "14"), ("title", "Old", "New")]
)
def test_one_call_is_enough(bench: RespxBench, name: str, old: Value, new: Value) -> None:
    """References are compared by their id where the server compares only that."""
    record_id = a_listed_sale(bench, **{name: old})

    record = bench.crm.update_record(record_id, {name: old}, {name: new})

    assert calls(bench) == ["PATCH"]
    assert record.values[name] == new
    with pytest.raises(Moved):
        bench.crm.update_record(record_id, {name: old}, {name: new, "description": "Ours"})


def test_a_server_that_compares_whole_references_is_looked_at_first(bench: RespxBench) -> None:
    """Equal by id and yet not the same, which is learnt once."""
    record_id = a_listed_sale(bench)
    for stored in bench.server.sales.values():
        stored["Rating"] = {"Id": 11, "Value": "Offer"}

    bench.crm.update_record(record_id, {"stage": "open/11"}, {"stage": "open/17"})
    first = calls(bench)
    bench.crm.update_record(record_id, {"stage": "open/17"}, {"stage": "open/11"})

    assert first == ["PATCH", "GET", "PATCH"]
    assert calls(bench) == ["GET", "PATCH"]


@pytest.mark.parametrize("changes", [{"stage": "sold"}, {"company": None}, {"custom:partner": "Ours"}])
def test_some_changes_need_a_look(bench: RespxBench, changes: Values) -> None:
    """Closing brings reasons along, custom fields go as a whole, and what nobody knew cannot be compared."""
    record_id = a_listed_sale(bench)
    expected = {name: read(bench, record_id).values[name] for name in changes}
    bench.server.requests.clear()

    bench.crm.update_record(record_id, expected, changes)

    assert calls(bench) == ["GET", "PATCH"]


def test_what_a_server_refuses_teaches_nothing(bench: RespxBench) -> None:
    """A text it does not take says nothing about how it compares."""
    record_id = a_listed_sale(bench, title="Old")
    bench.server.refusals = 2
    with pytest.raises(RecordRefused):
        bench.crm.update_record(record_id, {"title": "Old"}, {"title": "Too long"})
    bench.server.requests.clear()

    bench.crm.update_record(record_id, {"title": "Old"}, {"title": "New"})

    assert calls(bench) == ["PATCH"]
