"""Queries over intents: the writes that are being carried out, so that a crash leaves a trace."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any  # a row's columns are typed by the table, not by Python

from sqlalchemy import delete, select, update
from sqlalchemy.engine import Connection, Row

from sync.domain.model import Side, Values
from sync.store.tables import INTENTS
from sync.store.upsert import upsert_row


class IntentKind(StrEnum):
    """What the write does to the record."""

    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"

    @property
    def done(self) -> str:
        """The event that the journal tells once the write is known to be made."""
        return _DONE[self]


_DONE = {IntentKind.CREATE: "created", IntentKind.UPDATE: "updated", IntentKind.DELETE: "deleted"}


@dataclass(frozen=True, slots=True)
class Intent:
    """One write on its way to `side`; `ambiguous` means it was sent and its answer was lost.

    `record_id` is None for a create. `payload` holds the values sent.
    """

    id: str
    run_id: str
    link_id: str
    side: Side
    kind: IntentKind
    record_id: str | None
    payload: Values
    ambiguous: bool
    attempts: int
    created_at: datetime


def save_intent(connection: Connection, intent: Intent) -> None:
    """Insert or overwrite by id; a second intent for the same link raises `StateTrouble` (from `begin`)."""
    upsert_row(connection, INTENTS, _to_row(intent))


def load_intents(connection: Connection) -> list[Intent]:
    """Oldest first."""
    found = connection.execute(select(INTENTS).order_by(INTENTS.c.created_at, INTENTS.c.id))
    return [_from_row(row) for row in found]


def load_intent_of(connection: Connection, link_id: str) -> Intent | None:
    row = connection.execute(select(INTENTS).where(INTENTS.c.link_id == link_id)).one_or_none()
    return None if row is None else _from_row(row)


def mark_ambiguous(connection: Connection, intent_id: str) -> None:
    connection.execute(update(INTENTS).where(INTENTS.c.id == intent_id).values(ambiguous=True))


def delete_intent(connection: Connection, intent_id: str) -> None:
    connection.execute(delete(INTENTS).where(INTENTS.c.id == intent_id))


def _to_row(intent: Intent) -> dict[str, object]:
    return {
        "id": intent.id,
        "run_id": intent.run_id,
        "link_id": intent.link_id,
        "side": intent.side.value,
        "kind": intent.kind.value,
        "record_id": intent.record_id,
        "payload": intent.payload,
        "ambiguous": intent.ambiguous,
        "attempts": intent.attempts,
        "created_at": intent.created_at,
    }


def _from_row(row: Row[*tuple[Any, ...]]) -> Intent:
    intent_id, run_id, link_id, side, kind, *rest = row
    return Intent(intent_id, run_id, link_id, Side(side), IntentKind(kind), *rest)
