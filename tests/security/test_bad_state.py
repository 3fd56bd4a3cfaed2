"""A state database that cannot be used stops every command before any CRM is asked, in one helpful line."""

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path

import pytest

from sync.store.database import Database
from tests.security.installation import LABELS, SUPEROFFICE, Installation, the_one_line

COMMANDS = ("sync", "backfill", "status", "links", "conflicts list", "serve --once")
WAIT_S = 0.1


def noise(path: Path) -> None:
    """Overwritten behind the header, as by a failing disk."""
    content = path.read_bytes()
    path.write_bytes(content[:100] + b"\xff" * (len(content) - 100))


def a_letter(path: Path) -> None:
    path.write_text("a letter to my aunt " * 100)


def at_revision(revision: str) -> Callable[[Path], None]:
    return lambda path: execute(path, f"UPDATE opsync_revision SET version_num = '{revision}'")


def another_program(path: Path) -> None:
    path.unlink()
    execute(path, "CREATE TABLE invoices (id INTEGER)")


def execute(path: Path, statement: str) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute(statement)


def a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


STATES: dict[str, tuple[Callable[[Path], None], str]] = {
    "damaged": (noise, "is damaged: restore a backup"),
    "no database": (a_letter, "is not a SQLite database: move the file away or"),
    "newer": (at_revision("9999"), "is at revision 9999: this opsync is too old, upgrade it"),
    "older": (at_revision("0001"), "is of an older opsync: run 'opsync migrate'"),
    "somebody else's": (another_program, "holds only another program's tables: point the"),
    "a folder": (a_folder, "cannot be"),
}


@pytest.fixture
def state(installation: Installation) -> Iterator[Path]:
    """A migrated state database, and after the test none."""
    path = installation.config.parent / "opsync.db"
    assert installation.run("migrate").exit_code == 0
    yield path
    if path.is_dir():
        path.rmdir()


def contents(path: Path) -> object:
    """What is stored; of a file that is no readable database, its bytes."""
    if path.is_dir():
        return list(path.iterdir())
    try:
        with closing(sqlite3.connect(path)) as connection:
            return list(connection.iterdump())
    except sqlite3.DatabaseError:
        return path.read_bytes()


def nobody_was_asked(installation: Installation) -> bool:
    return not any(installation.ask(side, "GET", "counters")["totals"]["requests"] for side in LABELS)


@pytest.mark.parametrize("case", STATES)
def test_a_state_that_cannot_be_used(installation: Installation, state: Path, case: str) -> None:
    """Exit code 1, one line with the file and what to do; no call to a side, and the file is as it was. An
    older one is upgraded by the daemon itself."""
    spoil, advice = STATES[case]
    spoil(state)
    before = contents(state)

    commands = [command for command in COMMANDS if case != "older" or not command.startswith("serve")]
    results = {command: installation.run(*command.split()) for command in commands}

    for command, result in results.items():
        line = the_one_line(result)
        assert result.exit_code == 1, command
        assert f"the state database {state} " in line, command
        assert advice in line, command
    assert nobody_was_asked(installation)
    assert contents(state) == before


@contextmanager
def impatient() -> Iterator[None]:
    """Locks are waited for a moment only."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sync.store.migration.LOCK_WAIT_S", WAIT_S)
        patch.setattr("sync.wiring.Database", partial(Database, wait_s=WAIT_S))
        yield


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Another process is writing, and does not end."""
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


def test_a_state_that_is_locked(own_installation: Installation) -> None:
    """Exit code 1 and one line that says to wait; nothing is asked, and unlocked the same command works."""
    assert own_installation.run("migrate").exit_code == 0
    state = own_installation.config.parent / "opsync.db"

    with impatient(), locked(state):
        results = {command: own_installation.run(*command.split()) for command in (*COMMANDS, "migrate")}

    for command, result in results.items():
        assert (result.exit_code, command) == (1, command)
        assert "is locked by another process: stop that one or wait, then try again" in the_one_line(result)
    assert nobody_was_asked(own_installation)
    assert own_installation.run("backfill").exit_code == 0


def test_a_state_that_gets_locked_while_a_run_reads(own_installation: Installation) -> None:
    """The run ends with that line before its first write; the next one does everything, once."""
    own_installation.environ["OPSYNC_STATE__LEASE_S"] = "1"
    assert own_installation.run("migrate").exit_code == 0
    own_installation.fault(SUPEROFFICE, kind="delay", delay_s=1.0, times=1, path="/api/v1/")

    with impatient(), locked_when_begun(own_installation.config.parent / "opsync.db"):
        result = own_installation.run("backfill")

    assert (result.exit_code, result.stdout) == (1, "")
    assert "is locked by another process" in result.stderr.splitlines()[-1]
    assert [own_installation.writes(side) for side in LABELS] == [0, 0]
    while "another opsync" in (again := own_installation.run("backfill")).stderr:
        pass  # until the lease that could not be given back has run out
    assert again.exit_code == 0
    assert own_installation.run("plan", "--full").exit_code == 0


@contextmanager
def locked_when_begun(path: Path) -> Iterator[None]:
    """From the moment a run holds the lease until the end of the block."""
    over = threading.Event()

    def lock() -> None:
        with closing(sqlite3.connect(path, isolation_level=None)) as reader:
            while not over.is_set() and not reader.execute("SELECT count(*) FROM lease").fetchone()[0]:
                pass
        with locked(path):
            over.wait()

    locking = threading.Thread(target=lock)
    locking.start()
    yield
    over.set()
    locking.join()
