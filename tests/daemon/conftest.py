"""Fixtures of the daemon tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.daemon.bench import Bench
from tests.engine.world import World


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    world = World(tmp_path)
    yield world
    world.close()


@pytest.fixture
def bench(world: World) -> Bench:
    return Bench(world)
