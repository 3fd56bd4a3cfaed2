"""What only a database server can do: refuse a login, be away, drop a connection, lock a row."""

from collections.abc import Callable
from pathlib import Path

import pytest

from sync.errors import StateTrouble
from sync.store import meta
from sync.store.database import Database
from tests.store.postgres import PASSWORD, Postgres

pytestmark = pytest.mark.postgresql


def test_the_password_is_never_shown(postgres: Postgres, migrated_postgres: str) -> None:
    """Neither `repr` nor an error about a refused login tells the password."""
    opened = Database(postgres.url(migrated_postgres, "wr0ng-word"), wait_s=5)

    with pytest.raises(StateTrouble, match="does not accept the password") as caught:
        opened.require_current()
    shown = f"{opened!r}{opened.name}{caught.value}{caught.value.__cause__!r}"
    assert "wr0ng-word" not in shown
    assert PASSWORD not in shown
    opened.close()


def test_a_database_that_does_not_exist(postgres: Postgres) -> None:
    """It is named, with the advice to create it."""
    opened = Database(postgres.url("nowhere"), wait_s=5)

    with pytest.raises(StateTrouble, match=r"nowhere on .* does not exist: create it"):
        opened.revision()
    opened.close()


def test_a_server_that_is_down(tmp_path: Path) -> None:
    """No server behind the address is a trouble of its own."""
    opened = Database(f"postgresql://opsync:{PASSWORD}@/state?host={tmp_path}", wait_s=5)

    with pytest.raises(StateTrouble, match="cannot be reached") as caught:
        opened.revision()
    assert PASSWORD not in str(caught.value)
    opened.close()


def test_a_lock_is_waited_for_no_longer_than_asked(
    postgres: Postgres, new_postgres: Callable[[str], str], migrated_postgres: str
) -> None:
    """A row locked by another session ends the wait with a clear line."""
    url = new_postgres(migrated_postgres)
    first, second = Database(url), Database(url, wait_s=0.2)
    with first.begin() as connection:
        meta.put(connection, "a", "1")
        with pytest.raises(StateTrouble, match="locked by another process"), second.begin() as other:
            meta.put(other, "a", "2")

    with second.read() as connection:
        assert meta.get(connection, "a") == "1"
    first.close()
    second.close()


def test_a_lost_connection_is_replaced(postgres: Postgres, migrated_postgres: str) -> None:
    """After the server ended our sessions, the next transaction simply opens a new one."""
    opened = Database(postgres.url(migrated_postgres))
    opened.require_current()
    with postgres.connect("postgres") as connection:
        ended = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'opsync'"
        assert connection.execute(ended).fetchall()

    opened.require_current()
    opened.close()
