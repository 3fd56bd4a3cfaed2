"""What a plan tells a person, and the state it leaves a link in, word by word."""

from dataclasses import replace

import pytest

from sync.domain.actions import LinkPlan, Update
from sync.domain.field import Unmapped
from sync.domain.half import remembered
from sync.domain.link import Link, LinkState
from sync.domain.model import Side
from sync.domain.plan import Gone, Rules, Sight, Unseen, plan_link
from sync.domain.policy import Policy, Winner
from sync.domain.resolve import Companies

from .builders import (
    COMPANIES,
    LEFT,
    RIGHT,
    a_link,
    a_mapping,
    a_sale,
    an_opportunity,
    half_a_link,
    opportunity_values,
    sale_values,
)

MAPPING = a_mapping()
GONE, MISSED, UNSEEN = Gone(settled=True), Gone(settled=False), Unseen()
BARE = Link("link-1", "5", "70")
FROZEN = (LinkState.PAUSED, LinkState.BURIED)


def planned(link: Link, left: Sight, right: Sight, policy: Policy | None = None) -> LinkPlan:
    return plan_link(link, left, right, Rules(MAPPING, policy or Policy()))


def told(plan: LinkPlan) -> tuple[LinkState, str]:
    return plan.state, plan.reason


# A record without a partner


@pytest.mark.parametrize(
    ("sight", "state", "more"),
    [(GONE, LinkState.BURIED, ""), (MISSED, LinkState.PENDING, "; looking again before believing it")],
)
def test_a_lone_record_that_is_gone(sight: Gone, state: LinkState, more: str) -> None:
    """Believed when missed twice."""
    plan = planned(half_a_link(LEFT), sight, UNSEEN)

    assert told(plan) == (state, f"deleted before it was ever linked{more}")


@pytest.mark.parametrize("side", Side)
def test_a_record_to_be_created_has_no_reason_to_wait(side: Side) -> None:
    """And remembers what it showed."""
    record = a_sale() if side is LEFT else an_opportunity()

    plan = planned(half_a_link(side), record, record)

    assert told(plan) == (LinkState.IN_SYNC, "")
    assert plan.seen == {side: remembered(record, MAPPING)}


@pytest.mark.parametrize(("side", "name"), [(LEFT, "onlyoffice"), (RIGHT, "superoffice")])
def test_creation_switched_off_names_the_setting(side: Side, name: str) -> None:
    """As it is written in the configuration."""
    record = a_sale() if side is LEFT else an_opportunity()

    plan = planned(half_a_link(side), record, record, Policy(creates=dict.fromkeys(Side, False)))

    said = f"creating in {side.other.label} is switched off ([policy] create_in_{name})"
    assert told(plan) == (LinkState.EXCLUDED, said)


@pytest.mark.parametrize(("currency", "state"), [("41", LinkState.EXCLUDED), ("43", LinkState.PARKED)])
def test_a_gap_that_nobody_has_to_mend_excludes(currency: str, state: LinkState) -> None:
    """As long as every gap of the record is of that kind."""
    refusals = {RIGHT: {"8": Unmapped("company 8 is private", needs_person=False)}}
    mapping = a_mapping(companies=Companies(COMPANIES.images, refusals))

    plan = plan_link(
        half_a_link(LEFT), a_sale(currency=currency, company="8"), UNSEEN, Rules(mapping, Policy())
    )

    assert plan.state is state
    assert plan.reason.endswith("company 8 is private")


def test_every_gap_is_told_in_one_line() -> None:
    """In the order of the fields."""
    gaps = (
        "currency 43 of SuperOffice has no image in ONLYOFFICE: "
        "add it there, or map it under [mapping.currencies]; "
        "owner 9 of SuperOffice has no image in ONLYOFFICE: "
        "add a pair to [mapping.owners.table], or a default owner"
    )

    assert planned(half_a_link(LEFT), a_sale(currency="43", owner="9"), UNSEEN).reason == gaps


# Both records are there


@pytest.mark.parametrize("state", [state for state in LinkState if state not in FROZEN])
def test_agreement_settles_whatever_a_link_waited_for(state: LinkState) -> None:
    """Both sides were looked at, so nothing can wait unseen."""
    plan = planned(replace(a_link(state=state), reason="because"), a_sale(), an_opportunity())

    assert told(plan) == (LinkState.IN_SYNC, "")
    assert plan.seen == {LEFT: sale_values(), RIGHT: opportunity_values()}


@pytest.mark.parametrize("unseen", Side)
@pytest.mark.parametrize(
    ("state", "waits"),
    [
        (LinkState.CONFLICT, True),
        (LinkState.PARKED, True),
        (LinkState.PENDING, False),
        (LinkState.RETRYING, False),
        (LinkState.EXCLUDED, False),
    ],
)
def test_what_waits_for_a_person_waits_until_both_sides_were_seen(
    unseen: Side, state: LinkState, waits: bool
) -> None:
    """The value in question may be on the side that was not looked at."""
    link = replace(a_link(state=state), reason="because")
    sights: tuple[Sight, Sight] = (UNSEEN, an_opportunity()) if unseen is LEFT else (a_sale(), UNSEEN)

    assert told(planned(link, *sights)) == ((state, "because") if waits else (LinkState.IN_SYNC, ""))


def test_a_new_question_replaces_the_old_one() -> None:
    """Also where the other side was not looked at."""
    link = replace(a_link(state=LinkState.CONFLICT), reason="because")

    plan = planned(link, a_sale(currency="43"), UNSEEN)

    assert plan.state is LinkState.PARKED
    assert plan.reason.startswith("currency 43 of SuperOffice has no image")


@pytest.mark.parametrize("side", Side)
@pytest.mark.parametrize("based", [None, LEFT, RIGHT])
def test_records_never_compared_wait_for_a_look_at_both(side: Side, based: Side | None) -> None:
    """A base stands for its own side only."""
    link = BARE if based is None else BARE.with_base(based, sale_values())
    sights: tuple[Sight, Sight] = (UNSEEN, an_opportunity()) if side is LEFT else (a_sale(), UNSEEN)

    plan = planned(link, *sights)

    never = (LinkState.PENDING, "the two records were never compared")
    assert (told(plan) == never) is (based is not side)


@pytest.mark.parametrize(
    ("link", "reason"),
    [
        (BARE, "the two differ at their first link"),
        (BARE.with_base(LEFT, {}), "edited in ONLYOFFICE"),
        (BARE.with_base(RIGHT, {}), "edited in ONLYOFFICE"),
        (a_link(), "edited in ONLYOFFICE"),
    ],
)
def test_an_update_says_why(link: Link, reason: str) -> None:
    """Two records that were never equal were not edited."""
    plan = planned(link, a_sale(), an_opportunity(title="Pipes"), Policy(first_link=Winner.RIGHT))

    (update,) = plan.actions
    assert isinstance(update, Update)
    assert (update.side, update.record_id, update.reason) == (LEFT, "5", reason)
