"""Single decisions of the plan: what it writes, why, and what it says to a person."""

from dataclasses import replace
from decimal import Decimal

import pytest

from sync.domain.actions import Create, Delete, Update
from sync.domain.link import Link, LinkState
from sync.domain.model import Side, Unreadable
from sync.domain.plan import Gone, Rules, Unseen, plan_link
from sync.domain.policy import Direction, Policy, Removal, Revival, Winner
from sync.domain.resolve import FieldRule

from .builders import (
    LEFT,
    RIGHT,
    a_link,
    a_mapping,
    a_sale,
    a_spec,
    an_opportunity,
    half_a_link,
    opportunity_values,
    removals,
    sale_values,
)

RULES = Rules(a_mapping(), Policy())
SETTLED, MISSED = Gone(settled=True), Gone(settled=False)


def _rules(**policy: object) -> Rules:
    return Rules(RULES.mapping, Policy(**policy))  # type: ignore[arg-type]  # the caller names its parts


def test_an_edit_is_carried_in_the_other_sides_terms() -> None:
    """The update names the old value to check and the new one to write, with its reason."""
    plan = plan_link(a_link(), a_sale(stage="sold"), an_opportunity(), RULES)

    (update,) = plan.actions
    assert isinstance(update, Update)
    assert (update.side, update.record_id, update.reason) == (RIGHT, "70", "edited in SuperOffice")
    assert (update.expected, update.new) == ({"stage": "12"}, {"stage": "18"})
    assert (plan.state, plan.title) == (LinkState.IN_SYNC, "Pumps")


def test_edits_both_ways_go_right_first() -> None:
    """Different fields edited on both sides give two updates and no conflict."""
    plan = plan_link(a_link(), a_sale(title="Pipes"), an_opportunity(amount=Decimal(2)), RULES)

    assert [action.side for action in plan.actions] == [RIGHT, LEFT]
    assert not plan.clashes


def test_a_conflict_holds_one_field_and_lets_the_others_flow() -> None:
    """The clash shows both values; the rest of the record is written."""
    left, right = a_sale(title="Pipes", probability=60), an_opportunity(title="Valves")

    plan = plan_link(a_link(), left, right, RULES)

    assert [(clash.field, clash.left, clash.right) for clash in plan.clashes] == [
        ("title", "Pipes", "Valves")
    ]
    assert [action.side for action in plan.actions] == [RIGHT]
    assert (plan.state, plan.reason, plan.unsettled) == (
        LinkState.CONFLICT,
        "title changed on both sides",
        frozenset({"title"}),
    )


def test_a_conflict_outranks_a_parked_field() -> None:
    """With both kinds of clash the state is the one that needs a decision, and both reasons are told."""
    left, right = a_sale(title="Pipes", currency="43"), an_opportunity(title="Valves")

    plan = plan_link(a_link(), left, right, RULES)

    assert plan.state is LinkState.CONFLICT
    assert "title changed on both sides; currency 43 of SuperOffice" in plan.reason


@pytest.mark.parametrize("side", Side)
def test_an_unreadable_record_parks_with_the_cause(side: Side) -> None:
    """The reason names the side, the record and what could not be understood."""
    unreadable = Unreadable(side, "9", "no currency")
    sights = (unreadable, Unseen()) if side is LEFT else (Unseen(), unreadable)

    plan = plan_link(a_link(), sights[0], sights[1], RULES)

    assert (plan.state, plan.reason) == (LinkState.PARKED, f"{side.label} 9: no currency")


# A record without a partner


def test_a_new_sale_becomes_an_opportunity() -> None:
    """Every mapped field is translated, and the source travels with the action."""
    sale = a_sale()

    plan = plan_link(half_a_link(LEFT), sale, Unseen(), RULES)

    create = Create(RIGHT, opportunity_values(), sale, "new in SuperOffice")
    assert plan.actions == (create,)
    assert (plan.state, plan.title) == (LinkState.IN_SYNC, "Pumps")


def test_a_new_opportunity_becomes_a_sale() -> None:
    """The way back drops what the sale has no place for."""
    opportunity = an_opportunity()

    plan = plan_link(half_a_link(RIGHT), Unseen(), opportunity, RULES)

    assert plan.actions == (Create(LEFT, sale_values(), opportunity, "new in ONLYOFFICE"),)


@pytest.mark.parametrize("side", Side)
def test_creation_switched_off_excludes(side: Side) -> None:
    """The reason names the setting to change."""
    rules = _rules(creates={LEFT: False, RIGHT: False})
    record = a_sale() if side is LEFT else an_opportunity()

    plan = plan_link(half_a_link(side), record, record, rules)

    assert (plan.actions, plan.state) == ((), LinkState.EXCLUDED)
    assert f"creating in {side.other.label} is switched off ([policy] create_in_" in plan.reason


def test_a_record_excluded_by_hand_stays_excluded() -> None:
    """A person's word holds, whatever the record looks like."""
    link = half_a_link(LEFT, state=LinkState.EXCLUDED, origin="hand")

    plan = plan_link(link, a_sale(), Unseen(), RULES)

    assert (plan.actions, plan.state, plan.reason) == ((), LinkState.EXCLUDED, "because")


