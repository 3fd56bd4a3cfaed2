"""Taking contacts away and merging two of them, and what that does to opportunities; it makes no contact."""

from collections.abc import Iterable

from sync.sandbox.onlyoffice import access, contactfilter, contacts
from sync.sandbox.onlyoffice.calls import Call, Rule, rule
from sync.sandbox.onlyoffice.failures import access_denied, bad_argument, not_found
from sync.sandbox.onlyoffice.records import Contact
from sync.sandbox.onlyoffice.state import State
from sync.sandbox.wire import JsonValue


def _replaced(state: State, old: int, new: int) -> None:
    """Every mention of one contact becomes the other, 0 meaning none; nothing counts as modified by it."""
    # onlyoffice.md 6.2 (seen 2026-11-22)
    for deal in state.opportunities.values():
        deal.contact = new if deal.contact == old else deal.contact
        members = (new if member == old else member for member in deal.members)
        deal.members = [member for member in dict.fromkeys(members) if member]
    for person in state.contacts.values():
        person.company = new if person.company == old else person.company
    for note in state.notes.values():
        note.contact_id = new if note.contact_id == old else note.contact_id


def _removed(call: Call, rows: Iterable[Contact]) -> JsonValue:
    """Whoever may not change a contact leaves it where it is."""
    allowed = [row for row in rows if access.may_edit_contact(call.user, row)]
    answer = contacts.many(call, allowed)
    for row in allowed:
        _replaced(call.state, row.id, 0)
        del call.state.contacts[row.id]
    return answer


def delete_one(call: Call) -> JsonValue:
    row = contacts.seen(call, call.args.integer("contactid"))
    if not access.may_edit_contact(call.user, row):
        raise access_denied()
    answer = contacts.full(call, row)
    _removed(call, [row])
    return answer


def delete_listed(call: Call) -> JsonValue:
    """`PUT contact` without an id is the bulk delete, as with opportunities."""
    ids = call.args.integers("contactids")
    if not ids:
        raise bad_argument()
    known = (call.state.contacts.get(key) for key in dict.fromkeys(ids))
    return _removed(call, [row for row in known if row and access.may_see_contact(call.user, row)])


def delete_filtered(call: Call) -> JsonValue:
    return _removed(call, contactfilter.matching(call))


def merge(call: Call) -> JsonValue:
    """The first contact goes, the second takes over its links, data and whatever it lacked."""
    # onlyoffice.md 6.2 and Contacts MergeContacts (seen 2026-11-22)
    ids = call.args.integer("fromcontactid"), call.args.integer("tocontactid")
    if min(ids) <= 0:
        raise bad_argument()
    old, kept = (call.state.contacts.get(key) for key in ids)
    if old is None or kept is None:
        raise not_found()
    if not (access.may_edit_contact(call.user, old) and access.may_edit_contact(call.user, kept)):
        raise access_denied()
    if old is not kept:
        _fill_gaps(old, kept)
        _replaced(call.state, old.id, kept.id)
        del call.state.contacts[old.id]
    return contacts.full(call, kept)


def _fill_gaps(old: Contact, kept: Contact) -> None:
    kept.industry, kept.about = kept.industry or old.industry, kept.about or old.about
    kept.contact_type = kept.contact_type or old.contact_type
    kept.temperature = kept.temperature or old.temperature
    if not (old.is_company or kept.is_company):
        kept.company, kept.title = kept.company or old.company, kept.title or old.title
    have = {(item.kind, item.data) for item in kept.infos}
    kept.infos = [*kept.infos, *(item for item in old.infos if (item.kind, item.data) not in have)]
    kept.tags = list(dict.fromkeys([*kept.tags, *old.tags]))
    kept.fields = old.fields | kept.fields


RULES: tuple[Rule, ...] = (
    rule("PUT", "crm/contact/merge", merge),
    rule("PUT", "crm/contact", delete_listed),
    rule("DELETE", "crm/contact/filter", delete_filtered),
    rule("DELETE", "crm/contact/{contactid}", delete_one),
)
