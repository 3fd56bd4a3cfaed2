"""The resolved mapping: all fields with their tables, and the rules that tie fields together."""

from collections.abc import Mapping as AbstractMapping
from dataclasses import dataclass

from sync.domain.field import Field, Unmapped
from sync.domain.merge import Change, Merge, View, merge
from sync.domain.model import ACTUAL_CLOSE, EXPECTED_CLOSE, STAGE, Side, State, Value, Values


@dataclass(frozen=True, slots=True)
class Mapping:
    """`states[side]` tells what each stage key of a side means; `lost[side]` is where a dead deal goes."""

    fields: tuple[Field, ...]
    states: AbstractMapping[Side, AbstractMapping[str, State]]
    lost: AbstractMapping[Side, str]

    def field(self, name: str) -> Field | None:
        """None for a field that is switched off."""
        return next((field for field in self.fields if field.name == name), None)

    def is_closed(self, side: Side, stage: Value) -> bool:
        return self.states[side].get(str(stage)) in (State.WON, State.LOST)

    def comparable(self, values: Values) -> Values:
        """Only the mapped fields: the rest of a record never reaches a base or a decision."""
        return {field.name: values[field.name] for field in self.fields if field.name in values}

    def merge(self, view: View) -> Merge:
        """The field-wise merge, with the one close date of the left made to fit the stage it will have."""
        merged = merge(self.fields, view)
        return Merge(_fit_close_date(self, view, merged.changes), merged.clashes)

    def image_of(self, values: Values, to: Side) -> tuple[dict[str, Value], tuple[Unmapped, ...]]:
        """A new record on `to` made from the other side's values, and what could not be translated."""
        images = {
            field.name: field.image(values.get(field.name), to)
            for field in self.fields
            if field.direction.creates_on(to) or field.holds[to].required
        }
        missing = tuple(image for image in images.values() if isinstance(image, Unmapped))
        image = {name: value for name, value in images.items() if not isinstance(value, Unmapped)}
        return self._fit_new(image, to), missing

    def _fit_new(self, image: dict[str, Value], to: Side) -> dict[str, Value]:
        if to is Side.RIGHT:
            return image
        # superoffice.md 3.5: one sale date serves as expected date while open and as won/lost date after.
        closed = self.is_closed(to, image.get(STAGE))
        expected, actual = image.pop(EXPECTED_CLOSE, None), image.pop(ACTUAL_CLOSE, None)
        date = (actual or expected) if closed else expected
        return image | ({ACTUAL_CLOSE if closed else EXPECTED_CLOSE: date} if date else {})


def _fit_close_date(mapping: Mapping, view: View, changes: tuple[Change, ...]) -> tuple[Change, ...]:
    """SuperOffice has one sale date: write the one that the coming stage gives it, and only that."""
    left = {change.field: change for change in changes if change.side is Side.LEFT}
    before = view.now[Side.LEFT].get(STAGE)
    after = left[STAGE].new if STAGE in left else before
    was_closed, closed = mapping.is_closed(Side.LEFT, before), mapping.is_closed(Side.LEFT, after)
    left.pop(EXPECTED_CLOSE if closed else ACTUAL_CLOSE, None)
    if was_closed and not closed and EXPECTED_CLOSE not in left:
        left |= _reopened_date(mapping, view)
    return tuple(c for c in changes if c.side is Side.RIGHT) + tuple(left.values())


def _reopened_date(mapping: Mapping, view: View) -> dict[str, Change]:
    """A reopened sale takes the opportunity's expected date; its own date was the day it closed."""
    field = mapping.field(EXPECTED_CLOSE)
    expected = view.now[Side.RIGHT].get(EXPECTED_CLOSE)
    if field is None or expected is None or not field.direction.flows_to(Side.LEFT):
        return {}
    return {EXPECTED_CLOSE: Change(EXPECTED_CLOSE, Side.LEFT, None, expected, held=False)}
