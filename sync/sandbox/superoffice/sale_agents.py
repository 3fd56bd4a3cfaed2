"""The agent calls under /Agents/Sale, which answer null where REST says 404; no storage rules here."""

from __future__ import annotations

from sync.sandbox.superoffice import carriers, intake, saving
from sync.sandbox.superoffice.call import Answer, Call
from sync.sandbox.superoffice.failures import bad_argument
from sync.sandbox.superoffice.rows import SaleRow
from sync.sandbox.superoffice.validation import problems
from sync.sandbox.wire import JsonObject, JsonValue


def create_default(call: Call) -> JsonObject:
    return carriers.sale_entity(call.view, intake.blank(call.reader))


def get_entity(call: Call) -> JsonObject | None:
    return _entity(call, call.store.sales.get(call.number("saleEntityId")))


def get_sale(call: Call) -> JsonObject | None:
    row = call.store.sales.get(call.number("saleId"))
    return call.selected(carriers.sale_flat(call.view, row)) if row else None


def get_sale_list(call: Call) -> list[JsonObject]:
    """The body is a bare array of ids; those that do not exist are left out."""
    wanted = [int(item) for item in call.body or []]
    return [carriers.sale_flat(call.view, call.store.sales[i]) for i in wanted if i in call.store.sales]


def save(call: Call) -> JsonObject | None:
    """An id of 0 creates, another updates; the last writer wins: superoffice.md 3.4, 8.1."""
    body = call.object()
    sale_id = int(intake.spelled(body).get("SaleId") or 0)
    if not sale_id:
        return _entity(call, saving.created(call, body))
    row = call.store.sales.get(sale_id)
    if row is None:
        raise bad_argument(f"Sale {sale_id} does not exist")
    return _entity(call, saving.replaced(call, row, body))


def delete(call: Call) -> Answer:
    sale_id = call.number("saleEntityId")
    if sale_id in call.store.sales:
        call.store.delete_sale(sale_id, call.caller.id)
    return Answer(204)


def validate(call: Call) -> dict[str, str]:
    """The entity comes wrapped, unlike in the REST call: superoffice.md 3.4."""
    return problems(call.reader, call.given("SaleEntity") or {})


def of_contact(call: Call) -> list[JsonObject]:
    contact_id, only_open = call.number("ContactId"), bool(call.given("OnlyOpenSales"))
    rows = [row for row in call.store.sales.values() if row.contact_id == contact_id and contact_id]
    shown = [row for row in rows if row.status == "Open" or not only_open]
    return [call.selected(carriers.sale_flat(call.view, row)) for row in shown]


def has_quote(call: Call) -> bool:
    row = call.store.sales.get(call.number("SaleId"))
    return row is not None and row.has_quote


def probability(call: Call) -> int:
    return saving.stage_probability(call.number("StageId"))


def set_sold(call: Call) -> Answer:
    return _closed(call, "Sold")


def set_lost(call: Call) -> Answer:
    return _closed(call, "Lost")


def set_sold_with_reason(call: Call) -> Answer:
    return _closed(call, "Sold", reason_sold_id=call.number("ReasonId"))


def set_lost_with_reason(call: Call) -> Answer:
    return _closed(call, "Lost", reason_id=call.number("ReasonId"))


def _closed(call: Call, status: str, **reason: int) -> Answer:
    ids: JsonValue = call.given("SaleIds") or []
    for sale_id in ids:
        saving.close(call, int(sale_id), status, **reason)
    return Answer(204)


def _entity(call: Call, row: SaleRow | None) -> JsonObject | None:
    return call.selected(carriers.sale_entity(call.view, row)) if row else None
