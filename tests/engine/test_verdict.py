"""A person's word on a conflict, and how the next run carries it out."""

from dataclasses import replace

import pytest

from sync.domain.link import LinkState
from sync.domain.model import Side
from sync.domain.policy import Winner
from sync.engine.verdict import resolve_conflict
from sync.errors import RecordTrouble
from sync.store import journal as journal_store
from sync.store.journal import Entry
from tests.engine.world import World


def timeline(world: World, link_id: str) -> list[Entry]:
    with world.database.read() as connection:
        return journal_store.load_timeline(connection, link_id)


def in_conflict(world: World) -> tuple[str, str]:
    """A linked pair whose titles both sides changed."""
    sale_id = world.a_sale()
    world.sync()
    right_id = world.link_of(Side.LEFT, sale_id).right_id or ""
    world.left.user_edits(sale_id, title="Ours")
    world.right.user_edits(right_id, title="Theirs")
    world.sync()
    return sale_id, right_id


@pytest.mark.parametrize(("take", "title"), [(Side.LEFT, "Ours"), (Side.RIGHT, "Theirs")])
def test_the_next_sync_carries_the_chosen_value_over(world: World, take: Side, title: str) -> None:
    """After the word of a person both sides hold the winner, once, and the loser is in the journal."""
    sale_id, right_id = in_conflict(world)

    verdict = resolve_conflict(world.pairing, f"superoffice:{sale_id}", "title", take)
    report = world.sync()

    assert report.writes == {f"updated {take.other}": 1}
    assert world.left.records[sale_id].values["title"] == title
    assert world.right.records[right_id].values["title"] == title
    assert world.link_of(Side.LEFT, sale_id).state is LinkState.IN_SYNC
    assert world.sync().writes == {}
    resolved = next(entry for entry in timeline(world, verdict.link.id) if entry.event == "resolved")
    assert set(resolved.fields["title"]) == {"Ours", "Theirs"}
    assert resolved.side is take.other


def test_a_word_on_one_field_leaves_the_others_open(world: World) -> None:
    """Two conflicts, one decision: the other field still waits and nothing of it is written."""
    sale_id, right_id = in_conflict(world)
    world.left.user_edits(sale_id, probability=10)
    world.right.user_edits(right_id, probability=90)
    world.sync()

    verdict = resolve_conflict(world.pairing, f"onlyoffice:{right_id}", "title", Side.LEFT)
    world.sync()

    assert verdict.left_open == ("probability",)
    assert world.right.records[right_id].values["title"] == "Ours"
    assert world.right.records[right_id].values["probability"] == 90
    assert world.link_of(Side.LEFT, sale_id).state is LinkState.CONFLICT


def test_a_word_on_a_value_that_changed_meanwhile_asks_again(world: World) -> None:
    """The decision was about what the person saw; a newer edit of the loser is not overwritten (I4)."""
    sale_id, right_id = in_conflict(world)
    resolve_conflict(world.pairing, f"superoffice:{sale_id}", "title", Side.LEFT)
    world.right.user_edits(right_id, title="Newer")

    report = world.sync()

    assert report.writes == {}
    assert world.right.records[right_id].values["title"] == "Newer"
    assert world.link_of(Side.LEFT, sale_id).state is LinkState.CONFLICT


def test_a_first_bond_is_decided_by_hand(world: World) -> None:
    """Records that differ when they are first linked have no bases; a person's word works all the same."""
    world.with_(policy=replace(world.pairing.policy, first_link=Winner.ASK))
    sale_id = world.a_sale()
    opportunity_id = world.an_opportunity(probability=75)
    world.sync(full=True)
    assert world.link_of(Side.LEFT, sale_id).state is LinkState.CONFLICT

    resolve_conflict(world.pairing, f"superoffice:{sale_id}", "probability", Side.RIGHT)
    report = world.sync()

    assert report.writes == {"updated left": 1}
    assert world.left.records[sale_id].values["probability"] == 75
    assert world.link_of(Side.RIGHT, opportunity_id).state is LinkState.IN_SYNC


def test_a_conflict_that_is_none_is_refused(world: World) -> None:
    """The message names the fields that do wait."""
    sale_id, _ = in_conflict(world)

    with pytest.raises(RecordTrouble, match="no conflict in amount; it has: title"):
        resolve_conflict(world.pairing, f"superoffice:{sale_id}", "amount", Side.LEFT)
