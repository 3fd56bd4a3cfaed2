"""How the ONLYOFFICE sandbox stores and sorts where nobody knows what the real one does."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from sync.sandbox.onlyoffice.app import build
from sync.sandbox.onlyoffice.records import PLACEHOLDER_USER
from sync.sandbox.world import make_world
from tests.sandbox.onlyoffice_portal import HandClock, Loopback, Rig, loopback


@pytest.fixture(scope="module")
def running() -> Iterator[Loopback]:
    with loopback() as server:
        yield server


@pytest.fixture
def rig(running: Loopback) -> Rig:
    return Rig(running)


BY_ID = "crm/opportunity/filter?sortBy=id"


@pytest.mark.parametrize(("nine", "stored", "whole"), [(True, "1000.500000000", "7.000000000"),
                                                      (False, "1000.5", "7.0")])  # fmt: skip
def test_stored_amounts_print_with_nine_decimals_or_as_sent(
    rig: Rig, nine: bool, stored: str, whole: str
) -> None:
    """In single reads and in lists alike."""
    rig.switch(nine_decimals=nine)
    rig.clear()
    for amount in ("1000.50", "7"):
        rig.create(bidValue=amount)
    rows = rig.call("GET", BY_ID)

    assert [str(row["bidValue"]) for row in rows] == [stored, whole]
    assert str(rig.read(rows[0]["id"])["bidValue"]) == stored


@pytest.mark.parametrize("from_memory", [True, False])
def test_a_create_answers_from_memory_or_as_stored(rig: Rig, from_memory: bool) -> None:
    """With fractions of a second, decimals as sent and no description; or like any later read."""
    rig.switch(echo_from_memory=from_memory)
    echo = rig.create(bidValue="1000")

    assert (echo == rig.read(echo["id"])) is not from_memory
    assert ("description" in echo) is not from_memory
    assert str(echo["bidValue"]) == ("1000.0" if from_memory else "1000.000000000")


@pytest.mark.parametrize(("trap", "status"), [(True, 400), (False, 201)])
def test_trailing_zeros_of_json_dates_may_be_a_trap(rig: Rig, trap: bool, status: int) -> None:
    """Forms are never caught in it."""
    rig.switch(json_date_trap=trap)
    body = rig.body(expectedCloseDate="2026-06-30T10:00:00.120Z")

    assert rig.send("POST", "crm/opportunity", json=body).status_code == status
    assert rig.send("POST", "crm/opportunity", data=body).status_code == 201


@pytest.mark.parametrize(("how", "second"), [("cut", "42"), ("round", "43")])
def test_fractions_of_stored_times_are_cut_or_rounded(rig: Rig, how: str, second: str) -> None:
    """The clock stands at 42.62 seconds."""
    rig.switch(sub_seconds=how)
    rig.clock.advance(0.5)
    key = rig.create()["id"]
    rig.call("PUT", f"crm/opportunity/{key}/stage/1", json={"stageid": rig.stage("Closure/Transaction")})
    row = rig.read(key)

    assert row["created"][17:27] == row["actualCloseDate"][17:27] == f"{second}.0000000"


def test_text_that_does_not_fit_is_cut_or_an_error(rig: Rig) -> None:
    """A title of 256 characters, or an emoji on a three-byte table; nothing is stored by the error."""
    long, emoji = rig.body(title="x" * 256), rig.body(title="a😀b")
    rig.switch(cut_non_bmp=True)
    assert len(rig.read(rig.create(title="x" * 256)["id"])["title"]) == 255
    assert rig.read(rig.create(title="a😀b")["id"])["title"] == "a"
    rig.switch(strict_sql=True)
    before = len(rig.state.opportunities)

    assert [rig.error("POST", "crm/opportunity", json=body)[0] for body in (long, emoji)] == [500, 500]
    assert len(rig.state.opportunities) == before
    rig.switch(cut_non_bmp=False)
    assert rig.read(rig.create(title="a😀b")["id"])["title"] == "a😀b"


@pytest.mark.parametrize(
    "path", [BY_ID, "crm/contact/filter?sortBy=id", "crm/contact/simple/filter?sortBy=id"]
)
def test_old_servers_sort_by_id_in_memory(rig: Rig, path: str) -> None:
    """Which works, takes its time or breaks; a server that knows the name does not care."""
    known = rig.call("GET", path)
    rig.switch(memory_sort="fails")
    assert rig.call("GET", path) == known
    rig.switch(sort_by_id=False)
    assert rig.error("GET", path)[0] == 500
    rig.switch(memory_sort="slow")
    began = time.perf_counter()
    assert len(rig.call("GET", path)) == len(known)
    assert time.perf_counter() - began >= 0.1


def test_old_servers_still_order_opportunities_by_id(rig: Rig) -> None:
    """Both ways, page by page."""
    rig.switch(sort_by_id=False)
    ids = sorted(rig.state.opportunities)

    assert [row["id"] for row in rig.call("GET", BY_ID)] == ids
    assert [row["id"] for row in rig.call("GET", f"{BY_ID}&sortOrder=descending&count=2")] == ids[:-3:-1]


def test_pages_can_be_slow(rig: Rig) -> None:
    """Full ones, not the last."""
    rig.switch(page_delay_s=0.2)

    def seconds(query: str) -> float:
        began = time.perf_counter()
        rig.call("GET", f"{BY_ID}&{query}")
        return time.perf_counter() - began

    assert seconds("count=2") >= 0.2 > seconds("count=1000")


@pytest.mark.parametrize("percent", [0, 3, 50])
def test_a_share_of_the_seed_can_be_private(running: Loopback, percent: int) -> None:
    """The same ones each time, for the responsible and a colleague; administrators see them all."""
    world = make_world(companies=20, sales=400, seed=5)
    one, two = (build(world, clock=HandClock(), password="x", private_percent=percent) for _ in range(2))
    rows = list(one.state.opportunities.values())
    private = [row for row in rows if row.is_private]

    assert abs(len(private) - len(rows) * percent / 100) <= 2
    assert [row.access for row in rows] == [row.access for row in two.state.opportunities.values()]
    assert all(row.responsible in row.access for row in private)


def test_an_import_may_leave_an_unknown_responsible(rig: Rig) -> None:
    """Reading shows the placeholder in his place; a disabled one shows as he is."""
    key, stranger = rig.create()["id"], "99999999-8888-7777-6666-555555555555"
    rig.portal.control.edit(key, {"responsible": stranger}, None)
    assert rig.read(key)["responsible"]["id"] == PLACEHOLDER_USER
    rig.portal.control.edit(key, {"responsible": "former@example.com"}, None)

    assert rig.read(key)["responsible"]["id"] == rig.user("former").id
    with pytest.raises(KeyError):
        rig.portal.control.edit(key, {"responsible": "nobody"}, None)
