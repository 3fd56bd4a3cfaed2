"""Complete listings through the archive: filters and keyset paging; understands only the key of a row."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta, tzinfo
from itertools import count

from sync.crm.superoffice.bracket import content_of
from sync.crm.superoffice.calls import Kind, Query, Row
from sync.crm.superoffice.family import Family
from sync.domain.model import Side
from sync.errors import IncompleteCensus

_LARGEST_ID = 2_147_483_647
_SPREAD = 400_000
_LAST_ROWS = 100
_MOST_ROWS = 1000
"""A server may cut a page to this, whatever was asked for: superoffice.md 6.3 (seen 2026-11-22)."""


class Archive:
    """Listings by ascending key."""

    def __init__(
        self, family: Family, *, page_size: int, clock: Callable[[], datetime], sees_all: Callable[[], bool]
    ) -> None:
        self._family = family
        self._sees_all = sees_all
        self._page_size = page_size
        self._numbers = count(int(clock().timestamp()))

    def rows(self, kind: Kind, key: str, columns: Sequence[str], *conditions: str) -> Iterator[Row]:
        """All rows meeting `conditions`, by ascending `key`.

        Goes on until an empty page, for a user who may not see everything: rows are taken out of a page
        after it was cut, superoffice.md 6.3 (seen 2026-11-22). For others a short page is the last one.
        """
        yield from self._rows_after(0, Query(kind, columns, conditions, key, self._page_size))

    def all_rows(self, kind: Kind, key: str, columns: Sequence[str]) -> Iterator[Row]:
        """Every row, or `IncompleteCensus`.

        What the user may not see is taken out of a page after it was cut, so an empty page may stand before
        rows that are visible: superoffice.md 6.3 (seen 2026-11-22). The last rows are asked for once to tell.
        """
        last = 0
        query = Query(kind, columns, (), key, self._page_size)
        for row in self._rows_after(0, query):
            last = _next_key(row, key, last)
            yield row
        if self._greatest(query) > last:
            yield from self._late_rows(last, query)

    def _late_rows(self, last: int, query: Query) -> Iterator[Row]:
        """Rows made while the listing ran; none means that an empty page hid the way to them."""
        late = list(self._rows_after(last, query))
        if not late:
            raise IncompleteCensus(
                f"{Side.LEFT.label} archive: records after {last} hide behind some our user may not see; "
                "give it the right to see all of them"
            )
        yield from late

    def _greatest(self, query: Query) -> int:
        wanted = replace(query, columns=(query.order,), order=f"{query.order} desc", size=_LAST_ROWS)
        page = self._page(wanted, f"{query.order} gt 0")
        return max((_key_of(row, query.order) for row in page), default=0)

    def _rows_after(self, last: int, query: Query) -> Iterator[Row]:
        while page := self._page(query, f"{query.order} gt {last}"):
            for row in page:
                last = _next_key(row, query.order, last)
                yield row
            if len(page) < min(query.size, _MOST_ROWS) and self._sees_all():
                return

    def _page(self, query: Query, start: str) -> list[Row]:
        key = query.order.partition(" ")[0]
        conditions = (start, *query.conditions, self._always_true(key))
        return self._family.calls.page(replace(query, conditions=conditions))

    def _always_true(self, key: str) -> str:
        """Makes each query new: the ids of an equal one are kept for 60 s, superoffice.md 6.3.

        With `lt`, because `le` and `ge` are said to fail: superoffice.md 6.2 (seen 2026-11-22).
        """
        return f"{key} lt {_LARGEST_ID - next(self._numbers) % _SPREAD}"


def text_is(column: str, text: str) -> str:
    """A quote inside a text is doubled, as in OData."""
    return f"{column} is '{text.replace(chr(39), chr(39) * 2)}'"


def changed_since(at: datetime, base_zone: tzinfo) -> str:
    """Rows updated at or after `at`, and some before.

    The literal is read in UTC or in the base zone, nobody knows which, so the earlier text is sent; a
    server may also cut it to the day: superoffice.md 6.2 (seen 2026-11-22).
    """
    offset = at.astimezone(base_zone).utcoffset() or timedelta(0)
    earliest = at.astimezone(UTC) + min(offset, timedelta(0))
    return f"updatedDate afterTime '{earliest:%Y-%m-%dT%H:%M:%S}'"


def _next_key(row: Row, key: str, last: int) -> int:
    number = _key_of(row, key)
    if number <= last:
        raise IncompleteCensus(
            f"{Side.LEFT.label} archive: a row without a readable, rising id after {last}; read again later"
        )
    return number


def _key_of(row: Row, key: str) -> int:
    found = row.get(key, row.get("PrimaryKey"))
    text = content_of(str(found)) if isinstance(found, int | str) else ""
    return int(text) if text.isdigit() else 0
