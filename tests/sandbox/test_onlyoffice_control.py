"""The ONLYOFFICE sandbox's back door, faults, log and seed data."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from sync.sandbox.onlyoffice.seed import DEFAULT_STAGES
from sync.sandbox.world import make_world
from tests.sandbox.onlyoffice_portal import Loopback, Rig, loopback


@pytest.fixture(scope="module")
def running() -> Iterator[Loopback]:
    with loopback() as server:
        yield server


@pytest.fixture
def rig(running: Loopback) -> Rig:
    return Rig(running)


UNSET = "0001-01-01T00:00:00.0000000Z"


def door(rig: Rig, name: str, body: dict[str, Any]) -> httpx.Response:
    return rig.send("POST", f"/_sandbox/{name}", login=None, json=body)


def edit(rig: Rig, key: int, login: str | None = None, **changes: object) -> Any:
    door(rig, "edit", {"id": key, "changes": changes, "as": login}).raise_for_status()
    return rig.read(key)


def test_closing_in_the_browser_sets_the_actual_date(rig: Rig) -> None:
    """And the probability is prefilled; opening again clears, an unchanged stage keeps."""
    key = rig.create(successProbability=33)["id"]
    won = edit(rig, key, stage="Closure/Transaction")
    assert (won["actualCloseDate"][:10], won["successProbability"]) == ("2026-03-02", 100)

    rig.clock.advance(3 * 86400)
    assert edit(rig, key, stage="Closure/Transaction", title="x")["actualCloseDate"][:10] == "2026-03-02"
    opened = edit(rig, key, stage=rig.stage("Proposal"), successProbability=42)
    assert (opened["actualCloseDate"], opened["successProbability"]) == (UNSET, 42)


def test_every_form_field_can_be_edited(rig: Rig) -> None:
    """By wire names, with people, companies and fields by name."""
    key, company = rig.create()["id"], rig.state.contacts[rig.company()]
    row = edit(
        rig,
        key,
        "anna",
        title="New",
        description="d",
        bidValue="12.34",
        bidCurrency="",
        bidType=1,
        perPeriodValue=2,
        expectedCloseDate="2026-06-30",
        responsible="lars@example.com",
        contact=company.display_name,
        members=[company.id],
        customFields={"External number": "A-1"},
        tags=["hot"],
    )

    assert (row["title"], str(row["bidValue"]), row["bidCurrency"]["abbreviation"]) == (
        "New",
        "12.340000000",
        "EUR",
    )
    assert (row["responsible"]["id"], row["contact"]["id"]) == (rig.user("lars").id, company.id)
    assert row["expectedCloseDate"][:10] == "2026-06-30"
    assert rig.state.opportunities[key].modified_by == rig.user("anna").id
    assert rig.call("GET", f"crm/opportunity/tag/{key}") == ["hot"]
    assert len(edit(rig, key, customFields={"External number": ""})["customFields"]) == 1


def test_the_form_lets_the_responsible_read_a_private_one(rig: Rig) -> None:
    """Unlike the API."""
    key = rig.create(responsibleid=rig.user("lars").id)["id"]
    row = edit(rig, key, "ingrid", isPrivate=True, accessList=["anna"])

    names = [rig.state.users[person["id"]].login for person in row["accessList"]]
    assert names == ["anna", "lars", "ingrid"]
    assert edit(rig, key, isPrivate=False)["isPrivate"] is False


def test_unknown_names_are_refused_by_the_back_door(rig: Rig) -> None:
    """A misspelt change must not pass silently."""
    key = rig.create()["id"]

    assert door(rig, "edit", {"id": key, "changes": {"titel": "x"}}).status_code == 404
    assert door(rig, "edit", {"id": key, "changes": {"expectedCloseDate": "soon"}}).status_code == 400
    assert door(rig, "edit", {"id": 999_999, "changes": {}}).status_code == 404
    assert door(rig, "switches", {"nonsense": 1}).status_code == 404


def test_create_and_delete_in_the_browser(rig: Rig) -> None:
    """The primary contact joins the participants."""
    answer = door(rig, "create", {"title": "By hand", "contact": rig.company(), "as": "anna"})
    row = rig.read(answer.json()["id"])

    assert (row["title"], row["members"][0]["id"]) == ("By hand", rig.company())
    assert row["createBy"]["id"] == row["responsible"]["id"] == rig.user("anna").id
    door(rig, "delete", {"id": row["id"]}).raise_for_status()
    assert rig.error("GET", f"crm/opportunity/{row['id']}")[0] == 404


def test_the_dump_holds_every_record(rig: Rig) -> None:
    """Sorted by id, amounts as text."""
    dump = rig.send("GET", "/_sandbox/dump", login=None).json()
    ids = [row["id"] for row in dump["opportunities"]]

    assert ids == sorted(rig.state.opportunities)
    assert len(dump["contacts"]) == len(rig.state.contacts)
    assert isinstance(dump["opportunities"][0]["bid_value"], str)


def test_the_log_tells_reads_from_writes(rig: Rig) -> None:
    """Logging in is a POST that changes no record."""
    key = rig.create()["id"]
    rig.read(key)
    rig.token(rig.plain)
    log = rig.send("GET", "/_sandbox/log", login=None).json()

    assert [(entry["method"], entry["write"]) for entry in log] == [
        ("POST", True),
        ("GET", False),
        ("POST", False),
    ]


def test_a_dropped_answer_leaves_the_record_behind(rig: Rig) -> None:
    """What makes creating over the network hard."""
    before = len(rig.state.opportunities)
    door(rig, "faults", {"kind": "drop_after", "method": "POST", "path": "/crm/opportunity$", "times": 1})

    with pytest.raises(httpx.TransportError):
        rig.create()
    assert len(rig.state.opportunities) == before + 1


def test_status_faults_stand_in_for_the_proxy(rig: Rig) -> None:
    """A 502 page, once."""
    door(rig, "faults", {"kind": "status", "status": 502, "body": "<html>", "path": "filter", "times": 1})

    answers = [rig.send("GET", "crm/opportunity/filter").status_code for _ in range(2)]
    assert answers == [502, 200]


def test_the_seed_follows_the_world(rig: Rig) -> None:
    """Every right-side deal with its amount, stage and close date; stalled ones wait in one open stage."""
    deals = [deal for deal in make_world(companies=6, sales=12, seed=7).deals if deal.on_right]
    rows = rig.call("GET", "crm/opportunity/filter?sortBy=id")
    assert len(rows) == len(deals) > 0

    stages = {"won": "Closure/Transaction", "lost": "Unsuccessfully closed", "stalled": "Need assessment"}
    for deal, row in zip(deals, rows, strict=True):
        assert (row["title"], row.get("bidValue", 0)) == (deal.title, deal.amount)
        assert row["stage"]["title"] == stages.get(deal.outcome, DEFAULT_STAGES[deal.step][0])
        assert row["expectedCloseDate"][:10] == deal.close_on.isoformat()
        assert row["bidCurrency"]["abbreviation"] == deal.currency


def test_a_page_of_1000_is_quick(running: Loopback) -> None:
    """Well under a second, so that a demo of thousands is pleasant."""
    rig = Rig(running, companies=200, sales=1900)
    began = time.perf_counter()
    rows = rig.send("GET", "crm/opportunity/filter?sortBy=id&count=1000").json()["response"]

    assert len(rows) == 1000
    assert time.perf_counter() - began < 1
