"""The whole decision table, cell by cell: every pair of sights, every link state, every policy."""

from dataclasses import replace
from itertools import product

import pytest

from sync.domain.actions import Create, Delete, LinkPlan, Update
from sync.domain.link import Link, LinkState
from sync.domain.model import Side
from sync.domain.plan import Rules, plan_link
from sync.domain.policy import Policy, Removal, Revival, Winner

from .builders import LEFT, RIGHT, a_link, a_mapping, half_a_link, removals
from .sights import IDS, SIGHTS, THERE, a_sight

MAPPING = a_mapping()
NEVER_SYNCED = Link("link-1", "5", "70")
SHAPES = {
    "whole": a_link(),
    "never synced": NEVER_SYNCED,
    "left half": half_a_link(LEFT),
    "right half": half_a_link(RIGHT),
}
POLICIES = [
    Policy(first, {LEFT: to_left, RIGHT: to_right}, removals(left, right), revival)
    for first, to_left, to_right, left, right, revival in product(
        Winner, (True, False), (True, False), Removal, Removal, Revival
    )
]
FEW_POLICIES = [
    Policy(),
    Policy(
        removals=removals(Removal.DELETE, Removal.DELETE), revival=Revival.RECREATE, first_link=Winner.LEFT
    ),
    Policy(Winner.RIGHT, {LEFT: False, RIGHT: False}, removals(Removal.CLOSE_AS_LOST, Removal.DELETE)),
]

QUIET = ("same", "locked", "unseen")
"""Sights that show no edit."""

BOTH_THERE = {
    ("quiet", "quiet"): "in_sync",
    ("quiet", "title"): "in_sync left:title",
    ("quiet", "text"): "in_sync left:description",
    ("quiet", "alien"): "parked",
    ("title", "quiet"): "in_sync right:title",
    ("title", "title"): "conflict",
    ("title", "text"): "in_sync right:title left:description",
    ("title", "alien"): "parked right:title",
    ("text", "quiet"): "in_sync right:description",
    ("text", "title"): "in_sync right:description left:title",
    ("text", "text"): "in_sync",
    ("text", "alien"): "parked right:description",
    ("alien", "quiet"): "parked",
    ("alien", "title"): "parked left:title",
    ("alien", "text"): "parked left:description",
    ("alien", "alien"): "conflict",
}
"""State and writes for a synced link with both records there: both texts are edited to the same words."""

REMOVAL = {
    Removal.KEEP: "buried",
    Removal.CLOSE_AS_LOST: "buried {0}:stage {0}:probability",
    Removal.DELETE: "buried {0}:delete",
}


def _plan(link: Link, left: str, right: str, policy: Policy) -> LinkPlan:
    return plan_link(link, a_sight(left, LEFT), a_sight(right, RIGHT), Rules(MAPPING, policy))


def _told(plan: LinkPlan) -> str:
    """The plan in one line: its state, then each write as `side:what`."""
    words = [plan.state.value]
    for action in plan.actions:
        match action:
            case Update():
                words += [f"{action.side}:{change.field}" for change in action.changes]
            case Create():
                words.append(f"{action.side}:create")
            case Delete():
                words.append(f"{action.side}:delete")
    return " ".join(words)


def _expected(left: str, right: str, policy: Policy) -> str:
    """The table of the design, for a synced link."""
    if "unreadable" in (left, right):
        return "parked"
    if left in THERE and right in THERE:
        return _expected_there(left, right)
    if "gone?" in (left, right):
        return "pending"
    if left == right:
        return "buried"
    gone = LEFT if left == "gone" else RIGHT
    return _expected_alone(gone, right if gone is LEFT else left, policy)


def _expected_there(left: str, right: str) -> str:
    words = tuple("quiet" if word in QUIET else word for word in (left, right))
    locked = [side for side, word in ((LEFT, left), (RIGHT, right)) if word == "locked"]
    told = BOTH_THERE[words[0], words[1]]
    shut = [word for word in told.split() for side in locked if word.startswith(f"{side}:")]
    return "parked" if shut else told


def _expected_alone(gone: Side, other: str, policy: Policy) -> str:
    if other in QUIET:
        return REMOVAL[policy.removals[gone]].format(gone.other)
    if policy.revival is Revival.ASK:
        return "conflict"
    return "parked" if other == "alien" else f"in_sync {gone}:create"


def _acts(sight: str) -> bool:
    return sight not in ("gone?", "unreadable")


@pytest.mark.parametrize("left", SIGHTS)
@pytest.mark.parametrize("right", SIGHTS)
def test_every_cell_of_a_synced_link_does_what_the_design_says(left: str, right: str) -> None:
    """Each pair of sights leads to the state and the writes of the decision table, under every policy."""
    may_create = [policy for policy in POLICIES if all(policy.creates.values())]

    told = [_told(_plan(a_link(), left, right, policy)) for policy in may_create]

    assert told == [_expected(left, right, policy) for policy in may_create]


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("state", LinkState)
def test_every_cell_has_an_answer(shape: str, state: LinkState) -> None:
    """Nothing raises, the plan is about the link asked about, and asking twice gives it twice (I6)."""
    link = replace(SHAPES[shape], state=state, reason="because")
    for left, right, policy in product(SIGHTS, SIGHTS, FEW_POLICIES):
        plan = _plan(link, left, right, policy)

        assert plan == _plan(link, left, right, policy)
        assert plan.link is link
        assert plan.reason or plan.state is LinkState.IN_SYNC


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("state", [LinkState.PAUSED, LinkState.BURIED])
def test_a_paused_or_buried_link_never_acts(shape: str, state: LinkState) -> None:
    """Whatever is seen, the link stays exactly as it is."""
    link = replace(SHAPES[shape], state=state, reason="because")
    for left, right, policy in product(SIGHTS, SIGHTS, FEW_POLICIES):
        plan = _plan(link, left, right, policy)

        assert (plan.actions, plan.clashes, plan.state, plan.reason) == ((), (), state, link.reason)
        assert (dict(plan.seen), plan.gone) == ({}, frozenset())


@pytest.mark.parametrize("shape", ["whole", "never synced"])
def test_one_missing_look_never_leads_to_a_write(shape: str) -> None:
    """A record missed once, or one that cannot be read, is no ground to touch either side (I7)."""
    doubtful = [pair for pair in product(SIGHTS, SIGHTS) if not all(map(_acts, pair))]
    for (left, right), policy in product(doubtful, POLICIES):
        plan = _plan(SHAPES[shape], left, right, policy)

        assert plan.actions == ()
        assert plan.state in (LinkState.PENDING, LinkState.PARKED)
        assert not plan.seen


def test_only_a_settled_absence_deletes() -> None:
    """A delete is planned only against the partner of a record gone twice, with the values last seen."""
    for (shape, link), left, right, policy in product(SHAPES.items(), SIGHTS, SIGHTS, FEW_POLICIES):
        for action in _plan(link, left, right, policy).actions:
            if isinstance(action, Delete):
                gone_word = left if action.side is RIGHT else right

                assert shape == "whole" or link.base(action.side) is None
                assert gone_word == "gone"
                assert action.record_id == IDS[action.side]


@pytest.mark.parametrize("side", Side)
def test_a_pending_absence_remembers_which_side_was_missed(side: Side) -> None:
    """The next run has to know where to look again."""
    sights = ("gone?", "same") if side is LEFT else ("same", "gone?")

    plan = _plan(a_link(), *sights, Policy())

    assert (plan.state, plan.gone) == (LinkState.PENDING, frozenset({side}))
    assert plan.reason == f"not found in {side.label}; looking again before believing it"
