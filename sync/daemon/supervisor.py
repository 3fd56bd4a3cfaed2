"""Owns the work: one thread, one cycle at a time, patience with what is out of order; it knows no vendor."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import structlog
from structlog.contextvars import bound_contextvars

from sync.daemon.backoff import BackOff
from sync.daemon.blackout import Blackouts
from sync.daemon.health import Health, Phase
from sync.daemon.hints import Hints
from sync.daemon.outages import Outages, Topic
from sync.daemon.planner import Pace, Planner
from sync.daemon.shelf import Shelf
from sync.daemon.turn import Outcome, Turn
from sync.domain.link import LinkState
from sync.domain.model import Side
from sync.domain.resolve import MappingSpec
from sync.engine.draft import check_mapping
from sync.engine.lease import DUTY, Fence
from sync.engine.pairing import Pairing
from sync.engine.pauses import paused_all, tell
from sync.engine.reach import Reach, Scope
from sync.engine.run import Report, new_run_id, run
from sync.errors import LeaseHeld, Misconfigured, OpsyncError, StateTrouble, Stopped

CYCLE = "cycle"
HINTED = "hinted"
_SIDES = tuple(Topic.of(side) for side in Side)
_PATIENT = frozenset({Outcome.DONE, Outcome.STOPPED, Outcome.LEASE_HELD, Outcome.RESTING})
"""Outcomes after which the next tick is as good as any."""
_UNMAPPED = frozenset({LinkState.PARKED, LinkState.EXCLUDED})


@dataclass(frozen=True, slots=True)
class Watch:
    """Those who want to know; `on_turn` is called by the worker after every turn and must not raise."""

    health: Health
    outages: Outages
    on_turn: Callable[[Turn], None]


@dataclass(frozen=True, slots=True)
class Company:
    """Who else has a say: `hints` of other systems, `blackouts` in which nothing begins, and `chores` that
    the worker does after each good cycle, each when it is due."""

    hints: Hints
    blackouts: Blackouts | None = None
    chores: Sequence[Callable[[], object]] = field(default_factory=tuple)


def alone() -> Company:
    return Company(Hints(lambda: None))


class Supervisor:
    """`tick`, `nudge` and `leave` may be called from any thread; everything else belongs to the thread in
    `work`."""

    def __init__(self, pairing: Pairing, pace: Pace, watch: Watch, company: Company | None = None) -> None:
        self._pairing = replace(pairing, progress=self._note_progress)
        self._progress = pairing.progress
        self._pace = pace
        self._watch = watch
        self._company = company or alone()
        self._shelf = Shelf(self._pairing)
        self._planner = Planner(self._pairing, pace)
        self._backoff = BackOff(pace.interval_s)
        self._duty = Fence(self._pairing, DUTY, max(pace.duty_s, pairing.options.lease_s))
        self._wake = threading.Event()
        self._ticked = threading.Event()
        self._unmapped = 0
        self._notes: tuple[str, ...] = ()
        self._log = structlog.get_logger()

    def tick(self) -> None:
        """Asks for a cycle; asked many times while one runs, it is still one more."""
        self._ticked.set()
        self._wake.set()

    def nudge(self) -> None:
        """Asks for a look at what was hinted at."""
        self._wake.set()

    def leave(self) -> None:
        """Records in flight are finished, then `work` returns."""
        self._watch.health.beat(Phase.STOPPING)
        self._pairing.stop.set()
        self._wake.set()

    def require_fitting(self, spec: MappingSpec) -> None:
        """`Misconfigured` where another mapping does not fit what both sides last showed."""
        if lists := self._shelf.lists:
            check_mapping(spec, lists)

    def work(self) -> None:
        """Turns until told to leave: the first at once, then one a tick, and what is hinted at between."""
        self._ticked.set()
        while not self._pairing.stop.is_set():
            if self._ticked.is_set():
                self._ticked.clear()
                self.turn()
            else:
                self.follow_hints()
            if self._pace.once:
                return
            self._wake.wait()
            self._wake.clear()
        self.go_off_duty()

    def turn(self) -> Turn | None:
        """What one tick does; None when it was let pass."""
        if not self._backoff.lets_pass():
            self._watch.health.beat(Phase.BACKING_OFF)
            return None
        self._company.hints.take()  # whatever it was, a whole cycle sees it
        turn = self._take_turn(lambda: self._cycle(CYCLE, Scope(self._planner.due())))
        if turn.outcome is Outcome.DONE:
            self._do_chores()
        return turn

    def follow_hints(self) -> Turn | None:
        """A cycle about the records that were hinted at; None when there is nothing to do, or no use now."""
        self._pairing.stop.wait(self._pace.gather_s)  # one action of a user raises several events
        if self._backoff.is_on or not (named := self._company.hints.take()):
            return None
        only = named if all(named.values()) else {}
        return self._take_turn(lambda: self._cycle(HINTED, Scope(Reach.OPEN, only)))

    def _take_turn(self, cycle: Callable[[], Turn]) -> Turn:
        self._watch.health.beat(Phase.WORKING)
        turn = self._attempt(cycle)
        if turn.outcome in _PATIENT:
            self._backoff.succeed()
        else:
            self._backoff.fail()
        self._watch.health.note(turn)
        self._watch.health.beat(Phase.BACKING_OFF if self._backoff.is_on else Phase.IDLE)
        self._watch.on_turn(turn)
        return turn

    def _attempt(self, cycle: Callable[[], Turn]) -> Turn:
        try:
            if not self._pace.once:
                self._duty.take()
            return self._rest() or cycle()
        except Misconfigured as error:
            self._shelf.drop()
            return self._out_of_order(Topic.MAPPING, Outcome.MISCONFIGURED, str(error))
        except LeaseHeld as error:
            return self._out_of_order(Topic.LEASE, Outcome.LEASE_HELD, str(error))
        except StateTrouble as error:
            return self._out_of_order(Topic.STATE, Outcome.STATE_DOWN, str(error))
        except Exception as error:  # noqa: BLE001  the run loop: a fault in one cycle must not end the service
            self._log.exception("cycle.crashed")
            self._shelf.drop()
            return self._turn(Outcome.CRASHED, f"{type(error).__name__}: a fault of opsync, see the log")

    def _rest(self) -> Turn | None:
        """Neither reads nor writes while everything is paused, or in a blackout."""
        blackouts, pause = self._company.blackouts, paused_all(self._pairing)
        window = blackouts.covers(self._pairing.clock()) if blackouts else None
        if pause is None and window is None:
            self._watch.outages.end(Topic.REST)
            return None
        why = tell(pause) if pause else f"blackout {window.text if window else ''}"
        return self._out_of_order(Topic.REST, Outcome.RESTING, why)

    def go_off_duty(self) -> None:
        """Who stands by need not wait."""
        try:
            self._duty.give_back()
        except StateTrouble as error:
            self._log.warning("duty.kept", error=str(error))

    def _do_chores(self) -> None:
        for chore in self._company.chores:
            try:
                chore()
            except OpsyncError as error:
                self._log.warning("chore.failed", error=str(error))

    def _cycle(self, kind: str, scope: Scope) -> Turn:
        if self._company.hints.take_lists():
            self._shelf.drop()
        if not self._shelf.is_fresh():
            troubles = self._ask_sides()
            if troubles:
                return self._turn(Outcome.SIDE_DOWN, "; ".join(troubles))
            check_mapping(self._pairing.spec, self._shelf.lists)
        run_id = new_run_id()
        with bound_contextvars(run_id=run_id):
            report = run(self._pairing, kind, scope, lists=self._shelf.lists, run_id=run_id)
            self._watch.outages.end(Topic.STATE, Topic.LEASE, Topic.MAPPING)
            return self._settle(report, scope)

    def _ask_sides(self) -> list[str]:
        """Fetches the lists afresh, and notes which side answers and which does not."""
        troubles = self._shelf.fetch()
        for side in Side:
            if side in troubles:
                self._watch.outages.begin(Topic.of(side), troubles[side])
            else:
                self._watch.outages.end(Topic.of(side))
        return list(troubles.values())

    def _settle(self, report: Report, scope: Scope) -> Turn:
        outcome = Outcome(report.outcome)
        self._tell(report, outcome, scope)
        if outcome is Outcome.HELD:
            self._watch.outages.begin(Topic.BRAKE, report.error)
        elif outcome is Outcome.DONE:
            self._note_done(report, scope)
        elif outcome is Outcome.FAILED and not self._pairing.stop.is_set():
            self._ask_sides()
        return self._turn(outcome, report.error, report)

    def _note_done(self, report: Report, scope: Scope) -> None:
        """What a run about a few records does not show is not over because it ended well."""
        self._watch.outages.end(*_SIDES)
        if scope.only:
            return
        self._watch.outages.end(Topic.BRAKE)
        self._tell_notes(report.notes)
        self._note_unmapped(report)
        self._planner.remember(scope.reach, report.started_at)

    def _note_unmapped(self, report: Report) -> None:
        """More links that wait for a mapping may mean that somebody added a stage or a user: look afresh."""
        unmapped = sum(report.states.get(state, 0) for state in _UNMAPPED)
        if unmapped > self._unmapped:
            self._shelf.drop()
        self._unmapped = unmapped

    def _tell(self, report: Report, outcome: Outcome, scope: Scope) -> None:
        """The one line of a cycle; what holds a run is warned of once, by its outage."""
        write = self._log.info if outcome in _PATIENT | {Outcome.HELD} else self._log.warning
        counts = {name.replace(" ", "_"): count for name, count in sorted(report.writes.items())}
        states = {str(state): count for state, count in report.states.items() if count}
        write(
            "cycle.finished",
            kind=report.kind,
            reach=str(scope.reach),
            seconds=round(report.seconds, 3),
            outcome=str(outcome),
            **counts,
            links=states,
            retrying=report.retrying,
            needs_a_person=report.needs_a_person,
            **({"error": report.error} if report.error else {}),
        )

    def _tell_notes(self, notes: tuple[str, ...]) -> None:
        """What an operator should know of the mapping; only what was not said before."""
        for note in notes:
            if note not in self._notes:
                self._log.warning("mapping.noted", note=note)
        self._notes = notes

    def _out_of_order(self, topic: Topic, outcome: Outcome, error: str) -> Turn:
        self._watch.outages.begin(topic, error)
        return self._turn(outcome, error)

    def _turn(self, outcome: Outcome, error: str, report: Report | None = None) -> Turn:
        return Turn(outcome, self._pairing.clock(), report.seconds if report else 0.0, error, report)

    def _note_progress(self, what: str, done: int, total: int | None) -> None:
        """Keeps heart and duty in a long cycle, and leaves it early while it only reads."""
        self._watch.health.beat()
        if not self._pace.once:
            self._duty.check()
        self._progress(what, done, total)
        if what != "applied" and self._pairing.stop.is_set():
            raise Stopped("stopped while reading; nothing was written")
