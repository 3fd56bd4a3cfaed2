"""Wire texts and shapes become the right values, and values become the right wire texts."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from sync.crm.superoffice.entity import earning_of, members_of, overlaid
from sync.crm.superoffice.options import CustomField
from sync.crm.superoffice.translate import (
    AskDirectly,
    RowTerms,
    Scheme,
    record_from_row,
    record_from_sale,
)
from sync.domain.model import FieldKind, Record, Unreadable, Value

OSLO = ZoneInfo("Europe/Oslo")
NEW_YORK = ZoneInfo("America/New_York")
SCHEME = Scheme({"partner": CustomField("SuperOffice:1", FieldKind.TEXT)}, "", OSLO)


def a_sale(**changes: object) -> dict[str, object]:
    """A full entity after superoffice-samples.json, `saleEntity` (seen 2026-11-22)."""
    sale: dict[str, object] = {
        "Associate": {"AssociateId": 12, "Name": "ANNA"},
        "Contact": {"ContactId": 501, "Name": "Fjord Marine AS"},
        "Person": None,
        "SaleText": "Pump replacement,\r\ntwo vessels",
        "Currency": {"Id": 3, "Value": "NOK"},
        "Rating": {"Id": 4, "Value": "Proposal"},
        "Status": "Open",
        "Saledate": "2026-11-30T00:00:00",
        "Amount": Decimal("125000.0"),
        "SaleId": 1042,
        "EarningPercent": Decimal("20.0"),
        "Heading": "Pump retrofit",
        "Number": "S-1042",
        "Probability": 50,
        "CreatedDate": "2026-09-01T08:15:30Z",
        "UpdatedDate": "2026-09-14T12:00:05Z",
        "CustomFields": {"SuperOffice:1": "oo-77", "SuperOffice:1:org": "oo-77"},
    }
    return sale | changes


def record(**changes: object) -> Record:
    read = record_from_sale(a_sale(**changes), SCHEME, quoted=False)
    assert isinstance(read, Record)
    return read


def test_a_full_sale_becomes_a_record() -> None:
    """Every compared field, in the side's own terms."""
    read = record()

    assert read.values == {
        "title": "Pump retrofit",
        "description": "Pump replacement,\ntwo vessels",
        "amount": Decimal(125000),
        "currency": "3",
        "probability": 50,
        "stage": "open/4",
        "expected_close_on": date(2026, 11, 30),
        "actual_close_on": None,
        "owner": "12",
        "company": "501",
        "person": None,
        "custom:partner": "oo-77",
    }
    assert (read.id, read.stamp, read.number) == ("1042", "S-1042", "S-1042")
    assert read.created_at == datetime(2026, 9, 1, 8, 15, 30, tzinfo=UTC)


def test_camel_case_reads_alike() -> None:
    """The vendor's samples mix two casings, the record does not show it."""
    camel = {key[0].lower() + key[1:]: _camel(value) for key, value in a_sale().items()}

    assert record_from_sale(camel, SCHEME, quoted=False) == record()


def _camel(value: object) -> object:
    if not isinstance(value, Mapping) or "SuperOffice:1" in value:
        return value
    return {key[0].lower() + key[1:]: item for key, item in value.items()}


@pytest.mark.parametrize(
    ("status", "stage"), [("Sold", "sold"), ("Lost", "lost"), ("sold", "sold"), ("Stalled", "stalled")]
)
def test_status_decides_stage_and_date(status: str, stage: str) -> None:
    """A closed sale holds the actual date only, a parked one still the expected one."""
    values = record(Status=status).values
    closed = stage in {"sold", "lost"}

    assert values["stage"] == stage
    assert values["actual_close_on"] == (date(2026, 11, 30) if closed else None)
    assert ("expected_close_on" in values) is not closed


def test_absent_and_null_members_are_empty() -> None:
    """What the vendor leaves out or sends as null is zero, empty or none."""
    read = record_from_sale(
        {"SaleId": 7, "Status": "Open", "Contact": {"ContactId": 0}}, SCHEME, quoted=False
    )

    assert isinstance(read, Record)
    assert (read.values["amount"], read.values["title"], read.values["company"]) == (0, "", None)
    assert read.values["expected_close_on"] is None
    assert (read.stamp, read.version, read.created_at) == (None, None, None)


