"""Assembles the portal: routes, gates and envelopes around the calls; it must not hold record rules."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sync.sandbox.faults import Faults, Recorder, Switches, instrument
from sync.sandbox.onlyoffice import (
    body,
    bulk,
    contactcards,
    contacts,
    customfields,
    encoder,
    envelope,
    history,
    listing,
    opportunities,
    participants,
    people,
    seed,
    sessions,
    settings,
    stages,
    tags,
)
from sync.sandbox.onlyoffice.arguments import ZERO_GUID, Arguments
from sync.sandbox.onlyoffice.browser import Browser
from sync.sandbox.onlyoffice.calls import PREFIX, Call, Rule, find
from sync.sandbox.onlyoffice.failures import ApiFailure, Unauthorized, module_forbidden
from sync.sandbox.onlyoffice.paging import paging_of
from sync.sandbox.onlyoffice.records import User
from sync.sandbox.onlyoffice.sessions import COOKIE, Sessions
from sync.sandbox.onlyoffice.shapes import Shaper
from sync.sandbox.onlyoffice.state import State
from sync.sandbox.onlyoffice.switches import DEFAULTS
from sync.sandbox.seeds import World
from sync.sandbox.wire import Clock, JsonObject, JsonValue

_METHODS = ["GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"]  # the last two match no route
_NOT_FOUND_PAGE = "<!DOCTYPE html><html><head><title>Page not found</title></head><body>404</body></html>"
_NOBODY = User(ZERO_GUID, "", "", "", "")
_WINDOW = timedelta(seconds=10)
_JSON = "application/json; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Portal:
    """One portal ready to be served; all accounts share one password."""

    app: Starlette
    state: State
    credentials: dict[str, str]
    control: Browser
    switches: Switches
    faults: Faults
    recorder: Recorder
    revoke_tokens: Callable[[], None]


def build(world: World, *, clock: Clock, password: str) -> Portal:
    switches, faults = Switches(dict(DEFAULTS)), Faults()
    state = State(clock=clock, switches=switches, seed=len(world.deals))
    seed.fill(state, world)
    logins = Sessions(state, password)
    recorder, control = Recorder(is_write, clock), Browser(state)
    routes = [Route("/{path:path}", Desk(state, logins).answer, methods=_METHODS)]
    app = instrument(
        routes, name="onlyoffice", control=control, recorder=recorder, faults=faults, switches=switches
    )
    access = _credentials(state, logins, password)
    return Portal(app, state, access, control, switches, faults, recorder, logins.revoke_all)


def _credentials(state: State, logins: Sessions, password: str) -> dict[str, str]:
    """Logins of each kind of account, and a token of the administrator."""
    users = list(state.users.values())
    admin = next(user for user in users if user.is_admin)
    plain = next(user for user in users if not (user.is_admin or user.is_visitor or user.disabled))
    return {
        "user": admin.email,
        "password": password,
        "token": logins.issue(admin)[0],
        "plain_user": plain.email,
        "guest_user": f"{seed.GUEST_LOGIN}@example.com",
        "disabled_user": f"{seed.DISABLED_LOGIN}@example.com",
    }


def is_write(method: str, path: str) -> bool:
    """Logging in is the only call besides GET that changes no record."""
    return method != "GET" and not path.lower().startswith(f"{PREFIX}authentication")


class Desk:
    """Takes each request through route, portal status, login, binding and call."""

    def __init__(self, state: State, logins: Sessions) -> None:
        self._state = state
        self._logins = logins
        self._recent: deque[datetime] = deque()
        self._rules: tuple[Rule, ...] = (
            *sessions.routes(logins),
            *settings.RULES,
            *people.RULES,
            *listing.RULES,
            *bulk.RULES,
            *stages.RULES,
            *customfields.RULES,
            *tags.RULES,
            *opportunities.RULES,
            *participants.RULES,
            *history.RULES,
            *contactcards.RULES,
            *contacts.RULES,
        )

    async def answer(self, request: Request) -> Response:
        content = await request.body()
        with self._state.lock:
            if self._limited():
                # The hosted service's limiter.  onlyoffice.md 9 (seen 2026-11-22)
                return Response("Service Unavailable", 503, {"Retry-After": "10"}, "text/plain")
            return self._routed(request, content)

    def _limited(self) -> bool:
        limit, now = int(self._state.switches.get("rate_limit")), self._state.clock()
        while self._recent and now - self._recent[0] >= _WINDOW:
            self._recent.popleft()
        if limit and len(self._recent) >= limit:
            return True
        self._recent.append(now)
        return False

    def _routed(self, request: Request, content: bytes) -> Response:
        found = find(self._rules, request.method, request.url.path)
        if found is None:
            # An unknown route is the portal's HTML page, not an envelope.  onlyoffice.md 1 (seen 2026-11-22)
            return Response(_NOT_FOUND_PAGE, 404, media_type="text/html")
        try:
            return self._called(request, content, *found)
        except Unauthorized:
            # onlyoffice.md 2.4 (seen 2026-11-22)
            realm = {"WWW-Authenticate": f'Basic Realm="{request.url.hostname}"'}
            sent = realm if "authorization" in request.headers else {}
            return Response("Unauthorized", 401, sent, "text/plain")
        except ApiFailure as error:
            return _reply(envelope.failure(error), error.status, {})

    def _called(self, request: Request, content: bytes, rule: Rule, path: dict[str, str]) -> Response:
        query, kind = body.flatten_query(request.url.query), request.headers.get("content-type", "")
        user = self._caller(request, query, content) if rule.needs_login else _NOBODY
        self._gate(request.url.path, user)
        form = body.flatten_body(content, kind)
        args = Arguments(path=path, query=query, body=form, zone=self._state.zone())
        client = request.client.host if request.client else ""
        paging = paging_of(query)
        call = Call(self._state, user, args, paging, Shaper(self._state, user), client)
        # Every successful POST is a 201.  onlyoffice.md 3.1 (seen 2026-11-22)
        status = 201 if request.method == "POST" else 200
        return _reply(envelope.success(rule.handler(call), paging, status), status, call.headers)

    def _caller(self, request: Request, query: body.Flat, content: bytes) -> User:
        """By cookie, query or form field, else by header; before the body is looked at otherwise."""
        sent_as_form = "form" in request.headers.get("content-type", "")
        form = body.flatten_body(content, "") if sent_as_form else {}
        given = request.cookies.get(COOKIE) or next(
            iter([*query.get(COOKIE, ()), *form.get(COOKIE, ())]), None
        )
        user = self._logins.caller(request.headers, given)
        if user is None:
            raise Unauthorized
        return user

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


def _reply(answer: JsonObject, status: int, headers: dict[str, str]) -> Response:
    # The ETag is a fresh random value each time and says nothing.  onlyoffice.md 1 (seen 2026-11-22)
    fixed = {"cache-control": "max-age=0", "etag": f'"{uuid4()}"'}
    return Response(encoder.dumps(answer), status, headers | fixed, _JSON)
