"""The contacts taking part in an opportunity; it must not touch its primary contact."""

from sync.sandbox.onlyoffice import access, audit, contacts, opportunities
from sync.sandbox.onlyoffice.calls import Call, Rule, rule
from sync.sandbox.onlyoffice.failures import access_denied, bad_argument, not_found
from sync.sandbox.onlyoffice.records import Contact, Opportunity
from sync.sandbox.wire import JsonValue


def members_of(call: Call) -> JsonValue:
    row = opportunities.seen(call, call.args.integer("opportunityid"))
    return contacts.many(call, call.shaper.visible_contacts(row.members))


def _both(call: Call) -> tuple[Opportunity, Contact]:
    """Visibility of either is all that is asked."""
    # onlyoffice.md 4.8 (seen 2026-11-22)
    opportunity_id, contact_id = call.args.integer("opportunityid"), call.args.integer("contactid")
    if not opportunity_id or not contact_id:
        raise bad_argument()
    contact = call.state.contacts.get(contact_id)
    if contact is None or not access.may_see_contact(call.user, contact):
        raise not_found()
    return opportunities.seen(call, opportunity_id), contact


def add(call: Call) -> JsonValue:
    row, contact = _both(call)
    if contact.id not in row.members:
        row.members = [*row.members, contact.id]
    linked = audit.Action.LINKED_COMPANY if contact.is_company else audit.Action.LINKED_PERSON
    audit.note(call.state, linked, row, call.user.id)
    return contacts.full(call, contact)


def remove(call: Call) -> JsonValue:
    row, contact = _both(call)
    row.members = [member for member in row.members if member != contact.id]
    gone = audit.Action.UNLINKED_COMPANY if contact.is_company else audit.Action.UNLINKED_PERSON
    audit.note(call.state, gone, row, call.user.id)
    return contacts.full(call, contact)


def remove_from_contact(call: Call) -> JsonValue:
    """The mirrored path, which alone protects the primary contact."""
    row, contact = _both(call)
    if row.contact == contact.id:
        raise access_denied()
    remove(call)
    return call.shaper.opportunity(row, single=True)


def add_to_contact(call: Call) -> JsonValue:
    add(call)
    return call.shaper.opportunity(_both(call)[0], single=True)


RULES: tuple[Rule, ...] = (
    rule("GET", "crm/opportunity/{opportunityid}/contact", members_of),
    rule("POST", "crm/opportunity/{opportunityid}/contact/{contactid}", add),
    rule("DELETE", "crm/opportunity/{opportunityid}/contact/{contactid}", remove),
    rule("POST", "crm/contact/{contactid}/opportunity/{opportunityid}", add_to_contact),
    rule("DELETE", "crm/contact/{contactid}/opportunity/{opportunityid}", remove_from_contact),
)
