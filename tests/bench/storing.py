"""Contests over the links table on disk, against sqlite3 with the same rows and the same durability."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sync.domain.link import Link
from sync.store import links as link_store
from sync.store.database import migrate
from tests.bench.measure import Contest, require
from tests.bench.pairs import make_pairs
from tests.engine.world import World

LINKS = 10_000
_SELECT = "SELECT * FROM links ORDER BY id"


@contextmanager
def saving(folder: Path) -> Iterator[Contest]:
    """One transaction of inserts: values encoded and hashed, against rows that are ready."""
    with _stored(folder / "made") as (links, rows), _bare(folder / "bare") as bare:
        world = World(_made(folder / "ours"))
        marks = ",".join("?" * len(rows[0]))

        def save() -> None:
            with world.database.begin() as connection:
                link_store.insert_links(connection, links, world.clock())

        def insert() -> None:
            with bare:
                bare.executemany(f"INSERT INTO links VALUES ({marks})", rows)

        yield Contest(save, insert)
        with world.database.read() as connection:
            require(link_store.load_links(connection) == links, "not everything was saved")
        require(bare.execute(_SELECT).fetchall() == rows, "not everything was inserted")
        world.close()


@contextmanager
def loading(folder: Path) -> Iterator[Contest]:
    """All links as values, against all rows as text."""
    with _stored(folder / "made") as (links, rows), _bare(folder / "made") as bare:
        world = World(folder / "made")

        def load() -> None:
            with world.database.read() as connection:
                require(len(link_store.load_links(connection)) == len(links), "links are missing")

        def select() -> None:
            require(len(bare.execute(_SELECT).fetchall()) == len(rows), "rows are missing")

        yield Contest(load, select)
        world.close()


@contextmanager
def _stored(folder: Path) -> Iterator[tuple[list[Link], list[tuple[object, ...]]]]:
    """Links, and the rows they become, in a state database in `folder`."""
    world = World(_made(folder))
    links = make_pairs(world, LINKS)
    with world.database.begin() as connection:
        link_store.insert_links(connection, links, world.clock())
    with _bare(folder) as bare:
        rows = bare.execute(_SELECT).fetchall()
    yield links, rows
    world.close()


@contextmanager
def _bare(folder: Path) -> Iterator[sqlite3.Connection]:
    path = _made(folder) / "state.db"
    migrate(f"sqlite:///{path}")
    with closing(sqlite3.connect(path)) as connection:
        for pragma in ("journal_mode=WAL", "synchronous=FULL"):
            connection.execute(f"PRAGMA {pragma}")
        yield connection


def _made(folder: Path) -> Path:
    folder.mkdir(exist_ok=True)
    return folder
