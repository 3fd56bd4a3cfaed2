"""The REST calls under /Sale; it must not know how records are stored."""

from __future__ import annotations

from sync.sandbox.superoffice import carriers, foreign_calls, intake, saving, udef, udef_info
from sync.sandbox.superoffice.call import Answer, Call, http_date
from sync.sandbox.superoffice.failures import Refusal
from sync.sandbox.superoffice.rows import SaleRow
from sync.sandbox.superoffice.validation import problems
from sync.sandbox.wire import JsonObject, JsonValue


def default(call: Call) -> JsonObject:
    return carriers.sale_entity(call.view, intake.blank(call.reader))


def get(call: Call) -> Answer:
    row = saving.find(call, call.number("id"))
    if saving.unmodified(call, row):
        return Answer(304)
    entity = _entity(call, row)
    if call.params.get("fk", "").lower() == "true":
        # superoffice.md 8.3 (seen 2026-11-22)
        entity["ExtraFields"] = (entity["ExtraFields"] or {}) | foreign_calls.keys_of(call, "sale", row.id)
    return Answer(200, entity, {"Last-Modified": http_date(row.updated_at)})


def foreign_key(call: Call) -> dict[str, str]:
    return foreign_calls.keys_of(call, "sale", saving.find(call, call.number("id")).id)


def has_guide(call: Call) -> bool:
    saving.find(call, call.number("id"))
    return False


def next_due(call: Call) -> str:
    saving.find(call, call.number("id"))
    return call.view.zone.empty()


def number_valid(call: Call) -> bool:
    """Whether no other sale has the number."""
    return all(row.number != call.params["number"] for row in call.store.sales.values())


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


def custom_fields(call: Call) -> JsonValue:
    return [udef_info.as_info(field) for field in udef.fields_of(call.store.switches)]


def custom_field(call: Call) -> JsonValue:
    """404 for an unknown name [I]: the sheet does not say."""
    return udef_info.as_info(_field(call))


def published_layout(call: Call) -> JsonValue:
    """Extra columns are no udef fields and have no layout."""
    return [udef_info.as_published(field) for field in udef.fields_of(call.store.switches) if field.number]


def published_field(call: Call) -> JsonValue:
    return udef_info.as_published(_field(call))


def _field(call: Call) -> udef.Field:
    wanted = call.params["field"]
    for field in udef.fields_of(call.store.switches):
        if wanted in {field.prog_id, field.label}:
            return field
    raise Refusal(404)


def _entity(call: Call, row: SaleRow) -> JsonObject:
    return call.selected(carriers.with_links(call.view, carriers.sale_entity(call.view, row)))
