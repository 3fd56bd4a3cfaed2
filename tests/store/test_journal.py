"""The journal tells a link's whole story in the order it happened."""

from datetime import date
from decimal import Decimal

from sync.domain.model import Side
from sync.store import journal, links
from sync.store.database import Database
from sync.store.journal import Entry
from tests.store.build import LATER, NOW, a_link

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
