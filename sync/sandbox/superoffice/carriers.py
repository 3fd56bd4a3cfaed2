"""Turns stored rows into the vendor's JSON carriers; it must not change a row."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from sync.sandbox.superoffice import udef
from sync.sandbox.superoffice.rows import AssociateRow, ContactRow, PersonRow, SaleRow
from sync.sandbox.superoffice.store import Store
from sync.sandbox.superoffice.udef_wire import Buckets
from sync.sandbox.superoffice.zone import FOREVER, Zone
from sync.sandbox.wire import JsonObject

# superoffice.md 3.5 and superoffice-sale-fields.json (seen 2026-11-22): list references of a SaleEntity
SALE_LISTS: dict[str, tuple[str, str]] = {
    "Currency": ("Currency", "currency_id"),
    "Competitor": ("Competitor", "competitor_id"),
    "Credited": ("Credited", "credited_id"),
    "Rating": ("Rating", "rating_id"),
    "Reason": ("Reason", "reason_id"),
    "Source": ("Source", "source_id"),
    "SaleType": ("SaleType", "sale_type_id"),
    "ReasonSold": ("ReasonSold", "reason_sold_id"),
    "ReasonStalled": ("ReasonStalled", "reason_stalled_id"),
}
ALL_RIGHTS = {"Mask": "Select, Update, Insert, Delete", "Reason": ""}


@dataclass(frozen=True, slots=True)
class View:
    """How one request wants to see records: its zone, its language and the root of its links."""

    store: Store
    zone: Zone
    language: str
    root: str

    def sale_date(self, row: SaleRow) -> str:
        return self.zone.floating(row.sale_date, shifts=self.store.switches.on("saledate_shifts"))

    @property
    def buckets(self) -> Buckets:
        return Buckets(self.store.switches, self.language, self._udef_name)

    def _udef_name(self, field: udef.Field, value_id: int) -> str:
        if field.kind == "Relation":
            found = self.store.contacts.get(value_id)
            return found.name if found else ""
        return self.text("Region", value_id)

    def text(self, rest_list: str, item_id: int) -> str:
        return self.store.lists.text_of(rest_list, item_id, self.language)


def sale_entity(view: View, row: SaleRow) -> JsonObject:
    store, zone, buckets = view.store, view.zone, view.buckets
    empty, no_maps = zone.empty(), store.switches.on("null_maps")
    references = {
        name: reference(view, rest, getattr(row, field)) for name, (rest, field) in SALE_LISTS.items()
    }
    return {
        "Appointment": None,
        "Associate": associate(store.associates.get(row.associate_id)),
        "UpdatedBy": associate(store.associates.get(row.updated_by)),
        "CreatedBy": associate(store.associates.get(row.created_by)),
        "Contact": contact(view, store.contacts.get(row.contact_id)),
        "Project": None,
        "SaleText": row.text,
        "Person": person(view, store.persons.get(row.person_id)),
        **references,
        "Status": row.status,
        "Saledate": view.sale_date(row),
        "Amount": row.amount,
        "SaleId": row.id,
        "Earning": row.earning,
        "EarningPercent": row.earning_percent,
        "Heading": row.heading,
        "Number": row.number,
        "Probability": row.probability,
        "CreatedDate": zone.instant(row.created_at),
        "UpdatedDate": zone.instant(row.updated_at),
        "Completed": row.completed,
        "ActiveLinks": 0,
        "Links": [],
        "NextDueDate": empty,
        "Postit": row.postit,
        "ReopenDate": zone.floating(row.reopen_date, shifts=False) if row.reopen_date else empty,
        "SaleStakeholders": [],
        "ActiveErpLinks": 0,
        "UserDefinedFields": buckets.legacy(row.udef),
        "ExtraFields": None if no_maps else buckets.columns(row.udef),
        "CustomFields": buckets.custom(row.udef),
        "PublishEventDate": empty,
        "PublishTo": FOREVER,
        "PublishFrom": empty,
        "IsPublished": False,
        "VisibleFor": [{"VisibleId": 0, "Visibility": "All", "DisplayValue": "All", **_NO_RIGHTS}],
        "TableRight": ALL_RIGHTS,
        "FieldProperties": None
        if no_maps
        else sale_properties(tuple(store.switches.get("mandatory_fields"))),
    }


def with_links(view: View, entity: JsonObject) -> JsonObject:
    """REST bodies carry links that agents' answers lack: superoffice.md 3.5."""
    store_lists = view.store.lists
    own = f"{view.root}/Sale/{entity['SaleId']}/"
    lists_of = {f"{name}.List": f"{view.root}/MDOList/{store_lists.named(name).mdo}/" for name in SALE_LISTS}
    links = {
        "Self": own,
        "Self.Simple": f"{own}Simple/",
        "UdefLayout": f"{view.root}/Sale/UdefLayout/Published/",
    }
    return entity | {"_Links": {**links, **lists_of, "Archive": f"{view.root}/Sale/"}}


