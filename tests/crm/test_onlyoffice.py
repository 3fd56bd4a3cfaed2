"""The ONLYOFFICE adapter keeps the contract against a respx double, and reads as the portal means it."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import httpx
import pytest

from sync.crm.onlyoffice.customfields import OpportunityFields
from sync.crm.onlyoffice.translate import Translator
from sync.domain.model import (
    ACTUAL_CLOSE,
    AMOUNT,
    COMPANY,
    CURRENCY,
    DESCRIPTION,
    EXPECTED_CLOSE,
    OWNER,
    PERSON,
    PROBABILITY,
    TITLE,
    Record,
    Unreadable,
)
from sync.errors import (
    IncompleteCensus,
    RecordRefused,
    WrongShape,
)
from tests.crm.contract import STAMP, Bench, CrmContract, new_values
from tests.crm.onlyoffice_bench import DoubleBench, a_record, an_opportunity, double_bench
from tests.crm.respx_onlyoffice import KARI, UNSET, PortalDouble, failure, success


@pytest.fixture
def at_double() -> Iterator[DoubleBench]:
    with double_bench() as bench:
        yield bench


class TestOnlyOfficeDouble(CrmContract):
    """The contract against a double made from the sheet's samples."""

    @pytest.fixture
    def bench(self, at_double: DoubleBench) -> Bench:
        return at_double


def test_left_out_members_are_zero(at_double: DoubleBench) -> None:
    """What the portal leaves out is its default: no amount, no probability, no contact."""
    values = a_record(
        at_double, bidValue=None, successProbability=None, contact=None, description=None
    ).values

    assert (values[AMOUNT], values[PROBABILITY], values[DESCRIPTION]) == (Decimal(0), 0, "")
    assert (values[COMPANY], values[PERSON]) == (None, None)


def test_days_are_the_first_ten_characters(at_double: DoubleBench) -> None:
    """A midnight of the portal's zone is that day, whatever it is in UTC; year 0001 is unset."""
    wire = {"expectedCloseDate": "2026-06-30T00:00:00.0000000+02:00", "actualCloseDate": UNSET}
    values = a_record(at_double, **wire).values

    assert (values[EXPECTED_CLOSE], values[ACTUAL_CLOSE]) == (date(2026, 6, 30), None)


@pytest.mark.parametrize(
    ("bid_type", "periods", "amount"),
    [(0, 0, "12.5"), (0, 10, "12.5"), (1, 10, "125"), (3, None, "12.5")],
)
def test_amount_of_a_bid(at_double: DoubleBench, bid_type: int, periods: int | None, amount: str) -> None:
    """Only a per-period bid is multiplied, and then the amount is locked."""
    record = a_record(at_double, bidType=bid_type, bidValue=12.5, perPeriodValue=periods)

    assert record.values[AMOUNT] == Decimal(amount)
    assert (AMOUNT in record.locked) == bool(bid_type)


def test_primary_contact_may_be_a_person(at_double: DoubleBench) -> None:
    """A person as primary contact is the person, and the company cannot be written then."""
    record = a_record(at_double, contact={"id": 77, "displayName": "Kari", "isCompany": False})

    assert (record.values[COMPANY], record.values[PERSON]) == (None, "77")
    assert COMPANY in record.locked
    with pytest.raises(RecordRefused):
        at_double.crm.update_record(record.id, {}, {COMPANY: "12"})


def test_owner_is_lower_case(at_double: DoubleBench) -> None:
    """GUIDs compare in lower case."""
    assert a_record(at_double, responsible={"Id": KARI.upper()}).values[OWNER] == KARI


def test_record_without_currency_has_the_default(at_double: DoubleBench) -> None:
    """Imported opportunities without a currency read as the configured one, which an update would write."""
    assert a_record(at_double, bidCurrency=None).values[CURRENCY] == "EUR"


@pytest.mark.parametrize(
    "wrong",
    [{"stage": None}, {"expectedCloseDate": "soon"}, {"responsible": {}}, {"isPrivate": None}, {"title": 5}],
)
def test_unreadable_content_keeps_its_id(at_double: DoubleBench, wrong: dict[str, Any]) -> None:
    """A record that cannot be understood is reported by its id, in reads and in the census."""
    found = an_opportunity(at_double, **wrong)

    assert isinstance(found, Unreadable)
    assert found.reason and "soon" not in found.reason
    assert found in list(at_double.crm.fetch_census())


def test_vendor_sample_is_readable() -> None:
    """The PascalCase object of the vendor's own page reads like the portal's camelCase."""
    contact = {"DisplayName": "Tadjeddine Bachir", "IsCompany": False, "id": 1234}
    row = {
        "Created": "2020-12-11T03:36:09.7011881Z",
        "Members": [contact],
        "Contact": contact,
        "Title": "Hotel catalogue",
        "Description": "description",
        "Responsible": {"Id": "00000000-0000-0000-0000-000000000000", "DisplayName": "Mike Zanyatski"},
        "BidType": 0,
        "BidValue": 11.0,
        "BidCurrency": {"Abbreviation": "CNY"},
        "PerPeriodValue": 1,
        "Stage": {"SuccessProbability": 20, "StageType": 0, "id": 1234, "Title": "Title"},
        "SuccessProbability": 65,
        "ActualCloseDate": "2020-12-11T03:36:09.7011881Z",
        "ExpectedCloseDate": "2020-12-11T03:36:09.7011881Z",
        "IsPrivate": False,
        "id": 1234,
    }
    record = Translator(OpportunityFields(None, None, {}), "EUR").row(row, "seed 002")

    assert isinstance(record, Record)
    assert (record.id, record.values[TITLE], record.values[AMOUNT]) == (
        "1234",
        "Hotel catalogue",
        Decimal(11),
    )
    assert (record.values[PERSON], record.values[EXPECTED_CLOSE]) == ("1234", date(2020, 12, 11))


