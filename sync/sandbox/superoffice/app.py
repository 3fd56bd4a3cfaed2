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
from sync.sandbox.superoffice import user_calls
from sync.sandbox.superoffice.call import Tenant, endpoint
from sync.sandbox.superoffice.desk import Desk
from sync.sandbox.superoffice.logins import Logins
from sync.sandbox.superoffice.population import populate
from sync.sandbox.superoffice.routes import ROUTES, UNLOCKED, is_write
from sync.sandbox.superoffice.store import Store
from sync.sandbox.superoffice.tickets import Tickets
from sync.sandbox.superoffice.webhooks import Hooks
from sync.sandbox.switches import Faults, Switches
from sync.sandbox.wire import Clock, JsonObject, JsonValue

ONSITE_NAME = "Default"  # superoffice.md 1.3 (seen 2026-11-22)

# Behaviour that the sheet leaves open, or that a test wants to provoke. Each default is the likelier reading.
DEFAULTS: dict[str, JsonValue] = {
    "allow_ge_le": False,  # 6.2: the vendor's collection marks both operators as failing
    "bump_unchanged": True,  # 4.7: an entity save normally bumps the row
    "duplicate_webhooks": False,  # 7.5: duplicates happen in practice
    "exact_tests": False,  # 8.1: a patch test on an object compares the whole object
    "exact_times": True,  # 6.2, 15.1: afterTime on a date column counts seconds, or only days
    "foreign_person": "error",  # 15.6: error, reset or accept a person of another company
    "long_text": "error",  # 3.6: refuse or cut what is longer than its column
    "mandatory_fields": [],  # 3.6: fields an administrator made mandatory
    "misdirected": False,  # 1.1: the tenant moved, this host answers 421
    "online": False,  # 2.1: no Basic, and SO-AppToken beside the ticket
    "quotes_lock_money": True,  # 4.5
    "recompute_earning": False,  # 4.5, 15.2
    "reorder_webhooks": False,  # 7.5: no ordering guarantee
    "saledate_shifts": False,  # 4.8, 15.3
    "silent_udef_edits": False,  # 4.7, 6.6
    "stale_id_lists": False,  # 6.3: id lists live 60 s after their last use
    "tenant_state": "Running",  # 1.2
    "ticket_expired": False,  # 2.3
    "unchanged_304": False,  # 3.3
    "unrestricted_queries": True,  # 6.3
    "webhook_https": False,  # 7.1: the real server insists on https; loopback receivers have none
    "webhook_pauses_s": [1.0, 4.0],  # 7.5
}


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
    switches = Switches(dict(DEFAULTS))
    name = base_path.strip("/") or ONSITE_NAME
    hooks = Hooks(clock, switches, name)
    store = Store(clock, switches, hooks.tell)
    populate(store, world)
    tickets = Tickets(password, name)
    tenant = Tenant(name, base_path.rstrip("/"), store, tickets, hooks)
    logins = Logins(tickets, clock, min(store.associates))
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
    # superoffice.md 1.2, 2.2, 2.3 (seen 2026-11-22): these live beside the tenants, not inside one
    outside = [
        Route("/api/state/{ctx}", _unlocked(tenant, user_calls.state), methods=["GET"]),
        Route(f"{tenant.base_path}/api", _unlocked(tenant, user_calls.version), methods=["GET"]),
        Route("/Login/api/PartnerSystemUser/Authenticate", logins.authenticate, methods=["POST"]),
        Route("/login/.well-known/jwks", logins.jwks, methods=["GET"]),
    ]
    calls = [
        Route(
            f"{tenant.base_path}/api/v1/{path}",
            endpoint(tenant, handler, locked=handler not in UNLOCKED),
            methods=[method],
        )
        for method, path, handler in ROUTES
    ]
    return [_any_case(route) for route in (*outside, *calls)]


def _unlocked(tenant: Tenant, serve: Callable[[Tenant, Request], Response]) -> Callable[[Request], Response]:
    """A call that needs no authentication and answers in every state of the tenant."""
    return lambda request: serve(tenant, request)


def _any_case(route: Route) -> Route:
    """Routes match in any case: superoffice.md 10 (seen 2026-11-22)."""
    route.path_regex = re.compile(route.path_regex.pattern.removesuffix("$") + "/?$", re.IGNORECASE)
    return route
