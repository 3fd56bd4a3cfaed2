"""A world at rest as plain data without ids, so that two histories can be compared."""

from sync.domain.model import Side
from sync.store import conflicts as conflict_store
from sync.store import intents as intent_store
from sync.store.database import Database
from tests.simulation.arena import Arena

Portrait = dict[str, object]


def portrait(arena: Arena) -> Portrait:
    """Deals, links, conflicts, companies and broken promises; `open` must be 0 at rest."""
    with Database.read(arena.database) as connection:
        conflicts = conflict_store.load_conflicts(connection)
        intents = intent_store.load_intents(connection)
    return {
        "deals": sorted(_deals(arena)),
        "conflicts": sorted((row.field, str(row.left_value), str(row.right_value)) for row in conflicts),
        "companies": {
            side: sorted(c.name for c in crm._companies.values()) for side, crm in arena.sides.items()
        },
        "violations": list(arena.ledger.violations),
        "open": len(intents),
    }


def _deals(arena: Arena) -> list[str]:
    """One line a link: its state and what both sides show; then the records that no link holds."""
    links = arena.links()
    shown = [
        f"{link.state}: {_shown(arena, Side.LEFT, link.left_id)} | {_shown(arena, Side.RIGHT, link.right_id)}"
        for link in links
    ]
    held = {(side, link.record_id(side)) for link in links for side in Side}
    loose = [
        f"no link: {side} {_shown(arena, side, record_id)}"
        for side, crm in arena.sides.items()
        for record_id in crm.records
        if (side, record_id) not in held
    ]
    return shown + loose


def _shown(arena: Arena, side: Side, record_id: str | None) -> str:
    record = arena.sides[side].records.get(record_id or "")
    return "nothing" if record is None else str(sorted((k, str(v)) for k, v in record.values.items()))
