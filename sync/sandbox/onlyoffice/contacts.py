"""Printing companies and persons, and finding them by name or e-mail; it must not change them."""

from collections import Counter

from sync.sandbox.onlyoffice import access, moments, shapes
from sync.sandbox.onlyoffice.calls import Call, Rule, rule
from sync.sandbox.onlyoffice.enums import InfoType
from sync.sandbox.onlyoffice.failures import bad_argument, not_found, null_reference
from sync.sandbox.onlyoffice.records import Contact, ListItem
from sync.sandbox.onlyoffice.state import COMPANY
from sync.sandbox.wire import JsonObject, JsonValue

_PREFIX_LIMIT = 30
_ADDRESS_WORK = 5  # onlyoffice-enums.json AddressCategory (seen 2026-11-22)


def seen(call: Call, contact_id: int) -> Contact:
    row = call.state.contacts.get(contact_id)
    if row is None or not access.may_see_contact(call.user, row):
        raise not_found()
    return row


def visible(call: Call) -> list[Contact]:
    return [row for row in call.state.contacts.values() if access.may_see_contact(call.user, row)]


def _people_of(call: Call, company_id: int) -> list[Contact]:
    return [row for row in visible(call) if row.company == company_id and not row.is_company]


def full(call: Call, row: Contact) -> JsonObject:
    """The large contact object as a call about this contact alone answers it."""
    people = [call.shaper.contact(person) for person in _people_of(call, row.id)]
    own = {"companyName": row.name, "persons": people} if row.is_company else {}
    return own | _large(call, row, len(people))


def many(call: Call, rows: list[Contact]) -> list[JsonObject]:
    staff = Counter(row.company for row in visible(call) if not row.is_company)
    # Only lists show tags.  onlyoffice-opportunity-fields.json companyExtra (seen 2026-11-22)
    return [_large(call, row, staff[row.id]) | ({"tags": list(row.tags)} if row.tags else {}) for row in rows]


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
        answer["contactStatus"] = _item(row.temperature, call.state.contact_stages)
    if row.contact_type:
        answer["contactType"] = _item(row.contact_type, call.state.contact_types)
    answer["commonData"] = [shapes.info(item) for item in row.infos]
    answer["customFields"] = _field_values(call, row)
    return answer | {"haveLateTasks": False}


def _item(title: str, items: dict[int, ListItem]) -> JsonObject:
    return shapes.list_item(next((item for item in items.values() if item.title == title), None), title)


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


def by_prefix(call: Call) -> JsonValue:
    """All words must occur in the name; 30 rows, ordered by name."""
    # onlyoffice.md 6.1 (seen 2026-11-22)
    prefix, kind = call.args.text("prefix"), call.args.integer("searchType")
    if not -1 <= kind <= 3:
        raise bad_argument()
    if prefix is None:
        raise null_reference()
    words = prefix.lower().split()
    found = [row for row in visible(call) if _is_kind(row, kind) and _named(row, words)]
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
    rows = visible(call)
    return many(call, [row for row in rows if _has_info(row, kind, data)])


def by_email(call: Call) -> JsonValue:
    term, limit = (call.args.text("term") or "").lower(), call.args.integer("maxCount")
    rows = [row for row in visible(call) if _has_info(row, InfoType.EMAIL, term)]
    shaper = call.shaper
    return [{"contact": shaper.contact(row), "task": None} for row in rows[: limit or None]]


def _has_info(row: Contact, kind: int, data: str) -> bool:
    return any(item.kind == kind and data in item.data.lower() for item in row.infos)


RULES: tuple[Rule, ...] = (
    rule("GET", "crm/contact/simple/byEmail", by_email),
    rule("GET", "crm/contact/byprefix", by_prefix),
    rule("GET", "crm/contact/bycontactinfo", by_info),
    rule("GET", "crm/contact/{contactid}", read_one),
    rule("GET", "crm/contact/company/{companyid}/person", people_of),
)
