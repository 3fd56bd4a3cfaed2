"""Lists of opportunities: the filter with its quirks, by contact, by title; it must not change a record."""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sync.sandbox.onlyoffice import access, sorting
from sync.sandbox.onlyoffice.arguments import ZERO_GUID
from sync.sandbox.onlyoffice.calls import Call, Rule, rule
from sync.sandbox.onlyoffice.enums import StageType
from sync.sandbox.onlyoffice.failures import null_reference
from sync.sandbox.onlyoffice.paging import Listing
from sync.sandbox.onlyoffice.records import Opportunity
from sync.sandbox.wire import JsonValue

_NEVER = datetime(1, 1, 1, tzinfo=UTC)
_TOTAL_LIFE = timedelta(seconds=30)
_PREFIX_LIMIT = 30


@dataclass(frozen=True, slots=True)
class Filter:
    """The conditions of `opportunity/filter`, all of them."""

    responsible: str
    stage: int
    kind: int | None
    tags: list[str]
    contact: int
    participant: bool | None
    from_at: datetime | None
    to_at: datetime | None
    has_from: bool
    has_to: bool
    text: str

    @property
    def never_matches(self) -> bool:
        """One date bound alone, or `contactAlsoIsParticipant` without a contact, empties the list."""
        # onlyoffice.md 4.2 (seen 2026-11-22)
        return self.has_from != self.has_to or (self.participant is not None and not self.contact)


def bind(call: Call) -> Filter:
    args = call.args
    return Filter(
        responsible=args.guid("responsibleid"),
        stage=args.integer("opportunityStagesid"),
        kind=args.choice("stageType", StageType),
        tags=[tag for tag in args.texts("tags") if tag],
        contact=args.integer("contactid"),
        participant=args.optional_flag("contactAlsoIsParticipant"),
        from_at=args.moment("fromDate"),
        to_at=args.moment("toDate"),
        has_from=bool(args.text("fromDate")),
        has_to=bool(args.text("toDate")),
        text=call.paging.filter_value.strip(),
    )


def matching(call: Call, wanted: Filter) -> list[Opportunity]:
    """Visible matches in no useful order."""
    if wanted.never_matches:
        return []
    found = _found(call, wanted)
    if found is not None and not found:
        # A search without hits is forgotten when a date range is given too.  onlyoffice.md 4.2
        if not wanted.has_from:
            return []
        found = None
    tests = _tests(call, wanted)
    rows = call.state.opportunities.values()
    return [
        row
        for row in rows
        if (found is None or row.id in found)
        and access.may_see(call.user, row)
        and all(test(row) for test in tests)
    ]


def _found(call: Call, wanted: Filter) -> set[int] | None:
    """Ids by text and tags; None when neither was asked for."""
    if not wanted.text and not wanted.tags:
        return None
    found = set(call.state.opportunities)
    if wanted.text:
        # With the index down there are no hits at all, by a server bug.  onlyoffice.md 4.2 (seen 2026-11-22)
        on = call.state.switches.on("search_on")
        found = call.state.search.find(wanted.text, now=call.state.clock()) if on else set()
    return found & _tagged(call, wanted.tags) if wanted.tags else found


def _tagged(call: Call, tags: list[str]) -> set[int]:
    wanted = {tag.lower() for tag in tags}
    rows = call.state.opportunities.values()
    return {row.id for row in rows if wanted <= {tag.lower() for tag in row.tags}}


def _tests(call: Call, wanted: Filter) -> list[Callable[[Opportunity], bool]]:
    kinds = {stage.id: stage.kind for stage in call.state.stages.values()}
    tests: list[Callable[[Opportunity], bool]] = []
    if wanted.responsible != ZERO_GUID:
        tests.append(lambda row: row.responsible == wanted.responsible)
    if wanted.stage:
        tests.append(lambda row: row.stage == wanted.stage)
    if wanted.kind is not None:
        tests.append(lambda row: kinds.get(row.stage) == wanted.kind)
    if wanted.contact:
        tests.append(_contact_test(call, wanted.contact, participant=bool(wanted.participant)))
    if wanted.has_from:
        low, high = wanted.from_at or _NEVER, wanted.to_at or _NEVER
        tests.append(lambda row: low <= close_of(call, row) <= high)
    return tests


def _contact_test(call: Call, contact: int, *, participant: bool) -> Callable[[Opportunity], bool]:
    """Participants hide primary-only links as soon as the contact participates anywhere."""
    # onlyoffice.md 4.2 (seen 2026-11-22)
    rows = call.state.opportunities.values()
    if participant and any(contact in row.members for row in rows):
        return lambda row: contact in row.members
    return lambda row: row.contact == contact


def close_of(call: Call, row: Opportunity) -> datetime:
    """The date the range looks at: expected while open, actual once closed."""
    stage = call.state.stages.get(row.stage)
    return (row.actual_close if stage and stage.kind else row.expected_close) or _NEVER


