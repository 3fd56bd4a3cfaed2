"""The last look before the first write: canaries, numbers, signs of a restored side; it writes nothing."""

from dataclasses import replace

from sync.domain import fingerprint
from sync.domain.actions import LinkPlan, written
from sync.domain.brakes import check_brakes
from sync.domain.model import Record, Side
from sync.engine.draft import REMEDY, Draft
from sync.engine.older import is_edited, shows_older
from sync.engine.pairing import Pairing
from sync.errors import RunHeld
from sync.store import meta

MAPPING = "mapping"
"""Name of the mapping's fingerprint among the facts of the state database."""


def find_trips(pairing: Pairing, draft: Draft) -> tuple[str, ...]:
    """Why this draft must not be carried out; empty when it may."""
    trips = check_brakes(pairing.options.brakes, draft.plans, draft.living, _count_reverted(pairing, draft))
    return (*draft.blank, *_dead_canaries(pairing), *map(str, trips), *_changed_mapping(pairing, draft))


def hold_or_pass(pairing: Pairing, draft: Draft) -> None:
    """`RunHeld` with every brake and its numbers."""
    if trips := find_trips(pairing, draft):
        told = "; ".join(trips)
        raise RunHeld(f"held by a brake: {told}; {REMEDY}")


def _dead_canaries(pairing: Pairing) -> list[str]:
    return [
        f"the canary record {record_id} of {side.label} cannot be read"
        for side, record_id in pairing.options.brakes.canaries.items()
        if not isinstance(pairing.crms[side].fetch_record(record_id), Record)
    ]


def _changed_mapping(pairing: Pairing, draft: Draft) -> list[str]:
    """A newly mapped field would be written in every link: that is a mass edit, and a person's decision."""
    with pairing.database.read() as connection:
        known = meta.get(connection, MAPPING)
    if known is None or known == fingerprint.of_spec(pairing.spec):
        return []
    touched = [plan for plan in draft.plans if _writes_new_field(plan)]
    if not touched:
        return []
    advice = "look at `opsync plan`; `opsync sync --rebaseline` takes both sides as they are instead"
    return [f"the mapping changed: {len(touched)} of {draft.living} links would be written; {advice}"]


def _writes_new_field(plan: LinkPlan) -> bool:
    bases = [plan.link.base(side) for side in Side]
    if not plan.link.whole or None in bases:
        return False
    return any(name not in (base or {}) for base in bases for act in plan.actions for name in written(act))


def rebaseline(draft: Draft) -> Draft:
    """The draft in which every bonded link takes both sides as they are in newly mapped fields, and nothing
    is written; real edits wait for the next run."""
    bonded = [
        plan for plan in draft.plans if plan.link.whole and plan.link.base_left and plan.link.base_right
    ]
    return replace(draft, plans=tuple(map(_settled, bonded)))


def _settled(plan: LinkPlan) -> LinkPlan:
    known = {name for side in Side for name in plan.link.base(side) or {}}
    return replace(plan, actions=(), clashes=(), held_back=frozenset(known))


def remember_mapping(pairing: Pairing) -> None:
    """After a complete run, this mapping is the one that the bases were made with."""
    with pairing.database.begin() as connection:
        if meta.get(connection, MAPPING) != fingerprint.of_spec(pairing.spec):
            meta.put(connection, MAPPING, fingerprint.of_spec(pairing.spec))


def _count_reverted(pairing: Pairing, draft: Draft) -> dict[Side, int]:
    """Per side, records that show an older state."""
    limit = pairing.options.brakes.reverted.absolute
    counts = dict.fromkeys(Side, 0)
    for side in Side:
        edited = [plan for plan in draft.plans if is_edited(plan, side)]
        if len(edited) > limit:
            mapping = draft.rules.mapping
            counts[side] = sum(shows_older(pairing, plan, side, mapping) for plan in edited)
    return counts
