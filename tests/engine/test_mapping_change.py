"""What a changed mapping does to links that were made with the old one, and how a fight over a field ends."""

from dataclasses import replace

import pytest

from sync.domain.link import LinkState
from sync.domain.model import DESCRIPTION, Side
from sync.domain.policy import Direction
from sync.domain.resolve import FieldRule
from sync.engine.brakes import rebaseline
from sync.engine.reach import EVERYTHING
from sync.engine.run import run
from tests.engine.world import World


@pytest.fixture
def grown(world: World) -> World:
    """Three pairs linked while the description was not mapped; then it is."""
    spec = world.pairing.spec
    world.with_(spec=replace(spec, fields={DESCRIPTION: FieldRule(Direction.OFF)}))
    for number in range(3):
        world.a_sale(title=f"Deal {number}", description=f"left {number}")
        world.an_opportunity(title=f"Deal {number}", description=f"right {number}")
    world.sync()
    world.with_(spec=spec)
    return world


def test_a_newly_mapped_field_is_no_mass_edit(grown: World) -> None:
    """Held, with the number of links that would be written."""
    held = grown.sync(full=True)

    assert held.outcome == "held"
    assert "the mapping changed: 3 of 3 links" in held.error
    assert grown.writes() == 0


def test_a_rebaseline_takes_both_sides_as_they_are(grown: World) -> None:
    """Nothing is written; from now on edits of the new field travel."""
    sale_id = next(iter(grown.left.records))
    grown.left.user_edits(sale_id, probability=5)

    report = run(grown.pairing, "rebaseline", EVERYTHING, narrow=rebaseline)
    assert (report.outcome, report.writes) == ("done", {})
    assert grown.sync().writes == {"updated right": 1}
    grown.left.user_edits(sale_id, description="new text")

    assert grown.sync().writes == {"updated right": 1}
    right_id = grown.link_of(Side.LEFT, sale_id).right_id or ""
    assert grown.right.records[right_id].values["description"] == "new text"
    assert grown.sync(full=True).writes == {}


def test_a_released_run_bonds_the_new_field(grown: World) -> None:
    """The first-link rule decides, here: SuperOffice is right."""
    assert grown.sync(full=True, release="wanted").writes == {"updated right": 3}
    assert grown.sync(full=True).writes == {}


def test_a_changed_rule_that_writes_nothing_holds_nothing(world: World) -> None:
    """Another policy alone is no reason to stop."""
    world.a_sale()
    world.sync()
    world.with_(spec=replace(world.pairing.spec, empty_title="(nameless)"))

    assert world.sync(full=True).outcome == "done"


def test_a_fight_over_a_field_is_parked(world: World) -> None:
    """Something on the right sets the title back each time: after two rounds opsync stops feeding it."""
    sale_id = world.a_sale(title="Ours")
    world.sync()
    right_id = world.link_of(Side.LEFT, sale_id).right_id or ""
    for _ in range(4):
        world.left.user_edits(sale_id, title="A")
        world.sync()
        world.right.user_edits(right_id, title="B")
        world.sync()

    link = world.link_of(Side.LEFT, sale_id)
    assert link.state is LinkState.PARKED
    assert "title keeps changing back" in link.reason
    writes = world.writes()
    for _ in range(3):
        world.sync(full=True)
    assert world.writes() == writes
