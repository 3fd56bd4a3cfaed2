"""The database is opened safely, its transactions hold, and each trouble is one line that helps."""

import shutil
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import StatementError

from sync.errors import StateTrouble
from sync.store import links, meta
from sync.store.database import Database
from sync.store.migration import head_revision
from tests.store.build import NOW, a_link

ROOT = Path(__file__).parents[2]

COUNT_UP = text("UPDATE meta SET value = CAST(CAST(value AS INTEGER) + 1 AS TEXT) WHERE key = 'count'")


def test_an_error_undoes_the_transaction(database: Database) -> None:
    """What was written before an error is not there afterwards; the error itself passes unchanged."""
    with pytest.raises(KeyError), database.begin() as connection:
        meta.put(connection, "a", "1")
        raise KeyError("a")

    with database.read() as connection:
        assert meta.get(connection, "a") is None


def test_reading_cannot_write(database: Database) -> None:
    """A read transaction refuses to change anything, and the next write works."""
    with pytest.raises(StateTrouble, match="cannot be written"), database.read() as connection:
        meta.put(connection, "a", "1")

    with database.begin() as connection:
        meta.put(connection, "a", "2")
    with database.read() as connection:
        assert meta.get(connection, "a") == "2"


def test_a_reader_sees_one_moment(database: Database) -> None:
    """A write beside an open read neither waits for it nor shows up in it."""
    with database.read() as reader:
        assert meta.get(reader, "a") is None
        with database.begin() as writer:
            meta.put(writer, "a", "1")
        assert meta.get(reader, "a") is None

    with database.read() as reader:
        assert meta.get(reader, "a") == "1"