def ordered(call: Call, rows: list[Opportunity], key: str) -> list[Opportunity]:
    """By a known key; where the order is not unique, ties come as they like."""
    if call.state.switches.on("unstable_order") and key != "id":
        call.state.random.shuffle(rows)
    if key == "stage":
        rows.sort(key=lambda row: _default_order(row))
    primary = _KEYS[key]
    return sorted(rows, key=lambda row: primary(call, row), reverse=call.paging.descending)


def _default_order(row: Opportunity) -> tuple[int, float, datetime, str]:
    actual = -(row.actual_close.timestamp() if row.actual_close else _NEVER.timestamp())
    return row.contact, actual, row.expected_close or _NEVER, row.title.casefold()


def _stage_position(call: Call, row: Opportunity) -> int:
    stage = call.state.stages.get(row.stage)
    return stage.position if stage else 0


def _responsible_name(call: Call, row: Opportunity) -> str:
    user = call.state.users.get(row.responsible)
    return user.display_name.casefold() if user else ""


_KEYS: dict[str, Callable[[Call, Opportunity], JsonValue]] = {
    "title": lambda _, row: row.title.casefold(),
    "responsible": _responsible_name,
    "stage": _stage_position,
    "bidvalue": lambda _, row: row.bid_value,
    "dateandtime": close_of,
    "id": lambda _, row: row.id,
}


def by_filter(call: Call) -> Listing:
    wanted = bind(call)
    key = call.paging.sort_by or "stage"
    if key not in _KEYS or not sorting.known_to_database(call, key):
        return _sorted_by_property(call, wanted)
    paging = call.paging
    rows = ordered(call, matching(call, wanted), key)[paging.start :]
    # One row more than asked for tells whether there are more; count 0 fetches that one row only.
    fetched = rows[: paging.count + 1]
    page = fetched[: paging.count] if paging.count else fetched
    has_more = len(fetched) > paging.count > 0
    total = paging.start + len(fetched) if len(fetched) <= paging.count else _counted(call, wanted)
    if has_more:
        time.sleep(float(call.state.switches.get("page_delay_s")))
    shaper = call.shaper
    return Listing([shaper.opportunity(row, single=False) for row in page], total, has_more)


def _counted(call: Call, wanted: Filter) -> int:
    """The true total, up to 30 s old: creates and deletes refresh it, edits do not."""
    # onlyoffice.md 3.4 (seen 2026-11-22)
    now, key = call.state.clock(), (call.user.id, repr(wanted))
    expires, total = call.state.totals.get(key, (now, 0))
    if expires <= now:
        total = len(matching(call, wanted))
        call.state.totals[key] = (now + _TOTAL_LIFE, total)
    return total


def _sorted_by_property(call: Call, wanted: Filter) -> Listing:
    """All matches, ordered in memory by the response property of that name, then cut."""
    paging, shaper = call.paging, call.shaper
    # The only place where updatedSince does anything: it removes every row.  onlyoffice.md 3.4
    rows = [] if paging.updated_since else ordered(call, matching(call, wanted), "stage")
    items = sorting.in_memory(call, [shaper.opportunity(row, single=False) for row in rows])
    end = paging.start + (paging.count or len(items))
    return Listing(items[paging.start : end], len(items), end < len(items))


def by_contact(call: Call) -> JsonValue:
    """Ordered by title; a contact nobody knows has an empty list, not a 404."""
    # onlyoffice.md 4.3 (seen 2026-11-22)
    contact = call.state.contacts.get(call.args.integer("contactid"))
    if contact is None or not access.may_see_contact(call.user, contact):
        return []
    test = _contact_test(call, contact.id, participant=True)
    rows = [row for row in call.state.opportunities.values() if test(row)]
    # The non-admin bug: one hidden match empties the whole answer.
    if not all(access.may_see(call.user, row) for row in rows):
        return []
    return _by_title(call, rows)


def _by_title(call: Call, rows: list[Opportunity]) -> list[JsonValue]:
    shaper = call.shaper
    rows = sorted(rows, key=lambda row: row.title.casefold())
    return [shaper.opportunity(row, single=False) for row in rows]


def by_prefix(call: Call) -> JsonValue:
    """Every word of the prefix somewhere in the title; `%` and `_` keep their SQL meaning."""
    # onlyoffice.md 4.3 "Related" (seen 2026-11-22)
    contact, prefix = call.args.integer("contactID"), call.args.text("prefix")
    if prefix is None:
        raise null_reference()
    words = [_like(word) for word in prefix.split()]
    rows = list(call.state.opportunities.values())
    if contact:
        rows = [row for row in rows if contact in (row.contact, *row.members)]
    found = [row for row in rows if all(word.search(row.title) for word in words)]
    limited = found if contact else found[:_PREFIX_LIMIT]
    return _by_title(call, [row for row in limited if access.may_see(call.user, row)])


def _like(word: str) -> re.Pattern[str]:
    pattern = re.escape(word).replace("%", ".*").replace("_", ".")
    return re.compile(pattern, re.IGNORECASE | re.DOTALL)


RULES: tuple[Rule, ...] = (
    rule("GET", "crm/opportunity/filter", by_filter),
    rule("GET", "crm/opportunity/bycontact/{contactid}", by_contact),
    rule("GET", "crm/opportunity/byprefix", by_prefix),
)
