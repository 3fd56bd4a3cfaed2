"""The archive: columns, filters, paging and the traps around them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.sandbox.tenant import UTC_ZONE, TenantServer, running


@pytest.fixture(scope="module")
def server() -> Iterator[TenantServer]:
    with running(companies=60, sales=1700) as tenant:
        yield tenant


@pytest.fixture
def tenant(server: TenantServer) -> TenantServer:
    server.switch(allow_ge_le=False, exact_times=True, unrestricted_queries=True, stale_id_lists=False)
    return server


def rows(tenant: TenantServer, text: str, *, select: str = "saleId", **more: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = tenant.get("Sale", **{"$select": select, "$filter": text, **more})["value"]
    return found


def refused(tenant: TenantServer, text: str) -> bool:
    return tenant.api("GET", "Sale", params={"$select": "saleId", "$filter": text}).status_code == 400


def test_slim_rows_show_text_logins_and_a_string_key(tenant: TenantServer) -> None:
    """List columns are display text, the owner is a login, the primary key is a string."""
    sale = tenant.get("Sale/1001")
    names = (
        "saleId,stage,stageId,saleStatus,associateId,currency,currencyId,updatedDate,saleUdef/SuperOffice:3"
    )
    row = rows(tenant, "saleId = 1001", select=names)[0]

    assert row == {
        "PrimaryKey": "1001",
        "EntityName": "sale",
        "saleId": 1001,
        "stage": sale["Rating"]["Value"],
        "stageId": sale["Rating"]["Id"],
        "saleStatus": sale["Status"],
        "associateId": sale["Associate"]["Name"],
        "currency": sale["Currency"]["Value"],
        "currencyId": sale["Currency"]["Id"],
        "updatedDate": sale["UpdatedDate"],
        "saleUdef/SuperOffice:3": 0,
    }


def test_full_rows_have_numeric_keys(tenant: TenantServer) -> None:
    """Full mode shows raw and display value per column."""
    row = rows(tenant, "saleId = 1001", select="stage", **{"$mode": "Full"})[0]
    assert row["PrimaryKey"] == 1001 and row["Column"]["stage"]["RawValue"] in range(11, 22)


def test_pages_are_capped_and_key_paging_reads_everything(tenant: TenantServer) -> None:
    """1000 rows at most; the next link is null when $top was given, and there when it was not."""
    total = len(tenant.control("GET", "dump")["sales"])
    asked = {"$select": "saleId", "$orderBy": "saleId"}
    capped = tenant.get("Sale", **asked, **{"$top": 5000})
    linked = tenant.get("Sale", **asked)
    seen: list[int] = []
    page: dict[str, Any] = {"$orderBy": "saleId", "$top": 400}
    while part := rows(tenant, f"saleId gt {seen[-1] if seen else 0}", **page):
        seen += [row["saleId"] for row in part]

    assert 1000 < total == len(seen) == len(set(seen))
    assert len(capped["value"]) == 1000 and capped["odata.nextLink"] is None
    rest = tenant.http.get(linked["odata.nextLink"]).json()
    assert len(linked["value"]) + len(rest["value"]) == total and rest["odata.nextLink"] is None


def test_ge_and_le_are_refused_by_default(tenant: TenantServer) -> None:
    """The vendor's own collection marks both as failing."""
    assert refused(tenant, "saleId ge 1001") and refused(tenant, "saleId le 1001")
    tenant.switch(allow_ge_le=True)
    assert len(rows(tenant, "saleId ge 1001 and saleId le 1003")) == 3


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("saleId in (1001,1003)", [1001, 1003]),
        ("saleId between (1001, 1003)", [1001, 1002, 1003]),
        ("(saleId = 1001 or saleId eq 1002) and saleId ne 1001", [1002]),
        ("saleId=1001 or saleId=1005 and saleId=1006", [1001]),
        ("contactId oneOf (0) and saleId lt 1001", []),
        ("saleNumber is 's-1004'", [1004]),
        ("saleNumber in ('S-1004','S-1006')", [1004, 1006]),
        ("saleNumber begins 'S-1004' or endswith(saleNumber,'1005')", [1004, 1005]),
        ("getAllRows=true and saleId lt 1003", [1001, 1002]),
        ("hasQuote set false and saleId lt 1002", [1001]),
    ],
)
def test_filters(tenant: TenantServer, text: str, expected: list[int]) -> None:
    """Comparisons, lists, strings, booleans and their grouping."""
    assert [row["saleId"] for row in rows(tenant, text)] == expected


