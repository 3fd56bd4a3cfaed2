"""A person's word on a conflict: bases are moved so that the next sync carries the winner over."""

from dataclasses import dataclass, replace

from sync.domain.field import same
from sync.domain.link import Link, LinkState
from sync.domain.model import Side, Value, Values
from sync.engine.by_hand import find_link
from sync.engine.pairing import Pairing
from sync.engine.turn import changing
from sync.errors import RecordTrouble
from sync.store import conflicts as conflict_store
from sync.store import journal as journal_store
from sync.store import links as link_store
from sync.store.conflicts import Conflict
from sync.store.journal import Entry

NOT_AGREED = "(not agreed)"
"""Base of a winner that never had one: unlike any value, so that the winner counts as edited."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was decided; `left_open` are the fields of the link that still wait."""

    link: Link
    conflict: Conflict
    winner: Side
    left_open: tuple[str, ...]


def value_of(conflict: Conflict, side: Side) -> Value:
    return conflict.left_value if side is Side.LEFT else conflict.right_value


def resolve_conflict(pairing: Pairing, wanted: str, field: str, take: Side, why: str = "") -> Verdict:
    """Decides about the values the person was shown; one that changes before the next sync asks again."""
    with changing(pairing) as connection:
        link = find_link(connection, wanted)
        waiting = {
            conflict.field: conflict for conflict in conflict_store.load_conflicts(connection, link.id)
        }
        if field not in waiting:
            raise RecordTrouble(f"link {link.id} has no conflict in {field}; it has: {_names(waiting)}")
        conflict = waiting.pop(field)
        decided = _decide(link, conflict, take, tuple(waiting.values()))
        entry = _entry(pairing, decided, conflict, take, why)
        link_store.save_link(connection, decided, entry.at)
        journal_store.add_entries(connection, [entry])
        conflict_store.replace_conflicts(connection, link.id, tuple(waiting.values()))
        return Verdict(decided, conflict, take, tuple(waiting))


def _names(fields: dict[str, Conflict]) -> str:
    return ", ".join(fields) or "none"


def _decide(link: Link, conflict: Conflict, winner: Side, rest: tuple[Conflict, ...]) -> Link:
    """The loser's base becomes its value (not edited); the winner's stays unlike its value (edited)."""
    loser = winner.other
    bases = {
        loser: {**(link.base(loser) or {}), conflict.field: value_of(conflict, loser)},
        winner: _edited(link.base(winner) or {}, conflict.field, value_of(conflict, winner)),
    }
    return replace(
        link,
        base_left=bases[Side.LEFT],
        base_right=bases[Side.RIGHT],
        state=LinkState.CONFLICT if rest else LinkState.PENDING,
        reason="; ".join(conflict.reason for conflict in rest),
        refused="",
    )


def _edited(base: Values, field: str, value: Value) -> Values:
    return base if field in base and not same(base[field], value) else {**base, field: NOT_AGREED}


def _entry(pairing: Pairing, link: Link, conflict: Conflict, take: Side, why: str) -> Entry:
    """The losing value stays readable in the journal, beside the one that replaced it."""
    loser = take.other
    fields = {conflict.field: (value_of(conflict, loser), value_of(conflict, take))}
    reason = f"{take.label}'s value taken by hand" + (f": {why}" if why else "")
    return Entry(pairing.clock(), None, link.id, "resolved", loser, link.record_id(loser), fields, reason)
