"""One request to the tenant, understood: caller, zone, language, parameters, body; it knows no endpoint."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime

import orjson
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from sync.sandbox.superoffice import zone
from sync.sandbox.superoffice.archive import IdLists
from sync.sandbox.superoffice.carriers import View
from sync.sandbox.superoffice.failures import Refusal, invalid_request
from sync.sandbox.superoffice.intake import Reader
from sync.sandbox.superoffice.patch import TestFailed
from sync.sandbox.superoffice.rows import AssociateRow
from sync.sandbox.superoffice.store import Store
from sync.sandbox.superoffice.tickets import Tickets
from sync.sandbox.superoffice.webhooks import Hooks
from sync.sandbox.wire import JsonObject, JsonValue

# superoffice.md 1.2 (seen 2026-11-22)
RUNNING_STATES = ("Running", "OnlineMaintenance")
_DOWN = "<html><head><title>Unavailable</title></head><body>This tenant is not available.</body></html>"


@dataclass(frozen=True, slots=True)
class Tenant:
    """One installation: its records, its secrets, its webhooks and where it is mounted."""

    name: str
    base_path: str
    store: Store
    tickets: Tickets
    hooks: Hooks
    memory: IdLists = field(default_factory=IdLists)


@dataclass(frozen=True, slots=True)
class Call:
    """What a handler gets; parameter names are in lower case, since the vendor ignores their case."""

    tenant: Tenant
    view: View
    caller: AssociateRow
    params: Mapping[str, str]
    headers: Mapping[str, str]
    body: JsonValue

    @property
    def store(self) -> Store:
        return self.tenant.store

    @property
    def reader(self) -> Reader:
        return Reader(self.store, self.view.zone, self.caller.id)

    def number(self, name: str) -> int:
        """A whole number from path, query or body, text included; 0 when absent."""
        return int(self.params.get(name.lower()) or self.given(name) or 0)

    def given(self, name: str) -> JsonValue:
        """A property of the body in any spelling of its case."""
        if not isinstance(self.body, Mapping):
            return None
        return next((value for key, value in self.body.items() if key.lower() == name.lower()), None)

    def object(self) -> JsonObject:
        if not isinstance(self.body, dict):
            raise invalid_request("the body must be an object")
        return self.body

    def selected(self, carrier: JsonObject) -> JsonObject:
        """`$select` nulls the rest instead of leaving it out: superoffice.md 10."""
        wanted = {name.strip().split("/")[0].lower() for name in self.params.get("$select", "").split(",")}
        if wanted == {""}:
            return carrier
        return {key: value if key.lower() in wanted else None for key, value in carrier.items()}

    def moment(self, header: str) -> datetime | None:
        """An HTTP date, which has whole seconds: superoffice.md 8.1."""
        text = self.headers.get(header)
        return parsedate_to_datetime(text).astimezone(UTC) if text else None


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer that is more than 200 and JSON."""

    status: int
    body: JsonValue = None
    headers: Mapping[str, str] = field(default_factory=dict)


Handler = Callable[[Call], JsonValue]


def endpoint(
    tenant: Tenant, handler: Handler, *, locked: bool = True
) -> Callable[[Request], Awaitable[Response]]:
    async def serve(request: Request) -> Response:
        raw = await request.body()
        return await run_in_threadpool(_respond, tenant, handler, request, raw, locked)

    return serve


def _respond(tenant: Tenant, handler: Handler, request: Request, raw: bytes, locked: bool) -> Response:
    if tenant.store.switches.get("tenant_state") not in RUNNING_STATES:
        return Response(_DOWN, 503, media_type="text/html")
    if tenant.store.switches.on("misdirected"):
        return Response("Wrong subdomain used to access tenant", 421, media_type="text/plain")
    try:
        with tenant.store.lock:
            call = _understood(tenant, request, raw)
            result = handler(call) if locked else None
        return _json(result if locked else handler(call), call.view.zone.name)
    except Refusal as refusal:
        return _error(refusal)
    except TestFailed:
        return Response(status_code=409)
    except (ValueError, TypeError, AttributeError) as error:
        return _error(invalid_request(str(error)))


def _understood(tenant: Tenant, request: Request, raw: bytes) -> Call:
    headers = dict(request.headers)
    caller = tenant.tickets.authenticate(tenant.store, headers)
    root = f"{str(request.base_url).rstrip('/')}{tenant.base_path}/api/v1"
    view = View(tenant.store, zone.from_header(headers.get("so-timezone")), _language(headers), root)
    params = {key.lower(): value for key, value in request.query_params.items()}
    params |= {key: str(value) for key, value in request.path_params.items()}
    return Call(tenant, view, caller, params, headers, orjson.loads(raw) if raw.strip() else None)


def _language(headers: Mapping[str, str]) -> str:
    """Empty without a language header, and `*` or `x` turn translation off: superoffice.md 10."""
    asked = headers.get("so-language") or headers.get("accept-language", "")
    code = asked.split(",")[0].split(";")[0].split("-")[0].strip().upper()
    return {"*": "", "X": "", "EN": "US", "NB": "NO"}.get(code, code)


def _json(result: JsonValue, zone_name: str) -> Response:
    answer = result if isinstance(result, Answer) else Answer(200, result)
    headers = {"SO-TIMEZONE": zone_name, **answer.headers}
    if answer.status in {204, 304}:
        return Response(status_code=answer.status, headers=headers)
    headers["Content-Type"] = "application/json; charset=utf-8"
    return Response(orjson.dumps(answer.body), answer.status, headers)


def _error(refusal: Refusal) -> Response:
    if refusal.body is None:
        return Response(status_code=refusal.status)
    headers = {"Content-Type": "application/json; charset=utf-8"}
    return Response(orjson.dumps(refusal.body), refusal.status, headers)


def http_date(at: datetime) -> str:
    return format_datetime(at.astimezone(UTC), usegmt=True)
