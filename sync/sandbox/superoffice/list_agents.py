"""The agent calls on lists and currencies; it must not know sales."""

from __future__ import annotations

from sync.sandbox.superoffice import list_calls, list_seeds
from sync.sandbox.superoffice.call import Call, Handler
from sync.sandbox.superoffice.failures import bad_argument
from sync.sandbox.superoffice.lists import Item
from sync.sandbox.wire import JsonObject


def all_of(rest: str) -> Handler:
    """A call that returns one list; deleted items on request: superoffice-endpoints.json."""

    def handler(call: Call) -> list[JsonObject]:
        with_deleted = bool(call.given("IncludeDeleted"))
        return list_calls.listed(call, call.store.lists.named(rest), with_deleted=with_deleted)

    return handler


def base_currency(call: Call) -> JsonObject:
    spec = call.store.lists.named("Currency")
    return list_calls.shown(
        call, spec, next(item for item in spec.items if item.id == list_seeds.BASE_CURRENCY)
    )


def change_currency(call: Call) -> float:
    """By the direction this tenant's rates have: superoffice.md 4.5 (seen 2026-11-22)."""
    source, target = (_currency(call, name) for name in ("FromCurrency", "ToCurrency"))
    amount = float(call.given("Amount") or 0)
    return amount * call.store.lists.rate(source.id) / call.store.lists.rate(target.id)


def _currency(call: Call, name: str) -> Item:
    wanted = str(call.given(name) or "")
    for item in call.store.lists.named("Currency").items:
        if wanted.lower() in {item.name.lower(), str(item.id)}:
            return item
    raise bad_argument(f"{name}: unknown currency {wanted!r}")
