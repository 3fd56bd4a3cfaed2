"""What a plan makes of a deletion: whom it believes, what it writes, and what it says."""

from datetime import date

import pytest

from sync.domain.actions import Delete, LinkPlan, Update
from sync.domain.link import Link, LinkState
from sync.domain.merge import Change
from sync.domain.model import Side, Value
from sync.domain.plan import HIDDEN, Gone, Rules, Sight, Unseen, plan_link
from sync.domain.policy import Direction, Policy, Removal, Revival
from sync.domain.resolve import FieldRule

from .builders import (
    LEFT,
    RIGHT,
    a_link,
    a_mapping,
    a_sale,
    a_spec,
    an_opportunity,
    opportunity_values,
    removals,
    sale_values,
)

MAPPING = a_mapping()
GONE, MISSED, UNSEEN = Gone(settled=True), Gone(settled=False), Unseen()
CLOSES = Policy(removals=removals(Removal.CLOSE_AS_LOST, Removal.CLOSE_AS_LOST))
DELETES = Policy(removals=removals(Removal.DELETE, Removal.DELETE))
BARE = Link("link-1", "5", "70")


def planned(link: Link, left: Sight, right: Sight, policy: Policy | None = None) -> LinkPlan:
    return plan_link(link, left, right, Rules(MAPPING, policy or Policy()))


def told(plan: LinkPlan) -> tuple[LinkState, str]:
    return plan.state, plan.reason


def the_update(plan: LinkPlan) -> Update:
    (action,) = plan.actions
    assert isinstance(action, Update)
    return action


@pytest.mark.parametrize(
    ("left", "right", "state", "more"),
    [
        (GONE, GONE, LinkState.BURIED, ""),
        (GONE, MISSED, LinkState.PENDING, "; looking again before believing it"),
        (MISSED, GONE, LinkState.PENDING, "; looking again before believing it"),
    ],
)
def test_deleted_on_both_sides(left: Gone, right: Gone, state: LinkState, more: str) -> None:
    """Believed when both were missed twice."""
    plan = planned(a_link(), left, right)

    assert told(plan) == (state, f"deleted on both sides{more}")
    assert plan.gone == frozenset(Side)


@pytest.mark.parametrize("side", Side)
@pytest.mark.parametrize("settled", [True, False])
def test_what_may_only_be_hidden_is_not_deleted(side: Side, settled: bool) -> None:
    """An account that does not see everything proves nothing; the reason says what it needs."""
    hidden = Gone(settled, hidden=True)
    sights: tuple[Sight, Sight] = (hidden, an_opportunity()) if side is LEFT else (a_sale(), hidden)

    plan = planned(a_link(), *sights, DELETES)

    needs = "deleted, or hidden from our account; give it administrator rights"
    assert told(plan) == (LinkState.PARKED, f"{HIDDEN} in {side.label}: {needs}")
    assert (plan.actions, plan.gone) == ((), frozenset())


@pytest.mark.parametrize("gone", Side)
@pytest.mark.parametrize(
    ("policy", "fate"),
    [(Policy(), "kept"), (CLOSES, "closed as lost"), (DELETES, "deleted too")],
)
def test_a_buried_link_tells_what_became_of_the_partner(gone: Side, policy: Policy, fate: str) -> None:
    """And which record that is."""
    sights: tuple[Sight, Sight] = (GONE, an_opportunity()) if gone is LEFT else (a_sale(), GONE)
    partner = f"{gone.other.label} {'70' if gone is LEFT else '5'}"

    plan = planned(a_link(), *sights, policy)

    assert told(plan) == (LinkState.BURIED, f"deleted in {gone.label}; {partner} {fate}")


def test_a_deal_that_is_closed_already_is_kept() -> None:
    """Nothing was done to it, and so it is told."""
    lost = opportunity_values(stage="19")

    plan = planned(a_link(right=lost), GONE, an_opportunity(stage="19"), CLOSES)

    assert plan.reason == "deleted in SuperOffice; ONLYOFFICE 70 kept"


def test_closing_as_lost_checks_what_it_overwrites() -> None:
    """Stage and chance, each with the value that must still be there."""
    update = the_update(planned(a_link(), GONE, an_opportunity(), CLOSES))

    stage, chance = Change("stage", RIGHT, "12", "19"), Change("probability", RIGHT, 50, 0)
    assert update == Update(RIGHT, "70", (stage, chance), "deleted in SuperOffice")


@pytest.mark.parametrize(
    ("probability", "rule", "written"),
    [(0, FieldRule(), ["stage"]), (50, FieldRule(Direction.OFF), ["stage"])],
)
def test_closing_as_lost_writes_only_what_it_has_to(
    probability: Value, rule: FieldRule, written: list[str]
) -> None:
    """No chance left is written once, and never where the chance is not ours to write."""
    rules = Rules(a_mapping(a_spec(probability=rule)), CLOSES)
    link = a_link(right=opportunity_values(probability=probability))

    plan = plan_link(link, GONE, an_opportunity(probability=probability), rules)

    assert list(the_update(plan).new) == written


@pytest.mark.parametrize("gone", Side)
def test_a_partner_that_was_not_seen_is_known_by_its_base(gone: Side) -> None:
    """It is deleted only while it holds what was last seen, and without a base not at all."""
    sights: tuple[Sight, Sight] = (GONE, UNSEEN) if gone is LEFT else (UNSEEN, GONE)
    base = opportunity_values() if gone is LEFT else sale_values()

    (delete,) = planned(a_link(), *sights, DELETES).actions
    unknown = planned(BARE.with_base(gone, {}), *sights, DELETES)

    assert isinstance(delete, Delete)
    assert (delete.side, delete.expected) == (gone.other, base)
    said = f"not found in {gone.label}; looking again before believing it"
    assert told(unknown) == (LinkState.PENDING, said)


@pytest.mark.parametrize("gone", Side)
def test_a_record_never_compared_counts_as_edited(gone: Side) -> None:
    """Nobody knows that it is as its lost partner was, so a person decides."""
    sights: tuple[Sight, Sight] = (GONE, an_opportunity()) if gone is LEFT else (a_sale(), GONE)

    plan = planned(BARE, *sights, DELETES)

    said = f"deleted in {gone.label}, edited in {gone.other.label}"
    assert told(plan) == (LinkState.CONFLICT, said)


def test_a_revival_settles_the_link() -> None:
    """With what the surviving side showed."""
    edited = an_opportunity(expected_close_on=date(2026, 12, 24))

    plan = planned(a_link(), GONE, edited, Policy(revival=Revival.RECREATE))

    assert told(plan) == (LinkState.IN_SYNC, "")
    assert plan.seen == {RIGHT: edited.values}


def test_a_revival_tells_every_gap() -> None:
    """Like any other creation."""
    edited = an_opportunity(currency="XTS", company="8")

    plan = planned(a_link(), GONE, edited, Policy(revival=Revival.RECREATE))

    assert [gap.split(" of ")[0] for gap in plan.reason.split("; ")] == ["currency XTS", "company 8"]
