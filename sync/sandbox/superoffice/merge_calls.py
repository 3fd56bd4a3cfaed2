"""Merging companies and finding duplicates of them; it must not read or write company fields."""

from __future__ import annotations

from sync.sandbox.superoffice.call import Answer, Call
from sync.sandbox.superoffice.failures import bad_argument, not_found
from sync.sandbox.superoffice.rows import ContactRow
from sync.sandbox.wire import JsonObject


def rest(call: Call) -> Answer:
    return _merged(call, call.number("source"), call.number("destination"))


def agent(call: Call) -> Answer:
    return _merged(call, call.number("SourceContactId"), call.number("DestinationContactId"))


def duplicates(call: Call) -> list[JsonObject]:
    """Name and department are the vendor's own key: superoffice.md 5 (seen 2026-11-22)."""
    name = (call.params.get("name") or str(call.given("Name") or "")).casefold()
    department = (call.params.get("department") or str(call.given("Department") or "")).casefold()
    return [
        _entry(row)
        for row in call.store.contacts.values()
        if row.deleted_at is None and (row.name.casefold(), row.department.casefold()) == (name, department)
    ]


def _merged(call: Call, source_id: int, destination_id: int) -> Answer:
    for contact_id in (source_id, destination_id):
        if contact_id not in call.store.contacts:
            raise not_found("Contact", contact_id)
    if source_id == destination_id:
        raise bad_argument("A company cannot be merged into itself")
    call.store.merge_contacts(source_id, destination_id, call.caller.id)
    return Answer(204)


def _entry(row: ContactRow) -> JsonObject:
    return {
        "RuleName": "NameDepartment",
        "SoPrimaryKey": row.id,
        "EntryName": row.name,
        "EntryIdentifier": row.number2,
        "RuleDisplayName": "Name and department",
    }
