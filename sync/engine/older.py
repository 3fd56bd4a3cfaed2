"""Records that show again what opsync replaced long ago: the mark of a restored backup. It decides about one
record; how many there may be is for the brakes to say."""

from collections.abc import Mapping as AbstractMapping
from dataclasses import replace

from sync.domain.actions import LinkPlan, Update
from sync.domain.field import Field, same
from sync.domain.link import LinkState
from sync.domain.mapping import Mapping
from sync.domain.model import Side, Value
from sync.engine.observe import Look
from sync.engine.pairing import Pairing
from sync.store import journal as journal_store
from sync.store.intents import IntentKind
from sync.store.journal import Entry


def is_edited(plan: LinkPlan, side: Side) -> bool:
    """Whether an edit made on `side` is on its way to the other one."""
    bonded = plan.link.base(side) is not None
    return bonded and any(isinstance(act, Update) and act.side is side.other for act in plan.actions)


def shows_older(pairing: Pairing, plan: LinkPlan, side: Side, mapping: Mapping) -> bool:
    """Every value that changed on `side` is one that was replaced there, or on the other side by an edit made
    here: a restored side has lost the edits of its own people too."""
    base, now = plan.link.base(side) or {}, plan.seen.get(side, {})
    changed = {name: now[name] for name in now.keys() & base.keys() if not same(base[name], now[name])}
    with pairing.database.read() as connection:
        timeline = journal_store.load_timeline(connection, plan.link.id)
    updates = [entry for entry in timeline if entry.event == IntentKind.UPDATE.done]
    return bool(changed) and all(
        any(_replaced(entry, mapping.field(name), value, side) for entry in updates)
        for name, value in changed.items()
    )


def _replaced(entry: Entry, field: Field | None, value: Value, side: Side) -> bool:
    """Whether this write put something else in the place of `value`, or of its image on the other side."""
    if field is None or field.name not in entry.fields:
        return False
    old, _new = entry.fields[field.name]
    return same(old, value) if entry.side is side else field.is_image(old, value, side)


def unless_untold(
    pairing: Pairing, plan: LinkPlan, looks: AbstractMapping[Side, Look], mapping: Mapping
) -> LinkPlan:
    """A side that tells its changes kept silent about an older state: it may have been restored, for a backup
    brings its old times of change along. Nothing is done before a look at everything."""
    for side, look in looks.items():
        told = look.census or look.cursor is None or plan.link.record_id(side) in look.records
        if not told and is_edited(plan, side) and shows_older(pairing, plan, side, mapping):
            reason = (
                f"{side.label} shows an older state and tells of no change: was it restored from a backup? "
                "The next full look decides"
            )
            return replace(plan, actions=(), clashes=(), seen={}, state=LinkState.PARKED, reason=reason)
    return plan
