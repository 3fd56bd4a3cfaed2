"""Temperatures and types of contacts; which contact has which is set here, everything else elsewhere."""

from sync.sandbox.onlyoffice import access, contacts, shapes
from sync.sandbox.onlyoffice.calls import Call, Rule, rule
from sync.sandbox.onlyoffice.customfields import admin_only
from sync.sandbox.onlyoffice.failures import access_denied, bad_argument, not_found
from sync.sandbox.onlyoffice.records import Contact, ListItem
from sync.sandbox.wire import JsonObject, JsonValue

Items = dict[int, ListItem]


def _shaped(items: Items) -> list[JsonValue]:
    return [shapes.list_item(row, row.title) for row in items.values()]


def _one(call: Call, items: Items) -> JsonObject:
    row = items.get(call.args.integer("itemid"))
    if row is None:
        raise not_found()
    return shapes.list_item(row, row.title)


def _made(call: Call, items: Items) -> JsonObject:
    title, color = call.args.text("title") or "", call.args.text("color") or ""
    admin_only(call)
    if not title:
        raise bad_argument()
    row = ListItem(call.state.next_id("list"), title, color)
    items[row.id] = row
    return shapes.list_item(row, row.title)


def stages(call: Call) -> JsonValue:
    return _shaped(call.state.contact_stages)


def stage(call: Call) -> JsonValue:
    return _one(call, call.state.contact_stages)


def create_stage(call: Call) -> JsonValue:
    return _made(call, call.state.contact_stages)


def types(call: Call) -> JsonValue:
    return _shaped(call.state.contact_types)


def type_(call: Call) -> JsonValue:
    return _one(call, call.state.contact_types)


def create_type(call: Call) -> JsonValue:
    return _made(call, call.state.contact_types)


def _editable(call: Call) -> Contact:
    row = contacts.seen(call, call.args.integer("contactid"))
    if not access.may_edit_contact(call.user, row):
        raise access_denied()
    return row


def set_stage(call: Call) -> JsonValue:
    """0 takes the temperature away."""
    key = call.args.integer("contactStatusid")
    row = _editable(call)
    if key and key not in call.state.contact_stages:
        raise not_found()
    row.temperature = call.state.contact_stages[key].title if key else ""
    return contacts.full(call, row)


RULES: tuple[Rule, ...] = (
    rule("GET", "crm/contact/status", stages),
    rule("GET", "crm/contact/status/{itemid}", stage),
    rule("POST", "crm/contact/status", create_stage),
    rule("GET", "crm/contact/type", types),
    rule("GET", "crm/contact/type/{itemid}", type_),
    rule("POST", "crm/contact/type", create_type),
    rule("PUT", "crm/contact/{contactid}/status", set_stage),
)
