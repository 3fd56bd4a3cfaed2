"""Builds the SuperOffice server: state, routes, faults and log together; it must hold no rule of any call."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sync.sandbox.faults import instrument
from sync.sandbox.recorder import Recorder
from sync.sandbox.seeds import World
from sync.sandbox.superoffice import list_desk, tenancy
from sync.sandbox.superoffice.call import Call, Tenant
from sync.sandbox.superoffice.desk import Desk
from sync.sandbox.superoffice.identity import Identity
from sync.sandbox.superoffice.identity_calls import IdentityCalls
from sync.sandbox.superoffice.keys import Signer
from sync.sandbox.superoffice.logins import Logins
from sync.sandbox.superoffice.population import populate
from sync.sandbox.superoffice.routes import ROUTES, UNLOCKED, is_write
from sync.sandbox.superoffice.serving import endpoint, unknown
from sync.sandbox.superoffice.store import Store
from sync.sandbox.superoffice.switches import catalogue
from sync.sandbox.superoffice.tickets import Tickets
from sync.sandbox.superoffice.webhooks import Hooks
from sync.sandbox.switches import Faults, Switches, defaults_of
from sync.sandbox.wire import Clock, JsonObject

ONSITE_NAME = "Default"  # superoffice.md 1.3 (seen 2026-11-22)
_VERBS = ["GET", "POST", "PUT", "PATCH", "DELETE"]


@dataclass(frozen=True, slots=True)
class Installation:
    """A tenant ready to be served, with its state and its secrets."""

    app: Starlette
    state: Store
    credentials: JsonObject
    tenant: Tenant
    recorder: Recorder

    def stop(self) -> None:
        self.tenant.hooks.stop()


def build(world: World, *, clock: Clock, password: str, base_path: str = "") -> Installation:
    """`base_path` such as "/Cust90001" makes it look like a cloud tenant; empty is an own server."""
    switches = Switches(defaults_of(catalogue()))
    name = base_path.strip("/") or ONSITE_NAME
    hooks = Hooks(clock, switches, name)
    store = Store(clock, switches, hooks.tell)
    populate(store, world)
    tickets = Tickets(password, name)
    tenant = Tenant(name, base_path.rstrip("/"), store, tickets, hooks)
    logins = Logins(tickets, store, Signer(switches), min(store.associates))
    recorder = Recorder(is_write, clock)
    app = instrument(
        _routes(tenant, logins),
        name="superoffice",
        control=Desk(store),
        recorder=recorder,
        faults=Faults(),
        switches=switches,
    )
    return Installation(app, store, tickets.as_json() | logins.as_json(), tenant, recorder)


def _routes(tenant: Tenant, logins: Logins) -> list[Route]:
    base = f"{tenant.base_path}/api"
    # superoffice.md 1.2 (seen 2026-11-22): the state lives beside the tenants, not inside one
    outside = [
        Route("/_sandbox/lists", list_desk.endpoint(tenant.store), methods=["POST"]),
        Route("/api/state/{ctx}", _unlocked(tenant, tenancy.state), methods=["GET"]),
        Route(base, _unlocked(tenant, tenancy.version), methods=["GET"]),
    ]
    calls = [
        Route(
            f"{base}/v1/{path}", endpoint(tenant, handler, locked=handler not in UNLOCKED), methods=[method]
        )
        for method, path, handler in ROUTES
    ]
    listing = Route(f"{base}/v1", endpoint(tenant, _listing), methods=["GET"])
    rest = Route(f"{base}/v1/{{rest:path}}", endpoint(tenant, unknown), methods=_VERBS)
    return [_any_case(route) for route in (*outside, *_log_in_routes(tenant, logins), *calls, listing, rest)]


def _listing(call: Call) -> JsonObject:
    """All addresses with their verbs, as the root of v1 answers: superoffice.md 1.1 (seen 2026-11-22)."""
    found: JsonObject = {}
    for method, path, handler in ROUTES:
        help_text = (handler.__doc__ or path).partition(":")[0].strip()
        found.setdefault(f"{call.view.root}/{path}", {})[method] = help_text
    return found


def _log_in_routes(tenant: Tenant, logins: Logins) -> list[Route]:
    """superoffice.md 2.1, 2.2, 2.3 (seen 2026-11-22)"""
    calls = IdentityCalls(Identity(logins), tenant.base_path)
    return [
        Route("/Login/api/PartnerSystemUser/Authenticate", logins.authenticate, methods=["POST"]),
        Route("/login/.well-known/openid-configuration", calls.discovery, methods=["GET"]),
        Route("/login/.well-known/jwks", logins.jwks, methods=["GET"]),
        Route("/login/{tenant}/oauth/authorize", calls.authorize, methods=["GET"]),
        Route("/login/{tenant}/oauth/tokens", calls.tokens, methods=["POST"]),
        Route(f"{tenant.base_path}/login", calls.form, methods=["GET"]),
        Route(f"{tenant.base_path}/login", calls.log_in, methods=["POST"]),
    ]


def _unlocked(tenant: Tenant, serve: Callable[[Tenant, Request], Response]) -> Callable[[Request], Response]:
    """A call that needs no authentication and answers in every state of the tenant."""
    return lambda request: serve(tenant, request)


def _any_case(route: Route) -> Route:
    """Routes match in any case: superoffice.md 10 (seen 2026-11-22)."""
    route.path_regex = re.compile(route.path_regex.pattern.removesuffix("$") + "/?$", re.IGNORECASE)
    return route
