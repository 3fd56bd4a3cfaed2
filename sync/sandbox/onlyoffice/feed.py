"""The portal feed, in which an opportunity appears once, when it is created; edits never show here."""

from datetime import UTC, datetime, timedelta

from sync.sandbox.onlyoffice import access, moments
from sync.sandbox.onlyoffice.arguments import ZERO_GUID
from sync.sandbox.onlyoffice.calls import Call, Rule, rule
from sync.sandbox.onlyoffice.records import Opportunity
from sync.sandbox.wire import JsonObject, JsonValue

_EVERY = timedelta(minutes=3)  # the aggregator's rhythm: onlyoffice.md 7 (seen 2026-11-22)
_NEVER = datetime(1, 1, 1, tzinfo=UTC)


def _shaped(call: Call, row: Opportunity) -> JsonObject:
    created = moments.to_wire(row.created, call.state.zone())
    return {
        "id": f"deal_{row.id}",
        "product": "crm",
        "module": "deals",
        "title": row.title,
        "author": call.shaper.person(row.created_by),
        "createdDate": created,
        "modifiedDate": created,
        "itemId": row.id,
        "itemUrl": f"/Products/CRM/Deals.aspx?id={row.id}",
        "groupedFeeds": [],
    }


def _aggregated(call: Call) -> list[Opportunity]:
    """What the last round of the aggregator had seen, newest first."""
    before = call.state.clock() - _EVERY
    rows = (row for row in call.state.opportunities.values() if row.created <= before)
    return sorted(
        (row for row in rows if access.may_see(call.user, row)),
        key=lambda row: (row.created, row.id),
        reverse=True,
    )


def by_filter(call: Call) -> JsonValue:
    """Reading it without `timeReaded` marks the feed as read."""
    # onlyoffice.md 7 (seen 2026-11-22)
    args, paging = call.args, call.paging
    low, high, author = args.moment("from"), args.moment("to"), args.guid("author")
    only_new, given = args.flag("onlyNew"), args.moment("timeReaded")
    product = (args.text("product") or "crm").lower()
    read_at = call.state.feed_read.get(call.user.id, _NEVER)
    if not only_new and given is None:
        call.state.feed_read[call.user.id] = call.state.clock()
    rows = [
        row
        for row in _aggregated(call)
        if product == "crm"
        and (row.created > read_at if only_new else (low or _NEVER) <= row.created)
        and (high is None or row.created <= high)
        and author in (ZERO_GUID, row.created_by)
    ]
    page = rows[paging.start : paging.start + (paging.count or len(rows))]
    seen_at = given or (read_at if read_at != _NEVER else None)
    feeds = [_shaped(call, row) for row in page]
    return {"feeds": feeds, "readedDate": moments.to_wire(seen_at, call.state.zone())}


def count_new(call: Call) -> JsonValue:
    read_at = call.state.feed_read.get(call.user.id, _NEVER)
    return sum(1 for row in _aggregated(call) if row.created > read_at)


def mark_read(call: Call) -> JsonValue:
    call.state.feed_read[call.user.id] = call.state.clock()


RULES: tuple[Rule, ...] = (
    rule("GET", "feed/filter", by_filter),
    rule("GET", "feed/newfeedscount", count_new),
    rule("PUT", "feed/read", mark_read),
)
