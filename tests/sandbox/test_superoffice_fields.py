"""Custom fields in every encoding, in old and damaged tenants, and how a patch treats them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.sandbox.tenant import TenantServer, running

GUID = "b7d0f6c2-4a3e-4f61-9c55-0d7f3a1e8c21"
VALUES = {
    "SuperOffice:3": ("3", "[I:3]", "[I:3]"),
    "SuperOffice:4": ("2026-12-24", "[DT:12/24/2026 00:00:00.0000000]", "[D:12/24/2026 00:00:00.0000000]"),
    "SuperOffice:6": ("True", "[I:1]", "True"),
    "SuperOffice:7": ("[I:2]", "[I:2]", "[I:2]"),
    "SuperOffice:8": ("[F:4.43]", "[F:4.43]", "[F:4.43]"),
    "SuperOffice:9": ("two\nlines", "two\nlines", "two\nlines"),
    GUID: ("[F:not coded]", "[F:not coded]", "[F:not coded]"),
}
EXTRA = {
    "x_signed_at": ("2026-03-01T09:30:15", "[DT:03/01/2026 09:30:15.0000000]"),
    "x_call_time": ("09:34:44", "[DT:01/01/1760 09:34:44.0000000]"),
    "x_partner": ("[I:501]", "[I:501]"),
}


@pytest.fixture(scope="module")
def server() -> Iterator[TenantServer]:
    with running(companies=3, sales=6) as tenant:
        yield tenant


@pytest.fixture
def tenant(server: TenantServer) -> Iterator[TenantServer]:
    before = server.control("GET", "switches")
    yield server
    server.control("POST", "switches", before)


def patched(tenant: TenantServer, sale_id: int, value: Any, path: str = "CustomFields") -> Any:
    response = tenant.patch(sale_id, {"op": "replace", "path": path, "value": value})
    assert response.status_code == 200, response.text
    return response.json()


@pytest.mark.parametrize("key", VALUES)
def test_each_kind_has_its_two_encodings(tenant: TenantServer, key: str) -> None:
    """CustomFields and UserDefinedFields differ for dates and checkboxes; `:org` repeats the value."""
    sent, custom, legacy = VALUES[key]
    sale = tenant.a_sale(CustomFields={key: sent})
    assert sale["CustomFields"][key] == sale["CustomFields"][f"{key}:org"] == custom
    assert sale["UserDefinedFields"][key] == legacy
    assert f"{key}:org" not in sale["UserDefinedFields"]


@pytest.mark.parametrize("key", EXTRA)
def test_extra_columns_are_no_udef_fields(tenant: TenantServer, key: str) -> None:
    """They sit in CustomFields and ExtraFields, and can be patched at either place."""
    sent, custom = EXTRA[key]
    sale = tenant.a_sale(CustomFields={key: sent})
    assert sale["CustomFields"][key] == sale["ExtraFields"][key] == custom
    assert key not in sale["UserDefinedFields"]
    other = patched(tenant, tenant.a_sale()["SaleId"], sent, f"ExtraFields/{key}")
    assert other["CustomFields"][key] == custom


def test_companions_name_what_the_value_means(tenant: TenantServer) -> None:
    """List and relation show their text, a checkbox its label in the request's language."""
    sale = tenant.a_sale(CustomFields={"SuperOffice:7": "2", "x_partner": "501", "SuperOffice:6": "1"})
    bucket = sale["CustomFields"]
    assert bucket["SuperOffice:7:DisplayText"] == "South"
    assert bucket["x_partner:DisplayText"] == tenant.get("Contact/501")["Name"]
    assert bucket["SuperOffice:6:DisplayText"] == "[SR_YES]"


