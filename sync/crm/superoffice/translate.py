"""From SuperOffice's shapes to records; sends nothing and writes nothing back."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, tzinfo
from decimal import Context, Decimal

from pydantic import TypeAdapter, ValidationError

from sync.crm.superoffice.bracket import content_of
from sync.crm.superoffice.custom_text import from_custom, plain_text, values_of
from sync.crm.superoffice.moment import is_ambiguous, parse_instant, parse_sale_date, version_of
from sync.crm.superoffice.options import CustomField
from sync.crm.superoffice.wire import Amount, Sale, SaleRow
from sync.domain.model import (
    ACTUAL_CLOSE,
    AMOUNT,
    COMPANY,
    CURRENCY,
    CUSTOM,
    DESCRIPTION,
    EXPECTED_CLOSE,
    OWNER,
    PERSON,
    PROBABILITY,
    STAGE,
    TITLE,
    FieldKind,
    Record,
    Side,
    Unreadable,
    Value,
)

CLOSED = frozenset({"sold", "lost"})
_KNOWN_STATES = frozenset({"open", "sold", "lost", "stalled"})
# Amounts are doubles on the wire (superoffice.md 3.6), true to 15 digits; what comes after is noise.
_DOUBLE = Context(prec=15)
_AMOUNT: TypeAdapter[Decimal] = TypeAdapter(Amount)
QUOTE_LOCK = "a quote decides it"
UNREADABLE_LOCK = "its value in SuperOffice cannot be read; correct it there"


@dataclass(frozen=True, slots=True)
class Scheme:
    """What of a sale is read: custom fields, where the stamp is, and the zones dates are meant in.

    `shifts` tells whether the server shifts sale dates between zones, None while that is not known.
    """

    custom_fields: Mapping[str, CustomField]
    stamp_field: str
    base_zone: tzinfo
    shifts: bool | None = None

    def stamp(self, number: str, custom: Mapping[str, str]) -> str | None:
        return (custom.get(self.stamp_field) if self.stamp_field else number) or None


@dataclass(frozen=True, slots=True)
class RowTerms:
    """What turns display texts of a row into ids: user ids by login, list item ids by ProgId and text."""

    owners: Mapping[str, str]
    items: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AskDirectly:
    """A row whose display texts do not tell everything: read the sale itself."""

    id: str


def record_from_sale(raw: object, scheme: Scheme, *, quoted: bool, zone: tzinfo = UTC) -> Record | Unreadable:
    """`zone` is what dates without a suffix are in: UTC after a read, the base zone after a write.

    ValueError when there is not even an id.
    """
    sale_id = _id_of(raw, "saleid")
    try:
        sale = Sale.model_validate(raw)
        return _sale_record(sale, scheme, quoted=quoted, zone=zone)
    except ValueError as error:
        return Unreadable(Side.LEFT, sale_id, reason_of(error))


def record_from_row(
    raw: Mapping[str, object], scheme: Scheme, terms: RowTerms
) -> Record | Unreadable | AskDirectly:
    """A provisional record from an archive row."""
    sale_id = _id_of(raw, "saleid")
    try:
        row = SaleRow.model_validate(raw)
        return _row_record(row, raw, scheme, terms)
    except KeyError:
        return AskDirectly(sale_id)
    except ValueError as error:
        return Unreadable(Side.LEFT, sale_id, reason_of(error))


def reason_of(error: ValueError) -> str:
    """What is wrong, without the content that is wrong."""
    if isinstance(error, ValidationError):
        places = {".".join(str(part) for part in problem["loc"]) for problem in error.errors()}
        return f"cannot be understood: {', '.join(sorted(places))}"
    return str(error)


def percent_of(row: Mapping[str, object]) -> Decimal | None:
    """Share of an archive row's amount that is profit; None where the row does not tell."""
    try:
        return _AMOUNT.validate_python(row["earningPercent"])
    except (KeyError, ValidationError):
        return None


def state_key(status: str, rating_id: int) -> str:
    """ValueError for a status that no sale of a user has, superoffice.md 4.1 (seen 2026-11-22)."""
    key = status.strip().casefold()
    if key not in _KNOWN_STATES:
        raise ValueError("the status is none of Open, Sold, Lost, Stalled")
    return f"open/{rating_id}" if key == "open" else key


def dates_of(stage: str, day: date | None) -> dict[str, Value]:
    """One sale date plays two parts; a closed sale does not hold the expected one any more."""
    if stage in CLOSED:
        return {ACTUAL_CLOSE: day}
    return {EXPECTED_CLOSE: day, ACTUAL_CLOSE: None}


def amount_of(number: Decimal) -> Decimal:
    return _DOUBLE.plus(number)


