"""The limits of both systems, field by field, as their documents state them."""

from datetime import date
from decimal import Decimal

import pytest

from sync.domain import model
from sync.domain.capacity import CAPACITIES, CUSTOM_CAPACITIES
from sync.domain.model import FieldKind, Side, Value

from .builders import LEFT, RIGHT


def test_every_field_has_limits_on_both_sides() -> None:
    """A field or kind without an entry would fail only when a user maps it."""
    assert set(CAPACITIES) == set(model.FIELDS)
    assert set(CUSTOM_CAPACITIES) == set(FieldKind)
    assert all(set(sides) == set(Side) for sides in (*CAPACITIES.values(), *CUSTOM_CAPACITIES.values()))


@pytest.mark.parametrize(
    ("field", "side", "value", "held"),
    [
        (model.TITLE, LEFT, "a\nb" + "c" * 300, "a b" + "c" * 216),
        (model.TITLE, RIGHT, "a🎉" + "c" * 300, "a" + "c" * 254),
        (model.DESCRIPTION, LEFT, "a\r\n" + "b" * 70_000, "a\n" + "b" * 70_000),
        (model.DESCRIPTION, RIGHT, "é" * 40_000, "é" * 32_767),
        (model.AMOUNT, LEFT, Decimal("0.12345678901234567890"), Decimal("0.12345678901234568")),
        (model.AMOUNT, RIGHT, Decimal("0.12345678949"), Decimal("0.123456789")),
        (model.EXPECTED_CLOSE, LEFT, date(2026, 7, 1), date(2026, 7, 1)),
    ],
)
def test_what_each_side_can_hold(field: str, side: Side, value: Value, held: Value) -> None:
    """superoffice.md 3.6; onlyoffice.md 4.4, 5.2 and 5.7."""
    assert CAPACITIES[field][side].hold(value) == held


@pytest.mark.parametrize(
    ("field", "sides"),
    [
        (model.TITLE, {LEFT, RIGHT}),
        (model.STAGE, {LEFT, RIGHT}),
        (model.CURRENCY, {LEFT, RIGHT}),
        (model.OWNER, {LEFT, RIGHT}),
        (model.AMOUNT, {LEFT, RIGHT}),
        (model.EXPECTED_CLOSE, {LEFT}),
        (model.ACTUAL_CLOSE, {LEFT}),
        (model.COMPANY, set()),
        (model.DESCRIPTION, set()),
    ],
)
def test_what_a_side_cannot_leave_empty(field: str, sides: set[Side]) -> None:
    """superoffice.md 3.6: the sale date is NOT NULL; onlyoffice.md 4.4: title, owner, stage, currency."""
    assert {side for side in Side if CAPACITIES[field][side].required} == sides


def test_custom_text_is_cut_where_it_is_short() -> None:
    """onlyoffice.md 4.9: 255 characters in the form."""
    assert CUSTOM_CAPACITIES[FieldKind.TEXT][RIGHT].hold("a" * 300) == "a" * 255
    assert CUSTOM_CAPACITIES[FieldKind.NUMBER][LEFT].hold(Decimal("1.10")) == Decimal("1.1")
