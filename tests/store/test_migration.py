"""Migrations go up and down, alone and all or nothing, and leave exactly the tables the code knows."""

import sqlite3
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect, text

from sync.errors import StateTrouble
from sync.store import engine, links, migration, pauses
from sync.store.address import parse_address
from sync.store.database import Database, migrate, migrate_if_empty, rollback
from sync.store.engine import begin_writing, open_engine
from sync.store.pauses import Pause, Scope, Target
from sync.store.tables import METADATA, REVISION_TABLE
from tests.store.build import NOW, a_link


def tables_of(url: str) -> set[str]:
    opened = Database(url)
    try:
        with opened.read() as connection:
            return set(inspect(connection).get_table_names())
    finally:
        opened.close()


def test_up_and_down_and_up(empty_url: str) -> None:
    """Every revision can be undone and done again; going up twice changes nothing."""
    newest = migration.head_revision()

    assert migrate(empty_url) == (None, newest)
    assert migrate(empty_url) == (newest, newest)
    assert tables_of(empty_url) == {*METADATA.tables, REVISION_TABLE}

    rollback(empty_url, "base")
    assert tables_of(empty_url) == {REVISION_TABLE}
    assert migrate(empty_url) == (None, newest)


def test_the_code_knows_the_tables_as_they_are(database: Database) -> None:
    """The migrated tables and `tables.py` do not differ in a column, an index or a constraint."""
    with database.read() as connection:
        options = {"version_table": REVISION_TABLE}
        assert compare_metadata(MigrationContext.configure(connection, opts=options), METADATA) == []
        checks = {
            str(check["name"])
            for table in METADATA.tables
            for check in inspect(connection).get_check_constraints(table)
        }
    assert checks == {"ck_links_has_a_record", "ck_company_links_has_a_company"}


def test_only_an_empty_database_is_migrated_unasked(empty_url: str) -> None:
    """The first start creates the tables; the second finds them."""
    assert migrate_if_empty(empty_url) is True
    assert migrate_if_empty(empty_url) is False

    rollback(empty_url, "base")
    assert migrate_if_empty(empty_url) is True


@pytest.mark.parametrize("migrating", [migrate_if_empty, migrate])
def test_tables_of_another_program_are_left_alone(empty_url: str, migrating: Callable[[str], object]) -> None:
    """A database that holds something else is either not touched at all or fails without a trace."""
    opened = open_engine(parse_address(empty_url), wait_s=10, create=True)
    with begin_writing(opened.connect()) as connection, connection.begin():
        connection.execute(text("CREATE TABLE links (name TEXT)"))
    opened.dispose()

    with suppress(StateTrouble):
        assert migrating(empty_url) is False
    assert tables_of(empty_url) == {"links"}


