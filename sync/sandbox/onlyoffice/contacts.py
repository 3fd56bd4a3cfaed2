"""Finding and printing companies and persons; it must not change them."""

from collections import Counter
from datetime import datetime, timedelta

from sync.sandbox.onlyoffice import access, moments, shapes
from sync.sandbox.onlyoffice.arguments import ZERO_GUID
from sync.sandbox.onlyoffice.calls import Call, Rule, rule
from sync.sandbox.onlyoffice.enums import ContactView, InfoType
from sync.sandbox.onlyoffice.failures import bad_argument, not_found, null_reference
from sync.sandbox.onlyoffice.paging import Listing
from sync.sandbox.onlyoffice.records import Contact
from sync.sandbox.onlyoffice.state import COMPANY
from sync.sandbox.wire import JsonObject, JsonValue

_PREFIX_LIMIT = 30
_DAY = timedelta(days=1)
_ADDRESS_WORK = 5  # onlyoffice-enums.json AddressCategory (seen 2026-11-22)


def seen(call: Call, contact_id: int) -> Contact:
    row = call.state.contacts.get(contact_id)
    if row is None or not access.may_see_contact(call.user, row):
        raise not_found()
    return row


def _visible(call: Call) -> list[Contact]:
    return [row for row in call.state.contacts.values() if access.may_see_contact(call.user, row)]


def _people_of(call: Call, company_id: int) -> list[Contact]:
    return [row for row in _visible(call) if row.company == company_id and not row.is_company]


def full(call: Call, row: Contact) -> JsonObject:
    """The large contact object as a call about this contact alone answers it."""
    people = [call.shaper.contact(person) for person in _people_of(call, row.id)]
    own = {"companyName": row.name, "persons": people} if row.is_company else {}
    return own | _large(call, row, len(people))


def many(call: Call, rows: list[Contact]) -> list[JsonObject]:
    staff = Counter(row.company for row in _visible(call) if not row.is_company)
    return [_large(call, row, staff[row.id]) for row in rows]


def _large(call: Call, row: Contact, people: int) -> JsonObject:
    """Own properties first, the id last."""
    # onlyoffice-opportunity-fields.json companyExtra, personExtra (seen 2026-11-22)
    own = _company(row, people) if row.is_company else _person(call, row)
    return own | _details(call, row) | call.shaper.contact(row)


def _company(row: Contact, people: int) -> JsonObject:
    return {"companyName": row.name} | ({"personsCount": people} if people else {})


def _person(call: Call, row: Contact) -> JsonObject:
    answer: JsonObject = {"firstName": row.name, "lastName": row.last_name}
    if company := call.state.contacts.get(row.company):
        answer["company"] = call.shaper.contact(company)
    return answer | ({"title": row.title} if row.title else {})


def _details(call: Call, row: Contact) -> JsonObject:
    answer: JsonObject = {"addresses": [_address(row)]} if row.city else {}
    answer["createBy"] = call.shaper.person(row.created_by)
    answer["created"] = moments.to_wire(row.created, call.state.zone())
    answer["about"] = row.about
    if row.industry:
        answer["industry"] = row.industry
    if row.temperature:
        answer["contactStatus"] = {"title": row.temperature}
    if row.contact_type:
        answer["contactType"] = {"title": row.contact_type}
    answer["commonData"] = [shapes.info(item) for item in row.infos]
    answer["customFields"] = _field_values(call, row)
    return answer | {"haveLateTasks": False}


def _address(row: Contact) -> JsonObject:
    return {
        "street": row.street,
        "city": row.city,
        "state": "",
        "zip": "",
        "country": "",
        "category": _ADDRESS_WORK,
        "categoryName": "Work",
        "isPrimary": True,
    }


def _field_values(call: Call, row: Contact) -> list[JsonObject]:
    return [
        shapes.field_value(definition, row.id, row.fields[definition.id])
        for definition in call.state.definitions_of(COMPANY)
        if row.fields.get(definition.id, "").strip()
    ]


def read_one(call: Call) -> JsonValue:
    return full(call, seen(call, call.args.integer("contactid")))


def people_of(call: Call) -> JsonValue:
    company = seen(call, call.args.integer("companyid"))
    return many(call, _people_of(call, company.id))


