"""Runs are remembered with how they ended, and a killed run stays open."""

from datetime import timedelta

import pytest

from sync.store import runs
from sync.store.database import Database
from sync.store.runs import Ending, Run
from tests.store.build import LATER, NOW


def test_a_run_is_remembered(database: Database) -> None:
    """A begun run is open; a finished one tells its end, its counts and its sentence."""
    counts = {"created": 2, "failed": 0}
    with database.begin() as connection:
        runs.begin_run(connection, "r1", "sync", NOW)
        begun = runs.load_run(connection, "r1")
        runs.finish_run(connection, "r1", Ending(LATER, "done", counts, "all well"))

        assert begun == Run("r1", "sync", NOW, None, None, {}, "")
        assert runs.load_run(connection, "r1") == Run("r1", "sync", NOW, LATER, "done", counts, "all well")
        assert runs.load_run(connection, "r2") is None


def test_the_newest_runs_come_first(database: Database) -> None:
    """A list has at most as many runs as asked for, the newest first."""
    with database.begin() as connection:
        for number in (2, 3, 1):
            runs.begin_run(connection, f"r{number}", "sync", NOW + timedelta(microseconds=number))

        assert [run.id for run in runs.load_runs(connection, 2)] == ["r3", "r2"]


def test_runs_are_found_by_how_their_id_begins(database: Database) -> None:
    """The newest first; a sign that means something to the database means itself."""
    with database.begin() as connection:
        for number, run_id in enumerate(("ab1", "ab2", "b1")):
            runs.begin_run(connection, run_id, "sync", NOW + timedelta(seconds=number))

        assert [run.id for run in runs.find_runs(connection, "ab")] == ["ab2", "ab1"]
        assert runs.find_runs(connection, "a%") == []


def test_the_last_finished_run(database: Database) -> None:
    """What counts is when a run ended; open runs and runs of another kind do not."""
    with database.begin() as connection:
        assert runs.last_finished(connection) is None
        for number, kind in ((1, "sync"), (2, "audit"), (3, "sync"), (4, "sync")):
            runs.begin_run(connection, f"r{number}", kind, NOW + timedelta(seconds=number))
        for position, run_id in enumerate(("r3", "r1", "r2")):
            runs.finish_run(connection, run_id, Ending(LATER + timedelta(seconds=position), "done", {}))
        last = [runs.last_finished(connection, kind) for kind in (None, "sync", "backfill")]

    assert [run and run.id for run in last] == ["r2", "r1", None]


@pytest.mark.parametrize(
    ("kind", "outcome"), [("cycle", "failed"), ("cycle", None), ("apply", "done"), ("undo", "done")]
)
def test_the_last_good_run_is_one_that_did_everything(
    database: Database, kind: str, outcome: str | None
) -> None:
    """Not one that failed or goes on, nor one that carried out only what a person picked."""
    with database.begin() as connection:
        nothing = runs.last_good_at(connection)
        runs.begin_run(connection, "good", "sync", NOW)
        runs.finish_run(connection, "good", Ending(LATER, "done", {}))
        runs.begin_run(connection, "other", kind, LATER)
        if outcome:
            runs.finish_run(connection, "other", Ending(LATER + timedelta(hours=1), outcome, {}))

        assert (nothing, runs.last_good_at(connection)) == (None, LATER)