def test_apostrophes_are_doubled(tenant: TenantServer) -> None:
    """A quote inside a literal is written twice."""
    tenant.a_sale(Heading="O'Brien's (final), order")
    assert rows(tenant, "heading is 'O''Brien''s (final), order'", select="heading")


@pytest.mark.parametrize(
    "text",
    ["stageId = 17", "saleTypeId = 2", "nothing = 1", "saleId", "saleId gt", "(saleId = 1", "heading gt 'x'",
     "amount oneOf (1)", "stage is 'Lead'", "saleId = 1 saleId = 2", "updatedDate afterTime 'soon'"],
)  # fmt: skip
def test_refused_filters(tenant: TenantServer, text: str) -> None:
    """Select-only and unknown columns, wrong operators and broken grammar are 400."""
    assert refused(tenant, text)


def test_lists_are_filtered_by_id(tenant: TenantServer) -> None:
    """oneOf takes ids although the row shows text; users have operators of their own."""
    assert {row["stage"] for row in rows(tenant, "stage oneOf (17,21)", select="stage")} == {
        "Proposal",
        "Verbal agreement",
    }
    assert {
        row["associateId"] for row in rows(tenant, "associateId associateIsOneOf (12)", select="associateId")
    } == {"ANNA"}
    tenant.a_sale(Heading="mine")
    assert "mine" in [row["heading"] for row in rows(tenant, "updatedBy currentAssociate", select="heading")]


def test_custom_field_can_be_searched(tenant: TenantServer) -> None:
    """The marker written in a create is found by it."""
    made = tenant.a_sale(CustomFields={"SuperOffice:1": "link-4711"})
    assert [row["saleId"] for row in rows(tenant, "saleUdef/SuperOffice:1 is 'link-4711'")] == [
        made["SaleId"]
    ]


def test_after_time_is_exact_or_cut_to_the_day(tenant: TenantServer) -> None:
    """Both readings of the sheet's open question, by switch; `after` always means the day."""
    early = tenant.a_sale(Heading="early")["SaleId"]
    tenant.clock.move(seconds=30)
    late = tenant.a_sale(Heading="late")["SaleId"]
    since = tenant.clock().strftime("%Y-%m-%dT%H:%M:%S")

    exact = [row["saleId"] for row in rows(tenant, f"updatedDate afterTime '{since}'")]
    assert late in exact and early not in exact
    assert early in [row["saleId"] for row in rows(tenant, f"updatedDate after '{since}'")]
    assert late not in [row["saleId"] for row in rows(tenant, f"updatedDate beforeTime '{since}'")]
    tenant.switch(exact_times=False)
    assert early in [row["saleId"] for row in rows(tenant, f"updatedDate afterTime '{since}'")]


def test_a_literal_without_suffix_is_in_the_zone_of_the_request(tenant: TenantServer) -> None:
    """The same text is two hours earlier without the header."""
    made = tenant.a_sale(Heading="zoned")["SaleId"]
    params = {"$select": "saleId", "$filter": f"updatedDate afterTime '{tenant.clock():%Y-%m-%dT%H:%M:%S}'"}
    local = tenant.api("GET", "Sale", params=params).json()["value"]
    utc = tenant.api("GET", "Sale", params=params, headers=UTC_ZONE).json()["value"]

    assert made in [row["saleId"] for row in utc] and made in [row["saleId"] for row in local]
    tenant.clock.move(hours=1)
    params["$filter"] = f"updatedDate afterTime '{tenant.clock():%Y-%m-%dT%H:%M:%S}'"
    assert made in [row["saleId"] for row in tenant.api("GET", "Sale", params=params).json()["value"]]
    assert made not in [
        row["saleId"] for row in tenant.api("GET", "Sale", params=params, headers=UTC_ZONE).json()["value"]
    ]


