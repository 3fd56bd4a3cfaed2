"""The REST and agent calls on companies; it must not know how records are stored."""

from __future__ import annotations

from dataclasses import replace

from sync.sandbox.superoffice import carriers, contact_entities
from sync.sandbox.superoffice.call import Answer, Call
from sync.sandbox.superoffice.failures import bad_argument, not_found
from sync.sandbox.superoffice.rows import ContactRow
from sync.sandbox.wire import JsonObject


def default(call: Call) -> JsonObject:
    return contact_entities.contact_entity(call.view, contact_entities.blank(call.reader))


def get(call: Call) -> JsonObject:
    return call.selected(_linked(call, _found(call)))


def post(call: Call) -> JsonObject:
    return _linked(call, _saved(call, call.object(), None))


def put(call: Call) -> JsonObject:
    return _linked(call, _saved(call, call.object(), _found(call)))


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
