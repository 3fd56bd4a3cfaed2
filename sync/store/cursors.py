"""Queries over cursors: how far each side's changes have been planned."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.engine import Connection

from sync.domain.model import Side
from sync.store.tables import CURSORS
from sync.store.upsert import upsert_row


def save_cursor(connection: Connection, side: Side, cursor: str, at: datetime) -> None:
    upsert_row(connection, CURSORS, {"side": side.value, "cursor": cursor, "saved_at": at})


def load_cursor(connection: Connection, side: Side) -> str | None:
    cursor: str | None = connection.scalar(select(CURSORS.c.cursor).where(CURSORS.c.side == side.value))
    return cursor