def test_noise_of_doubles_is_dropped() -> None:
    """1241.0639999999999 is how a double spells 1241.064; the vendor's sample has one."""
    assert record(Amount=Decimal("1241.0639999999999")).values["amount"] == Decimal("1241.064")
    assert record(Amount=Decimal("987654321.10")).values["amount"] == Decimal("987654321.10")


@pytest.mark.parametrize(
    "changes", [{"Status": "Unknown"}, {"Amount": "many"}, {"Saledate": "soon"}, {"Currency": 3}]
)
def test_unreadable_content_names_the_record_only(changes: dict[str, object]) -> None:
    """A sale that cannot be understood keeps its id and says why, without its content."""
    read = record_from_sale(a_sale(**changes), SCHEME, quoted=False)

    assert isinstance(read, Unreadable)
    assert read.id == "1042"
    assert read.reason and "many" not in read.reason and "soon" not in read.reason


def test_no_id_is_no_record() -> None:
    """Something without an id is not a sale at all."""
    for raw in list[object]((None, [], {"Heading": "x"}, {"SaleId": 0}, {"SaleId": True})):
        with pytest.raises(ValueError, match="id"):
            record_from_sale(raw, SCHEME, quoted=False)


def test_a_quote_locks_money() -> None:
    """A quoted sale says which fields cannot be written."""
    read = record_from_sale(a_sale(), SCHEME, quoted=True)

    assert isinstance(read, Record)
    assert set(read.locked) == {"amount", "currency"}


def test_rows_ask_where_a_text_stands_for_no_id() -> None:
    """A row shows logins; an unknown one sends the reader to the sale itself."""
    row = {"saleId": 7, "saleStatus": "Open", "associateId": "NEW"}

    assert record_from_row(row, SCHEME, RowTerms({})) == AskDirectly("7")
    known = record_from_row(row, SCHEME, RowTerms({"new": "31"}))
    assert isinstance(known, Record)
    assert (known.values["owner"], known.provisional) == ("31", True)


def test_older_servers_fill_the_other_bucket() -> None:
    """Without CustomFields the deprecated bucket is read."""
    read = record(CustomFields={}, UserDefinedFields={"SuperOffice:1": "old"})

    assert read.values["custom:partner"] == "old"


def test_members_of_a_closing() -> None:
    """Closing leaves the rating alone; opening again writes status and rating together."""
    both: dict[str, Value] = {"expected_close_on": date(2026, 1, 1), "actual_close_on": date(2026, 2, 2)}

    assert members_of({"stage": "sold"}, {}, closed=True) == {"Status": "Sold"}
    assert members_of({"stage": "open/4"}, {}, closed=False) == {"Status": "Open", "Rating": {"Id": 4}}
    assert members_of(both, {}, closed=True) == {"Saledate": "2026-02-02T00:00:00"}
    assert members_of(both, {}, closed=False) == {"Saledate": "2026-01-01T00:00:00"}
    assert members_of({"expected_close_on": None}, {}, closed=False) == {}


def test_members_that_clear() -> None:
    """None is written as id 0, with the id names the vendor uses."""
    assert members_of(
        {"person": None, "company": None, "owner": "12", "currency": "3"}, {}, closed=False
    ) == {
        "Currency": {"Id": 3},
        "Associate": {"AssociateId": 12},
        "Contact": {"ContactId": 0},
        "Person": {"PersonId": 0},
    }


def test_overlay_keeps_casing_and_other_custom_fields() -> None:
    """Members land on the names the entity has, custom fields are merged."""
    entity = {"heading": "", "CustomFields": {"a": "1"}}

    assert overlaid(entity, {"Heading": "x", "CustomFields": {"b": "2"}}) == {
        "heading": "x",
        "CustomFields": {"a": "1", "b": "2"},
    }


def test_earning_fits_the_amount() -> None:
    """Profit follows the amount, unless users keep it without a percentage."""
    assert earning_of(Decimal("130000.00"), Decimal("20.0")) == {"Earning": Decimal("26000.0000")}
    assert earning_of(Decimal(5), Decimal(0)) == {}
