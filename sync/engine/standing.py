"""Where a pairing stands at one moment, read from the state database alone; it calls no CRM."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sync.domain.link import LinkState
from sync.domain.model import Side
from sync.engine.lease import DUTY, WRITER
from sync.engine.pairing import Pairing
from sync.engine.pauses import Held, load_held
from sync.store import cursors as cursor_store
from sync.store import intents as intent_store
from sync.store import lease as lease_store
from sync.store import links as link_store
from sync.store import runs as run_store
from sync.store.intents import Intent
from sync.store.lease import Lease
from sync.store.runs import Run


@dataclass(frozen=True, slots=True)
class Standing:
    """`unfinished`: the newest run when it has no end (it goes on, or was killed). `lease` may be expired."""

    at: datetime
    states: Mapping[LinkState, int]
    last_run: Run | None
    unfinished: Run | None
    intents: tuple[Intent, ...]
    cursors: Mapping[Side, str | None]
    lease: Lease | None
    database: str
    revision: str | None
    pauses: tuple[Held, ...]


def load_standing(pairing: Pairing) -> Standing:
    database = pairing.database
    revision, at = database.revision(), pairing.clock()
    with database.read() as connection:
        newest = run_store.load_runs(connection, 1)
        return Standing(
            at,
            link_store.count_by_state(connection),
            run_store.last_finished(connection),
            next((run for run in newest if run.finished_at is None), None),
            tuple(intent_store.load_intents(connection)),
            {side: cursor_store.load_cursor(connection, side) for side in Side},
            lease_store.holder_of(connection, WRITER) or lease_store.holder_of(connection, DUTY),
            database.name,
            revision,
            load_held(connection, at),
        )