def sale_flat(view: View, row: SaleRow) -> JsonObject:
    store = view.store
    company = store.contacts.get(row.contact_id)
    human = store.persons.get(row.person_id)
    owner = store.associates.get(row.associate_id)
    return {
        "ContactName": company.name if company else "",
        "SaleDate": view.sale_date(row),
        "SaleId": row.id,
        "Probability": row.probability,
        "Title": row.heading,
        "Amount": row.amount,
        "Currency": view.text("Currency", row.currency_id),
        "ProjectName": "",
        "AssociateFullName": owner.full_name if owner else "",
        "Description": row.text,
        "Status": row.status,
        "WeightedAmount": round(row.amount * row.probability / 100, 2),
        "ProjectId": row.project_id,
        "EarningPercent": row.earning_percent,
        "Earning": row.earning,
        "ContactId": row.contact_id,
        "AssociateId": row.associate_id,
        "PersonId": row.person_id,
        "SaleTypeId": row.sale_type_id,
        "SaleTypeName": view.text("SaleType", row.sale_type_id),
        "PersonFullName": human.full_name if human else "",
        "Completed": row.completed,
        "ActiveErpLinks": 0,
        "NextDueDate": view.zone.empty(),
        "Number": row.number,
        **_NO_RIGHTS,
    }


def sale_summary(view: View, row: SaleRow) -> JsonObject:
    return {
        "SaleId": row.id,
        "SaleDate": view.sale_date(row),
        "Probability": row.probability,
        "Heading": row.heading,
        "Amount": row.amount,
        "Currency": view.text("Currency", row.currency_id),
        "AmountInBaseCurrency": view.store.lists.to_base(row.amount, row.currency_id),
        "Status": row.status,
        "Completed": row.completed,
        "Registered": view.zone.instant(row.created_at),
    }


def reference(view: View, rest_list: str, item_id: int) -> JsonObject | None:
    """A list reference with the name the server adds; an id of 0 is null or an object (10)."""
    if not item_id and not view.store.switches.on("zero_references"):
        return None
    return {"Id": item_id, "Value": view.text(rest_list, item_id), "Tooltip": "", **_NO_RIGHTS}


def associate(row: AssociateRow | None) -> JsonObject | None:
    if row is None:
        return None
    return {
        "AssociateId": row.id,
        "Name": row.login.upper(),
        "PersonId": 0,
        "Rank": row.id,
        "Tooltip": "",
        "Type": row.kind,
        "GroupIdx": row.group_id,
        "FullName": row.full_name,
        "FormalName": row.full_name,
        "Deleted": False,
        "EjUserId": 0,
        "UserName": row.email or None,
        "TableRight": {"Mask": "Select, Update", "Reason": ""},
        "FieldProperties": {},
    }


def contact(view: View, row: ContactRow | None) -> JsonObject | None:
    """The flat company carrier that sits inside a sale."""
    if row is None:
        return None
    owner = view.store.associates.get(row.associate_id)
    return {
        "ContactId": row.id,
        "Name": row.name,
        "OrgNr": row.org_number,
        "Department": row.department,
        "URL": "",
        "City": row.city,
        "DirectPhone": "",
        "AssociateId": row.associate_id,
        "CountryId": row.country_id,
        "EmailAddress": row.emails[0] if row.emails else "",
        "AssociateFullName": owner.full_name if owner else "",
        "BusinessName": view.text("Business", row.business_id),
        "CategoryName": view.text("Category", row.category_id),
        "CountryName": view.text("Country", row.country_id),
        "Address": None,
        "FullName": f"{row.name}, {row.department}" if row.department else row.name,
        "IsOwnerContact": False,
        "ActiveErpLinks": 0,
        "Number1": row.number1,
        "Number2": row.number2,
        **_NO_RIGHTS,
    }


def person(view: View, row: PersonRow | None) -> JsonObject | None:
    if row is None:
        return None
    company = view.store.contacts.get(row.contact_id)
    return {
        "Position": "",
        "PersonId": row.id,
        "Mrmrs": "",
        "Firstname": row.first_name,
        "Lastname": row.last_name,
        "MiddleName": "",
        "Title": "",
        "FullName": row.full_name,
        "FormalName": row.full_name,
        "Email": row.email,
        "ContactId": row.contact_id,
        "ContactName": company.name if company else "",
        "Retired": 0,
        "Rank": 1,
        **_NO_RIGHTS,
    }


@cache
def sale_properties(mandatory: tuple[str, ...]) -> JsonObject:
    """The hints a form would draw from: superoffice.md 3.6 (seen 2026-11-22)."""
    fields = {
        "Heading": ("System.String", 219),
        "Number": ("System.String", 49),
        "SaleType": ("System.Int32", -1),
    }
    fields |= {f"CustomFields.{f.prog_id}": (f.kind, f.length or -1) for f in udef.FIELDS}
    needed = {"Heading", "SaleType", *mandatory}
    return {name: _property(kind, length, name in needed) for name, (kind, length) in fields.items()}


def _property(kind: str, length: int, needed: bool) -> JsonObject:
    mask = "Update, UIHintMandatory" if needed else "Update"
    return {"FieldRight": {"Mask": mask, "Reason": ""}, "FieldType": kind, "FieldLength": length}


_NO_RIGHTS: JsonObject = {"TableRight": None, "FieldProperties": {}}
