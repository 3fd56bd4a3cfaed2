"""A full disk stops opsync before any write to a CRM, in one clear line; with space it goes on."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from sqlite3 import Connection as SqliteConnection
from uuid import uuid4

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine
from sqlalchemy.pool import ConnectionPoolEntry

from sync.domain.link import Link
from sync.errors import StateTrouble
from sync.store import links
from tests.engine.world import World
from tests.store import on_a_small_disk as cases
from tests.store.shortage import DEALS, NO_SPACE, a_busy_world, both_agree, comes_through, wait_for_lease
from tests.store.small_disk import run_on_small_disk

ROOT = Path(__file__).parents[2]
FILE = Path(cases.__file__).relative_to(ROOT)
CASES = sorted(name for name in vars(cases) if name.startswith("test_"))


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What pytest said of all cases, run once with their folders on a small disk."""
    disk = tmp_path_factory.mktemp("small_disk")
    pytest_ = [sys.executable, "-m", "pytest", "-rA", "-p", "no:cacheprovider"]
    done = run_on_small_disk(disk, [*pytest_, f"--basetemp={disk}/tests", str(FILE)], ROOT)
    return done.stdout + done.stderr


@pytest.mark.parametrize("case", CASES)
def test_on_a_disk_that_is_really_full(told: str, case: str) -> None:
    """The promise is the case's own; see `on_a_small_disk`."""
    assert f"PASSED {FILE}::{case}" in told.splitlines(), told


@contextmanager
def at_most(pages: int) -> Iterator[None]:
    """Databases opened from now on answer SQLITE_FULL when they need more pages."""

    def limit(connection: SqliteConnection, _entry: ConnectionPoolEntry) -> None:
        connection.execute(f"PRAGMA max_page_count={pages}").close()

    event.listen(Engine, "connect", limit)
    try:
        yield
    finally:
        event.remove(Engine, "connect", limit)


def test_wherever_the_pages_end_nothing_is_lost_or_doubled(tmp_path: Path) -> None:
    """The same promise where no disk can be mounted: SQLite says "full" at one page after the other."""
    outcomes = []
    for more in range(6):
        world = a_busy_world(tmp_path / str(more))
        outcomes.append(_comes_through_with(world, more))
        wait_for_lease(world)
        world.sync(full=True)
        both_agree(world, DEALS)
        world.close()

    assert set(outcomes) == {True, False}


def test_full_within_a_savepoint_is_full(tmp_path: Path) -> None:
    """SQLite undoes all of the transaction then, and the savepoint is missed on the way out."""
    world = a_busy_world(tmp_path / "0")
    world.close()
    many = [Link(uuid4().hex, str(10_000 + number), reason="x" * 500) for number in range(2000)]

    with at_most(100), pytest.raises(StateTrouble, match=NO_SPACE), world.database.begin() as connection:
        links.insert_links(connection, many, world.clock())
    world.close()
    assert len(world.links()) == 1


def _comes_through_with(world: World, more: int) -> bool:
    """With so many pages more than there are; the limit holds for each connection, so all are opened anew."""
    with world.database.read() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
    world.close()
    with at_most(int(pages or 0) + more):
        through = comes_through(world)
    world.close()
    return through
