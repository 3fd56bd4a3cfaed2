"""`opsync status`, `runs` and `show`: the state and the story of every record."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from sync.cli import history
from sync.domain.model import Side
from sync.engine.lease import held_lease
from sync.engine.verdict import resolve_conflict
from sync.errors import OutcomeUnknown
from sync.store import runs as run_store
from tests.cli.console import Console, settings_with_state
from tests.engine.world import World


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    world = World(tmp_path)
    yield world
    world.close()


@pytest.fixture
def console(world: World, tmp_path: Path) -> Console:
    return Console(world, history.register, settings=settings_with_state(tmp_path))


def test_a_fresh_state_says_what_to_do(console: Console) -> None:
    """Nothing yet, and no error."""
    text = console.text("status")

    assert "none yet: run `opsync backfill`" in text
    assert "Cursor of SuperOffice: none (everything is read)" in text
    assert "Lease:    free" in text
    assert "state.db at revision" in text


def test_status_tells_states_run_cursor_and_lease(world: World, console: Console) -> None:
    """After a run, and while another one holds the lease."""
    world.a_sale()
    world.a_sale(title="Iceland", currency="5")
    world.sync()

    with held_lease(world.pairing):
        text, found = console.text("status"), console.json("status")

    assert "1 in sync, 1 parked" in text
    assert "Last run: sync " in text
    assert "1 created in ONLYOFFICE" in text
    assert "until 2026-11-22 08:03:00" in text
    assert found["states"]["parked"] == 1
    assert found["cursors"]["superoffice"] == "2"
    assert found["lease"]["holder"]
    assert console.json("status")["lease"] is None


def test_status_shows_writes_of_unknown_outcome(world: World, console: Console) -> None:
    """A lost answer is an open question until the next run."""
    world.a_sale()

    def lose(name: str) -> None:
        if name == "create_record":
            raise OutcomeUnknown("cut")

    world.right.after_write = lose
    world.sync()

    assert "create in ONLYOFFICE, link " in console.text("status")
    assert console.json("status")["intents"][0]["ambiguous"] is True


def test_status_shows_a_run_that_never_ended(world: World, console: Console) -> None:
    """Killed, or still going on."""
    with world.database.begin() as connection:
        run_store.begin_run(connection, "f" * 32, "backfill", world.clock())

    assert "Running:  backfill since 2026-11-22 08:00:00" in console.text("status")


def test_runs_are_listed_and_told(world: World, console: Console) -> None:
    """The list, then one of them with everything it did."""
    world.a_sale()
    report = world.sync()
    world.sync()

    listed, told = console.text("runs"), console.text("runs", report.run_id[:6])

    assert report.run_id[:8] in listed
    assert len(console.json("runs", "--limit", "1")["runs"]) == 1
    assert "created in ONLYOFFICE 1: new in SuperOffice" in told
    assert "title: Pump retrofit" in told
    assert console.json("runs", report.run_id)["journal"][0]["event"] == "found"
    assert "no run zzz" in console.trouble("runs", "zzz")


def test_a_record_tells_its_story(world: World, console: Console) -> None:
    """State, both bases side by side by name, and every event with old and new values."""
    sale_id = world.a_sale()
    world.sync()
    world.left.user_edits(sale_id, stage="open/11")
    world.sync()

    text = console.text("show", f"superoffice:{sale_id}")

    assert "in sync" in text
    assert "stage: Offer → Talk" in text
    row = next(line for line in text.splitlines() if line.split()[:1] == ["stage"])
    assert row.split() == ["stage", "First", "talk", "Talk"]
    assert "updated in ONLYOFFICE" in text


def test_a_word_of_a_person_stays_in_the_story(world: World, console: Console) -> None:
    """Both the value given up and the one taken, each by the name its own system uses."""
    sale_id = world.a_sale()
    world.sync()
    world.left.user_edits(sale_id, stage="open/11")
    world.right.user_edits(world.link_of(Side.LEFT, sale_id).right_id or "", stage="44")
    world.sync()
    resolve_conflict(world.pairing, f"superoffice:{sale_id}", "stage", Side.LEFT)

    text = console.text("show", f"superoffice:{sale_id}")

    assert "SuperOffice's value taken by hand  (by hand)" in text
    assert "stage: Lost → First talk" in text


def test_json_gives_bases_and_timeline(world: World, console: Console) -> None:
    """Values as stored."""
    sale_id = world.a_sale()
    world.sync()

    found = console.json("show", f"left:{sale_id}")

    assert found["bases"]["superoffice"]["stage"] == "open/12"
    assert found["bases"]["onlyoffice"]["stage"] == "42"
    assert [entry["event"] for entry in found["timeline"]] == ["found", "created", "in_sync"]
    assert "no link right:99" in console.trouble("show", "right:99")