def test_a_record_excluded_by_a_rule_is_created_once_the_rule_is_gone() -> None:
    """Only exclusion by hand lasts."""
    link = half_a_link(LEFT, state=LinkState.EXCLUDED, origin="found")

    assert plan_link(link, a_sale(), Unseen(), RULES).state is LinkState.IN_SYNC


def test_values_without_an_image_park_a_new_record() -> None:
    """Every gap is told at once."""
    plan = plan_link(half_a_link(LEFT), a_sale(currency="43", owner="9"), Unseen(), RULES)

    assert (plan.actions, plan.state) == ((), LinkState.PARKED)
    assert "currency 43" in plan.reason
    assert "owner 9" in plan.reason


def test_a_half_link_whose_record_was_deleted_is_buried() -> None:
    """There is nothing to do over there."""
    plan = plan_link(half_a_link(RIGHT), Unseen(), SETTLED, RULES)

    assert (plan.actions, plan.state, plan.gone) == ((), LinkState.BURIED, frozenset({RIGHT}))


def test_a_half_link_that_was_not_seen_stays() -> None:
    """A delta without the record changes nothing about it."""
    plan = plan_link(half_a_link(LEFT, state=LinkState.PARKED), Unseen(), Unseen(), RULES)

    assert (plan.state, plan.reason) == (LinkState.PARKED, "because")


# One side deleted


def test_delete_carries_what_must_still_be_there() -> None:
    """The partner is deleted only while it holds the values last seen."""
    rules = _rules(removals=removals(Removal.DELETE, Removal.KEEP))

    plan = plan_link(a_link(), SETTLED, an_opportunity(), rules)

    assert plan.actions == (Delete(RIGHT, "70", opportunity_values(), "deleted in SuperOffice"),)
    assert plan.reason == "deleted in SuperOffice; ONLYOFFICE 70 deleted too"


@pytest.mark.parametrize(("gone", "lost"), [(LEFT, "19"), (RIGHT, "lost")])
def test_close_as_lost_moves_the_partner_to_the_lost_stage(gone: Side, lost: str) -> None:
    """The partner stays, as a lost deal."""
    rules = _rules(removals=removals(Removal.CLOSE_AS_LOST, Removal.CLOSE_AS_LOST))
    sights = (SETTLED, an_opportunity()) if gone is LEFT else (a_sale(), SETTLED)

    (action,) = plan_link(a_link(), sights[0], sights[1], rules).actions

    assert isinstance(action, Update)
    assert (action.side, action.new) == (gone.other, {"stage": lost, "probability": 0})


def test_close_as_lost_leaves_a_lost_deal_alone() -> None:
    """Nothing to write where the partner is lost already."""
    rules = _rules(removals=removals(Removal.CLOSE_AS_LOST, Removal.KEEP))
    lost = opportunity_values(stage="19")

    plan = plan_link(a_link(right=lost), SETTLED, an_opportunity(stage="19"), rules)

    assert (plan.actions, plan.state) == ((), LinkState.BURIED)


def test_a_revived_record_is_made_from_the_edited_one() -> None:
    """Edit beats delete: the deleted sale is made again from the opportunity as it is now."""
    edited = an_opportunity(title="Pipes")

    plan = plan_link(a_link(), SETTLED, edited, _rules(revival=Revival.RECREATE))

    (create,) = plan.actions
    assert isinstance(create, Create)
    assert (create.side, create.values["title"], create.source) == (LEFT, "Pipes", edited)
    assert create.reason == "deleted in SuperOffice, edited in ONLYOFFICE"


def test_asked_about_a_revival_the_link_waits() -> None:
    """Nothing moves until a person decides, and the gap is remembered."""
    plan = plan_link(a_link(), a_sale(title="Pipes"), SETTLED, RULES)

    assert (plan.actions, plan.state, plan.gone) == ((), LinkState.CONFLICT, frozenset({RIGHT}))


# First bond


@pytest.mark.parametrize(("first", "written"), [(Winner.LEFT, RIGHT), (Winner.RIGHT, LEFT)])
def test_a_first_bond_follows_its_own_rule(first: Winner, written: Side) -> None:
    """Two records bonded for the first time are made equal towards the chosen side."""
    plan = plan_link(
        Link("link-1", "5", "70"), a_sale(title="Pipes"), an_opportunity(), _rules(first_link=first)
    )

    assert [(action.side, len(action.changes)) for action in plan.actions if isinstance(action, Update)] == [
        (written, 1)
    ]


def test_a_plan_without_any_values_has_no_title() -> None:
    """A link nothing is known of has an empty title, and a dead one is called by its base."""
    bare = plan_link(replace(half_a_link(LEFT)), Unseen(), Unseen(), RULES)
    dead = plan_link(a_link(), SETTLED, SETTLED, RULES)

    assert (bare.title, dead.title) == ("", "Pumps")


def test_a_gap_is_blamed_on_the_field_that_has_it() -> None:
    """A company that does not travel to SuperOffice is not the reason why an unknown currency waits."""
    mapping = a_mapping(a_spec(company=FieldRule(Direction.LEFT_TO_RIGHT)))

    plan = plan_link(half_a_link(RIGHT), Unseen(), an_opportunity(currency="XTS"), Rules(mapping, Policy()))

    assert (plan.actions, plan.state) == ((), LinkState.PARKED)
