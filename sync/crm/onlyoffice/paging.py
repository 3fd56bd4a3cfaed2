"""Walks through the portal's listings and proves that nothing was skipped; it does not read the rows."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from sync.crm.http_status import ServerFault
from sync.crm.onlyoffice.options import MAX_PAGE, OVERLAP
from sync.crm.onlyoffice.wire import Envelope, envelope_of, id_of, rows_of
from sync.domain.model import Side
from sync.errors import IncompleteCensus

Row = Mapping[str, Any]
Fetch = Callable[[str, Mapping[str, str]], object]
"""(route, query) → parsed body of a GET."""

_PASSES = 3


@dataclass(frozen=True, slots=True)
class Target:
    """Which listing: route, fixed query, rows a page, the id in its route, and the order to fall back to."""

    route: str
    query: Mapping[str, str] = field(default_factory=dict)
    count: int = MAX_PAGE
    of: str = ""
    otherwise: str = ""


class Listing:
    """One listing call, cut into pages; `unsorted` gathers the routes whose order by id cannot be trusted."""

    def __init__(self, fetch: Fetch, target: Target, unsorted: set[str]) -> None:
        self._fetch = fetch
        self._target = target
        self._unsorted = unsorted

    def ascending(self) -> Iterator[Row]:
        """Every row once, ids ascending. Pages overlap: offset paging is no snapshot, and a deletion between
        two pages moves the rest up; a page that begins after the last id seen may have skipped rows."""
        # onlyoffice.md 3.4 and 7 (seen 2026-11-22)
        page = self._first_page("ascending")
        if page is None:
            yield from self._sorted_here()
            return
        overlap = min(OVERLAP, self._target.count // 2)
        start, last, seen = 0, 0, 0
        while True:
            envelope, rows = page
            ids = self._ids(rows)
            self._require_order(ids, start, last)
            fresh = [(row_id, row) for row_id, row in zip(ids, rows, strict=True) if row_id > last]
            yield from (row for _row_id, row in fresh)
            seen += len(fresh)
            end = start + len(rows)
            if self._is_last(envelope, rows, end, seen):
                return
            start, last = end - overlap, max((last, *ids))
            page = self._page(start, "ascending")

    def descending_pages(self) -> Iterator[list[Row]]:
        """Newest rows first, page by page; rows may repeat where pages overlap. A server that cannot sort by
        id gives everything in one page."""
        page = self._first_page("descending")
        if page is None:
            yield self._sorted_here()[::-1]
            return
        start = 0
        while True:
            envelope, rows = page
            yield rows
            end = start + len(rows)
            if not rows or not _has_more(envelope, end):
                return
            start = end - min(OVERLAP, len(rows) // 2)
            page = self._page(start, "descending")

    def plain(self) -> list[Row]:
        """All rows of a listing in the server's own order, each id once."""
        found: dict[object, Row] = {}
        total = 0
        for envelope, rows in self._pages({}, self._target.count):
            found |= {_text_id(row): row for row in rows}
            total = envelope.total or 0
        if len(found) < total:
            raise self._broken("there are fewer rows than its total")
        return list(found.values())

    def _sorted_here(self) -> list[Row]:
        """Every row, where the server does not sort by id: largest pages in another order. Rows with equal
        titles may change places there, so missing ones are looked for again; the total must not move."""
        # Before 12.6; sorting by id may work there too, slowly, and is then trusted.
        # onlyoffice.md 4.2, 7 "Before 12.6", 14.5 (seen 2026-11-22)
        found: dict[int, Row] = {}
        for _ in range(_PASSES):
            totals: set[int | None] = set()
            for envelope, rows in self._pages({"sortBy": self._target.otherwise}, MAX_PAGE):
                found |= dict(zip(self._ids(rows), rows, strict=True))
                totals.add(envelope.total)
            if totals == {len(found)}:
                self._unsorted.add(self._target.route)
                return [row for _row_id, row in sorted(found.items())]
        raise self._broken("its rows and its total do not agree")

    def _pages(self, order: Mapping[str, str], count: int) -> Iterator[tuple[Envelope, list[Row]]]:
        start = 0
        while True:
            envelope = self._envelope(start, order, count)
            rows = rows_of(envelope, self._target.route)
            yield envelope, rows
            start += len(rows)  # never nextIndex, which is one too high; onlyoffice.md 3.4 (seen 2026-11-22)
            if not rows or not _has_more(envelope, start):
                return

    def _first_page(self, order: str) -> tuple[Envelope, list[Row]] | None:
        """None where the server does not sort by id: it says so, fails, or sorts otherwise."""
        # onlyoffice.md 4.2 "may fall back to slower paths", 14.5 (seen 2026-11-22)
        if self._target.route in self._unsorted:
            return None
        try:
            envelope, rows = self._page(0, order)
        except ServerFault:
            if self._target.otherwise:
                return None
            raise
        ids = self._ids(rows)
        is_sorted = ids == sorted(ids, reverse=order == "descending")
        return (envelope, rows) if is_sorted or not self._target.otherwise else None

    def _page(self, start: int, order: str) -> tuple[Envelope, list[Row]]:
        envelope = self._envelope(start, {"sortBy": "id", "sortOrder": order}, self._target.count)
        return envelope, rows_of(envelope, self._target.route)

    def _envelope(self, start: int, order: Mapping[str, str], count: int) -> Envelope:
        query = {**self._target.query, **order, "count": str(count), "startIndex": str(start)}
        return envelope_of(self._fetch(self._target.route, query), self._target.route)

    def _ids(self, rows: list[Row]) -> list[int]:
        return [id_of(row, self._target.route) for row in rows]

    def _require_order(self, ids: list[int], start: int, last: int) -> None:
        if any(later <= earlier for earlier, later in pairwise(ids)):
            if start and self._target.otherwise:
                self._unsorted.add(self._target.route)
            raise self._broken("ids do not ascend")
        if start and not (ids and ids[0] <= last):
            raise self._broken("rows were deleted during the listing")

    def _is_last(self, envelope: Envelope, rows: list[Row], end: int, seen: int) -> bool:
        """True at a proven end; `IncompleteCensus` at any other one."""
        if envelope.total is None:
            raise self._broken("it does not say how many rows there are")
        if _has_more(envelope, end):
            if len(rows) < self._target.count:
                raise self._broken("a page has fewer rows than it should")
            return False
        if seen < envelope.total:
            raise self._broken("there are fewer rows than its total")
        return True

    def _broken(self, what: str) -> IncompleteCensus:
        return IncompleteCensus(
            f"{Side.RIGHT.label} GET {self._target.route}: {what}; nothing follows from absence, list again"
        )


def _has_more(envelope: Envelope, end: int) -> bool:
    return envelope.next_index is not None or (envelope.total is not None and end < envelope.total)


def _text_id(row: Row) -> object:
    """People have GUIDs."""
    return next((value for key, value in row.items() if key.lower() == "id"), None)
