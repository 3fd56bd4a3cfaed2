"""Undo takes back what a run wrote, under the same guards, and names what it leaves alone."""

from dataclasses import replace
from datetime import timedelta

from sync.domain.link import LinkState
from sync.domain.model import Side, Value
from sync.domain.policy import Removal
from sync.engine.undo import PRUNED, Step, draft_undo_link, draft_undo_run, undo
from sync.store import retention
from tests.engine.world import World

Dump = dict[Side, dict[str, dict[str, Value]]]


def dump(world: World) -> Dump:
    return {
        Side.LEFT: {key: dict(record.values) for key, record in world.left.records.items()},
        Side.RIGHT: {key: dict(record.values) for key, record in world.right.records.items()},
    }


def take_back(world: World, steps: tuple[Step, ...]) -> None:
    assert all(not done.trouble for done in undo(world.pairing, steps, "test"))


def test_a_run_of_updates_is_taken_back(world: World) -> None:
    """Both directions: the written sides hold again what they held before, and the next sync is quiet."""
    sale_id = world.a_sale()
    other_id = world.a_sale(title="Other")
    world.sync()
    right_id = world.link_of(Side.LEFT, other_id).right_id or ""
    before = dump(world)
    world.left.user_edits(sale_id, title="Edited", probability=60)
    world.right.user_edits(right_id, probability=70)
    report = world.sync()

    take_back(world, draft_undo_run(world.pairing, report.run_id))

    partner = world.link_of(Side.LEFT, sale_id).right_id or ""
    assert dump(world)[Side.RIGHT][partner] == before[Side.RIGHT][partner]
    assert dump(world)[Side.LEFT][other_id] == before[Side.LEFT][other_id]
    assert world.sync().writes == {}


def test_a_created_record_is_taken_back_and_stays_away(world: World) -> None:
    """The opportunity is gone, the sale is left alone and not synced again until somebody says so."""
    sale_id = world.a_sale()
    report = world.sync()

    take_back(world, draft_undo_run(world.pairing, report.run_id))

    assert world.right.records == {}
    assert world.link_of(Side.LEFT, sale_id).state is LinkState.EXCLUDED
    assert world.sync().writes == {}
    assert world.sync(full=True).writes == {}


def test_a_deleted_record_comes_back_with_a_new_id(world: World) -> None:
    """Deleted because its partner was: made again from the journal... as long as a partner is left."""
    policy = replace(world.pairing.policy, removals=dict.fromkeys(Side, Removal.DELETE))
    world.with_(policy=policy)
    sale_id = world.a_sale()
    world.sync()
    link = world.link_of(Side.LEFT, sale_id)
    world.right.user_deletes(link.right_id or "")
    world.sync()
    world.clock.wait(700)
    world.sync()
    assert world.left.records == {}

    (step,) = draft_undo_link(world.pairing, link.id)

    assert step.plan is None
    assert "no record left in ONLYOFFICE" in step.said


def test_a_later_edit_is_never_overwritten(world: World) -> None:
    """Edited again after the run: that field is left alone and named, the others go back."""
    sale_id = world.a_sale()
    world.sync()
    right_id = world.link_of(Side.LEFT, sale_id).right_id or ""
    world.left.user_edits(sale_id, title="Edited", probability=60)
    report = world.sync()
    world.right.user_edits(right_id, title="Edited by a person")

    steps = draft_undo_run(world.pairing, report.run_id)
    take_back(world, steps)

    assert "title in ONLYOFFICE: edited since" in steps[0].said
    values = world.right.records[right_id].values
    assert (values["title"], values["probability"]) == ("Edited by a person", 50)
    assert world.sync().writes == {"updated left": 1}
    assert world.left.records[sale_id].values["title"] == "Edited by a person"
    assert world.left.records[sale_id].values["probability"] == 60


def test_an_edited_creation_is_not_deleted(world: World) -> None:
    """Somebody worked on the created record: undo says so and keeps it."""
    sale_id = world.a_sale()
    report = world.sync()
    right_id = world.link_of(Side.LEFT, sale_id).right_id or ""
    world.right.user_edits(right_id, probability=99)

    (step,) = draft_undo_run(world.pairing, report.run_id)

    assert step.plan is None
    assert "edited since it was made: probability" in step.said


def test_an_edit_between_plan_and_undo_is_safe(world: World) -> None:
    """The guard of every write holds for undo as well."""
    sale_id = world.a_sale()
    world.sync()
    right_id = world.link_of(Side.LEFT, sale_id).right_id or ""
    world.left.user_edits(sale_id, title="Edited")
    report = world.sync()
    steps = draft_undo_run(world.pairing, report.run_id)
    world.right.user_edits(right_id, title="Quick")

    (done,) = undo(world.pairing, steps, "test")

    assert "edited since" in done.trouble
    assert world.right.records[right_id].values["title"] == "Quick"


def test_what_was_pruned_by_age_is_not_taken_back(world: World) -> None:
    """The run is known, its values are not: each record says that it is too old."""
    world.a_sale()
    report = world.sync()
    with world.database.begin() as connection:
        retention.prune_values(connection, world.clock() + timedelta(days=1))

    (by_run,) = draft_undo_run(world.pairing, report.run_id)
    (by_link,) = draft_undo_link(world.pairing, by_run.link_id)

    assert by_run == by_link == Step(by_run.link_id, "", None, PRUNED)
