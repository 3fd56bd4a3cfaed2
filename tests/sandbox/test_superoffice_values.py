"""Dates, zones, languages, lists and custom fields on the wire."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.sandbox.tenant import TenantServer, running


@pytest.fixture(scope="module")
def server() -> Iterator[TenantServer]:
    with running(sales=10) as tenant:
        yield tenant


@pytest.fixture
def tenant(server: TenantServer) -> TenantServer:
    server.switch(saledate_shifts=False, silent_udef_edits=False)
    return server


def read(tenant: TenantServer, sale_id: int, zone: str | None, **headers: str) -> Any:
    sent = {**({"SO-TimeZone": zone} if zone else {}), **headers}
    return tenant.api("GET", f"Sale/{sale_id}", headers=sent)


@pytest.mark.parametrize(
    ("zone", "updated", "empty", "echo"),
    [
        (None, "2026-09-14T14:00:05", "0001-01-01T00:00:00", "Europe/Oslo"),
        ("UTC", "2026-09-14T12:00:05", "0001-01-01T00:00:00", "UTC"),
        ("UTC,includeTZOffset", "2026-09-14T12:00:05Z", "0001-01-01T00:00:00Z", "UTC"),
        ("37,includeTZOffset", "2026-09-14T14:00:05+02:00", "0001-01-01T01:00:00+01:00", "Europe/Oslo"),
    ],
)
def test_zone_header(tenant: TenantServer, zone: str | None, updated: str, empty: str, echo: str) -> None:
    """Base zone without suffix, converted, converted with suffix; the empty date follows."""
    response = read(tenant, tenant.a_sale()["SaleId"], zone)
    sale = response.json()

    assert (sale["UpdatedDate"], sale["NextDueDate"]) == (updated, empty)
    assert sale["PublishTo"] == "9999-12-31T23:59:59Z" and sale["Saledate"] == "2026-11-30T00:00:00"
    assert response.headers["SO-TIMEZONE"] == echo


def test_an_unknown_zone_is_refused(tenant: TenantServer) -> None:
    """A name nobody knows is a malformed request."""
    assert read(tenant, 1001, "Nowhere/Land").status_code == 400


def test_sale_dates_with_offset_are_converted_to_the_base_zone(tenant: TenantServer) -> None:
    """Midnight UTC becomes one o'clock in Oslo; a bare date is taken as it stands."""
    assert tenant.a_sale(Saledate="2026-11-30T00:00:00Z")["Saledate"] == "2026-11-30T01:00:00"
    assert tenant.a_sale(Saledate="2026-11-30T23:30:00.1234567-01:00")["Saledate"] == "2026-12-01T01:30:00"
    assert tenant.a_sale(Saledate="2026-11-30")["Saledate"] == "2026-11-30T00:00:00"


def test_sale_dates_may_shift_with_the_zone(tenant: TenantServer) -> None:
    """With the switch on, midnight in Oslo is the evening before in UTC."""
    sale_id = tenant.a_sale()["SaleId"]
    tenant.switch(saledate_shifts=True)

    assert read(tenant, sale_id, "UTC,includeTZOffset").json()["Saledate"] == "2026-11-29T23:00:00Z"
    assert read(tenant, sale_id, None).json()["Saledate"] == "2026-11-30T00:00:00"


def test_custom_fields_and_legacy_bucket_encode_differently(tenant: TenantServer) -> None:
    """Numbers, dates and checkboxes have their brackets, with companions beside them."""
    sale = tenant.a_sale(
        CustomFields={
            "SuperOffice:1": "oo-77",
            "SuperOffice:3": "42",
            "SuperOffice:4": "[DT:12/24/2026 00:00:00.0000000]",
            "SuperOffice:6": "True",
            "SuperOffice:7": "[I:2]",
        }
    )
    custom, legacy = sale["CustomFields"], sale["UserDefinedFields"]

    assert (custom["SuperOffice:1"], custom["SuperOffice:1:org"]) == ("oo-77", "oo-77")
    assert (custom["SuperOffice:3"], custom["SuperOffice:6"]) == ("[I:42]", "[I:1]")
    assert (legacy["SuperOffice:6"], legacy["SuperOffice:4"]) == ("True", "[D:12/24/2026 00:00:00.0000000]")
    assert custom["SuperOffice:4"] == "[DT:12/24/2026 00:00:00.0000000]"
    assert custom["SuperOffice:7:DisplayText"] == "South"
    assert custom["SuperOffice:6:DisplayText"] == "[SR_YES]"
    assert "SuperOffice:1:org" not in legacy


def test_empty_custom_fields_have_empty_encodings(tenant: TenantServer) -> None:
    """Zero, false, empty text and the year 1."""
    custom = tenant.a_sale()["CustomFields"]
    assert custom["SuperOffice:4"] == "[DT:01/01/0001 00:00:00.0000000]"
    assert [custom[f"SuperOffice:{n}"] for n in (1, 3, 6, 7)] == ["", "[I:0]", "[I:0]", "[I:0]"]


