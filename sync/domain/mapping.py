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
        soft = {field.name for field in self.fields if field.soft}
        missing = tuple(
            image for name, image in images.items() if isinstance(image, Unmapped) and name not in soft
        )
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
    right = {change.field: change for change in changes if change.side is Side.RIGHT}
    was_closed, closed = _turn(mapping, view, left, Side.LEFT)
    coming, other = (ACTUAL_CLOSE, EXPECTED_CLOSE) if closed else (EXPECTED_CLOSE, ACTUAL_CLOSE)
    left.pop(other, None)
    if was_closed is not closed:
        left |= _sale_date(mapping, view, coming)
    if _turn(mapping, view, right, Side.RIGHT) == (True, False):
        right |= _no_close_day(mapping, view)
    return (*right.values(), *left.values())


def _turn(
    mapping: Mapping, view: View, changes: AbstractMapping[str, Change], side: Side
) -> tuple[bool, bool]:
    """Whether the record is closed now, and whether it will be."""
    before = view.now[side].get(STAGE)
    after = changes[STAGE].new if STAGE in changes else before
    return mapping.is_closed(side, before), mapping.is_closed(side, after)


def _sale_date(mapping: Mapping, view: View, name: str) -> dict[str, Change]:
    """A sale closed or reopened from the right takes the opportunity's date of that meaning.

    superoffice.md 4.1 (seen 2026-11-22): the server does not set the sale date when a sale is closed."""
    field, date = mapping.field(name), view.now[Side.RIGHT].get(name)
    if field is None or date is None or not field.direction.flows_to(Side.LEFT):
        return {}
    return {name: Change(name, Side.LEFT, None, date, held=False)}


def _no_close_day(mapping: Mapping, view: View) -> dict[str, Change]:
    """A reopened opportunity has no close day; onlyoffice.md 4.4 (seen 2026-11-22): the form clears it."""
    field, date = mapping.field(ACTUAL_CLOSE), view.now[Side.RIGHT].get(ACTUAL_CLOSE)
    if field is None or date is None or not field.direction.flows_to(Side.RIGHT):
        return {}
    return {ACTUAL_CLOSE: Change(ACTUAL_CLOSE, Side.RIGHT, date, None)}
