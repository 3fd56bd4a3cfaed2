"""Takes each request through gates, route, login and binding to its call; it must not hold record rules."""

import gzip
import json
from collections.abc import Iterable
from dataclasses import replace
from uuid import uuid4

from starlette.requests import Request
from starlette.responses import Response

from sync.sandbox.onlyoffice import asked, body, encoder, envelope, gates, language, markup
from sync.sandbox.onlyoffice.arguments import ZERO_GUID, Arguments
from sync.sandbox.onlyoffice.asked import Asked
from sync.sandbox.onlyoffice.calls import PREFIX, Call, Rule, find
from sync.sandbox.onlyoffice.failures import ApiFailure, Unauthorized, module_forbidden
from sync.sandbox.onlyoffice.paging import paging_of
from sync.sandbox.onlyoffice.records import User
from sync.sandbox.onlyoffice.sessions import COOKIE, Sessions
from sync.sandbox.onlyoffice.shapes import Shaper
from sync.sandbox.onlyoffice.state import State
from sync.sandbox.wire import JsonObject, JsonValue

_NOT_FOUND_PAGE = "<!DOCTYPE html><html><head><title>Page not found</title></head><body>404</body></html>"
_NOBODY = User(ZERO_GUID, "", "", "", "")
_JSON = "application/json; charset=utf-8"
_XML = "text/xml; charset=utf-8"
_BATCH = f"{PREFIX}batch"
_FORM = "application/x-www-form-urlencoded"
_NO_PAGING = paging_of({})


