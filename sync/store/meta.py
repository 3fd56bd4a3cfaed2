"""Queries over the few named facts about this state database, such as the mapping's fingerprint."""

from sqlalchemy import select
from sqlalchemy.engine import Connection

from sync.store.tables import META
from sync.store.upsert import upsert_row


def get(connection: Connection, key: str) -> str | None:
    value: str | None = connection.scalar(select(META.c.value).where(META.c.key == key))
    return value


def put(connection: Connection, key: str, value: str) -> None:
    upsert_row(connection, META, {"key": key, "value": value})
