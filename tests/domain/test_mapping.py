"""The rules that tie fields together: one sale date in SuperOffice, two close dates in ONLYOFFICE."""

import pytest

from sync.domain.merge import Change, Merge, View
from sync.domain.model import ACTUAL_CLOSE, AMOUNT, EXPECTED_CLOSE, STAGE, Record, Side, Value, Values
from sync.domain.policy import Direction, Winner
from sync.domain.resolve import FieldRule

from .builders import (
    AUTUMN,
    LEFT,
    RIGHT,
    SPRING,
    SUMMER,
    a_closed_sale,
    a_mapping,
    a_sale,
    a_spec,
    an_opportunity,
    opportunity_values,
    sale_values,
)

MAPPING = a_mapping()
OPEN = sale_values(), opportunity_values()
CLOSED = a_closed_sale().values, opportunity_values(stage="18", actual_close_on=SPRING)


def _merge(base: tuple[Values, Values], left: Record, right: Record, mapping: object = MAPPING) -> Merge:
    view = View(
        {LEFT: left.values, RIGHT: right.values},
        {LEFT: base[0], RIGHT: base[1]},
        {LEFT: {}, RIGHT: {}},
        Winner.ASK,
    )
    assert isinstance(mapping, type(MAPPING))
    return mapping.merge(view)


def _writes(merged: Merge, side: Side) -> dict[str, Value]:
    assert not merged.clashes
    return {change.field: change.new for change in merged.of(side)}


# Closing


def test_closing_the_sale_closes_the_opportunity_on_that_day() -> None:
    """The sale date of a closed sale is the actual close date over there."""
    merged = _merge(OPEN, a_closed_sale(), an_opportunity())

    assert _writes(merged, RIGHT) == {"stage": "18", "actual_close_on": SPRING}
    assert _writes(merged, LEFT) == {}


def test_an_expected_date_is_not_written_into_a_closing_sale() -> None:
    """Closed over there with its expected date moved too: the one sale date is no longer an expectation."""
    closed = an_opportunity(stage="18", expected_close_on=AUTUMN, actual_close_on=SPRING)

    merged = _merge(OPEN, a_sale(), closed)

    assert EXPECTED_CLOSE not in _writes(merged, LEFT)
    assert _writes(merged, LEFT)[STAGE] == "sold"


def test_the_expected_date_moves_while_both_are_open() -> None:
    """The sale date of an open sale is the expected date, both ways."""
    assert _writes(_merge(OPEN, a_sale(), an_opportunity(expected_close_on=AUTUMN)), LEFT) == {
        EXPECTED_CLOSE: AUTUMN
    }
    assert _writes(_merge(OPEN, a_sale(expected_close_on=AUTUMN), an_opportunity()), RIGHT) == {
        EXPECTED_CLOSE: AUTUMN
    }


def test_the_actual_date_moves_while_both_are_closed() -> None:
    """The expected date of a closed deal stays over there; the day it closed is kept equal."""
    moved = an_opportunity(stage="18", actual_close_on=AUTUMN, expected_close_on=AUTUMN)

    assert _writes(_merge(CLOSED, a_closed_sale(), moved), LEFT) == {ACTUAL_CLOSE: AUTUMN}


def test_an_actual_date_on_an_open_opportunity_is_not_the_sale_date() -> None:
    """Somebody filled it in by hand: the open sale keeps its expectation."""
    filled = an_opportunity(actual_close_on=SPRING)

    assert _writes(_merge(OPEN, a_sale(), filled), LEFT) == {}


# Reopening


def test_reopening_the_opportunity_gives_the_sale_its_expected_date() -> None:
    """The sale's own date was the day it closed; the field is not there now, so nothing old is expected."""
    merged = _merge(CLOSED, a_closed_sale(), an_opportunity(actual_close_on=None))

    assert _writes(merged, LEFT) == {"stage": "open/2", "expected_close_on": SUMMER}
    assert merged.of(LEFT)[-1] == Change(EXPECTED_CLOSE, LEFT, None, SUMMER, held=False)


