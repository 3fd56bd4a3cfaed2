"""The portal's accounts as the people module shows them; it must not create or change accounts."""

from sync.sandbox.onlyoffice import shapes
from sync.sandbox.onlyoffice.calls import Call, Rule, rule
from sync.sandbox.onlyoffice.enums import UserStatus
from sync.sandbox.onlyoffice.failures import not_found
from sync.sandbox.onlyoffice.paging import Listing
from sync.sandbox.onlyoffice.records import User
from sync.sandbox.wire import JsonObject, JsonValue


def _full(call: Call, row: User) -> JsonObject:
    # onlyoffice.md 6.3 (seen 2026-11-22)
    private = call.user.id == row.id or not call.user.is_visitor
    return {
        "userName": row.login,
        "isVisitor": row.is_visitor,
        "firstName": row.first_name,
        "lastName": row.last_name,
        **({"email": row.email} if private else {}),
        "status": _status(row),
        "isAdmin": row.is_admin,
        "isOwner": False,
        **({"listAdminModules": ["crm"]} if row.is_admin else {}),
        **shapes.person(row),
    }


def _status(row: User) -> int:
    return UserStatus.TERMINATED if row.disabled else UserStatus.ACTIVE


def _unknown() -> User:
    raise not_found("User not found")


def myself(call: Call) -> JsonValue:
    return _full(call, call.user)


def active(call: Call) -> JsonValue:
    return [_full(call, row) for row in call.state.users.values() if not row.disabled]


def by_filter(call: Call) -> Listing:
    status, paging = call.args.choice("employeeStatus", UserStatus), call.paging
    admins, text = call.args.optional_flag("isAdministrator"), paging.filter_value.lower()
    rows = [
        row
        for row in call.state.users.values()
        if status in (None, _status(row))
        and (not admins or row.is_admin)
        and text in f"{row.display_name} {row.email}".lower()
    ]
    rows.sort(key=lambda row: row.display_name.casefold())
    end = paging.start + (paging.count or len(rows))
    page = rows[paging.start : end]
    return Listing([_full(call, row) for row in page], len(rows), end < len(rows))


def by_email(call: Call) -> JsonValue:
    email = (call.args.text("email") or "").lower()
    rows = call.state.users.values()
    return _full(call, next((row for row in rows if row.email.lower() == email), None) or _unknown())


def read_one(call: Call) -> JsonValue:
    """By id or user name."""
    name = (call.args.text("username") or "").lower()
    rows = call.state.users.values()
    found = next((row for row in rows if name in (row.id, row.login.lower())), None)
    return _full(call, found or _unknown())


RULES: tuple[Rule, ...] = (
    rule("GET", "people", active),
    rule("GET", "people/@self", myself),
    rule("GET", "people/filter", by_filter),
    rule("GET", "people/email", by_email),
    rule("GET", "people/{username:any}", read_one),
)
