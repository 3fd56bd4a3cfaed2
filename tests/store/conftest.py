"""Every store test runs on both databases, each on a fresh copy of the migrated tables."""

import itertools
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sync.store.database import Database, migrate
from tests.store.postgres import Postgres, running_postgres

BOTH = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)]
_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    with running_postgres() as server:
        yield server


@pytest.fixture(scope="session")
def migrated_postgres(postgres: Postgres) -> str:
    """Name of a migrated database to copy."""
    postgres.create("migrated")
    migrate(postgres.url("migrated"))
    return "migrated"


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated file to copy."""
    path = tmp_path_factory.mktemp("migrated") / "state.db"
    migrate(f"sqlite:///{path}")
    return path


@pytest.fixture
def new_postgres(postgres: Postgres) -> Iterator[Callable[[str], str]]:
    """Creates a database from a template and tells its URL; drops it after the test."""
    created: list[str] = []

    def create(template: str) -> str:
        created.append(f"test_{next(_numbers)}")
        postgres.create(created[-1], template)
        return postgres.url(created[-1])

    yield create
    for name in created:
        postgres.drop(name)


@pytest.fixture(params=BOTH)
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """URL of a database without tables."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'state.db'}"
    create: Callable[[str], str] = request.getfixturevalue("new_postgres")
    return create("template0")


@pytest.fixture(params=BOTH)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """URL of a migrated database without rows."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("migrated_sqlite"), tmp_path / "state.db")
        return f"sqlite:///{tmp_path / 'state.db'}"
    create: Callable[[str], str] = request.getfixturevalue("new_postgres")
    return create(request.getfixturevalue("migrated_postgres"))


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    opened = Database(database_url, wait_s=10)
    yield opened
    opened.close()