def test_reopening_with_an_actual_date_left_over_does_not_write_it() -> None:
    """Whatever ONLYOFFICE still shows as actual date, an open sale has none."""
    reopened = an_opportunity(actual_close_on=AUTUMN)

    assert ACTUAL_CLOSE not in _writes(_merge(CLOSED, a_closed_sale(), reopened), LEFT)


@pytest.mark.parametrize(
    ("rule", "expected"),
    [(FieldRule(Direction.OFF), SUMMER), (FieldRule(Direction.LEFT_TO_RIGHT), SUMMER), (FieldRule(), None)],
)
def test_reopening_leaves_the_date_where_it_may_not_be_written(rule: FieldRule, expected: Value) -> None:
    """Switched off, one-way or unknown over there: only the stage moves."""
    mapping = a_mapping(a_spec(expected_close_on=rule))
    base = CLOSED[0], {**CLOSED[1], "expected_close_on": expected}
    reopened = an_opportunity(actual_close_on=None, expected_close_on=expected)

    assert _writes(_merge(base, a_closed_sale(), reopened, mapping), LEFT) == {"stage": "open/2"}


def test_reopening_the_sale_moves_the_expected_date() -> None:
    """The sale date of the reopened sale is an expectation again."""
    merged = _merge(
        CLOSED, a_sale(expected_close_on=AUTUMN), an_opportunity(stage="18", actual_close_on=SPRING)
    )

    assert _writes(merged, RIGHT)["stage"] == "12"
    assert _writes(merged, RIGHT)["expected_close_on"] == AUTUMN
    assert _writes(merged, LEFT) == {}


# Creating


def test_an_open_deal_is_created_with_its_expected_date() -> None:
    """Both ways."""
    assert MAPPING.image_of(sale_values(), RIGHT) == (opportunity_values(), ())
    assert MAPPING.image_of(opportunity_values(), LEFT) == (sale_values(), ())


def test_a_closed_sale_is_created_with_its_actual_date() -> None:
    """A closed sale has no expectation to hand over."""
    image, _ = MAPPING.image_of(a_closed_sale().values, RIGHT)

    assert (image["stage"], image["actual_close_on"], image["expected_close_on"]) == ("18", SPRING, None)


@pytest.mark.parametrize(("actual", "date"), [(SPRING, SPRING), (None, SUMMER)])
def test_a_closed_opportunity_is_created_with_the_best_date_it_has(actual: Value, date: Value) -> None:
    """ONLYOFFICE does not fill the actual date by itself (onlyoffice.md 5.5)."""
    image, _ = MAPPING.image_of(opportunity_values(stage="18", actual_close_on=actual), LEFT)

    assert image["actual_close_on"] == date
    assert "expected_close_on" not in image


def test_an_open_opportunity_is_created_with_its_expected_date() -> None:
    """Whatever somebody filled in as the day it closed."""
    image, _ = MAPPING.image_of(opportunity_values(actual_close_on=SPRING), LEFT)

    assert image == sale_values()


def test_a_deal_without_any_date_is_created_without_one() -> None:
    """The server has a default for the sale date; we have none."""
    image, _ = MAPPING.image_of(opportunity_values(expected_close_on=None), LEFT)

    assert {EXPECTED_CLOSE, ACTUAL_CLOSE}.isdisjoint(image)


def test_a_new_record_gets_only_fields_that_flow_or_must_be_there() -> None:
    """A one-way field the other way round is left out, unless no record can be without it."""
    mapping = a_mapping(
        a_spec(
            description=FieldRule(Direction.RIGHT_TO_LEFT),
            amount=FieldRule(Direction.RIGHT_TO_LEFT),
            probability=FieldRule(Direction.CREATE_ONLY),
        )
    )

    image, _ = mapping.image_of(sale_values(), RIGHT)

    assert "description" not in image
    assert {"amount", "probability"} <= image.keys()


