"""The audit trail, which records the browser's doings and few of the API's; it must not change records."""

from collections.abc import Iterable
from datetime import datetime
from enum import IntEnum
from itertools import islice

from sync.sandbox.onlyoffice import moments
from sync.sandbox.onlyoffice.calls import Call, Rule, rule
from sync.sandbox.onlyoffice.failures import ApiFailure
from sync.sandbox.onlyoffice.paging import Listing
from sync.sandbox.onlyoffice.records import AuditEvent, Opportunity
from sync.sandbox.onlyoffice.state import State
from sync.sandbox.wire import JsonObject, JsonValue

_LAST = 20


class Action(IntEnum):
    """onlyoffice-enums.json AuditMessageAction (seen 2026-11-22)."""

    CREATED = 3042
    UPDATED = 3043
    UPDATED_STAGE = 3044
    CREATED_TAG = 3045
    DELETED_TAG = 3046
    CREATED_NOTE = 3047
    DELETED_NOTE = 3048
    LINKED_COMPANY = 3049
    UNLINKED_COMPANY = 3050
    LINKED_PERSON = 3051
    UNLINKED_PERSON = 3052
    OPENED_ACCESS = 3054
    RESTRICTED_ACCESS = 3055
    DELETED = 3056
    MANY_DELETED = 3057


def note(state: State, action: Action, row: Opportunity, user_id: str) -> None:
    key = state.next_id("audit")
    state.audit.append(AuditEvent(key, state.clock(), user_id, action, row.id, row.title))


def _shaped(call: Call, row: AuditEvent) -> JsonObject:
    user = call.state.users.get(row.user_id)
    return {
        "id": row.id,
        "date": moments.to_wire(row.at, call.state.zone()),
        "user": user.display_name if user else "",
        "userId": row.user_id,
        "action": f"{Action(row.action).name.replace('_', ' ').capitalize()}: {row.title}",
        "actionId": row.action,
        "product": "CRM",
        "module": "Opportunities",
        "target": [str(row.target)],
        "entries": ["Opportunity"],
    }


def _readable(call: Call) -> list[AuditEvent]:
    """Newest first, for administrators of the portal."""
    # Others get an error; 500, because nothing maps its class.  onlyoffice.md 7 (seen 2026-11-22)
    if not call.user.is_admin:
        raise ApiFailure(500, "Access denied.", -2146233088)
    return call.state.audit[::-1]


def last(call: Call) -> JsonValue:
    return [_shaped(call, row) for row in islice(_readable(call), _LAST)]


def by_filter(call: Call) -> Listing:
    """Editions without the feature ignore every condition and show the last 20."""
    # onlyoffice.md 7 and 14.8 (seen 2026-11-22)
    rows: Iterable[AuditEvent] = _readable(call)
    if not call.state.switches.on("audit_feature"):
        return Listing([_shaped(call, row) for row in islice(rows, _LAST)], None, False)
    found = _matching(call, rows)
    end = call.paging.start + (call.paging.count or len(found))
    page = found[call.paging.start : end]
    return Listing([_shaped(call, row) for row in page], len(found), end < len(found))


def _matching(call: Call, rows: Iterable[AuditEvent]) -> list[AuditEvent]:
    args = call.args
    places = (args.text("productType"), args.text("moduleType"), args.text("entryType"))
    if any(_is_elsewhere(given, own) for given, own in zip(places, _OWN, strict=True)):
        return []
    target, action, user = args.text("target"), args.integer("action"), args.text("userId")
    low, high = args.moment("from"), args.moment("to")
    return [
        row
        for row in rows
        if (not target or target == str(row.target))
        and action in (0, row.action)
        and (not user or user.lower() == row.user_id)
        and _within(row.at, low, high)
    ]


_OWN = ("crm", "opportunities", "opportunity")


def _is_elsewhere(given: str | None, own: str) -> bool:
    return bool(given) and str(given).lower() not in (own, "none")


def _within(moment: datetime, low: datetime | None, high: datetime | None) -> bool:
    return (low is None or low <= moment) and (high is None or moment <= high)


RULES: tuple[Rule, ...] = (
    rule("GET", "security/audit/events/filter", by_filter),
    rule("GET", "security/audit/events/last", last),
)
