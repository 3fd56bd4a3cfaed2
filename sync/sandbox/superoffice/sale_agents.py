"""The agent calls under /Agents/Sale, which answer null where REST says 404; no storage rules here."""

from __future__ import annotations

from collections.abc import Callable

from sync.sandbox.superoffice import carriers, intake, saving
from sync.sandbox.superoffice.call import Answer, Call
from sync.sandbox.superoffice.failures import bad_argument
from sync.sandbox.superoffice.rows import SaleRow
from sync.sandbox.superoffice.validation import problems
from sync.sandbox.wire import JsonObject, JsonValue


def create_default(call: Call) -> JsonObject:
    return carriers.sale_entity(call.view, intake.blank(call.reader))


def get_entity(call: Call) -> JsonObject | None:
    return _entity(call, _found(call, call.number("saleEntityId")))


def get_sale(call: Call) -> JsonObject | None:
    row = _found(call, call.number("saleId"))
    return call.selected(carriers.sale_flat(call.view, row)) if row else None


def get_sale_list(call: Call) -> list[JsonObject]:
    """The body is a bare array of ids; those that do not exist are left out."""
    wanted = [int(item) for item in call.body or []]
    return [carriers.sale_flat(call.view, row) for i in wanted if (row := call.store.sales.get(i))]


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
    contact_id = call.number("ContactId")
    return _flat(call, lambda row: 0 < contact_id == row.contact_id and _wanted(call, row))


def open_of_contact(call: Call) -> list[JsonObject]:
    contact_id = call.number("ContactId")
    return _flat(call, lambda row: 0 < contact_id == row.contact_id and row.status == "Open")


def of_person(call: Call) -> list[JsonObject]:
    person_id = call.number("PersonId")
    return _flat(call, lambda row: 0 < person_id == row.person_id and _wanted(call, row))


def next_stage(call: Call) -> int:
    """The stage after the sale's own in its type; 0 when there is none."""
    row = saving.find(call, call.number("SaleId"))
    sale_type = call.store.lists.find("SaleType", row.sale_type_id)
    stages = list(sale_type.extra["stages"]) if sale_type else []
    if row.rating_id not in stages or call.given("IncludeCurrentStage"):
        return row.rating_id
    return next(iter(stages[stages.index(row.rating_id) + 1 :]), 0)


def has_quote(call: Call) -> bool:
    row = call.store.sales.get(call.number("SaleId"))
    return row is not None and row.has_quote


def probability(call: Call) -> int:
    return saving.stage_probability(call, call.number("StageId"))


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


def _found(call: Call, sale_id: int) -> SaleRow | None:
    """Null for an unknown id, where REST says 404: superoffice.md 3.1."""
    return saving.find(call, sale_id) if sale_id in call.store.sales else None


def _flat(call: Call, chosen: Callable[[SaleRow], bool]) -> list[JsonObject]:
    rows = [row for row in call.store.sales.values() if chosen(row) and saving.visible(call, row)]
    return [call.selected(carriers.sale_flat(call.view, row)) for row in rows]


def _wanted(call: Call, row: SaleRow) -> bool:
    return row.status == "Open" or not call.given("OnlyOpenSales")


def _entity(call: Call, row: SaleRow | None) -> JsonObject | None:
    return call.selected(carriers.sale_entity(call.view, row)) if row else None
