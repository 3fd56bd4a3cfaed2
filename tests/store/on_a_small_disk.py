"""What opsync does when the disk under its state is really full; `test_disk_full` runs it on a small disk."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from sync.domain.model import Record
from sync.errors import StateTrouble
from sync.store.database import Database, migrate, migrate_if_empty
from tests.daemon.bench import Bench, heard, named
from tests.engine.world import World
from tests.security.installation import (
    LABELS,
    ONLYOFFICE,
    SUPEROFFICE,
    Installation,
    an_installation,
    the_one_line,
)
from tests.store.shortage import (
    BLOCK,
    DEALS,
    NO_SPACE,
    Disk,
    a_busy_world,
    at,
    both_agree,
    comes_through,
    go_on,
    intents,
    wait_for_lease,
)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    """As empty for the next test as it was for this one."""
    yield Disk(tmp_path)
    shutil.rmtree(tmp_path)


@pytest.fixture
def world(tmp_path: Path, disk: Disk) -> Iterator[World]:
    world = World(tmp_path)
    yield world
    world.close()


def test_a_migration_is_all_or_nothing(tmp_path: Path, disk: Disk) -> None:
    """However little is free: either all tables are there or none, and with space it is made good."""
    outcomes = []
    for leave in range(0, 50 * BLOCK, 3 * BLOCK):
        url = f"sqlite:///{tmp_path / f'{leave}.db'}"
        disk.fill(leave)
        try:
            migrate(url)
            outcomes.append(True)
        except StateTrouble as trouble:
            assert str(trouble).endswith(NO_SPACE)
            outcomes.append(False)
        disk.free()
        assert migrate_if_empty(url) is not outcomes[-1]
        current(url)
        for left_over in tmp_path.glob("*.db*"):
            left_over.unlink()

    assert set(outcomes) == {True, False}


def current(url: str) -> None:
    opened = Database(url)
    opened.require_current()
    opened.close()


def test_an_upgrade_that_finds_no_room_changes_nothing(tmp_path: Path, world: World, disk: Disk) -> None:
    """The tables of an opened, migrated database stay as they are, and readable once there is room."""
    world.a_sale()
    world.sync()
    before = world.links()
    world.close()
    disk.fill()

    with pytest.raises(StateTrouble, match=NO_SPACE):
        migrate(f"sqlite:///{tmp_path / 'state.db'}")
    disk.free()

    assert world.links() == before


def test_a_database_cannot_be_opened_without_room(world: World, disk: Disk) -> None:
    """SQLite needs some blocks beside the file even for reading; the line does not blame the disk itself."""
    world.close()
    disk.fill()

    with pytest.raises(StateTrouble, match=NO_SPACE):
        world.links()


def test_no_run_begins(world: World, disk: Disk) -> None:
    """Full from the start: no CRM is even asked; with space the same command does everything."""
    world.a_sale()
    world.an_opportunity(title="Another")
    world.sync(full=True)
    world.a_sale(title="New")
    asked, written = world.left.calls.copy(), world.writes()
    disk.fill()

    with pytest.raises(StateTrouble, match=NO_SPACE):
        world.sync()

    assert (world.left.calls, world.writes()) == (asked, written)
    disk.free()
    assert world.sync().writes == {"created right": 1}
    both_agree(world, 3)


def test_no_write_without_its_intent(world: World, disk: Disk) -> None:
    """Full just before the intent is saved: the update is not sent, and follows when there is space."""
    sale_id = world.a_sale()
    world.sync()
    world.left.user_edits(sale_id, title="Edited")
    written = world.writes()
    world.right.before_call = at("fetch_census", disk.fill)

    with pytest.raises(StateTrouble, match=NO_SPACE):
        world.sync()

    assert (world.writes(), intents(world)) == (written, [])
    go_on(world, disk)
    both_agree(world, 1)


def test_no_create_without_its_link(world: World, disk: Disk) -> None:
    """Full just before a new link is saved, whose id would be the stamp: nothing is created."""
    world.a_sale()
    world.right.before_call = at("fetch_census", disk.fill)

    with pytest.raises(StateTrouble, match=NO_SPACE):
        world.sync()

    assert (world.writes(), world.links()) == (0, [])
    go_on(world, disk)
    both_agree(world, 1)


def test_a_create_whose_link_could_not_be_saved_has_no_twin(world: World, disk: Disk) -> None:
    """Full just after the CRM said yes: the record is found again by its stamp."""
    world.a_sale()
    world.right.after_write = at("create_record", disk.fill)

    with pytest.raises(StateTrouble, match=NO_SPACE):
        world.sync()

    assert [link.right_id for link in world.links()] == [None]
    assert [intent.link_id for intent in intents(world)] == [record.stamp for record in made(world)]
    go_on(world, disk)
    both_agree(world, 1)
    assert world.writes() == 1


def made(world: World) -> list[Record]:
    return list(world.right.records.values())


def test_an_update_whose_base_could_not_be_moved_is_no_edit(world: World, disk: Disk) -> None:
    """Full just after an update: what we wrote is not taken for a person's edit, and nothing goes back."""
    sale_id = world.a_sale()
    world.sync()
    world.left.user_edits(sale_id, title="Edited")
    world.right.after_write = at("update_record", disk.fill)

    with pytest.raises(StateTrouble, match=NO_SPACE):
        world.sync()

    written = world.writes()
    go_on(world, disk)
    both_agree(world, 1)
    assert world.writes() == written


