"""A day's calls are counted once, whatever process made them, and its end is kept for writes."""

import threading
from datetime import UTC, datetime, timedelta

import pytest

from sync.crm.budget import SAVE_CALLS, SAVE_S, Budget, Ledger, Limits, forgetful_ledger
from sync.errors import StateTrouble
from tests.crm.ticks import BEGAN_AT, Ticks

MIDNIGHT = datetime(2026, 11, 23, tzinfo=UTC)


class Book:
    """A ledger that tests look into, and may lock."""

    def __init__(self) -> None:
        self._inner = forgetful_ledger()
        self.saves: list[tuple[datetime, int]] = []
        self.locked = False

    def __call__(self, minute: datetime, calls: int) -> int:
        if self.locked:
            raise StateTrouble("locked")
        if calls:
            self.saves.append((minute, calls))
        return self._inner(minute, calls)


def a_budget(ticks: Ticks, ledger: Ledger | None = None, per_day: int = 0) -> Budget:
    limits = Limits(per_day=per_day)
    return Budget(limits, ticks.clock, ledger or forgetful_ledger(), ticks=ticks)


def spend(budget: Budget, calls: int, *, write: bool = False) -> int:
    """How many of them were allowed."""
    return sum(budget.spend(write=write) is None for _ in range(calls))


def test_no_limit_counts_all_the_same() -> None:
    """People see what is used before they choose a limit."""
    budget = a_budget(Ticks())

    assert spend(budget, 500) == 500
    assert budget.use() == (500, 500)


@pytest.mark.parametrize(("per_day", "reserve"), [(50_000, 1000), (1000, 50), (10, 5), (1, 0)])
def test_the_end_of_a_day_is_for_writes(per_day: int, reserve: int) -> None:
    """2 %, at least 50, never more than half: reads stop there, writes go on to the limit and no further."""
    budget = a_budget(Ticks(), per_day=per_day)

    assert spend(budget, per_day + 5) == per_day - reserve
    assert spend(budget, per_day, write=True) == reserve
    assert budget.spend(write=True) == budget.spend(write=False) == MIDNIGHT


def test_midnight_utc_begins_anew() -> None:
    """Whatever zone the clock tells its time in."""
    ticks = Ticks()
    budget = a_budget(ticks, per_day=100)
    spend(budget, 100)
    ticks.now += (MIDNIGHT - BEGAN_AT).total_seconds() - 1
    before = spend(budget, 1)
    ticks.now += 1

    assert (before, spend(budget, 1)) == (0, 1)
    assert budget.use() == (1, 1)


def test_minutes_are_counted_apart() -> None:
    """A quiet minute shows none."""
    ticks = Ticks()
    budget = a_budget(ticks)
    spend(budget, 7)
    ticks.now += 60
    quiet = budget.use()
    spend(budget, 2)

    assert quiet == (7, 0)
    assert budget.use() == (9, 2)


def test_calls_are_written_down_in_batches() -> None:
    """Not each one; but no crash forgets more than a few, in number or in time."""
    ticks, book = Ticks(), Book()
    budget = a_budget(ticks, book)
    spend(budget, 3 * SAVE_CALLS + 1)
    batches = [calls for _minute, calls in book.saves]
    ticks.now += SAVE_S
    spend(budget, 1)

    assert batches == [SAVE_CALLS] * 3
    assert [calls for _minute, calls in book.saves] == [*batches, 2]


def test_closing_writes_the_rest_down() -> None:
    """Once; there is nothing more to write afterwards."""
    book = Book()
    budget = a_budget(Ticks(), book)
    spend(budget, 3)
    budget.save()
    budget.save()

    assert book.saves == [(BEGAN_AT, 3)]


def test_a_batch_belongs_to_the_minute_it_was_made_in() -> None:
    """Even when the next one has begun, or the next day."""
    ticks, book = Ticks(), Book()
    budget = a_budget(ticks, book)
    spend(budget, 3)
    ticks.now += 86_400
    spend(budget, 1)
    budget.save()

    assert book.saves == [(BEGAN_AT, 3), (BEGAN_AT + timedelta(days=1), 1)]


def test_a_restart_goes_on_counting() -> None:
    """The day's limit is one for all processes of the day."""
    ticks, book = Ticks(), Book()
    first, other = a_budget(ticks, book, 1000), a_budget(ticks, book, 1000)
    allowed = spend(first, 600) + spend(other, 600)
    first.save()
    other.save()

    assert allowed == 950
    assert a_budget(ticks, book, 1000).spend(write=False) == MIDNIGHT


@pytest.mark.parametrize("jump_s", [-86_400.0, 86_400.0, 3.0 * 86_400])
def test_a_clock_that_jumps_finds_its_day_again(jump_s: float) -> None:
    """There and back: nothing is counted twice or forgotten, and the jump frees nobody for good."""
    ticks, book = Ticks(), Book()
    budget = a_budget(ticks, book, 1000)
    spend(budget, 950)
    ticks.now += jump_s
    elsewhere = spend(budget, 10)
    ticks.now -= jump_s

    assert elsewhere == 10
    assert spend(budget, 1) == 0
    assert budget.use()[0] == 950


def test_a_locked_state_forgets_nothing() -> None:
    """The calls go on, their number is written down when it can be."""
    ticks, book = Ticks(), Book()
    book.locked = True
    budget = a_budget(ticks, book, 1000)
    allowed = spend(budget, 100)
    ticks.now += 60
    book.locked = False
    spend(budget, 1)
    budget.save()

    assert allowed == 100
    assert sum(calls for _minute, calls in book.saves) == 101
    assert budget.use()[0] == 101


def test_threads_never_pass_the_limit_together() -> None:
    """However many ask at the same moment."""
    ticks, book = Ticks(), Book()
    budget = a_budget(ticks, book, 2000)
    allowed: list[int] = []
    threads = [threading.Thread(target=lambda: allowed.append(spend(budget, 400))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    budget.save()

    assert sum(allowed) == 1950
    assert sum(calls for _minute, calls in book.saves) == 1950
