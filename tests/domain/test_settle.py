"""How a link looks after its plan: bases, gone marks, state, reason."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from sync.domain.actions import Delete, LinkPlan
from sync.domain.link import LinkState
from sync.domain.merge import Clash, ClashKind
from sync.domain.model import Side
from sync.domain.settle import finish, move_bases, remember

from .builders import LEFT, RIGHT, a_link, half_a_link, opportunity_values, sale_values

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def _clash(field: str) -> Clash:
    return Clash(field, ClashKind.CONFLICT, "a", "b", "both changed")


def test_bases_become_what_was_seen() -> None:
    """A field the side holds no longer leaves its base, a new one enters it."""
    moved = move_bases(
        a_link({"title": "a", "amount": 1}, {"title": "b"}), {LEFT: {"title": "c", "x": 2}}, set()
    )

    assert (moved.base_left, moved.base_right) == ({"title": "c", "x": 2}, {"title": "b"})


def test_a_side_that_was_not_seen_keeps_its_base() -> None:
    """Nothing was agreed about it."""
    moved = move_bases(a_link({"title": "a"}, {"title": "b"}), {RIGHT: {"title": "c"}}, set())

    assert (moved.base_left, moved.base_right) == ({"title": "a"}, {"title": "c"})


def test_an_unsettled_field_keeps_its_base() -> None:
    """Also where it had none: it stays unknown, so that the field is decided again."""
    link = a_link({"title": "a"}, {})

    moved = move_bases(link, {LEFT: {"title": "c"}, RIGHT: {"title": "d"}}, {"title"})

    assert (moved.base_left, moved.base_right) == ({"title": "a"}, {})


def test_a_first_base_is_made_from_nothing() -> None:
    """A link without bases gets them with its first agreement."""
    link = replace(a_link(), base_left=None, base_right=None)

    moved = move_bases(link, {LEFT: {"title": "a"}, RIGHT: {"title": "a"}}, set())

    assert (moved.base_left, moved.base_right) == ({"title": "a"}, {"title": "a"})


def test_a_plan_without_writes_moves_the_bases() -> None:
    """Both made the same edit: nothing to write, but the next cycle must not see it again."""
    seen = {LEFT: sale_values(title="Pipes"), RIGHT: opportunity_values(title="Pipes", amount=1)}
    plan = LinkPlan(a_link(), (), (_clash("amount"),), LinkState.CONFLICT, "ask", seen)

    link = finish(plan.link, plan, NOON)

    assert link.base_left == sale_values(title="Pipes")
    assert link.base_right == opportunity_values(title="Pipes")
    assert (link.state, link.reason) == (LinkState.CONFLICT, "ask")


def test_half_a_link_remembers_what_its_record_showed() -> None:
    """So it can be matched without being read again; a side without a sighting keeps what it had."""
    plan = LinkPlan(half_a_link(LEFT), (), (), LinkState.EXCLUDED, "off", {LEFT: sale_values()})
    unseen = replace(plan, link=replace(half_a_link(LEFT), base_left={"title": "a"}), seen={})

    assert finish(plan.link, plan, NOON).base_left == sale_values()
    assert finish(unseen.link, unseen, NOON).base_left == {"title": "a"}
    assert finish(plan.link, plan, NOON).base_right is None


@pytest.mark.parametrize("side", Side)
def test_half_a_link_remembers_its_own_side(side: Side) -> None:
    """Nothing new is no reason to forget."""
    half = half_a_link(side).with_base(side, {"title": "a"})

    assert remember(half, {side: {"title": "b"}}) == half.with_base(side, {"title": "b"})
    assert remember(half, {}) == half


def test_only_half_a_link_remembers() -> None:
    """The bases of a whole link move by agreement alone."""
    assert remember(a_link(), {LEFT: {"title": "a"}}) == a_link()


def test_writes_have_moved_the_bases_already() -> None:
    """What the server answered is nearer the truth than what the plan saw."""
    delete = Delete(RIGHT, "70", {}, "gone")
    plan = LinkPlan(a_link(), (delete,), (), LinkState.BURIED, "gone", {LEFT: {"title": "stale"}})

    assert finish(plan.link, plan, NOON).base_left == sale_values()


def test_gone_marks_keep_the_first_time_and_are_cleared_by_a_sighting() -> None:
    """The time of the first miss counts; a record that is back has none."""
    early = NOON - timedelta(hours=1)
    link = replace(a_link(), gone_left_at=early, gone_right_at=NOON - timedelta(hours=2))
    plan = LinkPlan(link, (), (), LinkState.PENDING, "looking again", gone=frozenset({LEFT}))
    first = LinkPlan(a_link(), (), (), LinkState.PENDING, "looking again", gone=frozenset({RIGHT}))

    assert (finish(link, plan, NOON).gone_left_at, finish(link, plan, NOON).gone_right_at) == (early, None)
    assert finish(first.link, first, NOON).gone_right_at == NOON


def test_a_refusal_lives_as_long_as_its_reason() -> None:
    """Synced, or parked for something else, the same write may be tried again."""
    link = replace(a_link(state=LinkState.PARKED), refused="abc", reason="the title is too loud")
    parked = LinkPlan(link, (), (), LinkState.PARKED, link.reason)
    hidden = LinkPlan(link, (), (), LinkState.PARKED, "not found in ONLYOFFICE")
    pending = LinkPlan(link, (), (), LinkState.PENDING, link.reason)

    assert finish(link, parked, NOON).refused == "abc"
    assert finish(link, hidden, NOON).refused == ""
    assert finish(link, pending, NOON).refused == ""
