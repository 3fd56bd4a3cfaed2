"""Walks through the portal's listings and proves that nothing was skipped; it does not read the rows."""

from collections.abc import Callable, Iterator, Mapping
from itertools import pairwise
from typing import Any

from sync.crm.onlyoffice.options import OVERLAP
from sync.crm.onlyoffice.wire import Envelope, envelope_of, id_of, rows_of
from sync.domain.model import Side
from sync.errors import IncompleteCensus

Row = Mapping[str, Any]
Fetch = Callable[[str, Mapping[str, str]], object]
"""(route, query) → parsed body of a GET."""


class Listing:
    """One listing call with its fixed query, cut into pages of `count` rows."""

    def __init__(self, fetch: Fetch, route: str, query: Mapping[str, str], count: int) -> None:
        self._fetch = fetch
        self._route = route
        self._query = query
        self._count = count

    def ascending(self) -> Iterator[Row]:
        """Every row once, ids ascending. Pages overlap: offset paging is no snapshot, and a deletion between
        two pages moves the rest up; a page that begins after the last id seen may have skipped rows."""
        # onlyoffice.md 3.4 and 7 (seen 2026-11-22)
        overlap = min(OVERLAP, self._count // 2)
        start, last, seen = 0, 0, 0
        while True:
            envelope, rows = self._page(start, "ascending")
            ids = self._ascending_ids(rows)
            if start and not (ids and ids[0] <= last):
                raise self._broken("rows were deleted during the listing")
            fresh = [(row_id, row) for row_id, row in zip(ids, rows, strict=True) if row_id > last]
            yield from (row for _row_id, row in fresh)
            seen += len(fresh)
            end = start + len(rows)
            if self._is_last(envelope, rows, end, seen):
                return
            start, last = end - overlap, max((last, *ids))

    def descending_pages(self) -> Iterator[list[Row]]:
        """Newest rows first, page by page; rows may repeat where pages overlap."""
        start = 0
        while True:
            envelope, rows = self._page(start, "descending")
            yield rows
            end = start + len(rows)
            if not rows or not _has_more(envelope, end):
                return
            start = end - min(OVERLAP, len(rows) // 2)

    def plain(self) -> list[Row]:
        """All rows of a listing in the server's own order, each id once."""
        found: dict[Any, Row] = {}
        start = 0
        while True:
            envelope = self._envelope(start, {})
            rows = rows_of(envelope, self._route)
            found |= {_text_id(row): row for row in rows}
            start += len(rows)  # never nextIndex, which is one too high; onlyoffice.md 3.4 (seen 2026-11-22)
            if not rows or not _has_more(envelope, start):
                return self._complete(list(found.values()), envelope)

    def _page(self, start: int, order: str) -> tuple[Envelope, list[Row]]:
        envelope = self._envelope(start, {"sortBy": "id", "sortOrder": order})
        return envelope, rows_of(envelope, self._route)

    def _envelope(self, start: int, order: Mapping[str, str]) -> Envelope:
        query = {**self._query, **order, "count": str(self._count), "startIndex": str(start)}
        return envelope_of(self._fetch(self._route, query), self._route)

    def _ascending_ids(self, rows: list[Row]) -> list[int]:
        ids = [id_of(row, self._route) for row in rows]
        if any(later <= earlier for earlier, later in pairwise(ids)):
            raise self._broken("ids do not ascend")
        return ids

    def _is_last(self, envelope: Envelope, rows: list[Row], end: int, seen: int) -> bool:
        """True at a proven end; `IncompleteCensus` at any other one."""
        if envelope.total is None:
            raise self._broken("it does not say how many rows there are")
        if _has_more(envelope, end):
            if len(rows) < self._count:
                raise self._broken("a page has fewer rows than it should")
            return False
        if seen < envelope.total:
            raise self._broken("there are fewer rows than its total")
        return True

    def _complete(self, rows: list[Row], envelope: Envelope) -> list[Row]:
        if len(rows) < (envelope.total or 0):
            raise self._broken("there are fewer rows than its total")
        return rows

    def _broken(self, what: str) -> IncompleteCensus:
        return IncompleteCensus(
            f"{Side.RIGHT.label} GET {self._route}: {what}; nothing follows from absence, list again"
        )


def _has_more(envelope: Envelope, end: int) -> bool:
    return envelope.next_index is not None or (envelope.total is not None and end < envelope.total)


def _text_id(row: Row) -> object:
    return next((value for key, value in row.items() if key.lower() == "id"), None)
