"""A year of cycles, one a minute, does not make the state database grow without bound."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.engine import Connection

from sync.domain.model import Side
from sync.store import journal, retention, runs, space
from sync.store.database import Database
from sync.store.journal import Entry
from sync.store.retention import Keep
from sync.store.runs import Ending
from tests.store.postgres import Postgres

CYCLES_A_DAY = 24 * 60
EDITS_A_DAY = 10
KEEP = Keep(values_days=90, history_days=120, runs_days=7)
WORDS = "What somebody wrote about the deal, at some length. " * 10
START = datetime(2026, 1, 1, tzinfo=UTC)


def live_first_day(database: Database) -> None:
    """A run a minute, kept aside as well, to be lived again."""
    with database.begin() as connection:
        for number in range(CYCLES_A_DAY):
            at = START + timedelta(days=1) * number / CYCLES_A_DAY
            runs.begin_run(connection, f"{number:030}", "cycle", at)
            runs.finish_run(connection, f"{number:030}", Ending(at, "done", {"in_sync": 12_345}))
        connection.execute(text("CREATE TABLE one_day AS SELECT * FROM runs"))


def live(connection: Connection, day: int) -> None:
    """The runs of a day like the first one, and edits that some of them carried over."""
    date = (START + timedelta(days=day)).date()
    lived = (
        "INSERT INTO runs SELECT :date || id, kind, :date || substr(started_at, 11), "
        ":date || substr(finished_at, 11), outcome, counts, detail FROM one_day"
    )
    connection.execute(text(lived), {"date": str(date)})
    journal.add_entries(connection, [edit(day, number) for number in range(EDITS_A_DAY)])


def edit(day: int, number: int) -> Entry:
    at = START + timedelta(days=day, hours=number)
    run_id = f"{at.date()}{60 * number:030}"
    return Entry(at, run_id, str(number), "updated", Side.RIGHT, "1", {"description": ("", WORDS)})


def tidy(database: Database, day: int) -> None:
    for step in retention.steps(KEEP, START + timedelta(days=day + 1)).values():
        count = 1
        while count:
            with database.begin() as connection:
                count = step(connection)


@pytest.fixture
def vacuum(request: pytest.FixtureRequest, database_url: str) -> Callable[[], None]:
    """What PostgreSQL's autovacuum does every minute of a real year."""
    if database_url.startswith("sqlite"):
        return lambda: None
    server: Postgres = request.getfixturevalue("postgres")
    name = database_url.partition("?")[0].rpartition("/")[2]

    def work() -> None:
        with server.connect(name) as connection:
            connection.execute("VACUUM runs, journal")

    return work


def test_a_year_of_cycles_stays_within_bounds(database: Database, vacuum: Callable[[], None]) -> None:
    """More than 520,000 runs and 3,600 edits: once everything was kept for its time, the size stands still.

    Tidied once a week here, to be quicker; once a day there is less to keep.
    """
    sizes = []
    live_first_day(database)
    for week in range(52):
        days = range(7 * week + 1, 7 * week + 8)
        with database.begin() as connection:
            for day in days:
                live(connection, day)
        tidy(database, days[-1])
        vacuum()
        with database.read() as connection:
            sizes.append(space.load_size(connection))

    settled = sizes[KEEP.history_days // 7 + 2 :]
    assert max(settled) < 1.1 * min(settled)
    assert 1_000_000 < max(sizes) < 20_000_000
