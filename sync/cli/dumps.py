"""Compares the two sandboxes' own dumps through the product's mapping; it asks no CRM adapter anything."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sync.domain import model
from sync.domain.link import Link
from sync.domain.mapping import Mapping as ResolvedMapping
from sync.domain.model import Side, Values

Row = Mapping[str, Any]
"""One record of a dump, as JSON."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A field of a linked pair, or a whole record (`field` empty), that is not equal on both sides."""

    left_id: str
    right_id: str
    field: str
    left: object
    right: object


def values_of_sale(row: Row) -> Values:
    """A SaleEntity in the left side's own terms."""
    status = str(row["Status"]).lower()
    closes = model.ACTUAL_CLOSE if status in ("sold", "lost") else model.EXPECTED_CLOSE
    contact = row["Contact"]
    return {
        model.TITLE: row["Heading"],
        model.DESCRIPTION: row["SaleText"],
        model.AMOUNT: Decimal(repr(float(row["Amount"]))),
        model.CURRENCY: str(row["Currency"]["Id"]),
        model.PROBABILITY: row["Probability"],
        model.STAGE: f"open/{row['Rating']['Id']}" if status == "open" else status,
        closes: _day(row["Saledate"]),
        model.OWNER: str(row["Associate"]["AssociateId"]),
        model.COMPANY: str(contact["ContactId"]) if contact else None,
    }


def values_of_opportunity(row: Row) -> Values:
    """A row of the portal in the right side's own terms."""
    return {
        model.TITLE: row["title"],
        model.DESCRIPTION: row["description"],
        model.AMOUNT: Decimal(row["bid_value"]),
        model.CURRENCY: row["currency"],
        model.PROBABILITY: row["probability"],
        model.STAGE: str(row["stage"]),
        model.EXPECTED_CLOSE: _day(row["expectedCloseOn"]),
        model.ACTUAL_CLOSE: _day(row["actualCloseOn"]),
        model.OWNER: row["responsible"],
        model.COMPANY: str(row["contact"]) if row["contact"] else None,
    }


def records_of(side: Side, dump: Mapping[str, Any]) -> dict[str, Values]:
    """{record id: values} of one side's dump."""
    rows, key, read = _SHAPES[side]
    return {str(row[key]): read(row) for row in dump[rows]}


def differences(
    links: Iterable[Link], records: Mapping[Side, Mapping[str, Values]], mapping: ResolvedMapping
) -> list[Difference]:
    """Everything that is not equal: fields of linked pairs, and records that no link pairs."""
    whole = [link for link in links if link.whole]
    found = [difference for link in whole for difference in _between(link, records, mapping)]
    for side in Side:
        alone = records[side].keys() - {link.record_id(side) for link in whole}
        found += [_lonely(side, record_id) for record_id in sorted(alone)]
    return found


def _between(
    link: Link, records: Mapping[Side, Mapping[str, Values]], mapping: ResolvedMapping
) -> list[Difference]:
    left_id, right_id = str(link.left_id), str(link.right_id)
    left, right = records[Side.LEFT].get(left_id), records[Side.RIGHT].get(right_id)
    if left is None or right is None:
        gone = (left is None, right is None)
        return [] if all(gone) else [Difference(left_id, right_id, "", left is not None, right is not None)]
    return [
        Difference(left_id, right_id, field.name, left[field.name], right[field.name])
        for field in mapping.fields
        if field.name in left and field.name in right
        if not field.tolerates(left[field.name], right[field.name])
    ]


def _lonely(side: Side, record_id: str) -> Difference:
    here = (record_id, "") if side is Side.LEFT else ("", record_id)
    return Difference(*here, "", side is Side.LEFT, side is Side.RIGHT)


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text[:10]) if text else None


_SHAPES: Mapping[Side, tuple[str, str, Callable[[Row], Values]]] = {
    Side.LEFT: ("sales", "SaleId", values_of_sale),
    Side.RIGHT: ("opportunities", "id", values_of_opportunity),
}
