"""Says what keeps a sale from being saved, field by field; it must not save anything."""

from __future__ import annotations

from collections.abc import Mapping

from sync.sandbox.superoffice import udef
from sync.sandbox.superoffice.carriers import SALE_LISTS
from sync.sandbox.superoffice.intake import HEADING_LIMIT, NUMBER_LIMIT, Reader, id_in, spelled
from sync.sandbox.wire import JsonObject, JsonValue


def problems(reader: Reader, body: Mapping[str, JsonValue]) -> dict[str, str]:
    """Field to message, empty when the sale is ready: superoffice.md 3.8; keys and texts are ours [I]."""
    entity = spelled(body)
    found = _texts(entity) | _lists(reader, entity) | _relations(reader, entity)
    return found | _mandatory(reader, entity, found) | _custom(reader, entity)


def _texts(entity: JsonObject) -> dict[str, str]:
    limits = {"Heading": HEADING_LIMIT, "Number": NUMBER_LIMIT}
    return {
        name: f"{name} takes at most {limit} characters"
        for name, limit in limits.items()
        if len(str(entity.get(name) or "")) > limit
    }


def _lists(reader: Reader, entity: JsonObject) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, (rest, _) in SALE_LISTS.items():
        item_id = id_in(entity.get(name), "Id")
        if not reader.store.lists.writable(rest, item_id):
            found[name] = f"{name} has no item {item_id}"
    return found


def _relations(reader: Reader, entity: JsonObject) -> dict[str, str]:
    contact_id = id_in(entity.get("Contact"), "ContactId")
    person = reader.store.persons.get(id_in(entity.get("Person"), "PersonId"))
    found: dict[str, str] = {}
    if contact_id and contact_id not in reader.store.contacts:
        found["Contact"] = f"Contact {contact_id} does not exist"
    if person is not None and person.contact_id != contact_id:
        found["Person"] = "The person does not belong to the contact"
    return found


def _mandatory(reader: Reader, entity: JsonObject, found: Mapping[str, str]) -> dict[str, str]:
    """Heading and SaleType always; an administrator may add more: superoffice.md 3.6."""
    names = ["Heading", "SaleType", *reader.store.switches.get("mandatory_fields")]
    plain = [name for name in names if name not in udef.BY_ID and not name.startswith("CustomFields.")]
    return {
        name: f"{name} must be filled in" for name in plain if name not in found and _missing(entity, name)
    }


def _missing(entity: JsonObject, name: str) -> bool:
    value = entity.get(name)
    if isinstance(value, Mapping):
        return not any(item for key, item in value.items() if key.lower().endswith("id"))
    return value is None or not str(value).strip()


def _custom(reader: Reader, entity: JsonObject) -> dict[str, str]:
    needed = {
        str(name).removeprefix("CustomFields.") for name in reader.store.switches.get("mandatory_fields")
    }
    try:
        values = udef.merged({}, udef.sent(entity, org_decides=False), udef.fields_of(reader.store.switches))
    except ValueError as error:
        return {"CustomFields": str(error)}
    empty = [field for field in udef.FIELDS if field.prog_id in needed and field.prog_id not in values]
    return {f"CustomFields.{field.prog_id}": f"{field.label} must be filled in" for field in empty}
