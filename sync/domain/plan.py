"""The decision table: what to do about one link, given what was seen of both sides. Pure and total."""

from dataclasses import dataclass, replace
from typing import assert_never

from sync.domain.actions import Action, Create, Delete, LinkPlan, Update
from sync.domain.birth import tell_another
from sync.domain.field import same
from sync.domain.half import remembered
from sync.domain.link import NEEDS_A_PERSON, Link, LinkState
from sync.domain.mapping import Mapping
from sync.domain.merge import Change, Clash, ClashKind, View
from sync.domain.model import PROBABILITY, STAGE, Record, Side, Unreadable, Value, Values
from sync.domain.policy import Policy, Removal, Revival


@dataclass(frozen=True, slots=True)
class Rules:
    """Everything a decision depends on besides the records."""

    mapping: Mapping
    policy: Policy


@dataclass(frozen=True, slots=True)
class Unseen:
    """Not in a delta: no evidence of a change, the base stands for the record."""


@dataclass(frozen=True, slots=True)
class Gone:
    """A direct read answered "not there". `settled`: twice, far enough apart in time. `hidden`: the account
    does not see everything, so this proves nothing."""

    settled: bool
    hidden: bool = False


HIDDEN = "not found"
"""How the reason of a link begins whose record may only be hidden."""

Sight = Record | Unreadable | Unseen | Gone
"""What one look told about one side of a link."""


def plan_link(link: Link, left: Sight, right: Sight, rules: Rules) -> LinkPlan:
    """One answer for every combination of sights; the table in the docs is printed from this function."""
    if link.state in (LinkState.PAUSED, LinkState.BURIED) or link.excluded_by_hand:
        return _stay(link, link.state, link.reason)
    if hindrance := _hindrance(link, left, Side.LEFT) or _hindrance(link, right, Side.RIGHT):
        return _stay(link, LinkState.PARKED, hindrance)
    if not link.whole:
        return _plan_half(link, left if link.left_id else right, rules)
    return _plan_whole(link, left, right, rules)


def _hindrance(link: Link, sight: Sight, side: Side) -> str:
    """Why nothing can be decided about a link; empty when something can."""
    if isinstance(sight, Record):
        return tell_another(link, sight)
    if isinstance(sight, Unreadable):
        return f"{side.label} {sight.id}: {sight.reason}"
    if isinstance(sight, Gone) and sight.hidden:
        return f"{HIDDEN} in {side.label}: deleted, or hidden from our account; give it administrator rights"
    return ""


def _stay(link: Link, state: LinkState, reason: str) -> LinkPlan:
    return LinkPlan(link, (), (), state, reason)


def _plan_half(link: Link, sight: Sight, rules: Rules) -> LinkPlan:
    """A record without a partner: create it over there, or say why not."""
    match sight:
        case Record():
            return _plan_create(link, sight, rules)
        case Gone():
            gone = frozenset({Side.LEFT if link.left_id else Side.RIGHT})
            return _bury(link, gone, "deleted before it was ever linked", sight.settled)
        case Unseen() | Unreadable():
            return _stay(link, link.state, link.reason)
        case _:
            assert_never(sight)


def _plan_create(link: Link, source: Record, rules: Rules) -> LinkPlan:
    to = source.side.other
    plan = replace(_stay(link, LinkState.IN_SYNC, ""), seen={source.side: remembered(source, rules.mapping)})
    if not rules.policy.creates[to]:
        reason = f"creating in {to.label} is switched off ([policy] create_in_{to.label.lower()})"
        return replace(plan, state=LinkState.EXCLUDED, reason=reason)
    values, missing = rules.mapping.image_of(source.values, to)
    if missing:
        waits = any(gap.needs_person for gap in missing)
        state = LinkState.PARKED if waits else LinkState.EXCLUDED
        return replace(plan, state=state, reason="; ".join(gap.reason for gap in missing))
    create = Create(to, values, source, f"new in {source.side.label}")
    return replace(plan, actions=(create,))


def _plan_whole(link: Link, left: Sight, right: Sight, rules: Rules) -> LinkPlan:
    match left, right:
        case Gone(), Gone():
            return _bury(link, frozenset(Side), "deleted on both sides", left.settled and right.settled)
        case Gone(), Record() | Unseen():
            return _plan_gone(link, Side.LEFT, right, rules, settled=left.settled)
        case Record() | Unseen(), Gone():
            return _plan_gone(link, Side.RIGHT, left, rules, settled=right.settled)
        case _:
            return _plan_both(link, left, right, rules)


