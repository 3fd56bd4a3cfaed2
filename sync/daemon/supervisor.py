"""Owns the work: one thread, one cycle at a time, patience with what is out of order; it knows no vendor."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace

import structlog
from structlog.contextvars import bound_contextvars

from sync.daemon import fullness
from sync.daemon.backoff import BackOff
from sync.daemon.health import Health, Phase
from sync.daemon.outages import Outages, Topic
from sync.daemon.shelf import Shelf
from sync.daemon.turn import Outcome, Turn
from sync.domain.link import LinkState
from sync.domain.model import Side
from sync.engine.draft import check_mapping
from sync.engine.pairing import Pairing
from sync.engine.run import Report, new_run_id, run
from sync.errors import LeaseHeld, Misconfigured, OpsyncError, StateTrouble, Stopped

KIND = "cycle"
_SIDES = tuple(Topic.of(side) for side in Side)
_PATIENT = frozenset({Outcome.DONE, Outcome.STOPPED, Outcome.LEASE_HELD})
"""Outcomes after which the next tick is as good as any."""
_UNMAPPED = frozenset({LinkState.PARKED, LinkState.EXCLUDED})


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds between two ticks, and between two cycles that read everything; `once`: a single turn."""

    interval_s: float = 60.0
    full_every_s: float = 86_400.0
    once: bool = False


@dataclass(frozen=True, slots=True)
class Watch:
    """Those who want to know; `on_turn` is called by the worker after every turn and must not raise."""

    health: Health
    outages: Outages
    on_turn: Callable[[Turn], None]


class Supervisor:
    """`tick` and `leave` may be called from any thread; everything else belongs to the thread in `work`."""

    def __init__(self, pairing: Pairing, pace: Pace, watch: Watch) -> None:
        self._pairing = replace(pairing, progress=self._note_progress)
        self._progress = pairing.progress
        self._pace = pace
        self._watch = watch
        self._shelf = Shelf(self._pairing)
        self._backoff = BackOff(pace.interval_s)
        self._wake = threading.Event()
        self._unmapped = 0
        self._notes: tuple[str, ...] = ()
        self._log = structlog.get_logger()

    def tick(self) -> None:
        """Asks for a cycle; asked many times while one runs, it is still one more."""
        self._wake.set()

    def leave(self) -> None:
        """Records in flight are finished, then `work` returns."""
        self._watch.health.beat(Phase.STOPPING)
        self._pairing.stop.set()
        self._wake.set()

    def work(self) -> None:
        """Turns until told to leave: the first at once, then one a tick."""
        while not self._pairing.stop.is_set():
            self.turn()
            if self._pace.once:
                return
            self._wake.wait()
            self._wake.clear()

    def turn(self) -> Turn | None:
        """What one tick does; None when it was let pass."""
        if not self._backoff.lets_pass():
            self._watch.health.beat(Phase.BACKING_OFF)
            return None
        self._watch.health.beat(Phase.WORKING)
        turn = self._attempt()
        if turn.outcome in _PATIENT:
            self._backoff.succeed()
        else:
            self._backoff.fail()
        self._watch.health.note(turn)
        self._watch.health.beat(Phase.BACKING_OFF if self._backoff.is_on else Phase.IDLE)
        self._watch.on_turn(turn)
        return turn

    def _attempt(self) -> Turn:
        try:
            return self._cycle()
        except Misconfigured as error:
            self._shelf.drop()
            return self._out_of_order(Topic.MAPPING, Outcome.MISCONFIGURED, error)
        except LeaseHeld as error:
            return self._out_of_order(Topic.LEASE, Outcome.LEASE_HELD, error)
        except StateTrouble as error:
            return self._out_of_order(Topic.STATE, Outcome.STATE_DOWN, error)
        except Exception as error:  # noqa: BLE001  the run loop: a fault in one cycle must not end the service
            self._log.exception("cycle.crashed")
            self._shelf.drop()
            return self._turn(Outcome.CRASHED, f"{type(error).__name__}: a fault of opsync, see the log")

    def _cycle(self) -> Turn:
        full = fullness.is_due(self._pairing, self._pace.full_every_s)
        if not self._shelf.is_fresh():
            troubles = self._ask_sides()
            if troubles:
                return self._turn(Outcome.SIDE_DOWN, "; ".join(troubles))
            check_mapping(self._pairing.spec, self._shelf.lists)
        run_id = new_run_id()
        with bound_contextvars(run_id=run_id):
            report = run(self._pairing, KIND, full=full, lists=self._shelf.lists, run_id=run_id)
            self._watch.outages.end(Topic.STATE, Topic.LEASE, Topic.MAPPING)
            return self._settle(report, full=full)

    def _ask_sides(self) -> list[str]:
        """Fetches the lists afresh, and notes which side answers and which does not."""
        troubles = self._shelf.fetch()
        for side in Side:
            if side in troubles:
                self._watch.outages.begin(Topic.of(side), troubles[side])
            else:
                self._watch.outages.end(Topic.of(side))
        return list(troubles.values())

    def _settle(self, report: Report, *, full: bool) -> Turn:
        outcome = Outcome(report.outcome)
        self._tell(report, outcome, full=full)
        if outcome is Outcome.HELD:
            self._watch.outages.begin(Topic.BRAKE, report.error)
        elif outcome is Outcome.DONE:
            self._watch.outages.end(*_SIDES, Topic.BRAKE)
            self._tell_notes(report.notes)
            self._note_unmapped(report)
            if full:
                fullness.remember(self._pairing, report.started_at)
        elif outcome is Outcome.FAILED and not self._pairing.stop.is_set():
            self._ask_sides()
        return self._turn(outcome, report.error, report)

    def _note_unmapped(self, report: Report) -> None:
        """More links that wait for a mapping may mean that somebody added a stage or a user: look afresh."""
        unmapped = sum(report.states.get(state, 0) for state in _UNMAPPED)
        if unmapped > self._unmapped:
            self._shelf.drop()
        self._unmapped = unmapped

    def _tell(self, report: Report, outcome: Outcome, *, full: bool) -> None:
        """The one line of a cycle; what holds a run is warned of once, by its outage."""
        write = self._log.info if outcome in _PATIENT | {Outcome.HELD} else self._log.warning
        counts = {name.replace(" ", "_"): count for name, count in sorted(report.writes.items())}
        states = {str(state): count for state, count in report.states.items() if count}
        write(
            "cycle.finished",
            kind=report.kind,
            full=full,
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

    def _out_of_order(self, topic: Topic, outcome: Outcome, error: OpsyncError) -> Turn:
        self._watch.outages.begin(topic, str(error))
        return self._turn(outcome, str(error))

    def _turn(self, outcome: Outcome, error: str, report: Report | None = None) -> Turn:
        return Turn(outcome, self._pairing.clock(), report.seconds if report else 0.0, error, report)

    def _note_progress(self, what: str, done: int, total: int | None) -> None:
        """Keeps the heart beating in a long cycle, and leaves it early while it only reads."""
        self._watch.health.beat()
        self._progress(what, done, total)
        if what != "applied" and self._pairing.stop.is_set():
            raise Stopped("stopped while reading; nothing was written")
