"""Swapped sides give the swapped plan: nothing in the decisions favours a side (I6)."""

from itertools import product

import pytest

from sync.domain.actions import Create, Delete, LinkPlan, Update
from sync.domain.link import Link
from sync.domain.model import Record, Side, Values
from sync.domain.plan import Gone, Rules, Sight, Unseen, plan_link
from sync.domain.policy import Direction, Policy, Removal, Revival, Winner

from .builders import LEFT, RIGHT, a_symmetric_mapping, removals
from .sights import SIGHTS, a_sight

POLICIES = [
    Policy(first, {LEFT: first is Winner.ASK, RIGHT: True}, removals(left, right), revival)
    for (left, right, revival), first in zip(
        product(Removal, Removal, Revival), [*Winner, *Winner] * len(Removal), strict=True
    )
]
TURNED = {Direction.LEFT_TO_RIGHT: Direction.RIGHT_TO_LEFT, Direction.RIGHT_TO_LEFT: Direction.LEFT_TO_RIGHT}

TWIN_BASE: Values = {"title": "Pumps", "description": "Two", "amount": 5, "currency": "EUR", "stage": "a"}


def _twin_link(shape: str) -> Link:
    base = TWIN_BASE if shape == "synced" else None
    left_id, right_id = (None if shape == f"{side.other} half" else "5" for side in Side)
    return Link("link-1", left_id, right_id, base, base)


def _twin_sight(word: str, side: Side) -> Sight:
    return a_sight(word, side, lambda _side: TWIN_BASE)


def _swapped_link(link: Link) -> Link:
    ids, bases = (link.right_id, link.left_id), (link.base_right, link.base_left)
    return Link(link.id, *ids, *bases, state=link.state, reason=link.reason, origin=link.origin)


def _swapped_sight(sight: Sight) -> Sight:
    if isinstance(sight, (Gone, Unseen)):
        return sight
    if isinstance(sight, Record):
        return Record(sight.side.other, sight.id, sight.values, locked=sight.locked)
    return type(sight)(sight.side.other, sight.id, sight.reason)


def _swapped_winner(winner: Winner) -> Winner:
    return Winner(winner.side.other.value) if winner.side else Winner.ASK


def _swapped_policy(policy: Policy) -> Policy:
    return Policy(
        _swapped_winner(policy.first_link),
        {side: policy.creates[side.other] for side in Side},
        {side: policy.removals[side.other] for side in Side},
        policy.revival,
    )


def _mirror(plan: LinkPlan, *, swap: bool) -> object:
    """The plan as plain data; with `swap`, as it would be with left and right exchanged."""

    def side_of(side: Side) -> Side:
        return side.other if swap else side

    writes = {(side_of(action.side), type(action), _content(action)) for action in plan.actions}
    clashes = [
        (clash.field, clash.kind, *((clash.right, clash.left) if swap else (clash.left, clash.right)))
        for clash in plan.clashes
    ]
    seen = {side_of(side): dict(values) for side, values in plan.seen.items()}
    return writes, clashes, plan.state, seen, {side_of(side) for side in plan.gone}


def _content(action: Create | Update | Delete) -> object:
    match action:
        case Create():
            return tuple(sorted(action.values)), action.source.id
        case Update():
            return action.record_id, tuple(
                (change.field, change.old, change.new) for change in action.changes
            )
        case Delete():
            return action.record_id, tuple(action.expected.items())


@pytest.mark.parametrize("shape", ["synced", "never synced", "left half", "right half"])
def test_swapped_sides_give_the_swapped_plan(shape: str) -> None:
    """With a mapping that is its own mirror image, every cell and policy has its mirror image (I6)."""
    link, mapping = _twin_link(shape), a_symmetric_mapping()
    for left, right, policy in product(SIGHTS, SIGHTS, POLICIES):
        sights = _twin_sight(left, LEFT), _twin_sight(right, RIGHT)
        swapped_sights = _swapped_sight(sights[1]), _swapped_sight(sights[0])

        plan = plan_link(link, *sights, Rules(mapping, policy))
        swapped = plan_link(_swapped_link(link), *swapped_sights, Rules(mapping, _swapped_policy(policy)))

        assert _mirror(swapped, swap=True) == _mirror(plan, swap=False)


@pytest.mark.parametrize("direction", Direction)
@pytest.mark.parametrize("winner", Winner)
def test_swapped_rules_swap_the_plan(direction: Direction, winner: Winner) -> None:
    """Turning a one-way field and its winner round turns the plan round (I6)."""
    mapping = a_symmetric_mapping(direction, winner)
    turned = a_symmetric_mapping(TURNED.get(direction, direction), _swapped_winner(winner))
    link = _twin_link("synced")
    for left, right in product(SIGHTS, SIGHTS):
        sights = _twin_sight(left, LEFT), _twin_sight(right, RIGHT)
        swapped_sights = _swapped_sight(sights[1]), _swapped_sight(sights[0])

        plan = plan_link(link, *sights, Rules(mapping, Policy()))
        swapped = plan_link(_swapped_link(link), *swapped_sights, Rules(turned, Policy()))

        assert _mirror(swapped, swap=True) == _mirror(plan, swap=False)
