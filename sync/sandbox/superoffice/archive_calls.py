"""The archive as REST lists and as an agent; it must not know columns."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from sync.sandbox.superoffice import archive, columns, saving, tables
from sync.sandbox.superoffice.archive import PAGE_CAP, Archive, Page, Query
from sync.sandbox.superoffice.call import Call
from sync.sandbox.superoffice.failures import bad_argument
from sync.sandbox.superoffice.rows import ContactRow, PersonRow, SaleRow
from sync.sandbox.wire import JsonObject, JsonValue


def sales(call: Call) -> JsonObject:
    return _odata(call, _sales(call))


def contacts(call: Call) -> JsonObject:
    return _odata(call, _contacts(call))


def provider(call: Call) -> JsonObject:
    return _odata(call, _named(call, call.params["provider"], call.params.get("$select", "")))


def provider_form(call: Call) -> JsonObject:
    """Long queries come as a form: superoffice.md 6.1 (seen 2026-11-22)."""
    form = {str(name).lower(): str(item) for name, item in call.object().items()}
    return provider(replace(call, params={**call.params, **form}))


def sales_of_contact(call: Call) -> JsonObject:
    return _odata(call, _narrowed(_sales(call), lambda row: row.contact_id == call.number("id")))


def persons_of_contact(call: Call) -> JsonObject:
    return _odata(call, _narrowed(_persons(call), lambda row: row.contact_id == call.number("id")))


def by_columns(call: Call) -> list[JsonObject]:
    """Columns, order and restrictions as arrays of objects."""
    conditions = [_condition(item) for item in call.given("Restriction") or call.given("Restrictions") or []]
    order = ",".join(_order(item) for item in call.given("SortOrder") or [])
    return _agent(call, tuple(call.given("Columns") or ()), " and ".join(conditions), order)


def by_columns2(call: Call) -> list[JsonObject]:
    """The same with plain strings: superoffice.md 6.1."""
    names = _split(call.given("Columns") or "")
    return _agent(call, names, call.given("Restrictions") or "", call.given("SortOrder") or "")


def _agent(call: Call, names: tuple[str, ...], text: str, order: str) -> list[JsonObject]:
    size = min(call.number("PageSize") or PAGE_CAP, PAGE_CAP)
    query = Query(names, text, order, size, call.number("Page") * size)
    name = str(call.given("ProviderName") or call.given("ArchiveProviderName") or "")
    found = _named(call, name, ",".join(names))
    return archive.listed(found, query, call.view, _page(call, found, query).rows)


def _odata(call: Call, found: Archive[Any]) -> JsonObject:
    params = call.params
    top = int(params["$top"]) if params.get("$top") else None
    names = _split(params.get("$select", "")) or tuple(found.columns)
    order = params.get("$orderby", "")
    query = Query(names, params.get("$filter", ""), order, top, int(params.get("$skip") or 0))
    page = _page(call, found, query)
    show = archive.full if params.get("$mode", "").lower() == "full" else archive.slim
    counted = params.get("$inlinecount", "").lower() not in {"", "false", "none"}
    return {
        "odata.metadata": f"{call.view.root}/Archive//$metadata",
        **({"odata.count": str(page.count)} if counted else {}),
        "odata.nextLink": _next_link(call, found.entity, query, more=page.more),
        "value": show(found, query, call.view, page.rows),
    }


def _page(call: Call, found: Archive[Any], query: Query) -> Page[Any]:
    try:
        return archive.page(found, query, call.view, caller_id=call.caller.id, memory=call.tenant.memory)
    except ValueError as error:
        raise bad_argument(str(error)) from error


def _next_link(call: Call, entity: str, query: Query, *, more: bool) -> str | None:
    """May be null although more rows exist when `$top` was given: superoffice.md 6.3 [I]."""
    when = call.store.switches.get("next_link")
    if not more or when == "never" or (when == "without_top" and query.top is not None):
        return None
    size = PAGE_CAP if query.top is None else min(query.top, PAGE_CAP)
    values = {name: value for name, value in call.params.items() if name.startswith("$")}
    values["$skip"] = str(query.skip + size)
    return f"{call.view.root}/{entity.capitalize()}?{urlencode(values)}"


def _sales(call: Call) -> Archive[SaleRow]:
    return Archive(
        "sale", call.store.sales, columns.SALE, _nothing_hidden, lambda row: saving.visible(call, row)
    )


def _persons(call: Call) -> Archive[PersonRow]:
    return Archive("person", call.store.persons, columns.PERSON, _nothing_hidden)


def _nothing_hidden(_row: object, _text: str) -> bool:
    return False


def _narrowed(found: Archive[Any], chosen: Callable[[Any], bool]) -> Archive[Any]:
    return replace(found, rows={row_id: row for row_id, row in found.rows.items() if chosen(row)})


def _contacts(call: Call) -> Archive[ContactRow]:
    return Archive("contact", call.store.contacts, columns.CONTACT, _deleted)


def _deleted(row: ContactRow, text: str) -> bool:
    """Soft-deleted companies show only when the filter asks about them [I]."""
    return row.deleted_at is not None and "contactdeleted" not in text.lower()


def _named(call: Call, name: str, select: str) -> Archive[Any]:
    if name.lower() == "dynamic":
        return _dynamic(call, select)
    providers: dict[str, Callable[[Call], Archive[Any]]] = {
        "findsale": _sales,
        "sale": _sales,
        "findcontact": _contacts,
        "simplecontact": _contacts,
        "contact": _contacts,
        "findperson": _persons,
        "contactperson": _persons,
        "person": _persons,
        "foreignkeys": _foreign_keys,
    }
    if name.lower() not in providers:
        raise bad_argument(f"unknown archive provider {name!r}")
    return providers[name.lower()](call)


def _foreign_keys(call: Call) -> Archive[Any]:
    return Archive("foreignkey", call.store.foreign_keys.keys, tables.FOREIGN_KEYS, _nothing_hidden)


def _dynamic(call: Call, select: str) -> Archive[Any]:
    """All columns start from one table: superoffice.md 6.5 (seen 2026-11-22)."""
    names = {column.strip().partition(".")[0].lower() for column in select.split(",")}
    if len(names) != 1 or not names <= tables.TABLES.keys():
        raise bad_argument(f"cannot tell the table of the columns {select!r}")
    table = tables.TABLES[names.pop()]
    visible = (lambda row: saving.visible(call, row)) if table.name == "sale" else (lambda _row: True)
    return Archive(
        table.name, table.rows(call.store, call.tenant.hooks), table.columns, _nothing_hidden, visible
    )


def _split(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())


def _condition(item: Mapping[str, JsonValue]) -> str:
    given = {key.lower(): value for key, value in item.items()}
    values = ",".join("'" + str(value).replace("'", "''") + "'" for value in given.get("values") or [])
    return (
        f"{given['name']} {given['operator']} ({values})"
        if values
        else f"{given['name']} {given['operator']}"
    )


def _order(item: Mapping[str, JsonValue]) -> str:
    given = {key.lower(): value for key, value in item.items()}
    return f"{given['name']} {given.get('direction', 'ASC')}"