def test_a_patched_bucket_keeps_or_clears_the_rest(tenant: TenantServer) -> None:
    """Both readings of an open question; a single path never touches its neighbours."""
    both = {"SuperOffice:2": "kept?", "SuperOffice:3": "5"}
    merged = patched(tenant, tenant.a_sale(CustomFields=both)["SaleId"], {"SuperOffice:3": "6"})
    tenant.switch(custom_patch="replace")
    replaced = patched(tenant, tenant.a_sale(CustomFields=both)["SaleId"], {"SuperOffice:3": "6"})
    single = patched(tenant, tenant.a_sale(CustomFields=both)["SaleId"], "7", "CustomFields/SuperOffice:3")

    shown = [(sale["CustomFields"]["SuperOffice:2"], sale["CustomFields"]["SuperOffice:3"])
             for sale in (merged, replaced, single)]  # fmt: skip
    assert shown == [("kept?", "[I:6]"), ("", "[I:6]"), ("kept?", "[I:7]")]


@pytest.mark.parametrize(("style", "shown"), [("null", None), ("empty", {})])
def test_old_servers_fill_only_the_old_bucket(tenant: TenantServer, style: str, shown: Any) -> None:
    """Reading and writing both work there, and a patch keeps what it does not name."""
    tenant.switch(custom_buckets=style, legacy_dates="day")
    sale = tenant.a_sale(UserDefinedFields={"SuperOffice:2": "old", "SuperOffice:4": "[D:06/01/2020]"})
    after = patched(tenant, sale["SaleId"], {"SuperOffice:3": "[I:4]"})

    assert sale["CustomFields"] == shown and sale["UserDefinedFields"]["SuperOffice:4"] == "[D:06/01/2020]"
    assert after["UserDefinedFields"]["SuperOffice:2"] == "old"
    assert after["UserDefinedFields"]["SuperOffice:3"] == "[I:4]"


def test_org_may_decide_between_the_buckets(tenant: TenantServer) -> None:
    """An edit in UserDefinedFields counts where CustomFields still equals its `:org`, if switched."""
    edit = [{"op": "replace", "path": "UserDefinedFields/SuperOffice:2", "value": "new"}]
    sale_id = tenant.a_sale(CustomFields={"SuperOffice:2": "first"})["SaleId"]
    assert tenant.patch(sale_id, *edit).json()["CustomFields"]["SuperOffice:2"] == "first"
    tenant.switch(org_decides=True)
    assert tenant.patch(sale_id, *edit).json()["CustomFields"]["SuperOffice:2"] == "new"
    cleared = tenant.get(f"Sale/{sale_id}")
    cleared["CustomFields"]["SuperOffice:2"] = ""
    put = tenant.api("PUT", f"Sale/{sale_id}", json=cleared, headers={"SO-TimeZone": "UTC"}).json()
    assert put["CustomFields"]["SuperOffice:2"] == ""


def test_damaged_values_come_out_unreadable(tenant: TenantServer) -> None:
    """Texts stay whole, so a link stamp can still be read."""
    sale_id = tenant.a_sale(CustomFields={"SuperOffice:1": "oo-1", "SuperOffice:3": "3"})["SaleId"]
    tenant.switch(malformed_udef=True)
    bucket = tenant.get(f"Sale/{sale_id}")["CustomFields"]
    assert (bucket["SuperOffice:1"], bucket["SuperOffice:3"]) == ("oo-1", "[I:]")


def test_a_tenant_may_lack_a_field(tenant: TenantServer) -> None:
    """It is in no list and no bucket, and writing it is refused."""
    tenant.switch(missing_fields=["SuperOffice:1"])
    names = {item["FieldName"] for item in tenant.get("Sale/CustomField")}
    refused = tenant.api("POST", "Sale", json={"Heading": "x", "CustomFields": {"SuperOffice:1": "oo-1"}})

    assert "SuperOffice:1" not in names | tenant.get("Sale/1001")["CustomFields"].keys()
    assert refused.status_code == 400
    assert tenant.api("GET", "Sale/CustomField/SuperOffice:1").status_code == 404
    assert tenant.get(f"Sale/UdefLayout/Published/{GUID}")["FieldLabel"] == "Contract number"


def test_empty_references_and_maps_vary(tenant: TenantServer) -> None:
    """Null or an object with id 0; null or an empty object."""
    tenant.switch(zero_references=True, null_maps=True)
    sale = tenant.a_sale()
    assert sale["Reason"]["Id"] == 0 and sale["FieldProperties"] is None and sale["ExtraFields"] is None
