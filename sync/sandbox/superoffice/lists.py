"""The drop-down lists of the sample tenant; it must not know sales or requests."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from sync.sandbox.wire import JsonObject


@dataclass(frozen=True, slots=True)
class Item:
    """One list entry; `extra` holds what only this list has, under the vendor's names."""

    id: int
    name: str
    deleted: bool = False
    extra: JsonObject = field(default_factory=dict)


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


def _stage(item_id: int, name: str, probability: int, *, deleted: bool = False) -> Item:
    return Item(item_id, name, deleted, {"Probability": probability})


def _currency(item_id: int, name: str, rate: float, units: float) -> Item:
    return Item(item_id, name, extra={"Rate": rate, "Units": units})


# The open steps of a world, in pipeline order; ids on purpose neither consecutive nor from 1.
STAGES = (
    _stage(11, "Lead", 5),
    _stage(12, "Qualified", 10),
    _stage(14, "Needs analysis", 25),
    _stage(15, "Solution demo", 40),
    _stage(17, "Proposal", 50),
    _stage(18, "Negotiation", 70),
    _stage(21, "Verbal agreement", 90),
)
_OLD_STAGE = _stage(16, "Budget check (old)", 45, deleted=True)
DEFAULT_STAGE = STAGES[0].id

# superoffice.md 4.5 (seen 2026-11-22): Rate is what `Units` of the currency cost; the base has rate 1.
CURRENCIES = (
    _currency(3, "NOK", 1.0, 1.0),
    _currency(4, "EUR", 11.5, 1.0),
    _currency(5, "USD", 10.6, 1.0),
    _currency(6, "SEK", 101.25, 100.0),
    _currency(7, "DKK", 154.2, 100.0),
    _currency(9, "GBP", 13.4, 1.0),
    _currency(10, "ISK", 7.65, 100.0),
)
BASE_CURRENCY = CURRENCIES[0].id

SALE_TYPES = (
    Item(2, "Project sale", extra={"SaleDuration": 60, "stages": tuple(stage.id for stage in STAGES)}),
    Item(5, "Renewal", extra={"SaleDuration": 30, "stages": (12, 17, 18, 21)}),
)
DEFAULT_SALE_TYPE = SALE_TYPES[0].id

# superoffice.md 4.3 (seen 2026-11-22): names and id fields of the two list services
LISTS: dict[str, ListSpec] = {
    spec.rest.lower(): spec
    for spec in (
        ListSpec("Rating", "prob", "SaleStageId", "Value", (*STAGES, _OLD_STAGE)),
        ListSpec("SaleType", "saletype", "SaleTypeId", "Name", SALE_TYPES),
        ListSpec("Currency", "currency", "CurrencyId", "Name", CURRENCIES),
        ListSpec(
            "Reason",
            "reason",
            "Id",
            "Name",
            (
                Item(1, 'US:"Too expensive";NO:"For dyrt";'),
                Item(2, "Competitor"),
                Item(4, "Gone", deleted=True),
            ),
        ),
        ListSpec(
            "ReasonSold",
            "reasonsold",
            "Id",
            "Name",
            (Item(1, 'US:"Price";NO:"Pris";'), Item(3, 'US:"Quality";NO:"Kvalitet";')),
        ),
        ListSpec(
            "ReasonStalled", "reasonstalled", "Id", "Name", (Item(1, "Budget frozen"), Item(2, "On leave"))
        ),
        ListSpec("Source", "source", "Id", "Name", (Item(1, "Web"), Item(2, "Fair"), Item(3, "Referral"))),
        ListSpec("Competitor", "comptr", "Id", "Name", (Item(1, "Acme CRM"), Item(2, "Nobody"))),
        ListSpec("Credited", "credited", "Id", "Name", (Item(1, "Partner"),)),
        ListSpec("Business", "business", "Id", "Name", (Item(1, "Shipping"), Item(2, "Retail"))),
        ListSpec("Category", "category", "Id", "Name", (Item(1, "Prospect"), Item(2, "Customer"))),
        ListSpec("Country", "country", "Id", "Name", (Item(578, "Norway"), Item(752, "Sweden"))),
        ListSpec("Region", "udregion", "Id", "Name", (Item(1, "North"), Item(2, "South"))),
    )
}


def by_mdo(name: str) -> ListSpec | None:
    return next((spec for spec in LISTS.values() if spec.mdo == name.lower()), None)


def text_of(rest_name: str, item_id: int, language: str) -> str:
    """The display text of an id, deleted items included; empty for 0 and unknown ids."""
    item = LISTS[rest_name.lower()].find(item_id)
    return translated(item.name, language) if item else ""


def translated(text: str, language: str) -> str:
    """Picks one language of `US:"..";NO:"..";`; without a language the raw string goes out."""
    # superoffice.md 4.3, 10 (seen 2026-11-22)
    choices = dict(re.findall(r'([A-Z]{2}):"([^"]*)"', text))
    if not choices or not language:
        return text
    return str(choices.get(language, choices["US"]))


def to_base(amount: float, currency_id: int) -> float:
    item = LISTS["currency"].find(currency_id)
    return round(amount * item.extra["Rate"] / item.extra["Units"], 2) if item else amount
