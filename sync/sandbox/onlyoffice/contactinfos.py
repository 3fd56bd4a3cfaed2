"""E-mails, phones and addresses of contacts, who may see a contact, and who works where."""

from sync.sandbox.onlyoffice import access, contacts, shapes
from sync.sandbox.onlyoffice.calls import Call, Rule, rule
from sync.sandbox.onlyoffice.enums import InfoType, ShareType, info_categories
from sync.sandbox.onlyoffice.failures import access_denied, bad_argument, not_found
from sync.sandbox.onlyoffice.records import Contact, Info
from sync.sandbox.wire import JsonValue


def _editable(call: Call, name: str = "contactid") -> Contact:
    row = contacts.seen(call, call.args.integer(name))
    if not access.may_edit_contact(call.user, row):
        raise access_denied()
    return row


def kinds(_call: Call) -> JsonValue:
    return [{"id": kind.value, "title": kind.name.replace("_", "").capitalize()} for kind in InfoType]


def categories(call: Call) -> JsonValue:
    """Names of the set that belongs to one kind of data."""
    # onlyoffice.md 6.2 (seen 2026-11-22)
    return list(info_categories(call.args.choice("infokind", InfoType)))


def every(call: Call) -> JsonValue:
    return [shapes.info(item) for item in contacts.seen(call, call.args.integer("contactid")).infos]


def add(call: Call) -> JsonValue:
    kind, data = call.args.choice("infoType", InfoType), (call.args.text("data") or "").strip()
    primary, category = call.args.flag("isPrimary"), _category(call, kind)
    row = contacts.seen(call, call.args.integer("contactid"))
    if kind is None or not data:
        raise bad_argument()
    if not access.may_edit_contact(call.user, row):
        raise access_denied()
    item = Info(call.state.next_id("info"), kind, category, data, primary)
    row.infos = [*row.infos, item]
    return shapes.info(item)


def _category(call: Call, kind: int | None) -> int:
    """A name out of the set of its kind, or its number; phones have more of them."""
    known = [name.lower() for name in info_categories(kind)]
    name = (call.args.text("category") or "work").lower()
    if name.isdigit() and int(name) < len(known):
        return int(name)
    if name not in known:
        raise bad_argument(f"Requested value '{name}' was not found.")
    return known.index(name)


def _known(call: Call, row: Contact) -> Info:
    key = call.args.integer("dataid")
    found = next((item for item in row.infos if item.id == key), None)
    if found is None:
        raise not_found()
    return found


def update(call: Call) -> JsonValue:
    data, primary = (call.args.text("data") or "").strip(), call.args.optional_flag("isPrimary")
    item = _known(call, _editable(call))
    if not data:
        raise bad_argument()
    item.data = data
    item.is_primary = item.is_primary if primary is None else primary
    return shapes.info(item)


def delete(call: Call) -> JsonValue:
    row = _editable(call)
    item = _known(call, row)
    row.infos = [other for other in row.infos if other is not item]
    return shapes.info(item)


def share(call: Call) -> JsonValue:
    """Private without a share type; then the managers alone see it, besides administrators."""
    kind, managers = call.args.choice("shareType", ShareType) or 0, call.args.guids("managerList")
    row = _editable(call)
    row.share_type, row.managers = kind, managers or row.managers
    return contacts.full(call, row)


def hire(call: Call) -> JsonValue:
    person, company = _editable(call, "personId"), _editable(call, "companyid")
    person.company = company.id
    return contacts.full(call, person)


def dismiss(call: Call) -> JsonValue:
    person, company = _editable(call, "personId"), _editable(call, "companyid")
    person.company = 0 if person.company == company.id else person.company
    return contacts.full(call, person)


RULES: tuple[Rule, ...] = (
    rule("GET", "crm/contact/data/infotype", kinds),
    rule("GET", "crm/contact/data/{infokind:any}/category", categories),
    rule("GET", "crm/contact/{contactid}/data", every),
    rule("POST", "crm/contact/{contactid}/data", add),
    rule("PUT", "crm/contact/{contactid}/data/{dataid}", update),
    rule("DELETE", "crm/contact/{contactid}/data/{dataid}", delete),
    rule("PUT", "crm/contact/{contactid}/access", share),
    rule("POST", "crm/contact/company/{companyid}/person", hire),
    rule("DELETE", "crm/contact/company/{companyid}/person", dismiss),
)