def _sale_record(sale: Sale, scheme: Scheme, *, quoted: bool, zone: tzinfo) -> Record:
    # Older servers fill only the other bucket: superoffice.md 4.7 (seen 2026-11-22)
    custom = values_of(sale.custom_fields or sale.user_defined_fields)
    stage = state_key(sale.status, sale.rating.id)
    values: dict[str, Value] = {
        TITLE: sale.heading,
        DESCRIPTION: plain_text(sale.sale_text),
        AMOUNT: amount_of(sale.amount),
        CURRENCY: _key(sale.currency.id),
        PROBABILITY: sale.probability,
        STAGE: stage,
        OWNER: _key(sale.associate.associate_id),
        COMPANY: _key(sale.contact.contact_id),
        PERSON: _key(sale.person.person_id),
    }
    values |= dates_of(stage, parse_sale_date(sale.saledate, zone, scheme.base_zone, shifts=scheme.shifts))
    readable, unreadable = _custom_of(custom, scheme)
    values |= readable
    return Record(
        Side.LEFT,
        str(sale.sale_id),
        values,
        stamp=scheme.stamp(sale.number, custom),
        number=sale.number or None,
        version=version_of(sale.updated_date, zone),
        created_at=parse_instant(sale.created_date, zone),
        locked=_locks(quoted=quoted) | unreadable,
    )


def _custom_of(custom: Mapping[str, str], scheme: Scheme) -> tuple[dict[str, Value], dict[str, str]]:
    """Values, and locks of those that cannot be read.

    Malformed values have been seen in the wild and must not stop the others: superoffice.md 4.7."""
    values: dict[str, Value] = {}
    locks: dict[str, str] = {}
    for name, wanted in scheme.custom_fields.items():
        try:
            values[CUSTOM + name] = from_custom(wanted.kind, custom.get(wanted.key))
        except ValueError:
            locks[CUSTOM + name] = UNREADABLE_LOCK
    return values, locks


def _row_record(row: SaleRow, raw: Mapping[str, object], scheme: Scheme, terms: RowTerms) -> Record:
    """KeyError when a display text stands for no id we know."""
    stage = state_key(row.sale_status, row.stage_id)
    values: dict[str, Value] = {
        TITLE: row.heading,
        DESCRIPTION: plain_text(row.description),
        AMOUNT: amount_of(row.amount),
        CURRENCY: _key(row.currency_id),
        PROBABILITY: row.prob_percent,
        STAGE: stage,
        OWNER: terms.owners[row.associate_id.casefold()] if row.associate_id else None,
        COMPANY: _key(row.contact),
        PERSON: _key(row.person),
    }
    values |= dates_of(stage, _row_day(row.date, scheme))
    values |= {
        CUSTOM + name: _cell(wanted, raw.get(udef_column(wanted.key)), terms)
        for name, wanted in scheme.custom_fields.items()
    }
    stamp_cell = raw.get(udef_column(scheme.stamp_field)) if scheme.stamp_field else None
    return Record(
        Side.LEFT,
        str(row.sale_id),
        values,
        stamp=scheme.stamp(row.sale_number, {scheme.stamp_field: str(stamp_cell or "")}),
        number=row.sale_number or None,
        version=version_of(row.updated_date, UTC),
        created_at=parse_instant(row.registered_date, UTC),
        locked=_locks(quoted=row.has_quote),
        provisional=True,
    )


def udef_column(prog_id: str) -> str:
    """Archive column of a custom field, superoffice.md 6.4 (seen 2026-11-22)."""
    return f"saleUdef/{prog_id}"


def _row_day(text: str, scheme: Scheme) -> date | None:
    """KeyError where only the sale itself can tell the day."""
    if scheme.shifts is None and is_ambiguous(text, UTC, scheme.base_zone):
        raise KeyError("date")
    return parse_sale_date(text, UTC, scheme.base_zone, shifts=scheme.shifts)


def _cell(wanted: CustomField, cell: object, terms: RowTerms) -> Value:
    """A list cell shows the item's text, or its id in brackets: superoffice.md 6.1 (seen 2026-11-22).

    KeyError where only the sale itself can tell the value."""
    is_bracketed = isinstance(cell, str) and content_of(cell) != cell
    if wanted.kind is FieldKind.LIST and cell not in (None, "") and not is_bracketed:
        return terms.items[wanted.key][str(cell)]
    try:
        return from_custom(wanted.kind, cell)
    except ValueError as error:
        raise KeyError(wanted.key) from error


def _locks(*, quoted: bool) -> dict[str, str]:
    """A quote drives amount and currency: superoffice.md 4.5 (seen 2026-11-22)."""
    return {AMOUNT: QUOTE_LOCK, CURRENCY: QUOTE_LOCK} if quoted else {}


def _key(number: int) -> str | None:
    return str(number) if number else None


def _id_of(raw: object, name: str) -> str:
    """The record's id whatever the casing; ValueError when there is none to be read."""
    members = {str(key).casefold(): value for key, value in raw.items()} if isinstance(raw, Mapping) else {}
    found = members.get(name, members.get("primarykey"))
    text = content_of(str(found)) if isinstance(found, int | str) and not isinstance(found, bool) else ""
    if not text.isdigit() or not int(text):
        raise ValueError("there is no readable id")
    return str(int(text))
