"""Fingerprints are equal exactly when what they stand for is equal."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest

from sync.domain.actions import LinkPlan, Update
from sync.domain.field import Capacity, Field
from sync.domain.fingerprint import of_plan, of_rules, of_spec
from sync.domain.link import LinkState
from sync.domain.merge import Change, Clash, ClashKind
from sync.domain.model import COMPANY, CURRENCY, PERSON, TITLE, FieldKind
from sync.domain.owners import OwnerRule
from sync.domain.plan import Rules
from sync.domain.policy import Direction, Policy, Removal, Revival, Winner
from sync.domain.resolve import CustomRule, FieldRule, MappingSpec
from sync.domain.stages import StageRule

from .builders import LEFT, RIGHT, a_field, a_link, a_symmetric_mapping, a_table, half_a_link, removals

# Rules: everything that decides


def with_fields(*fields: Field, policy: Policy | None = None) -> Rules:
    return Rules(replace(a_symmetric_mapping(), fields=fields), policy or Policy())


PLAIN = a_field(TITLE)
CODED = a_field(CURRENCY, table=a_table({"1": "EUR"}))
RULES = with_fields(PLAIN, CODED)


@pytest.mark.parametrize(
    "other",
    [
        with_fields(PLAIN),
        with_fields(PLAIN, replace(CODED, name="stage")),
        with_fields(replace(PLAIN, direction=Direction.FILL_BLANK), CODED),
        with_fields(replace(PLAIN, winner=Winner.LEFT), CODED),
        with_fields(PLAIN, replace(CODED, table=None)),
        with_fields(PLAIN, replace(CODED, table=a_table({"1": "EUR", "2": "NOK"}))),
        with_fields(PLAIN, replace(CODED, table=a_table({"1": "EUR"}, {}))),
        with_fields(PLAIN, replace(CODED, table=a_table({"1": "EUR"}, left="1"))),
        with_fields(PLAIN, replace(CODED, table=a_table({"1": "EUR"}, right="EUR"))),
        with_fields(PLAIN, CODED, policy=Policy(first_link=Winner.LEFT)),
        with_fields(PLAIN, CODED, policy=Policy(revival=Revival.RECREATE)),
        with_fields(PLAIN, CODED, policy=Policy(creates={LEFT: False, RIGHT: True})),
        with_fields(PLAIN, CODED, policy=Policy(creates={LEFT: True, RIGHT: False})),
        with_fields(PLAIN, CODED, policy=Policy(removals=removals(Removal.DELETE, Removal.KEEP))),
        with_fields(PLAIN, CODED, policy=Policy(removals=removals(Removal.KEEP, Removal.DELETE))),
    ],
)
def test_other_rules_have_another_fingerprint(other: Rules) -> None:
    """Every way, winner, value and policy counts."""
    assert of_rules(other) != of_rules(RULES)


@pytest.mark.parametrize(
    "same",
    [
        with_fields(CODED, PLAIN),
        with_fields(PLAIN, replace(CODED, table=a_table({"1": "EUR"}))),
        with_fields(replace(PLAIN, holds={LEFT: Capacity(max_length=9), RIGHT: Capacity()}), CODED),
        with_fields(PLAIN, CODED, policy=Policy(creates={RIGHT: True, LEFT: True})),
        with_fields(PLAIN, CODED, policy=Policy(removals={RIGHT: Removal.KEEP, LEFT: Removal.KEEP})),
    ],
)
def test_equal_rules_have_equal_fingerprints(same: Rules) -> None:
    """Order is not a rule, and what a system can hold is a fact about the system."""
    assert of_rules(same) == of_rules(RULES)


def test_the_order_of_values_does_not_count() -> None:
    """Lists come in whatever order a CRM shows them."""
    one = a_table({"1": "EUR", "2": "NOK"}, left="1", right="EUR")
    other = a_table({"2": "NOK", "1": "EUR"}, right="EUR", left="1")

    assert of_rules(with_fields(replace(CODED, table=one))) == of_rules(
        with_fields(replace(CODED, table=other))
    )


@pytest.mark.parametrize("living", [COMPANY, PERSON])
def test_a_new_company_or_person_is_no_new_rule(living: str) -> None:
    """Their tables grow with every link; their way and winner are rules."""
    field = a_field(living, table=a_table({"7": "500"}))
    grown = replace(field, table=a_table({"7": "500", "8": "501"}))

    assert of_rules(with_fields(field)) == of_rules(with_fields(grown))
    assert of_rules(with_fields(field)) != of_rules(with_fields(replace(grown, winner=Winner.LEFT)))


# What the user wrote


def a_custom(**changed: object) -> MappingSpec:
    rule = CustomRule("tier", FieldKind.LIST, FieldRule(), {"Gold": "G", "Tin": "T"}, "s:1")
    return MappingSpec(customs=(replace(rule, **changed),))  # type: ignore[arg-type]  # the caller names its parts


SPECS = {
    "bare": MappingSpec(),
    "stage": MappingSpec(stages=(StageRule("open", "A", "B"),)),
    "status": MappingSpec(stages=(StageRule("sold", "A", "B"),)),
    "title": MappingSpec(stages=(StageRule("open", "X", "B"),)),
    "rating": MappingSpec(stages=(StageRule("open", "A", "X"),)),
    "one-way": MappingSpec(stages=(StageRule("open", "A", "B", Direction.LEFT_TO_RIGHT),)),
    "field": MappingSpec(fields={"title": FieldRule(winner=Winner.LEFT)}),
    "field's winner": MappingSpec(fields={"title": FieldRule(winner=Winner.RIGHT)}),
    "field's way": MappingSpec(fields={"title": FieldRule(Direction.FILL_BLANK, Winner.LEFT)}),
    "other field": MappingSpec(fields={"amount": FieldRule(winner=Winner.LEFT)}),
    "default winner": MappingSpec(default=FieldRule(winner=Winner.LEFT)),
    "default way": MappingSpec(default=FieldRule(Direction.LEFT_TO_RIGHT)),
    "currency": MappingSpec(currencies={"Kroner": "NOK"}),
    "code": MappingSpec(currencies={"Kroner": "DKK"}),
    "owner": MappingSpec(owners=OwnerRule({"ADA": "ada@example.com"})),
    "default left": MappingSpec(owners=OwnerRule(default_left="ADA")),
    "default right": MappingSpec(owners=OwnerRule(default_right="ADA")),
    "empty title": MappingSpec(empty_title="(none)"),
    "custom": a_custom(),
    "custom name": a_custom(name="x"),
    "custom kind": a_custom(kind=FieldKind.TEXT),
    "custom way": a_custom(rule=FieldRule(Direction.LEFT_TO_RIGHT)),
    "custom winner": a_custom(rule=FieldRule(winner=Winner.LEFT)),
    "custom item": a_custom(items={"Gold": "G"}),
    "custom key": a_custom(left_key="s:2"),
}


def test_every_part_of_a_spec_counts() -> None:
    """No two of these are one mapping."""
    assert len({of_spec(spec) for spec in SPECS.values()}) == len(SPECS)


def test_the_order_in_which_a_table_is_written_does_not_count() -> None:
    """Rows of words and rules of fields are looked up by name."""
    names = ["title", "amount", "stage"]
    specs = [
        MappingSpec(
            fields={name: FieldRule() for name in order},
            currencies=dict.fromkeys(order, "x"),
            owners=OwnerRule(dict.fromkeys(order, "x")),
            customs=(CustomRule("tier", FieldKind.LIST, items=dict.fromkeys(order, "x")),),
        )
        for order in (names, names[::-1])
    ]

    assert of_spec(specs[0]) == of_spec(specs[1])


def test_texts_that_no_encoding_knows_have_a_fingerprint() -> None:
    """Half a surrogate in a configuration must not end the run."""
    assert of_spec(MappingSpec(empty_title="\ud83c")) != of_spec(MappingSpec(empty_title="\ud83d\ude00"))


# A plan and what it rests on

CHANGE = Change("title", RIGHT, "a", "b")
UPDATE = Update(RIGHT, "70", (CHANGE,), "edited")
PLAN = LinkPlan(
    a_link({"title": "x", "amount": Decimal(1)}, {"title": "y", "amount": Decimal(1)}),
    (UPDATE,),
    (),
    LinkState.IN_SYNC,
    "",
    {LEFT: {"title": "b", "amount": Decimal(1)}, RIGHT: {"title": "a", "amount": Decimal(1)}},
)


def relinked(**changed: object) -> LinkPlan:
    return replace(PLAN, link=replace(PLAN.link, **changed))  # type: ignore[arg-type]  # the caller names its parts


@pytest.mark.parametrize(
    "other",
    [
        relinked(left_id="6"),
        relinked(right_id="71"),
        relinked(base_left={"title": "x"}),
        relinked(base_right={"title": "y"}),
        relinked(base_left=None),
        relinked(base_left={}),
        relinked(base_left={"title": "x", "amount": Decimal(2)}),
        relinked(base_left={"title": "x", "amount": 1}),
        relinked(base_left={"title": "x", "amount": "1"}),
        replace(PLAN, seen={**PLAN.seen, LEFT: {"title": "c"}}),
        replace(PLAN, seen={**PLAN.seen, RIGHT: {"title": "c"}}),
        replace(PLAN, seen={LEFT: PLAN.seen[LEFT]}),
        replace(PLAN, seen={RIGHT: PLAN.seen[RIGHT]}),
        replace(PLAN, actions=()),
        replace(PLAN, actions=(replace(UPDATE, changes=(replace(CHANGE, new="c"),)),)),
        replace(PLAN, state=LinkState.CONFLICT),
    ],
)
def test_a_plan_that_rests_on_something_else_is_another(other: LinkPlan) -> None:
    """Records, bases, sightings, writes and state."""
    assert of_plan(other) != of_plan(PLAN)


@pytest.mark.parametrize(
    "same",
    [
        replace(PLAN, reason="in other words"),
        replace(PLAN, clashes=(Clash("title", ClashKind.CONFLICT, "a", "b", "why"),)),
        relinked(base_left={"amount": Decimal(1), "title": "x"}),
        relinked(reason="because", state=LinkState.PENDING, origin="hand"),
        replace(PLAN, seen={side: PLAN.seen[side] for side in (RIGHT, LEFT)}),
    ],
)
def test_a_plan_in_other_words_is_the_same(same: LinkPlan) -> None:
    """What is told about it does not count, nor the order in which a base lists its fields."""
    assert of_plan(same) == of_plan(PLAN)


def test_a_half_link_has_no_bases_to_rest_on() -> None:
    """What it remembers of its record is no agreement."""
    plan = LinkPlan(half_a_link(LEFT), (), (), LinkState.PARKED, "", {LEFT: {"title": "a"}})
    remembers = replace(plan, link=plan.link.with_base(LEFT, {"title": "b"}))

    assert of_plan(plan) == of_plan(remembers)


@pytest.mark.parametrize(
    "fingerprint",
    [lambda: of_rules(RULES), lambda: of_spec(SPECS["custom"]), lambda: of_plan(PLAN)],
)
def test_a_fingerprint_is_a_short_hexadecimal_text(fingerprint: Callable[[], str]) -> None:
    """Fit for a column of the state database and a line of a kept plan."""
    assert len(bytes.fromhex(fingerprint())) == 32
