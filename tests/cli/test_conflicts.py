"""`opsync conflicts`: what a person sees of a conflict, and the word that ends it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from sync.cli import conflicts
from sync.domain.model import Side
from sync.errors import SideDown
from tests.cli.console import Console
from tests.engine.world import World


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """One pair whose stage was changed on both sides."""
    world = World(tmp_path)
    sale_id = world.a_sale()
    world.sync()
    world.left.user_edits(sale_id, stage="open/11")
    world.right.user_edits(world.link_of(Side.LEFT, sale_id).right_id or "", stage="44")
    world.sync()
    yield world
    world.close()


@pytest.fixture
def console(world: World) -> Console:
    return Console(world, conflicts.register)


def test_the_list_shows_both_values_by_name(console: Console) -> None:
    """Stage names of both systems, not their ids."""
    text = console.text("conflicts", "list")

    assert "First talk" in text
    assert "Lost" in text
    assert "1 link in conflict" in text


def test_one_conflict_is_shown_with_what_was_before_and_how_to_decide(world: World, console: Console) -> None:
    """The command to type is on the screen."""
    link = world.links()[0]

    text = console.text("conflicts", "show", link.id)

    assert "stage: stage changed on both sides (since 2026-11-22 08:02:00)" in text
    assert "SuperOffice First talk" in text
    assert "ONLYOFFICE  Lost" in text
    assert "before      Proposal" in text
    assert f"opsync conflicts resolve {link.id[:8]} stage --take superoffice|onlyoffice" in text


def test_a_side_that_is_down_costs_only_the_names(world: World, console: Console) -> None:
    """Ids instead of names, a line on stderr, and the command works."""

    def down(_name: str) -> None:
        raise SideDown("no answer")

    world.left.before_call = down
    result = console.run("conflicts", "list")

    assert result.exit_code == 0
    assert "open/11" in result.stdout
    assert "SuperOffice did not tell its lists" in result.stderr


@pytest.mark.parametrize(("take", "loser"), [("superoffice", "ONLYOFFICE"), ("onlyoffice", "SuperOffice")])
def test_a_word_ends_it(world: World, console: Console, take: str, loser: str) -> None:
    """After one sync both sides are equal and nothing is open."""
    sale_id = world.links()[0].left_id or ""

    text = console.text("conflicts", "resolve", f"superoffice:{sale_id}", "stage", "--take", take)
    world.sync()

    assert f"the next sync writes its value to {loser}" in text
    right_id = world.links()[0].right_id or ""
    pair = (world.left.records[sale_id].values["stage"], world.right.records[right_id].values["stage"])
    assert pair == (("open/11", "41") if take == "superoffice" else ("lost", "44"))
    assert console.json("conflicts", "list") == {"conflicts": []}


def test_json_keeps_the_values_as_stored(world: World, console: Console) -> None:
    """Machines get ids."""
    case = console.json("conflicts", "list")["conflicts"][0]
    verdict = console.json("conflicts", "resolve", world.links()[0].id, "stage", "--take", "onlyoffice")

    assert case["fields"][0]["superoffice"] == "open/11"
    assert (verdict["kept"], verdict["given_up"], verdict["state"]) == ("44", "open/11", "pending")


def test_a_whole_record_in_conflict_is_listed_too(world: World, console: Console) -> None:
    """Deleted here, edited there: no field to choose, so the ways out are named."""
    sale_id = world.a_sale(title="Torn")
    world.sync()
    link = world.link_of(Side.LEFT, sale_id)
    world.right.user_deletes(link.right_id or "")
    world.left.user_edits(sale_id, title="Still alive")
    world.sync()
    world.clock.wait(600)
    world.sync()

    assert "deleted in ONLYOFFICE, edited in SuperOffice" in console.text("conflicts", "list")
    assert "edited_after_delete" in console.text("conflicts", "show", link.id)


def test_nothing_to_decide_is_said(world: World, console: Console) -> None:
    """A wrong field names the right ones; a missing choice is wrong use."""
    link = world.links()[0]

    said = console.trouble("conflicts", "resolve", link.id, "title", "--take", "onlyoffice")

    assert said.endswith("no conflict in title; it has: stage")
    assert console.run("conflicts", "resolve", link.id, "stage").exit_code == 2
