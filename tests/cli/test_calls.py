"""`opsync status` shows what each side has had of its budget."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from sync.cli import history
from sync.domain.model import Side
from sync.settings import Settings
from sync.store.usage import ledger_in
from tests.cli.console import Console, settings_with_state
from tests.engine.world import World


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    world = World(tmp_path)
    yield world
    world.close()


@pytest.fixture
def console(world: World, tmp_path: Path) -> Console:
    return Console(world, history.register, settings=a_limit_a_day(settings_with_state(tmp_path)))


def a_limit_a_day(settings: Settings) -> Settings:
    """Of 50,000 for SuperOffice."""
    left = settings.budget.superoffice.model_copy(update={"calls_per_day": 50_000})
    budget = settings.budget.model_copy(update={"superoffice": left})
    return settings.model_copy(update={"budget": budget})


def test_status_shows_calls_and_their_limits(world: World, console: Console) -> None:
    """Today's and this minute's, for people and for programs."""
    left, right = (ledger_in(world.database, side) for side in (Side.LEFT, Side.RIGHT))
    left(world.clock() - timedelta(days=1), 700)
    left(world.clock() - timedelta(minutes=1), 1222)
    left(world.clock(), 12)
    right(world.clock(), 3)

    text, found = console.text("status"), console.json("status")["calls"]

    assert "Calls to SuperOffice: today 1,234 of 50,000; this minute 12 of 600" in text
    assert "Calls to ONLYOFFICE: today 3, no limit; this minute 3 of 600" in text
    assert found["superoffice"] == {
        "day": {"used": 1234, "limit": 50_000},
        "minute": {"used": 12, "limit": 600},
    }
    assert found["onlyoffice"]["day"] == {"used": 3, "limit": None}


def test_a_new_state_has_had_none(console: Console) -> None:
    """Nobody was called yet."""
    assert "Calls to SuperOffice: today 0 of 50,000; this minute 0 of 600" in console.text("status")
