"""Deliveries as SuperOffice signs them, and a receiver that keeps what it let through; holds no test."""

import base64
import hashlib
import hmac
import json
from typing import Any  # JSON bodies of many shapes

import httpx
from prometheus_client.parser import text_string_to_metric_families as parse
from starlette.applications import Starlette
from starlette.types import ASGIApp, Receive, Scope, Send

from sync.web.hooks import PATH, Trust
from sync.web.metrics import Metrics

SECRET = "test-secret"
SIGNATURE = "X-SuperOffice-Signature"
# superoffice-samples.json "webhookDelivery" (seen 2026-11-22): a body with its right signature
SAMPLE_SIGNATURE = "DkEf5pvRgYx2U0I2HAJziXsD2hWkg5PHRIQUPO+kHl0="
SAMPLE = (
    b'{"EventId":"0d1c6e0e-5a4b-4a6e-9a0e-2f0a1b2c3d4e","Timestamp":"2026-09-14T12:00:06.1234567Z","Changes":'
    b'["sale_id","amount","probability","probability_idx","updated","updated_associate_id","updatedCount"],'
    b'"Event":"sale.changed","PrimaryKey":1042,"Entity":"sale","ContextIdentifier":"Cust90001",'
    b'"ChangedByAssociateId":12,"WebhookName":"onlyoffice-sync","FieldValues":{"activeLinks":0,'
    b'"appointment_id":0,"associate_id":12,"comptr_id":0,"contact_id":501,"credited_id":0,"currency_id":3,'
    b'"done":1,"group_idx":2,"person_id":0,"probability_idx":4,"project_id":0,"reason_id":0,'
    b'"reasonSold_id":0,"reasonStalled_id":0,"registered":"2026-09-01T08:15:30",'
    b'"registered_associate_id":12,"saleTypeCat_id":0,"saleType_id":2,"saledate":"2026-11-30T00:00:00",'
    b'"source_id":0,"status":1,"updated":"2026-09-14T14:00:05.9450964+02:00","updated_associate_id":12,'
    b'"userdef2_id":0,"userdef_id":311}}'
)


class Desk:
    """A receiver for tenant Cust90001, what it passed on and what it counted."""

    def __init__(self, client: httpx.Client) -> None:
        self.client = client
        self.heard: list[tuple[str, str]] = []
        self.metrics = Metrics()

    def hear(self, event: str, record_id: str) -> bool:
        self.heard.append((event, record_id))
        return event.startswith("sale.")

    def post(self, body: Any, signature: str | None = None, **headers: str) -> tuple[int, str]:
        """Status and text of the answer; signed rightly unless told otherwise."""
        given = {SIGNATURE: signed(body) if signature is None else signature, **headers}
        answer = self.client.post(PATH, content=body, headers=given)
        return answer.status_code, answer.text.strip()

    def counts(self) -> dict[str, float]:
        families = parse(self.metrics.render().decode())
        samples = (sample for family in families for sample in family.samples)
        return {s.labels["result"]: s.value for s in samples if s.name == "opsync_webhooks_total"}


class Heard:
    """Counts what is passed on."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, _event: str, _record_id: str) -> bool:
        self.count += 1
        return True


class Stage:
    """Shows one app after the other at the same address."""

    def __init__(self) -> None:
        self.app: ASGIApp = Starlette()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.app(scope, receive, send)


def trust(*tenants: str) -> Trust:
    return Trust(SECRET, frozenset(tenants or ("cust90001",)))


def signed(body: bytes, secret: str = SECRET) -> str:
    return base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()


def address_of(desk: Desk) -> str:
    return str(desk.client.base_url).removeprefix("http://").rstrip("/")


def an_event(**changes: Any) -> bytes:
    event = {
        "EventId": "e-1",
        "Event": "sale.changed",
        "PrimaryKey": 1042,
        "ContextIdentifier": "Cust90001",
        "ChangedByAssociateId": 77,
    }
    given = {key: value for key, value in (event | changes).items() if value is not ...}
    return json.dumps(given).encode()