def _plan_both(link: Link, left: Sight, right: Sight, rules: Rules) -> LinkPlan:
    """Both records are there: merge them field by field."""
    if not (_is_known(link, Side.LEFT, left) and _is_known(link, Side.RIGHT, right)):
        return _stay(link, LinkState.PENDING, "the two records were never compared")
    now = {Side.LEFT: _values(left, link.base_left), Side.RIGHT: _values(right, link.base_right)}
    base = {side: link.base(side) for side in Side}
    locked = {Side.LEFT: _locks(left), Side.RIGHT: _locks(right)}
    merged = rules.mapping.merge(View(now, base, locked, rules.policy.first_link))
    first = link.base_left is None and link.base_right is None
    why = "the two differ at their first link" if first else "edited in {}"
    actions = tuple(
        Update(side, link.record_id(side) or "", merged.of(side), why.format(side.other.label))
        for side in (Side.RIGHT, Side.LEFT)
        if merged.of(side)
    )
    state, reason = _state_of(merged.clashes)
    if not merged.clashes and link.state in NEEDS_A_PERSON and Unseen() in (left, right):
        state, reason = link.state, link.reason  # what waits may be on the side that was not seen
    seen = {side: rules.mapping.comparable(now[side]) for side in Side}
    return LinkPlan(link, actions, merged.clashes, state, reason, seen)


def _is_known(link: Link, side: Side, sight: Sight) -> bool:
    return isinstance(sight, Record) or link.base(side) is not None


def _values(sight: Sight, base: Values | None) -> Values:
    return sight.values if isinstance(sight, Record) else base or {}


def _locks(sight: Sight) -> dict[str, str]:
    return dict(sight.locked) if isinstance(sight, Record) else {}


def _state_of(clashes: tuple[Clash, ...]) -> tuple[LinkState, str]:
    if not clashes:
        return LinkState.IN_SYNC, ""
    conflict = any(clash.kind is ClashKind.CONFLICT for clash in clashes)
    state = LinkState.CONFLICT if conflict else LinkState.PARKED
    return state, "; ".join(clash.reason for clash in clashes)


def _plan_gone(link: Link, gone: Side, other: Sight, rules: Rules, *, settled: bool) -> LinkPlan:
    """One side was deleted. An edit on the other side beats the deletion; otherwise the policy decides."""
    if not settled or not _is_known(link, gone.other, other):
        said = f"not found in {gone.label}; looking again before believing it"
        return replace(_stay(link, LinkState.PENDING, said), gone=frozenset({gone}))
    base = link.base(gone.other) or {}
    now = rules.mapping.comparable(_values(other, base))
    if isinstance(other, Record) and _edited(base, now):
        return _plan_revival(link, gone, other, rules)
    return _plan_removal(link, gone, now, rules)


def _edited(base: Values, now: Values) -> bool:
    return any(name not in base or not same(base[name], value) for name, value in now.items())


def _plan_revival(link: Link, gone: Side, other: Record, rules: Rules) -> LinkPlan:
    said = f"deleted in {gone.label}, edited in {gone.other.label}"
    if rules.policy.revival is Revival.ASK or not rules.policy.creates[gone]:
        return replace(_stay(link, LinkState.CONFLICT, said), gone=frozenset({gone}))
    values, missing = rules.mapping.image_of(other.values, gone)
    if missing:
        parked = _stay(link, LinkState.PARKED, "; ".join(gap.reason for gap in missing))
        return replace(parked, gone=frozenset({gone}))
    seen = {other.side: rules.mapping.comparable(other.values)}
    revival = Create(gone, values, other, said)
    return replace(_stay(link, LinkState.IN_SYNC, ""), seen=seen, actions=(revival,))


def _plan_removal(link: Link, gone: Side, now: Values, rules: Rules) -> LinkPlan:
    removal, partner = rules.policy.removals[gone], gone.other
    record_id = link.record_id(partner) or ""
    said = f"deleted in {gone.label}"
    actions: tuple[Action, ...] = ()
    if removal is Removal.DELETE:
        actions = (Delete(partner, record_id, now, said),)
    elif removal is Removal.CLOSE_AS_LOST and not rules.mapping.is_closed(partner, now.get(STAGE)):
        actions = (Update(partner, record_id, _lost(partner, now, rules), said),)
    done = {Removal.CLOSE_AS_LOST: "closed as lost", Removal.DELETE: "deleted too"}
    fate = done[removal] if actions else "kept"
    plan = _bury(link, frozenset({gone}), f"{said}; {partner.label} {record_id} {fate}", True)
    return replace(plan, actions=actions)


def _lost(partner: Side, now: Values, rules: Rules) -> tuple[Change, ...]:
    """A lost deal is in the lost stage and has no chance left; neither server sees to the second."""
    # superoffice.md 4.1, onlyoffice.md 5.5 (seen 2026-11-22)
    wanted: dict[str, Value] = {STAGE: rules.mapping.lost[partner], PROBABILITY: 0}
    return tuple(
        Change(name, partner, now.get(name), value)
        for name, value in wanted.items()
        if rules.mapping.field(name) is not None and now.get(name) != value
    )


def _bury(link: Link, gone: frozenset[Side], reason: str, settled: bool) -> LinkPlan:
    if settled:
        return replace(_stay(link, LinkState.BURIED, reason), gone=gone)
    return replace(_stay(link, LinkState.PENDING, f"{reason}; looking again before believing it"), gone=gone)
