"""The door to the state database: short transactions with one-line errors; it holds no query."""

import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

from sqlalchemy.engine import Connection

from sync.errors import StateTrouble
from sync.store.address import parse_address
from sync.store.engine import begin_reading, begin_writing, open_engine
from sync.store.migration import (
    has_tables,
    head_revision,
    load_revision,
    migrate,
    migrate_if_empty,
    migrate_if_older,
    refuse_newer,
    rollback,
)
from sync.store.trouble import translated

__all__ = ["Database", "migrate", "migrate_if_empty", "migrate_if_older", "rollback"]

WAIT_S = 30.0


class Database:
    """One state database, shared by all threads of this process.

    `wait_s` bounds every wait for a lock or a connection. A SQLite file must exist (`migrate` creates it).
    """

    def __init__(self, url: str, *, wait_s: float = WAIT_S) -> None:
        self._address = parse_address(url)
        self._engine = open_engine(self._address, wait_s=wait_s)
        self._wait_s = wait_s
        self._turn = threading.Lock()

    def __repr__(self) -> str:
        return f"<Database: {self._address.name}>"

    @property
    def name(self) -> str:
        """For people; without a password."""
        return self._address.name

    def begin(self) -> AbstractContextManager[Connection]:
        """A write transaction: commits at the end, rolls back on an error. Keep it short, never nest it."""
        return self._begin_in_turn() if self._address.path is not None else self._begin()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A read-only transaction that sees one moment of the database."""
        with translated(self.name), self._engine.connect() as connection, begin_reading(connection).begin():
            yield connection

    def revision(self) -> str | None:
        """The migration the database is at; None when it has no opsync tables or is not there yet."""
        if self._address.path is not None and not self._address.path.exists():
            return None
        with self.read() as connection:
            return load_revision(connection)

    def require_current(self) -> None:
        """`StateTrouble`, saying what to do, unless the tables are exactly those of this version."""
        revision = self.revision()
        if revision is None:
            self._refuse_unmigrated()
        refuse_newer(revision, self.name)
        if revision != head_revision():
            raise StateTrouble(f"the {self.name} is of an older opsync: run 'opsync migrate'")

    def close(self) -> None:
        """Release all connections."""
        self._engine.dispose()

    @contextmanager
    def _begin(self) -> Iterator[Connection]:
        with translated(self.name), self._engine.connect() as connection, begin_writing(connection).begin():
            yield connection

    @contextmanager
    def _begin_in_turn(self) -> Iterator[Connection]:
        # SQLite has one writer at a time and waits by sleeping, unfairly; our threads queue here instead.
        if not self._turn.acquire(timeout=self._wait_s):
            raise StateTrouble(f"the {self.name} is kept busy by another thread of this process: try again")
        try:
            with self._begin() as connection:
                yield connection
        finally:
            self._turn.release()

    def _refuse_unmigrated(self) -> None:
        path = self._address.path
        if path is not None and not path.exists():
            raise StateTrouble(f"the {self.name} does not exist yet: run 'opsync migrate'")
        with self.read() as connection:
            if has_tables(connection):
                remedy = "point the state url elsewhere, or run 'opsync migrate' to share it"
                raise StateTrouble(f"the {self.name} holds only another program's tables: {remedy}")
        raise StateTrouble(f"the {self.name} is empty: run 'opsync migrate'")
