"""History is pruned by age: values become marks, old entries and idle runs go, links always stay."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any  # what a driver is given

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.engine import Connection

from sync.domain.link import LinkState
from sync.domain.model import Side, Value
from sync.errors import StateTrouble
from sync.store import journal, links, meta, retention, runs
from sync.store.database import Database, migrate, rollback
from sync.store.journal import Entry
from sync.store.migration import SEAL_KEY
from sync.store.retention import BATCH, Keep
from sync.store.runs import Ending
from sync.store.tables import JOURNAL, RUNS
from tests.store.build import NOW, a_link

OLD = NOW - timedelta(days=500)
CUT = NOW - timedelta(days=400)


def an_entry(at: datetime = OLD, link_id: str = "a", **changes: object) -> Entry:
    fields: Mapping[str, tuple[Value, Value]] = {
        "title": ("Pump", "Pump retrofit"),
        "amount": (None, Decimal("1250.50")),
        "expected_close_on": (date(2026, 3, 1), None),
    }
    entry = Entry(at, "r1", link_id, "updated", Side.RIGHT, "22", fields, "changed in SuperOffice")
    return replace(entry, **changes)  # type: ignore[arg-type]  # tests name the fields


def add(database: Database, entries: Sequence[Entry]) -> None:
    with database.begin() as connection:
        journal.add_entries(connection, entries)


def add_run(database: Database, run_id: str, at: datetime, outcome: str | None = "done") -> None:
    with database.begin() as connection:
        runs.begin_run(connection, run_id, "cycle", at)
        if outcome:
            runs.finish_run(connection, run_id, Ending(at, outcome, {}))


def timeline(database: Database, link_id: str = "a") -> list[Entry]:
    with database.read() as connection:
        return journal.load_timeline(connection, link_id)


def run_ids(database: Database) -> set[str]:
    with database.read() as connection:
        return {run.id for run in runs.load_runs(connection, 1000)}


def tidy(database: Database, at: datetime = NOW, keep: Keep | None = None) -> dict[str, int]:
    """Each step until nothing is left; counts by name."""
    done = {}
    for name, step in retention.steps(keep or Keep(), at).items():
        done[name] = 0
        while True:
            with database.begin() as connection:
                count = step(connection)
            done[name] += count
            if not count:
                break
    return done


def test_old_values_become_marks_and_the_fact_stays(database: Database) -> None:
    """When, which run, what, on which side and record, which fields: yes. Values and words: no."""
    add(database, [an_entry(), an_entry(at=NOW)])

    assert tidy(database)["pruned"] == 1

    old, young = timeline(database)
    assert young == an_entry(at=NOW)
    assert old.marks is not None
    assert set(old.marks) == {"title", "amount", "expected_close_on"}
    assert old == an_entry(fields={}, reason="", marks=old.marks)
    with database.read() as connection:
        text = connection.scalar(select(JOURNAL.c.fields).order_by(JOURNAL.c.id).limit(1)) or ""
    assert "Pump" not in text
    assert "1250" not in text


def test_a_second_time_finds_nothing(database: Database) -> None:
    """What is pruned is not pruned again: marks of marks would recognise nothing."""
    add(database, [an_entry()])
    tidy(database)
    before = timeline(database)

    assert tidy(database) == {"pruned": 0, "entries": 0, "runs": 0, "pages": 0}
    assert timeline(database) == before


def test_opsync_knows_its_own_writing_for_years(database: Database) -> None:
    """A value is recognised before and after it was pruned, and no other value is."""
    add(database, [an_entry()])

    for _ in range(2):
        with database.read() as connection:
            ours = retention.find_writes(connection, "a", "amount", [Decimal("1250.500")])
            replaced = retention.find_writes(connection, "a", "title", ["Pump"])
            emptied = retention.find_writes(connection, "a", "expected_close_on", [None])
            elsewhere = retention.find_writes(connection, "a", "description", ["Pump retrofit"])
        assert [entry.at for entry in ours] == [OLD]
        assert [entry.at for entry in emptied] == [OLD]
        assert replaced == elsewhere == []
        tidy(database)


def test_a_mark_says_nothing_about_another_record(database: Database) -> None:
    """The same value has another mark in every link and in every field."""
    same = {"title": (None, "Pump"), "description": ("Pump", "Pump")}
    add(database, [an_entry(fields=same), an_entry(link_id="b", fields=same)])
    tidy(database)

    marks = [
        mark
        for link_id in "ab"
        for entry in timeline(database, link_id)
        for pair in (entry.marks or {}).values()
        for mark in pair
        if mark
    ]
    assert len(marks) == 6
    assert len(set(marks)) == 4


def test_marks_need_the_databases_own_secret(database: Database) -> None:
    """Without it they could never be recognised: nothing is pruned."""
    add(database, [an_entry()])
    with database.begin() as connection:
        key = meta.get(connection, SEAL_KEY)
        connection.exec_driver_sql(f"DELETE FROM meta WHERE key = '{SEAL_KEY}'")

    with pytest.raises(StateTrouble, match="opsync migrate"):
        tidy(database)

    assert key
    assert timeline(database) == [an_entry()]


def test_very_old_entries_go(database: Database) -> None:
    """After the second limit nothing is known any more, and what is younger stays."""
    add(database, [an_entry(at=NOW - timedelta(days=days)) for days in (2000, 1826, 1824, 10)])

    assert tidy(database)["entries"] == 2
    assert [(NOW - entry.at).days for entry in timeline(database)] == [1824, 10]


def test_links_and_their_tombstones_always_stay(database: Database) -> None:
    """A buried link is what keeps a dead record from being made again."""
    with database.begin() as connection:
        links.insert_link(connection, a_link(state=LinkState.BURIED), OLD)
    add(database, [an_entry(at=NOW - timedelta(days=9000))])

    tidy(database)

    with database.read() as connection:
        assert links.load_links(connection) == [a_link(state=LinkState.BURIED)]
    assert timeline(database) == []


def test_idle_runs_go_after_a_month_and_writing_ones_with_their_entries(database: Database) -> None:
    """`opsync undo RUN` can still say that a run is too old, and of a dead cycle nothing stays."""
    for days in (1, 29, 31, 60):
        add_run(database, f"idle-{days}", NOW - timedelta(days=days))
    add_run(database, "held", NOW - timedelta(days=31), "held")
    add_run(database, "killed", NOW - timedelta(days=31), None)
    add_run(database, "r1", OLD)
    add(database, [an_entry()])

    assert tidy(database)["runs"] == 4
    assert run_ids(database) == {"idle-1", "idle-29", "r1"}

    assert tidy(database, NOW + timedelta(days=1400))["runs"] == 3
    assert run_ids(database) == set()


def test_a_short_interval_does_not_keep_more_runs(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Beyond a number, only runs that wrote something stay, be they young."""
    monkeypatch.setattr(retention, "MOST_IDLE_RUNS", 5)
    add_run(database, "r1", NOW - timedelta(seconds=100))
    add(database, [an_entry(at=NOW)])
    for second in range(20):
        add_run(database, f"idle-{second}", NOW - timedelta(seconds=second))

    tidy(database)

    assert run_ids(database) == {"r1", *(f"idle-{second}" for second in range(6))}


