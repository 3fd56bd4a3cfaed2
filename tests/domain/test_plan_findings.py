"""Decisions that once lost an edit, a record or a word given by a person."""

from datetime import UTC, datetime

import pytest

from sync.domain.actions import LinkPlan
from sync.domain.link import Link, LinkState
from sync.domain.model import Record, Side, Unreadable
from sync.domain.plan import Gone, Rules, Sight, Unseen, plan_link
from sync.domain.policy import Policy, Removal, Revival
from sync.domain.settle import finish

from .builders import (
    LEFT,
    RIGHT,
    a_link,
    a_mapping,
    a_mapping_with_two_lost_stages,
    a_sale,
    an_opportunity,
    half_a_link,
    opportunity_values,
    removals,
)

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
MAPPING = a_mapping()
HARSH = Policy(removals=removals(Removal.DELETE, Removal.DELETE), revival=Revival.RECREATE)


def _turn(link: Link, left: Sight, right: Sight, policy: Policy = HARSH) -> tuple[Link, LinkPlan]:
    """One cycle in which every write (there is none in these stories) would succeed."""
    plan = plan_link(link, left, right, Rules(MAPPING, policy))
    return finish(link, plan, NOON), plan


def test_an_edit_that_cannot_be_revived_is_never_deleted() -> None:
    """Deleted left, edited right to a value without an image: the edit stays an edit, cycle after cycle."""
    link, edited = a_link(), an_opportunity(currency="XTS")
    for left in (Gone(settled=True), Gone(settled=False), Gone(settled=True)):
        link, plan = _turn(link, left, edited)

        assert plan.actions == ()
    assert link.base_right == opportunity_values()


def test_a_parked_revival_remembers_the_missing_side() -> None:
    """Otherwise the waiting time of the second look starts again and again."""
    link, _ = _turn(a_link(), Gone(settled=True), an_opportunity(currency="XTS"))

    assert (link.state, link.gone_left_at) == (LinkState.PARKED, NOON)


@pytest.mark.parametrize("unseen", Side)
def test_an_unseen_side_without_a_base_is_not_in_sync(unseen: Side) -> None:
    """Two records never compared are not in sync because a delta shows only one of them."""
    link = Link("link-1", "5", "70", state=LinkState.PARKED, reason="refused")
    sights: tuple[Sight, Sight] = (
        (Unseen(), an_opportunity(title="Valves")) if unseen is LEFT else (a_sale(title="Valves"), Unseen())
    )

    after, plan = _turn(link, *sights)

    assert plan.actions == ()
    assert after.state is not LinkState.IN_SYNC
    assert (after.base_left, after.base_right) == (None, None)


def test_a_partner_never_seen_is_not_deleted_unconditionally() -> None:
    """Without a base and without a look there is nothing to compare the record with before deleting it."""
    link = Link("link-1", "5", "70")

    _, plan = _turn(link, Gone(settled=True), Unseen())

    assert plan.actions == ()


def test_one_missed_look_does_not_bury_half_a_link() -> None:
    """A tombstone is for ever, so a record without a partner is looked for twice as well."""
    link, _ = _turn(half_a_link(LEFT), Gone(settled=False), Unseen())

    assert (link.state, link.gone_left_at) == (LinkState.PENDING, NOON)


def test_an_exclusion_by_hand_outlives_an_unreadable_look() -> None:
    """A record a person took out of the game is not created because it was garbled for a moment."""
    link = half_a_link(LEFT, state=LinkState.EXCLUDED, origin="hand")

    link, _ = _turn(link, Unreadable(LEFT, "5", "cut off"), Unseen())
    link, plan = _turn(link, a_sale(), Unseen())

    assert plan.actions == ()
    assert link.state is LinkState.EXCLUDED


def test_a_parked_link_is_not_in_sync_because_nobody_looked() -> None:
    """The value that waits is not in the delta any more, but it still waits (I13)."""
    link, _ = _turn(a_link(), a_sale(currency="43"), an_opportunity())

    after, plan = _turn(link, Unseen(), an_opportunity())

    assert (link.state, plan.actions) == (LinkState.PARKED, ())
    assert (after.state, after.reason) == (LinkState.PARKED, link.reason)


@pytest.mark.parametrize("stage", ["18", "20"])
def test_close_as_lost_does_not_touch_a_closed_deal(stage: str) -> None:
    """A won deal stays won and a deal lost in another stage stays there when its partner is deleted."""
    policy = Policy(removals=removals(Removal.CLOSE_AS_LOST, Removal.KEEP))
    mapping = a_mapping_with_two_lost_stages()
    closed = opportunity_values(stage=stage)

    plan = plan_link(
        a_link(right=closed), Gone(settled=True), Record(RIGHT, "70", closed), Rules(mapping, policy)
    )

    assert plan.actions == ()
