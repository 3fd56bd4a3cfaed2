"""One pass: recover, draft, apply, remember. Its report says what was done and what waits for a person."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from contextvars import Context, copy_context
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import islice
from uuid import uuid4

from sync.domain.actions import LinkPlan
from sync.domain.link import NEEDS_A_PERSON, Link, LinkState
from sync.domain.model import Lists, Side
from sync.domain.plan import plan_link
from sync.engine import companies
from sync.engine.apply import Applier, Done
from sync.engine.brakes import find_trips, hold_or_pass, rebaseline, remember_mapping
from sync.engine.draft import Draft, draft_run, fetch_lists
from sync.engine.lease import Fence, held_lease
from sync.engine.older import unless_untold
from sync.engine.pairing import Pairing
from sync.engine.pauses import wake
from sync.engine.reach import Scope
from sync.engine.recover import recover_intents
from sync.engine.rules import load_rules
from sync.engine.waiting import put_off
from sync.errors import LeaseHeld, Misconfigured, OpsyncError, RunHeld, SideDown, StateTrouble, Stopped
from sync.store import cursors as cursor_store
from sync.store import links as link_store
from sync.store import runs as run_store
from sync.store.runs import Ending

HOPELESS = 10
"""So many passing faults in a row are not passing."""


@dataclass(frozen=True, slots=True)
class Report:
    """What one run did. `outcome`: done, stopped (asked to, or the lease was lost), failed, held. `writes` by
    "created left" and the like; `states` counts all links afterwards."""

    run_id: str
    kind: str
    started_at: datetime
    seconds: float
    outcome: str
    writes: Mapping[str, int]
    states: Mapping[LinkState, int]
    retrying: int
    notes: tuple[str, ...] = ()
    error: str = ""

    @property
    def needs_a_person(self) -> int:
        return sum(self.states.get(state, 0) for state in NEEDS_A_PERSON)


@contextmanager
def worker_pool(pairing: Pairing) -> Iterator[ThreadPoolExecutor]:
    """The one pool of a run; its threads log with what the caller has bound, such as the run id."""
    with ThreadPoolExecutor(
        pairing.options.workers, "opsync", initializer=_inherit, initargs=(copy_context(),)
    ) as pool:
        yield pool


def _inherit(context: Context) -> None:
    for variable, value in context.items():
        variable.set(value)


def plan_only(pairing: Pairing, scope: Scope) -> Draft:
    """The dry run: the very object that `run` applies, and nothing written anywhere."""
    with worker_pool(pairing) as pool:
        return draft_run(pairing, fetch_lists(pairing, pool), pool, scope)


def new_run_id() -> str:
    return uuid4().hex


def run(  # noqa: PLR0913  keyword-only choices of one run
    pairing: Pairing,
    kind: str,
    scope: Scope,
    *,
    lists: Mapping[Side, Lists] | None = None,
    run_id: str | None = None,
    release: str = "",
    narrow: Callable[[Draft], Draft] | None = None,
) -> Report:
    """One pass under the lease. Trouble with a side, the state or a brake ends it and is told in the report's
    `error`; `Misconfigured` and `LeaseHeld` are raised: nothing was begun. A `release` reason lets this one
    run pass the brakes, and is recorded. `narrow` picks what of the draft is carried out; the rest is left
    for a later run."""
    with held_lease(pairing) as fence, worker_pool(pairing) as pool:
        run_id, started_at = run_id or new_run_id(), pairing.clock()
        with pairing.database.begin() as connection:
            run_store.begin_run(connection, run_id, kind, started_at)
        pass_ = _Pass(pairing, run_id, fence, pool)
        try:
            outcome, error = pass_.go(lists, scope, release=release, narrow=narrow), ""
        except Stopped as stopped:
            outcome, error = "stopped", str(stopped)
        except LeaseHeld as lost:  # no brake: another process took over while this one was slow
            outcome, error = "stopped", str(lost)
        except RunHeld as held:
            outcome, error = "held", str(held)
        except StateTrouble:
            raise
        except Misconfigured as wrong:
            _report(pass_, kind, started_at, "failed", str(wrong))
            raise
        except OpsyncError as trouble:
            outcome, error = "failed", str(trouble)
        return _report(pass_, kind, started_at, outcome, error)


class _Pass:
    """One run on its way, with its counts."""

    def __init__(self, pairing: Pairing, run_id: str, fence: Fence, pool: ThreadPoolExecutor) -> None:
        self.pairing = pairing
        self.run_id = run_id
        self.fence = fence
        self.pool = pool
        self.writes: Counter[str] = Counter()
        self.retrying = 0
        self.failed_in_a_row: list[str] = []
        self.notes: tuple[str, ...] = ()

    def go(
        self,
        lists: Mapping[Side, Lists] | None,
        scope: Scope,
        *,
        release: str,
        narrow: Callable[[Draft], Draft] | None,
    ) -> str:
        lists = lists or fetch_lists(self.pairing, self.pool)
        recover_intents(self.pairing, self.run_id, load_rules(self.pairing, lists).mapping)
        wake(self.pairing, self.run_id)
        draft = draft_run(self.pairing, lists, self.pool, scope, release=bool(release))
        draft = narrow(draft) if narrow else draft
        self.notes = draft.notes
        if release:
            trips = find_trips(self.pairing, draft)
            self.notes = (f"brakes released by hand: {release}", *trips, *self.notes)
        else:
            hold_or_pass(self.pairing, draft)
        outcome = self.carry_out(draft, complete=narrow is None and not scope.only)
        if outcome == "done" and narrow in (None, rebaseline):
            remember_mapping(self.pairing)
        return outcome

    def carry_out(self, draft: Draft, *, complete: bool) -> str:
        """Cursors move only when everything seen is carried out, or says in its link that it waits."""
        companies.save_fresh(self.pairing, draft.book)
        self._save_births(draft)
        applier = Applier(
            self.pairing, self.run_id, draft.rules, self.fence, partial(_afresh, self.pairing, draft)
        )
        finished = self._apply_all(draft.plans, applier)
        if finished and complete:
            self._save_cursors(draft)
        return "done" if finished else "stopped"

    def _apply_all(self, plans: tuple[LinkPlan, ...], applier: Applier) -> bool:
        """A bounded window of plans in flight; the first error that ends the run lets those finish."""
        waiting = iter(plans)
        flying: set[Future[Done]] = set()
        done = 0
        trouble: BaseException | None = None
        while True:
            room = 2 * self.pairing.options.workers - len(flying)
            if trouble is None and not self.pairing.stop.is_set():
                flying |= {self.pool.submit(applier.apply, plan) for plan in islice(waiting, room)}
            if not flying:
                break
            landed, flying = wait(flying, return_when=FIRST_COMPLETED)
            for future in landed:
                trouble = trouble or future.exception()
                done += 1
                if future.exception() is None:
                    self._count(future.result())
            trouble = trouble or self._hopeless()
            self.pairing.progress("applied", done, len(plans))
        if trouble is not None:
            raise trouble
        return done == len(plans)

    def _count(self, done: Done) -> None:
        self.writes.update(f"{event} {side}" for event, side in done.writes)
        failed = done.link.state is LinkState.RETRYING
        if done.writes or done.trouble:
            self.pairing.heard(done.link.id, not failed, done.trouble)
        self.retrying += failed
        if failed:
            self.failed_in_a_row.append(f"{done.trouble} (link {done.link.id[:8]})")
        else:
            self.failed_in_a_row.clear()

    def _hopeless(self) -> SideDown | None:
        """When nothing comes through any more, the rest of the plan is left for the next run."""
        if len(self.failed_in_a_row) < HOPELESS:
            return None
        said = f"{HOPELESS} records in a row failed, the rest waits for the next run"
        return SideDown(f"{said}; the last: {self.failed_in_a_row[-1]}")

    def _save_births(self, draft: Draft) -> None:
        if draft.born:
            with self.pairing.database.begin() as connection:
                link_store.save_births(connection, draft.born)

    def _save_cursors(self, draft: Draft) -> None:
        with self.pairing.database.begin() as connection:
            for side, look in draft.looks.items():
                if look.cursor is not None and look.cursor != cursor_store.load_cursor(connection, side):
                    cursor_store.save_cursor(connection, side, look.cursor, self.pairing.clock())


def _afresh(pairing: Pairing, draft: Draft, link: Link) -> LinkPlan:
    seen = draft.sights.afresh(link)
    plan = plan_link(link, seen[Side.LEFT], seen[Side.RIGHT], draft.rules)
    plan = unless_untold(pairing, plan, draft.looks, draft.rules.mapping)
    return put_off(plan, draft.waits)


def _report(pass_: _Pass, kind: str, started_at: datetime, outcome: str, error: str) -> Report:
    pairing = pass_.pairing
    at = pairing.clock()
    with pairing.database.begin() as connection:
        states = link_store.count_by_state(connection)
        counts = {**pass_.writes, **{str(state): count for state, count in states.items() if count}}
        released = next((note for note in pass_.notes if note.startswith("brakes released")), "")
        detail = "; ".join(filter(None, (released, error)))
        run_store.finish_run(connection, pass_.run_id, Ending(at, outcome, counts, detail))
    return Report(
        pass_.run_id,
        kind,
        started_at,
        (at - started_at).total_seconds(),
        outcome,
        dict(pass_.writes),
        states,
        pass_.retrying,
        pass_.notes,
        error,
    )
