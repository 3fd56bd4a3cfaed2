"""A state database whose commits can be cut off, and that is emptied and refilled in a millisecond."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any  # rows of any table

from sqlalchemy.engine import Connection

from sync.errors import StateTrouble
from sync.store.database import Database, migrate
from sync.store.tables import METADATA
from tests.simulation.faults import Fault, Process

Dump = dict[str, list[tuple[Any, ...]]]
"""All rows by table, as SQLite holds them."""

TABLES = tuple(table.name for table in METADATA.sorted_tables)

PASSING = frozenset({"runs", "lease"})
"""Tables that every run writes, whatever it finds."""


class DiskFull(StateTrouble):
    """The one trouble that we make; any other is a finding."""


class FaultyDatabase(Database):
    """Every commit is a step of the process: the crash may come before or after it."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"sqlite:///{path}")
        self.process = Process()
        self._raw = sqlite3.connect(path, isolation_level=None, check_same_thread=False)

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        fault = self.process.step("commit")
        with super().begin() as connection:
            yield connection
            if fault is Fault.KILLED:
                self.process.die()
            if fault is Fault.DISK_FULL:
                raise DiskFull("the state database has no disk space left")
        self.process.saved()
        if fault is Fault.KILLED_AFTER:
            self.process.die()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        self.process.breathe()
        with super().read() as connection:
            yield connection

    def dump(self, *, without: frozenset[str] = frozenset()) -> Dump:
        """Read behind the product's back: this is no step of the process."""
        names = [name for name in TABLES if name not in without]
        return {name: self._raw.execute(f"SELECT * FROM {name} ORDER BY 1").fetchall() for name in names}

    def restore(self, dump: Dump) -> None:
        self._raw.execute("BEGIN IMMEDIATE")
        self._raw.execute("DELETE FROM sqlite_sequence")  # the journal counts from 1 again
        for name in reversed(TABLES):
            self._raw.execute(f"DELETE FROM {name}")
        for name in TABLES:
            if rows := dump.get(name):
                marks = ",".join("?" * len(rows[0]))
                self._raw.executemany(f"INSERT INTO {name} VALUES ({marks})", rows)
        self._raw.execute("COMMIT")

    def close(self) -> None:
        self._raw.close()
        super().close()


@contextmanager
def fast_state() -> Iterator[FaultyDatabase]:
    """A migrated database in memory where the system offers that, on disk otherwise."""
    memory = Path("/dev/shm")
    with TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder:
        path = Path(folder) / "state.db"
        migrate(f"sqlite:///{path}")
        database = FaultyDatabase(path)
        try:
            yield database
        finally:
            database.close()
