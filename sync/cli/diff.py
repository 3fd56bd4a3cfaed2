"""A draft as text and as JSON, one block a record, in the manner of a diff; it decides nothing."""

from collections import Counter
from collections.abc import Iterator, Sequence

from sync.cli.words import KEYS, Words, counted, ids_of, shorten, spoken
from sync.domain.actions import Action, Create, Delete, LinkPlan, Update, written
from sync.domain.link import NEEDS_A_PERSON, Link, LinkState
from sync.domain.merge import Change, Clash
from sync.domain.model import COMPANY, Side, Value
from sync.engine.companies import NEW
from sync.engine.draft import Draft

_SIGNS = {Create: "+", Update: "~", Delete: "-"}
_VERBS = {Create: "create", Update: "update", Delete: "delete"}


def is_bond(plan: LinkPlan) -> bool:
    """Two records that were not one pair before this plan."""
    new = plan.link.base_left is None and plan.link.base_right is None
    return plan.link.whole and new and not plan.gone and plan.link.origin.startswith(("matched by", "hand"))


def is_pending(draft: Draft) -> bool:
    """Whether carrying the draft out would write a record, or make or extend a link."""
    return any(plan.actions or plan.is_new or is_bond(plan) for plan in draft.plans)


def people_needed(draft: Draft, stored: list[Link]) -> int:
    """Links that wait for a person once the draft is carried out; `stored` are those that wait now."""
    planned = {name for plan in draft.plans for name in (plan.link.id, plan.swallows)}
    earlier = sum(1 for link in stored if link.id not in planned)
    return earlier + sum(1 for plan in draft.plans if plan.state in NEEDS_A_PERSON)


def blocks(draft: Draft, words: Words, limit: int) -> Iterator[str]:
    """The lines of the first `limit` records (0: all), what is written before what only waits."""
    plans = sorted(draft.plans, key=lambda plan: not (plan.actions or is_bond(plan)))
    for plan in plans[: limit or None]:
        yield from block(plan, words)
        yield ""
    if limit and len(plans) > limit:
        yield f"… and {len(plans) - limit} more records: --show 0 prints all"
        yield ""


def block(plan: LinkPlan, words: Words) -> Iterator[str]:
    yield f"{shorten(plan.title) or '(no title)'}  [{ids_of(plan.link)}]"
    if is_bond(plan):
        how = "paired by hand" if plan.link.origin == "hand" else plan.link.origin
        yield f"  = link ({how})"
    for action in plan.actions:
        yield from action_lines(action, words, "the two differ" if is_bond(plan) else action.reason)
    for clash in plan.clashes:
        yield _clash(clash, words)
    if not plan.clashes and (plan.reason or not (plan.actions or is_bond(plan))):
        yield _stay(plan)


def action_lines(action: Action, words: Words, why: str) -> Iterator[str]:
    """What is done where and why, then old → new of each field."""
    kind = type(action)
    yield f"  {_SIGNS[kind]} {_VERBS[kind]} in {action.side.label}: {why}"
    for name, old, new in fields_of(action):
        if isinstance(action, Update):
            yield f"      {name}: {words.change(name, (action.side, old), (action.side, new))}"
        elif new is not None and new != "":
            yield f"      {name}: {words.say(action.side, name, new)}"


def fields_of(action: Action) -> list[tuple[str, Value, Value]]:
    """Name, old and new value of what an action writes."""
    match action:
        case Update():
            return [_triple(change) for change in action.changes]
        case Create():
            return [(name, None, value) for name, value in action.values.items()]
        case Delete():
            return []


def _triple(change: Change) -> tuple[str, Value, Value]:
    return change.field, change.old, change.new


def _clash(clash: Clash, words: Words) -> str:
    left = words.say(Side.LEFT, clash.field, clash.left)
    right = words.say(Side.RIGHT, clash.field, clash.right)
    held = f"SuperOffice {left} | ONLYOFFICE {right}"
    return f"  ! {clash.kind} {clash.field}: {held} ({shorten(clash.reason, 300)})"