def test_two_processes_at_once(empty_url: str) -> None:
    """Of several that migrate at the same time one does the work and the others see it done."""
    done: list[tuple[str | None, str]] = []
    start = threading.Barrier(4)

    def go() -> None:
        start.wait()
        done.append(migrate(empty_url))

    threads = [threading.Thread(target=go) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    newest = migration.head_revision()
    assert sorted(before or "" for before, _ in done) == ["", newest, newest, newest]


def test_a_busy_switch_to_the_log_is_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """SQLite refuses it at once while another process switches too; a new database is made all the same."""
    refusals = iter(["database is locked"])
    really = engine._set_all

    def refuse_once(connection: sqlite3.Connection, pragmas: tuple[str, ...]) -> None:
        for message in refusals:
            busy = sqlite3.OperationalError(message)
            busy.sqlite_errorcode = sqlite3.SQLITE_BUSY
            raise busy
        really(connection, pragmas)

    monkeypatch.setattr(engine, "_set_all", refuse_once)

    assert migrate(f"sqlite:///{tmp_path / 'state.db'}") == (None, migration.head_revision())
    assert list(refusals) == []


def test_a_failed_migration_leaves_nothing(empty_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """When a revision breaks half way, the database is as before and can be migrated later."""
    upgrade = command.upgrade

    def break_after(config: Config, revision: str) -> None:
        upgrade(config, revision)
        raise RuntimeError("power cut")

    with monkeypatch.context() as patch, pytest.raises(RuntimeError):
        patch.setattr(command, "upgrade", break_after)
        migrate(empty_url)

    assert tables_of(empty_url) == set()
    assert migrate(empty_url)[0] is None


def test_a_migration_keeps_rows(database_url: str) -> None:
    """Migrating what is current touches no row."""
    opened = Database(database_url)
    with opened.begin() as connection:
        links.insert_link(connection, a_link(), NOW)

    migrate(database_url)

    with opened.read() as connection:
        assert links.load_links(connection) == [a_link()]
    opened.close()


FIRST_LINK = text(
    "INSERT INTO links (id, left_id, right_id, state, reason, origin, refused, created_at, updated_at) "
    "VALUES ('a', '1', '2', 'in_sync', '', 'census', '', '2026-01-31T12:00:00Z', '2026-01-31T12:00:00Z')"
)
"""As the first release wrote it, whatever columns came later."""


def test_a_database_of_the_first_release_learns_what_came_later(database_url: str) -> None:
    """Its links stay as they are on the way up and on the way down; pauses and births come and go."""
    rollback(database_url, "0001")
    opened = Database(database_url)
    with opened.begin() as connection:
        connection.execute(FIRST_LINK)
    without = tables_of(database_url)

    migrate(database_url)
    with opened.begin() as connection:
        pauses.save_pause(connection, Pause(Target(Scope.ALL), "Anna", "moving", NOW))
        first = links.load_links(connection)
        links.save_births(connection, [replace(first[0], born_left_at=NOW)])
        later = links.load_links(connection)
    with_pauses = tables_of(database_url)
    rollback(database_url, "0001")
    with opened.read() as connection:
        kept = connection.execute(text("SELECT id, left_id, right_id FROM links")).all()
    opened.close()

    assert first == [replace(a_link(), base_left=None)]
    assert later == [replace(first[0], born_left_at=NOW)]
    assert "pauses" in with_pauses - without
    assert tables_of(database_url) == without
    assert [tuple(row) for row in kept] == [("a", "1", "2")]


def test_a_newer_database_is_not_touched(database_url: str) -> None:
    """An old opsync says that it is too old, for migrating as for working."""
    opened = Database(database_url)
    with opened.begin() as connection:
        connection.execute(text(f"UPDATE {REVISION_TABLE} SET version_num = '9999'"))

    for refuse in (lambda: migrate(database_url), opened.require_current):
        with pytest.raises(StateTrouble, match="revision 9999: this opsync is too old"):
            refuse()
    opened.close()


def test_an_older_database_asks_for_migration(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """A database one revision behind is refused with the command that helps."""
    database.require_current()
    monkeypatch.setattr("sync.store.database.head_revision", lambda: "9999")

    with pytest.raises(StateTrouble, match="older opsync: run 'opsync migrate'"):
        database.require_current()


def test_a_new_file_is_for_its_owner_only(tmp_path: Path) -> None:
    """The state holds customers' data: neither the file nor SQLite's side files are open to others."""
    migrate(f"sqlite:///{tmp_path / 'state.db'}")
    opened = Database(f"sqlite:///{tmp_path / 'state.db'}")

    with opened.read():
        modes = {path.name: path.stat().st_mode & 0o777 for path in tmp_path.iterdir()}
    opened.close()
    assert modes == {"state.db": 0o600, "state.db-wal": 0o600, "state.db-shm": 0o600}


def test_a_file_that_cannot_be_created(tmp_path: Path) -> None:
    """The reason is told in one line."""
    (tmp_path / "state.db").mkdir()

    with pytest.raises(StateTrouble, match=r"state\.db cannot be opened"):
        migrate(f"sqlite:///{tmp_path / 'state.db'}")
    with pytest.raises(StateTrouble, match="cannot be created: File name too long"):
        migrate(f"sqlite:///{tmp_path / ('x' * 300)}")
