"""The list services and the time zone calls; it must not know sales."""

from __future__ import annotations

from sync.sandbox.superoffice import lists
from sync.sandbox.superoffice.call import Call
from sync.sandbox.superoffice.failures import Refusal, bad_argument
from sync.sandbox.superoffice.lists import Item, ListSpec
from sync.sandbox.superoffice.zone import BASE_NAME
from sync.sandbox.wire import JsonObject, JsonValue


def items(call: Call) -> list[JsonObject]:
    """The full items of a list; deleted ones on request: superoffice.md 4.3."""
    spec = lists.LISTS.get(call.params["name"].lower())
    if spec is None:
        raise Refusal(404)
    with_deleted = call.params.get("includedeleted", "").lower() in {"true", "1"}
    shown = [item for item in spec.items if with_deleted or not item.deleted]
    return [_item(call, spec, item) for item in shown]


def mdo_rest(call: Call) -> JsonValue:
    return _mdo(call, call.params["name"], call.params.get("additional", ""))


def mdo_agent(call: Call) -> JsonValue:
    return _mdo(call, str(call.given("Name") or ""), str(call.given("AdditionalInfo") or ""))


def base_zone(_call: Call) -> JsonObject:
    return {
        "TZLocationID": 37,
        "Name": BASE_NAME,
        "TZLocationCode": BASE_NAME,
        "IsoNumber": 578,
        "IsDefault": True,
    }


def _mdo(call: Call, name: str, additional: str) -> list[JsonObject]:
    wanted = name.lower()
    if wanted == "associate":
        rows = call.store.associates.values()
        return [_mdo_item(row.id, row.login.upper(), row.id, full_name=row.full_name) for row in rows]
    if wanted == "salestage":
        return _stages(call, additional)
    spec = lists.by_mdo(wanted)
    if spec is None:
        raise bad_argument(f"unknown list {name!r}")
    shown = [item for item in spec.items if not item.deleted]
    return [
        _mdo_item(item.id, lists.translated(item.name, call.view.language), rank)
        for rank, item in enumerate(shown, start=1)
    ]


def _stages(call: Call, additional: str) -> list[JsonObject]:
    """The stages of one sale type, with two pseudo items that are no stages: superoffice.md 4.1, 4.2."""
    type_id = int(additional.partition("=")[2] or lists.DEFAULT_SALE_TYPE)
    sale_type = lists.LISTS["saletype"].find(type_id)
    linked = sale_type.extra["stages"] if sale_type else ()
    stages = [stage for stage in lists.STAGES if stage.id in linked]
    shown = [_stage(call, rank, stage) for rank, stage in enumerate(stages, start=1)]
    pseudo = ((-2, "Sold", 100), (-1, "Lost", 0))
    return shown + [_mdo_item(i, name, 0, extra_info=f"Probability={p}") for i, name, p in pseudo]


def _stage(call: Call, rank: int, stage: Item) -> JsonObject:
    info = f"IsDeleted={stage.deleted}&Probability={stage.extra['Probability']}&SaleTypeStageLinkId={rank}&"
    return _mdo_item(stage.id, lists.translated(stage.name, call.view.language), rank, extra_info=info)


def _mdo_item(item_id: int, name: str, rank: int, *, extra_info: str = "", full_name: str = "") -> JsonObject:
    return {
        "Id": item_id,
        "Name": name,
        "ToolTip": "",
        "Deleted": False,
        "Rank": rank,
        "Type": "",
        "ChildItems": [],
        "IconHint": "",
        "ColorBlock": 0,
        "ExtraInfo": extra_info,
        "StyleHint": "",
        "FullName": full_name or name,
    }


def _item(call: Call, spec: ListSpec, item: Item) -> JsonObject:
    """Ids and names are spelled differently per list: superoffice.md 4.2, 4.3, 4.5."""
    shown: JsonObject = {
        spec.id_field: item.id,
        spec.name_field: lists.translated(item.name, call.view.language),
        "Tooltip": "",
        "Deleted": item.deleted,
        "Rank": spec.items.index(item) + 1,
        "TableRight": None,
        "FieldProperties": {},
    }
    if spec.rest == "SaleType":
        return shown | _type_details(call, item)
    return shown | item.extra | ({"UdListDefinitionId": 0} if spec.id_field == "Id" else {})


def _type_details(call: Call, item: Item) -> JsonObject:
    rating = lists.LISTS["rating"]
    stages = [stage for stage in rating.items if stage.id in item.extra["stages"]]
    return {
        "DurationUnit": "Days",
        "SaleDuration": item.extra["SaleDuration"],
        "SaleTypeCatId": 0,
        "HasGuide": False,
        "HasStakeholders": False,
        "IsAutoAdvance": False,
        "AllowQuoteAlternatives": True,
        "Stages": [_item(call, rating, stage) for stage in stages],
    }
