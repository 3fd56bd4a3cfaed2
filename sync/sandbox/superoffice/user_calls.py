"""Who am I, and is the tenant alive; it must not change anything."""

from __future__ import annotations

from datetime import UTC, timedelta

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from sync.sandbox.superoffice.call import RUNNING_STATES, Call, Tenant
from sync.sandbox.superoffice.carriers import associate
from sync.sandbox.wire import JsonObject

ASK_AGAIN = timedelta(minutes=10)


def principal(call: Call) -> JsonObject:
    """superoffice.md 2.4 (seen 2026-11-22)"""
    caller = call.caller
    return {
        "AssociateId": caller.id,
        "Associate": caller.login.upper(),
        "UserType": caller.kind,
        "PersonId": 0,
        "ContactId": 0,
        "GroupId": caller.group_id,
        "RoleName": "Administrator" if caller.is_admin else "User",
        "RoleType": "SystemRole" if caller.is_admin else "Employee",
        "FunctionRights": [],
        "Licenses": [],
        "DatabaseContextIdentifier": call.tenant.name,
        "UserName": caller.email,
        "FullName": caller.full_name,
        "EMailAddress": caller.email,
    }


def current_associate(call: Call) -> JsonObject | None:
    return associate(call.caller)


def state(tenant: Tenant, request: Request) -> JSONResponse:
    """Needs no authentication and answers in every state: superoffice.md 1.2 (seen 2026-11-22)."""
    asked = request.path_params["ctx"]
    known = asked.lower() == tenant.name.lower()
    name = str(tenant.store.switches.get("tenant_state")) if known else "Unknown"
    root = f"{str(request.base_url).rstrip('/')}{tenant.base_path}"
    until = tenant.store.clock().astimezone(UTC) + ASK_AGAIN
    return JSONResponse(
        {
            "ContextIdentifier": asked,
            "Endpoint": root if known else None,
            "State": name,
            "IsRunning": name in RUNNING_STATES,
            "ValidUntil": until.strftime("%Y-%m-%dT%H:%M:%S.%f0Z"),
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
    return JSONResponse(
        {
            "v1": f"{root}/v1",
            "NetServerVersion": "sandbox",
            "NetServerDate": now.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "NetServerLabel": "Release_sandbox",
            "Version": "sandbox",
            "Documentation": "superoffice.md",
        }
    )
