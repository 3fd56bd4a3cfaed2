"""Selling, losing, parking and reopening a sale, with what goes along and what is left alone."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import pytest

from sync.crm.superoffice.closing import closing_members
from sync.crm.superoffice.options import Closing, closing_of
from sync.domain.model import Value
from sync.errors import SideDown
from tests.crm.contract import new_values
from tests.crm.superoffice_bench import RespxBench, a_bench, sent

CLOSING = closing_of(sold="Price", lost="3", stalled="", completed=False)
TICKING = closing_of(sold="", lost="", stalled="", completed=True)


def replaced(bench: RespxBench, record_id: str) -> dict[str, Any]:
    """Members of the last patch but the tests in it."""
    operations = sent(bench, "PATCH", f"/Sale/{record_id}")[-1]
    return {row["path"].lstrip("/"): row["value"] for row in operations if row["op"] == "replace"}


@contextmanager
def a_sale_at(closing: Closing) -> Iterator[tuple[RespxBench, str]]:
    with a_bench(closing=closing) as bench:
        yield bench, bench.user_creates(**new_values(bench))


@pytest.mark.parametrize(
    ("stage", "members"),
    [
        ("sold", {"Status": "Sold", "ReasonSold": {"Id": 7}}),
        ("lost", {"Status": "Lost", "Reason": {"Id": 3}}),
        ("stalled", {"Status": "Stalled"}),
    ],
)
def test_each_status_brings_its_own_reason(stage: str, members: dict[str, Any]) -> None:
    """By name or by id, from the list of that status; none where none is configured."""
    with a_sale_at(CLOSING) as (bench, record_id):
        bench.crm.update_record(record_id, {}, {"stage": stage})

        assert replaced(bench, record_id) == members
        assert bench.server.sales[int(record_id)]["Rating"] == {"Id": 11}
        assert bench.server.sales[int(record_id)]["Completed"] == "NotStarted"


def test_a_reason_that_a_person_chose_stays() -> None:
    """Only an empty reason is filled; those of other statuses are nobody's business here."""
    with a_sale_at(CLOSING) as (bench, record_id):
        bench.server.sales[int(record_id)] |= {"ReasonSold": {"Id": 9}, "Reason": {"Id": 5}}
        bench.crm.update_record(record_id, {}, {"stage": "sold"})

        assert replaced(bench, record_id) == {"Status": "Sold"}


def test_a_reason_that_does_not_exist_stops_the_side() -> None:
    """A configured name that no active item has is a mistake in the configuration."""
    with a_sale_at(closing_of(sold="Charm", lost="", stalled="", completed=False)) as (bench, record_id):
        with pytest.raises(SideDown, match="ReasonSold"):
            bench.crm.update_record(record_id, {}, {"stage": "sold"})
        assert bench.server.writes == 0


def test_a_new_closed_sale_has_its_reason() -> None:
    """Creating and closing are one request."""
    with a_bench(closing=CLOSING) as bench:
        bench.crm.create_record(new_values(bench, stage="sold", actual_close_on=date(2026, 7, 1)), "s")
        body = sent(bench, "POST", "/v1/Sale")[0]

        assert (body["Status"], body["ReasonSold"]) == ("Sold", {"Id": 7})
        assert (body["SaleId"], body["Saledate"]) == (0, "2026-07-01T00:00:00")


def test_the_tick_of_a_finished_sale_follows_only_when_configured() -> None:
    """Ticked on closing, taken back on reopening, and otherwise left as people have it."""
    with a_sale_at(TICKING) as (bench, record_id):
        for stage, expected in (
            ("stalled", "NotStarted"),
            ("lost", "Completed"),
            ("open/17", "Started"),
            ("open/11", "Started"),
            ("sold", "Completed"),
        ):
            bench.crm.update_record(record_id, {}, {"stage": stage})
            assert bench.server.sales[int(record_id)]["Completed"] == expected


def test_reopening_writes_status_and_rating_together() -> None:
    """Reasons stay, for whether a server clears them is its own affair."""
    with a_sale_at(CLOSING) as (bench, record_id):
        bench.crm.update_record(record_id, {}, {"stage": "lost", "probability": 0})
        reopened = bench.crm.update_record(record_id, {}, {"stage": "open/17", "probability": 50})

        assert replaced(bench, record_id) == {"Status": "Open", "Rating": {"Id": 17}, "Probability": 50}
        assert reopened.values["stage"] == "open/17"
        assert bench.server.sales[int(record_id)]["Reason"] == {"Id": 3}


@pytest.mark.parametrize("stage", ["open/4", "sold", "lost", "stalled", None])
def test_nothing_goes_along_unless_configured(stage: Value) -> None:
    """The default changes a status and nothing else."""
    finished = {"completed": "Completed", "reason": None}

    assert closing_members(stage, finished, Closing(), lambda _name: 1) == {}
