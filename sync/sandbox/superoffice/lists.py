"""The drop-down lists of one tenant, which people may change while it runs; it must not know sales."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from sync.sandbox.switches import Switches
from sync.sandbox.wire import JsonObject


@dataclass(frozen=True, slots=True)
class Item:
    """One list entry; `extra` holds what only this list has, under the vendor's names."""

    id: int
    name: str
    deleted: bool = False
    extra: JsonObject = field(default_factory=dict)
    iso_code: str = ""


@dataclass(frozen=True, slots=True)
class ListSpec:
    """One list: its names in both list services, and how its items are spelled there."""

    rest: str
    mdo: str
    id_field: str
    name_field: str
    items: tuple[Item, ...]

    def find(self, item_id: int) -> Item | None:
        return next((item for item in self.items if item.id == item_id), None)

    def with_item(self, item: Item) -> ListSpec:
        """The list with this item instead of the one of its id, or with one item more."""
        if self.find(item.id) is None:
            return replace(self, items=(*self.items, item))
        return replace(self, items=tuple(item if old.id == item.id else old for old in self.items))


class Lists:
    """All lists of a tenant by their REST name, in lower case."""

    def __init__(self, specs: Iterable[ListSpec], switches: Switches) -> None:
        self.specs = {spec.rest.lower(): spec for spec in specs}
        self.switches = switches

    def named(self, rest: str) -> ListSpec:
        """KeyError for a list that the tenant does not have."""
        return self.specs[rest.lower()]

    def by_mdo(self, name: str) -> ListSpec | None:
        return next((spec for spec in self.specs.values() if spec.mdo == name.lower()), None)

    def find(self, rest: str, item_id: int) -> Item | None:
        return self.named(rest).find(item_id)

    def put(self, rest: str, item: Item) -> None:
        self.specs[rest.lower()] = self.named(rest).with_item(item)

    def writable(self, rest: str, item_id: int) -> bool:
        """Whether a save may name this item; 0 always clears."""
        item = self.find(rest, item_id)
        if item is None:
            return item_id == 0
        return not item.deleted or self.switches.on("deleted_items")

    def text_of(self, rest: str, item_id: int, language: str) -> str:
        """The display text of an id, deleted items included; empty for 0 and unknown ids."""
        item = self.find(rest, item_id)
        return self.shown(item.name, language) if item else ""

    def shown(self, text: str, language: str) -> str:
        """Picks one language of `US:"..";NO:"..";`; without a language the raw string goes out."""
        # superoffice.md 4.3, 10 (seen 2026-11-22)
        choices = dict(re.findall(r'([A-Z]{2}):"([^"]*)"', text))
        if choices and language:
            return str(choices.get(language, choices["US"]))
        if not choices and not language and self.switches.on("multilingual_lists"):
            return f'US:"{text}";NO:"{text}";'
        return text

    def to_base(self, amount: float, currency_id: int) -> float:
        return round(amount * self.rate(currency_id), 2)

    def rate(self, currency_id: int) -> float:
        """What one unit of a currency is worth in base currency; 1 for an unknown one."""
        item = self.find("Currency", currency_id)
        if item is None:
            return 1.0
        # superoffice.md 4.5 (seen 2026-11-22): the vendor's own pages disagree about the direction
        price, units = float(item.extra["Rate"]), float(item.extra["Units"])
        return units / price if self.switches.get("rate_direction") == "quotient" else price / units
