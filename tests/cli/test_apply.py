"""`opsync plan --out` and `opsync apply`: what was read is what is done, or it is refused by name."""

import json
import stat
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from sync.cli import apply, history, plan
from sync.domain.brakes import Brakes, Limit
from sync.errors import Misconfigured, RetryLater
from tests.cli.console import Console, settings_with_state
from tests.engine.world import World


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    world = World(tmp_path)
    yield world
    world.close()


@pytest.fixture
def console(world: World, tmp_path: Path) -> Console:
    registers = (plan.register, apply.register, history.register)
    return Console(world, *registers, settings=settings_with_state(tmp_path))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "monday.plan"


def held_world(world: World) -> None:
    """Ten pairs, and half of the sales edited under a limit of three."""
    ids = [world.a_sale(title=f"Deal {number}") for number in range(10)]
    world.sync()
    brakes = Brakes(updates=Limit(3, 30.0))
    world.with_(options=replace(world.pairing.options, brakes=brakes))
    for sale_id in ids[:5]:
        world.left.user_edits(sale_id, probability=99)


def test_a_kept_plan_is_private_and_says_how_to_go_on(world: World, console: Console, file: Path) -> None:
    """Mode 0600, no leftover beside it, no write anywhere, and the next command on stderr."""
    world.a_sale()

    result = console.run("plan", "--out", str(file))

    assert result.exit_code == 3
    assert f"the plan of 1 record is kept: carry it out with `opsync apply {file}`" in result.stderr
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert json.loads(file.read_text())["links"][0]["title"] == "Pump retrofit"
    assert [path.name for path in file.parent.iterdir() if "monday" in path.name] == ["monday.plan"]
    assert (world.links(), world.writes()) == ([], 0)


def test_a_file_is_overwritten_only_by_force(world: World, console: Console, file: Path) -> None:
    """Nobody is even called before the refusal."""
    world.a_sale()
    file.write_text("mine")

    assert "is there already" in console.trouble("plan", "--out", str(file))
    assert (file.read_text(), sum(world.left.calls.values())) == ("mine", 0)
    console.text("plan", "--out", str(file), "--force", code=3)
    assert "seal" in json.loads(file.read_text())


def test_a_plan_cannot_be_kept_without_tables(world: World, tmp_path: Path, file: Path) -> None:
    """The key that seals it is in the state database; making one is `migrate`'s task."""
    settings = settings_with_state(tmp_path, "not-there.db")

    said = Console(world, plan.register, settings=settings).trouble("plan", "--out", str(file))

    assert "run `opsync migrate`" in said
    assert not file.exists()
    assert not (tmp_path / "not-there.db").exists()


def test_a_folder_that_is_not_there_is_one_line(console: Console, tmp_path: Path) -> None:
    """No traceback for a wrong path."""
    said = console.trouble("plan", "--out", str(tmp_path / "nowhere" / "x.plan"))

    assert said.endswith("cannot be written (No such file or directory)")


def test_all_of_a_plan_is_done(world: World, console: Console, file: Path) -> None:
    """Exit code 0, recorded as a run of its own kind; a second time there is nothing left."""
    world.a_sale()
    world.an_opportunity(title="Other")
    console.text("plan", "--out", str(file), code=3)

    text = console.text("apply", str(file))

    assert "Apply done in" in text
    assert "Written: 1 created in ONLYOFFICE, 1 created in SuperOffice." in text
    assert "Of the plan: 2 of 2 records taken up." in text
    assert "apply" in console.text("runs")
    assert console.text("apply", str(file), code=4).count("there is nothing left to do") == 2


def test_what_moved_is_refused_by_name(world: World, console: Console, file: Path) -> None:
    """The edited record is left for the next plan, the other one is carried out; exit code 4."""
    moved = world.a_sale(title="Moved")
    world.a_sale(title="Still")
    console.text("plan", "--out", str(file), code=3)
    world.left.user_edits(moved, probability=1)

    text = console.text("apply", str(file), code=4)

    assert "Of the plan: 1 of 2 records taken up." in text
    assert f"refused  Moved [SuperOffice {moved} ↔ ONLYOFFICE –]: a record moved" in text
    assert [record.values["title"] for record in world.right.records.values()] == ["Still"]


def test_json_says_the_same(world: World, console: Console, file: Path) -> None:
    """With ids, title and reason of each refusal."""
    moved = world.a_sale(title="Moved")
    console.text("plan", "--out", str(file), code=3)
    world.left.user_edits(moved, probability=1)

    found = console.json("apply", str(file), code=4)

    (refused,) = found["refused"]
    assert (found["kind"], found["accepted"]) == ("apply", 0)
    assert (refused["superoffice_id"], refused["onlyoffice_id"], refused["title"]) == (moved, None, "Moved")


def test_a_record_that_fails_is_told_by_the_exit_code(world: World, console: Console, file: Path) -> None:
    """Not all of the plan is done: 1, although the run itself went on."""
    world.a_sale()
    console.text("plan", "--out", str(file), code=3)

    def stumble(name: str) -> None:
        if name == "create_record":
            raise RetryLater("away")

    world.right.before_call = stumble

    assert "Trying again next time: 1 link." in console.text("apply", str(file), code=1)


@pytest.mark.parametrize("content", ["", "{}", "changed", "\udcff"])
def test_a_file_that_is_no_plan_is_refused(world: World, console: Console, file: Path, content: str) -> None:
    """Empty, foreign, changed by hand, or no text at all: `Misconfigured`, which is exit code 2."""
    world.a_sale()
    console.text("plan", "--out", str(file), code=3)
    whole = file.read_text()
    text = whole.replace("Pump retrofit", "Pump refit") if content == "changed" else content
    file.write_bytes(text.encode(errors="surrogateescape"))

    assert isinstance(console.run("apply", str(file)).exception, Misconfigured)
    assert world.writes() == 0


def test_a_missing_file_is_one_line(console: Console, tmp_path: Path) -> None:
    """It names the file."""
    assert "nope.plan: cannot be read" in console.trouble("apply", str(tmp_path / "nope.plan"))


def test_a_brake_is_shown_by_the_plan_and_released_for_one_apply(
    world: World, console: Console, file: Path
) -> None:
    """Exit code 4 with the numbers; the reason of the release is in the run's record."""
    held_world(world)

    shown = console.text("plan", "--out", str(file), code=4)
    writes = world.writes()
    held = console.text("apply", str(file), code=4)
    assert world.writes() == writes
    world.clock.wait(60)
    console.text("apply", str(file), "--release", "list prices, Anna knows")
    run_id = console.json("runs")["runs"][0]["id"]

    assert "! held by a brake: too many updates in ONLYOFFICE: 5 of 10 links" in shown
    assert "opsync sync --release REASON" in shown
    assert "Held: held by a brake: too many updates" in held
    assert "brakes released by hand: list prices, Anna knows" in console.text("runs", run_id)
    assert world.writes() == writes + 5


def test_json_of_a_plan_names_the_brakes(world: World, console: Console) -> None:
    """As a list, empty when nothing holds."""
    assert console.json("plan")["held_by"] == []
    held_world(world)

    (trip,) = console.json("plan", code=4)["held_by"]

    assert trip.startswith("too many updates in ONLYOFFICE: 5 of 10 links")
