"""Companies that merge or go, their people, foreign keys, restricted callers and odd archives."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from tests.sandbox.tenant import TenantServer, running

KEY = "ForeignApp/OnlyofficeSync/Default/1/Key"


@pytest.fixture
def tenant() -> Iterator[TenantServer]:
    with running(companies=6, sales=12) as server:
        yield server


def test_a_merge_moves_sales_and_people(tenant: TenantServer) -> None:
    """The source is gone, its sales keep their stamp, and only mergemovelog tells."""
    sale = tenant.a_sale(Contact={"ContactId": 501})
    events = len(tenant.installation.state.journal.travels)
    assert tenant.api("POST", "Contact/501/MergeTo/502").status_code == 204
    moved = tenant.get(f"Sale/{sale['SaleId']}")
    log = tenant.get(
        "Archive/dynamic",
        **{
            "$select": "mergemovelog.sourceRecord,mergemovelog.destRecord,mergemovelog.tableNumber",
            "$filter": "mergemovelog.registered afterTime '2026-09-14T12:00:00Z'",
        },
    )["value"]

    assert tenant.api("GET", "Contact/501").status_code == 404
    assert (moved["Contact"]["ContactId"], moved["UpdatedDate"]) == (502, sale["UpdatedDate"])
    assert [(row["mergemovelog.sourceRecord"], row["mergemovelog.destRecord"]) for row in log] == [(501, 502)]
    assert len(tenant.installation.state.journal.travels) == events
    assert not [row for row in tenant.installation.state.persons.values() if row.contact_id == 501]


def test_merges_that_make_no_sense_are_refused(tenant: TenantServer) -> None:
    """Into itself, or into nothing; the agent says the same."""
    assert tenant.api("POST", "Contact/501/MergeTo/501").status_code == 400
    assert tenant.api("POST", "Contact/501/MergeTo/9999").status_code == 404
    body = {"SourceContactId": 503, "DestinationContactId": 504}
    tenant.agent("Contact/Merge", body)
    assert tenant.api("GET", "Contact/503").status_code == 404


def test_companies_can_be_patched_and_checked(tenant: TenantServer) -> None:
    """A patch changes what it names; duplicates go by name and department."""
    before = tenant.get("Contact/502")
    patch = [{"op": "replace", "path": "/OrgNr", "value": "912345678"}]
    after = tenant.api("PATCH", "Contact/502", json=patch).json()
    found = tenant.get(f"Contact/Duplicates/{before['Name']}")

    assert (after["OrgNr"], after["Name"], after["Number2"]) == (
        "912345678",
        before["Name"],
        before["Number2"],
    )
    assert [entry["SoPrimaryKey"] for entry in found] == [502]
    assert tenant.api("POST", "Contact/Validate", json={"Name": " "}).json()
    assert tenant.get("Contact/502/Simple")["OrgNr"] == "912345678"


def test_people_belong_to_their_company(tenant: TenantServer) -> None:
    """The list of a company, the person alone, and the columns on the company search."""
    person = next(iter(tenant.installation.state.persons.values()))
    listed = tenant.get(f"Contact/{person.contact_id}/Persons", **{"$select": "personId,fullName"})["value"]
    asked = {"$select": "contactId,person/fullName,person/email/emailAddress"}
    asked["$filter"] = f"contactId = {person.contact_id}"
    row = tenant.get("Archive/FindContact", **asked)["value"][0]

    assert str(person.id) in {item["PrimaryKey"] for item in listed}
    assert tenant.get(f"Person/{person.id}")["Emails"][0]["Value"] == person.email
    assert tenant.api("GET", "Person/99999").status_code == 404
    assert row["person/email/emailAddress"].endswith("@example.com")


def test_foreign_keys_are_found_both_ways(tenant: TenantServer) -> None:
    """By record and by value, in every place that shows them; a second save replaces the value."""
    body = {"Key": "OpportunityId", "Value": "77", "RecordId": 1001, "TableName": "sale"}
    tenant.api("PUT", KEY, json={**body, "Value": "76"})
    saved = tenant.api("POST", KEY, json=body).json()
    lookup = "ForeignApp/onlyofficesync/Default/Key/OpportunityId/sale"
    found = tenant.get(lookup, keyValue="77")
    rows = tenant.get(
        "Archive/ForeignKeys",
        **{"$select": "keyValue,recordId,tableId", "$filter": "appName is 'OnlyofficeSync'"},
    )

    assert (saved["Value"], saved["RecordId"]) == ("77", 1001) and found["UpdatedBy"] == "SYNC"
    assert tenant.get(f"{lookup}/1001/Value") == "77"
    assert (
        tenant.get("ForeignApp/OnlyofficeSync/Default/1/Key/OpportunityId/sale", Value="77")["RecordId"]
        == 1001
    )
    assert tenant.get("Sale/1001/ForeignKey") == {"OnlyofficeSync.Default.OpportunityId": "77"}
    assert tenant.get("Sale/1001", fk="true")["ExtraFields"]["OnlyofficeSync.Default.OpportunityId"] == "77"
    assert [(row["keyValue"], row["recordId"], row["tableId"]) for row in rows["value"]] == [("77", 1001, 13)]
    agent = {"EntityType": "sale", "EntityId": 1001}
    assert tenant.agent("ForeignSystem/GetAllForeignKeysOnEntity", agent) == tenant.get(
        "Sale/1001/ForeignKey"
    )


def test_a_missing_foreign_key_is_null_or_404(tenant: TenantServer) -> None:
    """Both are possible; and keys outlive their sale unless switched off."""
    lookup = "ForeignApp/OnlyofficeSync/Default/Key/OpportunityId/sale"
    assert tenant.get(lookup, keyValue="1") is None
    tenant.switch(foreign_key_miss="404")
    assert tenant.api("GET", lookup, params={"keyValue": "1"}).status_code == 404
    for sale_id in (1001, 1002):
        body = {"Key": "OpportunityId", "Value": str(sale_id), "RecordId": sale_id, "TableName": "sale"}
        assert tenant.api("POST", KEY, json=body).status_code == 200
    tenant.api("DELETE", "Sale/1001")
    tenant.switch(foreign_keys_stay=False)
    tenant.api("DELETE", "Sale/1002")
    assert tenant.get(lookup, keyValue="1001")["RecordId"] == 1001
    assert tenant.api("GET", lookup, params={"keyValue": "1002"}).status_code == 404
    assert tenant.api("DELETE", f"{KEY}/OpportunityId/sale/0").status_code == 204
    assert tenant.api("GET", lookup, params={"keyValue": "1001"}).status_code == 404


def test_restricted_callers_get_short_pages(tenant: TenantServer) -> None:
    """Hidden rows vanish after the page was cut, without error; by id they are refused; own ones show."""
    every = [int(row["PrimaryKey"]) for row in tenant.get("Sale", **{"$select": "saleId"})["value"]]
    tenant.switch(hidden_sales=3)
    page = tenant.get("Sale", **{"$select": "saleId", "$top": "6", "$orderby": "saleId"})["value"]
    hidden = next(sale_id for sale_id in every if sale_id % 3 == 0)

    assert [int(row["PrimaryKey"]) for row in page] == [i for i in sorted(every)[:6] if i % 3]
    assert tenant.api("GET", f"Sale/{hidden}").json()["ErrorType"] == "SoSentryException"
    tenant.switch(hidden_status=404)
    assert tenant.api("GET", f"Sale/{hidden}").status_code == 404
    mine = [tenant.a_sale(Associate={"AssociateId": 11})["SaleId"] for _ in range(3)]
    assert all(tenant.api("GET", f"Sale/{sale_id}").status_code == 200 for sale_id in mine)


def test_next_links_come_as_switched(tenant: TenantServer) -> None:
    """Null with `$top` by default; always, and then they lead on; or never."""
    asked = {"$select": "saleId", "$top": "2", "$orderby": "saleId"}
    first = tenant.get("Sale", **asked)
    tenant.switch(next_link="always")
    link = tenant.get("Sale", **asked)["odata.nextLink"]
    second = httpx.get(link, auth=tenant.http.auth, trust_env=False).json()
    tenant.switch(next_link="never")

    assert first["odata.nextLink"] is None
    assert [row["saleId"] for row in first["value"] + second["value"]] == [1001, 1002, 1003, 1004]
    assert tenant.get("Sale", **asked)["odata.nextLink"] is None


def test_long_queries_come_as_a_form(tenant: TenantServer) -> None:
    """POST reads like GET, with a count when asked, and is no write."""
    form = {"$select": "saleId", "$filter": "saleId gt 1002", "$top": "1", "$inlineCount": "True"}
    body = tenant.api("POST", "Archive/FindSale", data=form).json()
    total = len(tenant.control("GET", "dump")["sales"]) - 2

    assert [row["saleId"] for row in body["value"]] == [1003] and body["odata.count"] == str(total)
    assert tenant.control("GET", "log")[-1]["write"] is False


def test_the_dynamic_archive_compares_seconds(tenant: TenantServer) -> None:
    """Even where afterTime on a date column counts days only."""
    tenant.switch(exact_times=False)
    tenant.clock.move(seconds=10)
    sale_id = tenant.a_sale()["SaleId"]
    asked = {
        "$select": "sale.sale_id,sale.updated",
        "$filter": "sale.updated afterTime '2026-09-14T12:00:15Z'",
    }
    rows = tenant.get("Archive/dynamic", **asked)["value"]

    assert [(row["sale.sale_id"], row["sale.updated"]) for row in rows] == [(sale_id, "2026-09-14T12:00:15Z")]
    refused = tenant.api("GET", "Archive/dynamic", params={"$select": "sale.sale_id,contact.name"})
    assert refused.status_code == 400


def test_the_transaction_log_knows_deletes(tenant: TenantServer) -> None:
    """Insert, owner change and delete of a sale, in order."""
    sale_id = tenant.a_sale()["SaleId"]
    tenant.patch(sale_id, {"op": "replace", "path": "/Associate", "value": {"AssociateId": 13}})
    tenant.api("DELETE", f"Sale/{sale_id}")
    asked = {"$select": "traveltransactionlog.type", "$filter": f"traveltransactionlog.record_id = {sale_id}"}
    rows = tenant.get("Archive/dynamic", **asked)["value"]
    assert [row["traveltransactionlog.type"] for row in rows] == [4352, 5120, 4864]


def test_small_agents_answer(tenant: TenantServer) -> None:
    """Open sales of a company, sales of a person, the next stage, and all items of a list."""
    person = next(iter(tenant.installation.state.persons.values()))
    sale = tenant.a_sale(Contact={"ContactId": person.contact_id}, Person={"PersonId": person.id})
    of_person = tenant.agent("Sale/GetSalesFromPerson", {"PersonId": person.id})
    of_company = tenant.agent("Sale/GetOpenSalesForContact", {"ContactId": person.contact_id})

    assert sale["SaleId"] in {item["SaleId"] for item in of_person} & {item["SaleId"] for item in of_company}
    assert tenant.agent("Sale/GetNextSaleStage", {"SaleId": sale["SaleId"]}) == 18
    assert len(tenant.agent("List/GetAllSaleStages", {"IncludeDeleted": True})) == 8
    assert tenant.get(f"Sale/{sale['SaleId']}/HasGuide") is False
