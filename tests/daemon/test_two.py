"""Two daemons on one state database: one writes, the other waits, and takes over when the first is dead."""

import signal
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from sync.store import journal as journal_store
from sync.store import links as link_store
from sync.store import runs as run_store
from sync.store.database import Database
from sync.store.journal import Entry
from sync.store.runs import Run
from sync.wiring import real_clock
from tests.daemon.process import PATIENCE_S, Process, Stage, a_stage

SALES = 24
LEASE_S = 4.0
INTERVAL_S = 1.0
SLOW_S = 0.5
"""How long a write takes; what the killed daemon had sent may still land after its death."""
ENVIRON = {
    "OPSYNC_STATE__LEASE_S": str(LEASE_S),
    "OPSYNC_SCHEDULE__INTERVAL_S": str(INTERVAL_S),
    "OPSYNC_POLICY__SETTLE_S": str(4 * SLOW_S),
    "OPSYNC_BUDGET__WORKERS": "1",
}


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    with a_stage(tmp_path, sales=SALES) as stage:
        yield stage


@pytest.fixture
def start(stage: Stage) -> Iterator[Callable[[], Process]]:
    """Starts one more daemon; all of them end with the test."""
    processes: list[Process] = []

    def start() -> Process:
        processes.append(Process(stage, **ENVIRON))
        return processes[-1]

    yield start
    for process in processes:
        process.close()


@pytest.fixture
def state(stage: Stage) -> Iterator[Database]:
    database = Database(f"sqlite:///{stage.config.with_suffix('.db')}")
    yield database
    database.close()


def slow_writes(stage: Stage) -> None:
    for side in ("superoffice", "onlyoffice"):
        fault = {"kind": "delay", "delay_s": SLOW_S, "times": -1, "writes_only": True, "path": "/api/"}
        stage.control(side, "faults", fault)


def runs(state: Database) -> list[Run]:
    """Oldest first."""
    with state.read() as connection:
        return run_store.load_runs(connection, 10_000)[::-1]


def written_by(state: Database, run: Run) -> list[Entry]:
    with state.read() as connection:
        entries = journal_store.load_entries_of_run(connection, run.id)
    return [entry for entry in entries if entry.event in ("created", "updated", "deleted")]


def until_written(state: Database) -> None:
    """Until the one run there is has written something."""
    deadline = real_clock() + timedelta(seconds=PATIENCE_S)
    while not written_by(state, runs(state)[0]):
        assert real_clock() < deadline, "nothing was written"


def until_in_sync(process: Process) -> None:
    """Until a cycle ends in which nothing waits any more."""
    while set(process.until("cycle.finished")["links"]) != {"in_sync"}:
        pass


def no_twin(stage: Stage, state: Database) -> bool:
    """One pair a link, on either server no record beyond them, and none written twice."""
    with state.read() as connection:
        links = link_store.load_links(connection)
    sales = stage.look("superoffice", "dump")["sales"]
    opportunities = stage.look("onlyoffice", "dump")["opportunities"]
    return all(link.whole for link in links) and len(links) == len(sales) == len(opportunities)


def test_the_second_waits_and_takes_over_from_the_dead(
    stage: Stage, state: Database, start: Callable[[], Process]
) -> None:
    """It writes nothing while the first one lives, goes on within the lease after kill -9, makes no twin."""
    slow_writes(stage)
    first = start()
    first.until("daemon.started")
    second = start()
    waiting = second.until("lease.awaited")
    until_written(state)
    alone = runs(state)
    killed_at = kill(first)
    stage.heal()
    left = len(written_by(state, alone[0]))
    second.until("lease.taken")
    until_in_sync(second)

    assert "another opsync" in waiting["error"]
    assert (len(alone), alone[0].finished_at) == (1, None)
    assert 0 < left < sum(len(written_by(state, run)) for run in runs(state))
    took_over = runs(state)[1]
    assert killed_at < took_over.started_at
    assert took_over.started_at - killed_at <= timedelta(seconds=LEASE_S + 2 * INTERVAL_S + SLOW_S)
    assert all(entry.at > killed_at for run in runs(state)[1:] for entry in written_by(state, run))
    assert no_twin(stage, state)


def kill(process: Process) -> datetime:
    """The moment before its last breath."""
    at = real_clock()
    process.send(signal.SIGKILL)
    process.ended()
    return at


def test_the_second_takes_over_at_once_from_one_that_leaves(
    stage: Stage, state: Database, start: Callable[[], Process]
) -> None:
    """SIGTERM gives the lease back: no waiting until it runs out, and no write twice."""
    slow_writes(stage)
    first = start()
    first.until("daemon.started")
    second = start()
    second.until("lease.awaited")
    first.send(signal.SIGTERM)
    code, _ = first.ended()
    left_at = real_clock()
    stage.heal()
    second.until("lease.taken")
    until_in_sync(second)

    assert code == 0
    assert runs(state)[0].outcome == "stopped"
    assert runs(state)[1].started_at - left_at <= timedelta(seconds=INTERVAL_S + LEASE_S / 2)
    assert no_twin(stage, state)


def test_two_started_together_write_everything_once(
    stage: Stage, state: Database, start: Callable[[], Process]
) -> None:
    """On a database that does not even exist: one makes the tables, each write is made by one of them."""
    pair = [start(), start()]
    pair.sort(key=lambda process: process.until("cycle.finished", "lease.awaited")["event"])

    for process in pair:  # the one that works, then the one that stands by
        until_in_sync(process)
        process.send(signal.SIGTERM)

    assert [process.ended()[0] for process in pair] == [0, 0]
    creates = [entry for run in runs(state) for entry in written_by(state, run) if entry.event == "created"]
    assert len({(entry.link_id, entry.side) for entry in creates}) == len(creates) > 0
    assert no_twin(stage, state)