def test_every_gap_of_a_new_record_is_told() -> None:
    """What has no image is missing from the record and named in the list."""
    image, missing = MAPPING.image_of(sale_values(currency="43", company="8"), RIGHT)

    assert {"currency", "company"}.isdisjoint(image)
    assert [gap.reason.split(" of ")[0] for gap in missing] == ["currency 43", "company 8"]


# Looking things up


def test_a_switched_off_field_is_unknown() -> None:
    """It reaches neither bases nor decisions."""
    mapping = a_mapping(a_spec(amount=FieldRule(Direction.OFF)))

    assert mapping.field(AMOUNT) is None
    assert "amount" not in mapping.comparable(sale_values())
    assert mapping.comparable({"title": "Pumps", "unknown": 1}) == {"title": "Pumps"}


@pytest.mark.parametrize(
    ("side", "stage", "closed"),
    [
        (LEFT, "sold", True),
        (LEFT, "lost", True),
        (LEFT, "stalled", False),
        (LEFT, "open/1", False),
        (RIGHT, "18", True),
        (RIGHT, "19", True),
        (RIGHT, "11", False),
        (RIGHT, "77", False),
        (RIGHT, None, False),
    ],
)
def test_closed_is_won_or_lost(side: Side, stage: Value, closed: bool) -> None:
    """Stalled deals are alive, and so is what nobody knows."""
    assert MAPPING.is_closed(side, stage) is closed


# The day a deal closed


def test_closing_the_opportunity_closes_the_sale_on_that_day() -> None:
    """superoffice.md 4.1: closing a sale has to write the sale date, the server does not."""
    closed = an_opportunity(stage="18", actual_close_on=SPRING)

    merged = _merge(OPEN, a_sale(), closed)

    assert _writes(merged, LEFT) == {"stage": "sold", "actual_close_on": SPRING}


def test_closing_an_opportunity_that_had_its_actual_date_before_carries_that_date() -> None:
    """Filled in by hand while open, then closed: the date is no edit now, but the sale needs it."""
    filled = opportunity_values(actual_close_on=SPRING)

    merged = _merge((OPEN[0], filled), a_sale(), an_opportunity(stage="18", actual_close_on=SPRING))

    assert _writes(merged, LEFT) == {"stage": "sold", "actual_close_on": SPRING}


def test_closing_an_opportunity_without_an_actual_date_keeps_the_sale_date() -> None:
    """ONLYOFFICE does not fill it by itself, and a sale date cannot be emptied."""
    merged = _merge(OPEN, a_sale(), an_opportunity(stage="18"))

    assert _writes(merged, LEFT) == {"stage": "sold"}


def test_reopening_the_sale_clears_the_actual_date() -> None:
    """An open opportunity has no close day; the vendor's own form clears it (onlyoffice.md 4.4)."""
    merged = _merge(
        CLOSED, a_sale(expected_close_on=AUTUMN), an_opportunity(stage="18", actual_close_on=SPRING)
    )

    assert _writes(merged, RIGHT) == {"stage": "12", "expected_close_on": AUTUMN, "actual_close_on": None}
    assert Change(ACTUAL_CLOSE, RIGHT, SPRING, None) in merged.changes


@pytest.mark.parametrize("direction", [Direction.OFF, Direction.RIGHT_TO_LEFT])
def test_reopening_the_sale_leaves_an_actual_date_that_may_not_be_written(direction: Direction) -> None:
    """Switched off or one-way the other way round, the date over there is not ours to clear."""
    mapping = a_mapping(a_spec(actual_close_on=FieldRule(direction)))
    still_closed = an_opportunity(stage="18", actual_close_on=SPRING)

    merged = _merge(CLOSED, a_sale(expected_close_on=AUTUMN), still_closed, mapping)

    assert _writes(merged, RIGHT) == {"stage": "12", "expected_close_on": AUTUMN}
