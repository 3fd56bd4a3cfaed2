"""Creates whose answer was lost: looked for by their stamp, waited for on the clock, made again once."""

from threading import Barrier, Thread

import pytest

from sync.domain.link import LinkState
from sync.domain.model import Side
from sync.engine.reach import EVERYTHING
from sync.engine.run import Report, run
from sync.errors import LeaseHeld
from tests.engine.world import World
from tests.simulation.arena import Arena
from tests.simulation.faults import Fault
from tests.simulation.state import FaultyDatabase
from tests.simulation.steady import Numbers

LEFT, RIGHT = Side.LEFT, Side.RIGHT


@pytest.fixture
def arena(state: FaultyDatabase, numbers: Numbers) -> Arena:
    arena = Arena(state, numbers)
    arena.a_deal(LEFT, "one")
    return arena


def disturb(arena: Arena, step: str, fault: Fault) -> None:
    """One run in which the first call of this name goes wrong."""
    left = 1

    def fate(name: str) -> Fault | None:
        nonlocal left
        left -= name == step
        return fault if left == 0 and name == step else None

    arena.sync(fate)


@pytest.mark.parametrize("fault", [Fault.LOST_LATE, Fault.KILLED_LATE])
def test_a_late_create_is_found_and_nothing_is_made(arena: Arena, fault: Fault) -> None:
    """It shows up in a listing, after the look for it: it is the missing partner, not a new deal (I5)."""
    disturb(arena, "right.create_record", fault)
    arena.wait(40)
    arena.sync()
    arena.wait(40)
    arena.settle()

    assert {side: len(crm.records) for side, crm in arena.sides.items()} == {LEFT: 1, RIGHT: 1}
    assert [link.state for link in arena.links()] == [LinkState.IN_SYNC]
    assert arena.ledger.violations == []


def test_nothing_is_made_again_before_the_wait_is_over(arena: Arena) -> None:
    """However often opsync runs, a lost create is repeated only after `settle_s`, and then once (I5)."""
    disturb(arena, "right.create_record", Fault.LOST)
    for _ in range(4):
        arena.wait(20)
        arena.sync()
    calls = arena.sides[RIGHT].calls["create_record"]
    arena.settle()

    assert calls == 0
    assert arena.sides[RIGHT].calls["create_record"] == 1
    assert arena.sides[RIGHT].calls["find_stamped"] == 5


def test_a_create_that_lands_after_the_wait_is_a_known_copy(arena: Arena) -> None:
    """Two records carry one stamp: a person is shown the second, and nothing is made from it (I5)."""
    arena.sides[RIGHT].latest_s = 1000.0
    arena.sides[RIGHT].land = lambda now=None: None  # type: ignore[method-assign]  # nobody's look makes it land
    disturb(arena, "right.create_record", Fault.LOST_LATE)
    arena.settle()
    del arena.sides[RIGHT].land
    arena.sides[RIGHT].land()
    arena.sync(full=True)

    assert len(arena.sides[LEFT].records) == 1
    assert LinkState.PARKED in {link.state for link in arena.links()}


def test_a_stamp_stripped_from_a_linked_record_changes_nothing(arena: Arena) -> None:
    """Once linked, ids hold the two together; the stamp is only for the moment of making."""
    arena.sync()
    arena.sides[RIGHT].strip_stamp("1")
    before = arena.state()
    arena.wait(60)
    arena.sync(full=True)

    assert arena.state() == before


def test_a_lost_create_whose_stamp_was_stripped_is_known_by_its_content(arena: Arena) -> None:
    """Made, answer lost, stamp cleared by a person: likeness still links the two (I5)."""
    disturb(arena, "right.create_record", Fault.LOST_AFTER)
    arena.sides[RIGHT].strip_stamp("1")
    arena.settle()

    assert {side: len(crm.records) for side, crm in arena.sides.items()} == {LEFT: 1, RIGHT: 1}
    assert [link.state for link in arena.links()] == [LinkState.IN_SYNC]


def test_two_processes_make_one_record(world: World) -> None:
    """Both start at once on one database: one works, the other leaves without a write (lease, I5)."""
    world.a_sale()
    start = Barrier(2)
    reports: list[Report] = []
    refused: list[LeaseHeld] = []

    def process() -> None:
        start.wait()
        try:
            reports.append(run(world.pairing, "sync", EVERYTHING))
        except LeaseHeld as held:
            refused.append(held)

    threads = [Thread(target=process) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(reports) + len(refused) == 2
    assert sum(report.writes.get("created right", 0) for report in reports) == 1
    assert len(world.right.records) == 1
