"""`opsync wrote`: opsync knows its own writing, also where the values themselves were pruned."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from sync.cli import history, undo, wrote
from sync.cli.words import Words
from sync.domain.model import Side, Value
from sync.store import retention
from tests.cli.console import Console
from tests.engine.world import World


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    world = World(tmp_path)
    yield world
    world.close()


@pytest.fixture
def console(world: World) -> Console:
    return Console(world, wrote.register, history.register, undo.register)


def an_edit(world: World) -> str:
    """A sale whose new title and stage were carried over."""
    sale_id = world.a_sale()
    world.sync()
    world.left.user_edits(sale_id, title="Edited by Anna", stage="open/11")
    world.sync()
    return f"superoffice:{sale_id}"


def grow_old(world: World) -> None:
    with world.database.begin() as connection:
        assert retention.prune_values(connection, world.clock() + timedelta(days=1))


@pytest.mark.parametrize("old", [False, True])
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", "Edited by Anna"),
        ("stage", "Talk"),
        ("stage", "41"),
        ("amount", "125,000.5"),
        ("probability", "50 %"),
        ("expected_close_on", "2027-03-01"),
        ("actual_close_on", ""),
    ],
)
def test_its_own_writing_is_known(
    world: World, console: Console, *, old: bool, field: str, value: str
) -> None:
    """By value or by name, as people see it."""
    record = an_edit(world)
    if old:
        grow_old(world)

    text = console.text("wrote", record, field, value)

    assert f"opsync wrote this into {field} of {record.replace('superoffice:', 'SuperOffice ')}" in text
    assert "in ONLYOFFICE 1" in text


@pytest.mark.parametrize("old", [False, True])
@pytest.mark.parametrize(("field", "value"), [("title", "Edited"), ("amount", "1"), ("nothing", "Talk")])
def test_other_peoples_writing_is_not(
    world: World, console: Console, *, old: bool, field: str, value: str
) -> None:
    """Exit code 1, and how far it looked."""
    record = an_edit(world)
    if old:
        grow_old(world)

    assert "did not write this" in console.text("wrote", record, field, value, code=1)


def test_json_tells_when(world: World, console: Console) -> None:
    """As many entries as there were writes."""
    record = an_edit(world)
    grow_old(world)

    found = console.json("wrote", record, "title", "Edited by Anna")

    (entry,) = found["wrote"]
    assert (entry["event"], entry["side"], entry["pruned"]) == ("updated", "onlyoffice", True)
    assert set(entry["marks"]) == {"title", "stage"}


def test_the_timeline_says_where_values_were_pruned(world: World, console: Console) -> None:
    """The fields are named, the values are not there."""
    record = an_edit(world)
    grow_old(world)

    text = console.text("show", record)

    assert "    title, stage: values pruned by age" in text
    timeline = text.partition(" events")[2]
    assert "Anna" not in timeline
    assert [entry["pruned"] for entry in console.json("show", record)["timeline"]] == [True] * 4


def test_undo_says_that_it_is_too_old(world: World, console: Console) -> None:
    """Nothing is taken back; exit code 4."""
    record = an_edit(world)
    grow_old(world)

    text = console.text("undo", record, "--apply", code=4)

    assert "! cannot be taken back: too old: " in text
    assert world.right.records["1"].values["title"] == "Edited by Anna"


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("", {None, ""}),
        ("yes", {"yes", True}),
        ("7", {"7", Decimal(7), 7}),
        ("NaN", {"NaN"}),
        ("2027-03-01", {"2027-03-01", date(2027, 3, 1)}),
    ],
)
def test_a_text_may_mean_many_values(text: str, meant: set[Value]) -> None:
    """All of them are looked for."""
    assert set(wrote.candidates(Words(), "amount", text)) == meant


def test_a_name_means_its_ids() -> None:
    """Only those of the same field."""
    words = Words({(Side.LEFT, "stage", "open/11"): "Talk", (Side.RIGHT, "owner", "41"): "Talk"})

    assert wrote.candidates(words, "stage", "Talk") == ("Talk", "open/11")
