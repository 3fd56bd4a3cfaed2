"""Calls follow each other no faster than both limits allow, and nobody waits longer than needed."""

from itertools import pairwise

import pytest

from sync.crm.meter import Meter
from tests.crm.ticks import Ticks


def sent_at(meter: Meter, ticks: Ticks, calls: int) -> list[float]:
    times = []
    for _ in range(calls):
        meter.wait_turn()
        times.append(ticks())
    return times


def test_the_minute_may_be_used_up_at_once() -> None:
    """A burst of the whole minute, then one call for each second that goes by."""
    ticks = Ticks()
    times = sent_at(Meter(60, ticks=ticks, wait=ticks.wait), ticks, 64)

    assert times[59] == 1000.0
    assert [round(time - 1000.0) for time in times[60:]] == [1, 2, 3, 4]


@pytest.mark.parametrize(("per_minute", "per_ten_seconds"), [(100_000, 50), (120, 50), (30, 50)])
def test_no_ten_seconds_see_more_than_allowed(per_minute: int, per_ten_seconds: int) -> None:
    """Wherever the ten seconds begin."""
    ticks = Ticks()
    times = sent_at(Meter(per_minute, per_ten_seconds, ticks=ticks, wait=ticks.wait), ticks, 200)

    gaps = [late - early for early, late in zip(times, times[per_ten_seconds:], strict=False)]
    assert min(gaps) >= 10.0
    assert all(early <= late for early, late in pairwise(times))


def test_the_limit_is_used() -> None:
    """Careful, but not slower than that: 200 calls at 50 in ten seconds are through in half a minute."""
    ticks = Ticks()
    times = sent_at(Meter(100_000, 50, ticks=ticks, wait=ticks.wait), ticks, 200)

    assert 30.0 <= times[-1] - times[0] < 31.0