def test_a_transaction_is_small(database: Database) -> None:
    """A backlog of years is worked off in batches, so that nobody waits long."""
    add(database, [an_entry(at=NOW - timedelta(days=2000, seconds=number)) for number in range(BATCH + 1)])

    with database.begin() as connection:
        counts = [retention.prune_values(connection, CUT) for _ in range(3)]
        counts += [retention.delete_entries(connection, CUT) for _ in range(3)]

    assert counts == [BATCH, 1, 0, BATCH, 1, 0]


def test_the_oldest_goes_first(database: Database) -> None:
    """By time, not by place: a clock that was set back for a while does not hold things up."""
    future = datetime(2090, 1, 1, tzinfo=UTC)
    add(database, [an_entry(at=future), an_entry()])

    assert tidy(database)["pruned"] == 1
    assert [entry.marks is None for entry in timeline(database)] == [True, False]


@pytest.mark.parametrize("step", [retention.prune_values, retention.delete_entries])
def test_pruning_finds_its_rows_by_an_index(
    database: Database, step: Callable[[Connection, datetime], int]
) -> None:
    """A day's work does not read, or sort, the whole journal."""
    seen: list[tuple[str, Any]] = []
    with database.begin() as connection:
        event.listen(connection, "before_cursor_execute", lambda *given: seen.append(given[2:4]))
        step(connection, CUT)
        plan = explained(connection, *seen[0])

    assert "ix_journal_pruned" in plan
    assert "Sort" not in plan
    assert "TEMP B-TREE" not in plan


def explained(connection: Connection, statement: str, parameters: Any) -> str:
    """How the database would find the rows, were they too many to be read as they are."""
    explain = "EXPLAIN QUERY PLAN"
    if connection.dialect.name == "postgresql":
        explain = "EXPLAIN"
        for way in ("enable_seqscan", "enable_bitmapscan"):
            connection.exec_driver_sql(f"SET LOCAL {way} = off")
    return str(connection.exec_driver_sql(f"{explain} {statement}", parameters).all())


def test_counts_are_of_rows(database: Database) -> None:
    """What a step says it did is what is missing afterwards."""
    add(database, [an_entry(at=NOW - timedelta(days=2000))] * 3)
    for number in range(4):
        add_run(database, f"idle-{number}", OLD)

    done = tidy(database)

    with database.read() as connection:
        left = [connection.scalar(select(func.count()).select_from(table)) for table in (JOURNAL, RUNS)]
    assert (done["pruned"], done["entries"], done["runs"]) == (3, 3, 4)
    assert left == [0, 0]


def test_a_journal_from_before_pruning_is_whole(database: Database, database_url: str) -> None:
    """Going up keeps all entries as they are; going down, marks are not taken for values."""
    add(database, [an_entry(), an_entry(at=NOW)])
    tidy(database)

    rollback(database_url, "0002")
    migrate(database_url)

    old, young = timeline(database)
    assert young == an_entry(at=NOW)
    assert (old.fields, old.marks) == ({}, None)
