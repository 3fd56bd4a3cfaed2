"""Creates, replaces, patches, closes and deletes sales for the API; it must not shape answers."""

from __future__ import annotations

from dataclasses import replace

from sync.sandbox.superoffice import carriers, lists
from sync.sandbox.superoffice.call import Call
from sync.sandbox.superoffice.failures import Refusal, bad_argument, not_found
from sync.sandbox.superoffice.intake import read_sale
from sync.sandbox.superoffice.patch import patched
from sync.sandbox.superoffice.rows import SaleRow
from sync.sandbox.wire import JsonObject, JsonValue


def find(call: Call, sale_id: int) -> SaleRow:
    row = call.store.sales.get(sale_id)
    if row is None:
        raise not_found("Sale", sale_id)
    return row


def created(call: Call, body: JsonObject) -> SaleRow:
    return call.store.add_sale(_read(call, body, None), call.caller.id)


def replaced(call: Call, row: SaleRow, body: JsonObject) -> SaleRow:
    """A full replacement, so what the body omits is reset: superoffice.md 3.2."""
    return _saved(call, row, _read(call, body, row))


def patched_row(call: Call, row: SaleRow) -> SaleRow:
    """The patch works on the entity as this request would read it, zone and language included."""
    entity = carriers.sale_entity(call.view, row)
    try:
        changed = patched(entity, call.body, exact=call.store.switches.on("exact_tests"))
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
    """Changes the status alone, not Completed: superoffice.md 3.4."""
    row = call.store.sales.get(sale_id)
    if row is not None:
        call.store.save_sale(replace(row, status=status, **reason), call.caller.id)


def stage_probability(stage_id: int) -> int:
    stage = lists.LISTS["rating"].find(stage_id)
    return int(stage.extra["Probability"]) if stage else 0


def _read(call: Call, body: JsonObject, into: SaleRow | None) -> SaleRow:
    try:
        row = read_sale(call.reader, body, into)
    except (ValueError, TypeError, AttributeError) as error:
        raise bad_argument(str(error)) from error
    if call.store.switches.on("recompute_earning"):
        return replace(row, earning=round(row.amount * row.earning_percent / 100, 4))
    return row


def _saved(call: Call, before: SaleRow, after: SaleRow) -> SaleRow:
    _check_quote(call, before, after)
    if after == before and call.store.switches.on("unchanged_304"):
        raise Refusal(304)  # the vendor's own client expects it to happen: superoffice.md 3.3
    return call.store.save_sale(after, call.caller.id)


def _check_quote(call: Call, before: SaleRow, after: SaleRow) -> None:
    """A quote drives amount and currency: superoffice.md 4.5."""
    moved = (before.amount, before.currency_id) != (after.amount, after.currency_id)
    if before.has_quote and moved and call.store.switches.on("quotes_lock_money"):
        raise bad_argument("Amount and Currency follow the quote of this sale")
