"""`opsync undo`: shown first, done with --apply; what cannot go back is named."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from sync.cli import undo
from sync.domain.model import Side
from sync.errors import RetryLater
from tests.cli.console import Console
from tests.engine.world import World


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    world = World(tmp_path)
    yield world
    world.close()


@pytest.fixture
def console(world: World) -> Console:
    return Console(world, undo.register)


def an_edited_pair(world: World) -> tuple[str, str, str]:
    """Sale, opportunity and the run that carried an edit of title and stage from one to the other."""
    sale_id = world.a_sale()
    world.sync()
    world.left.user_edits(sale_id, title="Edited", stage="open/11")
    report = world.sync()
    return sale_id, world.link_of(Side.LEFT, sale_id).right_id or "", report.run_id


def test_the_way_back_is_shown_before_it_is_taken(world: World, console: Console) -> None:
    """Old and new by field, with names; nothing is written; exit code 3."""
    sale_id, right_id, run_id = an_edited_pair(world)
    writes = world.writes()

    text = console.text("undo", run_id[:7], code=3)

    assert f"[SuperOffice {sale_id} ↔ ONLYOFFICE {right_id}]" in text
    assert "~ update in ONLYOFFICE: taken back" in text
    assert "title: Edited → Pump retrofit" in text
    assert "stage: Talk → Offer" in text
    assert "1 record can be taken back, 0 not or not wholly. Nothing was written." in text
    assert world.writes() == writes


def test_apply_takes_it_back(world: World, console: Console) -> None:
    """The opportunity is as it was; a second time nothing can be done any more."""
    _, right_id, run_id = an_edited_pair(world)

    text = console.text("undo", run_id, "--apply")

    assert "1 record taken back, 0 not or not wholly." in text
    assert world.right.records[right_id].values["title"] == "Pump retrofit"
    assert world.sync().writes == {}
    assert "cannot be taken back: " in console.text("undo", run_id, "--apply", code=4)


def test_a_record_is_named_as_everywhere(world: World, console: Console) -> None:
    """By sale, opportunity or link id: the last run that wrote it."""
    sale_id, right_id, _ = an_edited_pair(world)
    link_id = world.link_of(Side.LEFT, sale_id).id

    for wanted in (f"superoffice:{sale_id}", f"onlyoffice:{right_id}", link_id, link_id[:8]):
        assert "title: Edited → Pump retrofit" in console.text("undo", wanted, code=3)


def test_what_was_edited_since_is_left_alone(world: World, console: Console) -> None:
    """Field by field; the rest goes back; exit code 4."""
    _, right_id, run_id = an_edited_pair(world)
    world.right.user_edits(right_id, title="By a person")

    assert "! left alone: title in ONLYOFFICE: edited since" in console.text("undo", run_id, code=3)
    console.text("undo", run_id, "--apply", code=4)

    values = world.right.records[right_id].values
    assert (values["title"], values["stage"]) == ("By a person", "42")


def test_a_creation_goes_away_and_says_what_becomes_of_its_partner(world: World, console: Console) -> None:
    """A note beside the deletion is no refusal: exit code 0."""
    world.a_sale()
    run_id = world.sync().run_id

    shown = console.text("undo", run_id, code=3)
    console.text("undo", run_id, "--apply")

    assert "- delete in ONLYOFFICE: taken back" in shown
    assert "· note: SuperOffice keeps its record" in shown
    assert world.right.records == {}


def test_what_cannot_go_back_at_all_is_named(world: World, console: Console) -> None:
    """Nothing else to do in that run: exit code 4, with and without --apply."""
    world.a_sale()
    run_id = world.sync().run_id
    world.right.records.clear()

    for more in ((), ("--apply",)):
        text = console.text("undo", run_id, *more, code=4)
        assert "! cannot be taken back: ONLYOFFICE 1 is not there any more" in text


def test_a_run_without_writes_has_no_way_back(world: World, console: Console) -> None:
    """It says so; exit code 0."""
    assert "it wrote nothing" in console.text("undo", world.sync().run_id)


def test_a_failure_is_told(world: World, console: Console) -> None:
    """The side is away while it is taken back: exit code 1, by name."""
    _, _, run_id = an_edited_pair(world)

    def stumble(name: str) -> None:
        if name == "update_record":
            raise RetryLater("away")

    world.right.before_call = stumble

    assert "failed  Edited [" in console.text("undo", run_id, "--apply", code=1)


def test_nobody_s_id_is_one_line(world: World, console: Console) -> None:
    """Neither a run nor a link."""
    assert "no run zzz" in console.trouble("undo", "zzz")
    assert "no link superoffice:1" in console.trouble("undo", "superoffice:1")


def test_json_says_the_same(world: World, console: Console) -> None:
    """Before and after."""
    _, _, run_id = an_edited_pair(world)

    (shown,) = console.json("undo", run_id, code=3)["steps"]
    found = console.json("undo", run_id, "--apply")

    assert shown["actions"][0]["fields"]["title"] == {"old": "Edited", "new": "Pump retrofit"}
    assert (shown["done"], found["applied"], found["steps"][0]["done"]) == (False, True, True)
