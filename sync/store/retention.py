"""What becomes of history by age, one small batch at a time: marks instead of values, then nothing."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any  # a row's columns are typed by the table, not by Python

from sqlalchemy import Select, bindparam, delete, exists, false, select, true, update
from sqlalchemy.engine import Connection, Row

from sync.domain.model import Value
from sync.errors import StateTrouble
from sync.store import meta, space
from sync.store.codec import dump_marks, load_changes, mark_value
from sync.store.journal import Entry, load_timeline
from sync.store.migration import SEAL_KEY
from sync.store.tables import JOURNAL, RUNS

Step = Callable[[Connection], int]
"""One batch of something; how many it was, 0 when nothing is left."""

BATCH = 1000
"""Rows of one transaction: others wait for it a fraction of a second."""

MOST_IDLE_RUNS = 50_000
"""So many of the newest runs are looked at; older ones that wrote nothing go, however short the interval."""

_WRITES = frozenset({"created", "updated"})
_MARK = update(JOURNAL).where(JOURNAL.c.id == bindparam("entry_id"))


@dataclass(frozen=True, slots=True)
class Keep:
    """Days that history stays: values in the journal, the entries themselves, runs that wrote nothing.

    A run that wrote something stays as long as its entries.
    """

    values_days: int = 400
    history_days: int = 1825
    runs_days: int = 30


def steps(keep: Keep, at: datetime) -> dict[str, Step]:
    """What to do by name, each repeated until nothing is left. The order counts: only entries that have lost
    their values are removed, and only runs without entries."""

    def since(days: int) -> datetime:
        return at - timedelta(days=days)

    return {
        "pruned": lambda connection: prune_values(connection, since(keep.values_days)),
        "entries": lambda connection: delete_entries(connection, since(keep.history_days)),
        "runs": lambda connection: delete_idle_runs(connection, since(keep.runs_days)),
        "pages": space.release_pages,
    }


def prune_values(connection: Connection, before: datetime) -> int:
    """Replace values and reasons of older entries by marks; how many."""
    wanted = (JOURNAL.c.id, JOURNAL.c.link_id, JOURNAL.c.fields)
    found = connection.execute(_oldest(select(*wanted), before, pruned=False)).all()
    if found:
        key = _load_key(connection)
        connection.execute(_MARK, [_marked(row, key) for row in found])
    return len(found)


def delete_entries(connection: Connection, before: datetime) -> int:
    """Remove older entries, all of which are pruned already; how many."""
    chosen = _oldest(select(JOURNAL.c.id), before, pruned=True)
    return connection.execute(delete(JOURNAL).where(JOURNAL.c.id.in_(chosen))).rowcount


def delete_idle_runs(connection: Connection, before: datetime) -> int:
    """Remove older runs that left nothing in the journal; how many."""
    oldest_kept = connection.scalar(
        select(RUNS.c.started_at).order_by(RUNS.c.started_at.desc()).offset(MOST_IDLE_RUNS).limit(1)
    )
    limit = before if oldest_kept is None else max(before, oldest_kept)
    idle = ~exists().where(JOURNAL.c.run_id == RUNS.c.id)
    chosen = select(RUNS.c.id).where(RUNS.c.started_at < limit, idle).order_by(RUNS.c.started_at).limit(BATCH)
    return connection.execute(delete(RUNS).where(RUNS.c.id.in_(chosen))).rowcount


def find_writes(connection: Connection, link_id: str, name: str, values: Collection[Value]) -> list[Entry]:
    """Entries in which opsync itself wrote one of these values to this field of the link, pruned or not."""
    key = _load_key(connection)
    wanted = {mark_value(key, link_id, name, value) for value in values}

    def wrote(entry: Entry) -> bool:
        if entry.side is None or entry.event not in _WRITES:
            return False
        if entry.marks is not None:
            return name in entry.marks and entry.marks[name][1] in wanted
        return name in entry.fields and mark_value(key, link_id, name, entry.fields[name][1]) in wanted

    return [entry for entry in load_timeline(connection, link_id) if wrote(entry)]


def _oldest(query: Select[Any], before: datetime, *, pruned: bool) -> Select[Any]:
    """A batch found in the index alone, which needs `=`: with `IS` PostgreSQL would sort everything."""
    is_so = JOURNAL.c.pruned == (true() if pruned else false())
    return query.where(is_so, JOURNAL.c.at < before).order_by(JOURNAL.c.at).limit(BATCH)


def _marked(row: Row[*tuple[Any, ...]], key: str) -> dict[str, object]:
    entry_id, link_id, text = row
    changes = load_changes(text)
    marks = {
        name: (mark_value(key, link_id, name, old), mark_value(key, link_id, name, new))
        for name, (old, new) in changes.items()
    }
    return {"entry_id": entry_id, "fields": dump_marks(marks), "reason": "", "pruned": True}


def _load_key(connection: Connection) -> str:
    """The database's own secret, made by the first migration: without it a mark tells nothing."""
    key = meta.get(connection, SEAL_KEY)
    if key is None:
        raise StateTrouble("the state database has lost its seal key: run 'opsync migrate', it makes one")
    return key