def test_proxy_page_is_no_deletion(at_double: DoubleBench) -> None:
    """A 404 page that is not the portal's never reads as a missing record."""
    at_double.portal.instead = lambda _request: httpx.Response(404, html="<html>gone</html>")

    with pytest.raises(WrongShape):
        at_double.crm.fetch_record("301")


class Deleting:
    """Deletes rows when the second page of a listing is asked for."""

    def __init__(self, portal: PortalDouble, doomed: list[int]) -> None:
        self._portal = portal
        self._doomed = doomed

    def __call__(self, request: httpx.Request) -> None:
        if request.url.params.get("startIndex", "0") != "0":
            for key in self._doomed:
                self._portal.opportunities.pop(key, None)


def twelve(bench: DoubleBench) -> list[int]:
    return [int(bench.user_creates(**new_values(bench))) for _ in range(12)]


def test_small_deletions_during_a_census_lose_no_row(at_double: DoubleBench) -> None:
    """Pages overlap, so rows that move up by a deletion are still seen."""
    made = twelve(at_double)
    at_double.portal.instead = Deleting(at_double.portal, made[:1])

    assert [int(row.id) for row in at_double.crm.fetch_census()] == made


def test_many_deletions_during_a_census_break_it(at_double: DoubleBench) -> None:
    """When rows may have moved past the overlap, the census is refused."""
    made = twelve(at_double)
    at_double.portal.instead = Deleting(at_double.portal, made[:3])

    with pytest.raises(IncompleteCensus):
        list(at_double.crm.fetch_census())


@pytest.mark.parametrize(
    ("rows", "more"),
    [
        ([{"id": 2}, {"id": 1}], {"total": 3}),
        ([{"id": 1}, {"id": 1}], {"total": 2}),
        ([{"id": 1}], {"total": 2}),
        ([{"id": 1}], {}),
        ([], {"total": 3}),
    ],
)
def test_broken_listings_break_the_census(
    at_double: DoubleBench, rows: list[Any], more: dict[str, int]
) -> None:
    """A step back, a repeat, a wrong or missing total: nothing follows from absence."""
    at_double.portal.instead = lambda _request: success(rows, **more)

    with pytest.raises(IncompleteCensus):
        list(at_double.crm.fetch_census())


def test_rows_without_id_break_the_listing(at_double: DoubleBench) -> None:
    """Rows that have no id are not the portal's."""
    at_double.portal.instead = lambda _request: success([{"a": 1}], total=1)

    with pytest.raises(WrongShape):
        list(at_double.crm.fetch_census())


def test_stamp_search_ends_early(at_double: DoubleBench) -> None:
    """Looking for a fresh stamp reads the newest page only when all of it is older."""
    for n in range(60):
        at_double.user_creates(**new_values(at_double, title=f"Deal {n}"))
    at_double.crm.find_stamped(STAMP, datetime(2026, 11, 22, tzinfo=UTC))

    assert len(at_double.portal.sent("GET", "opportunity/filter.json")) == 1


def test_participants_are_no_owners(at_double: DoubleBench) -> None:
    """An opportunity in which a company only takes part is not one of its records, but on its card."""
    record = a_record(at_double, contact=None)

    assert at_double.crm.fetch_records_of_company("12") == ()
    card = at_double.crm.fetch_company_card("12", 5)
    assert card is not None and record.id in card.sales[0]


def test_lists_at_a_wrong_address(at_double: DoubleBench) -> None:
    """A list every portal has cannot be missing: the address or version is wrong."""
    at_double.portal.instead = lambda _request: failure(404, "Not found")

    with pytest.raises(WrongShape):
        at_double.crm.fetch_lists()
    with pytest.raises(WrongShape):
        list(at_double.crm.fetch_census())


def test_read_that_gives_no_object(at_double: DoubleBench) -> None:
    """A list, or nothing, in place of one opportunity is not the portal's answer."""
    at_double.portal.instead = lambda _request: success([])

    with pytest.raises(WrongShape):
        at_double.crm.fetch_record("301")
    with pytest.raises(WrongShape):
        at_double.crm.fetch_access()


def test_people_listing_with_a_wrong_total(at_double: DoubleBench) -> None:
    """A user list that ends early is not taken for all users."""

    def short(request: httpx.Request) -> httpx.Response | None:
        if "people" not in request.url.path:
            return None
        return success([] if request.url.params["startIndex"] != "0" else [{"id": KARI}], total=3)

    at_double.portal.instead = short

    with pytest.raises(IncompleteCensus):
        at_double.crm.fetch_lists()


@pytest.mark.parametrize("record_id", ["0", "99999999999", "x", "", "1/../2"])
def test_ids_that_cannot_exist(at_double: DoubleBench, record_id: str) -> None:
    """An id outside the portal's range is missing, and never part of an address."""
    assert at_double.crm.fetch_record(record_id) is None
    assert at_double.crm.fetch_company(record_id) is None
    assert at_double.portal.requests == []
