"""A number that was given to another record never carries that record's values over."""

from dataclasses import replace
from datetime import timedelta

import pytest

from sync.domain.link import LinkState
from sync.domain.model import Side
from sync.domain.policy import Removal
from sync.engine import by_hand
from sync.errors import RecordTrouble
from tests.engine.world import World


def linked(world: World, title: str = "Pumps") -> tuple[str, str]:
    """(sale, opportunity) in sync."""
    sale_id = world.a_sale(title=title)
    world.sync()
    return sale_id, world.link_of(Side.LEFT, sale_id).right_id or ""


def given_again(world: World, right_id: str, title: str) -> None:
    """The opportunity is deleted, the database starts anew, and the next deal gets its number."""
    old = world.right.records[right_id]
    world.right.user_deletes(right_id)
    values = {**old.values, "title": title}
    world.right.records[right_id] = replace(old, values=values, stamp=None, created_at=world.clock())


def test_births_of_made_and_of_found_records_are_known(world: World) -> None:
    """From the answer to a create, and from the look that found both."""
    sale_id = world.a_sale(title="Alike")
    right_id = world.an_opportunity(title="Alike")
    made_id, made_right_id = linked(world)

    for left, right in ((sale_id, right_id), (made_id, made_right_id)):
        link = world.link_of(Side.LEFT, left)
        assert link.right_id == right
        assert link.born_left_at == world.left.records[left].created_at is not None
        assert link.born_right_at == world.right.records[right].created_at is not None


@pytest.mark.parametrize("full", [True, False])
def test_another_deal_under_the_number_is_held(world: World, full: bool) -> None:
    """None of the stranger's values reaches the sale, and none of the sale's edits reaches the stranger."""
    sale_id, right_id = linked(world)
    world.clock.wait(100_000)
    given_again(world, right_id, "Somebody else's deal")
    world.left.user_edits(sale_id, title="Better pumps")

    report = world.sync(full=full)

    link = world.link_of(Side.LEFT, sale_id)
    assert (report.writes, link.state) == ({}, LinkState.PARKED)
    assert f"ONLYOFFICE {right_id} was created" in link.reason
    assert world.left.records[sale_id].values["title"] == "Better pumps"
    assert world.right.records[right_id].values["title"] == "Somebody else's deal"


def test_a_parted_pair_goes_separate_ways(world: World) -> None:
    """Each of the two deals gets a partner of its own, and all is quiet again."""
    sale_id, right_id = linked(world)
    world.clock.wait(100_000)
    given_again(world, right_id, "Somebody else's deal")
    world.sync(full=True)

    by_hand.unlink(world.pairing, f"superoffice:{sale_id}")
    world.sync(full=True)

    ours, theirs = world.link_of(Side.LEFT, sale_id), world.link_of(Side.RIGHT, right_id)
    assert {ours.state, theirs.state} == {LinkState.IN_SYNC}
    assert world.right.records[ours.right_id or ""].values["title"] == "Pumps"
    assert world.left.records[theirs.left_id or ""].values["title"] == "Somebody else's deal"
    assert world.sync(full=True).writes == {}


def test_a_pair_that_a_person_confirms_flows_again(world: World) -> None:
    """Its date of creation was moved together with an edit; it is the same record all the same."""
    sale_id, right_id = linked(world)
    old = world.right.records[right_id]
    world.right.records[right_id] = replace(old, created_at=world.clock() - timedelta(days=900))
    world.right.user_edits(right_id, title="Imported pumps")
    world.sync(full=True)
    assert world.link_of(Side.LEFT, sale_id).state is LinkState.PARKED

    by_hand.unlink(world.pairing, f"superoffice:{sale_id}")
    by_hand.pair(world.pairing, sale_id, right_id)
    world.sync(full=True)

    link = world.link_of(Side.LEFT, sale_id)
    assert (link.right_id, link.state) == (right_id, LinkState.IN_SYNC)
    assert link.born_right_at == world.right.records[right_id].created_at


def test_a_moved_date_alone_is_learnt(world: World) -> None:
    """An import that only sets dates of creation right stops nobody."""
    sale_id, right_id = linked(world)
    moved = world.clock() - timedelta(days=900)
    world.right.records[right_id] = replace(world.right.records[right_id], created_at=moved)
    world.sync(full=True)
    world.right.user_edits(right_id, title="Imported pumps")

    world.sync(full=True)

    assert world.link_of(Side.LEFT, sale_id).born_right_at == moved
    assert world.left.records[sale_id].values["title"] == "Imported pumps"


def test_only_a_pair_can_be_parted(world: World) -> None:
    """Half a link has nothing to part, and says what it is."""
    world.with_(policy=replace(world.pairing.policy, creates=dict.fromkeys(Side, False)))
    sale_id = world.a_sale()
    world.sync()

    with pytest.raises(RecordTrouble, match="no pair, it is excluded"):
        by_hand.unlink(world.pairing, f"superoffice:{sale_id}")


def test_a_buried_pair_that_came_back_is_awake_once_parted(world: World) -> None:
    """Deleted, believed, and back with a backup: the two find each other again."""
    sale_id, right_id = linked(world)
    backup = world.right.records[right_id]
    world.with_(policy=replace(world.pairing.policy, removals=dict.fromkeys(Side, Removal.KEEP)))
    world.right.user_deletes(right_id)
    for _ in range(3):
        world.clock.wait(700)
        world.sync(full=True)
    assert world.link_of(Side.LEFT, sale_id).state is LinkState.BURIED
    world.right.records[right_id] = backup

    by_hand.unlink(world.pairing, f"superoffice:{sale_id}")
    world.sync(full=True)

    link = world.link_of(Side.LEFT, sale_id)
    assert (link.right_id, link.state) == (right_id, LinkState.IN_SYNC)
    assert world.sync(full=True).writes == {}
