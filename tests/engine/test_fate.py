"""A person's word on a record deleted here and edited there, and how the next run carries it out."""

from dataclasses import replace

import pytest

from sync.domain.brakes import Brakes, Limit
from sync.domain.link import Link, LinkState
from sync.domain.model import Side, Value
from sync.domain.policy import Removal
from sync.engine.fate import Fate, decide_fate, look_at
from sync.errors import RecordTrouble
from sync.store import journal as journal_store
from sync.store.journal import Entry
from tests.engine.world import World

SIDES = list(Side)


def torn(world: World, gone: Side) -> Link:
    """A linked pair whose record on `gone` was deleted while the other one was edited."""
    sale_id = world.a_sale(title="Torn")
    world.sync()
    link = world.link_of(Side.LEFT, sale_id)
    world.pairing.crms[gone].user_deletes(link.record_id(gone) or "")  # type: ignore[attr-defined]  # memory CRM
    edit(world, link, gone.other, "Still alive")
    world.sync(full=True)
    world.clock.wait(600)
    world.sync(full=True)
    link = world.link_of(gone.other, link.record_id(gone.other) or "")
    assert link.state is LinkState.CONFLICT
    return link


def edit(world: World, link: Link, side: Side, title: str) -> None:
    crm = world.left if side is Side.LEFT else world.right
    crm.user_edits(link.record_id(side) or "", title=title)


def removing(world: World, removal: Removal) -> None:
    world.with_(policy=replace(world.pairing.policy, removals=dict.fromkeys(Side, removal)))


def titles(world: World) -> tuple[list[Value], list[Value]]:
    left, right = ([row.values["title"] for row in crm.records.values()] for crm in (world.left, world.right))
    return left, right


def timeline(world: World, link: Link) -> list[Entry]:
    with world.database.read() as connection:
        return journal_store.load_timeline(connection, link.id)


@pytest.mark.parametrize("full", [False, True])
@pytest.mark.parametrize("gone", SIDES)
def test_restored_it_is_made_again_from_the_edited_one(world: World, gone: Side, full: bool) -> None:
    """One create on the side that had deleted, with the edit; then both are in sync and stay so."""
    link = torn(world, gone)

    decided = decide_fate(world.pairing, link.id, Fate.RESTORE, "by mistake, says Anna")
    report = world.sync(full=full)

    assert decided.edits == {"title": ("Torn", "Still alive")}
    assert decided.link.state is LinkState.PENDING
    assert report.writes == {f"created {gone}": 1}
    assert titles(world) == (["Still alive"], ["Still alive"])
    again = world.links()
    assert [(found.id, found.state) for found in again] == [(link.id, LinkState.IN_SYNC)]
    assert again[0].record_id(gone) != link.record_id(gone)
    assert world.sync(full=True).writes == {}


@pytest.mark.parametrize("gone", SIDES)
@pytest.mark.parametrize("removal", list(Removal))
def test_accepted_the_policy_says_what_becomes_of_the_edited_one(
    world: World, gone: Side, removal: Removal
) -> None:
    """Kept, closed as lost or deleted, as after any deletion; then the link is buried."""
    link = torn(world, gone)
    removing(world, removal)

    decide_fate(world.pairing, link.id, Fate.ACCEPT, "the customer left")
    report = world.sync()

    written = {
        Removal.KEEP: {},
        Removal.CLOSE_AS_LOST: {f"updated {gone.other}": 1},
        Removal.DELETE: {f"deleted {gone.other}": 1},
    }
    assert report.writes == written[removal]
    assert [found.state for found in world.links()] == [LinkState.BURIED]
    assert world.sync(full=True).writes == {}


@pytest.mark.parametrize("fate", list(Fate))
def test_the_word_is_in_the_timeline_with_its_reason(world: World, fate: Fate) -> None:
    """What was edited, on which record, and why it was decided so."""
    link = torn(world, Side.RIGHT)

    decide_fate(world.pairing, link.id, fate, "Anna knows")

    entry = timeline(world, link)[-1]
    assert (entry.event, entry.side, entry.record_id, entry.run_id) == (
        "decided",
        Side.LEFT,
        link.left_id,
        None,
    )
    assert entry.fields == {"title": ("Torn", "Still alive")}
    assert entry.reason.endswith(": Anna knows")


