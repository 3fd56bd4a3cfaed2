"""The calls on persons, as much of them as matching needs; it must not know companies' fields."""

from __future__ import annotations

from sync.sandbox.superoffice import carriers
from sync.sandbox.superoffice.call import Call
from sync.sandbox.superoffice.failures import not_found
from sync.sandbox.superoffice.rows import PersonRow
from sync.sandbox.wire import JsonObject


def get(call: Call) -> JsonObject:
    person_id = call.number("id")
    row = call.store.persons.get(person_id)
    if row is None:
        raise not_found("Person", person_id)
    return call.selected(_entity(call, row) | {"_Links": {"Self": f"{call.view.root}/Person/{row.id}/"}})


def agent_get(call: Call) -> JsonObject | None:
    row = call.store.persons.get(call.number("personEntityId"))
    return call.selected(_entity(call, row)) if row else None


def _entity(call: Call, row: PersonRow) -> JsonObject:
    """superoffice.md 5 (seen 2026-11-22) names the carrier; only what a match reads is filled."""
    mail = [{"Value": row.email, "StrippedValue": row.email, "Description": ""}] if row.email else []
    return {
        "PersonId": row.id,
        "Firstname": row.first_name,
        "MiddleName": "",
        "Lastname": row.last_name,
        "FullName": row.full_name,
        "Mrmrs": "",
        "Title": "",
        "Retired": False,
        "Contact": carriers.contact(call.view, call.store.contacts.get(row.contact_id)),
        "Emails": mail,
        "OfficePhones": [],
        "MobilePhones": [],
        "UserDefinedFields": {},
        "ExtraFields": {},
        "CustomFields": {},
        "TableRight": carriers.ALL_RIGHTS,
        "FieldProperties": {},
    }
