"""Definitions and single values of custom fields; values travelling inside an opportunity are not here."""

import json

from sync.sandbox.onlyoffice import shapes
from sync.sandbox.onlyoffice.calls import Call, Rule, rule
from sync.sandbox.onlyoffice.enums import FieldType
from sync.sandbox.onlyoffice.failures import access_denied, bad_argument, not_found, null_reference
from sync.sandbox.onlyoffice.records import Definition
from sync.sandbox.onlyoffice.state import COMPANY, OPPORTUNITY
from sync.sandbox.wire import JsonObject, JsonValue

_DEFAULT_MASK = '{"size":40}'
_MASKED = (FieldType.TEXT_FIELD, FieldType.TEXT_AREA, FieldType.SELECT_BOX)


def admin_only(call: Call) -> None:
    if not call.user.is_admin:
        raise access_denied()


def _defined(call: Call, row: Definition) -> JsonObject:
    # In definitions the entity is -1 and the value a single space.  onlyoffice.md 4.9 (seen 2026-11-22)
    records = call.state.opportunities if row.entity == OPPORTUNITY else call.state.contacts
    used = sum(1 for record in records.values() if row.id in record.fields)
    return shapes.field_value(row, -1, " ") | {"relativeItemsCount": used}


def definitions(call: Call) -> JsonValue:
    return [_defined(call, row) for row in call.state.definitions_of(OPPORTUNITY)]


def company_definitions(call: Call) -> JsonValue:
    return [_defined(call, row) for row in call.state.definitions_of(COMPANY)]


def values_of(call: Call) -> JsonValue:
    """No access check here."""
    row = call.state.opportunities.get(call.args.integer("opportunityid"))
    return call.shaper.field_values(row, headings=True) if row else []


def set_value(call: Call) -> JsonValue:
    """Sets or, with an empty string, clears one value; nobody asks whether the record exists."""
    # onlyoffice.md 4.9 (seen 2026-11-22)
    value = call.args.text("fieldValue")
    definition = call.state.definitions.get(call.args.integer("fieldid"))
    if value is None or definition is None or definition.entity != OPPORTUNITY:
        raise null_reference()
    row = call.state.opportunities.get(call.args.integer("opportunityid"))
    if row is not None:
        kept = {key: text for key, text in row.fields.items() if key != definition.id}
        row.fields = kept | ({definition.id: value.strip()} if value.strip() else {})
        call.state.reindex(row)
    return shapes.field_value(definition, call.args.integer("opportunityid"), value.strip())


def _mask(kind: int, mask: str) -> str:
    """Text, area and select need one; for text, nonsense becomes the default size."""
    if kind not in _MASKED:
        return ""
    if not mask:
        raise bad_argument()
    try:
        json.loads(mask)
    except ValueError as error:
        if kind == FieldType.TEXT_FIELD:
            return _DEFAULT_MASK
        raise bad_argument() from error
    return mask


def create(call: Call) -> JsonValue:
    label, position = call.args.text("label") or "", call.args.integer("position")
    kind = call.args.choice("fieldType", FieldType) or 0
    mask = call.args.text("mask") or ""
    admin_only(call)
    if not label:
        raise bad_argument()
    row = Definition(0, OPPORTUNITY, label[:255], kind, position, _mask(kind, mask))
    row.position = position or len(call.state.definitions_of(OPPORTUNITY)) + 1
    row.id = call.state.next_id("field")
    call.state.definitions[row.id] = row
    return _defined(call, row)


def _known(call: Call) -> Definition:
    admin_only(call)
    row = call.state.definitions.get(call.args.integer("fieldid"))
    if row is None or row.entity != OPPORTUNITY:
        raise not_found()
    return row


def update(call: Call) -> JsonValue:
    label, mask = call.args.text("label") or "", call.args.text("mask") or ""
    row = _known(call)
    if not label:
        raise bad_argument()
    row.mask = _mask(row.kind, mask)
    row.label = label[:255]
    return _defined(call, row)


def delete(call: Call) -> JsonValue:
    """The definition goes with every value of it."""
    row = _known(call)
    answer = _defined(call, row)
    del call.state.definitions[row.id]
    for record in call.state.opportunities.values():
        record.fields = {key: text for key, text in record.fields.items() if key != row.id}
    return answer


def reorder(call: Call) -> JsonValue:
    ids = call.args.integers("fieldids")
    admin_only(call)
    for position, key in enumerate(ids, start=1):
        if key in call.state.definitions:
            call.state.definitions[key].position = position
    return definitions(call)


RULES: tuple[Rule, ...] = (
    rule("GET", "crm/opportunity/customfield/definitions", definitions),
    rule("GET", "crm/company/customfield/definitions", company_definitions),
    rule("GET", "crm/opportunity/{opportunityid}/customfield", values_of),
    rule("POST", "crm/opportunity/{opportunityid}/customfield/{fieldid}", set_value),
    rule("POST", "crm/opportunity/customfield", create),
    rule("PUT", "crm/opportunity/customfield/reorder", reorder),
    rule("PUT", "crm/opportunity/customfield/{fieldid}", update),
    rule("DELETE", "crm/opportunity/customfield/{fieldid}", delete),
)
