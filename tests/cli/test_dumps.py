"""Two dumps are equal exactly when the product's mapping says so, field by field and record by record."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from sync.cli.dumps import Difference, differences, records_of
from sync.domain import model
from sync.domain.capacity import CAPACITIES
from sync.domain.field import Field
from sync.domain.link import Link
from sync.domain.mapping import Mapping
from sync.domain.model import Side, Values
from sync.domain.policy import Direction, Winner

NAMES = (model.TITLE, model.AMOUNT, model.EXPECTED_CLOSE)
MAPPING = Mapping(tuple(Field(name, Direction.BOTH, Winner.ASK, CAPACITIES[name]) for name in NAMES), {}, {})
LINK = Link("l", "7", "9")
SALE: dict[str, Any] = {
    "SaleId": 7,
    "Heading": "Deal",
    "SaleText": "",
    "Amount": 10.5,
    "Currency": {"Id": 4},
    "Probability": 50,
    "Status": "Open",
    "Rating": {"Id": 17},
    "Saledate": "2026-03-01T00:00:00",
    "Associate": {"AssociateId": 12},
    "Contact": None,
}
OPPORTUNITY: dict[str, Any] = {
    "id": 9,
    "title": "Deal",
    "description": "",
    "bid_value": "10.500000000",
    "currency": "EUR",
    "probability": 50,
    "stage": 44,
    "expectedCloseOn": "2026-03-01",
    "actualCloseOn": None,
    "responsible": "guid",
    "contact": 0,
}


def records(
    sales: list[dict[str, Any]], opportunities: list[dict[str, Any]]
) -> dict[Side, dict[str, Values]]:
    return {
        Side.LEFT: records_of(Side.LEFT, {"sales": sales}),
        Side.RIGHT: records_of(Side.RIGHT, {"opportunities": opportunities}),
    }


def test_a_dump_is_read_in_its_sides_own_terms() -> None:
    """List ids, the close date that the status gives, no company where there is none."""
    read = records([SALE, SALE | {"SaleId": 8, "Status": "Sold", "Contact": {"ContactId": 3}}], [OPPORTUNITY])

    assert read[Side.LEFT]["7"][model.STAGE] == "open/17"
    assert read[Side.LEFT]["7"][model.EXPECTED_CLOSE] == date(2026, 3, 1)
    assert model.EXPECTED_CLOSE not in read[Side.LEFT]["8"]
    assert (read[Side.LEFT]["8"][model.STAGE], read[Side.LEFT]["8"][model.COMPANY]) == ("sold", "3")
    assert read[Side.RIGHT]["9"][model.AMOUNT] == Decimal("10.5")
    assert read[Side.RIGHT]["9"][model.COMPANY] is None


def test_equal_pairs_have_no_difference() -> None:
    """Trailing zeros do not count."""
    assert differences([LINK], records([SALE], [OPPORTUNITY]), MAPPING) == []


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"Heading": "Other"}, Difference("7", "9", "title", "Other", "Deal")),
        ({"Amount": 11.0}, Difference("7", "9", "amount", Decimal("11.0"), Decimal("10.5"))),
    ],
)
def test_unequal_fields_are_named(change: dict[str, Any], expected: Difference) -> None:
    """With both values."""
    assert differences([LINK], records([SALE | change], [OPPORTUNITY]), MAPPING) == [expected]


def test_lonely_and_missing_records_are_differences() -> None:
    """Whether a link knows them or not; a pair that is gone on both sides is not."""
    lonely = SALE | {"SaleId": 8}
    gone = Link("g", "70", "90")

    assert differences([LINK, gone], records([SALE, lonely], []), MAPPING) == [
        Difference("7", "9", "", True, False),
        Difference("8", "", "", True, False),
    ]
