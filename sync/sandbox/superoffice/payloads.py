"""The JSON a webhook carries; it must not send anything."""

from __future__ import annotations

from datetime import UTC, datetime

from sync.sandbox.superoffice.columns import STATUS_IDS
from sync.sandbox.superoffice.rows import SaleRow
from sync.sandbox.superoffice.store import Event
from sync.sandbox.superoffice.zone import BASE
from sync.sandbox.wire import JsonObject

_DETAILED = ("sale.created", "sale.changed")


def event_body(event: Event, now: datetime, tenant: str, hook_name: str) -> JsonObject:
    """One event without its id: superoffice.md 7.3 (seen 2026-11-22)."""
    body: JsonObject = {
        "Timestamp": now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f0Z"),
        "Changes": list(event.changes),
        "Event": event.name,
        "PrimaryKey": event.record_id,
        "Entity": event.name.split(".")[0],
        "ContextIdentifier": tenant,
        "ChangedByAssociateId": event.actor_id,
        "WebhookName": hook_name,
    }
    if event.values:
        body["Values"] = event.values
    if event.row is not None and event.name in _DETAILED:
        body["FieldValues"] = _field_values(event.row)
    return body


def _field_values(row: SaleRow) -> JsonObject:
    """Only the columns that are not sensitive: no heading, amount or probability (7.3)."""
    updated = row.updated_at.astimezone(BASE)
    return {
        "activeLinks": 0,
        "appointment_id": 0,
        "associate_id": row.associate_id,
        "comptr_id": row.competitor_id,
        "contact_id": row.contact_id,
        "credited_id": row.credited_id,
        "currency_id": row.currency_id,
        "done": 2 if row.completed == "Completed" else 1,
        "group_idx": 2,
        "person_id": row.person_id,
        "probability_idx": row.rating_id,
        "project_id": row.project_id,
        "reason_id": row.reason_id,
        "reasonSold_id": row.reason_sold_id,
        "reasonStalled_id": row.reason_stalled_id,
        "registered": row.created_at.astimezone(BASE).strftime("%Y-%m-%dT%H:%M:%S"),
        "registered_associate_id": row.created_by,
        "saleTypeCat_id": 0,
        "saleType_id": row.sale_type_id,
        "saledate": row.sale_date.strftime("%Y-%m-%dT%H:%M:%S"),
        "source_id": row.source_id,
        "status": STATUS_IDS[row.status],
        "updated": updated.isoformat(timespec="microseconds"),
        "updated_associate_id": row.updated_by,
        "userdef2_id": 0,
        "userdef_id": row.id if row.udef else 0,
    }
