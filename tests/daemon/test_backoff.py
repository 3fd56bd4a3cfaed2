"""Which ticks are let pass after failures."""

import pytest

from sync.daemon.backoff import BackOff


def gaps(interval_s: float, failures: int) -> list[int]:
    """Ticks from each failure to the next try."""
    backoff, found = BackOff(interval_s), []
    for _ in range(failures):
        backoff.fail()
        ticks = 1
        while not backoff.lets_pass():
            ticks += 1
        found.append(ticks)
    return found


@pytest.mark.parametrize(
    ("interval_s", "expected"),
    [
        (60.0, [1, 2, 4, 5, 5, 5]),
        (5.0, [1, 2, 4, 8, 16, 32, 60, 60]),
        (1.0, [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]),
        (300.0, [1, 1, 1]),
        (3600.0, [1, 1, 1]),
    ],
)
def test_gaps_double_up_to_five_minutes(interval_s: float, expected: list[int]) -> None:
    """Whatever the interval, two tries are never more than five minutes or one tick apart."""
    assert gaps(interval_s, len(expected)) == expected


def test_many_failures_cost_nothing() -> None:
    """A month of failures ends in the same gap as a day of them."""
    assert gaps(60.0, 5000)[-1] == 5


def test_success_forgets_everything() -> None:
    """After a good cycle every tick counts, and the next failure starts small."""
    backoff = BackOff(60.0)
    for _ in range(4):
        backoff.fail()
    backoff.succeed()

    assert backoff.lets_pass()
    assert not backoff.is_on
