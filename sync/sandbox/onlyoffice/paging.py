"""The query parameters every call understands, and paging in memory; it must not know any record."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from sync.sandbox.wire import JsonObject, JsonValue

MAX_COUNT = 1000
_TESTS: dict[str, Callable[[str, str], bool]] = {
    "contains": lambda text, wanted: wanted in text,
    "equals": lambda text, wanted: wanted == text,
    "startswith": lambda text, wanted: text.startswith(wanted),
    "endswith": lambda text, wanted: text.endswith(wanted),
    "present": lambda text, _: bool(text),
}


@dataclass(frozen=True, slots=True)
class Paging:
    """Generic parameters; `count` 0 means no cut."""

    count: int
    start: int
    sort_by: str
    descending: bool
    fields: frozenset[str]
    filter_by: str
    filter_op: str
    filter_value: str
    updated_since: bool


@dataclass(frozen=True, slots=True)
class Listing:
    """One page the call itself has cut, with its own idea of the total."""

    items: list[JsonObject]
    total: int | None
    has_more: bool


def paging_of(query: Mapping[str, Sequence[str]]) -> Paging:
    """Read from the query string only, whatever the method."""

    # onlyoffice.md 3.4 (seen 2026-11-22)
    def one(name: str) -> str:
        return ",".join(query.get(name, ()))

    names = [*one("fields").split(","), *query.get("fields[]", ())]
    return Paging(
        count=_count(one("count")),
        start=_number(one("startindex")) or 0,
        sort_by=one("sortby").lower(),
        descending=one("sortorder") == "descending",  # exactly so, in lower case
        fields=frozenset(name.strip().lower() for name in names if name.strip()),
        filter_by=one("filterby").lower(),
        filter_op=one("filterop").lower(),
        filter_value=one("filtervalue"),
        updated_since=bool(one("updatedsince")),
    )


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() else None


def _count(text: str) -> int:
    number = _number(text)
    return MAX_COUNT if number is None else min(number, MAX_COUNT)


def framework_page(items: list[JsonValue], paging: Paging) -> tuple[list[JsonValue], int | None, bool]:
    """(page, total, has more) of a plain list; a total only when the list is longer than the page."""
    # onlyoffice.md 3.4 (seen 2026-11-22)
    rows = sort_in_memory(_filtered(items, paging), paging)
    length = paging.count or len(rows)
    page = rows[paging.start : paging.start + length]
    total = len(rows) if len(rows) > length else None
    return page, total, paging.start + length < len(rows)


def _filtered(items: list[JsonValue], paging: Paging) -> list[JsonValue]:
    test = _TESTS.get(paging.filter_op)
    if not paging.filter_by or test is None:
        return items
    wanted = paging.filter_value.lower()
    return [item for item in items if test(str(_property(item, paging.filter_by) or "").lower(), wanted)]


def sort_in_memory(items: list[JsonValue], paging: Paging) -> list[JsonValue]:
    """Ordered by the response property of that name; left alone when no item has it."""
    if not any(_property(item, paging.sort_by) is not None for item in items):
        return items
    return sorted(items, key=lambda item: _rank(_property(item, paging.sort_by)), reverse=paging.descending)


def _rank(value: JsonValue) -> tuple[float, str]:
    if value is None:
        return 0.0, ""
    return (0.0, value.casefold()) if isinstance(value, str) else (float(value), "")


def _property(item: JsonValue, name: str) -> JsonValue:
    if not isinstance(item, dict):
        return None
    value = next((value for key, value in item.items() if key.lower() == name), None)
    return None if isinstance(value, dict | list) else value


def only_fields(item: JsonValue, names: frozenset[str]) -> JsonValue:
    if not names or not isinstance(item, dict):
        return item
    return {key: value for key, value in item.items() if key.lower() in names}
