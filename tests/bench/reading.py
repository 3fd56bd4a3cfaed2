"""Contests over turning a CRM's JSON into records, against parsing the same text as plain JSON."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from zoneinfo import ZoneInfo

from sync.crm.http_json import from_json
from sync.crm.onlyoffice.customfields import OpportunityFields
from sync.crm.onlyoffice.translate import Translator
from sync.crm.onlyoffice.wire import envelope_of, rows_of
from sync.crm.superoffice.options import CustomField
from sync.crm.superoffice.translate import RowTerms, Scheme, record_from_row
from sync.domain.model import FieldKind, Record
from tests.bench.measure import Contest, require
from tests.crm.respx_onlyoffice import KARI, PortalDouble
from tests.crm.superoffice_payloads import USERS, a_blank_sale, sale_row

ROWS = 1_000


@contextmanager
def archive_rows(_folder: Path) -> Iterator[Contest]:
    """A page of SuperOffice's sale archive."""
    text = json.dumps({"value": [_sale_row(number) for number in range(1, ROWS + 1)]}).encode()
    custom = {"partner": CustomField("SuperOffice:1", FieldKind.TEXT)}
    scheme = Scheme(custom, "SuperOffice:9", ZoneInfo("Europe/Oslo"))
    terms = RowTerms({login.casefold(): str(key) for key, (login, _name) in USERS.items()})

    def read() -> None:
        body = from_json(text)
        rows = body["value"] if isinstance(body, dict) else []
        records = [record_from_row(row, scheme, terms) for row in rows]
        _require_records(records)

    yield Contest(read, lambda: require(len(json.loads(text)["value"]) == ROWS, "rows are missing"))


@contextmanager
def opportunities(_folder: Path) -> Iterator[Contest]:
    """A page of ONLYOFFICE's opportunities."""
    rows = [_opportunity(number) for number in range(1, ROWS + 1)]
    text = json.dumps({"status": 0, "statusCode": 200, "total": ROWS, "response": rows}).encode()
    translator = Translator(OpportunityFields(None, None, {}), "EUR")

    def read() -> None:
        found = rows_of(envelope_of(from_json(text), "crm/opportunity/filter"), "crm/opportunity/filter")
        _require_records([translator.row(row, "crm/opportunity/filter") for row in found])

    yield Contest(read, lambda: require(len(json.loads(text)["response"]) == ROWS, "rows are missing"))


def _sale_row(number: int) -> dict[str, object]:
    sale = a_blank_sale() | {"SaleId": number, "Heading": f"Pump retrofit {number}", "Amount": 125000.5}
    sale["Associate"] = {"AssociateId": 12}
    sale["Contact"] = {"ContactId": 501}
    sale["UpdatedDate"] = sale["CreatedDate"] = "2026-11-20T10:00:00"
    return sale_row(sale, "2027-03-01T00:00:00Z", quoted=False)


def _opportunity(number: int) -> dict[str, object]:
    body = {
        "title": f"Pump retrofit {number}",
        "responsibleid": KARI,
        "bidValue": "125000.5",
        "bidCurrencyAbbr": "NOK",
        "stageid": 42,
        "expectedCloseDate": "2027-03-01",
        "contactid": 12,
        "successProbability": 75,
    }
    return PortalDouble().store(number, body)


def _require_records(found: Sequence[object]) -> None:
    records = sum(isinstance(row, Record) for row in found)
    require(records == ROWS, f"only {records} of {ROWS} rows became records")
