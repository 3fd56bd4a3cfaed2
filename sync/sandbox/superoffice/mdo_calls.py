"""The MDO lists, which forms draw their choices from, users among them; it must not know sales."""

from __future__ import annotations

from sync.sandbox.superoffice import list_seeds
from sync.sandbox.superoffice.call import Call
from sync.sandbox.superoffice.failures import bad_argument
from sync.sandbox.superoffice.lists import Item
from sync.sandbox.superoffice.rows import AssociateRow
from sync.sandbox.wire import JsonObject, JsonValue


def names(call: Call) -> list[str]:
    return ["associate", "salestage", *(spec.mdo for spec in call.store.lists.specs.values())]


def rest(call: Call) -> JsonValue:
    return _mdo(call, call.params["name"], call.params.get("additional", ""))


def of_list(call: Call) -> JsonValue:
    """The same list under the name of the REST service."""
    return _mdo(call, call.store.lists.named(call.params["name"]).mdo, "")


def agent(call: Call) -> JsonValue:
    return _mdo(call, str(call.given("Name") or ""), str(call.given("AdditionalInfo") or ""))


def _mdo(call: Call, name: str, additional: str) -> list[JsonObject]:
    wanted = name.lower()
    if wanted == "associate":
        return [_associate(call, row) for row in call.store.associates.values()]
    if wanted == "salestage":
        return _stages(call, additional)
    spec = call.store.lists.by_mdo(wanted)
    if spec is None:
        raise bad_argument(f"unknown list {name!r}")
    shown = [item for item in spec.items if not item.deleted]
    return [_mdo_item(item.id, _text(call, item), rank) for rank, item in enumerate(shown, start=1)]


def _associate(call: Call, row: AssociateRow) -> JsonObject:
    """Name is the login or the full name, the sheet knows both: superoffice.md 4.9 [I]."""
    login = call.store.switches.get("mdo_associate_name") == "login"
    name = row.login.upper() if login else row.full_name
    return _mdo_item(row.id, name, row.id, full_name=row.full_name)


def _stages(call: Call, additional: str) -> list[JsonObject]:
    """The stages of one sale type, with two pseudo items that are no stages: superoffice.md 4.1, 4.2."""
    type_id = int(additional.partition("=")[2] or list_seeds.DEFAULT_SALE_TYPE)
    sale_type = call.store.lists.find("SaleType", type_id)
    linked = sale_type.extra["stages"] if sale_type else ()
    stages = [stage for stage in call.store.lists.named("Rating").items if stage.id in linked]
    alive = [stage for stage in stages if not stage.deleted]
    shown = [_stage(call, rank, stage) for rank, stage in enumerate(alive, start=1)]
    pseudo = ((-2, "Sold", 100), (-1, "Lost", 0))
    return shown + [_mdo_item(i, name, 0, extra_info=f"Probability={p}") for i, name, p in pseudo]


def _stage(call: Call, rank: int, stage: Item) -> JsonObject:
    info = f"IsDeleted={stage.deleted}&Probability={stage.extra['Probability']}&SaleTypeStageLinkId={rank}&"
    return _mdo_item(stage.id, _text(call, stage), rank, extra_info=info)


def _text(call: Call, item: Item) -> str:
    return call.store.lists.shown(item.name, call.view.language)


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
