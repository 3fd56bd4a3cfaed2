"""Tags of companies and persons; those of opportunities are in tags."""

from sync.sandbox.onlyoffice import contactfilter, contacts
from sync.sandbox.onlyoffice.calls import Call, Rule, rule
from sync.sandbox.onlyoffice.failures import bad_argument, not_found
from sync.sandbox.onlyoffice.records import Contact
from sync.sandbox.onlyoffice.tags import asked, same
from sync.sandbox.wire import JsonValue


def _seen(call: Call) -> Contact:
    return contacts.seen(call, call.args.integer("contactid"))


def of_one(call: Call) -> JsonValue:
    return sorted(_seen(call).tags, key=str.lower)


def every(call: Call) -> JsonValue:
    rows = call.state.contacts.values()
    return [
        {"title": tag, "relativeItemsCount": sum(1 for row in rows if tag in row.tags)}
        for tag in sorted(call.state.contact_tags, key=str.lower)
    ]


def _spelled(call: Call, title: str) -> str:
    """The stored spelling, making the tag when it is new."""
    known = next((tag for tag in call.state.contact_tags if same(tag, title)), None)
    if known is None:
        call.state.contact_tags.append(title)
    return known or title


def _attach(call: Call, row: Contact, title: str) -> None:
    row.tags = list(dict.fromkeys([*row.tags, _spelled(call, title)]))


def add(call: Call) -> JsonValue:
    title = asked(call)
    _attach(call, _seen(call), title)
    return title


def add_to_filtered(call: Call) -> JsonValue:
    """Every contact the rest of the query matches; `tags` is a condition of the filter, not of this."""
    title = asked(call)
    for row in contactfilter.matching(call):
        _attach(call, row, title)
    return title


def create(call: Call) -> JsonValue:
    title = asked(call)
    if any(same(tag, title) for tag in call.state.contact_tags):
        raise bad_argument()
    return _spelled(call, title)


def take_off(call: Call) -> JsonValue:
    title, row = asked(call), _seen(call)
    if not any(same(tag, title) for tag in call.state.contact_tags):
        raise not_found()
    row.tags = [tag for tag in row.tags if not same(tag, title)]
    return title


RULES: tuple[Rule, ...] = (
    rule("GET", "crm/contact/tag", every),
    rule("GET", "crm/contact/tag/{contactid}", of_one),
    rule("POST", "crm/contact/tag", create),
    rule("POST", "crm/contact/filter/taglist", add_to_filtered),
    rule("POST", "crm/contact/{contactid}/tag", add),
    rule("DELETE", "crm/contact/{contactid}/tag", take_off),
)
