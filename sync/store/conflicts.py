"""Queries over conflicts: the fields of a link that wait for a person."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any  # a row's columns are typed by the table, not by Python

from sqlalchemy import delete, insert, select
from sqlalchemy.engine import Connection, Row

from sync.domain.model import Value
from sync.store.codec import dump_value, load_value
from sync.store.tables import CONFLICTS


@dataclass(frozen=True, slots=True)
class Conflict:
    """One field that no rule decides; values are in each side's own terms."""

    link_id: str
    field: str
    left_value: Value
    right_value: Value
    base_value: Value
    kind: str
    reason: str
    since: datetime


def replace_conflicts(connection: Connection, link_id: str, conflicts: Sequence[Conflict]) -> None:
    """From now on the link has exactly these; a field that was in conflict before keeps its `since`."""
    since = {known.field: known.since for known in load_conflicts(connection, link_id)}
    connection.execute(delete(CONFLICTS).where(CONFLICTS.c.link_id == link_id))
    rows = [
        _to_row(conflict) | {"link_id": link_id, "since": since.get(conflict.field, conflict.since)}
        for conflict in conflicts
    ]
    if rows:
        connection.execute(insert(CONFLICTS), rows)


def load_conflicts(connection: Connection, link_id: str | None = None) -> list[Conflict]:
    """Of one link, or of all, by link and field."""
    query = select(CONFLICTS).order_by(CONFLICTS.c.link_id, CONFLICTS.c.field)
    if link_id is not None:
        query = query.where(CONFLICTS.c.link_id == link_id)
    return [_from_row(row) for row in connection.execute(query)]


def _to_row(conflict: Conflict) -> dict[str, object]:
    return {
        "field": conflict.field,
        "left_value": dump_value(conflict.left_value),
        "right_value": dump_value(conflict.right_value),
        "base_value": dump_value(conflict.base_value),
        "kind": conflict.kind,
        "reason": conflict.reason,
    }


def _from_row(row: Row[*tuple[Any, ...]]) -> Conflict:
    link_id, field, left, right, base, kind, reason, since = row
    return Conflict(
        link_id, field, load_value(left), load_value(right), load_value(base), kind, reason, since
    )