def _stay(plan: LinkPlan) -> str:
    signs = {LinkState.CONFLICT: "!", LinkState.BURIED: "x", LinkState.IN_SYNC: "="}
    said = f": {shorten(plan.reason, 300)}" if plan.reason else ""
    return f"  {signs.get(plan.state, '?')} {spoken(plan.state)}{said}"


def kind_counts(draft: Draft) -> dict[str, int]:
    """Counts by what happens and where, as in "create in ONLYOFFICE", in a fixed order."""
    counts = Counter((type(action), action.side) for plan in draft.plans for action in plan.actions)
    ordered = {
        f"{_VERBS[kind]} in {side.label}": counts[kind, side]
        for kind in _VERBS
        for side in reversed(Side)
        if counts[kind, side]
    }
    waits = Counter(spoken(plan.state) for plan in draft.plans if not plan.actions and not is_bond(plan))
    linked = sum(1 for plan in draft.plans if is_bond(plan))
    bonds = sum(1 for link in draft.book.fresh if link.whole)
    more = {"link": linked, "link companies": bonds, **_companies_made(draft)}
    more |= {state: waits[state] for state in sorted(waits)}
    return ordered | {what: number for what, number in more.items() if number}


def _companies_made(draft: Draft) -> dict[str, int]:
    """A company made for several records is made once."""
    made = {
        (action.side, company)
        for plan in draft.plans
        for action in plan.actions
        if str(company := written(action).get(COMPANY)).startswith(NEW)
    }
    return {
        f"create companies in {side.label}": sum(1 for there, _ in made if there is side)
        for side in reversed(Side)
    }


def held_lines(trips: Sequence[str]) -> Iterator[str]:
    """Why a run would not begin, with the numbers."""
    for trip in trips:
        yield f"! held by a brake: {trip}"
    if trips:
        yield "Nothing is written while a brake holds; let one run pass with `opsync sync --release REASON`."


def summary(draft: Draft, people: int) -> Iterator[str]:
    counts = kind_counts(draft)
    totals = ", ".join(f"{number} {what}" for what, number in counts.items())
    yield f"Plan: {totals or 'nothing to do'}; {counted(draft.unchanged, 'link')} unchanged."
    if draft.actions:
        yield f"Cost: about {counted(draft.calls, 'call')} to write {counted(draft.actions, 'change')}."
    if draft.waiting:
        waiting = f"{counted(len(draft.waiting), 'link')} with a write of unknown outcome"
        yield f"Waiting: {waiting}; the next sync finds out."
    for note in draft.notes:
        yield f"Note: {shorten(note, 400)}"
    if people:
        where = "`opsync links --state parked`, `opsync conflicts list`"
        yield f"Needs a person: {counted(people, 'link')}; see {where}."


def as_json(draft: Draft, people: int, trips: Sequence[str] = ()) -> dict[str, object]:
    return {
        "changes": [_plan_json(plan) for plan in draft.plans],
        "totals": kind_counts(draft),
        "unchanged": draft.unchanged,
        "calls": draft.calls,
        "notes": list(draft.notes),
        "waiting": sorted(draft.waiting),
        "needs_a_person": people,
        "held_by": list(trips),
    }


def _plan_json(plan: LinkPlan) -> dict[str, object]:
    return {
        "link": plan.link.id,
        "is_new": plan.is_new,
        "superoffice_id": plan.link.left_id,
        "onlyoffice_id": plan.link.right_id,
        "title": plan.title,
        "linked_by": plan.link.origin if is_bond(plan) else None,
        "actions": [action_json(action) for action in plan.actions],
        "conflicts": [_clash_json(clash) for clash in plan.clashes],
        "state": plan.state,
        "reason": plan.reason,
    }


def action_json(action: Action) -> dict[str, object]:
    return {
        "kind": _VERBS[type(action)],
        "side": KEYS[action.side],
        "record_id": None if isinstance(action, Create) else action.record_id,
        "reason": action.reason,
        "fields": {name: {"old": old, "new": new} for name, old, new in fields_of(action)},
    }


def _clash_json(clash: Clash) -> dict[str, object]:
    return {
        "field": clash.field,
        "kind": clash.kind,
        "superoffice": clash.left,
        "onlyoffice": clash.right,
        "reason": clash.reason,
    }
