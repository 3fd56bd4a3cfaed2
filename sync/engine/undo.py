"""Taking journalled writes back, under the same guards as any write; what cannot be taken back is named."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import partial

from sync.domain.actions import Create, Delete, LinkPlan, Update
from sync.domain.field import same
from sync.domain.link import HAND, Link, LinkState
from sync.domain.merge import Change
from sync.domain.model import CLOSE_DATES, Record, Side, Value
from sync.engine.apply import Applier, Done
from sync.engine.draft import fetch_lists
from sync.engine.lease import held_lease
from sync.engine.pairing import Pairing
from sync.engine.rules import load_rules
from sync.engine.run import new_run_id, worker_pool
from sync.errors import RecordTrouble
from sync.store import journal as journal_store
from sync.store import links as link_store
from sync.store import runs as run_store
from sync.store.intents import IntentKind
from sync.store.journal import Entry
from sync.store.runs import Ending

WRITES = tuple(kind.done for kind in IntentKind)
PRUNED = "too old: what it wrote is known, but the values were pruned (state.keep_values_days)"


@dataclass(frozen=True, slots=True)
class Step:
    """One link's way back. `plan` is None where there is none; `said` tells why, or what is left as it is."""

    link_id: str
    title: str
    plan: LinkPlan | None
    said: str = ""


def draft_undo_run(pairing: Pairing, run_id: str) -> tuple[Step, ...]:
    """What taking back a whole run would do. Reads the records concerned, writes nothing."""
    with pairing.database.read() as connection:
        entries = journal_store.load_entries_of_run(connection, run_id)
    return _draft(pairing, entries)


def draft_undo_link(pairing: Pairing, link_id: str) -> tuple[Step, ...]:
    """What taking back the last run's writes to one link would do."""
    with pairing.database.read() as connection:
        timeline = journal_store.load_timeline(connection, link_id)
    writes = [entry for entry in timeline if entry.event in WRITES]
    return _draft(pairing, [entry for entry in writes if entry.run_id == writes[-1].run_id])


def _draft(pairing: Pairing, entries: Iterable[Entry]) -> tuple[Step, ...]:
    by_link: dict[str, list[Entry]] = {}
    for entry in entries:
        if entry.event in WRITES and entry.side is not None:
            by_link.setdefault(entry.link_id, []).append(entry)
    with worker_pool(pairing) as pool:
        return tuple(pool.map(partial(_step, pairing), by_link.items()))


def _step(pairing: Pairing, written: tuple[str, list[Entry]]) -> Step:
    link_id, entries = written
    if any(entry.marks is not None for entry in entries):
        return Step(link_id, "", None, PRUNED)
    with pairing.database.read() as connection:
        link = link_store.load_link(connection, link_id)
    if link is None:
        return Step(link_id, "", None, "the link is no longer known")
    try:
        return _back(pairing, link, entries)
    except RecordTrouble as trouble:
        return Step(link_id, "", None, str(trouble))


def _back(pairing: Pairing, link: Link, entries: list[Entry]) -> Step:
    now = {side: _read(pairing, link, side) for side in Side}
    plan = LinkPlan(link, (), (), LinkState.IN_SYNC, "taken back by hand", held_back=_unsynced(link, now))
    if created := [entry for entry in entries if entry.event == IntentKind.CREATE.done]:
        return _uncreate(plan, created[0], now)
    if deleted := [entry for entry in entries if entry.event == IntentKind.DELETE.done]:
        return _undelete(plan, deleted[0], now)
    return _unchange(plan, entries, now)


def _read(pairing: Pairing, link: Link, side: Side) -> Record | None:
    record_id = link.record_id(side)
    record = pairing.crms[side].fetch_record(record_id) if record_id else None
    return record if isinstance(record, Record) else None


def _unsynced(link: Link, now: dict[Side, Record | None]) -> frozenset[str]:
    """Fields with edits that no run has carried over yet: they are not ours to settle."""
    return frozenset(
        name
        for side, record in now.items()
        for name, value in (record.values.items() if record else ())
        if not same((link.base(side) or {}).get(name), value)
    )


