"""The REST list services; it must not know sales."""

from __future__ import annotations

from sync.sandbox.superoffice.call import Call
from sync.sandbox.superoffice.failures import Refusal
from sync.sandbox.superoffice.lists import Item, ListSpec
from sync.sandbox.superoffice.zone import BASE_NAME
from sync.sandbox.wire import JsonObject


def items(call: Call) -> list[JsonObject]:
    """The full items of a list; deleted ones on request: superoffice.md 4.3."""
    with_deleted = call.params.get("includedeleted", "").lower() in {"true", "1"}
    return listed(call, _spec(call), with_deleted=with_deleted)


def item(call: Call) -> JsonObject:
    spec = _spec(call)
    found = spec.find(call.number("id"))
    if found is None:
        raise Refusal(404)
    return shown(call, spec, found)


def listed(call: Call, spec: ListSpec, *, with_deleted: bool) -> list[JsonObject]:
    return [shown(call, spec, item) for item in spec.items if with_deleted or not item.deleted]


def shown(call: Call, spec: ListSpec, item: Item) -> JsonObject:
    """Ids and names are spelled differently per list: superoffice.md 4.2, 4.3, 4.5."""
    carrier: JsonObject = {
        spec.id_field: item.id,
        spec.name_field: call.store.lists.shown(item.name, call.view.language),
        "Tooltip": "",
        "Deleted": item.deleted,
        "Rank": spec.items.index(item) + 1,
        "TableRight": None,
        "FieldProperties": {},
    }
    if spec.rest == "SaleType":
        return carrier | _type_details(call, item)
    return carrier | item.extra | ({"UdListDefinitionId": 0} if spec.id_field == "Id" else {})


def base_zone(_call: Call) -> JsonObject:
    return {
        "TZLocationID": 37,
        "Name": BASE_NAME,
        "TZLocationCode": BASE_NAME,
        "IsoNumber": 578,
        "IsDefault": True,
    }


def _spec(call: Call) -> ListSpec:
    try:
        return call.store.lists.named(call.params["name"])
    except KeyError as error:
        raise Refusal(404) from error


def _type_details(call: Call, item: Item) -> JsonObject:
    rating = call.store.lists.named("Rating")
    stages = [stage for stage in rating.items if stage.id in item.extra["stages"]]
    return {
        "DurationUnit": "Days",
        "SaleDuration": item.extra["SaleDuration"],
        "SaleTypeCatId": 0,
        "HasGuide": False,
        "HasStakeholders": False,
        "IsAutoAdvance": False,
        "AllowQuoteAlternatives": True,
        "Stages": [shown(call, rating, stage) for stage in stages],
    }
