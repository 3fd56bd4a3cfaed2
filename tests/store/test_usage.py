"""Calls are added up by day and minute, by whoever makes them."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

from sync.domain.model import Side
from sync.store import meta
from sync.store.database import Database
from sync.store.usage import KEPT_DAYS, Usage, add_calls, ledger_in, load_usage
from tests.store.build import NOW


def usage(database: Database, at: datetime, side: Side = Side.LEFT) -> Usage:
    with database.read() as connection:
        return load_usage(connection, side, at)


def add(database: Database, at: datetime, calls: int, side: Side = Side.LEFT) -> int:
    with database.begin() as connection:
        return add_calls(connection, side, at, calls)


def test_calls_add_up(database: Database) -> None:
    """By side, day and minute."""
    totals = [add(database, NOW, 3), add(database, NOW, 4), add(database, NOW + timedelta(minutes=1), 5)]
    add(database, NOW, 100, Side.RIGHT)

    assert totals == [3, 7, 12]
    assert usage(database, NOW + timedelta(minutes=1)) == Usage(12, 5)
    assert usage(database, NOW + timedelta(minutes=2)) == Usage(12, 0)
    assert usage(database, NOW, Side.RIGHT) == Usage(100, 100)


def test_a_ledger_adds_and_asks(database: Database) -> None:
    """Adding none changes nothing."""
    left, right = ledger_in(database, Side.LEFT), ledger_in(database, Side.RIGHT)

    assert [left(NOW, 5), left(NOW, 0), left(NOW, 1), right(NOW, 0)] == [5, 5, 6, 0]


def test_nothing_is_lost_between_threads(database: Database) -> None:
    """Each addition counts, however many come at once."""
    ledger = ledger_in(database, Side.LEFT)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda calls: ledger(NOW, calls), [1] * 40))

    assert usage(database, NOW) == Usage(40, 40)


def test_old_days_and_minutes_go(database: Database) -> None:
    """A week stays for a clock that is set back; other facts stay for ever."""
    with database.begin() as connection:
        meta.put(connection, "callsign", "kept")
    for day in range(KEPT_DAYS + 3):
        add(database, NOW + timedelta(days=day), 1)
    last = NOW + timedelta(days=KEPT_DAYS + 2)

    kept = [usage(database, NOW + timedelta(days=day)).today for day in range(KEPT_DAYS + 3)]
    assert kept == [0, 0, *[1] * (KEPT_DAYS + 1)]
    assert usage(database, last - timedelta(days=1)).this_minute == 0
    with database.read() as connection:
        assert meta.get(connection, "callsign") == "kept"