def _matching(call: Call) -> list[Contact]:
    args = call.args
    view = args.choice("contactListView", ContactView) or 0
    responsible, shared = args.guid("responsibleid"), args.optional_flag("isShared")
    low, high = args.moment("fromDate"), args.moment("toDate")
    words = call.paging.filter_value.lower().split()
    return [
        row
        for row in _visible(call)
        if _in_view(call, row, view)
        and (responsible == ZERO_GUID or responsible in row.managers)
        and (shared is None or shared == (row.share_type != 0))
        and _created_within(row, low, high)
        and _mentions(row, words)
    ]


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


def _sorted(call: Call, rows: list[Contact]) -> list[Contact]:
    """By name or id when asked, otherwise newest first."""
    key, descending = call.paging.sort_by, call.paging.descending
    if key in ("displayname", "firstname", "lastname"):
        return sorted(rows, key=lambda row: (row.display_name.casefold(), row.id), reverse=descending)
    if key == "id":
        return sorted(rows, key=lambda row: row.id, reverse=descending)
    newest_first = descending or not key
    return sorted(rows, key=lambda row: (row.created, row.id), reverse=newest_first)


def _page(call: Call) -> tuple[list[Contact], int, bool]:
    rows, paging = _sorted(call, _matching(call)), call.paging
    end = paging.start + (paging.count or len(rows))
    return rows[paging.start : end], len(rows), end < len(rows)


def by_filter(call: Call) -> Listing:
    rows, total, has_more = _page(call)
    return Listing(many(call, rows), total, has_more)


def simple_filter(call: Call) -> Listing:
    """Smaller objects, each wrapped beside its next task (this portal has none)."""
    rows, total, has_more = _page(call)
    shaper = call.shaper
    return Listing([{"contact": shaper.contact(row), "task": None} for row in rows], total, has_more)


def by_prefix(call: Call) -> JsonValue:
    """All words must occur in the name; 30 rows, ordered by name."""
    # onlyoffice.md 6.1 (seen 2026-11-22)
    prefix, kind = call.args.text("prefix"), call.args.integer("searchType")
    if not -1 <= kind <= 3:
        raise bad_argument()
    if prefix is None:
        raise null_reference()
    words = prefix.lower().split()
    found = [row for row in _visible(call) if _is_kind(row, kind) and _named(row, words)]
    found.sort(key=lambda row: row.display_name.casefold())
    shaper = call.shaper
    return [shaper.contact(row) for row in found[:_PREFIX_LIMIT]]


def _named(row: Contact, words: list[str]) -> bool:
    return all(word in row.display_name.lower() for word in words)


def _is_kind(row: Contact, kind: int) -> bool:
    """-1 all, 0 companies, 1 persons, 2 persons without company, 3 companies and such persons."""
    alone = not row.is_company and not row.company
    return {
        -1: True,
        0: row.is_company,
        1: not row.is_company,
        2: alone,
        3: row.is_company or alone,
    }[kind]


def by_info(call: Call) -> JsonValue:
    """Substring match on one kind of contact data."""
    kind, data = call.args.choice("infoType", InfoType), (call.args.text("data") or "").lower()
    if kind is None:
        raise bad_argument()
    rows = _visible(call)
    return many(call, [row for row in rows if _has_info(row, kind, data)])


def by_email(call: Call) -> JsonValue:
    term, limit = (call.args.text("term") or "").lower(), call.args.integer("maxCount")
    rows = [row for row in _visible(call) if _has_info(row, InfoType.EMAIL, term)]
    shaper = call.shaper
    return [{"contact": shaper.contact(row), "task": None} for row in rows[: limit or None]]


def _has_info(row: Contact, kind: int, data: str) -> bool:
    return any(item.kind == kind and data in item.data.lower() for item in row.infos)


RULES: tuple[Rule, ...] = (
    rule("GET", "crm/contact/filter", by_filter),
    rule("GET", "crm/contact/simple/filter", simple_filter),
    rule("GET", "crm/contact/simple/byEmail", by_email),
    rule("GET", "crm/contact/byprefix", by_prefix),
    rule("GET", "crm/contact/bycontactinfo", by_info),
    rule("GET", "crm/contact/{contactid}", read_one),
    rule("GET", "crm/contact/company/{companyid}/person", people_of),
)
