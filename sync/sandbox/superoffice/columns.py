"""The columns of the sale and company archives: what they hold, show and are filtered by; no queries."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from sync.sandbox.superoffice import udef
from sync.sandbox.superoffice.carriers import View
from sync.sandbox.superoffice.rows import ContactRow, PersonRow, SaleRow
from sync.sandbox.wire import JsonValue

Row = TypeVar("Row")
STATUS_IDS = {"Open": 1, "Sold": 2, "Lost": 3, "Stalled": 4}


@dataclass(frozen=True, slots=True)
class Column(Generic[Row]):
    """One archive column: `raw` is compared, `show` goes out; a kind of None cannot be filtered."""

    kind: str | None
    raw: Callable[[View, Row], JsonValue]
    show: Callable[[View, Row], JsonValue]


def _same(kind: str | None, raw: Callable[[View, Row], JsonValue]) -> Column[Row]:
    return Column(kind, raw, raw)


def _listed(rest: str, field: str) -> Column[Row]:
    """Filtered by id, shown as text: superoffice.md 6.1 (seen 2026-11-22)."""
    return Column("list", lambda _v, r: getattr(r, field), lambda v, r: v.text(rest, getattr(r, field)))


def _user(field: str) -> Column[Row]:
    """Filtered by id, shown as login name: superoffice.md 6.1."""
    return Column("associate", lambda _v, r: getattr(r, field), lambda v, r: login(v, getattr(r, field)))


def _moment(field: str) -> Column[Row]:
    return Column("date", lambda _v, r: getattr(r, field), lambda v, r: v.zone.instant(getattr(r, field)))


def _plain(kind: str | None, field: str) -> Column[Row]:
    return _same(kind, lambda _v, r: getattr(r, field))


def _via_contact(kind: str, field: str) -> Column[SaleRow]:
    def read(view: View, row: SaleRow) -> JsonValue:
        found = view.store.contacts.get(row.contact_id)
        return getattr(found, field) if found else ""

    return _same(kind, read)


def _custom(field: udef.Field) -> Column[SaleRow]:
    kinds = {"Number": "int", "Decimal": "decimal", "Checkbox": "bool", "List": "list", "Relation": "int"}
    kinds |= dict.fromkeys(udef.MOMENTS, "date")
    key = field.prog_id

    def show(view: View, row: SaleRow) -> JsonValue:
        value = row.udef.get(key)
        if field.kind in udef.MOMENTS:
            return (
                view.zone.floating(value, shifts=False) if isinstance(value, datetime) else view.zone.empty()
            )
        if field.kind == "List":
            return view.text("Region", int(str(value or 0)))
        return (
            value
            if value is not None
            else {"Number": 0, "Decimal": 0.0, "Relation": 0, "Checkbox": False}.get(field.kind, "")
        )

    return Column(kinds.get(field.kind, "string"), lambda _v, r: r.udef.get(key, ""), show)


def login(view: View, associate_id: int) -> str:
    found = view.store.associates.get(associate_id)
    return found.login.upper() if found else ""


def _person_name(view: View, row: SaleRow) -> str:
    found = view.store.persons.get(row.person_id)
    return found.full_name if found else ""


def _base_amount(view: View, row: SaleRow) -> float:
    return view.store.lists.to_base(row.amount, row.currency_id)


# superoffice.md 6.4 and superoffice-archive-columns.json, FindSale (seen 2026-11-22)
SALE: dict[str, Column[SaleRow]] = {
    "saleId": _plain("int", "id"),
    "heading": _plain("string", "heading"),
    "amount": _plain("decimal", "amount"),
    "amountWeighted": _same("decimal", lambda _v, r: round(r.amount * r.probability / 100, 2)),
    "amountInBaseCurrency": _same(None, _base_amount),
    "currencyId": _plain("int", "currency_id"),
    "currency": _listed("Currency", "currency_id"),
    "earning": _plain("decimal", "earning"),
    "earningPercent": _plain("decimal", "earning_percent"),
    "probPercent": _plain("int", "probability"),
    "stage": _listed("Rating", "rating_id"),
    "stageName": Column(None, lambda _v, r: r.rating_id, lambda v, r: v.text("Rating", r.rating_id)),
    "stageId": _plain(None, "rating_id"),
    "saleStatus": Column("list", lambda _v, r: STATUS_IDS[r.status], lambda _v, r: r.status),
    "saleType": _listed("SaleType", "sale_type_id"),
    "saleTypeId": _plain(None, "sale_type_id"),
    "date": Column("date", lambda _v, r: r.sale_date, lambda v, r: v.sale_date(r)),
    "reopenDate": Column(
        "date",
        lambda _v, r: r.reopen_date,
        lambda v, r: v.zone.floating(r.reopen_date, shifts=False) if r.reopen_date else v.zone.empty(),
    ),
    "stalledComment": _listed("ReasonStalled", "reason_stalled_id"),
    "soldReason": _listed("ReasonSold", "reason_sold_id"),
    "lossReason": _listed("Reason", "reason_id"),
    "source": _listed("Source", "source_id"),
    "competitor": _listed("Competitor", "competitor_id"),
    "credited": _listed("Credited", "credited_id"),
    "saleNumber": _plain("string", "number"),
    "description": _plain("string", "text"),
    "sale/description": _plain("string", "text"),
    "completed": _same("bool", lambda _v, r: r.completed == "Completed"),
    "contactId": _plain("list", "contact_id"),
    "personId": _plain("list", "person_id"),
    "projectId": _plain("list", "project_id"),
    "associateId": _user("associate_id"),
    "updatedDate": _moment("updated_at"),
    "updatedBy": _user("updated_by"),
    "registeredDate": _moment("created_at"),
    "registeredBy": _user("created_by"),
    "hasQuote": _plain("bool", "has_quote"),
    "userGroup": _same("list", lambda _v, _r: 2),
    "contact/contactId": _plain("int", "contact_id"),
    "contact/name": _via_contact("string", "name"),
    "contact/department": _via_contact("string", "department"),
    "contact/number": _via_contact("string", "number2"),
    "contact/orgnr": _via_contact("string", "org_number"),
    "person/personId": _plain("int", "person_id"),
    "person/fullName": _same("string", _person_name),
    **{f"saleUdef/{field.prog_id}": _custom(field) for field in udef.FIELDS},
}


def _email(_view: View, row: ContactRow) -> str:
    return row.emails[0] if row.emails else ""


# superoffice.md 5 and superoffice-archive-columns.json, FindContact (seen 2026-11-22)
CONTACT: dict[str, Column[ContactRow]] = {
    "contactId": _plain("int", "id"),
    "name": _plain("string", "name"),
    "department": _plain("string", "department"),
    "nameDepartment": _same("string", lambda _v, r: f"{r.name}, {r.department}".rstrip(", ")),
    "orgnr": _plain("string", "org_number"),
    "number": _plain("string", "number2"),
    "code": _plain("string", "number1"),
    "city": _plain("string", "city"),
    "postAddress/city": _plain("string", "city"),
    "streetAddress/city": _plain("string", "city"),
    "category": _listed("Category", "category_id"),
    "business": _listed("Business", "business_id"),
    "country": _listed("Country", "country_id"),
    "countryId": _plain("int", "country_id"),
    "associateId": _user("associate_id"),
    "updatedBy": _user("updated_by"),
    "updatedDate": _moment("updated_at"),
    "registeredBy": _user("created_by"),
    "registeredDate": _moment("created_at"),
    "contactDeleted": _same("bool", lambda _v, r: r.deleted_at is not None),
    "deletedDate": _moment("deleted_at"),
    "email/emailAddress": _same("string", _email),
    "person/personId": _same("int", lambda v, r: _first_person(v, r)[0]),
    "person/fullName": _same("string", lambda v, r: _first_person(v, r)[1]),
    "person/firstName": _same("string", lambda v, r: _first_person(v, r)[2]),
    "person/lastName": _same("string", lambda v, r: _first_person(v, r)[3]),
    "person/email/emailAddress": _same("string", lambda v, r: _first_person(v, r)[4]),
}


def _first_person(view: View, row: ContactRow) -> tuple[int, str, str, str, str]:
    """Id, full name, first and last name and e-mail of the company's first person."""
    found = next((human for human in view.store.persons.values() if human.contact_id == row.id), None)
    if found is None:
        return 0, "", "", "", ""
    return found.id, found.full_name, found.first_name, found.last_name, found.email


def _company_of(view: View, row: PersonRow) -> str:
    found = view.store.contacts.get(row.contact_id)
    return found.name if found else ""


# superoffice.md 5 (seen 2026-11-22): the persons of a company
PERSON: dict[str, Column[PersonRow]] = {
    "personId": _plain("int", "id"),
    "contactId": _plain("int", "contact_id"),
    "contact/contactId": _plain("int", "contact_id"),
    "contact/name": _same("string", _company_of),
    "firstName": _plain("string", "first_name"),
    "lastName": _plain("string", "last_name"),
    "fullName": _plain("string", "full_name"),
    "email/emailAddress": _plain("string", "email"),
    "retired": _same("bool", lambda _v, _r: False),
}
