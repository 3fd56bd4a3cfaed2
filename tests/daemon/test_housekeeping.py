"""Once a day history is pruned under the lease, gently, and never because a clock leapt."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from sync.daemon.housekeeping import PATIENCE_S, Housekeeping, Tidied
from sync.engine.lease import held_lease
from sync.engine.pairing import Pairing
from sync.store import journal as journal_store
from sync.store import runs as run_store
from sync.store.journal import Entry
from sync.store.retention import BATCH, Keep
from sync.store.tables import METADATA
from tests.daemon.bench import Bench, heard, named
from tests.engine.world import World

DAY_S = 86_400.0


@pytest.fixture
def keeping(world: World) -> Housekeeping:
    """Has been at it the day before."""
    keeping = Housekeeping(world.pairing, Keep())
    keeping.run()
    world.clock.wait(DAY_S)
    return keeping


def rows(world: World) -> dict[str, int]:
    """How many each table holds."""
    with world.database.read() as connection:
        return {
            name: connection.scalar(select(func.count()).select_from(table)) or 0
            for name, table in METADATA.tables.items()
        }


def test_a_cycle_without_changes_adds_a_run_and_nothing_else(world: World, bench: Bench) -> None:
    """And runs without changes are what goes first: `tests/store/test_year.py`."""
    for number in range(5):
        world.a_sale(title=f"Deal {number}")
    bench.tick(3)
    before = rows(world)

    assert bench.tick(60) == ["done"] * 60

    after = rows(world)
    assert after.pop("runs") == before.pop("runs") + 60
    assert after == before


def test_a_month_of_quiet_cycles_is_forgotten_but_for_its_runs(world: World, keeping: Housekeeping) -> None:
    """What is left is as many runs as the settings say, and every link."""
    world.a_sale()
    world.sync()
    for _ in range(40):
        world.clock.wait(DAY_S)
        world.sync()
        keeping.run()

    assert (rows(world)["runs"], rows(world)["links"]) == (1 + 30, 1)


def a_history(world: World, entries: int = 3, runs: int = 2) -> None:
    """Of a time long ago."""
    at = world.clock() - timedelta(days=500)
    with world.database.begin() as connection:
        journal_store.add_entries(
            connection, [Entry(at, None, f"{number}", "retried") for number in range(entries)]
        )
        for number in range(runs):
            run_store.begin_run(connection, f"idle-{number}", "cycle", at)


def test_it_is_due_once_a_day(world: World, keeping: Housekeeping) -> None:
    """Also for a new process: the day is kept in the state database."""
    before = keeping.due()
    keeping.run()
    again = Housekeeping(world.pairing, Keep())

    assert (before, keeping.due(), again.due()) == (True, False, False)
    world.clock.wait(DAY_S)
    assert again.due()


def test_it_tells_in_one_line_what_it_did(world: World, keeping: Housekeeping) -> None:
    """Counts, size in bytes, seconds."""
    a_history(world)

    with heard() as events:
        tidied = keeping.run()

    (line,) = named(events, "state.tidied")
    assert tidied == Tidied(pruned=3, entries=0, runs=2, pages=0, size=keeping.size(), complete=True)
    assert (line["pruned"], line["entries"], line["runs"], line["complete"]) == (3, 0, 2, True)
    assert line["bytes"] == keeping.size() > 0
    assert line["seconds"] == 0.0


def test_the_first_day_prunes_nothing(world: World) -> None:
    """A clock is trusted only when two days in a row agree."""
    a_history(world)
    keeping = Housekeeping(world.pairing, Keep())

    first = keeping.run()
    world.clock.wait(DAY_S)
    second = keeping.run()

    assert first is None
    assert second is not None
    assert second.pruned == 3


@pytest.mark.parametrize("leap_days", [3000.0, -3000.0])
def test_a_leap_of_the_clock_prunes_nothing(world: World, keeping: Housekeeping, leap_days: float) -> None:
    """Forth and back again: the values of yesterday are still there."""
    with world.database.begin() as connection:
        journal_store.add_entries(connection, [Entry(world.clock(), None, "a", "retried", reason="by hand")])

    for leap in (leap_days, -leap_days):
        world.clock.wait(leap * DAY_S)
        assert keeping.due()
        assert keeping.run() is None

    with world.database.read() as connection:
        (entry,) = journal_store.load_timeline(connection, "a")
    assert entry.reason == "by hand"


def test_another_process_goes_first(world: World, keeping: Housekeeping) -> None:
    """While somebody writes nothing is pruned, and it stays due."""
    a_history(world)

    with held_lease(world.pairing):
        assert keeping.run() is None

    assert keeping.due()
    assert keeping.run() is not None


def test_it_is_patient_with_cycles(world: World) -> None:
    """A backlog that takes long is left after a while and gone on with after the next cycle."""
    a_history(world, entries=3 * BATCH)
    pairing = slow(world, PATIENCE_S / 2)
    keeping = Housekeeping(pairing, Keep())
    keeping.run()
    world.clock.wait(DAY_S)

    turns = [keeping.run() for _ in range(2)]

    assert [turn and turn.complete for turn in turns] == [False, True]
    assert not keeping.due()
    assert sum(turn.pruned for turn in turns if turn) == 3 * BATCH


def slow(world: World, seconds: float) -> Pairing:
    """Every batch that finds something takes so long."""
    found = [0]

    def wait(_what: str, done: int, _total: int | None) -> None:
        world.clock.wait(seconds if done > found[-1] else 0)
        found.append(done)

    return replace(world.pairing, progress=wait)


def test_it_leaves_when_told(world: World, keeping: Housekeeping) -> None:
    """Between two batches; the rest is done another time."""
    a_history(world)
    world.pairing.stop.set()

    tidied = keeping.run()

    assert tidied is not None
    assert (tidied.pruned, tidied.complete) == (0, False)
    assert keeping.due()
