"""One field: translating, holding, and when two values are as equal as they can be."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.domain.field import Capacity, Table, Unmapped, is_blank, same
from sync.domain.model import Side, Value

from .builders import LEFT, RIGHT, SUMMER, a_field, a_table

CAPACITIES = st.builds(
    Capacity,
    max_length=st.none() | st.integers(1, 6),
    max_bytes=st.none() | st.integers(1, 6),
    one_line=st.booleans(),
    bmp_only=st.booleans(),
    places=st.none() | st.integers(0, 9),
    double=st.booleans(),
    blank=st.sampled_from([None, "", "-"]),
)
TEXT = st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from("\r\n 🎉é"), max_size=12)
NUMBER = st.decimals(Decimal(-(10**15)), Decimal(10**15), allow_nan=False, places=11)


@pytest.mark.parametrize(
    ("capacity", "value", "held"),
    [
        (Capacity(), "a\r\nb\rc", "a\nb\nc"),
        (Capacity(max_length=3), "abcd", "abc"),
        (Capacity(one_line=True), "a\r\nb\nc", "a b c"),
        (Capacity(one_line=True), "  a \tb\n\nc", "  a \tb  c"),
        (Capacity(bmp_only=True), "a🎉b", "ab"),
        (Capacity(bmp_only=True), "\uffff\U00010000\U00010001", "\uffff"),
        (Capacity(max_bytes=3), "aéé", "aé"),
        (Capacity(max_bytes=2), "aé", "a"),
        (Capacity(blank="(no title)"), " \n", "(no title)"),
        (Capacity(blank="(no title)", bmp_only=True), "🎉", "(no title)"),
        (Capacity(blank="(no title)"), "a", "a"),
        (Capacity(), "", ""),
        (Capacity(places=2), Decimal("1.005"), Decimal("1.00")),
        (Capacity(places=2), Decimal("1.015"), Decimal("1.02")),
        (Capacity(places=0), Decimal("2.5"), Decimal(2)),
        (Capacity(double=True), Decimal("0.1000000000000000055511"), Decimal("0.1")),
        (Capacity(double=True), Decimal("12345678901234567.89"), Decimal(12345678901234568)),
        (Capacity(), Decimal("1.23456789012"), Decimal("1.23456789012")),
        (Capacity(max_length=1, places=0), None, None),
        (Capacity(max_length=1, places=0), 1234, 1234),
        (Capacity(max_length=1), SUMMER, SUMMER),
        (Capacity(max_length=1, places=0), True, True),
    ],
)
def test_a_value_is_held_as_the_side_would_store_it(capacity: Capacity, value: Value, held: Value) -> None:
    """Each limit does its one thing, and only to the type it is about."""
    assert capacity.hold(value) == held
    assert type(capacity.hold(value)) is type(held)


@given(CAPACITIES, TEXT | NUMBER | st.none() | st.integers() | st.dates() | st.booleans())
def test_holding_twice_is_holding_once(capacity: Capacity, value: Value) -> None:
    """What a side stored, it can store: otherwise every cycle would see an edit (I3)."""
    once = capacity.hold(value)

    assert capacity.hold(once) == once


@given(CAPACITIES, TEXT)
def test_a_held_text_is_within_its_limits(capacity: Capacity, text: str) -> None:
    """Length, bytes, lines and plane, whatever the order in which they are applied."""
    held = capacity.hold(text)

    assert isinstance(held, str)
    assert capacity.max_length is None or len(held) <= capacity.max_length
    assert capacity.max_bytes is None or len(held.encode()) <= capacity.max_bytes
    assert not (capacity.one_line and "\n" in held)
    assert not (capacity.bmp_only and any(ord(char) > 0xFFFF for char in held))


@pytest.mark.parametrize(
    ("one", "other", "equal"),
    [
        ("a\r\nb", "a\nb", True),
        ("a\rb", "a\nb", True),
        ("", None, True),
        ("a", None, False),
        (" ", "", False),
        (Decimal("1.0"), Decimal(1), True),
        (Decimal(0), None, False),
        (0, None, False),
        (False, None, False),
        (date(2026, 7, 1), SUMMER, True),
        ("1", 1, False),
    ],
)
def test_same_ignores_only_what_carries_no_meaning(one: Value, other: Value, equal: bool) -> None:
    """Line ends, trailing zeros and empty text; zero is a value."""
    assert same(one, other) is equal
    assert same(other, one) is equal


@pytest.mark.parametrize(
    ("value", "blank"),
    [
        (None, True),
        ("", True),
        (Decimal("0.00"), True),
        (0, False),
        (False, False),
        (" ", False),
        ("a", False),
    ],
)
def test_blank_is_what_nobody_misses(value: Value, blank: bool) -> None:
    """No money counts as nothing; no probability and an unticked box do not."""
    assert is_blank(value) is blank


def test_a_table_translates_each_way() -> None:
    """Nothing maps to nothing, and one-way entries have no way back."""
    table = a_table({"a": "x", "b": "x"}, {"x": "a"})

    assert [table.image(key, RIGHT) for key in ("a", "b", None)] == ["x", "x", None]
    assert table.image("x", LEFT) == "a"


def test_a_default_catches_what_the_table_does_not_name() -> None:
    """Only on the side that has one."""
    table = a_table({"a": "x"}, right="z")

    assert table.image("other", RIGHT) == "z"
    assert table.image("other", LEFT) == Unmapped(
        "value other of ONLYOFFICE has no image in SuperOffice: add it"
    )


def test_a_refusal_explains_a_single_value() -> None:
    """A known reason beats the general hint, on its side only."""
    refusal = Unmapped("company 7 waits for its name", needs_person=False)
    table = Table("company", {LEFT: {}, RIGHT: {}}, {}, "link it", {RIGHT: {"7": refusal}})

    assert table.image("7", RIGHT) is refusal
    assert table.image("8", RIGHT) == Unmapped("company 8 of SuperOffice has no image in ONLYOFFICE: link it")
    assert table.image("7", LEFT) == Unmapped("company 7 of ONLYOFFICE has no image in SuperOffice: link it")


def test_an_image_is_cut_to_what_the_other_side_holds() -> None:
    """Translation first, then the limit of the target."""
    field = a_field(table=a_table({"a": "xyz"}), right=Capacity(max_length=2))

    assert field.image("a", RIGHT) == "xy"
    assert isinstance(field.image("b", RIGHT), Unmapped)


@pytest.mark.parametrize(
    ("left", "right", "agrees"),
    [("long text", "long", True), ("long", "long text", True), ("longer", "lone", False), (None, "", True)],
)
def test_sides_agree_when_either_is_all_the_other_can_hold(left: str, right: str, agrees: bool) -> None:
    """It does not matter which side is the narrow one."""
    narrow = a_field(right=Capacity(max_length=4)), a_field(left=Capacity(max_length=4))

    assert any(field.agrees(left, right) for field in narrow) is agrees


def test_values_without_image_agree_with_nothing() -> None:
    """An unmapped value equals no value over there, not even itself."""
    field = a_field(table=a_table({"a": "x"}))

    assert not field.agrees("alien", "alien")
    assert field.agrees("a", "x")


@pytest.mark.parametrize("required", Side)
def test_an_empty_side_is_tolerated_where_the_other_must_hold_something(required: Side) -> None:
    """SuperOffice always has a sale date, so an opportunity without one differs as little as it can."""
    must = Capacity(required=True)
    field = a_field(left=must) if required is LEFT else a_field(right=must)
    sides: list[Value] = [SUMMER, None] if required is LEFT else [None, SUMMER]

    assert field.tolerates(*sides)
    assert not field.tolerates(*reversed(sides))
    assert field.tolerates(SUMMER, SUMMER)


# Values no person typed


@pytest.mark.parametrize("amount", ["1E+19", "123456789012345678901.5", "1E+300", "-1E+25"])
def test_an_absurd_amount_is_held_without_a_crash(amount: str) -> None:
    """One garbage number must not end the run for every other record (I9)."""
    number = Decimal(amount)

    assert Capacity(places=9).hold(number) == number


def test_an_amount_beyond_a_double_is_held_without_a_crash() -> None:
    """ONLYOFFICE stores 41 digits before the point, a double has room for 308: it must come out finite."""
    held = Capacity(double=True).hold(Decimal("9" * 41))

    assert isinstance(held, Decimal)
    assert held.is_finite()


def test_half_a_surrogate_is_held_without_a_crash() -> None:
    """JSON can carry a lone surrogate; no server stores one, and encoding it must not raise."""
    assert Capacity(max_bytes=10, bmp_only=True).hold("a\ud83cb") == "ab"
