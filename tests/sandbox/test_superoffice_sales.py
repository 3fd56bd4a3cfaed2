"""REST on sales: what the sheet says about create, read, replace, patch and delete."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.sandbox.tenant import UTC_ZONE, TenantServer, running


@pytest.fixture(scope="module")
def server() -> Iterator[TenantServer]:
    with running() as tenant:
        yield tenant


@pytest.fixture
def tenant(server: TenantServer) -> TenantServer:
    for name in ("unchanged_304", "silent_udef_edits", "exact_tests"):
        server.switch(**{name: False})
    server.switch(quotes_lock_money=True, foreign_person="error", long_text="error", mandatory_fields=[])
    return server


def test_post_answers_200_and_enriches_references(tenant: TenantServer) -> None:
    """A create answers 200 with names added to the ids it was given."""
    contact_id = tenant.get("Contact", **{"$select": "contactId"})["value"][0]["contactId"]
    sale = tenant.a_sale(Contact={"ContactId": str(contact_id)}, Currency={"Id": "4"})

    assert sale["Contact"]["ContactId"] == contact_id and sale["Contact"]["Name"]
    assert (sale["Currency"]["Id"], sale["Currency"]["Value"]) == (4, "EUR")
    assert sale["Rating"]["Value"] == "Proposal"
    assert sale["_Links"]["Self"].endswith(f"/Cust90001/api/v1/Sale/{sale['SaleId']}/")
    assert sale["UpdatedBy"]["Name"] == "SYNC" and sale["UpdatedDate"] == "2026-09-14T12:00:05Z"


def test_the_bare_sale_of_the_vendor_collection_is_accepted(tenant: TenantServer) -> None:
    """Without currency, status and completion the server fills in its own."""
    sale = tenant.a_sale()
    assert (sale["Currency"]["Value"], sale["Status"], sale["Completed"]) == ("NOK", "Open", "NotStarted")


def test_property_names_match_in_any_case(tenant: TenantServer) -> None:
    """Camel case in the body, any case in the path."""
    response = tenant.api("POST", "sale", json={"heading": "low", "saleType": {"id": 2}, "amount": "12.5"})
    sale = response.json()
    assert (sale["Heading"], sale["SaleType"]["Id"], sale["Amount"]) == ("low", 2, 12.5)


def test_put_resets_what_it_omits(tenant: TenantServer) -> None:
    """A PUT replaces the whole entity."""
    sale = tenant.a_sale(SaleText="long", CustomFields={"SuperOffice:1": "oo-1"})
    body = {"Heading": "only", "SaleType": {"Id": 2}}
    after = tenant.api("PUT", f"Sale/{sale['SaleId']}", json=body, headers=UTC_ZONE).json()

    assert (after["Heading"], after["SaleText"], after["Amount"]) == ("only", "", 0.0)
    assert after["CustomFields"]["SuperOffice:1"] == ""
    assert after["CreatedDate"] == sale["CreatedDate"]


def test_put_of_a_read_entity_changes_nothing(tenant: TenantServer) -> None:
    """Reading and writing back loses no field, dates included."""
    sale = tenant.a_sale(
        SaleText="x\ny", Saledate="2026-11-30T14:30:00", CustomFields={"SuperOffice:4": "12/24/2026"}
    )
    tenant.clock.move(seconds=1)
    after = tenant.api("PUT", f"Sale/{sale['SaleId']}", json=sale, headers=UTC_ZONE).json()

    assert {**after, "UpdatedDate": None} == {**sale, "UpdatedDate": None}


def test_patch_changes_only_what_it_names(tenant: TenantServer) -> None:
    """Operations with any case and slash style; the probability does not follow the stage."""
    sale = tenant.a_sale(Probability=50)
    after = tenant.patch(
        sale["SaleId"],
        {"op": "test", "path": "/amount", "value": 125000.5},
        {"op": "replace", "path": "Rating", "value": {"Id": 21}},
        {"op": "add", "path": "/heading", "value": "Ny tittel"},
    ).json()

    assert (after["Rating"]["Id"], after["Heading"], after["Probability"]) == (21, "Ny tittel", 50)


def test_patch_test_mismatch_is_409_and_saves_nothing(tenant: TenantServer) -> None:
    """One failed test stops the whole patch."""
    sale = tenant.a_sale()
    response = tenant.patch(
        sale["SaleId"],
        {"op": "replace", "path": "/Heading", "value": "changed"},
        {"op": "test", "path": "/Amount", "value": 1.0},
    )

    assert response.status_code == 409
    assert tenant.get(f"Sale/{sale['SaleId']}")["Heading"] == "Pump retrofit"


def test_patch_of_references(tenant: TenantServer) -> None:
    """A test may name a reference by its id; the strict switch compares the whole object."""
    sale = tenant.a_sale()
    guard = {"op": "test", "path": "/Rating", "value": {"Id": 17}}
    assert tenant.patch(sale["SaleId"], guard).status_code == 200
    tenant.switch(exact_tests=True)

    assert tenant.patch(sale["SaleId"], guard).status_code == 409
    assert tenant.patch(sale["SaleId"], {"op": "test", "path": "/Rating/Id", "value": 17}).status_code == 200


def test_patch_below_a_null_parent_fails(tenant: TenantServer) -> None:
    """`Reason/Id` cannot be set while Reason is null; move is not supported at all."""
    sale = tenant.a_sale()
    nested = tenant.patch(sale["SaleId"], {"op": "replace", "path": "/Reason/Id", "value": 1})
    moved = tenant.patch(sale["SaleId"], {"op": "move", "path": "/Heading", "from": "/Number"})

    assert (nested.status_code, moved.status_code) == (400, 400)
    assert nested.json()["ErrorType"] == "ArgumentException" and nested.json()["Message"]


def test_patch_remove_clears_a_reference(tenant: TenantServer) -> None:
    """A removed reference reads back as null."""
    sale = tenant.a_sale(Source={"Id": 2})
    assert sale["Source"]["Value"] == "Fair"
    assert tenant.patch(sale["SaleId"], {"op": "remove", "path": "/Source"}).json()["Source"] is None


def test_merge_patch_is_accepted_too(tenant: TenantServer) -> None:
    """An object instead of an array is a merge patch."""
    sale = tenant.a_sale()
    body = {"heading": "merged", "CustomFields": {"SuperOffice:3": "7"}}
    after = tenant.api("PATCH", f"Sale/{sale['SaleId']}", json=body, headers=UTC_ZONE).json()

    assert (after["Heading"], after["Amount"]) == ("merged", 125000.5)
    assert after["CustomFields"]["SuperOffice:3"] == "[I:7]"


def test_delete_is_final(tenant: TenantServer) -> None:
    """204, then 404 with the documented body, and null from the agent."""
    sale_id = tenant.a_sale()["SaleId"]
    assert tenant.api("DELETE", f"Sale/{sale_id}").status_code == 204
    gone = tenant.api("GET", f"Sale/{sale_id}")

    assert gone.status_code == 404
    assert gone.json() == {
        "Error": True,
        "ErrorType": "SoNotFoundException",
        "ErrorMessage": f"Sale id {sale_id} not found",
        "ErrorSource": "SuperOffice.Services.Implementation",
    }
    assert tenant.agent("Sale/GetSaleEntity", saleEntityId=sale_id) is None


def test_conditions_have_a_resolution_of_one_second(tenant: TenantServer) -> None:
    """304 and 412 follow the HTTP dates; a second edit within the same second slips through."""
    sale_id = tenant.a_sale()["SaleId"]
    seen = tenant.api("GET", f"Sale/{sale_id}").headers["Last-Modified"]
    assert tenant.api("GET", f"Sale/{sale_id}", headers={"If-Modified-Since": seen}).status_code == 304

    change = {"op": "replace", "path": "/Number", "value": "n"}
    tenant.clock.move(seconds=0.4)
    assert tenant.patch(sale_id, change, **{"If-Unmodified-Since": seen}).status_code == 200
    tenant.clock.move(seconds=1)
    assert tenant.patch(sale_id, change).status_code == 200
    assert tenant.patch(sale_id, change, **{"If-Unmodified-Since": seen}).status_code == 412
    assert tenant.api("DELETE", f"Sale/{sale_id}", headers={"If-Unmodified-Since": seen}).status_code == 412
    assert tenant.api("GET", f"Sale/{sale_id}", headers={"If-Modified-Since": seen}).status_code == 200


def test_select_nulls_instead_of_dropping(tenant: TenantServer) -> None:
    """Unselected properties are there and null."""
    sale = tenant.a_sale()
    picked = tenant.get(f"Sale/{sale['SaleId']}", **{"$select": "heading,Rating/Id"})

    assert picked.keys() == sale.keys()
    assert {key for key, value in picked.items() if value is not None} == {"Heading", "Rating"}


def test_quoted_sales_refuse_money(tenant: TenantServer) -> None:
    """A quote locks amount and currency, nothing else, unless the switch is off."""
    sale_id = tenant.a_sale()["SaleId"]
    tenant.control("POST", "edit", {"id": sale_id, "changes": {"HasQuote": True}})
    amount = {"op": "replace", "path": "/Amount", "value": 1}

    assert tenant.patch(sale_id, amount).status_code == 400
    assert tenant.patch(sale_id, {"op": "replace", "path": "/Heading", "value": "ok"}).status_code == 200
    assert tenant.agent("Sale/SaleHasQuote", {"SaleId": sale_id}) is True
    tenant.switch(quotes_lock_money=False)
    assert tenant.patch(sale_id, amount).status_code == 200


@pytest.mark.parametrize(
    "change",
    [
        {"Heading": "x" * 220},
        {"Number": "1" * 50},
        {"Rating": {"Id": -2}},
        {"Contact": {"ContactId": 99999}},
        {"Status": "SaintAll"},
        {"Amount": "much"},
        {"CustomFields": {"SuperOffice:99": "x"}},
        {"Saledate": "tomorrow"},
    ],
)
def test_what_cannot_be_stored_is_400(tenant: TenantServer, change: dict[str, object]) -> None:
    """Over-long text, unknown ids and unreadable values are argument errors."""
    response = tenant.api("POST", "Sale", json={"Heading": "a", **change})
    assert response.status_code == 400 and response.json()["ErrorType"] == "ArgumentException"


def test_deleted_stages_may_still_be_referenced(tenant: TenantServer) -> None:
    """Old sales point at deleted list items."""
    assert tenant.a_sale(Rating={"Id": 16})["Rating"]["Value"] == "Budget check (old)"


def test_a_person_of_another_company(tenant: TenantServer) -> None:
    """Refused, dropped or accepted, as the switch says."""
    dump = tenant.control("GET", "dump")["contacts"]
    human = next(c for c in dump if c["Persons"])["Persons"][0]
    other = next(c["ContactId"] for c in dump if c["ContactId"] != human["ContactId"])
    body = {"Heading": "p", "Contact": {"ContactId": other}, "Person": {"PersonId": human["PersonId"]}}

    assert tenant.api("POST", "Sale", json=body).status_code == 400
    tenant.switch(foreign_person="reset")
    assert tenant.api("POST", "Sale", json=body).json()["Person"] is None
    tenant.switch(foreign_person="accept")
    assert tenant.api("POST", "Sale", json=body).json()["Person"]["PersonId"] == human["PersonId"]


def test_validate_maps_fields_to_messages(tenant: TenantServer) -> None:
    """Ready means an empty map; the agent wants the entity wrapped."""
    good = {"Heading": "a", "SaleType": {"Id": 2}}
    bad = {"Heading": "x" * 220, "Rating": {"Id": 999}}
    assert tenant.api("POST", "Sale/Validate", json=good).json() == {}
    assert tenant.api("POST", "Sale/Validate", json=bad).json().keys() == {"Heading", "SaleType", "Rating"}
    assert tenant.agent("Sale/ValidateSaleEntity", {"SaleEntity": {}}).keys() == {"Heading", "SaleType"}

    tenant.switch(mandatory_fields=["SuperOffice:2", "Source"])
    found = tenant.api("POST", "Sale/Validate", json=good).json()
    assert found.keys() == {"CustomFields.SuperOffice:2", "Source"}


def test_defaults_come_from_the_caller(tenant: TenantServer) -> None:
    """The blank sale belongs to the API account, is open, and ends after the duration of its type."""
    blank = tenant.get("Sale/default")
    assert (blank["SaleId"], blank["Associate"]["Name"], blank["Status"]) == (0, "SYNC", "Open")
    assert blank["Saledate"] == "2026-11-13T00:00:00" and blank["SaleType"]["Id"] == 2


def test_a_patch_without_effect_may_answer_304(tenant: TenantServer) -> None:
    """Behind a switch, since the vendor's client expects it."""
    sale_id = tenant.a_sale()["SaleId"]
    same = {"op": "replace", "path": "/Amount", "value": 125000.5}
    assert tenant.patch(sale_id, same).status_code == 200
    tenant.switch(unchanged_304=True)
    assert tenant.patch(sale_id, same).status_code == 304


