"""Creates, replaces, patches, closes and deletes sales for the API; it must not shape answers."""

from __future__ import annotations

from dataclasses import replace

from sync.sandbox.superoffice import carriers, rules
from sync.sandbox.superoffice.call import Call
from sync.sandbox.superoffice.failures import Refusal, bad_argument, forbidden, not_found
from sync.sandbox.superoffice.intake import read_sale
from sync.sandbox.superoffice.patch import patched
from sync.sandbox.superoffice.rows import SaleRow
from sync.sandbox.superoffice.validation import problems
from sync.sandbox.superoffice.zone import BASE
from sync.sandbox.wire import JsonObject, JsonValue


def find(call: Call, sale_id: int) -> SaleRow:
    row = call.store.sales.get(sale_id)
    if row is None:
        raise not_found("Sale", sale_id)
    if not visible(call, row):
        hidden = call.store.switches.get("hidden_status") == 403
        raise forbidden("Sale", sale_id) if hidden else not_found("Sale", sale_id)
    return row


def visible(call: Call, row: SaleRow) -> bool:
    """Rights of a restricted caller: everything of his own, most of the others' (11)."""
    nth = int(call.store.switches.get("hidden_sales"))
    own = call.caller.id in {row.associate_id, row.created_by}
    return not nth or own or row.id % nth != 0


def created(call: Call, body: JsonObject) -> SaleRow:
    row = _read(call, body, None)
    return call.store.add_sale(_ruled(call, None, row), call.caller.id)


def replaced(call: Call, row: SaleRow, body: JsonObject) -> SaleRow:
    """A full replacement, so what the body omits is reset: superoffice.md 3.2."""
    return _saved(call, row, _read(call, body, row))


def patched_row(call: Call, row: SaleRow) -> SaleRow:
    """The patch works on the entity as this request would read it, zone and language included."""
    entity, switches = carriers.sale_entity(call.view, row), call.store.switches
    merge = switches.get("custom_patch") == "merge"
    try:
        changed = patched(entity, call.body, exact=switches.on("exact_tests"), merge=merge)
    except ValueError as error:
        raise bad_argument(str(error)) from error
    return _saved(call, row, _read(call, changed, row))


def guard(call: Call, row: SaleRow) -> None:
    """412 when the sale is newer than If-Unmodified-Since, in whole seconds: superoffice.md 8.1."""
    limit = call.moment("if-unmodified-since")
    if limit is not None and row.updated_at > limit:
        raise Refusal(412)


def unmodified(call: Call, row: SaleRow) -> bool:
    since = call.moment("if-modified-since")
    return since is not None and row.updated_at <= since


def close(call: Call, sale_id: int, status: str, **reason: JsonValue) -> None:
    """Changes the status, never Completed (3.4); whether date and probability move too is open (15.10)."""
    row, switches = call.store.sales.get(sale_id), call.store.switches
    if row is None:
        return
    if switches.on("set_as_moves_date"):
        today = call.store.now().astimezone(BASE).replace(hour=0, minute=0, second=0, tzinfo=None)
        reason["sale_date"] = today
    if switches.on("set_as_moves_probability"):
        reason["probability"] = 100 if status == "Sold" else 0
    call.store.save_sale(_ruled(call, row, replace(row, status=status, **reason)), call.caller.id)


def stage_probability(call: Call, stage_id: int) -> int:
    stage = call.store.lists.find("Rating", stage_id)
    return int(stage.extra["Probability"]) if stage else 0


def _read(call: Call, body: JsonObject, into: SaleRow | None) -> SaleRow:
    if call.store.switches.on("enforce_mandatory") and (found := problems(call.reader, body)):
        raise bad_argument("; ".join(found.values()))
    try:
        return read_sale(call.reader, body, into)
    except (ValueError, TypeError, AttributeError) as error:
        raise bad_argument(str(error)) from error


def _saved(call: Call, before: SaleRow, after: SaleRow) -> SaleRow:
    after = _ruled(call, before, after)
    if after == before and call.store.switches.on("unchanged_304"):
        raise Refusal(304)  # the vendor's own client expects it to happen: superoffice.md 3.3
    return call.store.save_sale(after, call.caller.id)


def _ruled(call: Call, before: SaleRow | None, after: SaleRow) -> SaleRow:
    return rules.applied(call.store.switches, call.store.lists, before, after)
