"""Builders of domain values with defaults that agree with each other; they assert nothing."""

from collections.abc import Mapping as AbstractMapping
from dataclasses import replace
from datetime import date
from decimal import Decimal

from sync.domain.field import Capacity, Field, Table
from sync.domain.link import Link, LinkState
from sync.domain.mapping import Mapping
from sync.domain.model import (
    AMOUNT,
    CURRENCY,
    DESCRIPTION,
    FIELDS,
    STAGE,
    TITLE,
    Choice,
    Company,
    Lists,
    Record,
    Side,
    Stage,
    State,
    User,
    Value,
    Values,
)
from sync.domain.policy import Direction, Removal, Winner
from sync.domain.resolve import Companies, FieldRule, MappingSpec, resolve
from sync.domain.stages import StageRule

LEFT, RIGHT = Side.LEFT, Side.RIGHT
SPRING, SUMMER, AUTUMN = date(2026, 4, 1), date(2026, 7, 1), date(2026, 10, 1)

STAGES = {
    LEFT: (
        Stage("open/1", "Lead", State.OPEN, 10),
        Stage("open/2", "Offer", State.OPEN, 50),
        Stage("stalled", "Stalled", State.STALLED, 0),
        Stage("sold", "Sold", State.WON, 100),
        Stage("lost", "Lost", State.LOST, 0),
    ),
    RIGHT: (
        Stage("11", "Suspect", State.OPEN, 3),
        Stage("12", "Proposal", State.OPEN, 75),
        Stage("18", "Closure", State.WON, 100),
        Stage("19", "Unsuccessful", State.LOST, 0),
    ),
}

STAGE_RULES = (
    StageRule("open", "Suspect", "Lead"),
    StageRule("open", "Proposal", "Offer"),
    StageRule("stalled", "Proposal", direction=Direction.LEFT_TO_RIGHT),
    StageRule("sold", "Closure"),
    StageRule("lost", "Unsuccessful"),
)

USERS = {
    LEFT: (User("1", "Ada Berg", "ADA", "ada@example.com"), User("2", "Bo Lie", "BO", "bo@example.com")),
    RIGHT: (User("u1", "Ada Berg", "ada", "ADA@example.com"), User("u2", "Bo Lie", "bo", "bo@example.com")),
}

CURRENCIES = {
    LEFT: (Choice("41", "EUR"), Choice("42", "NOK"), Choice("43", "ISK")),
    RIGHT: (Choice("EUR", "Euro"), Choice("NOK", "Norwegian krone")),
}

COMPANIES = Companies({LEFT: {"500": "7"}, RIGHT: {"7": "500"}}, {})
"""SuperOffice contact 7 is ONLYOFFICE company 500."""


def some_lists(side: Side, **parts: object) -> Lists:
    """The lists of one side; name a part to replace it."""
    known: dict[str, object] = {
        "stages": STAGES[side],
        "currencies": CURRENCIES[side],
        "users": USERS[side],
    }
    return Lists(**{**known, **parts})  # type: ignore[arg-type]  # the caller names the parts it replaces


def a_spec(**rules: FieldRule) -> MappingSpec:
    """A mapping as a user writes it; name a field to give it its own rule."""
    return MappingSpec(stages=STAGE_RULES, fields=rules)


def a_mapping(spec: MappingSpec | None = None, companies: Companies = COMPANIES) -> Mapping:
    return resolve(spec or a_spec(), some_lists(LEFT), some_lists(RIGHT), companies).mapping


def sale_values(**changed: Value) -> dict[str, Value]:
    """An open sale as the left shows it."""
    values: dict[str, Value] = {
        "title": "Pumps",
        "description": "Two of them",
        "amount": Decimal("1500.5"),
        "currency": "41",
        "probability": 50,
        "stage": "open/2",
        "expected_close_on": SUMMER,
        "owner": "1",
        "company": "7",
    }
    return values | changed


def opportunity_values(**changed: Value) -> dict[str, Value]:
    """The same deal as the right shows it."""
    theirs: dict[str, Value] = {"currency": "EUR", "stage": "12", "owner": "u1", "company": "500"}
    return sale_values(**theirs, actual_close_on=None) | changed


def a_sale(record_id: str = "5", *, without: tuple[str, ...] = (), **changed: Value) -> Record:
    values = sale_values(**changed)
    return Record(LEFT, record_id, {name: values[name] for name in values if name not in without})


def a_closed_sale(record_id: str = "5", **changed: Value) -> Record:
    """A sold sale: its one date is the day it was sold."""
    closed: dict[str, Value] = {"stage": "sold", "actual_close_on": SPRING}
    return a_sale(record_id, without=("expected_close_on",), **(closed | changed))


def an_opportunity(record_id: str = "70", **changed: Value) -> Record:
    return Record(RIGHT, record_id, opportunity_values(**changed))


def a_link(
    left: Values | None = None, right: Values | None = None, *, state: LinkState = LinkState.IN_SYNC
) -> Link:
    """Sale 5 ↔ opportunity 70, both last seen with these values (the default deal)."""
    bases = sale_values() if left is None else left, opportunity_values() if right is None else right
    return Link("link-1", "5", "70", *bases, state=state)


def half_a_link(side: Side, *, state: LinkState = LinkState.PENDING, origin: str = "") -> Link:
    """A record of `side` without a partner."""
    link = Link("link-1", state=state, reason="because", origin=origin)
    return link.with_record(side, "5" if side is LEFT else "70")


def a_field(
    name: str = DESCRIPTION,
    direction: Direction = Direction.BOTH,
    winner: Winner = Winner.ASK,
    table: Table | None = None,
    **holds: Capacity,
) -> Field:
    """A field without limits; give `left=` or `right=` a capacity to have one."""
    sides = {side: holds.get(side, Capacity()) for side in Side}
    return Field(name, direction, winner, sides, table)


def a_table(
    to_right: AbstractMapping[str, str], to_left: AbstractMapping[str, str] | None = None, **defaults: str
) -> Table:
    """The way back is the way there reversed, unless given."""
    back = {image: key for key, image in to_right.items()} if to_left is None else to_left
    return Table("value", {RIGHT: to_right, LEFT: back}, {Side(s): v for s, v in defaults.items()}, "add it")


def a_company(side: Side, company_id: str, name: str = "Fjord AS", **more: str) -> Company:
    return Company(side, company_id, name, **more)  # type: ignore[arg-type]  # every optional part is a str


def a_symmetric_mapping(direction: Direction = Direction.BOTH, winner: Winner = Winner.ASK) -> Mapping:
    """A mapping that is its own mirror image: equal limits, equal words, no close dates."""
    words = {"a": "a", "b": "b", "dead": "dead"}
    tables = {STAGE: a_table(words), CURRENCY: a_table({"EUR": "EUR"})}
    names = [name for name in FIELDS if name in (TITLE, DESCRIPTION, AMOUNT, CURRENCY, STAGE)]
    fields = tuple(a_field(name, direction, winner, tables.get(name)) for name in names)
    states = {"a": State.OPEN, "b": State.OPEN, "dead": State.LOST}
    return Mapping(fields, {LEFT: states, RIGHT: states}, {LEFT: "dead", RIGHT: "dead"})


def removals(left: Removal, right: Removal) -> dict[Side, Removal]:
    return {LEFT: left, RIGHT: right}


def a_mapping_with_two_lost_stages() -> Mapping:
    """The right knows two ways to lose a deal: 19 and 20."""
    mapping = a_mapping()
    states = {**mapping.states, RIGHT: {**mapping.states[RIGHT], "20": State.LOST}}
    return replace(mapping, states=states)
