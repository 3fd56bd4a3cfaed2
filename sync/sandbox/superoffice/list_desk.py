"""Lets a test rename, add and delete list items as an administrator would; it changes no record."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace

from starlette.requests import Request
from starlette.responses import JSONResponse

from sync.sandbox.superoffice.lists import Item, ListSpec
from sync.sandbox.superoffice.store import Event, Store
from sync.sandbox.wire import JsonObject

_OWN_EXTRAS: dict[str, JsonObject] = {"Rating": {"Probability": 50}, "Currency": {"Rate": 1.0, "Units": 1.0}}
_RENAMED = ("id", "list", "name", "deleted", "iso_code")


def endpoint(store: Store) -> Callable[[Request], Awaitable[JSONResponse]]:
    """`{"list": "Rating", "id": 17, "name": "…", "deleted": true, "Probability": 40}`; without id it adds."""

    async def answer(request: Request) -> JSONResponse:
        try:
            return JSONResponse(_changed(store, await request.json()))
        except KeyError as error:
            return JSONResponse({"error": f"unknown: {error.args[0]}"}, 404)
        except (ValueError, TypeError, AttributeError) as error:
            return JSONResponse({"error": str(error)}, 400)

    return answer


def _changed(store: Store, body: JsonObject) -> JsonObject:
    with store.lock:
        spec = store.lists.named(body["list"])
        old = _old(spec, body.get("id"))
        item = _item(spec, old, body)
        store.lists.put(spec.rest, item)
        _link_to_types(store, spec, item, new=old is None)
        kind = "created" if old is None else ("softdeleted" if item.deleted else "changed")
        # superoffice.md 6.6, 7.2 (seen 2026-11-22)
        store.tell(
            Event(f"list.{spec.mdo}.{kind}", item.id, min(store.associates), (f"{spec.mdo}_id", "name"))
        )
        return {"list": spec.rest, "id": item.id, "name": item.name, "deleted": item.deleted}


def _old(spec: ListSpec, item_id: int | None) -> Item | None:
    if item_id is None:
        return None
    found = spec.find(item_id)
    if found is None:
        raise KeyError(f"{spec.rest} {item_id}")
    return found


def _item(spec: ListSpec, old: Item | None, body: JsonObject) -> Item:
    extra = {name: value for name, value in body.items() if name not in _RENAMED}
    if old is None:
        new_id = max(item.id for item in spec.items) + 1
        name = str(body["name"])
        all_extra = {**_OWN_EXTRAS.get(spec.rest, {}), **extra}
        return Item(new_id, name, bool(body.get("deleted")), all_extra, str(body.get("iso_code", name)))
    return replace(
        old,
        name=str(body.get("name", old.name)),
        deleted=bool(body.get("deleted", old.deleted)),
        iso_code=str(body.get("iso_code", old.iso_code)),
        extra={**old.extra, **extra},
    )


def _link_to_types(store: Store, spec: ListSpec, item: Item, *, new: bool) -> None:
    """A new stage joins every sale type, or nobody could choose it."""
    if not new or spec.rest != "Rating":
        return
    for sale_type in store.lists.named("SaleType").items:
        stages = (*sale_type.extra["stages"], item.id)
        store.lists.put("SaleType", replace(sale_type, extra={**sale_type.extra, "stages": stages}))
