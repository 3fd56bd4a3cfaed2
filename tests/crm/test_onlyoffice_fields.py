"""Custom fields as text on the wire and as values here, and the texts a description can hold."""

from datetime import date
from decimal import Decimal

import pytest

from sync.crm.onlyoffice.customfields import company_fields, described, from_text, opportunity_fields, to_text
from sync.crm.onlyoffice.description import join_marker, split_marker
from sync.crm.onlyoffice.options import CustomField, OnlyOfficeOptions
from sync.crm.onlyoffice.wire import FieldValue
from sync.domain.model import FieldKind, Value
from sync.errors import Misconfigured


def a_field(key: int, label: str, kind: int = 0, mask: str = "") -> FieldValue:
    return FieldValue.model_validate({"id": key, "label": label, "fieldType": kind, "mask": mask})


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (FieldKind.TEXT, " SO-4711 ", "SO-4711"),
        (FieldKind.TEXT, "", ""),
        (FieldKind.NUMBER, "12.50", Decimal("12.5")),
        (FieldKind.NUMBER, " ", None),
        (FieldKind.DATE, "2026-06-30", date(2026, 6, 30)),
        (FieldKind.DATE, "2020-12-08T17:37:04.5916406Z", date(2020, 12, 8)),
        (FieldKind.DATE, "3.6.2026", date(2026, 6, 3)),
        (FieldKind.DATE, "", None),
        (FieldKind.CHECKBOX, "true", True),
        (FieldKind.CHECKBOX, "", False),
        (FieldKind.LIST, "North", "North"),
        (FieldKind.LIST, "", None),
    ],
)
def test_text_of_a_field_has_a_value(kind: FieldKind, text: str, value: Value) -> None:
    """What people and we type into a field is read as its kind, and blank is that kind's empty value."""
    assert from_text(kind, text) == value
    assert from_text(kind, to_text(value)) == value


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (FieldKind.NUMBER, "about ten"),
        (FieldKind.NUMBER, "1,234"),
        (FieldKind.NUMBER, "NaN"),
        (FieldKind.DATE, "06/07/2026"),
        (FieldKind.DATE, "2026-02-30"),
        (FieldKind.CHECKBOX, "perhaps"),
    ],
)
def test_text_that_is_no_value_is_refused(kind: FieldKind, text: str) -> None:
    """Text with no certain meaning is never guessed at, and never repeated in the message."""
    with pytest.raises(ValueError) as refusal:
        from_text(kind, text)
    assert text not in str(refusal.value)


def test_fields_are_found_by_id_or_label() -> None:
    """A configured field may be named either way."""
    custom = {"seats": CustomField("9", FieldKind.NUMBER)}
    options = OnlyOfficeOptions(
        "http://x",
        "u",
        "p",
        stamp_field="7",
        number_field="Number",
        custom_fields=custom,
    )
    fields = opportunity_fields([a_field(7, "Link"), a_field(8, "Number"), a_field(9, "Seats")], options)

    assert (fields.stamp, fields.number) == (7, 8)
    assert fields.custom == {"custom:seats": (9, FieldKind.NUMBER)}


def test_every_missing_field_is_named() -> None:
    """A wrong configuration is told completely, once."""
    options = OnlyOfficeOptions("http://x", "u", "p", stamp_field="Link", number_field="Number")
    with pytest.raises(Misconfigured) as missing:
        opportunity_fields([], options)
    assert len(missing.value.problems) == 2

    twice = OnlyOfficeOptions("http://x", "u", "p", org_number_field="Org")
    with pytest.raises(Misconfigured, match="several"):
        company_fields([a_field(1, "Org"), a_field(2, "Org")], twice)


def test_definitions_are_described() -> None:
    """A select box shows its options; a heading is no field; a broken mask has no options."""
    region = described(a_field(1, "Region", 2, '["North","South"]'))

    assert region is not None
    assert (region.kind, [option.key for option in region.options]) == (FieldKind.LIST, ["North", "South"])
    assert described(a_field(2, "Details", 4)) is None
    broken = described(a_field(3, "Region", 2, "{"))
    assert broken is not None and broken.options == ()


@pytest.mark.parametrize("text", ["", "a", "a\n", "\n", "a\nb", "\n\na", "[opsync]", "x [opsync:A] y"])
def test_marker_round_trips(text: str) -> None:
    """The stamp's line can be added to any text and taken off again."""
    assert split_marker(join_marker(text, "S-1_x")) == (text, "S-1_x")
    assert split_marker(join_marker(text, None)) == (text, None)


def test_marker_may_be_first() -> None:
    """A marker that a person moved to the top is found too."""
    assert split_marker("[opsync:S]\nbelow") == ("below", "S")
