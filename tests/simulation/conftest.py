"""One fast state database for all simulations of a process, and an engine without chance."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engine.world import World
from tests.simulation.state import FaultyDatabase, fast_state
from tests.simulation.steady import Numbers, steady_engine


@pytest.fixture(scope="session")
def state() -> Iterator[FaultyDatabase]:
    with fast_state() as database:
        yield database


@pytest.fixture
def numbers() -> Iterator[Numbers]:
    with steady_engine() as counted:
        yield counted


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """With real threads and a database of its own."""
    world = World(tmp_path)
    yield world
    world.close()
