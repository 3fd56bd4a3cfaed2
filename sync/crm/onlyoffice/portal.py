"""The portal's calls by kind (read one, list, write), their envelopes opened; it knows no mapping."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from re import sub
from typing import Any, TypeVar

from sync.crm.http import Call, Http, HttpOptions
from sync.crm.http_date import server_time_of
from sync.crm.onlyoffice.auth import PortalAuth
from sync.crm.onlyoffice.options import OnlyOfficeOptions
from sync.crm.onlyoffice.paging import Listing, Target
from sync.crm.onlyoffice.wire import Envelope, Failure, Wire, content_of, envelope_of, rows_of, wrong_shape
from sync.domain.model import Side
from sync.errors import OutcomeUnknown, RecordGone, SideDown, WrongShape

AnyWire = TypeVar("AnyWire", bound=Wire)
_EXPLAINED_CHARACTERS = 120
_LABEL = Side.RIGHT.label
_NO_MODULE = "Forbidden"


class Portal:
    """Routes carry `{id}` where an id goes; errors show the route, never the id's record."""

    def __init__(
        self,
        options: OnlyOfficeOptions,
        http_options: HttpOptions,
        *,
        clock: Callable[[], datetime],
        on_call: Callable[[Call], None],
    ) -> None:
        self._has_suffix = options.json_suffix
        self._unsorted: set[str] = set()
        self.server_time: datetime | None = None
        """The portal's clock in its latest answer."""
        self._http = Http(
            Side.RIGHT,
            replace(http_options, base_url=options.api_url),
            auth=PortalAuth(options, clock),
            headers={},
            on_call=on_call,
            explain=explain,
        )

    def read(self, route: str, query: Mapping[str, str]) -> object:
        """Parsed body of a GET."""
        return self._read(route, route, query)

    def read_one(self, kind: type[AnyWire], route: str) -> AnyWire:
        found = content_of(kind, self.read(route, {}))
        if found is None:
            raise wrong_shape(route, f"one {kind.__name__.lower()}")
        return found

    def read_rows(self, kind: type[AnyWire], route: str) -> tuple[AnyWire, ...]:
        """All rows of a listing that comes in one page."""
        rows = rows_of(envelope_of(self.read(route, {}), route), route)
        return rows_as(kind, rows, route)

    def read_id(self, route: str, record_id: str) -> Envelope | None:
        """The answer about one id; None when it does not exist or cannot be one of the portal's."""
        if not is_id(record_id):
            return None
        try:
            return envelope_of(self._http_body(route.format(id=record_id), route, {}), route)
        except RecordGone:
            return None

    def listing(self, target: Target) -> Listing:
        """A listing in pages. `RecordGone` when it is about one id, which does not exist."""

        def fetch(route: str, page: Mapping[str, str]) -> object:
            if target.of:
                return self._http_body(route.format(id=target.of), route, page)
            return self._read(route, route, page)

        return Listing(fetch, target, self._unsorted)

    def write(self, method: str, route: str, content: object, **ids: str | int) -> object:
        """Parsed body of a write that was carried out."""
        path = self._path(route.format(**ids))
        return self._http.write(method, path, route=route, json=content).body

    def _read(self, path: str, route: str, query: Mapping[str, str]) -> object:
        try:
            return self._http_body(path, route, query)
        except RecordGone as error:
            raise wrong_shape(route, "a list or object that every portal has") from error

    def _http_body(self, path: str, route: str, query: Mapping[str, str]) -> object:
        answer = self._http.read("GET", self._path(path), route=route, params=query)
        if answer is None:
            return None
        self.server_time = server_time_of(answer.headers)
        return answer.body

    def _path(self, path: str) -> str:
        # Both forms give JSON, the suffix also where no suffix should mean XML.  onlyoffice.md 1
        # (seen 2026-11-22)
        return path if self._has_suffix else path.removesuffix(".json")

    def close(self) -> None:
        self._http.close()


def is_id(text: str) -> bool:
    """Whether it can be an id at all: they are int32, and a larger one would be a 400."""
    # onlyoffice.md 3.5 (seen 2026-11-22)
    return text.isascii() and text.isdigit() and 0 < int(text) < 2**31


def written(kind: type[AnyWire], body: object, route: str) -> AnyWire:
    """The object a write answers with; without it nobody knows what was stored."""
    found = content_of(kind, body) if Failure.of(body) is None else None
    if found is None:
        raise OutcomeUnknown(
            f"{Side.RIGHT.label} {route}: the answer to a write is not a portal's; look again"
        )
    return found


def rows_as(kind: type[AnyWire], rows: list[Mapping[str, Any]], route: str) -> tuple[AnyWire, ...]:
    try:
        return tuple(kind.model_validate(row) for row in rows)
    except ValueError as error:
        raise wrong_shape(route, f"rows of {kind.__name__.lower()}") from error


def explain(status: int, body: object) -> str:
    """The portal's own message without the values that some of its texts repeat after a colon or in quotes.

    Raises where an answer speaks of the whole portal and not of one record, so that nobody takes a proxy's
    404 page for a deletion."""
    # HTML 404 for unknown routes, 402, "Forbidden", "invalid date time format: <value>"
    # onlyoffice.md 1 and 3.6 (seen 2026-11-22)
    message = Failure.of(body)
    if status == 404 and message is None:
        raise WrongShape(f"{_LABEL} answered 404 without the portal's error; check the address of the portal")
    if status == 402:
        raise SideDown(f"{_LABEL} answered 402: the portal is unpaid or suspended")
    if status == 403 and message == _NO_MODULE:
        raise SideDown(f"{_LABEL} answered 403: our user may not use the CRM module")
    return sub(r"['\"].*", "", (message or "").split(":")[0])[:_EXPLAINED_CHARACTERS].strip()
