"""Field-wise three-way merge of two records against each side's own base. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from sync.domain.field import Field, Unmapped, is_blank, same
from sync.domain.model import Side, Value, Values
from sync.domain.policy import Direction, Winner


class ClashKind(StrEnum):
    CONFLICT = "conflict"
    UNMAPPED = "unmapped"
    LOCKED = "locked"


@dataclass(frozen=True, slots=True)
class Clash:
    """A field that waits for a person, with what both sides hold."""

    field: str
    kind: ClashKind
    left: Value
    right: Value
    reason: str


@dataclass(frozen=True, slots=True)
class Change:
    """One field to be written on `side`; `held` is False where the side shows no such value now."""

    field: str
    side: Side
    old: Value
    new: Value
    held: bool = True


@dataclass(frozen=True, slots=True)
class View:
    """What a merge looks at: values and locks by side, and the bases (None before the first agreement)."""

    now: Mapping[Side, Values]
    base: Mapping[Side, Values | None]
    locked: Mapping[Side, Mapping[str, str]]
    first_link: Winner


@dataclass(frozen=True, slots=True)
class Merge:
    changes: tuple[Change, ...]
    clashes: tuple[Clash, ...]

    def of(self, side: Side) -> tuple[Change, ...]:
        return tuple(change for change in self.changes if change.side is side)


def merge(fields: tuple[Field, ...], view: View) -> Merge:
    outcomes = [outcome for field in fields if (outcome := merge_field(field, view))]
    return Merge(
        tuple(outcome for outcome in outcomes if isinstance(outcome, Change)),
        tuple(outcome for outcome in outcomes if isinstance(outcome, Clash)),
    )


def merge_field(field: Field, view: View) -> Change | Clash | None:
    """None means: nothing to write, and whatever both hold now may become their bases."""
    changed = [side for side in Side if _changed(field.name, view.base[side], view.now[side])]
    if len(changed) == 1:
        return _flow(field, changed[0].other, view)
    return _decide(field, view) if changed else None


def _changed(name: str, base: Values | None, now: Values) -> bool:
    if name not in now:
        return False  # the side does not hold this field now: no evidence of an edit
    return base is None or name not in base or not same(base[name], now[name])


def _decide(field: Field, view: View) -> Change | Clash | None:
    """Both sides changed the field; to the same value is no conflict."""
    if field.agrees(view.now[Side.LEFT][field.name], view.now[Side.RIGHT][field.name]):
        return None
    ways = [side for side in Side if field.direction.flows_to(side)]
    if len(ways) < 2:
        return _flow(field, ways[0], view) if ways else None
    new_bond = all(field.name not in (view.base[side] or {}) for side in Side)
    filled = [side for side in Side if not is_blank(view.now[side][field.name])]
    if field.direction is Direction.FILL_BLANK:
        return _flow(field, filled[0].other, view) if len(filled) == 1 else None
    if new_bond and len(filled) == 1:
        return _flow(field, filled[0].other, view)  # on a first bond, a side with nothing has no say
    winner = (view.first_link if new_bond else field.winner).side
    if winner is not None:
        return _flow(field, winner.other, view)
    what = "differs between the two records" if new_bond else "changed on both sides"
    return _clash(field, view, ClashKind.CONFLICT, f"{field.name} {what}")


def _flow(field: Field, to: Side, view: View) -> Change | Clash | None:
    """Carry the other side's value to `to`, if the field flows that way and `to` can take it."""
    target = view.now[to]
    if field.name not in target or not field.direction.flows_to(to):
        return None
    old = target[field.name]
    if field.direction is Direction.FILL_BLANK and not is_blank(old):
        return None
    source = view.now[to.other][field.name]
    new = field.image(source, to)
    if isinstance(new, Unmapped) and field.soft:
        return None
    if isinstance(new, Unmapped):
        return _clash(field, view, ClashKind.UNMAPPED, new.reason)
    if same(new, old) or field.is_image(old, source, to.other) or (new is None and field.holds[to].required):
        return None
    if reason := view.locked[to].get(field.name):
        return _clash(
            field, view, ClashKind.LOCKED, f"{field.name} cannot be written in {to.label}: {reason}"
        )
    return Change(field.name, to, old, new)


def _clash(field: Field, view: View, kind: ClashKind, reason: str) -> Clash:
    left, right = (view.now[side].get(field.name) for side in Side)
    return Clash(field.name, kind, left, right, reason)