def test_many_threads_write_in_turn(database: Database) -> None:
    """Threads that read and then write the same row lose no step, without an error."""

    def count() -> None:
        for _ in range(20):
            with database.begin() as connection:
                connection.execute(COUNT_UP)

    with database.begin() as connection:
        meta.put(connection, "count", "0")
    threads = [threading.Thread(target=count) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with database.read() as connection:
        assert meta.get(connection, "count") == "160"


def test_a_current_database_is_accepted(database: Database) -> None:
    """A migrated database has a revision and is good to work with."""
    assert database.revision() == head_revision()
    database.require_current()


def test_an_empty_database_is_refused(empty_url: str, tmp_path: Path) -> None:
    """Without tables the answer is the command that creates them, and looking creates no file."""
    opened = Database(empty_url)

    assert opened.revision() is None
    with pytest.raises(StateTrouble, match="run 'opsync migrate'"):
        opened.require_current()
    with pytest.raises(StateTrouble, match="run 'opsync migrate'"), opened.read() as connection:
        links.load_links(connection)
    assert list(tmp_path.iterdir()) == []
    opened.close()


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    """A file without content is an empty database: the answer is the command that fills it."""
    (tmp_path / "state.db").touch()
    opened = Database(f"sqlite:///{tmp_path / 'state.db'}")

    with pytest.raises(StateTrouble, match="is empty: run 'opsync migrate'"):
        opened.require_current()
    with pytest.raises(StateTrouble, match="no opsync tables: run 'opsync migrate'"), opened.read() as reader:
        links.load_links(reader)
    opened.close()


def test_a_database_of_another_program_is_refused(database: Database) -> None:
    """Tables without our revision table belong to somebody else."""
    with database.begin() as connection:
        connection.execute(text("DROP TABLE opsync_revision"))

    with pytest.raises(StateTrouble, match="holds only another program's tables"):
        database.require_current()


def test_sqlite_is_set_up_for_safety(migrated_sqlite: Path) -> None:
    """Each connection has a write-ahead log, full durability, foreign keys and a bounded wait."""
    opened = Database(f"sqlite:///{migrated_sqlite}", wait_s=7)
    names = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
    with opened.begin() as connection:
        found = [connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in names]
    opened.close()

    assert found == ["wal", 2, 1, 7000]


def test_another_process_holds_the_sqlite_lock(migrated_sqlite: Path) -> None:
    """After the wait a held lock is reported as such."""
    opened = Database(f"sqlite:///{migrated_sqlite}", wait_s=0.2)
    other = sqlite3.connect(migrated_sqlite, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    with pytest.raises(StateTrouble, match="locked by another process"), opened.begin():
        pass
    other.close()
    with opened.begin():
        pass
    opened.close()


def test_a_nested_write_does_not_hang(migrated_sqlite: Path) -> None:
    """A second write transaction inside a first one ends with an error, not in a deadlock."""
    opened = Database(f"sqlite:///{migrated_sqlite}", wait_s=0.2)

    with opened.begin(), pytest.raises(StateTrouble, match="busy"), opened.begin():
        pass
    opened.close()


def test_too_many_threads(migrated_sqlite: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When every connection is in use for longer than the wait, that is what the error says."""
    monkeypatch.setattr("sync.store.engine.POOL_SIZE", 1)
    monkeypatch.setattr("sync.store.engine.OVERFLOW", 0)
    opened = Database(f"sqlite:///{migrated_sqlite}", wait_s=0.1)

    with opened.read(), pytest.raises(StateTrouble, match="use fewer threads"), opened.read():
        pass
    opened.close()


def test_a_missing_driver(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without psycopg the answer is what to install."""
    monkeypatch.setitem(sys.modules, "psycopg", None)

    with pytest.raises(StateTrouble, match=r"install opsync\[postgresql\]"):
        Database("postgresql://host/state")


def test_an_instant_needs_a_zone(database: Database) -> None:
    """A time without a zone is a mistake of the caller, never stored."""
    with pytest.raises(StatementError, match="needs a time zone"), database.begin() as connection:
        links.insert_link(connection, a_link(), NOW.replace(tzinfo=None))


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    """Any other file is refused and left as it is."""
    path = tmp_path / "state.db"
    path.write_text("a letter to my aunt " * 100)

    with pytest.raises(StateTrouble, match="not a SQLite database"):
        Database(f"sqlite:///{path}").require_current()
    assert path.read_text().startswith("a letter")


def test_a_damaged_file(migrated_sqlite: Path, tmp_path: Path) -> None:
    """Damage inside the file is named, with what helps."""
    path = tmp_path / "state.db"
    content = bytearray(migrated_sqlite.read_bytes())
    content[100:] = b"\xff" * (len(content) - 100)
    path.write_bytes(content)
    opened = Database(f"sqlite:///{path}")

    with pytest.raises(StateTrouble, match="damaged: restore a backup"), opened.read() as connection:
        links.load_links(connection)
    opened.close()


def test_a_full_disk(migrated_sqlite: Path, tmp_path: Path) -> None:
    """When the file cannot grow, the transaction fails as a whole and says why."""
    shutil.copy(migrated_sqlite, tmp_path / "state.db")
    opened = Database(f"sqlite:///{tmp_path / 'state.db'}")

    with pytest.raises(StateTrouble, match="no disk space left"), opened.begin() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")
        for number in range(100):
            meta.put(connection, f"key {number}", "x" * 5000)

    with opened.read() as connection:
        assert meta.get(connection, "key 0") is None
    opened.close()


def test_a_folder_that_is_missing(tmp_path: Path) -> None:
    """A mistyped folder is not created silently."""
    with pytest.raises(StateTrouble, match=r"folder .*nowhere of the state database is missing"):
        Database(f"sqlite:///{tmp_path / 'nowhere' / 'state.db'}")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "mysql://h/d", "s3cret-word", "sqlite"])
def test_urls_that_cannot_be_used(url: str) -> None:
    """Memory, other databases and nonsense are refused without quoting what may be a password."""
    with pytest.raises(StateTrouble) as caught:
        Database(url)
    assert "s3cret" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_a_reader_that_comes_new_does_not_wait_for_a_writer(migrated_sqlite: Path, tmp_path: Path) -> None:
    """Opening another connection takes no lock, however long somebody writes."""
    shutil.copy(migrated_sqlite, tmp_path / "state.db")
    url = f"sqlite:///{tmp_path / 'state.db'}"
    writer, reader = Database(url), Database(url, wait_s=0.01)

    with writer.begin() as connection:
        meta.put(connection, "half", "done")
        with reader.read() as other:
            assert meta.get(other, "half") is None
    writer.close()
    reader.close()


def test_a_committed_write_survives_a_kill(migrated_sqlite: Path, tmp_path: Path) -> None:
    """After kill -9 the committed transaction is there and the open one is not."""
    shutil.copy(migrated_sqlite, tmp_path / "state.db")
    url = f"sqlite:///{tmp_path / 'state.db'}"
    script = """
import os, signal, sys
from sync.store import meta
from sync.store.database import Database
database = Database(sys.argv[1])
with database.begin() as connection:
    meta.put(connection, "done", "1")
with database.begin() as connection:
    meta.put(connection, "open", "1")
    os.kill(os.getpid(), signal.SIGKILL)
"""
    ended = subprocess.run([sys.executable, "-c", script, url], cwd=ROOT, check=False, timeout=60)
    assert ended.returncode == -9

    opened = Database(url)
    with opened.begin() as connection:
        assert (meta.get(connection, "done"), meta.get(connection, "open")) == ("1", None)
    opened.close()
