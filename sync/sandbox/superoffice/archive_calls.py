"""The archive as REST lists and as an agent; it must not know columns."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

from sync.sandbox.superoffice import archive, columns
from sync.sandbox.superoffice.archive import PAGE_CAP, Archive, Query
from sync.sandbox.superoffice.call import Call
from sync.sandbox.superoffice.failures import bad_argument
from sync.sandbox.superoffice.rows import ContactRow, SaleRow
from sync.sandbox.wire import JsonObject, JsonValue


def sales(call: Call) -> JsonObject:
    return _odata(call, _sales(call))


def contacts(call: Call) -> JsonObject:
    return _odata(call, _contacts(call))


def provider(call: Call) -> JsonObject:
    return _odata(call, _named(call, call.params["provider"]))


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
    found = _named(call, str(call.given("ProviderName") or call.given("ArchiveProviderName") or ""))
    rows = _rows(call, found, query)[:size]
    return archive.listed(found, query, call.view, rows)


def _odata(call: Call, found: Archive[Any]) -> JsonObject:
    params = call.params
    top = int(params["$top"]) if params.get("$top") else None
    names = _split(params.get("$select", "")) or tuple(found.columns)
    order = params.get("$orderby", "")
    query = Query(names, params.get("$filter", ""), order, top, int(params.get("$skip") or 0))
    rows = _rows(call, found, query)
    size = min(PAGE_CAP if top is None else top, PAGE_CAP)
    show = archive.full if params.get("$mode", "").lower() == "full" else archive.slim
    return {
        "odata.metadata": f"{call.view.root}/Archive//$metadata",
        "odata.nextLink": _next_link(call, found.entity, query, more=len(rows) > size),
        "value": show(found, query, call.view, rows[:size]),
    }


def _rows(call: Call, found: Archive[Any], query: Query) -> list[Any]:
    try:
        return archive.page(found, query, call.view, caller_id=call.caller.id, memory=call.tenant.memory)
    except ValueError as error:
        raise bad_argument(str(error)) from error


def _next_link(call: Call, entity: str, query: Query, *, more: bool) -> str | None:
    """May be null although more rows exist when `$top` was given: superoffice.md 6.3 [I]."""
    if not more or query.top is not None:
        return None
    values = {**call.params, "$skip": str(query.skip + PAGE_CAP)}
    return f"{call.view.root}/{entity.capitalize()}?{urlencode(values)}"


def _sales(call: Call) -> Archive[SaleRow]:
    return Archive("sale", call.store.sales, columns.SALE, lambda _row, _text: False)


def _contacts(call: Call) -> Archive[ContactRow]:
    return Archive("contact", call.store.contacts, columns.CONTACT, _deleted)


def _deleted(row: ContactRow, text: str) -> bool:
    """Soft-deleted companies show only when the filter asks about them [I]."""
    return row.deleted_at is not None and "contactdeleted" not in text.lower()


def _named(call: Call, name: str) -> Archive[Any]:
    providers: dict[str, Callable[[Call], Archive[Any]]] = {
        "findsale": _sales,
        "sale": _sales,
        "findcontact": _contacts,
        "simplecontact": _contacts,
    }
    if name.lower() not in providers:
        raise bad_argument(f"unknown archive provider {name!r}")
    return providers[name.lower()](call)


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
