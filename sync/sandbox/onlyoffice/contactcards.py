"""Creating and overwriting companies and persons; finding them is in contacts."""

from sync.sandbox.onlyoffice import access, contacts
from sync.sandbox.onlyoffice.calls import Call, Rule, rule
from sync.sandbox.onlyoffice.enums import ShareType
from sync.sandbox.onlyoffice.failures import access_denied, bad_argument, not_found, null_reference
from sync.sandbox.onlyoffice.records import Contact
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
        created=state.stored_time(state.clock()),
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
    return contacts.full(call, _succeed(call, old, _card(call, is_company=True, name=name)))


def update_person(call: Call) -> JsonValue:
    """As with companies: what the call does not name is gone, the company and the text about him too."""
    # onlyoffice.md 6.2 (seen 2026-11-22)
    first, last = (call.args.text("firstName") or "").strip(), (call.args.text("lastName") or "").strip()
    company = call.args.integer("companyId")
    old = call.state.contacts.get(call.args.integer("personid"))
    if old is None or old.is_company or not first:
        raise bad_argument()
    if not access.may_edit_contact(call.user, old):
        raise access_denied()
    if company and company not in call.state.contacts:
        raise not_found()
    row = _card(call, is_company=False, name=first)
    row.last_name, row.company, row.title = last, company, call.args.text("jobTitle") or ""
    return contacts.full(call, _succeed(call, old, row))


def _succeed(call: Call, old: Contact, row: Contact) -> Contact:
    """The fresh object in the place of the old one; data, tags and custom fields outlive it."""
    row.id, row.created, row.created_by = old.id, old.created, old.created_by
    row.infos, row.street, row.city, row.tags = old.infos, old.street, old.city, old.tags
    row.fields = old.fields | row.fields
    call.state.contacts[row.id] = row
    return row


RULES: tuple[Rule, ...] = (
    rule("POST", "crm/contact/company", create_company),
    rule("POST", "crm/contact/company/quick", create_companies),
    rule("POST", "crm/contact/person", create_person),
    rule("PUT", "crm/contact/company/{companyid}", update_company),
    rule("PUT", "crm/contact/person/{personid}", update_person),
)
