"""Queries over runs: when each pass began, how it ended and what it counted."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any  # a row's columns are typed by the table, not by Python

from sqlalchemy import insert, select, update
from sqlalchemy.engine import Connection, Row

from sync.store.tables import RUNS

PARTIAL = frozenset({"apply", "hinted", "undo"})
"""Kinds of runs that are about some records only, and leave the rest."""


@dataclass(frozen=True, slots=True)
class Run:
    """One pass; `finished_at` and `outcome` are None while it goes on, or when it was killed."""

    id: str
    kind: str
    started_at: datetime
    finished_at: datetime | None
    outcome: str | None
    counts: Mapping[str, int]
    detail: str


@dataclass(frozen=True, slots=True)
class Ending:
    """How a run ended; `detail` is a sentence for people."""

    at: datetime
    outcome: str
    counts: Mapping[str, int]
    detail: str = ""


def begin_run(connection: Connection, run_id: str, kind: str, at: datetime) -> None:
    row = {"id": run_id, "kind": kind, "started_at": at, "counts": "{}", "detail": ""}
    connection.execute(insert(RUNS), row)


def finish_run(connection: Connection, run_id: str, ending: Ending) -> None:
    ended = {
        "finished_at": ending.at,
        "outcome": ending.outcome,
        "counts": json.dumps(dict(ending.counts), sort_keys=True),
        "detail": ending.detail,
    }
    connection.execute(update(RUNS).where(RUNS.c.id == run_id).values(ended))


def load_runs(connection: Connection, limit: int) -> list[Run]:
    """Newest first."""
    found = connection.execute(select(RUNS).order_by(RUNS.c.started_at.desc(), RUNS.c.id.desc()).limit(limit))
    return [_from_row(row) for row in found]


def load_run(connection: Connection, run_id: str) -> Run | None:
    row = connection.execute(select(RUNS).where(RUNS.c.id == run_id)).one_or_none()
    return None if row is None else _from_row(row)


def find_runs(connection: Connection, prefix: str) -> list[Run]:
    """Runs whose id begins with `prefix`, newest first."""
    wanted = RUNS.c.id.startswith(prefix, autoescape=True)
    found = connection.execute(select(RUNS).where(wanted).order_by(RUNS.c.started_at.desc()))
    return [_from_row(row) for row in found]


def last_finished(connection: Connection, kind: str | None = None) -> Run | None:
    """The run that ended last, of `kind` or of any."""
    query = select(RUNS).where(RUNS.c.finished_at.is_not(None))
    if kind is not None:
        query = query.where(RUNS.c.kind == kind)
    newest = query.order_by(RUNS.c.finished_at.desc(), RUNS.c.id.desc()).limit(1)
    row = connection.execute(newest).one_or_none()
    return None if row is None else _from_row(row)


def last_good_at(connection: Connection) -> datetime | None:
    """When the newest run that looked at everything new and did what it should ended."""
    done = select(RUNS.c.finished_at).where(RUNS.c.outcome == "done", RUNS.c.kind.not_in(PARTIAL))
    found: datetime | None = connection.scalar(done.order_by(RUNS.c.started_at.desc()).limit(1))
    return found


def _from_row(row: Row[*tuple[Any, ...]]) -> Run:
    run_id, kind, started_at, finished_at, outcome, counts, detail = row
    return Run(run_id, kind, started_at, finished_at, outcome, json.loads(counts), detail)
