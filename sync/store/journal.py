"""Queries over the journal, the timeline of every record; it adds and reads, only `retention` prunes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any  # a row's columns are typed by the table, not by Python

from sqlalchemy import ColumnElement, insert, select
from sqlalchemy.engine import Connection, Row

from sync.domain.model import Side, Value
from sync.store.codec import Marks, dump_changes, load_changes, load_marks
from sync.store.tables import JOURNAL

_FIELDS = (
    JOURNAL.c.at,
    JOURNAL.c.run_id,
    JOURNAL.c.link_id,
    JOURNAL.c.event,
    JOURNAL.c.side,
    JOURNAL.c.record_id,
    JOURNAL.c.fields,
    JOURNAL.c.reason,
    JOURNAL.c.pruned,
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened to a link; `fields` gives (old, new) by field.

    Once pruned by age, `fields` and `reason` are empty and `marks` is what is left; before, it is None.
    """

    at: datetime
    run_id: str | None
    link_id: str
    event: str
    side: Side | None = None
    record_id: str | None = None
    fields: Mapping[str, tuple[Value, Value]] = field(default_factory=dict)
    reason: str = ""
    marks: Marks | None = None


def add_entries(connection: Connection, entries: Sequence[Entry]) -> None:
    if entries:
        connection.execute(insert(JOURNAL), [_to_row(entry) for entry in entries])


def load_timeline(connection: Connection, link_id: str) -> list[Entry]:
    """In the order written."""
    return _load(connection, JOURNAL.c.link_id == link_id)


def load_events(connection: Connection, link_id: str, event: str, since: datetime) -> list[Entry]:
    """The link's entries of one kind, from `since` on, in the order written."""
    of_kind = (JOURNAL.c.link_id == link_id) & (JOURNAL.c.event == event)
    return _load(connection, of_kind & (JOURNAL.c.at >= since))


def load_entries_of_run(connection: Connection, run_id: str) -> list[Entry]:
    """In the order written."""
    return _load(connection, JOURNAL.c.run_id == run_id)


def _load(connection: Connection, where: ColumnElement[bool]) -> list[Entry]:
    found = connection.execute(select(*_FIELDS).where(where).order_by(JOURNAL.c.id))
    return [_from_row(row) for row in found]


def _to_row(entry: Entry) -> dict[str, object]:
    return {
        "at": entry.at,
        "run_id": entry.run_id,
        "link_id": entry.link_id,
        "event": entry.event,
        "side": None if entry.side is None else entry.side.value,
        "record_id": entry.record_id,
        "fields": dump_changes(entry.fields),
        "reason": entry.reason,
    }


def _from_row(row: Row[*tuple[Any, ...]]) -> Entry:
    at, run_id, link_id, event, side, record_id, fields, reason, pruned = row
    named = None if side is None else Side(side)
    if pruned:
        return Entry(at, run_id, link_id, event, named, record_id, {}, reason, load_marks(fields))
    return Entry(at, run_id, link_id, event, named, record_id, load_changes(fields), reason)
