"""How much room the state takes, and giving back what is free; it removes no row."""

from sqlalchemy import func, select
from sqlalchemy.engine import Connection

from sync.store.tables import METADATA

SLACK_PERCENT = 25
"""Free pages up to this share of the file stay: tomorrow's rows need them."""

PIECE = 1000
"""Pages given back in one transaction, 4 MB of them."""


def load_size(connection: Connection) -> int:
    """Bytes: of the SQLite file without its log, or of our own tables and their indexes in PostgreSQL."""
    if connection.dialect.name == "sqlite":
        return _pragma(connection, "page_count") * _pragma(connection, "page_size")
    sizes = [func.pg_total_relation_size(func.to_regclass(name)) for name in METADATA.tables]
    return sum(int(size) for size in connection.execute(select(*sizes)).one())


def release_pages(connection: Connection) -> int:
    """Shorten the SQLite file by at most `PIECE` free pages; how many, 0 when few are free.

    PostgreSQL sees to it itself, and so must the owner of a SQLite file that was not made by this version.
    """
    if connection.dialect.name != "sqlite":
        return 0
    pages, free = _pragma(connection, "page_count"), _pragma(connection, "freelist_count")
    surplus = (free * 100 - pages * SLACK_PERCENT) // (100 - SLACK_PERCENT)
    if surplus <= 0:
        return 0
    for _ in range(min(surplus, PIECE)):  # Python's driver takes one step of it, which frees one page
        connection.exec_driver_sql("PRAGMA incremental_vacuum(1)")
    return pages - _pragma(connection, "page_count")


def _pragma(connection: Connection, name: str) -> int:
    return int(connection.exec_driver_sql(f"PRAGMA {name}").scalar_one())