def test_patched_custom_fields_merge_by_key(tenant: TenantServer) -> None:
    """Keys a patch does not name keep their value."""
    sale = tenant.a_sale(CustomFields={"SuperOffice:1": "oo-1", "SuperOffice:3": "5"})
    change = {"op": "replace", "path": "CustomFields", "value": {"SuperOffice:3": "[I:6]"}}
    custom = tenant.patch(sale["SaleId"], change).json()["CustomFields"]

    assert (custom["SuperOffice:1"], custom["SuperOffice:3"]) == ("oo-1", "[I:6]")


def test_custom_field_edits_may_stay_silent(tenant: TenantServer) -> None:
    """With the switch on, an edit of a custom field alone does not touch UpdatedDate."""
    sale = tenant.a_sale()
    change = {"op": "replace", "path": "CustomFields", "value": {"SuperOffice:3": "9"}}
    tenant.switch(silent_udef_edits=True)
    tenant.clock.move(seconds=10)
    silent = tenant.patch(sale["SaleId"], change).json()
    assert (silent["UpdatedDate"], silent["CustomFields"]["SuperOffice:3"]) == (sale["UpdatedDate"], "[I:9]")

    tenant.switch(silent_udef_edits=False)
    change["value"] = {"SuperOffice:3": "10"}
    assert tenant.patch(sale["SaleId"], change).json()["UpdatedDate"] != sale["UpdatedDate"]


def test_field_metadata(tenant: TenantServer) -> None:
    """Both discovery calls name the marker field by its ProgId."""
    info = {item["FieldName"]: item for item in tenant.get("Sale/CustomField")}
    layout = {item["ProgId"]: item for item in tenant.get("Sale/UdefLayout/Published")}

    assert info["SuperOffice:1"]["DisplayName"] == layout["SuperOffice:1"]["FieldLabel"] == "Opsync link"
    assert layout["SuperOffice:7"]["MdoListName"] == "udregion"
    assert {f"SuperOffice:{n}" for n in (1, 2, 3, 4, 6, 7, 8, 9)} < layout.keys() < info.keys()


def test_lists_hide_deleted_items_unless_asked(tenant: TenantServer) -> None:
    """Stages are spelled SaleStageId and Value; a deleted one shows on request."""
    shown = tenant.get("List/Rating/Items")
    everything = tenant.get("List/Rating/Items", includeDeleted="true")

    assert [item["Probability"] for item in shown] == [5, 10, 25, 40, 50, 70, 90]
    assert [item["Value"] for item in everything if item["Deleted"]] == ["Budget check (old)"]
    assert shown[0]["SaleStageId"] == 11


def test_every_promised_list_answers(tenant: TenantServer) -> None:
    """All list names of the sheet exist; sale types carry their stages, currencies rate and units."""
    for name in ("SaleType", "Reason", "ReasonSold", "ReasonStalled", "Source", "Competitor", "Credited"):
        assert tenant.get(f"List/{name}/Items")
    assert [len(item["Stages"]) for item in tenant.get("List/SaleType/Items")] == [7, 4]
    currencies = {item["Name"]: item for item in tenant.get("List/Currency/Items")}
    assert currencies.keys() == {"EUR", "USD", "NOK", "SEK", "DKK", "GBP", "ISK", "Kroner"}
    assert (currencies["SEK"]["Rate"], currencies["SEK"]["Units"]) == (101.25, 100.0)


def test_names_are_multi_language_without_a_language_header(tenant: TenantServer) -> None:
    """Raw without a header or with `*`, one language with it."""

    def name(**headers: str) -> Any:
        return tenant.api("GET", "List/ReasonSold/Items", headers=headers).json()[0]["Name"]

    assert name() == 'US:"Price";NO:"Pris";' == name(**{"SO-Language": "*"})
    assert name(**{"Accept-Language": "en"}) == "Price"
    assert name(**{"Accept-Language": "en", "SO-Language": "no"}) == "Pris"


def test_mdo_lists(tenant: TenantServer) -> None:
    """The stage list of a type ends with two pseudo items; users are a list as well."""
    stages = tenant.get("MDOList/salestage", additional="SaleTypeID=5")
    assert [item["Id"] for item in stages] == [12, 17, 18, 21, -2, -1]
    assert "Probability=50" in stages[1]["ExtraInfo"]
    assert "ToolTip" in stages[0]
    users = {item["Name"]: item["FullName"] for item in tenant.get("MDOList/associate")}
    assert users["LARS"] == "Lars Ødegård" and "PETRA" not in users
    assert tenant.agent("MDO/GetList", {"Name": "currency"}) == tenant.get("MDOList/currency")


def test_field_hints_name_mandatory_fields(tenant: TenantServer) -> None:
    """Heading and SaleType carry the mandatory hint, with the length of the title."""
    heading = tenant.get("Sale/default")["FieldProperties"]["Heading"]
    assert heading["FieldRight"]["Mask"] == "Update, UIHintMandatory" and heading["FieldLength"] == 219
