"""What each system can hold in each field, with sources. Comparison happens inside these limits."""

from collections.abc import Mapping

from sync.domain import model
from sync.domain.field import Capacity
from sync.domain.model import FieldKind, Side

_ANY = Capacity()


def _both(left: Capacity = _ANY, right: Capacity = _ANY) -> Mapping[Side, Capacity]:
    return {Side.LEFT: left, Side.RIGHT: right}


# superoffice.md 3.6: Heading 219 characters, single line (sale-fields.json); the sale date is NOT NULL; an
# amount is a JSON double; 4.9: an owner cannot be cleared. onlyoffice.md 4.4 and 5.7: titles are cut at 255,
# descriptions at 65,535 bytes, characters beyond the BMP are not stored; money keeps nine decimals. A line
# break in a title is refused by neither sheet, so only the single-line side folds it. Seen 2026-11-22.
CAPACITIES: Mapping[str, Mapping[Side, Capacity]] = {
    model.TITLE: _both(
        Capacity(max_length=219, one_line=True, required=True),
        Capacity(max_length=255, bmp_only=True, required=True),
    ),
    model.DESCRIPTION: _both(right=Capacity(max_bytes=65_535, bmp_only=True)),
    model.AMOUNT: _both(Capacity(double=True, required=True), Capacity(places=9, required=True)),
    model.CURRENCY: _both(Capacity(required=True), Capacity(required=True)),
    model.PROBABILITY: _both(Capacity(required=True), Capacity(required=True)),
    model.STAGE: _both(Capacity(required=True), Capacity(required=True)),
    model.EXPECTED_CLOSE: _both(Capacity(required=True)),
    model.ACTUAL_CLOSE: _both(Capacity(required=True)),
    model.OWNER: _both(Capacity(required=True), Capacity(required=True)),
    model.COMPANY: _both(),
    model.PERSON: _both(),
}

# onlyoffice.md 4.9: values are text, 255 characters in the form; superoffice.md 4.7: text is plain, numbers
# are doubles. Seen 2026-11-22.
CUSTOM_CAPACITIES: Mapping[FieldKind, Mapping[Side, Capacity]] = {
    FieldKind.TEXT: _both(right=Capacity(max_length=255, bmp_only=True)),
    FieldKind.NUMBER: _both(Capacity(double=True)),
    FieldKind.DATE: _both(),
    FieldKind.CHECKBOX: _both(),
    FieldKind.LIST: _both(),
}
