"""The journal tells a link's whole story in the order it happened."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any  # what a statement is given is the driver's business

from sqlalchemy import event

from sync.domain.model import Side
from sync.store import journal, links
from sync.store.database import Database
from sync.store.journal import Entry
from tests.store.build import LATER, NOW, a_link
from tests.store.test_retention import explained

CHANGED = Entry(
    at=LATER,
    run_id="r1",
    link_id="a",
    event="record.updated",
    side=Side.RIGHT,
    record_id="22",
    fields={"amount": (Decimal("1.20"), None), "expected_close_on": (None, date(2026, 1, 31))},
    reason="changed in SuperOffice",
)


def test_a_timeline_is_in_the_order_written(database: Database) -> None:
    """Entries of one link come back whole, in order of writing even where times are equal or run back."""
    by_hand = Entry(at=NOW, run_id=None, link_id="a", event="link.paused")
    other = Entry(at=NOW, run_id="r1", link_id="b", event="link.created")
    with database.begin() as connection:
        journal.add_entries(connection, [CHANGED, other])
        journal.add_entries(connection, [by_hand])

    with database.read() as connection:
        assert journal.load_timeline(connection, "a") == [CHANGED, by_hand]
        assert journal.load_entries_of_run(connection, "r1") == [CHANGED, other]
        assert journal.load_timeline(connection, "c") == []


def test_the_story_outlives_the_link(database: Database) -> None:
    """Deleting a link keeps what happened to it."""
    with database.begin() as connection:
        links.insert_link(connection, a_link(), NOW)
        journal.add_entries(connection, [CHANGED])
        links.delete_link(connection, "a")

        assert journal.load_timeline(connection, "a") == [CHANGED]


def test_no_entry_is_fine(database: Database) -> None:
    """An empty batch writes nothing."""
    with database.begin() as connection:
        journal.add_entries(connection, [])

        assert journal.load_timeline(connection, "a") == []


def test_recent_events_are_those_of_one_link_and_kind(database: Database) -> None:
    """From the moment asked for on, itself included, in the order written."""
    moment = timedelta(microseconds=1)
    again = replace(CHANGED, at=LATER + moment)
    older = replace(CHANGED, at=LATER - moment)
    strangers = [replace(CHANGED, link_id="b"), replace(CHANGED, event="record.created")]
    with database.begin() as connection:
        journal.add_entries(connection, [again, older, *strangers, CHANGED])

        assert journal.load_events(connection, "a", "record.updated", LATER) == [again, CHANGED]


def test_recent_events_are_found_by_the_index_of_links(database: Database) -> None:
    """Asked before every update: it must not read the whole journal."""
    seen: list[tuple[str, Any]] = []
    with database.begin() as connection:
        rows = [replace(CHANGED, link_id=f"link {number}") for number in range(500)]
        journal.add_entries(connection, rows)
        event.listen(connection, "before_cursor_execute", lambda *given: seen.append(given[2:4]))
        journal.load_events(connection, "link 7", "record.updated", NOW)
        plan = explained(connection, *seen[0])

    assert "ix_journal_link_id" in plan
