"""Queries over the calls each side has had, by day and minute; what is allowed is decided elsewhere."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import BigInteger, Text, cast, delete
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection

from sync.domain.model import Side
from sync.store import meta
from sync.store.database import Database
from sync.store.tables import META

KEPT_DAYS = 7
"""So many past days stay, for a clock that is set back."""


@dataclass(frozen=True, slots=True)
class Usage:
    """Calls of one side in the UTC day and minute of a moment."""

    today: int
    this_minute: int


def add_calls(connection: Connection, side: Side, at: datetime, calls: int) -> int:
    """Gives the day's total. Several processes may add at once, and none is lost."""
    _add(connection, _minute_key(side, at), calls)
    total = _add(connection, _day_key(side, at), calls)
    _forget(connection, side, at)
    return total


def load_usage(connection: Connection, side: Side, at: datetime) -> Usage:
    return Usage(_count(connection, _day_key(side, at)), _count(connection, _minute_key(side, at)))


def ledger_in(database: Database, side: Side) -> Callable[[datetime, int], int]:
    """Adds calls in a transaction of its own and gives the day's total; adding none only reads."""

    def add(at: datetime, calls: int) -> int:
        if not calls:
            with database.read() as connection:
                return load_usage(connection, side, at).today
        with database.begin() as connection:
            return add_calls(connection, side, at, calls)

    return add


def borrowed_ledger(database: Database, side: Side) -> Callable[[datetime, int], int]:
    """Knows the day's calls and adds its own in mind only, for what must leave no trace."""
    own = 0

    def add(at: datetime, calls: int) -> int:
        nonlocal own
        own += calls
        with database.read() as connection:
            return load_usage(connection, side, at).today + own

    return add


def _count(connection: Connection, key: str) -> int:
    return int(meta.get(connection, key) or 0)


def _add(connection: Connection, key: str, calls: int) -> int:
    """Added by the database itself, whose row lock puts the processes in line."""
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    more = cast(cast(META.c.value, BigInteger) + calls, Text)
    statement = (
        insert(META)
        .values(key=key, value=str(calls))
        .on_conflict_do_update(index_elements=["key"], set_={"value": more})
        .returning(META.c.value)
    )
    return int(connection.execute(statement).scalar_one())


def _forget(connection: Connection, side: Side, at: datetime) -> None:
    kept = [_day_key(side, at - timedelta(days=age)) for age in range(KEPT_DAYS + 1)]
    ours = META.c.key.startswith(f"calls.{side}.", autoescape=True)
    connection.execute(delete(META).where(ours, META.c.key.not_in([*kept, _minute_key(side, at)])))


def _day_key(side: Side, at: datetime) -> str:
    return f"calls.{side}.day.{at.astimezone(UTC):%Y-%m-%d}"


def _minute_key(side: Side, at: datetime) -> str:
    return f"calls.{side}.minute.{at.astimezone(UTC):%Y-%m-%dT%H:%M}"
