"""A person's word on a pair that lost one record while the other was edited; it writes to no CRM."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from sync.domain.field import same
from sync.domain.half import remembered
from sync.domain.link import Link, LinkState
from sync.domain.mapping import Mapping as ResolvedMapping
from sync.domain.model import Record, Side, Value
from sync.engine.by_hand import find_link
from sync.engine.pairing import Pairing
from sync.engine.rules import load_rules
from sync.engine.turn import own_turn
from sync.errors import RecordTrouble
from sync.store import journal as journal_store
from sync.store import links as link_store
from sync.store.journal import Entry

DECIDED = "decided"
"""The journal event; its values are in the terms of the side that was edited."""


class Fate(StrEnum):
    """RESTORE: the deleted record is made again from the edited one. ACCEPT: the edit no longer stands in the
    way of the deletion, and the policy of the side that deleted says what becomes of the partner."""

    RESTORE = "restore"
    ACCEPT = "accept"


@dataclass(frozen=True, slots=True)
class Torn:
    """Such a pair as it is now; `edits` gives (base, now) of the fields that were edited on `survivor`."""

    link: Link
    gone: Side
    survivor: Record
    edits: Mapping[str, tuple[Value, Value]]


def gone_side(link: Link) -> Side | None:
    """The side whose record is gone, if the link is in conflict as a whole."""
    gone = [side for side in Side if link.gone_at(side) is not None]
    return gone[0] if link.state is LinkState.CONFLICT and len(gone) == 1 else None


def decide_fate(pairing: Pairing, wanted: str, fate: Fate, reason: str) -> Torn:
    """Decides about the edited record as it is now: one that is edited again before the next sync asks again
    (accept), or is made again with that edit (restore)."""
    with own_turn(pairing):
        with pairing.database.read() as connection:
            link = find_link(connection, wanted)
        mapping = _mapping(pairing)
        torn = look_at(pairing, link, mapping)
        restores = fate is Fate.RESTORE
        decided = _restored(pairing, torn, mapping) if restores else _accepted(torn, mapping)
        _remember(pairing, torn, decided, f"{_told(torn, fate)}: {reason}")
        return replace(torn, link=decided)


def look_at(pairing: Pairing, link: Link, mapping: ResolvedMapping | None = None) -> Torn:
    """Reads both sides directly; `RecordTrouble` when there is nothing of this kind to decide."""
    gone = gone_side(link)
    if gone is None:
        state = str(link.state).replace("_", " ")
        raise RecordTrouble(f"link {link.id} is {state}, and not deleted on one side and edited on the other")
    _require_gone(pairing, link, gone)
    record = pairing.crms[gone.other].fetch_record(link.record_id(gone.other) or "")
    if not isinstance(record, Record):
        raise RecordTrouble(f"{_named(link, gone.other)} cannot be read: run `opsync sync` first")
    mapping = mapping or _mapping(pairing)
    base, now = link.base(gone.other) or {}, mapping.comparable(record.values)
    edits = {name: (base.get(name), value) for name, value in now.items() if not same(base.get(name), value)}
    return Torn(link, gone, record, edits)


def _mapping(pairing: Pairing) -> ResolvedMapping:
    return load_rules(pairing, {side: pairing.crms[side].fetch_lists() for side in Side}).mapping


def _require_gone(pairing: Pairing, link: Link, gone: Side) -> None:
    if pairing.crms[gone].fetch_record(link.record_id(gone) or "") is not None:
        raise RecordTrouble(f"{_named(link, gone)} is there again: run `opsync sync` first")


def _restored(pairing: Pairing, torn: Torn, mapping: ResolvedMapping) -> Link:
    """Half a link again: the next run makes its partner, unless there is one alike by then."""
    if not pairing.policy.creates[torn.gone]:
        off = f"creating in {torn.gone.label} is switched off ([policy] create_in_{torn.gone.label.lower()})"
        raise RecordTrouble(f"{off}: switch it on, or accept the deletion")
    half = torn.link.without_record(torn.gone)
    half = half.with_base(torn.gone.other, remembered(torn.survivor, mapping))
    return replace(half, state=LinkState.PENDING, reason=_told(torn, Fate.RESTORE), refused="")


def _accepted(torn: Torn, mapping: ResolvedMapping) -> Link:
    """The edited values become base: nothing is edited any more, and a deletion is left."""
    link = torn.link.with_base(torn.gone.other, mapping.comparable(torn.survivor.values))
    return replace(link, state=LinkState.PENDING, reason=_told(torn, Fate.ACCEPT), refused="")


def _told(torn: Torn, fate: Fate) -> str:
    gone, kept = _named(torn.link, torn.gone), _named(torn.link, torn.gone.other)
    if fate is Fate.RESTORE:
        return f"{gone} is made again from {kept}"
    return f"the deletion of {gone} is accepted although {kept} was edited"


def _named(link: Link, side: Side) -> str:
    return f"{side.label} {link.record_id(side)}"


def _remember(pairing: Pairing, torn: Torn, decided: Link, reason: str) -> None:
    at, side = pairing.clock(), torn.gone.other
    entry = Entry(at, None, decided.id, DECIDED, side, torn.survivor.id, torn.edits, reason)
    with pairing.database.begin() as connection:
        link_store.save_link(connection, decided, at)
        journal_store.add_entries(connection, [entry])
