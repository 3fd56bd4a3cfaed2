"""Who am I; it must not change any record."""

from __future__ import annotations

from sync.sandbox.superoffice.call import Call
from sync.sandbox.superoffice.carriers import associate
from sync.sandbox.wire import JsonObject


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


def current_token(call: Call) -> str:
    """A ticket of the caller's own: superoffice.md 2.1; what it says about its life is 2.3's."""
    return call.tenant.tickets.new_ticket(call.store, call.caller.login)
