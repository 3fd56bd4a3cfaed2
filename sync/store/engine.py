"""Opens SQLAlchemy engines with the settings both databases need; it knows no table and no query."""

from sqlite3 import SQLITE_BUSY, OperationalError
from sqlite3 import Connection as SqliteConnection

import stamina
from sqlalchemy import create_engine, event
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry

from sync.errors import StateTrouble
from sync.store.address import Address

POOL_SIZE = 10
OVERFLOW = 20
STATEMENT_TIMEOUT_S = 120
# Before all others, as it counts only while the file is empty, and only where tables may be made, as it wants
# the write lock: sqlite.org/pragma.html (seen 2026-11-22).
_SHRINKABLE = "auto_vacuum=INCREMENTAL"
_PRAGMAS = (
    "journal_mode=WAL",
    f"journal_size_limit={64 * 1024 * 1024}",  # bytes; a backfill must not leave a log of gigabytes
    "synchronous=FULL",
    "foreign_keys=ON",
    "cache_size=-512",  # KiB for each of many connections: the system caches the file once for all of them
)


def open_engine(address: Address, *, wait_s: float, create: bool = False) -> Engine:
    """An engine that waits at most `wait_s` for a lock; parameters never appear in its errors."""
    opened = _open_sqlite if address.path is not None else _open_postgresql
    return opened(address, wait_s, create)


def begin_writing(connection: Connection) -> Connection:
    """Mark the connection so that its next transaction may write."""
    return connection.execution_options(opsync_writing=True)


def begin_reading(connection: Connection) -> Connection:
    """Mark the connection so that its next transaction sees one moment and cannot write."""
    if connection.dialect.name == "sqlite":
        return connection.execution_options(opsync_writing=False)
    return connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)


def _open_sqlite(address: Address, wait_s: float, create: bool) -> Engine:
    engine = create_engine(
        address.engine_url(create=create),
        hide_parameters=True,
        pool_size=POOL_SIZE,
        max_overflow=OVERFLOW,
        pool_timeout=wait_s,
        connect_args={"timeout": wait_s},
    )

    # The driver's own transaction control skips BEGIN before SELECT and DDL, so we send it ourselves:
    # SQLAlchemy 2.1, dialects/sqlite "Using SQLAlchemy to emit BEGIN" (seen 2026-11-22).
    @event.listens_for(engine, "connect")
    def prepare(connection: SqliteConnection, _entry: ConnectionPoolEntry) -> None:
        connection.isolation_level = None
        pragmas = (_SHRINKABLE, *_PRAGMAS) if create else _PRAGMAS
        # The first switch to a write-ahead log is refused at once while another process does the same,
        # however long the driver would wait: sqlite.org/rescode.html#busy (seen 2026-11-22).
        for attempt in stamina.retry_context(_is_busy, attempts=None, timeout=wait_s, wait_max=0.5):
            with attempt:
                _set_all(connection, pragmas)

    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _set_all(connection: SqliteConnection, pragmas: tuple[str, ...]) -> None:
    for pragma in pragmas:
        connection.execute(f"PRAGMA {pragma}").close()


def _is_busy(error: Exception) -> bool:
    return isinstance(error, OperationalError) and error.sqlite_errorcode & 0xFF == SQLITE_BUSY


def _begin_sqlite(connection: Connection) -> None:
    # Taking the write lock at once avoids the upgrade from reader to writer, which SQLite refuses
    # without waiting: sqlite.org/lang_transaction.html (seen 2026-11-22).
    writing = connection.get_execution_options().get("opsync_writing", False)
    connection.exec_driver_sql(f"PRAGMA query_only={'OFF' if writing else 'ON'}")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


def _open_postgresql(address: Address, wait_s: float, _create: bool) -> Engine:
    try:
        engine = create_engine(
            address.engine_url(create=False),
            hide_parameters=True,
            pool_size=POOL_SIZE,
            max_overflow=OVERFLOW,
            pool_timeout=wait_s,
            pool_pre_ping=True,
            connect_args={"connect_timeout": max(2, int(wait_s)), "application_name": "opsync"},
        )
    except ImportError as error:
        raise StateTrouble("PostgreSQL needs the driver: install opsync[postgresql]") from error

    @event.listens_for(engine, "connect")
    def prepare(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
        cursor = connection.cursor()
        cursor.execute(f"SET lock_timeout = {int(wait_s * 1000)}")
        cursor.execute(f"SET statement_timeout = {STATEMENT_TIMEOUT_S * 1000}")
        cursor.close()
        connection.commit()

    return engine
