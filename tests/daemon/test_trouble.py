"""What the daemon does while something is out of order: it says so once, waits longer and longer, goes on."""

import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

from sync.daemon.outages import Topic
from sync.daemon.planner import Pace
from sync.domain.model import Side
from sync.engine.lease import held_lease
from sync.errors import LoginRefused, OpsyncError, RetryLater, Throttled, WrongShape
from sync.store.database import Database
from sync.store.runs import load_runs
from tests.daemon.bench import Bench, failing, heal, heard, named
from tests.engine.world import World

ERRORS = (
    RetryLater("cannot connect"),
    Throttled("slow down", 600.0),
    LoginRefused("log-in refused"),
    WrongShape("not JSON"),
)


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("side", Side)
def test_an_outage_is_told_once_and_its_end_once(world: World, side: Side, error: OpsyncError) -> None:
    """However long a side is away: one line when it goes, one when it is back, and then all is made good."""
    bench, crm = Bench(world), world.pairing.crms[side]
    bench.tick()
    world.a_sale()
    crm.before_call = failing(error)  # type: ignore[attr-defined]  # the port has no hooks, memory has

    with heard() as events:
        bench.tick(40)
        assert bench.health.ready()[0] is False
        assert bench.health.live()[0] is True
        heal(crm)  # type: ignore[arg-type]  # a memory CRM
        bench.tick(6)

    (lost,), (recovered,) = named(events, "side.lost"), named(events, "side.recovered")
    assert lost["side"] == recovered["side"] == side.label.lower()
    assert lost["error"] == str(error)
    assert recovered["seconds"] >= 39 * 60
    assert len(world.right.records) == 1
    assert bench.health.ready()[0] is True


def test_both_sides_away_are_told_both(bench: Bench) -> None:
    """One line for each side, and none for the side that never went."""
    bench.world.left.before_call = failing(RetryLater("left away"))
    bench.world.right.before_call = failing(RetryLater("right away"))

    with heard() as events:
        bench.tick(10)
        heal(bench.world.left)
        bench.tick(10)

    assert sorted(event["side"] for event in named(events, "side.lost")) == ["onlyoffice", "superoffice"]
    assert [event["side"] for event in named(events, "side.recovered")] == ["superoffice"]
    assert set(bench.outages.current()) == {Topic.ONLYOFFICE}


def test_tries_grow_apart_up_to_five_minutes(bench: Bench) -> None:
    """No busy loop: 1, 2, 4 and then every 5 ticks of a minute; once well, every tick again."""
    bench.world.left.before_call = failing(RetryLater("away"))

    tried = bench.tick(18)
    heal(bench.world.left)
    healed = bench.tick(8)

    assert [index for index, outcome in enumerate(tried) if outcome] == [0, 1, 3, 7, 12, 17]
    assert healed == ["", "", "", "", "done", "done", "done", "done"]


def test_a_side_that_goes_in_the_middle_is_found_out(bench: Bench) -> None:
    """A cycle that failed asks both sides, so that the right one is named at once."""
    bench.tick()
    bench.world.right.before_call = failing(RetryLater("away"))

    with heard() as events:
        bench.tick()

    (line,) = named(events, "cycle.finished")
    assert (line["outcome"], line["error"]) == ("failed", "away")
    assert [event["side"] for event in named(events, "side.lost")] == ["onlyoffice"]


def test_a_failed_call_alone_is_no_outage(bench: Bench) -> None:
    """Both sides answer afterwards: the cycle failed, nobody is called lost, the next one works."""
    bench.world.right.before_call = failing(RetryLater("hiccup"), "fetch_census")

    with heard() as events:
        outcomes = bench.tick()
        heal(bench.world.right)
        outcomes += bench.tick()

    assert outcomes == ["failed", "done"]
    assert not named(events, "side.lost", "side.recovered")


def test_a_locked_state_database_is_told_once(bench: Bench, tmp_path: Path) -> None:
    """Nothing is written anywhere while the state cannot be kept, and the work goes on afterwards."""
    bench.tick()
    bench.supervisor.go_off_duty()
    world = bench.world
    impatient = Database(f"sqlite:///{tmp_path / 'state.db'}", wait_s=0.01)
    stuck = Bench(_with_database(world, impatient))
    other = sqlite3.connect(tmp_path / "state.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    world.a_sale()

    with heard() as events:
        outcomes = set(stuck.tick(10))
        writes = world.writes()
        other.execute("ROLLBACK")
        outcomes_after = stuck.tick(6)

    other.close()
    impatient.close()
    assert outcomes == {"state_down", ""}
    assert writes == 0
    assert len(named(events, "state.lost")) == len(named(events, "state.recovered")) == 1
    assert outcomes_after[-1] == "done"
    assert world.writes() == 1


def test_a_refused_mapping_holds_the_cycles(bench: Bench) -> None:
    """A mapped stage disappears: told once, nothing is read or written until it is back."""
    world = bench.world
    bench.tick()
    whole = world.right.lists
    world.right.lists = replace(whole, stages=whole.stages[1:])
    world.clock.wait(3600)
    world.a_sale()

    with heard() as events:
        outcomes = set(bench.tick(20))
        writes, deltas = world.writes(), world.left.calls["fetch_delta"]
        with world.database.read() as connection:
            runs = len(load_runs(connection, 10))
        world.right.lists = whole
        outcomes_after = bench.tick(6)

    (refused,) = named(events, "mapping.refused")
    assert "Talk" in refused["error"]
    assert outcomes == {"misconfigured", ""}
    assert writes == 0
    assert deltas == 1
    assert runs == 1
    assert len(named(events, "mapping.accepted")) == 1
    assert outcomes_after[-1] == "done"
    assert world.writes() == 1


def test_another_process_is_waited_for(bench: Bench) -> None:
    """While another opsync holds the lease: one line, a try at every tick, then the work goes on."""
    with heard() as events:
        with held_lease(bench.world.pairing):
            waiting = bench.tick()
            waiting += [str(turn.outcome) if (turn := bench.supervisor.turn()) else "" for _ in range(5)]
        after = bench.tick()

    assert waiting == ["lease_held"] * 6
    assert after == ["done"]
    assert len(named(events, "lease.awaited")) == len(named(events, "lease.taken")) == 1


def test_a_fault_of_our_own_does_not_end_the_service(bench: Bench) -> None:
    """An unforeseen error is logged with its traceback, and a later tick tries again."""
    bench.world.left.before_call = failing(ZeroDivisionError("a bug"))

    with heard() as events:
        crashed = bench.tick()
        heal(bench.world.left)
        after = bench.tick()

    assert (crashed, after) == (["crashed"], ["done"])
    assert [event["log_level"] for event in named(events, "cycle.crashed")] == ["error"]


def _with_database(world: World, database: Database) -> World:
    world.with_(database=database)
    return world


def test_a_daemon_that_stands_by_takes_over(world: World) -> None:
    """It is ready; when the other one leaves, or gives no sign any more, it works."""
    first, second = Bench(world), Bench(world)
    first.tick()

    standing_by = second.tick()
    is_ready, told = second.health.ready()
    first.supervisor.go_off_duty()
    taken_over = second.tick()
    world.clock.wait(Pace().duty_s)

    assert (standing_by, taken_over, first.tick()) == (["lease_held"], ["done"], ["done"])
    assert is_ready and "lease" in str(told["outages"])


def test_who_stands_by_calls_nobody(world: World) -> None:
    """Not even for the lists."""
    Bench(world).tick()
    asked = world.left.calls.total()

    assert Bench(world).tick(2) == ["lease_held"] * 2
    assert world.left.calls.total() == asked