def test_wherever_it_ends_nothing_is_lost_or_doubled(tmp_path: Path, disk: Disk) -> None:
    """From no free block to plenty: one clear line or a complete run, and afterwards both sides agree."""
    outcomes = []
    for leave in range(0, 272 * BLOCK, 16 * BLOCK):
        world = a_busy_world(tmp_path / str(leave))
        disk.fill(leave)
        outcomes.append(comes_through(world))
        go_on(world, disk)
        both_agree(world, DEALS)
        world.close()
        shutil.rmtree(tmp_path / str(leave))

    assert set(outcomes) == {True, False}


def test_the_daemon_waits_for_space(world: World, disk: Disk) -> None:
    """Told once, nothing written meanwhile; with space it goes on by itself."""
    world.a_sale()
    bench = Bench(world)
    disk.fill()

    with heard() as events:
        stuck = bench.tick(3)
        writes = world.writes()
        disk.free()
        wait_for_lease(world)
        after = bench.tick(5)

    assert stuck[0] == "state_down"
    assert "done" not in stuck
    assert writes == 0
    assert after[-1] == "done"
    (told,) = named(events, "state.lost")
    assert told["error"].endswith(NO_SPACE)
    both_agree(world, 1)


@pytest.fixture
def installation(tmp_path: Path, disk: Disk) -> Iterator[Installation]:
    with an_installation(tmp_path, sales=20) as installation:
        yield installation


def test_every_command_says_it_in_one_line(installation: Installation, disk: Disk) -> None:
    """Exit code 1, what to do, nothing written on either side; with space the very command works."""
    disk.fill()
    fresh = [installation.run(name) for name in ("migrate", "sync", "backfill", "status")]
    disk.free()
    assert installation.run("migrate").exit_code == 0
    disk.fill()
    migrated = [installation.run(name) for name in ("migrate", "sync", "backfill", "status", "plan")]

    results = [*fresh, *migrated]
    assert {result.exit_code for result in results} == {1}
    assert [the_one_line(result).endswith(NO_SPACE) for result in results] == [True] * len(results)
    assert [installation.writes(side) for side in LABELS] == [0, 0]
    disk.free()
    assert installation.run("backfill").exit_code == 0
    assert installation.run("plan", "--full").exit_code == 0


def test_a_backfill_that_runs_out_of_space_goes_on(installation: Installation, disk: Disk) -> None:
    """It ends somewhere in the middle with one line; the next one completes it, and nothing is doubled."""
    installation.environ["OPSYNC_STATE__LEASE_S"] = "1"
    assert installation.run("migrate").exit_code == 0
    disk.fill(leave=120 * BLOCK)
    ended = installation.run("backfill")
    written = sum(installation.writes(side) for side in LABELS)
    disk.free()
    again = installation.run("backfill")
    while "another opsync" in again.stderr:
        again = installation.run("backfill")

    assert (ended.exit_code, ended.stdout) == (1, "")
    assert ended.stderr.splitlines()[-1].endswith(NO_SPACE)
    assert written > 0
    assert again.exit_code == 0
    assert installation.run("plan", "--full").exit_code == 0
    assert len(installation.records(SUPEROFFICE)) == len(installation.records(ONLYOFFICE))
    assert json.loads(installation.run("audit", "--json").stdout)["findings"] == []
