"""The drop-down lists a new sample tenant has; it must not know what becomes of them."""

from __future__ import annotations

from sync.sandbox.superoffice.lists import Item, ListSpec


def _stage(item_id: int, name: str, probability: int, *, deleted: bool = False) -> Item:
    return Item(item_id, name, deleted, {"Probability": probability})


def _currency(item_id: int, name: str, rate: float, units: float, iso_code: str = "") -> Item:
    return Item(item_id, name, extra={"Rate": rate, "Units": units}, iso_code=iso_code or name)


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
    _currency(12, "Kroner", 1.0, 1.0, "NOK"),  # names are free text: superoffice.md 4.5
)
BASE_CURRENCY = CURRENCIES[0].id

SALE_TYPES = (
    Item(2, "Project sale", extra={"SaleDuration": 60, "stages": tuple(stage.id for stage in STAGES)}),
    Item(5, "Renewal", extra={"SaleDuration": 30, "stages": (12, 17, 18, 21)}),
)
DEFAULT_SALE_TYPE = SALE_TYPES[0].id

# superoffice.md 4.3 (seen 2026-11-22): names and id fields of the two list services
SEEDS: tuple[ListSpec, ...] = (
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
    ListSpec("ReasonStalled", "reasonstalled", "Id", "Name", (Item(1, "Budget frozen"), Item(2, "On leave"))),
    ListSpec("Source", "source", "Id", "Name", (Item(1, "Web"), Item(2, "Fair"), Item(3, "Referral"))),
    ListSpec("Competitor", "comptr", "Id", "Name", (Item(1, "Acme CRM"), Item(2, "Nobody"))),
    ListSpec("Credited", "credited", "Id", "Name", (Item(1, "Partner"),)),
    ListSpec("Business", "business", "Id", "Name", (Item(1, "Shipping"), Item(2, "Retail"))),
    ListSpec("Category", "category", "Id", "Name", (Item(1, "Prospect"), Item(2, "Customer"))),
    ListSpec("Country", "country", "Id", "Name", (Item(578, "Norway"), Item(752, "Sweden"))),
    ListSpec("Region", "udregion", "Id", "Name", (Item(1, "North"), Item(2, "South"))),
)
