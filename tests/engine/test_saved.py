"""A saved plan is carried out exactly, or refused record by record; it shows every change made to it."""

import json

import pytest

from sync.domain.model import Side
from sync.domain.policy import Direction
from sync.domain.resolve import FieldRule
from sync.engine.reach import EVERYTHING
from sync.engine.run import Report, plan_only, run
from sync.engine.saved import Narrowing, dump_plan, load_plan
from sync.errors import Misconfigured
from tests.engine.world import World

KEY = "key of this database"


def saved(world: World) -> str:
    return dump_plan(plan_only(world.pairing, EVERYTHING), KEY, world.clock())


def apply(world: World, text: str) -> tuple[Report, Narrowing]:
    narrowing = Narrowing(load_plan(text, KEY))
    return run(world.pairing, "apply", EVERYTHING, narrow=narrowing), narrowing


def test_an_untouched_plan_is_carried_out(world: World) -> None:
    """Everything in it happens, and nothing else is left to do."""
    world.a_sale()
    world.an_opportunity(title="Other")
    text = saved(world)

    report, narrowing = apply(world, text)

    assert report.writes == {"created right": 1, "created left": 1}
    assert (narrowing.accepted, narrowing.refused) == (2, [])
    assert world.sync().writes == {}


def test_a_record_that_moved_is_refused_and_the_others_go_on(world: World) -> None:
    """Edited after the plan was made: that record is refused by name, and a later sync brings it."""
    moved = world.a_sale(title="Moved")
    world.a_sale(title="Still")
    text = saved(world)
    world.left.user_edits(moved, probability=1)

    report, narrowing = apply(world, text)

    assert report.writes == {"created right": 1}
    assert [(refusal.title, refusal.left_id) for refusal in narrowing.refused] == [("Moved", moved)]
    assert world.sync().writes == {"created right": 1}


def test_what_is_new_since_is_left_alone(world: World) -> None:
    """Only what was read and agreed to happens; the cursor does not pass what was left out (I8)."""
    world.a_sale(title="In the plan")
    text = saved(world)
    world.a_sale(title="Not in the plan")

    report, _ = apply(world, text)

    assert report.writes == {"created right": 1}
    assert world.sync().writes == {"created right": 1}


def test_making_a_plan_changes_nothing(world: World) -> None:
    """Neither side, nor the state (I12)."""
    world.a_sale()
    before = world.links()

    saved(world)

    assert (world.links(), world.writes()) == (before, 0)


@pytest.mark.parametrize("change", ["values", "seal", "left out"])
def test_a_changed_plan_is_refused(world: World, change: str) -> None:
    """A plan that is not what was printed is not carried out at all."""
    world.a_sale()
    content = json.loads(saved(world))
    if change == "values":
        content["links"][0]["actions"][0]["values"]["title"] = "Other"
    elif change == "seal":
        content["seal"] = "0" * 64
    else:
        content["links"] = []

    with pytest.raises(Misconfigured, match="changed after it was made"):
        load_plan(json.dumps(content), KEY)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"seal": 1}', "null"])
def test_any_other_file_is_refused(text: str) -> None:
    """A wrong file gets a clear answer."""
    with pytest.raises(Misconfigured, match="not a plan"):
        load_plan(text, KEY)


def test_a_plan_of_another_mapping_is_held(world: World) -> None:
    """The mapping changed in between: nothing is written."""
    world.a_sale()
    text = saved(world)
    spec = world.pairing.spec
    fields = {"title": FieldRule(Direction.LEFT_TO_RIGHT)}
    world.with_(spec=type(spec)(stages=spec.stages, fields=fields))

    report, _ = apply(world, text)

    assert (report.outcome, world.writes()) == ("held", 0)
    assert "mapping changed" in report.error


def test_an_update_is_applied_only_on_the_seen_values(world: World) -> None:
    """The partner changed since: the update is refused, not merged."""
    sale_id = world.a_sale()
    world.sync()
    right_id = world.link_of(Side.LEFT, sale_id).right_id or ""
    world.left.user_edits(sale_id, title="New")
    text = saved(world)
    world.right.user_edits(right_id, probability=3)

    report, narrowing = apply(world, text)

    assert (report.writes, len(narrowing.refused)) == ({}, 1)
