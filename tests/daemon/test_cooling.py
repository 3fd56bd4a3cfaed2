"""A record that fails again and again rests longer and longer; the others do not notice."""

from datetime import timedelta

import pytest

from sync.daemon import cooling
from sync.daemon.cooling import Cooling
from sync.domain.link import LinkState
from tests.daemon.planned import a_plan
from tests.engine.world import FakeClock

FAILED = a_plan(state=LinkState.RETRYING, reason="timeout")


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


def rest(waits: Cooling, clock: FakeClock) -> int:
    """Minutes until the record may be tried."""
    begun = clock()
    while waits(FAILED) is not None:
        clock.wait(60)
    return (clock() - begun) // timedelta(minutes=1)


def test_rests_double_up_to_an_hour(clock: FakeClock) -> None:
    """From one minute; a thousand failures later it is still one try an hour."""
    waits = Cooling(clock)
    rests = []
    for _ in range(9):
        waits.note("a", ok=False)
        rests.append(rest(waits, clock))
    for _ in range(1000):
        waits.note("a", ok=False)
        clock.wait(3600)
    waits.note("a", ok=False)

    assert rests == [1, 2, 4, 8, 16, 32, 60, 60, 60]
    assert rest(waits, clock) == 60


def test_the_reason_keeps_the_error_and_tells_when(clock: FakeClock) -> None:
    """The same words until the next try, so that the timeline stays short."""
    waits = Cooling(clock)
    waits.note("a", ok=False)
    waits.note("a", ok=False)
    first = waits(FAILED)
    clock.wait(30)
    again = waits(a_plan(state=LinkState.RETRYING, reason=first.reason if first else ""))

    assert first is not None
    assert (first.state, first.reason) == (LinkState.RETRYING, "timeout; next try at 08:01 UTC")
    assert again == first


def test_what_was_said_is_told(clock: FakeClock) -> None:
    """Of the last failure, whatever the link shows meanwhile."""
    waits = Cooling(clock)
    waits.note("a", ok=False, said="outcome unknown: cut")

    wait = waits(a_plan(state=LinkState.PENDING, reason="was being written"))

    assert wait is not None
    assert wait.reason == "outcome unknown: cut; next try at 08:01 UTC"


def test_a_success_forgets_everything(clock: FakeClock) -> None:
    """The next failure begins with a minute again."""
    waits = Cooling(clock)
    for _ in range(5):
        waits.note("a", ok=False)
        rest(waits, clock)
    waits.note("a", ok=True)
    waits.note("b", ok=True)

    assert waits(FAILED) is None
    waits.note("a", ok=False)
    assert rest(waits, clock) == 1


def test_records_rest_for_themselves(clock: FakeClock) -> None:
    """Another record is not concerned."""
    waits = Cooling(clock)
    waits.note("a", ok=False)

    assert waits(a_plan(link_id="b", state=LinkState.RETRYING)) is None


def test_a_rest_does_not_count_as_a_failure(clock: FakeClock) -> None:
    """However often somebody takes the state of a resting record for one."""
    waits = Cooling(clock)
    for _ in range(10):
        waits.note("a", ok=False)

    assert rest(waits, clock) == 1


def test_a_person_may_try_again_at_once(clock: FakeClock) -> None:
    """`links retry` makes the link pending without a reason: the rest is over, and so are the failures."""
    waits = Cooling(clock)
    for _ in range(5):
        waits.note("a", ok=False)
        rest(waits, clock)
    waits.note("a", ok=False)

    assert waits(a_plan(state=LinkState.PENDING)) is None
    waits.note("a", ok=False)
    assert rest(waits, clock) == 1


def test_a_clock_that_is_set_back_ends_a_rest(clock: FakeClock) -> None:
    """Better one try too many than hours without one."""
    waits = Cooling(clock)
    waits.note("a", ok=False)
    clock.wait(-7200)

    assert waits(FAILED) is None


def test_memory_is_bounded(clock: FakeClock, monkeypatch: pytest.MonkeyPatch) -> None:
    """The record that failed longest ago is forgotten first."""
    monkeypatch.setattr(cooling, "ROOM", 2)
    waits = Cooling(clock)
    for name in "abc":
        waits.note(name, ok=False)

    rests = [waits(a_plan(link_id=name, state=LinkState.RETRYING)) is not None for name in "abc"]

    assert rests == [False, True, True]
