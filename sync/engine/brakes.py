"""The last look before the first write: canaries, numbers, signs of a restored side; it writes nothing."""

from sync.domain.actions import LinkPlan, Update
from sync.domain.brakes import check_brakes
from sync.domain.field import same
from sync.domain.model import Record, Side
from sync.engine.draft import Draft
from sync.engine.pairing import Pairing
from sync.errors import RunHeld
from sync.store import journal as journal_store
from sync.store.journal import Entry


def find_trips(pairing: Pairing, draft: Draft) -> tuple[str, ...]:
    """Why this draft must not be carried out; empty when it may."""
    trips = check_brakes(pairing.options.brakes, draft.plans, draft.living, _count_reverted(pairing, draft))
    return (*_dead_canaries(pairing), *map(str, trips))


def hold_or_pass(pairing: Pairing, draft: Draft) -> None:
    """`RunHeld` with every brake and its numbers."""
    if trips := find_trips(pairing, draft):
        told = "; ".join(trips)
        raise RunHeld(f"held by a brake: {told}. To let exactly one run pass: `opsync sync --release REASON`")


def _dead_canaries(pairing: Pairing) -> list[str]:
    return [
        f"the canary record {record_id} of {side.label} cannot be read"
        for side, record_id in pairing.options.brakes.canaries.items()
        if not isinstance(pairing.crms[side].fetch_record(record_id), Record)
    ]


def _count_reverted(pairing: Pairing, draft: Draft) -> dict[Side, int]:
    """Per side, records that show again what opsync once overwrote there: the mark of a restored backup."""
    limit = pairing.options.brakes.reverted.absolute
    counts = dict.fromkeys(Side, 0)
    for side in Side:
        edited = [plan for plan in draft.plans if _is_edited(plan, side)]
        if len(edited) > limit:
            with pairing.database.read() as connection:
                counts[side] = sum(
                    _is_reverted(plan, side, journal_store.load_timeline(connection, plan.link.id))
                    for plan in edited
                )
    return counts


def _is_edited(plan: LinkPlan, side: Side) -> bool:
    """Whether an edit made on `side` is on its way to the other one."""
    bonded = plan.link.base(side) is not None
    return bonded and any(isinstance(act, Update) and act.side is side.other for act in plan.actions)


def _is_reverted(plan: LinkPlan, side: Side, timeline: list[Entry]) -> bool:
    base, now = plan.link.base(side) or {}, plan.seen.get(side, {})
    changed = {name: value for name, value in now.items() if not same(base.get(name), value)}
    overwritten: dict[str, list[object]] = {}
    for entry in timeline:
        if entry.side is side and entry.event == "updated":
            for name, (old, _new) in entry.fields.items():
                overwritten.setdefault(name, []).append(old)
    return bool(changed) and all(value in overwritten.get(name, []) for name, value in changed.items())