def test_a_word_alone_writes_nothing(world: World) -> None:
    """Both CRMs are untouched until the next run."""
    link = torn(world, Side.RIGHT)
    before, world_before = world.writes(), titles(world)

    decide_fate(world.pairing, link.id, Fate.RESTORE, "why")

    assert (world.writes(), titles(world)) == (before, world_before)


def test_an_edit_after_an_accepted_deletion_asks_again(world: World) -> None:
    """The person accepted what was there; a newer edit is not deleted with it (I4)."""
    link = torn(world, Side.RIGHT)
    removing(world, Removal.DELETE)
    decide_fate(world.pairing, link.id, Fate.ACCEPT, "why")
    edit(world, link, Side.LEFT, "Newer")

    report = world.sync()

    assert report.writes == {}
    assert titles(world) == (["Newer"], [])
    assert world.links()[0].state is LinkState.CONFLICT


def test_accepted_deletions_still_meet_the_brakes(world: World) -> None:
    """A person's word is no release: more removals than allowed hold the run."""
    link = torn(world, Side.RIGHT)
    removing(world, Removal.DELETE)
    world.with_(options=replace(world.pairing.options, brakes=Brakes(removals=Limit(0, 0.0))))

    decide_fate(world.pairing, link.id, Fate.ACCEPT, "why")
    report = world.sync()

    assert report.outcome == "held"
    assert "too many removals in SuperOffice: 1 of 1 links" in report.error
    assert titles(world) == (["Still alive"], [])


def test_a_record_made_by_hand_meanwhile_is_taken_instead(world: World) -> None:
    """Restoring finds the same deal on the other side: it is linked, and no twin is made."""
    link = torn(world, Side.RIGHT)
    decide_fate(world.pairing, link.id, Fate.RESTORE, "why")
    world.an_opportunity(title="Still alive")

    report = world.sync()

    assert report.writes == {}
    assert titles(world) == (["Still alive"], ["Still alive"])
    assert [found.state for found in world.links()] == [LinkState.IN_SYNC]


def test_what_is_not_torn_is_refused(world: World) -> None:
    """In sync, or in conflict over a field: there is no whole record to decide."""
    sale_id = world.a_sale()
    world.sync()
    link = world.link_of(Side.LEFT, sale_id)
    with pytest.raises(RecordTrouble, match="is in sync, and not deleted on one side"):
        decide_fate(world.pairing, link.id, Fate.ACCEPT, "why")
    edit(world, link, Side.LEFT, "Ours")
    edit(world, link, Side.RIGHT, "Theirs")
    world.sync()

    with pytest.raises(RecordTrouble, match="is conflict, and not deleted on one side"):
        decide_fate(world.pairing, link.id, Fate.RESTORE, "why")


def test_a_record_that_came_back_is_left_to_the_next_sync(world: World) -> None:
    """Shown again, or gone on both sides by now: nothing is decided on what is no longer so."""
    link = torn(world, Side.RIGHT)
    survivor = world.left.records.pop(link.left_id or "")

    with pytest.raises(RecordTrouble, match="SuperOffice 1000 cannot be read: run `opsync sync` first"):
        look_at(world.pairing, link)
    world.left.records[survivor.id] = survivor
    world.right.records[link.right_id or ""] = replace(survivor, side=Side.RIGHT, id=link.right_id or "")
    with pytest.raises(RecordTrouble, match="ONLYOFFICE 1 is there again: run `opsync sync` first"):
        decide_fate(world.pairing, link.id, Fate.RESTORE, "why")

    assert world.links()[0].state is LinkState.CONFLICT


def test_where_nothing_may_be_created_nothing_is_restored(world: World) -> None:
    """The switch is named, and accepting still works."""
    link = torn(world, Side.RIGHT)
    world.with_(policy=replace(world.pairing.policy, creates={Side.LEFT: True, Side.RIGHT: False}))

    with pytest.raises(RecordTrouble, match=r"switched off \(\[policy\] create_in_onlyoffice\)"):
        decide_fate(world.pairing, link.id, Fate.RESTORE, "why")
    decide_fate(world.pairing, link.id, Fate.ACCEPT, "why")

    assert world.sync().writes == {}
    assert world.links()[0].state is LinkState.BURIED
