"""The filtered lists of companies and persons, and their order; it must not change them."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from sync.sandbox.onlyoffice import contacts, sorting
from sync.sandbox.onlyoffice.arguments import ZERO_GUID
from sync.sandbox.onlyoffice.calls import Call, Rule, rule
from sync.sandbox.onlyoffice.enums import ContactView
from sync.sandbox.onlyoffice.paging import Listing
from sync.sandbox.onlyoffice.records import Contact, ListItem
from sync.sandbox.wire import JsonObject, JsonValue

_DAY = timedelta(days=1)


def matching(call: Call) -> list[Contact]:
    """Visible matches of every condition."""
    # onlyoffice.md 6.1 (seen 2026-11-22)
    args = call.args
    view = args.choice("contactListView", ContactView) or 0
    responsible, shared = args.guid("responsibleid"), args.optional_flag("isShared")
    low, high = args.moment("fromDate"), args.moment("toDate")
    words = call.paging.filter_value.lower().split()
    filed = _filed(call)
    return [
        row
        for row in contacts.visible(call)
        if _in_view(call, row, view)
        and (responsible == ZERO_GUID or responsible in row.managers)
        and (shared is None or shared == (row.share_type != 0))
        and _created_within(row, low, high)
        and filed(row)
        and _mentions(row, words)
    ]


def _filed(call: Call) -> Callable[[Contact], bool]:
    """Under all the tags, the temperature and the type asked for."""
    tags = {tag.lower() for tag in call.args.texts("tags") if tag}
    stage = _title(call, "contactStage", call.state.contact_stages)
    kind = _title(call, "contactType", call.state.contact_types)
    return lambda row: (
        tags <= {tag.lower() for tag in row.tags}
        and stage in (None, row.temperature)
        and kind in (None, row.contact_type)
    )


def _title(call: Call, name: str, items: Mapping[int, ListItem]) -> str | None:
    """What the list calls the wanted id; 0 stands for "none", a negative or missing one for no condition."""
    if not call.args.text(name):
        return None
    key = call.args.integer(name)
    if key < 0:
        return None
    return items[key].title if key in items else ("" if key == 0 else "\0")


def _in_view(call: Call, row: Contact, view: int) -> bool:
    if view == ContactView.WITH_OPPORTUNITY:
        return any(row.id in (deal.contact, *deal.members) for deal in call.state.opportunities.values())
    return view == ContactView.ALL or row.is_company == (view == ContactView.COMPANY)


def _created_within(row: Contact, low: datetime | None, high: datetime | None) -> bool:
    """The upper bound reaches to the end of its day, and either bound works alone."""
    # onlyoffice.md 6.1 (seen 2026-11-22)
    return (low is None or low <= row.created) and (high is None or row.created < high + _DAY)


def _mentions(row: Contact, words: list[str]) -> bool:
    text = " ".join((row.display_name, *row.fields.values(), *(item.data for item in row.infos))).lower()
    return all(word in text for word in words)


_KEYS: dict[str, Callable[[Contact], JsonValue]] = {
    "displayname": lambda row: (row.display_name.casefold(), row.id),
    "firstname": lambda row: (row.name.casefold(), row.id),
    "lastname": lambda row: (row.last_name.casefold(), row.id),
    "contacttype": lambda row: (row.contact_type, row.id),
    "created": lambda row: (row.created, row.id),
    "history": lambda row: (row.created, row.id),
    "id": lambda row: row.id,
}


def _page(call: Call, shape: Callable[[list[Contact]], list[JsonObject]]) -> Listing:
    """By a known key, newest first without one, else in memory by a property of the answer."""
    rows, paging = matching(call), call.paging
    end = paging.start + (paging.count or len(rows))
    key = paging.sort_by or "created"
    if key in _KEYS and sorting.known_to_database(call, key):
        rows.sort(key=_KEYS[key], reverse=paging.descending or not paging.sort_by)
        page = shape(rows[paging.start : end])
    else:
        page = sorting.in_memory(call, shape(rows))[paging.start : end]
    return Listing(page, len(rows), end < len(rows))


def by_filter(call: Call) -> Listing:
    return _page(call, lambda rows: contacts.many(call, rows))


def simple_filter(call: Call) -> Listing:
    """Smaller objects, each wrapped beside its next task (this portal has none)."""
    shaper = call.shaper
    return _page(call, lambda rows: [{"contact": shaper.contact(row), "task": None} for row in rows])


RULES: tuple[Rule, ...] = (
    rule("GET", "crm/contact/filter", by_filter),
    rule("GET", "crm/contact/simple/filter", simple_filter),
)
