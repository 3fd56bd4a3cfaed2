"""Where the tenant is and whether it runs; it must not look at records or credentials."""

from __future__ import annotations

from datetime import UTC, timedelta

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response

from sync.sandbox.superoffice.call import RUNNING_STATES, Tenant
from sync.sandbox.wire import JsonObject

# superoffice.md 1.1, 1.2 (seen 2026-11-22); the exact wording of the 421 is ours [I]
_WRONG_HOST = "Wrong subdomain used to access tenant"
_DOWN = "<html><head><title>Unavailable</title></head><body>This tenant is not available.</body></html>"
INTERNAL = "http://netserver.internal:8080"


def refusal(tenant: Tenant, request: Request) -> Response | None:
    """What every call gets while the tenant is down or lives on another host."""
    switches = tenant.store.switches
    if switches.get("tenant_state") not in RUNNING_STATES:
        return Response(_DOWN, 503, media_type="text/html")
    if switches.on("misdirected") or not _here(tenant, request):
        return PlainTextResponse(_WRONG_HOST, 421)
    return None


def links_root(tenant: Tenant, request: Request) -> str:
    """What `_Links` and odata addresses begin with: behind a proxy maybe an inner name (1.3)."""
    internal = tenant.store.switches.on("internal_links")
    host = INTERNAL if internal else str(request.base_url).rstrip("/")
    return f"{host}{tenant.base_path}/api/v1"


def state(tenant: Tenant, request: Request) -> JSONResponse:
    """Needs no authentication and answers in every state: superoffice.md 1.2."""
    asked = request.path_params["ctx"]
    known = asked.lower() == tenant.name.lower()
    name = str(tenant.store.switches.get("tenant_state")) if known else "Unknown"
    root = f"{_active_root(tenant, request)}{tenant.base_path}"
    until = tenant.store.clock() + timedelta(seconds=float(tenant.store.switches.get("state_valid_s")))
    return JSONResponse(
        {
            "ContextIdentifier": asked,
            "Endpoint": root if known else None,
            "State": name,
            "IsRunning": name in RUNNING_STATES,
            "ValidUntil": until.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f0Z"),
            "Api": f"{root}/api" if known else None,
            "Version": "Release_sandbox",
        }
    )


def version(tenant: Tenant, request: Request) -> Response:
    """What the root of the API says of itself; HTML unless JSON is asked for: superoffice.md 1.1, 10."""
    if "json" not in request.headers.get("accept", "").lower():
        return HTMLResponse("<!DOCTYPE html><title>SuperOffice web API</title>")
    root = f"{str(request.base_url).rstrip('/')}{tenant.base_path}/api"
    now = tenant.store.clock().astimezone(UTC)
    block: JsonObject = {
        "v1": f"{root}/v1",
        "NetServerVersion": "sandbox",
        "NetServerAssembly": "sandbox",
        "NetServerDate": now.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "NetServerLabel": "Release_sandbox",
        "NetServer": "sandbox",
        "Services": "88",
        "ServicesCurrent": "88",
        "Version": "sandbox",
        "Documentation": "superoffice.md",
    }
    return JSONResponse(block)


def _here(tenant: Tenant, request: Request) -> bool:
    active = str(tenant.store.switches.get("active_host")).lower()
    host = request.headers.get("host", "").lower()
    return active in {"", host, host.partition(":")[0]}


def _active_root(tenant: Tenant, request: Request) -> str:
    """The address of the host that serves the tenant now; without a port it is on this server's."""
    active, here = str(tenant.store.switches.get("active_host")), request.base_url
    if not active:
        return str(here).rstrip("/")
    netloc = active if ":" in active or here.port is None else f"{active}:{here.port}"
    return f"{here.scheme}://{netloc}"
