"""Money, stages and statuses: what a save does beyond storing, switch by switch."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from sync.sandbox.superoffice.doubles import shortest
from tests.sandbox.tenant import TenantServer, running


@pytest.fixture(scope="module")
def server() -> Iterator[TenantServer]:
    with running(companies=3, sales=6) as tenant:
        yield tenant


@pytest.fixture
def tenant(server: TenantServer) -> Iterator[TenantServer]:
    before = server.control("GET", "switches")
    yield server
    server.control("POST", "switches", before)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (125000.0, "125000.0"),
        (0.1, "0.1"),
        (-12.34, "-12.34"),
        (123456789012345.0, "123456789012345.0"),
        (1e15, "1E+15"),
        (1.5e-05, "1.5E-05"),
        (0.0001, "0.0001"),
        (1.7976931348623157e308, "1.7976931348623157E+308"),
        (5e-324, "5E-324"),
    ],
)
def test_doubles_are_spelled_as_the_vendor_does(value: float, text: str) -> None:
    """The shortest digits that read back equal, an exponent where .NET has one."""
    assert shortest(value) == text and float(text) == value


@pytest.mark.parametrize("amount", [0, -99.5, 0.1, 9007199254740993, 1.7976931348623157e308, 1e-9])
def test_amounts_at_the_limits_survive(tenant: TenantServer, amount: float) -> None:
    """Zero, credits and the edge of a double come back as they went in."""
    assert float(tenant.a_sale(Amount=amount)["Amount"]) == float(amount)


def test_big_amounts_go_out_with_an_exponent(tenant: TenantServer) -> None:
    """The text on the wire is .NET's, not Python's; infinity is refused."""
    sale_id = tenant.a_sale(Amount=2.5e17)["SaleId"]
    assert '"Amount":2.5E+17,' in tenant.api("GET", f"Sale/{sale_id}").text
    assert tenant.api("POST", "Sale", json={"Heading": "x", "Amount": "1e999"}).status_code == 400


def test_rates_run_in_one_of_two_directions(tenant: TenantServer) -> None:
    """Base amount and ChangeCurrency follow the same direction, which the switch turns."""
    tenant.a_sale(Amount=200, Currency={"Id": 6}, Number="sek")
    asked = {"$select": "amountInBaseCurrency", "$filter": "saleNumber is 'sek'"}
    swap = {"Amount": 200, "FromCurrency": "SEK", "ToCurrency": "NOK"}

    assert tenant.get("Sale", **asked)["value"][0]["amountInBaseCurrency"] == 202.5
    assert tenant.agent("List/ChangeCurrency", swap) == pytest.approx(202.5)
    tenant.switch(rate_direction="quotient")
    assert tenant.get("Sale", **asked)["value"][0]["amountInBaseCurrency"] == pytest.approx(197.53)
    assert tenant.agent("List/ChangeCurrency", swap) == pytest.approx(197.53, abs=0.01)
    assert tenant.agent("List/GetBaseCurrency")["Name"] == "NOK"


def test_the_iso_code_is_only_in_the_database(tenant: TenantServer) -> None:
    """A currency called Kroner is told by the dynamic archive."""
    names = "currency.currency_id,currency.name,currency.isoCode"
    rows = tenant.get("Archive/dynamic", **{"$select": names})["value"]
    assert {row["currency.name"]: row["currency.isoCode"] for row in rows}["Kroner"] == "NOK"


def test_closing_is_noted_in_the_database(tenant: TenantServer) -> None:
    """stage_when_closed and the days it took; reopening forgets them."""
    sale_id = tenant.a_sale()["SaleId"]
    query = {
        "$select": "sale.stage_when_closed,sale.sale_cycle,sale.status",
        "$filter": f"sale.sale_id = {sale_id}",
    }
    tenant.clock.move(days=3)
    tenant.agent("Sale/SetAsSold", {"SaleIds": [sale_id]})
    closed = tenant.get("Archive/dynamic", **query)["value"][0]
    tenant.patch(sale_id, {"op": "replace", "path": "/Status", "value": "Open"})
    reopened = tenant.get("Archive/dynamic", **query)["value"][0]

    assert (closed["sale.stage_when_closed"], closed["sale.sale_cycle"], closed["sale.status"]) == (17, 3, 2)
    assert (reopened["sale.stage_when_closed"], reopened["sale.status"]) == (0, 1)


def test_set_as_sold_may_move_date_and_probability(tenant: TenantServer) -> None:
    """Both are open, so both readings exist; Completed never moves."""
    plain, moved = tenant.a_sale()["SaleId"], tenant.a_sale()["SaleId"]
    tenant.agent("Sale/SetAsLost", {"SaleIds": [plain]})
    tenant.switch(set_as_moves_date=True, set_as_moves_probability=True)
    tenant.agent("Sale/SetAsLost", {"SaleIds": [moved]})
    one, two = tenant.get(f"Sale/{plain}"), tenant.get(f"Sale/{moved}")

    assert one["Saledate"] == "2026-11-30T00:00:00" and one["Completed"] == two["Completed"] == "NotStarted"
    assert two["Saledate"][:10] == f"{tenant.clock():%Y-%m-%d}" and two["Probability"] == 0


def test_a_stage_may_bring_its_probability(tenant: TenantServer) -> None:
    """Through the API it stays, unless the tenant recomputes it."""
    sale_id = tenant.a_sale(Probability=33)["SaleId"]
    stage = {"op": "replace", "path": "/Rating", "value": {"Id": 18}}
    assert tenant.patch(sale_id, stage).json()["Probability"] == 33
    tenant.switch(stage_sets_probability=True)
    stage["value"] = {"Id": 21}
    assert tenant.patch(sale_id, stage).json()["Probability"] == 90


def test_another_status_may_clear_the_other_reasons(tenant: TenantServer) -> None:
    """Reasons and the date to reopen stay by default."""
    stalled = {"Status": "Stalled", "ReasonStalled": {"Id": 1}, "ReopenDate": "2027-01-15T00:00:00"}
    lost = {"op": "replace", "path": "/Status", "value": "Lost"}
    kept = tenant.patch(tenant.a_sale(**stalled)["SaleId"], lost).json()
    tenant.switch(status_clears_reasons=True)
    cleared = tenant.patch(tenant.a_sale(**stalled)["SaleId"], lost).json()

    assert kept["ReasonStalled"]["Id"] == 1 and kept["ReopenDate"] == "2027-01-15T00:00:00"
    assert cleared["ReasonStalled"] is None and cleared["ReopenDate"].startswith("0001")


def test_unlinked_stages_and_mandatory_fields_may_be_refused(tenant: TenantServer) -> None:
    """Accepted by default; 400 when the tenant insists."""
    renewal = {"SaleType": {"Id": 5}, "Rating": {"Id": 11}}
    assert tenant.a_sale(**renewal)["Rating"]["Id"] == 11
    tenant.switch(unlinked_stage=False)
    assert tenant.api("POST", "Sale", json={"Heading": "x", **renewal}).status_code == 400
    tenant.switch(enforce_mandatory=True, mandatory_fields=["Source"])
    refused = tenant.api("POST", "Sale", json={"Heading": "x", "SaleType": {"Id": 2}})
    assert refused.status_code == 400 and "Source" in refused.json()["Message"]


def test_lists_change_while_the_tenant_runs(tenant: TenantServer) -> None:
    """Renamed, added and deleted items show at once; sales keep pointing at deleted ones."""
    sale_id = tenant.a_sale(Rating={"Id": 15})["SaleId"]
    tenant.control("POST", "lists", {"list": "Rating", "id": 15, "name": "Demo", "deleted": True})
    added = tenant.control("POST", "lists", {"list": "Rating", "name": "Legal", "Probability": 80})
    shown = {item["SaleStageId"]: item["Value"] for item in tenant.get("List/Rating/Items")}
    every = {item["SaleStageId"] for item in tenant.get("List/Rating/Items", includeDeleted="true")}

    assert tenant.get(f"Sale/{sale_id}")["Rating"]["Value"] == "Demo"
    assert shown[added["id"]] == "Legal" and 15 not in shown and 15 in every
    assert added["id"] in {item["Id"] for item in tenant.get("MDOList/salestage")}
    tenant.switch(deleted_items=False)
    assert tenant.api("POST", "Sale", json={"Heading": "x", "Rating": {"Id": 15}}).status_code == 400
    assert tenant.http.post("/_sandbox/lists", json={"list": "Nope"}).status_code == 404
    tenant.control("POST", "lists", {"list": "Rating", "id": 15, "name": "Solution demo", "deleted": False})


def test_names_are_multilingual_without_a_language(tenant: TenantServer) -> None:
    """The raw string without a header, one language with it."""
    tenant.switch(multilingual_lists=True)
    raw = tenant.api("GET", "List/Source/Items").json()[0]["Name"]
    english = tenant.api("GET", "List/Source/Items", headers={"Accept-Language": "en"}).json()[0]["Name"]
    assert (raw, english) == ('US:"Web";NO:"Web";', "Web")


def test_the_user_list_names_logins_or_people(tenant: TenantServer) -> None:
    """Name varies, FullName does not."""
    logins = {item["Name"] for item in tenant.get("MDOList/associate")}
    tenant.switch(mdo_associate_name="full")
    people = tenant.get("MDOList/associate")
    assert "ANNA" in logins and {item["Name"] for item in people} == {item["FullName"] for item in people}
