"""Cursors and named facts: the last value saved is the one read."""

from sync.domain.model import Side
from sync.store import cursors, meta
from sync.store.database import Database
from tests.store.build import LATER, NOW


def test_each_side_has_its_cursor(database: Database) -> None:
    """A side without a cursor has None; saving replaces, and leaves the other side alone."""
    with database.begin() as connection:
        assert cursors.load_cursor(connection, Side.LEFT) is None
        cursors.save_cursor(connection, Side.LEFT, "one", NOW)
        cursors.save_cursor(connection, Side.RIGHT, "two", NOW)
        cursors.save_cursor(connection, Side.LEFT, "three", LATER)

        assert [cursors.load_cursor(connection, side) for side in Side] == ["three", "two"]


def test_named_facts(database: Database) -> None:
    """An unknown fact is None; putting replaces just that one."""
    with database.begin() as connection:
        assert meta.get(connection, "fingerprint") is None
        meta.put(connection, "fingerprint", "one")
        meta.put(connection, "other", "kept")
        meta.put(connection, "fingerprint", "")

        assert meta.get(connection, "fingerprint") == ""
        assert meta.get(connection, "other") == "kept"
