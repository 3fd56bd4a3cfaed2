"""Conflicts wait for a person, and know since when."""

import dataclasses
from datetime import date
from decimal import Decimal

import pytest

from sync.errors import StateTrouble
from sync.store import conflicts, links
from sync.store.conflicts import Conflict
from sync.store.database import Database
from tests.store.build import LATER, NOW, a_link

AMOUNT = Conflict("a", "amount", Decimal("1.20"), Decimal(3), None, "both changed", "ask", NOW)
CLOSE = Conflict(
    "a", "expected_close_on", date(2026, 1, 1), None, date(2025, 1, 1), "both changed", "ask", NOW
)
TITLE = Conflict("a", "title", "x", "y", "", "both changed", "ask", LATER)


@pytest.fixture
def linked(database: Database) -> Database:
    with database.begin() as connection:
        links.insert_links(connection, [a_link("a", "1", "1"), a_link("b", "2", "2")], NOW)
    return database


def test_conflicts_come_back_with_their_types(linked: Database) -> None:
    """Values of any type survive; all links or one are listed, by field."""
    other = dataclasses.replace(TITLE, link_id="b")
    with linked.begin() as connection:
        conflicts.replace_conflicts(connection, "b", [other])
        conflicts.replace_conflicts(connection, "a", [CLOSE, AMOUNT])

        assert conflicts.load_conflicts(connection, "a") == [AMOUNT, CLOSE]
        assert conflicts.load_conflicts(connection) == [AMOUNT, CLOSE, other]


def test_a_conflict_that_stays_keeps_its_age(linked: Database) -> None:
    """Replacing forgets what is settled, adds what is new, and keeps how long the rest has waited."""
    newer = dataclasses.replace(AMOUNT, left_value=Decimal(9), since=LATER)
    with linked.begin() as connection:
        conflicts.replace_conflicts(connection, "a", [AMOUNT, CLOSE])
        conflicts.replace_conflicts(connection, "a", [newer, TITLE])

        assert conflicts.load_conflicts(connection) == [dataclasses.replace(newer, since=NOW), TITLE]

        conflicts.replace_conflicts(connection, "a", [])
        assert conflicts.load_conflicts(connection) == []


def test_conflicts_go_with_their_link(linked: Database) -> None:
    """A deleted link leaves no conflict behind, and none can be added to it."""
    with linked.begin() as connection:
        conflicts.replace_conflicts(connection, "a", [AMOUNT])
        links.delete_link(connection, "a")

        assert conflicts.load_conflicts(connection) == []
    with pytest.raises(StateTrouble, match="refused"), linked.begin() as connection:
        conflicts.replace_conflicts(connection, "a", [AMOUNT])
