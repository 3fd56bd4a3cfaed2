"""Runs one archive query over rows: filter, order, page, show; it must not parse requests."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Generic, Protocol, TypeVar

from sync.sandbox.superoffice.carriers import View
from sync.sandbox.superoffice.columns import Column
from sync.sandbox.superoffice.filters import Filters
from sync.sandbox.superoffice.terms import parse
from sync.sandbox.wire import JsonObject, JsonValue

PAGE_CAP = 1000  # superoffice.md 6.3 (seen 2026-11-22)
STALE_FOR = timedelta(seconds=60)


class Identified(Protocol):
    """Any stored row."""

    @property
    def id(self) -> int: ...


Row = TypeVar("Row", bound=Identified)


@dataclass(frozen=True, slots=True)
class Query:
    """What a client asks of an archive; `top` None means that it left the page size to the server."""

    select: tuple[str, ...]
    filter: str
    order: str
    top: int | None
    skip: int


@dataclass
class IdLists:
    """Remembered id lists of recent queries: superoffice.md 6.3, 8.2."""

    lists: dict[tuple[str, str, str], tuple[datetime, list[int]]] = field(default_factory=dict)

    def recall(self, key: tuple[str, str, str], now: datetime) -> list[int] | None:
        used_at, ids = self.lists.get(key, (now - STALE_FOR, []))
        if now - used_at >= STALE_FOR:
            return None
        self.lists[key] = (now, ids)
        return ids

    def keep(self, key: tuple[str, str, str], now: datetime, ids: list[int]) -> None:
        self.lists[key] = (now, ids)


@dataclass(frozen=True, slots=True)
class Archive(Generic[Row]):
    """One archive provider: its rows by id, its columns, and which rows the caller may see."""

    entity: str
    rows: Mapping[int, Row]
    columns: Mapping[str, Column[Row]]
    hidden: Callable[[Row, str], bool]
    visible: Callable[[Row], bool] = lambda _row: True


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """The rows of one page, whether others follow, and how many match in all."""

    rows: list[Row]
    more: bool
    count: int


def page(archive: Archive[Row], query: Query, view: View, *, caller_id: int, memory: IdLists) -> Page[Row]:
    """Rights are checked after the page was cut, so it may be short: superoffice.md 6.3."""
    ids = _ids(archive, query, view, caller_id=caller_id, memory=memory)
    size = min(PAGE_CAP if query.top is None else query.top, PAGE_CAP)
    found = [archive.rows[row_id] for row_id in ids[query.skip : query.skip + size] if row_id in archive.rows]
    return Page([row for row in found if archive.visible(row)], len(ids) > query.skip + size, len(ids))


def _ids(archive: Archive[Row], query: Query, view: View, *, caller_id: int, memory: IdLists) -> list[int]:
    store = view.store
    key = (archive.entity, query.filter, query.order)
    if store.switches.on("stale_id_lists"):
        remembered = memory.recall(key, store.now())
        if remembered is not None:
            return remembered
    ids = [row.id for row in _ordered(archive, query, view, _matching(archive, query, view, caller_id))]
    memory.keep(key, store.now(), ids)
    return ids


def _matching(archive: Archive[Row], query: Query, view: View, caller_id: int) -> list[Row]:
    term = parse(query.filter)
    if term is None and not view.store.switches.on("unrestricted_queries"):
        # superoffice.md 6.3 (seen 2026-11-22): a query without any restriction may be refused
        raise ValueError("the query has no restriction")
    visible = (row for row in archive.rows.values() if not archive.hidden(row, query.filter))
    if term is None:
        return list(visible)
    test = Filters(view, archive.columns, caller_id).compiled(term)
    return [row for row in visible if test(row)]


def _ordered(archive: Archive[Row], query: Query, view: View, rows: Iterable[Row]) -> list[Row]:
    result = sorted(rows, key=lambda row: row.id)
    for part in reversed([part.split() for part in query.order.split(",") if part.strip()]):
        column = named(archive, part[0])[1]
        result.sort(key=_sort_key(column, view), reverse=part[-1].lower() == "desc")
    return result


def _sort_key(column: Column[Row], view: View) -> Callable[[Row], tuple[bool, JsonValue]]:
    def key(row: Row) -> tuple[bool, JsonValue]:
        value = column.raw(view, row)
        empty = value is None or value == ""
        return (not empty, 0 if empty else value)

    return key


def named(archive: Archive[Row], name: str) -> tuple[str, Column[Row]]:
    """A column under the name the client used: superoffice.md 10."""
    for known, column in archive.columns.items():
        if known.lower() == name.lower():
            return name, column
    raise ValueError(f"unknown column {name!r}")


def slim(archive: Archive[Row], query: Query, view: View, rows: Iterable[Row]) -> list[JsonObject]:
    """Slim rows: the primary key is a string and lists show their text: superoffice.md 6.1."""
    columns = [named(archive, name) for name in query.select]
    return [
        {"PrimaryKey": str(row.id), "EntityName": archive.entity}
        | {name: column.show(view, row) for name, column in columns}
        for row in rows
    ]


def full(archive: Archive[Row], query: Query, view: View, rows: Iterable[Row]) -> list[JsonObject]:
    """Full rows: numeric key and mask, each column with raw and shown value: superoffice.md 6.1."""
    columns = [named(archive, name) for name in query.select]
    return [
        {
            "PrimaryKey": row.id,
            "EntityName": archive.entity,
            "StyleHint": "",
            "LinkHint": f"nav={archive.entity}&{archive.entity}_id={row.id}",
            "TableRight": {"Mask": 1, "Reason": ""},
            "Column": {name: _cell(view, column, row) for name, column in columns},
        }
        for row in rows
    ]


def _cell(view: View, column: Column[Row], row: Row) -> JsonObject:
    raw, shown = column.raw(view, row), column.show(view, row)
    plain = shown if isinstance(raw, datetime) else raw
    return {"RawValue": plain, "DisplayValue": str(shown), "LinkHint": "", "TooltipHint": ""}


def listed(archive: Archive[Row], query: Query, view: View, rows: Iterable[Row]) -> list[JsonObject]:
    """What the archive agent returns, values in the bracket encoding: superoffice.md 6.1, 4.7."""
    columns = [named(archive, name) for name in query.select]
    return [
        {
            "EntityName": archive.entity,
            "PrimaryKey": row.id,
            "ColumnData": {name: _data(view, column, row) for name, column in columns},
            "LinkHint": "",
            "StyleHint": "",
        }
        for row in rows
    ]


def _data(view: View, column: Column[Row], row: Row) -> JsonObject:
    shown, raw = column.show(view, row), column.raw(view, row)
    return {"DisplayValue": _encoded(shown, raw), "TooltipHint": "", "LinkHint": ""}


def _encoded(shown: JsonValue, raw: JsonValue) -> str:
    if isinstance(raw, datetime):
        moment = datetime.fromisoformat(shown)
        return f"[DT:{moment.strftime('%m/%d/%Y %H:%M:%S')}.0000000]"
    if isinstance(shown, bool):
        return f"[I:{int(shown)}]"
    if isinstance(shown, int):
        return f"[I:{shown}]"
    return f"[F:{shown}]" if isinstance(shown, float) else str(shown)
