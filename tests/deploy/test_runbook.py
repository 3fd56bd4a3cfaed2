"""What the runbook promises is so: its commands exist, and an old backup does no harm."""

import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
import typer

from sync.cli.main import build
from sync.engine.reach import EVERYTHING
from sync.engine.run import plan_only
from sync.store.database import Database
from tests.deploy.files import text
from tests.engine.world import World

PAGES = ("runbook.md", "README.md")


def commands() -> set[str]:
    group = typer.main.get_command(build())
    return set(getattr(group, "commands", {}))


@pytest.mark.parametrize("page", PAGES)
def test_every_command_exists(page: str) -> None:
    """Nobody learns at night that a command has another name."""
    told = set(re.findall(r"(?:`|^    |-- |/)opsync (?!is|as|with|in\b)([a-z]+)", text(page), re.MULTILINE))

    assert told
    assert told - commands() == set()


@pytest.mark.parametrize("page", PAGES)
def test_every_setting_exists(page: str) -> None:
    """`[section] key` and `section.key` alike."""
    example = text("../config/opsync.example.toml")
    named = set(re.findall(r"`(?:\[\w+\] )?(?:state|web|schedule|log|policy)?\.?(\w+_\w+)`", text(page)))

    assert {name for name in named if f"{name} =" not in example and not name.startswith("opsync_")} == set()


@pytest.mark.parametrize("page", PAGES)
def test_every_file_named_is_there(page: str) -> None:
    """Links do not lead nowhere."""
    linked = re.findall(r"\]\(([\w./]+)\)", text(page))

    assert linked
    assert all(text(name) for name in linked)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    world = World(tmp_path)
    yield world
    world.close()


def online_backup(source: Path, target: Path) -> None:
    with closing(sqlite3.connect(source)) as original, closing(sqlite3.connect(target)) as copy:
        original.backup(copy)


def vacuum_into(source: Path, target: Path) -> None:
    with closing(sqlite3.connect(source)) as original:
        original.execute("VACUUM INTO ?", (str(target),))


@pytest.mark.parametrize("copy", [online_backup, vacuum_into])
def test_a_backup_made_while_it_runs_is_whole(
    world: World, tmp_path: Path, copy: Callable[[Path, Path], None]
) -> None:
    """Both ways that the runbook names, with the service's connections open."""
    world.a_sale()
    world.sync()

    copy(tmp_path / "state.db", tmp_path / "backup.db")

    with closing(sqlite3.connect(tmp_path / "backup.db")) as backup:
        assert backup.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert backup.execute("SELECT count(*) FROM links").fetchall() == [(1,)]
        assert backup.execute("PRAGMA auto_vacuum").fetchall() == [(2,)]


def test_a_state_of_yesterday_does_no_harm(world: World, tmp_path: Path) -> None:
    """What was linked, made and edited since is found again: nothing is written, nothing is there twice."""
    old = world.a_sale(title="Old")
    world.sync()
    online_backup(tmp_path / "state.db", tmp_path / "backup.db")
    world.left.user_edits(old, title="Edited since")
    world.a_sale(title="Made since")
    world.an_opportunity(title="Made there since")
    world.sync()
    world.sync()
    before = world.writes(), len(world.left.records), len(world.right.records)

    restore(world, tmp_path / "backup.db")
    plans = plan_only(world.pairing, EVERYTHING).plans
    report = world.sync(full=True)

    assert [action for plan in plans for action in plan.actions] == []
    assert (report.outcome, report.writes) == ("done", {})
    assert (world.writes(), len(world.left.records), len(world.right.records)) == before
    assert len(world.links()) == 3
    assert all(link.whole for link in world.links())


def restore(world: World, backup: Path) -> None:
    """As told under Restore: the copy in place, without the log of the one before."""
    world.database.close()
    state = backup.with_name("state.db")
    for path in state.parent.glob("state.db-*"):
        path.unlink()
    state.write_bytes(backup.read_bytes())
    world.database = Database(f"sqlite:///{state}")
    world.with_(database=world.database)
