"""The SQLite file gives back what is free, but for a reserve; PostgreSQL keeps its own house."""

from pathlib import Path

from sqlalchemy import delete

from sync.store import meta, space
from sync.store.database import Database
from sync.store.tables import META


def fill(database: Database, rows: int = 4000) -> None:
    with database.begin() as connection:
        for number in range(rows):
            meta.put(connection, f"k{number}", "x" * 1000)


def empty(database: Database) -> None:
    with database.begin() as connection:
        connection.execute(delete(META).where(META.c.key.startswith("k")))


def size(database: Database) -> int:
    with database.read() as connection:
        return space.load_size(connection)


def release(database: Database) -> list[int]:
    pieces: list[int] = []
    while True:
        with database.begin() as connection:
            count = space.release_pages(connection)
        if not count:
            return pieces
        pieces.append(count)


def test_size_grows_with_the_rows(database: Database) -> None:
    """In bytes, on both databases."""
    before = size(database)

    fill(database, 1000)

    assert before > 10_000
    assert 1_000_000 < size(database) - before < 5_000_000


def test_free_pages_go_back_to_the_disk(database: Database) -> None:
    """In pieces, one short transaction each; in PostgreSQL its own autovacuum does it."""
    fill(database)
    full = size(database)
    empty(database)

    pieces = release(database)

    if "PostgreSQL" in database.name or "socket" in database.name:
        assert pieces == []
    else:
        assert max(pieces) < 1.1 * space.PIECE
        assert len(pieces) > 1
        assert size(database) < full / 10


def test_a_reserve_stays(database: Database) -> None:
    """What tomorrow's rows will need is not taken from the file today."""
    fill(database)
    with database.begin() as connection:
        connection.execute(delete(META).where(META.c.key.startswith("k1")))
    full = size(database)

    release(database)

    assert size(database) > full * 0.6
    assert release(database) == []


def test_the_log_beside_the_file_stays_small(tmp_path: Path, migrated_sqlite: Path) -> None:
    """A huge transaction leaves no huge write-ahead log behind."""
    path = tmp_path / "state.db"
    path.write_bytes(migrated_sqlite.read_bytes())
    opened = Database(f"sqlite:///{path}")
    with opened.begin() as connection:
        (limit,) = connection.exec_driver_sql("PRAGMA journal_size_limit").one()
    opened.close()

    assert 0 < limit <= 100 * 1024 * 1024
