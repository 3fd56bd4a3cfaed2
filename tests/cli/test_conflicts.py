"""`opsync conflicts`: what a person sees of a conflict, and the word that ends it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from sync.cli import conflicts, history
from sync.domain.link import Link, LinkState
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
    return Console(world, conflicts.register, history.register)


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


@pytest.fixture
def torn(world: World) -> Link:
    """A second pair, deleted in ONLYOFFICE and edited in SuperOffice."""
    sale_id = world.a_sale(title="Torn")
    world.sync()
    link = world.link_of(Side.LEFT, sale_id)
    world.right.user_deletes(link.right_id or "")
    world.left.user_edits(sale_id, title="Still alive")
    world.sync()
    world.clock.wait(600)
    world.sync()
    return link


def test_a_whole_record_in_conflict_is_listed_too(console: Console, torn: Link) -> None:
    """Deleted here, edited there: no field to choose, so what was edited and the two ways out are shown."""
    listed, shown = console.text("conflicts", "list"), console.text("conflicts", "show", torn.id)

    assert "(record)" in listed
    assert "deleted in ONLYOFFICE, edited in SuperOffice" in listed
    assert "title: Torn → Still alive" in shown
    command = f"opsync conflicts resolve {torn.id[:8]} --whole"
    assert f"{command} restore --reason …  (made again in ONLYOFFICE)" in shown
    assert f"{command} accept --reason …  (stays deleted; SuperOffice {torn.left_id} is kept)" in shown


def test_a_whole_record_is_restored_by_a_word(world: World, console: Console, torn: Link) -> None:
    """One command and one sync: the opportunity is there again, with the edit, and the reason is kept."""
    command = ("conflicts", "resolve", torn.id[:8], "--whole", "restore", "--reason", "deleted by mistake")

    said = console.text(*command)
    world.sync()

    pair = f"ONLYOFFICE {torn.right_id} is made again from SuperOffice {torn.left_id}"
    assert said == f"{pair}; the next sync carries it out\n"
    again = world.link_of(Side.LEFT, torn.left_id or "")
    assert world.right.records[again.right_id or ""].values["title"] == "Still alive"
    shown = console.text("show", torn.id)
    assert f"decided in SuperOffice {torn.left_id}: {pair}: deleted by mistake  (by hand)" in shown
    assert "title: Torn → Still alive" in shown


def test_an_accepted_deletion_is_told_to_machines(world: World, console: Console, torn: Link) -> None:
    """What is given up, and the state until the next sync; then the record is buried and nothing is open."""
    before = console.json("conflicts", "show", torn.id)
    said = console.json("conflicts", "resolve", torn.id, "--whole", "accept", "--reason", "they left")
    world.sync()

    assert (before["gone"], before["fields"]) == ("onlyoffice", [])
    assert said == {
        "link": torn.id,
        "whole": "accept",
        "gone": "onlyoffice",
        "edits": {"title": {"before": "Torn", "now": "Still alive"}},
        "state": "pending",
    }
    assert world.link_of(Side.LEFT, torn.left_id or "").state is LinkState.BURIED
    assert torn.id not in console.text("conflicts", "list")


def test_a_side_that_is_down_costs_only_the_view_of_the_edit(
    world: World, console: Console, torn: Link
) -> None:
    """The ways out are shown all the same."""

    def down(_name: str) -> None:
        raise SideDown("no answer")

    world.left.before_call = down
    result = console.run("conflicts", "show", torn.id)

    assert result.exit_code == 0
    assert "what was edited cannot be shown: no answer" in result.stderr
    assert "--whole restore" in result.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--whole", "restore"], "say why"),
        (["--whole", "restore", "--reason", " "], "say why"),
        (["title", "--whole", "accept", "--reason", "x"], "no FIELD and no --take"),
        (["--take", "onlyoffice"], "give a FIELD and --take, or --whole"),
        ([], "give a FIELD and --take, or --whole"),
        (["--whole", "perhaps", "--reason", "x"], "perhaps"),
    ],
)
def test_half_a_word_is_wrong_use(console: Console, torn: Link, arguments: list[str], said: str) -> None:
    """Exit code 2, what is missing, and nothing decided."""
    result = console.run("conflicts", "resolve", torn.id, *arguments)

    assert result.exit_code == 2
    assert said in result.output
    assert "(record)" in console.text("conflicts", "list")


def test_a_reason_for_a_field_is_kept_too(console: Console, world: World) -> None:
    """Optional there: the losing value is in the timeline anyway."""
    link = world.links()[0]

    console.text("conflicts", "resolve", link.id, "stage", "--take", "onlyoffice", "--reason", "Ola called")

    assert "ONLYOFFICE's value taken by hand: Ola called" in console.text("show", link.id)


def test_nothing_to_decide_is_said(world: World, console: Console) -> None:
    """A wrong field names the right ones; a missing choice is wrong use."""
    link = world.links()[0]

    said = console.trouble("conflicts", "resolve", link.id, "title", "--take", "onlyoffice")

    assert said.endswith("no conflict in title; it has: stage")
    assert console.run("conflicts", "resolve", link.id, "stage").exit_code == 2
