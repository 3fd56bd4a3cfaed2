"""Notes on opportunities; field changes are never written here, as on the real portal."""

from datetime import datetime

from sync.sandbox.onlyoffice import access, audit, moments, opportunities
from sync.sandbox.onlyoffice.arguments import ZERO_GUID
from sync.sandbox.onlyoffice.calls import Call, Rule, rule
from sync.sandbox.onlyoffice.failures import bad_argument, not_found
from sync.sandbox.onlyoffice.paging import Listing
from sync.sandbox.onlyoffice.records import Note
from sync.sandbox.wire import JsonObject, JsonValue

_CONTENT_LIMIT = 65_000


def _shaped(call: Call, row: Note) -> JsonObject:
    shaper = call.shaper
    category = {"title": call.state.note_categories[row.category], "id": row.category}
    deal = call.state.opportunities.get(row.entity_id)
    entity = {
        "entityType": "opportunity",
        "entityId": row.entity_id,
        "entityTitle": deal.title if deal else "",
    }
    contact = call.state.contacts.get(row.contact_id)
    return {
        "createBy": shaper.person(row.created_by),
        "created": moments.to_wire(row.created, shaper.zone),
        "content": row.content,
        "category": category,
        **({"contact": shaper.contact(contact)} if contact else {}),
        **({"entity": entity} if row.entity_id else {}),
        "canEdit": call.user.is_admin or row.created_by == call.user.id,
        "id": row.id,
    }


def categories(call: Call) -> JsonValue:
    rows = call.state.note_categories.items()
    return [{"title": title, "description": "", "id": key} for key, title in rows]


def _entity(call: Call) -> int:
    """The id of the opportunity, 0 for none; any other type of entity is refused."""
    # onlyoffice.md 4.11 (seen 2026-11-22)
    kind, key = (call.args.text("entityType") or "").lower(), call.args.integer("entityId")
    if kind not in ("", "opportunity", "case"):
        raise bad_argument()
    if not kind:
        return 0
    if kind == "case":
        raise not_found()  # this portal has no cases
    return opportunities.seen(call, key).id if key else _missing()


def _missing() -> int:
    raise not_found()


def create(call: Call) -> JsonValue:
    args, now = call.args, call.state.clock()
    content, category = args.text("content") or "", args.integer("categoryId")
    created, contact = args.moment("created"), args.integer("contactId")
    entity = _entity(call)
    if not 0 < len(content) <= _CONTENT_LIMIT or category not in call.state.note_categories:
        raise bad_argument()
    if not entity and contact not in call.state.contacts:
        raise bad_argument()
    key = call.state.next_id("note")
    row = Note(key, entity, contact, content, category, call.state.stored_time(created or now), call.user.id)
    call.state.notes[key] = row
    _audited(call, row, audit.Action.CREATED_NOTE)
    return _shaped(call, row)


def _audited(call: Call, row: Note, action: audit.Action) -> None:
    if deal := call.state.opportunities.get(row.entity_id):
        audit.note(call.state, action, deal, call.user.id)


def _seen(call: Call, row: Note) -> bool:
    deal = call.state.opportunities.get(row.entity_id)
    return deal is None or access.may_see(call.user, deal)


def by_filter(call: Call) -> Listing:
    """Newest first and, unlike most lists, without a total; one date bound alone works here."""
    args, paging = call.args, call.paging
    category, author = args.integer("categoryId"), args.guid("createBy")
    low, high = args.moment("fromDate"), args.moment("toDate")
    entity = _entity(call)
    rows = [
        row
        for row in call.state.notes.values()
        if entity in (0, row.entity_id)
        and category in (0, row.category)
        and author in (ZERO_GUID, row.created_by)
        and _within(row.created, low, high)
        and _seen(call, row)
    ]
    ascending = paging.sort_by == "created" and not paging.descending
    rows.sort(key=lambda row: (row.created, row.id), reverse=not ascending)
    end = paging.start + (paging.count or len(rows))
    page = rows[paging.start : end]
    return Listing([_shaped(call, row) for row in page], None, end < len(rows))


def _within(moment: datetime, low: datetime | None, high: datetime | None) -> bool:
    return (low is None or low <= moment) and (high is None or moment <= high)


def delete(call: Call) -> JsonValue:
    row = call.state.notes.get(call.args.integer("id"))
    if row is None or not _seen(call, row):
        raise not_found()
    answer = _shaped(call, row)
    _audited(call, row, audit.Action.DELETED_NOTE)
    del call.state.notes[row.id]
    return answer


RULES: tuple[Rule, ...] = (
    rule("GET", "crm/history/filter", by_filter),
    rule("GET", "crm/history/category", categories),
    rule("POST", "crm/history", create),
    rule("DELETE", "crm/history/{id}", delete),
)