class Desk:
    """All rules of one portal, and the order in which a request meets them."""

    def __init__(self, state: State, logins: Sessions, rules: Iterable[Rule], base_path: str) -> None:
        self._state = state
        self._logins = logins
        self._rules = tuple(rules)
        self._base_path = base_path.rstrip("/")
        self._limiter = gates.Limiter(state)

    async def answer(self, request: Request) -> Response:
        wanted = asked.from_wire(request, await request.body(), self._base_path)
        with self._state.lock:
            stopped = gates.in_front(self._state) or self._limiter.refusal()
            found = stopped or (self.respond(wanted) if wanted else _not_found())
        return self._packed(found, request.headers.get("accept-encoding", ""))

    def _packed(self, answer: Response, accepted: str) -> Response:
        """Compressed only for a list that holds exactly `gzip`, blanks counting."""
        # onlyoffice.md 1 (seen 2026-11-22)
        if "gzip" not in accepted.split(",") or not self._state.switches.on("gzip"):
            return answer
        packed = Response(gzip.compress(answer.body, 1), answer.status_code)
        kept = [(name, value) for name, value in answer.raw_headers if name != b"content-length"]
        packed.raw_headers[:] = [*kept, *packed.raw_headers, (b"content-encoding", b"gzip")]
        return packed

    def respond(self, wanted: Asked) -> Response:
        path = wanted.path.lower().removesuffix(".json")
        if path == _BATCH and wanted.method in ("POST", "GET"):
            return self._batch(wanted)
        found = find(self._rules, wanted.method, wanted.path)
        if found is None:
            return _not_found()
        try:
            return self._called(wanted, *found)
        except Unauthorized:
            return _unauthorized(wanted)
        except ApiFailure as error:
            spoken = ApiFailure(error.status, language.say(self._state, error.message), error.hresult)
            return self._reply(wanted, envelope.failure(spoken), error.status, {})

    def _called(self, wanted: Asked, rule: Rule, path: dict[str, str]) -> Response:
        query = body.flatten_query(wanted.query)
        user = self._caller(wanted, query) if rule.needs_login else _NOBODY
        self._gate(wanted.path, user)
        form = body.flatten_body(
            wanted.content, wanted.kind, date_trap=self._state.switches.on("json_date_trap")
        )
        args = Arguments(path=path, query=query, body=form, zone=self._state.zone())
        paging = paging_of(query)
        call = Call(self._state, user, args, paging, Shaper(self._state, user), wanted.client)
        # Every successful POST is a 201.  onlyoffice.md 3.1 (seen 2026-11-22)
        status = 201 if wanted.method == "POST" else 200
        answer = envelope.success(rule.handler(call), paging, status)
        return self._reply(wanted, answer, status, call.headers)

    def _caller(self, wanted: Asked, query: body.Flat) -> User:
        """By cookie, query or form field, else by header; before the body is looked at otherwise."""
        form = body.flatten_body(wanted.content, wanted.kind) if "form" in wanted.kind else {}
        given = wanted.cookies.get(COOKIE) or next(
            iter([*query.get(COOKIE, ()), *form.get(COOKIE, ())]), None
        )
        user = self._logins.caller(wanted.headers, given)
        if user is None:
            raise Unauthorized
        return self._ranked(user)

    def _ranked(self, user: User) -> User:
        """An administrator with the rights he is switched to have."""
        # onlyoffice.md 9 (seen 2026-11-22)
        rights = self._state.switches.get("account_rights")
        if not user.is_admin or rights == "admin":
            return user
        return replace(user, is_admin=False, is_visitor=rights == "none")

    def _gate(self, path: str, user: User) -> None:
        """Portal status first, then the module: guests have no CRM."""
        # onlyoffice.md 3.6 and 9 (seen 2026-11-22)
        status: JsonValue = self._state.switches.get("portal_status")
        if status == "unpaid":
            raise ApiFailure(402, "PaymentRequired", -2147467259)
        if status == "moving":
            raise ApiFailure(503, "ServiceUnavailable", -2147467259)
        if user.is_visitor and path.lower().startswith(f"{PREFIX}crm/"):
            raise module_forbidden()

    def _reply(self, wanted: Asked, answer: JsonObject, status: int, headers: dict[str, str]) -> Response:
        # The ETag is a fresh random value each time and says nothing.  onlyoffice.md 1 (seen 2026-11-22)
        etag = {"etag": f'"{uuid4()}"'} if self._state.switches.on("etag") else {}
        fixed = {"cache-control": "max-age=0"} | etag | headers
        if markup.is_wanted(wanted.path, wanted.kind):
            return Response(markup.dumps(answer), status, fixed, _XML)
        return Response(encoder.dumps(answer), status, fixed, _JSON)

    def _batch(self, wanted: Asked) -> Response:
        """Requests carried out one after another, each answered as text inside the one answer."""
        # onlyoffice.md 8 "Batch endpoint" (seen 2026-11-22)
        given = body.flatten_query(wanted.query) | body.flatten_body(wanted.content, wanted.kind)
        try:
            parts: list[JsonObject] = json.loads("".join(given.get("batch", ())) or "[]")
            ordered = sorted(parts, key=lambda part: int(part.get("order") or 0))
            answers: list[JsonValue] = [self._part(wanted, part) for part in ordered]
        except (ValueError, TypeError, AttributeError) as error:
            failed = ApiFailure(500, f"Unexpected batch: {error}", -2146233088)
            return self._reply(wanted, envelope.failure(failed), failed.status, {})
        status = 201 if wanted.method == "POST" else 200
        return self._reply(wanted, envelope.success(answers, _NO_PAGING, status), status, {})

    def _part(self, wanted: Asked, part: JsonObject) -> JsonObject:
        url = str(part.get("relativeUrl") or "").removeprefix(self._base_path)
        kind = str(part.get("bodyContentType") or _FORM)
        method, content = str(part.get("method") or "GET"), str(part.get("body") or "")
        answer = self.respond(wanted.inner(method, url, content=content, kind=kind))
        named = {"name": part["name"]} if part.get("name") else {}
        return named | {
            "status": answer.status_code,
            "headers": dict(answer.headers),
            "data": bytes(answer.body).decode(),
        }


def _not_found() -> Response:
    # An unknown route is the portal's HTML page, not an envelope.  onlyoffice.md 1 (seen 2026-11-22)
    return Response(_NOT_FOUND_PAGE, 404, media_type="text/html")


def _unauthorized(wanted: Asked) -> Response:
    # onlyoffice.md 2.4 (seen 2026-11-22)
    realm = {"WWW-Authenticate": f'Basic Realm="{wanted.host}"'}
    sent = realm if "authorization" in wanted.headers else {}
    return Response("Unauthorized", 401, sent, "text/plain")
