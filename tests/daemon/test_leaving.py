"""Stopping and overlapping: the worker in its thread, with hooks instead of waiting."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from sync.daemon.planner import Pace
from sync.domain.link import LinkState
from sync.store import intents as intent_store
from tests.daemon.bench import Bench
from tests.engine.world import World

PATIENCE_S = 10.0


@contextmanager
def working(bench: Bench) -> Iterator[threading.Thread]:
    """The supervisor in a thread; it has left at the end."""
    thread = threading.Thread(target=bench.supervisor.work)
    thread.start()
    try:
        yield thread
    finally:
        bench.supervisor.leave()
        thread.join(PATIENCE_S)
    assert not thread.is_alive()


def open_intents(world: World) -> int:
    with world.database.read() as connection:
        return len(intent_store.load_intents(connection))


def test_stopping_in_the_middle_finishes_the_records_in_flight(world: World) -> None:
    """Told to stop while records are written: none is cut, the rest waits, a restart does them once each."""
    bench = Bench(world)
    sales = {world.a_sale(title=f"Deal {number}") for number in range(30)}

    def stop_after_three(_name: str) -> None:
        if world.right.writes == 3:
            bench.supervisor.leave()

    world.right.after_write = stop_after_three
    (outcome,) = bench.tick()
    halfway = len(world.right.records)
    in_sync = sum(1 for link in world.links() if link.state is LinkState.IN_SYNC)
    world.right.after_write = lambda _name: None
    world.pairing.stop.clear()
    bench.supervisor.go_off_duty()
    again = Bench(world).tick(2)

    assert outcome == "stopped"
    assert 3 <= halfway < 30
    assert in_sync == halfway
    assert open_intents(world) == 0
    assert again == ["done", "done"]
    assert len(world.right.records) == len(sales) == 30
    assert {link.left_id for link in world.links()} == sales


def test_stopping_while_reading_writes_nothing(bench: Bench) -> None:
    """A stop during the listing ends the cycle before its first write."""
    world = bench.world
    world.a_sale()

    def stop(name: str) -> None:
        if name in ("fetch_census", "fetch_open"):
            world.pairing.stop.set()

    world.right.before_call = stop

    assert bench.tick() == ["stopped"]
    assert "while reading" in bench.turns[0].error
    assert world.writes() == 0
    assert bench.outages.current() == {}


def test_leaving_ends_an_idle_worker(bench: Bench) -> None:
    """Between two cycles the worker leaves at once."""
    with working(bench) as thread:
        wait_for(lambda: len(bench.turns) == 1)
        bench.supervisor.leave()
        thread.join(PATIENCE_S)

        assert not thread.is_alive()
    assert [str(turn.outcome) for turn in bench.turns] == ["done"]
    assert bench.health.ready()[0] is False


def test_ticks_during_a_cycle_are_one_tick(world: World) -> None:
    """Cycles never overlap, and many ticks during one lead to exactly one more."""
    bench = Bench(world)
    reached, go_on = threading.Event(), threading.Event()
    running, most = 0, 0

    def enter(name: str) -> None:
        nonlocal running, most
        if name in ("fetch_census", "fetch_open"):
            running += 1
            most = max(most, running)
            reached.set()
            assert go_on.wait(PATIENCE_S)
            running -= 1

    world.right.before_call = enter
    with working(bench):
        assert reached.wait(PATIENCE_S)
        for _ in range(7):
            bench.supervisor.tick()
        go_on.set()
        wait_for(lambda: len(bench.turns) == 2)
        world.right.before_call = lambda _name: None
        nothing_more = not _happens(lambda: len(bench.turns) > 2, 0.2)

    assert most == 1
    assert nothing_more
    assert (world.right.calls["fetch_census"], world.right.calls["fetch_open"]) == (1, 1)


def test_one_turn_is_enough_where_asked(world: World) -> None:
    """`once` ends the work after its turn, without a signal."""
    bench = Bench(world, Pace(once=True))
    world.a_sale()

    bench.supervisor.work()

    assert [turn.at for turn in bench.turns] == [datetime(2026, 11, 22, 8, 0, tzinfo=UTC)]
    assert len(world.right.records) == 1


def wait_for(condition: Callable[[], bool]) -> None:
    assert _happens(condition, PATIENCE_S)


def _happens(condition: Callable[[], bool], within_s: float) -> bool:
    pause = threading.Event()
    return any(condition() or pause.wait(0.01) for _ in range(int(within_s / 0.01)))
