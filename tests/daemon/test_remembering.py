"""What was told is kept in the state database, and in memory while that is away."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
from sqlalchemy.engine import Connection

from sync.errors import StateTrouble
from sync.store import meta
from sync.store.database import Database
from tests.daemon.ear import Watched
from tests.engine.world import World

HOUR_S = 3600.0
DAY_S = 86_400.0


@pytest.fixture
def watched(world: World) -> Watched:
    return Watched(world.clock, world.database)


def test_a_restart_neither_repeats_nor_forgets(watched: Watched) -> None:
    """What began before is over after, with its whole length."""
    watched.begin()
    watched.later(300)
    watched.restart()
    again = watched.later(300)
    watched.restart()
    watched.end()
    over = watched.later(300)

    assert (again, over) == ([], ["over"])
    assert watched.ears[0].alerts[-1].seconds == 600


def test_restarts_do_not_put_off_what_is_told(watched: Watched) -> None:
    """A service that dies every minute still gets its message out."""
    watched.begin("dead_man")
    told = []
    for _ in range(3):
        told += watched.later(60)
        watched.restart()

    assert told == ["firing"]


class Fickle(Database):
    """A state database that a test takes away and gives back."""

    is_away = False

    def begin(self) -> AbstractContextManager[Connection]:
        self._refuse()
        return super().begin()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        self._refuse()
        with super().read() as connection:
            yield connection

    def _refuse(self) -> None:
        if self.is_away:
            raise StateTrouble("the state database is away")


def test_without_the_state_database_memory_serves(world: World, tmp_path: Path) -> None:
    """Its own outage is told, too; and when it is back, a restart knows of all that was told meanwhile."""
    database = Fickle(f"sqlite:///{tmp_path / 'state.db'}")
    watched = Watched(world.clock, database)
    database.is_away = True
    watched.begin("state_down")
    away = watched.later(300)
    database.is_away = False
    watched.end("state_down")
    back = watched.later(60)
    watched.restart()
    over = watched.later(300)
    database.close()

    assert (away, back, over) == (["firing"], [], ["over"])


def test_a_database_that_is_away_at_the_end_costs_nothing(world: World, tmp_path: Path) -> None:
    """Told before, over in memory, saved when it is back: not told again by anyone."""
    database = Fickle(f"sqlite:///{tmp_path / 'state.db'}")
    watched = Watched(world.clock, database)
    watched.begin()
    watched.later(300)
    database.is_away = True
    watched.end()
    over = watched.later(300)
    database.is_away = False
    watched.later(60)
    watched.restart()
    after = watched.later(HOUR_S)
    database.close()

    assert (over, after) == (["over"], [])


@pytest.mark.parametrize(
    "text", ["", "no json", "[]", '{"held": 1}', '{"held": {"firing": true}}', '{"odd": {}}']
)
def test_a_damaged_memory_is_an_empty_one(watched: Watched, text: str) -> None:
    """What is wrong is told again, which is the lesser evil."""
    with watched.database.begin() as connection:
        meta.put(connection, "alerts.told", text)
    watched.begin("held")

    assert watched.later(300) == ["firing"]
