"""A write whose answer was lost is told like any other, and can be taken back like any other."""

from dataclasses import replace

import pytest

from sync.domain.model import Side
from sync.domain.policy import Removal
from sync.engine.undo import draft_undo_run, undo
from sync.store import journal as journal_store
from sync.store.journal import Entry
from tests.engine.test_recover import linked, open_intents, recover, right_id_of, sync_without_answers
from tests.engine.world import World


def told(world: World, sale_id: str, event: str) -> list[Entry]:
    with world.database.read() as connection:
        timeline = journal_store.load_timeline(connection, world.link_of(Side.LEFT, sale_id).id)
    return [entry for entry in timeline if entry.event == event and entry.side is Side.RIGHT][-1:]


def test_an_update_without_an_answer_is_told_and_can_be_taken_back(world: World) -> None:
    """In the timeline and for undo it is a write of the run that sent it."""
    (sale_id,) = linked(world, "Pumps")
    world.left.user_edits(sale_id, title="Better pumps")
    sent = sync_without_answers(world, "update_record")
    world.sync()

    (entry,) = told(world, sale_id, "updated")
    undo(world.pairing, draft_undo_run(world.pairing, sent.run_id), "test")

    right_id = right_id_of(world, sale_id)
    assert (entry.run_id, entry.side, entry.record_id) == (sent.run_id, Side.RIGHT, right_id)
    assert entry.fields == {"title": ("Pumps", "Better pumps")}
    assert world.right.records[right_id].values["title"] == "Pumps"


def test_a_create_without_an_answer_is_told_and_can_be_taken_back(world: World) -> None:
    """With the values that were made, and the id that was found."""
    sale_id = world.a_sale(title="Pumps")
    sent = sync_without_answers(world, "create_record")
    (right_id,) = world.right.records
    world.sync()

    (entry,) = told(world, sale_id, "created")
    undo(world.pairing, draft_undo_run(world.pairing, sent.run_id), "test")

    assert (entry.run_id, entry.side, entry.record_id) == (sent.run_id, Side.RIGHT, right_id)
    assert entry.fields["title"] == (None, "Pumps")
    assert world.right.records == {}


@pytest.mark.parametrize("gone", [True, False])
def test_a_delete_without_an_answer_is_told_when_the_record_is_gone(world: World, gone: bool) -> None:
    """What it held stays known; a record that is still there was deleted by nobody."""
    world.with_(policy=replace(world.pairing.policy, removals=dict.fromkeys(Side, Removal.DELETE)))
    (sale_id,) = linked(world, "Pumps")
    link = world.link_of(Side.LEFT, sale_id)
    world.left.user_deletes(sale_id)
    world.sync(full=True)
    world.clock.wait(700)
    kept = dict(world.right.records)
    sent = sync_without_answers(world, "delete_record")
    assert world.right.records == {}
    if not gone:
        world.right.records = kept

    recover(world)

    with world.database.read() as connection:
        entries = journal_store.load_events(connection, link.id, "deleted", sent.started_at)
    assert [(entry.run_id, entry.fields["title"]) for entry in entries] == (
        [(sent.run_id, ("Pumps", None))] if gone else []
    )
    assert open_intents(world) == []
