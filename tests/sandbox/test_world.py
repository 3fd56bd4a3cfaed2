"""The seeded world: reproducible, unambiguous, and awkward where real data is."""

from __future__ import annotations

import itertools
from collections import Counter

import pytest

from sync.sandbox.company_names import names, near, normalised
from sync.sandbox.world import World, make_world


@pytest.fixture(scope="module")
def world() -> World:
    return make_world(companies=400, sales=1500, seed=7)


def test_one_seed_makes_one_world(world: World) -> None:
    """The same arguments give an equal world, another seed a different one."""
    assert make_world(companies=400, sales=1500, seed=7) == world
    assert make_world(companies=400, sales=1500, seed=8) != world


def test_no_two_companies_can_be_taken_for_one(world: World) -> None:
    """Normalised names are unique per side, and no organisation number is given twice."""
    for side in ("left_name", "right_name"):
        found = Counter(normalised(name) for firm in world.companies if (name := getattr(firm, side)))
        assert max(found.values()) == 1
    numbers = Counter(firm.org_number for firm in world.companies if firm.org_number)
    assert max(numbers.values()) == 1


def test_no_name_of_one_company_matches_another_company_of_the_other_side(world: World) -> None:
    """A left name equals a right name, once normalised, only inside one company."""
    rights = {normalised(firm.right_name): firm.key for firm in world.companies if firm.right_name}
    for firm in world.companies:
        if firm.left_name:
            assert rights.get(normalised(firm.left_name), firm.key) == firm.key


def test_companies_come_in_every_kind(world: World) -> None:
    """Same, near and different names, and one-sided companies are all there in about the promised shares."""
    pairs = [(firm.left_name, firm.right_name) for firm in world.companies]
    same = sum(left == right for left, right in pairs)
    near_names = sum(bool(a and b and a != b and normalised(a) == normalised(b)) for a, b in pairs)
    renamed = [f for f in world.companies if f.left_name and f.right_name
               and normalised(f.left_name) != normalised(f.right_name)]  # fmt: skip

    assert 0.5 < same / 400 < 0.7
    assert 0.1 < near_names / 400 < 0.2
    assert all(firm.org_number for firm in renamed) and renamed


def test_ambiguous_twins_are_added_on_request() -> None:
    """Each twin repeats a right name and carries no organisation number."""
    world = make_world(companies=30, sales=0, seed=1, ambiguous=3)
    twins = world.companies[30:]
    repeated = Counter(firm.right_name for firm in world.companies)

    assert len(twins) == 3
    assert all(repeated[twin.right_name] == 2 and not twin.org_number for twin in twins)


def test_deals_on_both_sides_belong_to_companies_on_both_sides(world: World) -> None:
    """Wherever a deal is, its company is too; shared deals always have one."""
    firms = {firm.key: firm for firm in world.companies}
    for deal in world.deals:
        firm = firms.get(deal.company_key or 0)
        assert firm is not None or not (deal.on_left and deal.on_right)
        assert firm is None or not deal.on_left or firm.left_name
        assert firm is None or not deal.on_right or firm.right_name


def test_deals_are_awkward(world: World) -> None:
    """Cents, zero, credit and large amounts, full-length titles, missing companies and markup all occur."""
    amounts = [deal.amount for deal in world.deals]
    assert 0 in amounts and min(amounts) < 0 and max(amounts) > 10_000_000
    assert any(amount % 1 for amount in amounts)
    assert max(len(deal.title) for deal in world.deals) == 219
    assert any(deal.company_key is None for deal in world.deals)
    assert any("<b>" in deal.title for deal in world.deals)
    assert any(deal.description == "" for deal in world.deals)
    assert {deal.outcome for deal in world.deals} == {"open", "won", "lost", "stalled"}


def test_text_stays_inside_the_basic_plane(world: World) -> None:
    """No character needs four bytes, since one side would cut the text there."""
    texts = [deal.title + deal.description for deal in world.deals]
    assert max(max(map(ord, text), default=0) for text in texts) <= 0xFFFF


def test_matching_fields_are_unique(world: World) -> None:
    """No two deals share title, company, amount, currency and close date."""
    keys = {(deal.title, deal.company_key, deal.amount, deal.currency, deal.close_on) for deal in world.deals}
    assert len(keys) == len(world.deals)


def test_persons_belong_to_the_company_of_their_deal(world: World) -> None:
    """A deal's person works for the deal's company."""
    employer = {person.key: person.company_key for person in world.persons}
    assert all(d.person_key is None or employer[d.person_key] == d.company_key for d in world.deals)


def test_every_name_has_a_near_spelling() -> None:
    """Another spelling differs as text and is equal once normalised, for any choice."""
    for name, choice in itertools.product(itertools.islice(names(), 800), range(6)):
        other = near(name, choice)
        assert other != name and normalised(other) == normalised(name)