def _uncreate(plan: LinkPlan, entry: Entry, now: dict[Side, Record | None]) -> Step:
    side = entry.side or Side.LEFT
    record, base = now[side], plan.link.base(side) or {}
    if record is None:
        return Step(plan.link.id, plan.title, None, f"{side.label} {entry.record_id} is not there any more")
    if edited := [name for name, value in base.items() if not same(record.values.get(name), value)]:
        return Step(plan.link.id, plan.title, None, f"edited since it was made: {', '.join(edited)}")
    delete = Delete(side, record.id, base, "taken back by hand")
    said = (
        f"{side.other.label} keeps its record, which is no longer synced (`opsync links include` ends that)"
    )
    return Step(plan.link.id, plan.title, replace(plan, actions=(delete,), state=LinkState.EXCLUDED), said)


def _undelete(plan: LinkPlan, entry: Entry, now: dict[Side, Record | None]) -> Step:
    side = entry.side or Side.LEFT
    source = now[side.other]
    if source is None:
        return Step(
            plan.link.id, plan.title, None, f"there is no record left in {side.other.label} to link to"
        )
    values = {name: old for name, (old, _new) in entry.fields.items()}
    create = Create(side, values, source, "taken back by hand")
    plan = replace(plan, actions=(create,), seen={source.side: source.values})
    return Step(plan.link.id, plan.title, plan, "it gets a new id")


def _unchange(plan: LinkPlan, entries: list[Entry], now: dict[Side, Record | None]) -> Step:
    changes: dict[tuple[Side, str], Change] = {}
    left_alone: list[str] = []
    for entry in reversed(entries):
        side = entry.side or Side.LEFT
        for name, (old, new) in entry.fields.items():
            newest = changes[side, name].old if (side, name) in changes else new
            changes[side, name] = Change(name, side, newest, old)
    for (side, name), change in list(changes.items()):
        if reason := _why_not(change, now[side]):
            left_alone.append(f"{name} in {side.label}: {reason}")
            del changes[side, name]
    actions = tuple(
        Update(
            side,
            plan.link.record_id(side) or "",
            tuple(c for c in changes.values() if c.side is side),
            "undo",
        )
        for side in Side
        if any(change.side is side for change in changes.values())
    )
    said = "; ".join(left_alone)
    return Step(plan.link.id, plan.title, replace(plan, actions=actions) if actions else None, said)


def _why_not(change: Change, record: Record | None) -> str:
    if record is None:
        return "the record is not there any more"
    now: Value = record.values.get(change.field)
    if same(now, change.new):
        return "it is so already"
    if not same(now, change.old):
        return "edited since"
    if change.new is None and change.field in CLOSE_DATES:
        return "what it was before is not known"
    return ""


def undo(pairing: Pairing, steps: Iterable[Step], what: str) -> tuple[Done, ...]:
    """Carries the plans out, as a run of its own. What was undone counts as agreed: it is not synced back."""
    with held_lease(pairing) as fence, worker_pool(pairing) as pool:
        rules = load_rules(pairing, fetch_lists(pairing, pool))
        run_id, at = new_run_id(), pairing.clock()
        with pairing.database.begin() as connection:
            run_store.begin_run(connection, run_id, "undo", at)
        applier = Applier(pairing, run_id, rules, fence, _leave)
        plans = [step.plan for step in steps if step.plan is not None]
        done: list[Done] = []
        try:
            for plan in plans:
                done.append(_let_go(pairing, plan, _told(plan, applier.apply(plan))))
        finally:
            failed = len(plans) - sum(1 for one in done if not one.trouble)
            counts = {"undone": len(plans) - failed, "refused": failed}
            outcome = "failed" if failed else "done"
            with pairing.database.begin() as connection:
                run_store.finish_run(connection, run_id, Ending(pairing.clock(), outcome, counts, what))
        return tuple(done)


def _leave(link: Link) -> LinkPlan:
    """A record that moved is left as it is, and so is its link."""
    return LinkPlan(link, (), (), link.state, link.reason)


def _told(plan: LinkPlan, done: Done) -> Done:
    if done.trouble or len(done.writes) == len(plan.actions):
        return done
    return replace(done, trouble="the record was edited since; nothing was taken back")


def _let_go(pairing: Pairing, plan: LinkPlan, done: Done) -> Done:
    """The partner of a record that was made and is gone again is taken out of the game by hand."""
    deleted = [action.side for action in plan.actions if isinstance(action, Delete)]
    if done.trouble or not deleted:
        return done
    half = replace(
        done.link.without_record(deleted[0]), origin=HAND, reason="its partner was taken back by hand"
    )
    with pairing.database.begin() as connection:
        link_store.save_link(connection, half, pairing.clock())
    return replace(done, link=half)
