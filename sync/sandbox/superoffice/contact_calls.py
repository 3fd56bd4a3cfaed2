"""The REST and agent calls on companies; it must not know how records are stored."""

from __future__ import annotations

from dataclasses import replace

from sync.sandbox.superoffice import carriers, contact_entities, foreign_calls
from sync.sandbox.superoffice.call import Answer, Call
from sync.sandbox.superoffice.failures import bad_argument, not_found
from sync.sandbox.superoffice.patch import patched
from sync.sandbox.superoffice.rows import ContactRow
from sync.sandbox.wire import JsonObject


def default(call: Call) -> JsonObject:
    return contact_entities.contact_entity(call.view, contact_entities.blank(call.reader))


def get(call: Call) -> JsonObject:
    row = _found(call)
    entity = _linked(call, row)
    if call.params.get("fk", "").lower() == "true":
        entity |= {"ExtraFields": entity["ExtraFields"] | foreign_calls.keys_of(call, "contact", row.id)}
    return call.selected(entity)


def post(call: Call) -> JsonObject:
    return _linked(call, _saved(call, call.object(), None))


def put(call: Call) -> JsonObject:
    return _linked(call, _saved(call, call.object(), _found(call)))


def patch(call: Call) -> JsonObject:
    row = _found(call)
    try:
        body = patched(contact_entities.contact_entity(call.view, row), call.body)
    except ValueError as error:
        raise bad_argument(str(error)) from error
    return _linked(call, _saved(call, body, row))


def simple(call: Call) -> JsonObject:
    return call.selected(carriers.contact(call.view, _found(call)) or {})


def validate(call: Call) -> dict[str, str]:
    """Keys and texts are ours [I]: superoffice.md 3.8, 5."""
    body = call.given("ContactEntity") or call.object()
    name = next((value for key, value in body.items() if key.lower() == "name"), "")
    return {} if str(name or "").strip() else {"Name": "Name must be filled in"}


def foreign_key(call: Call) -> dict[str, str]:
    return foreign_calls.keys_of(call, "contact", _found(call).id)


def delete(call: Call) -> Answer:
    """A company is only marked as deleted: superoffice.md 4.10."""
    row = _found(call)
    call.store.save_contact(replace(row, deleted_at=call.store.now()), call.caller.id)
    return Answer(204)


def summary(call: Call) -> JsonObject:
    return _summary(call, _found(call))


def agent_get(call: Call) -> JsonObject | None:
    row = call.store.contacts.get(call.number("contactEntityId"))
    return call.selected(contact_entities.contact_entity(call.view, row)) if row else None


def agent_save(call: Call) -> JsonObject:
    contact_id = call.number("ContactId")
    before = call.store.contacts.get(contact_id)
    if contact_id and before is None:
        raise bad_argument(f"Contact {contact_id} does not exist")
    row = _saved(call, call.object(), before)
    return contact_entities.contact_entity(call.view, row)


def agent_delete(call: Call) -> Answer:
    row = call.store.contacts.get(call.number("contactEntityId"))
    if row is not None:
        call.store.save_contact(replace(row, deleted_at=call.store.now()), call.caller.id)
    return Answer(204)


def agent_summary(call: Call) -> JsonObject | None:
    row = call.store.contacts.get(call.number("ContactId"))
    return call.selected(_summary(call, row)) if row else None


def _summary(call: Call, row: ContactRow) -> JsonObject:
    """Recent activity; the sample company has nothing but sales."""
    sales = [sale for sale in call.store.sales.values() if sale.contact_id == row.id]
    recent = sorted(sales, key=lambda sale: (sale.updated_at, sale.id), reverse=True)
    limit = call.number("Limit") or len(recent)
    return {
        "Contact": carriers.contact(call.view, row),
        "Tickets": [],
        "Followups": [],
        "Documents": [],
        "Sales": [carriers.sale_summary(call.view, sale) for sale in recent[:limit]],
        "Chats": [],
    }


def _found(call: Call) -> ContactRow:
    contact_id = call.number("id")
    row = call.store.contacts.get(contact_id)
    if row is None:
        raise not_found("Contact", contact_id)
    return row


def _saved(call: Call, body: JsonObject, before: ContactRow | None) -> ContactRow:
    try:
        row = contact_entities.read_contact(call.reader, body, before)
    except (ValueError, TypeError, AttributeError) as error:
        raise bad_argument(str(error)) from error
    if before is None:
        return call.store.add_contact(row, call.caller.id)
    return call.store.save_contact(row, call.caller.id)


def _linked(call: Call, row: ContactRow) -> JsonObject:
    return contact_entities.with_links(call.view, contact_entities.contact_entity(call.view, row))
