"""Turns HTTP requests into calls and results into answers; it must not know any endpoint."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from urllib.parse import parse_qsl

import orjson
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from sync.sandbox.superoffice import answers, tenancy, zone
from sync.sandbox.superoffice.call import Answer, Call, Handler, Tenant
from sync.sandbox.superoffice.carriers import View
from sync.sandbox.superoffice.failures import Refusal, invalid_request, no_such_route, server_error
from sync.sandbox.superoffice.identity_calls import LOGIN_FORM
from sync.sandbox.superoffice.patch import TestFailed
from sync.sandbox.wire import JsonValue

_RECORD_ROUTE = re.compile(r"/api/v1/(sale|contact|person)(/|$)", re.IGNORECASE)
_AGENT_ROUTE = re.compile(r"/api/v1/agents/", re.IGNORECASE)


def endpoint(
    tenant: Tenant, handler: Handler, *, locked: bool = True
) -> Callable[[Request], Awaitable[Response]]:
    async def serve(request: Request) -> Response:
        raw = await request.body()
        return await run_in_threadpool(_respond, tenant, handler, request, raw, locked)

    return serve


def unknown(_call: Call) -> JsonValue:
    """Any address below the API that is no route."""
    raise no_such_route()


def _respond(tenant: Tenant, handler: Handler, request: Request, raw: bytes, locked: bool) -> Response:
    closed = tenancy.refusal(tenant, request)
    if closed is not None:
        return closed
    try:
        with tenant.store.lock:
            call = _understood(tenant, request, raw)
            result = handler(call) if locked else None
        return _answer(tenant, request, result if locked else handler(call), call.view.zone.name)
    except Refusal as refused:
        return _refused(tenant, request, refused)
    except TestFailed:
        return Response(status_code=409)
    except (ValueError, TypeError, AttributeError, KeyError) as error:
        return _refused(tenant, request, invalid_request(str(error)))


def _understood(tenant: Tenant, request: Request, raw: bytes) -> Call:
    headers = dict(request.headers)
    caller = tenant.tickets.authenticate(tenant.store, headers)
    _check_family(tenant, request)
    root = tenancy.links_root(tenant, request)
    view = View(tenant.store, zone.from_header(headers.get("so-timezone")), _language(headers), root)
    params = {key.lower(): value for key, value in request.query_params.items()}
    params |= {key: str(value) for key, value in request.path_params.items()}
    return Call(tenant, view, caller, params, headers, _body(raw, headers.get("content-type", "")))


def _check_family(tenant: Tenant, request: Request) -> None:
    """Installations that know only agents answer REST in one of two ways: superoffice.md 9.1."""
    status = tenant.store.switches.get("rest_off")
    if status and _RECORD_ROUTE.search(request.url.path):
        raise server_error() if status == "500" else no_such_route()


def _body(raw: bytes, content_type: str) -> JsonValue:
    if content_type.lower().startswith("application/x-www-form-urlencoded"):
        return dict(parse_qsl(raw.decode(), keep_blank_values=True))
    return orjson.loads(raw) if raw.strip() else None


def _language(headers: Mapping[str, str]) -> str:
    """Empty without a language header, and `*` or `x` turn translation off: superoffice.md 10."""
    asked = headers.get("so-language") or headers.get("accept-language", "")
    code = asked.split(",")[0].split(";")[0].split("-")[0].strip().upper()
    return {"*": "", "X": "", "EN": "US", "NB": "NO"}.get(code, code)


def _answer(tenant: Tenant, request: Request, result: JsonValue, zone_name: str) -> Response:
    answer = result if isinstance(result, Answer) else Answer(200, result)
    headers = {"SO-TIMEZONE": zone_name, **answer.headers}
    if answer.status in {204, 304}:
        return Response(status_code=answer.status, headers=headers)
    return _written(tenant, request, answer.status, answer.body, headers)


def _refused(tenant: Tenant, request: Request, refused: Refusal) -> Response:
    switches = tenant.store.switches
    if refused.status == 401 and switches.on("login_page"):
        return HTMLResponse(LOGIN_FORM)
    if refused.body is None:
        return Response(status_code=refused.status)
    status, body = refused.status, refused.body
    if status != 401 and switches.on("agent_error_200") and _AGENT_ROUTE.search(request.url.path):
        # superoffice.md 3.1 (seen 2026-11-22): with agents the status alone says nothing
        text = body.get("Message") or body.get("ErrorMessage") or ""
        status, body = 200, {"Message": "An error has occurred.", "MessageDetail": text}
    return _written(tenant, request, status, body, {})


def _written(
    tenant: Tenant, request: Request, status: int, body: JsonValue, headers: Mapping[str, str]
) -> Response:
    default = str(tenant.store.switches.get("without_accept"))
    as_xml = answers.wants_xml(request.headers.get("accept", ""), default)
    raw = answers.as_xml(body) if as_xml else answers.as_json(body)
    kind = answers.XML if as_xml else answers.JSON
    return Response(raw, status, {**headers, "Content-Type": kind})