def test_unrestricted_queries_may_be_refused(tenant: TenantServer) -> None:
    """By switch; getAllRows is the explicit way."""
    tenant.switch(unrestricted_queries=False)
    assert tenant.api("GET", "Sale", params={"$select": "saleId"}).status_code == 400
    assert len(rows(tenant, "getAllRows=true")) == 1000


def test_an_identical_query_may_answer_from_a_stale_list(tenant: TenantServer) -> None:
    """The id list lives 60 s after its last use; other text looks afresh."""
    tenant.switch(stale_id_lists=True)
    assert rows(tenant, "saleNumber is 'STALE'") == []
    tenant.a_sale(Number="STALE")

    assert rows(tenant, "saleNumber is 'STALE'") == []
    assert len(rows(tenant, "saleNumber  is 'STALE'")) == 1
    tenant.clock.move(seconds=61)
    assert len(rows(tenant, "saleNumber is 'STALE'")) == 1


def test_order_by_several_columns(tenant: TenantServer) -> None:
    """Descending on one column, ascending within equal values on the next."""
    found = rows(
        tenant, "saleId lt 1200", select="saleId,probPercent", **{"$orderby": "probPercent desc,saleId"}
    )
    keys = [(-row["probPercent"], row["saleId"]) for row in found]
    assert keys == sorted(keys)


def test_archive_agent_encodes_its_values(tenant: TenantServer) -> None:
    """Strings in, bracket encodings out; the array form restricts alike."""
    body = {"ProviderName": "FindSale", "Columns": "saleId,heading,amount,updatedDate", "SortOrder": "saleId",
            "Restrictions": "saleId gt 1001", "Entities": "sale", "Page": 1, "PageSize": 2}  # fmt: skip
    found = tenant.agent("Archive/GetArchiveListByColumns2", body)
    one = tenant.agent(
        "Archive/GetArchiveListByColumns",
        {"ProviderName": "FindSale", "Columns": ["saleId"],
         "SortOrder": [{"Name": "saleId", "Direction": "DESC"}],
         "Restriction": [{"Name": "saleId", "Operator": "lt", "Values": ["1004"]}]},
    )  # fmt: skip

    assert [item["PrimaryKey"] for item in found] == [1004, 1005]
    assert found[0]["ColumnData"]["saleId"]["DisplayValue"] == "[I:1004]"
    assert found[0]["ColumnData"]["amount"]["DisplayValue"].startswith("[F:")
    assert found[0]["ColumnData"]["updatedDate"]["DisplayValue"].startswith("[DT:")
    assert [item["PrimaryKey"] for item in one] == [1003, 1002, 1001]


def test_companies_are_listed_created_and_softly_deleted(tenant: TenantServer) -> None:
    """A deleted company is only marked, and leaves the ordinary list."""
    body = {"Name": "Ny Kunde AS", "OrgNr": "999", "Address": {"Postal": {"City": "Bodø"}}}
    made = tenant.api("POST", "Contact", json=body).json()
    asked = {"$select": "contactId,name,orgnr,postAddress/city,category", "$filter": "name is 'Ny Kunde AS'"}
    row = tenant.get("Contact", **asked)["value"][0]
    assert (row["contactId"], row["orgnr"], row["postAddress/city"]) == (made["ContactId"], "999", "Bodø")
    assert row["category"] == "Prospect"

    assert tenant.api("DELETE", f"Contact/{made['ContactId']}").status_code == 204
    assert tenant.get("Contact", **asked)["value"] == []
    asked["$filter"] += " and contactDeleted set true"
    assert len(tenant.get("Contact", **asked)["value"]) == 1
    assert tenant.get(f"Contact/{made['ContactId']}")["Deleted"] == 1
    assert tenant.agent("Contact/GetContactEntity", contactEntityId=99999) is None


def test_a_thousand_rows_come_quickly(tenant: TenantServer) -> None:
    """One full page with the columns of a scan stays far below a second."""
    response = tenant.api("GET", "Sale", params={"$select": "saleId,updatedDate,heading,stage", "$top": 1000})
    assert len(response.json()["value"]) == 1000
    assert response.elapsed.total_seconds() < 0.8
