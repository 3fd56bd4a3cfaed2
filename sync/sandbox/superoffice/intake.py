"""Reads a SaleEntity a client sent into a row, refusing what the tenant could not store; it saves nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from math import isfinite

from sync.sandbox.superoffice import list_seeds, udef
from sync.sandbox.superoffice.carriers import SALE_LISTS
from sync.sandbox.superoffice.rows import SaleRow
from sync.sandbox.superoffice.store import Store
from sync.sandbox.superoffice.zone import BASE, Zone
from sync.sandbox.wire import JsonObject, JsonValue

HEADING_LIMIT = 219  # superoffice.md 3.6 (seen 2026-11-22)
NUMBER_LIMIT = 49
STATUSES = ("Open", "Sold", "Lost", "Stalled")
COMPLETIONS = ("NotStarted", "Started", "Completed")
SALE_FIELDS = (
    "Appointment", "Associate", "UpdatedBy", "CreatedBy", "Contact", "Project", "SaleText", "Person",
    *SALE_LISTS, "Status", "Saledate", "Amount", "SaleId", "Earning", "EarningPercent", "Heading",
    "Number", "Probability", "CreatedDate", "UpdatedDate", "Completed", "ActiveLinks", "Links",
    "NextDueDate", "Postit", "ReopenDate", "SaleStakeholders", "ActiveErpLinks", "UserDefinedFields",
    "ExtraFields", "CustomFields", "PublishEventDate", "PublishTo", "PublishFrom", "IsPublished",
    "VisibleFor", "TableRight", "FieldProperties",
)  # fmt: skip
_SPELLING = {name.lower(): name for name in SALE_FIELDS}


@dataclass(frozen=True, slots=True)
class Reader:
    """What reading depends on besides the body: the tenant, the request's zone and the caller."""

    store: Store
    zone: Zone
    actor_id: int


def spelled(body: Mapping[str, JsonValue]) -> JsonObject:
    """The body under the vendor's own spelling: names match in any case (superoffice.md 10)."""
    return {_SPELLING.get(key.lower(), key): value for key, value in body.items()}


def blank(reader: Reader) -> SaleRow:
    """What `Sale/default` offers: superoffice.md 3.7 (seen 2026-11-22)."""
    now = reader.store.now()
    today = now.astimezone(BASE).replace(hour=0, minute=0, second=0, tzinfo=None)
    duration = list_seeds.SALE_TYPES[0].extra["SaleDuration"]
    return SaleRow(
        id=0,
        heading="",
        sale_date=today + timedelta(days=duration),
        associate_id=reader.actor_id,
        created_at=now,
        updated_at=now,
        created_by=reader.actor_id,
        updated_by=reader.actor_id,
        rating_id=list_seeds.DEFAULT_STAGE,
        sale_type_id=list_seeds.DEFAULT_SALE_TYPE,
        currency_id=list_seeds.BASE_CURRENCY,
        probability=list_seeds.STAGES[0].extra["Probability"],
    )


def empty(reader: Reader) -> SaleRow:
    """What omitted properties become: blank apart from the columns that may not be null (3.6)."""
    today = blank(reader).sale_date - timedelta(days=list_seeds.SALE_TYPES[0].extra["SaleDuration"])
    return replace(blank(reader), sale_date=today, sale_type_id=0, probability=0)


def read_sale(reader: Reader, body: Mapping[str, JsonValue], into: SaleRow | None = None) -> SaleRow:
    """A full replacement: what `body` leaves out is reset; `into` lends only id, stamps and quote."""
    entity = spelled(body)
    row = empty(reader)
    if into is not None:
        kept = ("id", "created_at", "created_by", "updated_at", "updated_by", "has_quote")
        row = replace(row, **{name: getattr(into, name) for name in kept})
    return overlaid(reader, entity, row)


def overlaid(reader: Reader, entity: JsonObject, row: SaleRow) -> SaleRow:
    """`row` with every property that `entity` mentions; ValueError names what cannot be stored."""
    values: JsonObject = {}
    for name, value in entity.items():
        if name in _SETTERS:
            field, convert = _SETTERS[name]
            values[field] = convert(Given(reader, value, row))
    values["udef"] = _custom(reader, entity, row)
    return _checked(reader, replace(row, **values))


def _custom(reader: Reader, entity: JsonObject, row: SaleRow) -> Mapping[str, udef.Plain]:
    switches = reader.store.switches
    bucket = udef.sent(entity, org_decides=switches.on("org_decides"))
    return udef.merged(row.udef, bucket, udef.fields_of(switches)) if bucket else row.udef


