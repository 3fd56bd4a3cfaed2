"""The REST calls under /Sale; it must not know how records are stored."""

from __future__ import annotations

from sync.sandbox.superoffice import carriers, intake, saving, udef
from sync.sandbox.superoffice.call import Answer, Call, http_date
from sync.sandbox.superoffice.rows import SaleRow
from sync.sandbox.superoffice.validation import problems
from sync.sandbox.wire import JsonObject, JsonValue


def default(call: Call) -> JsonObject:
    return carriers.sale_entity(call.view, intake.blank(call.reader))


def get(call: Call) -> Answer:
    row = saving.find(call, call.number("id"))
    if saving.unmodified(call, row):
        return Answer(304)
    return Answer(200, _entity(call, row), {"Last-Modified": http_date(row.updated_at)})


def simple(call: Call) -> JsonObject:
    return call.selected(carriers.sale_flat(call.view, saving.find(call, call.number("id"))))


def post(call: Call) -> JsonObject:
    """Answers 200, not 201: superoffice.md 3.2 (seen 2026-11-22)."""
    return _entity(call, saving.created(call, call.object()))


def put(call: Call) -> JsonObject:
    row = saving.find(call, call.number("id"))
    saving.guard(call, row)
    return _entity(call, saving.replaced(call, row, call.object()))


def patch(call: Call) -> JsonObject:
    row = saving.find(call, call.number("id"))
    saving.guard(call, row)
    return _entity(call, saving.patched_row(call, row))


def delete(call: Call) -> Answer:
    row = saving.find(call, call.number("id"))
    saving.guard(call, row)
    call.store.delete_sale(row.id, call.caller.id)
    return Answer(204)


def validate(call: Call) -> dict[str, str]:
    return problems(call.reader, call.object())


def custom_fields(_call: Call) -> JsonValue:
    return [udef.as_info(field) for field in udef.FIELDS]


def published_layout(_call: Call) -> JsonValue:
    return [udef.as_published(field) for field in udef.FIELDS]


def _entity(call: Call, row: SaleRow) -> JsonObject:
    return call.selected(carriers.with_links(call.view, carriers.sale_entity(call.view, row)))
