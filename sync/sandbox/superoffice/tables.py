"""Database tables as the dynamic archive and the foreign key archive show them; it runs no query."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sync.sandbox.superoffice.carriers import View
from sync.sandbox.superoffice.columns import STATUS_IDS, Column
from sync.sandbox.superoffice.journal import CONTACT_TABLE, SALE_TABLE
from sync.sandbox.superoffice.lists import Item
from sync.sandbox.superoffice.store import SALE_COLUMNS, Store
from sync.sandbox.superoffice.webhooks import Hooks
from sync.sandbox.wire import JsonValue

_DONE = {"NotStarted": 0, "Started": 1, "Completed": 2}
_TABLE_IDS = {"sale": SALE_TABLE, "contact": CONTACT_TABLE}
Columns = dict[str, Column[Any]]


@dataclass(frozen=True, slots=True)
class Table:
    """One table: its rows by id and its columns under their database names."""

    name: str
    rows: Callable[[Store, Hooks], Mapping[int, Any]]
    columns: Columns


def _column(kind: str, read: Callable[[Any], JsonValue]) -> Column[Any]:
    return Column(kind, lambda _view, row: read(row), lambda _view, row: read(row))


def _field(kind: str, name: str) -> Column[Any]:
    return _column(kind, lambda row: getattr(row, name))


def _moment(name: str) -> Column[Any]:
    """A timestamp of the database is compared to the second: superoffice.md 6.5 [I]."""

    def show(view: View, row: Any) -> str:
        return view.zone.instant(getattr(row, name))

    return Column("datetime", lambda _view, row: getattr(row, name), show)


def _named(table: str, columns: Columns) -> Columns:
    return {f"{table}.{name}": column for name, column in columns.items()}


def _sale_fields() -> Columns:
    special = {"saledate", "status", "done", "reopenDate", "heading", "number1", "text_id", "postitText_id"}
    plain = {column: name for column, name in SALE_COLUMNS.items() if column not in special}
    kinds = dict.fromkeys(("amount", "earning", "earning_percent"), "decimal")
    return {column: _field(kinds.get(column, "int"), name) for column, name in plain.items()}


# superoffice.md 3.5, 6.5 (seen 2026-11-22)
_SALE: Columns = {
    "sale_id": _field("int", "id"),
    **_sale_fields(),
    "heading": _field("string", "heading"),
    "number1": _field("string", "number"),
    "status": _column("int", lambda row: STATUS_IDS[row.status]),
    "done": _column("int", lambda row: _DONE[row.completed]),
    "saledate": Column("datetime", lambda _v, row: row.sale_date, lambda v, row: v.sale_date(row)),
    "registered": _moment("created_at"),
    "registered_associate_id": _field("int", "created_by"),
    "updated": _moment("updated_at"),
    "updated_associate_id": _field("int", "updated_by"),
    "stage_when_closed": _field("int", "stage_when_closed"),
    "sale_cycle": _field("int", "sale_cycle"),
}
_CONTACT: Columns = {
    "contact_id": _field("int", "id"),
    "name": _field("string", "name"),
    "department": _field("string", "department"),
    "orgNr": _field("string", "org_number"),
    "associate_id": _field("int", "associate_id"),
    "registered": _moment("created_at"),
    "updated": _moment("updated_at"),
    "deletedDate": _moment("deleted_at"),
}
_CURRENCY: Columns = {
    "currency_id": _field("int", "id"),
    "name": _field("string", "name"),
    "isoCode": _field("string", "iso_code"),  # superoffice.md 4.5: only here
    "rate": _column("decimal", lambda row: row.extra["Rate"]),
    "units": _column("decimal", lambda row: row.extra["Units"]),
    "deleted": _column("int", lambda row: int(row.deleted)),
}
_TRAVEL: Columns = {
    "traveltransactionlog_id": _field("int", "id"),
    "ttime": _moment("at"),
    "type": _field("int", "kind"),
    "tablenumber": _field("int", "table"),
    "record_id": _field("int", "record_id"),
    "associate_id": _field("int", "actor_id"),
}
_MERGES: Columns = {
    "mergemovelog_id": _field("int", "id"),
    "registered": _moment("at"),
    "operation": _field("int", "operation"),
    "tableNumber": _field("int", "table"),
    "sourceRecord": _field("int", "source_id"),
    "destRecord": _field("int", "destination_id"),
    "registered_associate_id": _field("int", "actor_id"),
}
_WEBHOOKS: Columns = {
    "webhook_usage_id": _field("int", "id"),
    "total_calls": _field("int", "total_calls"),
    "total_errors": _field("int", "total_errors"),
    "consecutive_errors": _field("int", "consecutive_errors"),
    "last_error": _field("string", "last_error"),
}


def _currencies(store: Store, _hooks: Hooks) -> Mapping[int, Item]:
    return {item.id: item for item in store.lists.named("Currency").items}


TABLES: dict[str, Table] = {
    table.name: table
    for table in (
        Table("sale", lambda store, _h: store.sales, _named("sale", _SALE)),
        Table("contact", lambda store, _h: store.contacts, _named("contact", _CONTACT)),
        Table("currency", _currencies, _named("currency", _CURRENCY)),
        Table(
            "traveltransactionlog",
            lambda store, _h: store.journal.travels,
            _named("traveltransactionlog", _TRAVEL),
        ),
        Table("mergemovelog", lambda store, _h: store.journal.merges, _named("mergemovelog", _MERGES)),
        Table("webhook_usage", lambda _s, hooks: hooks.items, _named("webhook_usage", _WEBHOOKS)),
    )
}
FOREIGN_KEYS: Columns = {
    "appName": _field("string", "application"),
    "deviceName": _field("string", "device"),
    "deviceIdentifier": _field("string", "identifier"),
    "keyName": _field("string", "key"),
    "keyValue": _field("string", "value"),
    "recordId": _field("int", "record_id"),
    "tableId": _column("int", lambda row: _TABLE_IDS.get(row.table, 0)),
}