def _checked(reader: Reader, row: SaleRow) -> SaleRow:
    store = reader.store
    if row.contact_id and row.contact_id not in store.contacts:
        raise ValueError(f"Contact {row.contact_id} does not exist")
    if row.associate_id not in store.associates:
        raise ValueError(f"Associate {row.associate_id} does not exist")
    return _with_person(store, row)


def _with_person(store: Store, row: SaleRow) -> SaleRow:
    """A person of another company is an error, is dropped or is accepted: unknown, superoffice.md 15.6."""
    if not row.person_id:
        return row
    human = store.persons.get(row.person_id)
    if human is None:
        raise ValueError(f"Person {row.person_id} does not exist")
    if human.contact_id == row.contact_id or store.switches.get("foreign_person") == "accept":
        return row
    if store.switches.get("foreign_person") == "reset":
        return replace(row, person_id=0)
    raise ValueError(f"Person {row.person_id} does not belong to Contact {row.contact_id}")


@dataclass(frozen=True, slots=True)
class Given:
    """One property a client sent, and what it is read against."""

    reader: Reader
    value: JsonValue
    row: SaleRow


Convert = Callable[[Given], JsonValue]


def _text(limit: int) -> Convert:
    def convert(given: Given) -> str:
        text = "" if given.value is None else str(given.value)
        if limit and len(text) > limit:
            if given.reader.store.switches.get("long_text") == "cut":
                return text[:limit]
            raise ValueError(f"text of {len(text)} characters, {limit} allowed")
        return text

    return convert


def _number(given: Given) -> float:
    """Texts are read too (superoffice.md 3.7); a double has no room for infinity or NaN."""
    value = float(given.value or 0)
    if not isfinite(value):
        raise ValueError(f"{given.value!r} is not a number that can be stored")
    return value


def _whole(given: Given) -> int:
    return int(float(given.value or 0))


def _choice(allowed: tuple[str, ...]) -> Convert:
    spelling = {name.lower(): name for name in allowed}

    def convert(given: Given) -> str:
        name = str(given.value or allowed[0]).lower()
        if name not in spelling:
            raise ValueError(f"{given.value!r} is not one of {', '.join(allowed)}")
        return spelling[name]

    return convert


def _item(rest_list: str) -> Convert:
    def convert(given: Given) -> int:
        item_id = id_in(given.value, "Id")
        if not given.reader.store.lists.writable(rest_list, item_id):
            raise ValueError(f"{rest_list} {item_id} does not exist")
        return item_id

    return convert


def _reference(key: str) -> Convert:
    return lambda given: id_in(given.value, key)


def _owner(given: Given) -> int:
    """Not nullable (superoffice.md 4.6), so an empty owner is the caller."""
    return id_in(given.value, "AssociateId") or given.reader.actor_id


def _sale_date(given: Given) -> datetime:
    shifts = given.reader.store.switches.on("saledate_shifts")
    return (
        given.reader.zone.read_floating(str(given.value), shifts=shifts) if given.value else None
    ) or given.row.sale_date


def _reopen(given: Given) -> datetime | None:
    return given.reader.zone.read_floating(str(given.value), shifts=False) if given.value else None


def id_in(value: JsonValue, key: str) -> int:
    """Only the id of a reference counts on save; null and 0 clear it (superoffice.md 4.6)."""
    if not isinstance(value, Mapping):
        return 0 if value is None else int(value)
    found = next((item for name, item in value.items() if name.lower() == key.lower()), None)
    return int(found or 0)


_SETTERS: dict[str, tuple[str, Convert]] = {
    "Heading": ("heading", _text(HEADING_LIMIT)),
    "Number": ("number", _text(NUMBER_LIMIT)),
    "Postit": ("postit", _text(2047)),
    "SaleText": ("text", _text(0)),
    "Amount": ("amount", _number),
    "Earning": ("earning", _number),
    "EarningPercent": ("earning_percent", _number),
    "Probability": ("probability", _whole),
    "Status": ("status", _choice(STATUSES)),
    "Completed": ("completed", _choice(COMPLETIONS)),
    "Saledate": ("sale_date", _sale_date),
    "ReopenDate": ("reopen_date", _reopen),
    "Associate": ("associate_id", _owner),
    "Contact": ("contact_id", _reference("ContactId")),
    "Person": ("person_id", _reference("PersonId")),
    "Project": ("project_id", _reference("ProjectId")),
    **{name: (field, _item(rest)) for name, (rest, field) in SALE_LISTS.items()},
}
