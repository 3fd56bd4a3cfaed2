"""Creating and overwriting companies and persons; finding them is in contacts."""

from sync.sandbox.onlyoffice import access, contacts, shapes
from sync.sandbox.onlyoffice.calls import Call, Rule, rule
from sync.sandbox.onlyoffice.enums import InfoType, ShareType, info_categories
from sync.sandbox.onlyoffice.failures import access_denied, bad_argument, not_found, null_reference
from sync.sandbox.onlyoffice.records import Contact, Info
from sync.sandbox.onlyoffice.state import COMPANY
from sync.sandbox.wire import JsonValue


def _card(call: Call, *, is_company: bool, name: str) -> Contact:
    """A new contact; without a share type it is private."""
    # onlyoffice.md 6.2 (seen 2026-11-22)
    state, args = call.state, call.args
    row = Contact(
        id=0,
        is_company=is_company,
        name=state.stored_text(name, 255),
        created=state.clock().replace(microsecond=0),
        created_by=call.user.id,
        about=args.text("about") or "",
        share_type=args.choice("shareType", ShareType) or 0,
        managers=args.guids("managerList"),
    )
    row.fields = _fields(call)
    return row


def _fields(call: Call) -> dict[int, str]:
    known = {row.id for row in call.state.definitions_of(COMPANY)}
    return {key: value for key, value in call.args.pairs("customFieldList") if key in known and value}


def _insert(call: Call, row: Contact) -> Contact:
    row.id = call.state.next_id("contact")
    call.state.contacts[row.id] = row
    return row


def create_company(call: Call) -> JsonValue:
    name, people = (call.args.text("companyName") or "").strip(), call.args.integers("personList")
    if not name:
        raise bad_argument()
    row = _insert(call, _card(call, is_company=True, name=name))
    for person in call.shaper.visible_contacts(people):
        person.company = row.id
    return contacts.full(call, row)


def create_companies(call: Call) -> JsonValue:
    """Several private ones at once, managed by the caller."""
    names = [name.strip() for name in call.args.texts("companyName") if name.strip()]
    if not names:
        raise bad_argument()
    rows = [_insert(call, _card(call, is_company=True, name=name)) for name in names]
    for row in rows:
        row.share_type, row.managers = ShareType.NONE, [call.user.id]
    return contacts.many(call, rows)


def create_person(call: Call) -> JsonValue:
    first, last = call.args.text("firstName"), call.args.text("lastName")
    company = call.args.integer("companyId")
    # A missing name is a null reference, an empty first name an argument error.  onlyoffice-endpoints.json
    if first is None or last is None:
        raise null_reference()
    if not first.strip():
        raise bad_argument()
    if company and company not in call.state.contacts:
        raise not_found()
    row = _card(call, is_company=False, name=first.strip())
    row.last_name, row.company = last.strip(), company
    row.title = call.args.text("jobTitle") or ""
    return contacts.full(call, _insert(call, row))


def update_company(call: Call) -> JsonValue:
    """Writes a fresh object: industry, temperature, type and currency are gone afterwards."""
    # onlyoffice.md 6.2 (seen 2026-11-22)
    name = (call.args.text("companyName") or "").strip()
    old = call.state.contacts.get(call.args.integer("companyid"))
    if old is None or not old.is_company or not name:
        raise bad_argument()
    if not access.may_edit_contact(call.user, old):
        raise access_denied()
    row = _card(call, is_company=True, name=name)
    row.id, row.created, row.created_by = old.id, old.created, old.created_by
    row.infos, row.street, row.city = old.infos, old.street, old.city
    row.fields = old.fields | row.fields
    call.state.contacts[row.id] = row
    return contacts.full(call, row)


def add_info(call: Call) -> JsonValue:
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
    """A name out of the set of its kind; phones have more of them."""
    known = [name.lower() for name in info_categories(kind)]
    name = (call.args.text("category") or "work").lower()
    if name not in known:
        raise bad_argument(f"Requested value '{name}' was not found.")
    return known.index(name)


RULES: tuple[Rule, ...] = (
    rule("POST", "crm/contact/company", create_company),
    rule("POST", "crm/contact/company/quick", create_companies),
    rule("POST", "crm/contact/person", create_person),
    rule("PUT", "crm/contact/company/{companyid}", update_company),
    rule("POST", "crm/contact/{contactid}/data", add_info),
)
