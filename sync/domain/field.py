"""One mapped field: how its values translate, what each side can hold, which way it flows."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_EVEN, Context, Decimal

from sync.domain.model import Side, Value
from sync.domain.policy import Direction, Winner

_WIDE = Context(prec=400, rounding=ROUND_HALF_EVEN)
"""Room for every double written out: rounding an absurd amount must not raise."""


@dataclass(frozen=True, slots=True)
class Unmapped:
    """A value that has no image on the other side; `reason` names it and what to do about it."""

    reason: str
    needs_person: bool = True


@dataclass(frozen=True, slots=True)
class Table:
    """A value table, `images[side]` giving the image ON that side. Nothing maps to nothing.

    `defaults[side]` catches what the table does not name. `refusals[side]` explain single values; for any
    other, `hint` tells a person where to add it.
    """

    noun: str
    images: Mapping[Side, Mapping[str, str]]
    defaults: Mapping[Side, str]
    hint: str
    refusals: Mapping[Side, Mapping[str, Unmapped]] = field(default_factory=dict)

    def image(self, value: Value, to: Side) -> Value | Unmapped:
        if value is None:
            return None
        image = self.images[to].get(str(value), self.defaults.get(to))
        return image if image is not None else self._refuse(str(value), to)

    def _refuse(self, value: str, to: Side) -> Unmapped:
        unknown = Unmapped(f"{self.noun} {value} of {to.other.label} has no image in {to.label}: {self.hint}")
        return self.refusals.get(to, {}).get(value, unknown)


@dataclass(frozen=True, slots=True)
class Capacity:
    """What a side can hold in a field; `hold` gives the value as that side would store it."""

    max_length: int | None = None
    max_bytes: int | None = None
    one_line: bool = False
    bmp_only: bool = False
    places: int | None = None
    double: bool = False
    blank: str | None = None
    required: bool = False

    def hold(self, value: Value) -> Value:
        if isinstance(value, str):
            return self._hold_text(value)
        if isinstance(value, Decimal):
            return self._hold_number(value)
        return value

    def _hold_text(self, text: str) -> str:
        text = text.encode(errors="ignore").decode()  # half a surrogate is no text
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        if self.one_line:
            text = " ".join(text.split("\n"))
        if self.bmp_only:
            text = "".join(char for char in text if ord(char) < 0x10000)
        text = text[: self.max_length]
        if self.max_bytes is not None:
            text = text.encode()[: self.max_bytes].decode(errors="ignore")
        return self.blank if self.blank is not None and not text.strip() else text

    def _hold_number(self, number: Decimal) -> Decimal:
        if self.double:
            number = Decimal(repr(float(number)))
        if self.places is not None:
            number = number.quantize(Decimal(1).scaleb(-self.places), context=_WIDE)
        return number


@dataclass(frozen=True, slots=True)
class Field:
    """A field and its rules. `holds[side]` is that side's capacity; `table` is None where values are equal.

    `winner` decides when both sides changed it. A value of a `soft` field that has no image is left out
    rather than parking its record.
    """

    name: str
    direction: Direction
    winner: Winner
    holds: Mapping[Side, Capacity]
    table: Table | None = None
    soft: bool = False

    def image(self, value: Value, to: Side) -> Value | Unmapped:
        """What `value` of the other side becomes on `to`, cut to what `to` can hold."""
        image = value if self.table is None else self.table.image(value, to)
        return image if isinstance(image, Unmapped) else self.holds[to].hold(image)

    def agrees(self, left: Value, right: Value) -> bool:
        """True when either side is exactly what the other can hold of it."""
        return self.is_image(left, right, Side.RIGHT) or self.is_image(right, left, Side.LEFT)

    def tolerates(self, left: Value, right: Value) -> bool:
        """`agrees`, or one side is empty where the other cannot be: equal as far as it can be."""
        pairs = ((left, Side.RIGHT), (right, Side.LEFT))
        empty = any(value is None and self.holds[to].required for value, to in pairs)
        return empty or self.agrees(left, right)

    def is_image(self, source: Value, target: Value, to: Side) -> bool:
        image = self.image(source, to)
        return not isinstance(image, Unmapped) and same(image, self.holds[to].hold(target))


def same(one: Value, other: Value) -> bool:
    """Equal as data: newline styles, trailing zeros and nothing-versus-empty-text do not count."""
    return _canonical(one) == _canonical(other)


def is_blank(value: Value) -> bool:
    """Nothing to lose by filling it: no value, empty text, no money."""
    return value is None or value == "" or (isinstance(value, Decimal) and value == 0)


def _canonical(value: Value) -> Value:
    if isinstance(value, str):
        return value.replace("\r\n", "\n").replace("\r", "\n") or None
    return value