def test_simple_and_summary_carriers_use_their_own_names(tenant: TenantServer) -> None:
    """Title and SaleDate in the flat carrier, Heading and Registered in the summary; no updates."""
    contact_id = tenant.get("Contact", **{"$select": "contactId"})["value"][0]["contactId"]
    sale = tenant.a_sale(Contact={"ContactId": contact_id}, Probability=50, Currency={"Id": 4})
    flat = tenant.get(f"Sale/{sale['SaleId']}/Simple")
    summary = tenant.agent("Contact/GetContactSummary", {"ContactId": contact_id, "Limit": 100})
    item = next(row for row in summary["Sales"] if row["SaleId"] == sale["SaleId"])

    assert (flat["Title"], flat["Currency"], flat["WeightedAmount"]) == ("Pump retrofit", "EUR", 62500.25)
    assert (item["Heading"], item["AmountInBaseCurrency"]) == ("Pump retrofit", 1437505.75)
    assert "UpdatedDate" not in flat and "UpdatedDate" not in item and "Registered" in item
    assert flat in tenant.agent("Sale/GetSalesFromContact", {"ContactId": contact_id, "OnlyOpenSales": True})


def test_closing_by_agent_leaves_completed_alone(tenant: TenantServer) -> None:
    """SetAsSold changes the status only; the stage stays."""
    sale_id = tenant.a_sale()["SaleId"]
    tenant.agent("Sale/SetAsSold", {"SaleIds": [sale_id]})
    sale = tenant.get(f"Sale/{sale_id}")

    assert (sale["Status"], sale["Completed"], sale["Rating"]["Id"]) == ("Sold", "NotStarted", 17)
    tenant.agent("Sale/SetAsLost", {"SaleIds": [sale_id]})
    assert tenant.get(f"Sale/{sale_id}")["Status"] == "Lost"


def test_agents_save_creates_and_updates(tenant: TenantServer) -> None:
    """An id of 0 creates; agents add no links."""
    blank = tenant.agent("Sale/CreateDefaultSaleEntity")
    made = tenant.agent("Sale/SaveSaleEntity", {**blank, "Heading": "by agent"})
    again = tenant.agent("Sale/SaveSaleEntity", {**made, "Heading": "twice"})

    assert made["SaleId"] == again["SaleId"] > 0 and "_Links" not in made
    assert again["Heading"] == "twice"
    assert tenant.agent("Sale/GetProbabilityFromStage", {"StageId": 17}) == 50
    assert tenant.agent("Sale/DeleteSaleEntity", SaleEntityId=made["SaleId"]) is None
    assert tenant.agent("Sale/GetSaleEntity", saleEntityId=made["SaleId"]) is None
