"""Half-typed edits wait until nobody types any more, and never for ever."""

import pytest

from sync.daemon import settling
from sync.daemon.settling import Settling
from sync.domain.link import LinkState
from tests.daemon.planned import a_create, a_plan
from tests.engine.world import FakeClock


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


def test_an_edit_waits_until_it_stays_the_same(clock: FakeClock) -> None:
    """As long as told, from the moment it was first seen; then it is let through again and again."""
    waits = Settling(30, clock)
    found = []
    for _ in range(5):
        found.append(waits(a_plan()) is None)
        clock.wait(10)

    assert found == [False, False, False, True, True]


def test_the_reason_does_not_change_with_every_look(clock: FakeClock) -> None:
    """A waiting record costs one line in its timeline, not one a minute."""
    waits = Settling(90, clock)
    first = waits(a_plan())
    clock.wait(60)

    assert first is not None
    assert (first.state, first.reason) == (LinkState.PENDING, "edited a moment ago; waits 90 s for more")
    assert waits(a_plan()) == first


def test_typing_on_begins_the_wait_anew(clock: FakeClock) -> None:
    """Only the last version is carried over."""
    waits = Settling(30, clock)
    found = []
    for title in ("P", "Pu", "Pum", "Pump", "Pump", "Pump"):
        found.append(waits(a_plan(title)) is None)
        clock.wait(20)

    assert found == [False, False, False, False, False, True]


def test_nobody_types_for_ever(clock: FakeClock) -> None:
    """Ten delays after the first edit it goes through as it is; the next edit is a new one."""
    waits = Settling(30, clock)
    waited = 0
    while waits(a_plan(f"version {waited}")) is not None:
        clock.wait(10)
        waited += 10

    assert waited == 300
    assert waits(a_plan("another version")) is not None


def test_not_even_over_many_days(clock: FakeClock) -> None:
    """Edited between every two looks, however far apart these are: the eleventh look lets it through."""
    waits = Settling(1, clock)
    looks = 1
    while waits(a_plan(f"version {looks}")) is not None:
        clock.wait(86_400)
        looks += 1

    assert looks == 11


def test_records_wait_for_themselves(clock: FakeClock) -> None:
    """One that is edited all the time does not hold up another."""
    waits = Settling(30, clock)
    waits(a_plan(link_id="a"))
    clock.wait(30)

    assert waits(a_plan(link_id="b")) is not None
    assert waits(a_plan(link_id="a")) is None


def test_without_a_delay_nothing_waits(clock: FakeClock) -> None:
    """The default."""
    assert Settling(0, clock)(a_plan()) is None


def test_new_records_do_not_wait(clock: FakeClock) -> None:
    """Only edits do: a CRM shows a new record when somebody saved it."""
    assert Settling(30, clock)(a_create()) is None


def test_an_old_edit_is_not_the_beginning_of_a_new_one(clock: FakeClock) -> None:
    """Edited, taken back before it was carried over, edited otherwise later: that is half-typed too."""
    waits = Settling(30, clock)
    waits(a_plan("taken back"))
    clock.wait(600)

    assert waits(a_plan("half ty")) is not None


def test_a_clock_that_is_set_back_costs_one_delay(clock: FakeClock) -> None:
    """Not the hours until it is where it was."""
    waits = Settling(30, clock)
    waits(a_plan())
    clock.wait(-7200)
    found = [waits(a_plan()) is None]
    clock.wait(30)

    assert [*found, waits(a_plan()) is None] == [False, True]


def test_looks_far_apart_let_an_edit_through(clock: FakeClock) -> None:
    """With a delay shorter than the time between two looks, the second look is enough."""
    waits = Settling(1, clock)
    first = waits(a_plan())
    clock.wait(200_000)

    assert first is not None
    assert waits(a_plan()) is None


def test_memory_is_bounded(clock: FakeClock, monkeypatch: pytest.MonkeyPatch) -> None:
    """A record that finds no room goes through; what nobody asked about for long makes room."""
    monkeypatch.setattr(settling, "ROOM", 3)
    waits = Settling(30, clock)
    known = [waits(a_plan(link_id=name)) is None for name in "abc"]
    crowded = waits(a_plan(link_id="d"))
    clock.wait(599)
    kept = [waits(a_plan(link_id=name)) is None for name in "bc"]
    crowded_still = waits(a_plan(link_id="d"))
    clock.wait(1)
    roomy = waits(a_plan(link_id="d"))

    assert known == [False, False, False]
    assert (crowded, crowded_still) == (None, None)
    assert kept == [True, True]
    assert roomy is not None
