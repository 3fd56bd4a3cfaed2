"""No good cycle for long is noticed: by a process that hangs, begins anew, waits, or lost its clock."""

from pathlib import Path

import pytest

from sync.daemon.conditions import Kind
from sync.daemon.outages import Topic
from sync.daemon.turn import Outcome
from tests.daemon.watchtower import DAY_S, House, a_run
from tests.engine.world import World


@pytest.fixture
def house(world: World) -> House:
    return House(world)


def test_no_good_cycle_is_a_condition_after_a_while(house: House) -> None:
    """Counted from the last one, whatever other turns come."""
    house.turn()
    good_at = house.world.clock()
    house.world.clock.wait(900)
    house.turn(Outcome.FAILED)
    in_time = house.names()
    house.world.clock.wait(1)
    view = house.lookout.view()

    assert (in_time, set(view.findings)) == (set(), {"dead_man"})
    assert view.findings["dead_man"].since == good_at
    assert view.findings["dead_man"].text == "no good cycle for more than 15 min"


def test_a_worker_that_hangs_is_seen(house: House) -> None:
    """It never ends a turn, and nobody has to wait for it."""
    house.world.clock.wait(901)

    assert house.names() == {"dead_man"}


def test_a_service_that_dies_again_and_again_is_seen(house: House) -> None:
    """The last good cycle is known across restarts: a fresh process does not begin to count anew."""
    a_run(house.world)
    house.world.clock.wait(901)

    assert house.names(house.another()) == {"dead_man"}


def test_a_good_cycle_of_another_process_is_one(house: House) -> None:
    """The one that waits for the lease has nothing to complain of."""
    house.outages.begin(Topic.LEASE, "another opsync")
    for _ in range(5):
        house.world.clock.wait(600)
        a_run(house.world)

    assert house.names() == set()
    house.world.clock.wait(901)
    assert house.names() == {"dead_man"}


@pytest.mark.parametrize(
    ("kind", "outcome"),
    [("sync", "failed"), ("sync", "held"), ("apply", "done"), ("undo", "done"), ("hinted", "done")],
)
def test_what_is_no_good_cycle(house: House, kind: str, outcome: str) -> None:
    """A run that failed, or one that only carried out what a person picked."""
    house.world.clock.wait(901)
    a_run(house.world, kind, outcome)

    assert house.names() == {"dead_man"}


def test_a_pause_is_no_silence(house: House) -> None:
    """While nothing is to run nothing is missed; afterwards the time counts from its end."""
    house.turn()
    house.outages.begin(Topic.REST, "paused")
    for _ in range(20):
        house.world.clock.wait(600)
        assert house.names() == set()
        assert house.lookout.view().unjudged == {Kind.DEAD_MAN}
    house.outages.end(Topic.REST)
    house.world.clock.wait(900)
    in_time = house.names()
    house.world.clock.wait(1)

    assert (in_time, house.names()) == (set(), {"dead_man"})


@pytest.mark.parametrize("where", ["memory", "database"])
def test_a_clock_that_is_set_back_does_not_blind(house: House, where: str) -> None:
    """A good cycle of tomorrow does not excuse the whole day."""
    if where == "memory":
        house.turn()
    else:
        a_run(house.world)
    house.world.clock.wait(-DAY_S)
    at_once = house.names()
    house.world.clock.wait(901)

    assert (at_once, house.names()) == (set(), {"dead_man"})


def test_without_the_database_memory_knows(house: House, tmp_path: Path) -> None:
    """The pulse of this process is enough."""
    house.turn()
    good_at = house.world.clock()
    (tmp_path / "state.db").write_bytes(b"no database any more" * 1000)
    house.world.clock.wait(901)

    assert house.lookout.view().findings["dead_man"].since == good_at


def test_a_look_at_a_few_records_is_no_good_cycle(house: House) -> None:
    """Hints may be followed all day while whole cycles fail."""
    house.turn()
    house.world.clock.wait(901)
    house.turn(Outcome.DONE, "hinted", in_sync=5)

    assert house.names() == {"dead_man"}
