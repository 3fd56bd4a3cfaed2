"""Values survive as text, and equal values have equal hashes."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from sync.domain.model import Value, Values
from sync.store import codec

AMOUNTS = some.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**12), max_value=10**12)
VALUES = some.none() | some.booleans() | some.integers() | some.text() | AMOUNTS | some.dates()
RECORDS = some.dictionaries(some.text(max_size=8), VALUES, max_size=5)


@settings(deadline=None)  # a busy machine is no failure
@given(RECORDS)
def test_values_come_back_with_their_types(values: Values) -> None:
    """Text to values and back loses neither a value nor its type."""
    loaded = codec.load_values(codec.dump_values(values))

    assert loaded == values
    assert {name: type(value) for name, value in loaded.items()} == {
        name: type(value) for name, value in values.items()
    }


@settings(deadline=None)  # a busy machine is no failure
@given(VALUES, VALUES)
def test_single_values_and_changes_come_back(old: Value, new: Value) -> None:
    """A lone value and a pair of them survive as well."""
    assert codec.load_value(codec.dump_value(old)) == old
    assert codec.load_changes(codec.dump_changes({"f": (old, new)})) == {"f": (old, new)}


def test_the_stored_form() -> None:
    """Sorted, compact, readable, with tags for amounts and dates; zeros of an amount are kept."""
    values: Values = {
        "title": "Ærlig",
        "on": date(2026, 1, 31),
        "amount": Decimal("1.20"),
        "big": True,
        "x": None,
    }

    stored = '{"amount":{"$amount":"1.20"},"big":true,"on":{"$on":"2026-01-31"},"title":"Ærlig","x":null}'
    assert codec.dump_values(values) == stored


@pytest.mark.parametrize("text", ["a\0b", "half \ud83d pair"])
def test_text_that_needs_escapes(text: str) -> None:
    """What UTF-8 or PostgreSQL cannot hold is escaped, so it can be stored and comes back."""
    stored = codec.dump_values({"title": text})

    assert b"\0" not in stored.encode()
    assert codec.load_values(stored) == {"title": text}


@settings(deadline=None)  # a busy machine is no failure
@given(some.integers(min_value=-(10**40), max_value=10**40), some.integers(min_value=-6, max_value=6))
def test_zeros_of_an_amount_do_not_change_its_hash(digits: int, exponent: int) -> None:
    """However an amount is written, and however long it is, equal amounts hash equally."""
    amount = Decimal(digits).scaleb(exponent) if abs(digits) < 10**20 else Decimal(digits)
    longer = Decimal(format(amount, "f") + ("00" if "." in format(amount, "f") else ".00"))

    assert codec.hash_values({"amount": amount}) == codec.hash_values({"amount": longer})


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"a": Decimal("1.2")}, {"a": Decimal("1.21")}),
        ({"a": Decimal("10")}, {"a": Decimal("1")}),
        ({"a": Decimal(1)}, {"a": 1}),
        ({"a": True}, {"a": 1}),
        ({"a": None}, {}),
        ({"a": ""}, {"a": None}),
        ({"a": "2026-01-31"}, {"a": date(2026, 1, 31)}),
        (
            {"a": Decimal("1234567890123456789012345678901234567890.1")},
            {"a": Decimal("1234567890123456789012345678901234567890.2")},
        ),
    ],
)
def test_different_values_hash_differently(one: Values, other: Values) -> None:
    """The hash sees type, presence and every digit."""
    assert codec.hash_values(one) != codec.hash_values(other)


def test_the_order_of_fields_does_not_matter() -> None:
    """The hash is of the canonical form; zero has no sign."""
    one: Values = {"a": 1, "b": Decimal("-0.00")}
    other: Values = {"b": Decimal("0"), "a": 1}

    assert codec.hash_values(one) == codec.hash_values(other)


@pytest.mark.parametrize("bad", [1.5, [1], {"a": 1}, datetime(2026, 1, 31, tzinfo=UTC), b"x"])
def test_what_is_no_value_is_refused(bad: object) -> None:
    """A float, a container or an instant is a mistake of the caller and never stored."""
    with pytest.raises(TypeError):
        codec.dump_values({"a": bad})  # type: ignore[dict-item]  # the mistake under test
    with pytest.raises(TypeError):
        codec.hash_values({"a": bad})  # type: ignore[dict-item]  # the mistake under test
    with pytest.raises(TypeError):
        codec.dump_value(bad)  # type: ignore[arg-type]  # the mistake under test
    with pytest.raises(TypeError):
        codec.dump_changes({"a": (None, bad)})  # type: ignore[dict-item]  # the mistake under test


def test_an_amount_must_be_a_number() -> None:
    """NaN and infinity are refused."""
    for amount in (Decimal("NaN"), Decimal("Infinity")):
        with pytest.raises(ValueError, match="finite"):
            codec.dump_values({"amount": amount})
        with pytest.raises(ValueError, match="finite"):
            codec.hash_values({"amount": amount})
