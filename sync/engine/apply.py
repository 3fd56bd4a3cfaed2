"""Carrying out one link's plan: intent, write, base moved; one record, short transactions."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import assert_never
from uuid import uuid4

from sqlalchemy.engine import Connection

from sync.domain.actions import Action, Create, Delete, LinkPlan, Update, written
from sync.domain.link import Link, LinkState
from sync.domain.merge import Change, Clash
from sync.domain.model import CLOSE_DATES, STAGE, Record, Side, Value, Values
from sync.domain.plan import Rules
from sync.domain.settle import finish, move_bases, remember
from sync.engine.companies import CompanyMaker
from sync.engine.lease import Fence
from sync.engine.pairing import Pairing
from sync.errors import Moved, OutcomeUnknown, RecordGone, RecordRefused, RecordTrouble, RetryLater, SideDown
from sync.store import conflicts as conflict_store
from sync.store import intents as intent_store
from sync.store import journal as journal_store
from sync.store import links as link_store
from sync.store.conflicts import Conflict
from sync.store.intents import Intent, IntentKind
from sync.store.journal import Entry

REPLANS = 3
"""How often a record that keeps moving under our hands is planned anew before it waits for the next run."""

FLIPS = 2
"""So often the same change may be made within the flip window before it is parked as a fight."""

KINDS = {Create: IntentKind.CREATE, Update: IntentKind.UPDATE, Delete: IntentKind.DELETE}


@dataclass(frozen=True, slots=True)
class Done:
    """What became of one plan: writes by (event, side), and the link as it is stored now."""

    link: Link
    writes: tuple[tuple[str, Side], ...] = ()
    trouble: str = ""


class Applier:
    """Applies plans of one run; safe to call from several threads for different links."""

    def __init__(
        self, pairing: Pairing, run_id: str, rules: Rules, fence: Fence, replan: Callable[[Link], LinkPlan]
    ) -> None:
        self._pairing = pairing
        self._run_id = run_id
        self._rules = rules
        self._fence = fence
        self._replan = replan
        self._companies = CompanyMaker(pairing)

    def apply(self, plan: LinkPlan) -> Done:
        """`SideDown`, `RunHeld` and `StateTrouble` come through: they end the run, and lose nothing."""
        writes: list[tuple[str, Side]] = []
        try:
            for _ in range(REPLANS):
                try:
                    plan = self._make_room(plan)
                    link = self._carry_out(plan, writes)
                    return Done(self._finish(link, plan), tuple(writes))
                except (Moved, RecordGone):
                    plan = self._replan(self._reload(plan.link.id))
            return self._retry_later(plan.link.id, writes, "the record keeps changing; next run")
        except OutcomeUnknown as error:
            return self._retry_later(plan.link.id, writes, f"outcome unknown: {error}")
        except RetryLater as error:
            return self._retry_later(plan.link.id, writes, str(error))
        except RecordTrouble as error:
            return self._park(plan, writes, error)

    def _make_room(self, plan: LinkPlan) -> LinkPlan:
        """The link is stored before anything is written, so that its id can serve as the stamp; a half link
        that it replaces goes away in the same moment."""
        if not plan.is_new and not plan.swallows:
            return plan
        at, link = self._pairing.clock(), remember(plan.link, plan.seen)
        if link.whole:  # what agrees is agreed from now on: an edit after a crash must look like one
            unwritten = {field for action in plan.actions for field in written(action)}
            link = move_bases(link, plan.seen, plan.unsettled | unwritten)
        event = "found" if plan.is_new else "linked"
        with self._pairing.database.begin() as connection:
            link_store.delete_link(connection, plan.swallows)
            save = link_store.insert_link if plan.is_new else link_store.save_link
            save(connection, link, at)
            self._tell(connection, link, event, link.origin)
        return replace(plan, link=link, is_new=False, swallows="")

    def _carry_out(self, plan: LinkPlan, writes: list[tuple[str, Side]]) -> Link:
        link = plan.link
        seen = {side: self._rules.mapping.comparable(values) for side, values in plan.seen.items()}
        self._refuse_flipping(plan)
        for index, action in enumerate(plan.actions):
            later = {field for other in plan.actions[index + 1 :] for field in written(other)}
            intent = self._intend(link, action, seen)
            record = self._write(action, intent)
            if record is not None:
                link = self._agree(link, action, record, seen, plan.unsettled | later)
            self._settle(intent, link, action)
            writes.append((KINDS[type(action)].done, action.side))
        return link

    def _refuse_flipping(self, plan: LinkPlan) -> None:
        """A field that comes back again and again is set on both sides by somebody: do not feed the fight."""
        if not any(isinstance(action, Update) for action in plan.actions):
            return
        since = self._pairing.clock() - timedelta(seconds=self._pairing.options.flip_window_s)
        with self._pairing.database.read() as connection:
            recent = journal_store.load_events(connection, plan.link.id, IntentKind.UPDATE.done, since)
        if flips := flipping(plan.actions, recent):
            raise RecordRefused(
                f"{', '.join(flips)} keeps changing back: two rules or people disagree; decide by hand"
            )

    def _intend(self, link: Link, action: Action, seen: dict[Side, Values]) -> Intent:
        """For a create, what the source showed is kept: it becomes the base if the answer gets lost."""
        payload = seen.get(action.side.other, {}) if isinstance(action, Create) else written(action)
        record_id = None if isinstance(action, Create) else action.record_id
        intent = Intent(
            uuid4().hex,
            self._run_id,
            link.id,
            action.side,
            KINDS[type(action)],
            record_id,
            payload,
            False,
            1,
            self._pairing.clock(),
        )
        self._fence.check()
        with self._pairing.database.begin() as connection:
            intent_store.save_intent(connection, intent)
        return intent

    def _write(self, action: Action, intent: Intent) -> Record | None:
        """The one remote write. Unless its outcome is unknown, the intent does not survive a failure."""
        try:
            return self._send(action, intent.link_id)
        except OutcomeUnknown:
            with self._pairing.database.begin() as connection:
                intent_store.mark_ambiguous(connection, intent.id)
            raise
        except (RetryLater, Moved, RecordTrouble, SideDown):
            with self._pairing.database.begin() as connection:
                intent_store.delete_intent(connection, intent.id)
            raise

    def _send(self, action: Action, link_id: str) -> Record | None:
        crm = self._pairing.crms[action.side]
        match action:
            case Create():
                return crm.create_record(self._companies.resolve(action.values, action.side), link_id)
            case Update():
                changes = self._companies.resolve(action.new, action.side)
                return crm.update_record(action.record_id, action.expected, changes)
            case Delete():
                crm.delete_record(action.record_id, action.expected)
                return None
            case _:
                assert_never(action)

    def _agree(
        self,
        link: Link,
        action: Action,
        record: Record,
        seen: dict[Side, Values],
        unsettled: frozenset[str],
    ) -> Link:
        """The answer to a write becomes base; `seen` is brought up to date with it."""
        shown = self._rules.mapping.comparable(record.values)
        seen[action.side] = _agreed(action, seen.get(action.side, {}), shown)
        link = replace(link.with_record(action.side, record.id), refused="")
        if isinstance(action, Create):
            link = link.with_birth(action.side, record.created_at)
            link = link.with_birth(action.source.side, action.source.created_at)
        return move_bases(link, seen, unsettled)

    def _settle(self, intent: Intent, link: Link, action: Action) -> None:
        """Base moved and intent gone in one transaction, with the journal line that explains it."""
        at, record_id = self._pairing.clock(), link.record_id(action.side)
        event, fields = KINDS[type(action)].done, _written_fields(action)
        entry = Entry(at, self._run_id, link.id, event, action.side, record_id, fields, action.reason)
        with self._pairing.database.begin() as connection:
            link_store.save_link(connection, link, at)
            intent_store.delete_intent(connection, intent.id)
            journal_store.add_entries(connection, [entry])

    def _finish(self, link: Link, plan: LinkPlan) -> Link:
        """State, reason and open conflicts; writes nothing when nothing is new."""
        at = self._pairing.clock()
        final = finish(link, plan, at)
        if final == link:
            return link
        with self._pairing.database.begin() as connection:
            link_store.save_link(connection, final, at)
            conflicts = [_conflict(final, clash, self._pairing) for clash in plan.clashes]
            conflict_store.replace_conflicts(connection, final.id, conflicts)
            if (final.state, final.reason) != (link.state, link.reason):
                self._tell(connection, final, str(final.state), final.reason)
        return final

    def _tell(self, connection: Connection, link: Link, event: str, reason: str) -> None:
        entry = Entry(self._pairing.clock(), self._run_id, link.id, event, reason=reason)
        journal_store.add_entries(connection, [entry])

    def _reload(self, link_id: str) -> Link:
        with self._pairing.database.read() as connection:
            link = link_store.load_link(connection, link_id)
        if link is None:
            raise RecordTrouble("the link was removed while it was being worked on; run again")
        return link

    def _retry_later(self, link_id: str, writes: list[tuple[str, Side]], reason: str) -> Done:
        link = self._reload(link_id)
        return self._set_aside(link, replace(link, state=LinkState.RETRYING, reason=reason), writes)

    def _park(self, plan: LinkPlan, writes: list[tuple[str, Side]], error: RecordTrouble) -> Done:
        reason, refused = str(error), ""
        if isinstance(error, RecordRefused):
            reason, refused = _in_words(error), plan.fingerprint
        try:
            link = self._reload(plan.link.id)
        except RecordTrouble:
            return Done(plan.link, tuple(writes), reason)
        seen = remember(link, plan.seen)
        parked = replace(seen, state=LinkState.PARKED, reason=reason, refused=refused)
        return self._set_aside(link, parked, writes)

    def _set_aside(self, before: Link, after: Link, writes: list[tuple[str, Side]]) -> Done:
        """What became of the link is stored and told, unless it was so before."""
        if after != before:
            with self._pairing.database.begin() as connection:
                link_store.save_link(connection, after, self._pairing.clock())
                self._tell(connection, after, str(after.state), after.reason)
        return Done(after, tuple(writes), after.reason)


def _written_fields(action: Action) -> dict[str, tuple[Value, Value]]:
    """(old, new) by field, as the journal keeps it."""
    match action:
        case Create():
            return {name: (None, value) for name, value in action.values.items()}
        case Update():
            return {change.field: (change.old, change.new) for change in action.changes}
        case Delete():
            return {name: (value, None) for name, value in action.expected.items()}
        case _:
            assert_never(action)


def _in_words(error: RecordRefused) -> str:
    said = "; ".join(f"{name}: {text}" for name, text in error.messages.items())
    return f"{error} ({said})" if said else str(error)


def flipping(actions: Sequence[Action], recent: Sequence[Entry]) -> list[str]:
    """Fields about to be written a third time from the same old to the same new value."""
    return [
        change.field
        for action in actions
        if isinstance(action, Update)
        for change in action.changes
        if sum(_wrote(entry, change) for entry in recent) >= FLIPS
    ]


def _wrote(entry: Entry, change: Change) -> bool:
    old_new = entry.fields.get(change.field)
    return entry.side is change.side and old_new is not None and old_new == (change.old, change.new)


def _agreed(action: Action, before: Values, shown: Values) -> Values:
    """Of the answer to a write, only what was written is agreed upon: any other field that no longer shows
    what the plan saw was edited meanwhile, and must look edited to the next run."""
    ours = {*written(action), *(CLOSE_DATES if STAGE in written(action) else ())}
    return {
        name: value if name in ours or name not in before else before[name] for name, value in shown.items()
    }


def _conflict(link: Link, clash: Clash, pairing: Pairing) -> Conflict:
    base = (link.base_left or {}).get(clash.field)
    kind = str(clash.kind)
    return Conflict(link.id, clash.field, clash.left, clash.right, base, kind, clash.reason, pairing.clock())
