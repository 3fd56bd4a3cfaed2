"""`opsync links`: the list, and what a person does with a link."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from sync.cli import links
from sync.domain.link import LinkState
from sync.domain.model import Side
from tests.cli.console import Console
from tests.engine.world import World


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    world = World(tmp_path)
    world.a_sale()
    world.a_sale(title="Iceland", currency="5")
    world.sync()
    yield world
    world.close()


@pytest.fixture
def console(world: World) -> Console:
    return Console(world, links.register)


def test_links_are_listed_with_state_and_reason(world: World, console: Console) -> None:
    """All of them, or those in one state, or with a word in the reason."""
    every = console.text("links")
    parked = console.text("links", "--state", "parked")
    by_reason = console.text("links", "--reason", "CURRENCY 5")

    assert "2 links" in every
    assert "Pump retrofit" in every
    for text in (parked, by_reason):
        assert "1 link\n" in text
        assert "currency 5 of SuperOffice has no image in ONLYOFFICE" in text
        assert "Pump retrofit" not in text


def test_a_pair_is_parted(world: World, console: Console) -> None:
    """Both records are named; a record without a partner cannot be parted."""
    pair = next(link for link in world.links() if link.whole)
    said = console.text("links", "unlink", f"superoffice:{pair.left_id}")

    assert f"SuperOffice {pair.left_id}" in said
    assert f"ONLYOFFICE {pair.right_id}" in said
    assert "on their own again" in said
    assert [world.link_of(side, pair.record_id(side) or "").whole for side in Side] == [False, False]
    assert "is no pair" in console.trouble("links", "unlink", f"superoffice:{pair.left_id}")


def test_the_limit_says_what_is_left_out(console: Console) -> None:
    """No silent cut."""
    assert "2 links, 1 shown: --limit 0 prints all" in console.text("links", "--limit", "1")
    assert console.json("links", "--limit", "1")["total"] == 2
    assert len(console.json("links", "--limit", "0")["links"]) == 2


def test_a_link_is_retried_excluded_and_included(world: World, console: Console) -> None:
    """Each command says which record it was."""
    parked = next(link for link in world.links() if link.state is LinkState.PARKED)
    sale = f"superoffice:{parked.left_id}"

    assert "will be tried again" in console.text("links", "retry", sale)
    assert f"SuperOffice {parked.left_id}" in console.text("links", "exclude", sale, "--reason", "a test")
    assert world.link_of(Side.LEFT, parked.left_id or "").reason == "a test"
    assert console.json("links", "include", sale)["state"] == "pending"


def test_all_parked_links_are_retried_at_once(world: World, console: Console) -> None:
    """One command after mending a mapping."""
    assert "1 parked link will be tried again" in console.text("links", "retry", "--all-parked")
    assert not any(link.state is LinkState.PARKED for link in world.links())
    assert console.json("links", "retry", "--all-parked") == {"retried": 0}


def test_two_records_are_paired_by_hand(world: World, console: Console) -> None:
    """The ids are those that the two systems show."""
    sale_id, opportunity_id = world.a_sale(title="Odd"), world.an_opportunity(title="Even")

    found = console.json("links", "pair", sale_id, opportunity_id)

    assert (found["superoffice_id"], found["onlyoffice_id"]) == (sale_id, opportunity_id)
    assert "already bonds" in console.trouble("links", "pair", sale_id, opportunity_id)


@pytest.mark.parametrize(
    "arguments",
    [
        ("links", "retry"),
        ("links", "retry", "superoffice:1000", "--all-parked"),
        ("links", "exclude", "superoffice:1000"),
        ("links", "exclude", "superoffice:1000", "--reason", " "),
        ("links", "pair", "1000", "one"),
        ("links", "--state", "lost"),
    ],
)
def test_wrong_use_is_exit_code_2(world: World, console: Console, arguments: tuple[str, ...]) -> None:
    """And it changes nothing."""
    before = world.links()

    assert console.run(*arguments).exit_code == 2
    assert world.links() == before


def test_an_unknown_link_is_named(console: Console) -> None:
    """The message says where to look."""
    assert (
        console.trouble("links", "retry", "superoffice:77")
        == "no link superoffice:77: `opsync links` lists them"
    )
