"""Complete listings through the archive: filters and keyset paging; understands only the key of a row."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from itertools import count

from sync.crm.superoffice.api import Api, entity_of, rows_of
from sync.domain.model import Side
from sync.errors import IncompleteCensus, WrongShape

_LARGEST_ID = 2_147_483_647
_SPREAD = 400_000

Row = Mapping[str, object]


class Archive:
    """Listings by ascending key."""

    def __init__(self, api: Api, *, page_size: int, clock: Callable[[], datetime]) -> None:
        self._api = api
        self._page_size = page_size
        self._numbers = count(int(clock().timestamp()))

    def rows(self, kind: str, key: str, columns: Sequence[str], *conditions: str) -> Iterator[Row]:
        """All rows meeting `conditions`, by ascending `key`.

        Goes on until an empty page: a short one need not be the last, superoffice.md 6.3 (seen 2026-11-22).
        """
        last = 0
        while page := self._page(kind, key, columns, (f"{key} gt {last}", *conditions)):
            for row in page:
                last = _next_key(row, key, last)
                yield row

    def _page(self, kind: str, key: str, columns: Sequence[str], conditions: Sequence[str]) -> list[Row]:
        params = {
            "$select": ",".join(columns),
            "$filter": " and ".join((*conditions, self._always_true(key))),
            "$orderBy": key,
            "$entities": kind.lower(),
            "$top": str(self._page_size),
        }
        route = f"{kind} (archive)"
        body = entity_of(self._api.get(kind, route=route, params=params).body, route)
        if "value" not in body:
            raise WrongShape(f"{Side.LEFT.label} {route}: expected rows under 'value', got none")
        return [entity_of(row, route) for row in rows_of(body["value"], route)]

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
    found = row.get(key, row.get("PrimaryKey"))
    number = int(found) if isinstance(found, int | str) and str(found).isdigit() else 0
    if number <= last:
        raise IncompleteCensus(
            f"{Side.LEFT.label} archive: a row without a readable, rising id after {last}; read again later"
        )
    return number
