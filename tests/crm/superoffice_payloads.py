"""Payloads of the SuperOffice double, after superoffice-samples.json (seen 2026-11-22); keeps no state."""

from typing import Any

BASE_URL = "https://crm.example.com/SuperOffice"
EMPTY = "0001-01-01T00:00:00"
USERS = {
    12: ("ANNA", "Anna Berg"),
    14: ("OLE", "Ole Lie"),
    77: ("SYNC", "Sync Bot"),
    15: ("GONE", "Gone Now"),
}
_STAGES = {11: ("Lead", 5, False), 17: ("Proposal", 50, False), 16: ("Old step", 45, True)}
_CURRENCIES = {3: "NOK", 4: "EUR"}
_CITIES = {502: "Bergen"}
Json = dict[str, Any]


def payloads() -> dict[str, Any]:
    """Answers that never change, by path below /api."""
    return {
        "": {"NetServerVersion": "12.4", "v1": f"{BASE_URL}/api/v1"},
        "/v1/User/currentPrincipal": _principal(),
        "/v1/TimeZone/base": {"Name": "Europe/Oslo", "TZLocationCode": "CET-1", "IsoNumber": 578},
        "/v1/Sale/default": a_blank_sale(),
        "/v1/Contact/default": a_contact(0, "") | {"Category": {"Id": 1}, "Business": {"Id": 2}},
        "/v1/Sale/CustomField": _field_infos(),
        "/v1/Sale/UdefLayout/Published": [{"ProgId": "SuperOffice:7", "MdoListName": "udregion"}],
        "/v1/List/SaleType/Items": [{"SaleTypeId": 2, "Name": "Project sale", "Deleted": False}],
        "/v1/MDOList/udregion": [{"Id": 4, "Name": "North"}, {"Id": 5, "Name": "South"}],
        **_lists(),
    }


def _lists() -> dict[str, Any]:
    return {
        "/v1/List/Rating/Items": [
            {"SaleStageId": key, "Value": name, "Probability": percent, "Deleted": deleted}
            for key, (name, percent, deleted) in _STAGES.items()
        ],
        "/v1/List/Currency/Items": [
            {"CurrencyId": key, "Name": name, "Rate": 1.0, "Units": 1.0, "Deleted": False}
            for key, name in _CURRENCIES.items()
        ],
        "/v1/List/ReasonSold/Items": [
            {"Id": 7, "Name": "Price", "Deleted": False},
            {"Id": 8, "Name": "Charm", "Deleted": True},
        ],
        "/v1/MDOList/associate": [
            {"Id": key, "Name": login, "FullName": name, "ToolTip": "", "Deleted": login == "GONE"}
            for key, (login, name) in USERS.items()
        ],
    }


def a_blank_sale() -> Json:
    return {
        "SaleId": 0,
        "Associate": {"AssociateId": 77},
        "UpdatedBy": None,
        "Contact": None,
        "Person": None,
        "SaleText": "",
        "Currency": {"Id": 3},
        "Rating": {"Id": 11},
        "Status": "Open",
        "Saledate": "2026-11-30T00:00:00",
        "Amount": 0.0,
        "Earning": 0.0,
        "EarningPercent": 20.0,
        "Heading": "",
        "Number": "",
        "Probability": 5,
        "CreatedDate": EMPTY,
        "UpdatedDate": EMPTY,
        "Completed": "NotStarted",
        **dict.fromkeys(("Reason", "ReasonSold", "ReasonStalled")),
        "SaleType": {"Id": 2},
        "CustomFields": {},
        "UserDefinedFields": {},
        "VisibleFor": [{"VisibleId": 0, "Visibility": "All", "DisplayValue": "All"}],
    }


def a_contact(contact_id: int, name: str) -> Json:
    return {
        "ContactId": contact_id,
        "Name": name,
        "Department": "",
        "OrgNr": "",
        "Deleted": False,
        "Address": {"Street": {"City": _CITIES.get(contact_id, "")}, "Postal": None},
    }


def sale_row(sale: Json, date: str, *, quoted: bool) -> Json:
    """A row of FindSale: display text for lists, the login for the owner."""
    row = {
        "PrimaryKey": str(sale["SaleId"]),
        "EntityName": "sale",
        "saleId": sale["SaleId"],
        "heading": sale["Heading"],
        "description": sale["SaleText"],
        "amount": sale["Amount"],
        "currencyId": sale["Currency"]["Id"],
        "probPercent": sale["Probability"],
        "saleStatus": sale["Status"],
        "stageId": (sale["Rating"] or {"Id": 0})["Id"],
        "date": date,
        "saleNumber": sale["Number"],
        "associateId": USERS[sale["Associate"]["AssociateId"]][0],
        "contact/contactId": (sale["Contact"] or {"ContactId": 0})["ContactId"],
        "person/personId": (sale["Person"] or {"PersonId": 0})["PersonId"],
        "updatedDate": sale["UpdatedDate"] + "Z",
        "registeredDate": sale["CreatedDate"] + "Z",
        "hasQuote": quoted,
        "earningPercent": sale["EarningPercent"],
    }
    return row | _custom_cells(sale["CustomFields"])


def _custom_cells(custom: Json) -> Json:
    return {
        "saleUdef/SuperOffice:1": custom.get("SuperOffice:1", ""),
        "saleUdef/SuperOffice:7": {"[I:4]": "North", "[I:5]": "South"}.get(
            custom.get("SuperOffice:7", ""), ""
        ),
        "saleUdef/SuperOffice:9": custom.get("SuperOffice:9", ""),
    }


def contact_row(contact: Json) -> Json:
    return {
        "PrimaryKey": str(contact["ContactId"]),
        "EntityName": "contact",
        "contactId": contact["ContactId"],
        "name": contact["Name"],
        "department": contact["Department"],
        "orgnr": contact["OrgNr"],
        "contactDeleted": contact["Deleted"],
    }


def _principal() -> Json:
    return {
        "AssociateId": 77,
        "Associate": "SYNC",
        "UserType": "InternalAssociate",
        "RoleName": "Administrator",
        "FunctionRights": ["admin-all"],
        "DatabaseContextIdentifier": "Default",
    }


def _field_infos() -> list[Json]:
    return [
        {"FieldName": "SuperOffice:1", "FieldType": "ShortText", "DisplayName": "Partner"},
        {"FieldName": "SuperOffice:7", "FieldType": "MdoList", "DisplayName": "Region"},
        {"FieldName": "SuperOffice:9", "FieldType": "ShortText", "DisplayName": "opsync"},
        {"FieldName": "x_blob", "FieldType": "Blob", "DisplayName": "Blob"},
    ]
