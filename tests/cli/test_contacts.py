"""`opsync contacts`: matching, looking, linking by hand and from a file."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from sync.cli import contacts
from sync.domain.model import Company, Side
from sync.engine.pairing import Options
from sync.errors import Misconfigured
from tests.cli.console import Console
from tests.engine.world import World


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    world = World(tmp_path)
    world.with_(options=Options(workers=2))
    yield world
    world.close()


@pytest.fixture
def console(world: World) -> Console:
    return Console(world, contacts.register)


def test_matching_shows_pairs_and_the_rest(console: Console) -> None:
    """What was linked and how, and what is alone on each side."""
    text = console.text("contacts", "match")

    assert "= Fjord Marine AS [SuperOffice 501 ↔ ONLYOFFICE 61] (matched by name)" in text
    assert "only in SuperOffice: 502 Only Left AS" in text
    assert "1 company link made, 0 ambiguous, 1 only in SuperOffice, 1 only in ONLYOFFICE" in text


def test_an_ambiguous_match_is_exit_code_4(world: World, console: Console) -> None:
    """A person must choose, and is told between whom."""
    world.right._companies["63"] = Company(Side.RIGHT, "63", "Fjord Marine")

    found = console.json("contacts", "match", code=4)

    assert found["linked"] == []
    assert {row["onlyoffice_id"] for row in found["ambiguous"]} == {None, "61", "63"}
    assert "same name as ONLYOFFICE 61, 63" in console.text("contacts", "list", "--state", "ambiguous")


def test_the_list_tells_the_three_states(world: World, console: Console) -> None:
    """Linked, and waiting for a company that may not be made."""
    world.a_sale()
    world.a_sale(company="502")
    world.sync()

    rows = console.json("contacts", "list")["companies"]

    assert {row["superoffice_id"]: row["state"] for row in rows} == {"501": "linked", "502": "waiting"}
    assert "nothing like it in ONLYOFFICE" in console.text("contacts", "list", "--state", "waiting")
    assert "1 contact, 0" not in console.text("contacts", "list", "--state", "linked")


def test_linking_by_hand_tells_who_had_waited(world: World, console: Console) -> None:
    """The sale that was excluded for want of a company goes through with the next run."""
    world.a_sale(company="502")
    world.sync()

    text = console.text("contacts", "link", "502", "62")

    assert "1 record had waited for it: run `opsync sync`" in text
    assert world.sync().writes == {"created right": 1}
    assert "already linked" in console.trouble("contacts", "link", "502", "62")
    assert console.run("contacts", "link", "502", "x").exit_code == 2


def test_a_link_is_taken_apart(console: Console) -> None:
    """Afterwards a person may link another company."""
    console.text("contacts", "link", "501", "61")

    assert "unlinked" in console.text("contacts", "unlink", "onlyoffice:61")
    assert console.json("contacts", "link", "501", "62")["link"]["tier"] == "hand"
    assert "no company link superoffice:9" in console.trouble("contacts", "unlink", "superoffice:9")


def test_a_card_shows_both_systems(world: World, console: Console) -> None:
    """The company as each side knows it, with its latest sales."""
    world.a_sale()
    world.sync()

    text = console.text("contacts", "show", "superoffice:501")

    assert "SuperOffice 501: Fjord Marine AS" in text
    assert "ONLYOFFICE 61: FJORD MARINE A/S" in text
    assert text.count("Pump retrofit") == 2


def test_a_card_of_a_company_never_met(console: Console) -> None:
    """No link is needed to look; an id that nobody knows is an error."""
    cards = console.json("contacts", "show", "superoffice:502")["cards"]

    assert cards["superoffice"]["company"]["name"] == "Only Left AS"
    assert "shown by neither system" in console.trouble("contacts", "show", "superoffice:999")
    assert "no company link abcdef" in console.trouble("contacts", "show", "abcdef")


def test_a_file_is_imported_or_refused_as_a_whole(console: Console, tmp_path: Path) -> None:
    """Counts for a good file, lines for a bad one."""
    good, bad = tmp_path / "good.csv", tmp_path / "bad.csv"
    good.write_text("superoffice_id,onlyoffice_id\n501,61\n")
    bad.write_text("superoffice_id,onlyoffice_id\n502,62\n501,62\n")

    assert "1 company link made, 0 known before" in console.text("contacts", "import", str(good))
    result = console.run("contacts", "import", str(bad))

    assert isinstance(result.exception, Misconfigured)
    assert len(result.exception.problems) == 2
    assert "1 contact" in console.text("contacts", "list")
