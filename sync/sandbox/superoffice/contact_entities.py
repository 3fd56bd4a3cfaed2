"""The full company carrier, written and read; it must not save anything."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from sync.sandbox.superoffice.carriers import ALL_RIGHTS, View, associate, person, reference
from sync.sandbox.superoffice.intake import Reader, id_in
from sync.sandbox.superoffice.rows import ContactRow
from sync.sandbox.wire import JsonObject, JsonValue

_TEXTS = {
    "name": ("name", 219),
    "department": ("department", 219),
    "orgnr": ("org_number", 49),
    "number1": ("number1", 49),
    "number2": ("number2", 49),
    "description": ("description", 2047),
}
_LISTS = {"business": "business_id", "category": "category_id", "country": "country_id"}
_MANDATORY = ("Name", "CategoryId", "BusinessId")  # superoffice.md 3.6, 5 (seen 2026-11-22)


def blank(reader: Reader) -> ContactRow:
    now, actor = reader.store.now(), reader.actor_id
    return ContactRow(0, "", "", "", actor, now, now, actor, actor)


def contact_entity(view: View, row: ContactRow) -> JsonObject:
    store, zone = view.store, view.zone
    return {
        "ContactId": row.id,
        "Name": row.name,
        "Department": row.department,
        "OrgNr": row.org_number,
        "Number1": row.number1,
        "Number2": row.number2,
        "UpdatedDate": zone.instant(row.updated_at),
        "CreatedDate": zone.instant(row.created_at),
        "Emails": [{"Value": mail, "StrippedValue": mail, "Description": ""} for mail in row.emails],
        "Urls": [],
        "Phones": [],
        "Faxes": [],
        "Description": row.description,
        "UpdatedBy": associate(store.associates.get(row.updated_by)),
        "CreatedBy": associate(store.associates.get(row.created_by)),
        "Associate": associate(store.associates.get(row.associate_id)),
        "Business": reference(view, "Business", row.business_id),
        "Category": reference(view, "Category", row.category_id),
        "Country": reference(view, "Country", row.country_id),
        "Persons": [
            person(view, item) for item in store.persons.values() if row.id and item.contact_id == row.id
        ],
        "Deleted": int(row.deleted_at is not None),
        "Address": _address(row),
        "Source": 0,
        "ActiveErpLinks": 0,
        "Domains": [],
        "UserDefinedFields": {},
        "ExtraFields": {},
        "CustomFields": {},
        "TableRight": ALL_RIGHTS,
        "FieldProperties": {name: _mandatory() for name in _MANDATORY},
    }


def with_links(view: View, entity: JsonObject) -> JsonObject:
    return entity | {"_Links": {"Self": f"{view.root}/Contact/{entity['ContactId']}/"}}


def read_contact(reader: Reader, body: Mapping[str, JsonValue], into: ContactRow | None = None) -> ContactRow:
    """A full replacement of what a client may set; ValueError names what cannot be stored."""
    given = {key.lower(): value for key, value in body.items()}
    row = blank(reader) if into is None else replace(blank(reader), id=into.id, created_at=into.created_at)
    values: JsonObject = {field: _short(given.get(key), limit) for key, (field, limit) in _TEXTS.items()}
    values |= {field: _item(reader, key, given[key]) for key, field in _LISTS.items() if given.get(key)}
    values["associate_id"] = id_in(given.get("associate"), "AssociateId") or reader.actor_id
    values["emails"] = tuple(str(_value(item)) for item in given.get("emails") or [])
    values["city"] = _city(given.get("address"))
    return replace(row, **values)


def _short(value: JsonValue, limit: int) -> str:
    text = "" if value is None else str(value)
    if len(text) > limit:
        raise ValueError(f"text of {len(text)} characters, {limit} allowed")
    return text


def _item(reader: Reader, name: str, value: JsonValue) -> int:
    item_id = id_in(value, "Id")
    if not reader.store.lists.writable(name, item_id):
        raise ValueError(f"{name} {item_id} does not exist")
    return item_id


def _value(element: JsonValue) -> JsonValue:
    return element.get("Value", element.get("value", "")) if isinstance(element, Mapping) else element


def _city(address: JsonValue) -> str:
    """Either of the two addresses may name it; the postal one wins."""
    if not isinstance(address, Mapping):
        return ""
    cities = (address.get(kind, {}) or {} for kind in ("Postal", "Street"))
    return next((str(part["City"]) for part in cities if part.get("City")), "")


def _address(row: ContactRow) -> JsonObject:
    part = {
        "Address1": "",
        "Address2": "",
        "Address3": "",
        "City": row.city,
        "Zipcode": "",
        "State": "",
        "County": "",
    }
    return {"LocalizedAddress": [], "Street": part, "Postal": dict(part), "Formatted": row.city}


def _mandatory() -> JsonObject:
    right = {"Mask": "Update, UIHintMandatory", "Reason": ""}
    return {"FieldRight": right, "FieldType": "System.String", "FieldLength": 219}
