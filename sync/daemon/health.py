"""What the daemon knows of itself: heart-beat, last cycles, outages; it watches and never acts."""

import threading
from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from sync.daemon.outages import HARMLESS, Outages
from sync.daemon.turn import Outcome, Turn
from sync.engine.pairing import Clock

Answer = tuple[bool, Mapping[str, object]]
"""Good or not, and what to tell; plain JSON values."""


_WELL = frozenset({Outcome.DONE, Outcome.RESTING, Outcome.LEASE_HELD})


class Phase(StrEnum):
    """What the worker is at."""

    STARTING = "starting"
    WORKING = "working"
    IDLE = "idle"
    BACKING_OFF = "backing_off"
    STOPPING = "stopping"


class Health:
    """Fed by the worker, read by the web; `silence_s` is how long the worker may go without a beat."""

    def __init__(self, clock: Clock, outages: Outages, silence_s: float) -> None:
        self._clock = clock
        self._outages = outages
        self._silence_s = silence_s
        self._lock = threading.Lock()
        self._started_at = self._beat_at = clock()
        self._phase = Phase.STARTING
        self._last: Turn | None = None
        self._last_good_at: datetime | None = None
        self._outcomes: Counter[Outcome] = Counter()

    def beat(self, phase: Phase | None = None) -> None:
        """The worker moved on; `phase` when it began something else. Once stopping, it stays so."""
        with self._lock:
            self._beat_at = self._clock()
            if phase is not None and self._phase is not Phase.STOPPING:
                self._phase = phase

    def note(self, turn: Turn) -> None:
        with self._lock:
            self._last = turn
            self._outcomes[turn.outcome] += 1
            if turn.outcome is Outcome.DONE:
                self._last_good_at = turn.report.started_at if turn.report else turn.at

    def lag_s(self) -> float:
        """Seconds since the last good cycle began, or since the start: what was edited before that is on both
        sides."""
        with self._lock:
            since = self._last_good_at or self._started_at
        return max(0.0, (self._clock() - since).total_seconds())

    def live(self) -> Answer:
        """Good while the worker's heart beats, be a CRM down or not."""
        with self._lock:
            age = (self._clock() - self._beat_at).total_seconds()
            told = self._told()
        return age <= self._silence_s, told | {"beat_age_s": round(max(age, 0.0), 1)}

    def ready(self) -> Answer:
        """Good while the last cycle went well, or may rest or stand by, and nothing is out of order."""
        outages = self._outages.current()
        with self._lock:
            well = self._last is not None and self._last.outcome in _WELL
            told = self._told()
        wrong = {
            str(topic): {"since": outage.since.isoformat(), "error": outage.error}
            for topic, outage in outages.items()
        }
        sound = well and not outages.keys() - HARMLESS
        return sound and self._phase is not Phase.STOPPING, told | {"outages": wrong}

    def _told(self) -> dict[str, object]:
        return {
            "state": str(self._phase),
            "last_cycle": _as_json(self._last),
            "last_good_at": self._last_good_at.isoformat() if self._last_good_at else None,
            "cycles": {str(outcome): count for outcome, count in self._outcomes.items()},
        }


def _as_json(turn: Turn | None) -> dict[str, object] | None:
    if turn is None:
        return None
    told: dict[str, object] = {
        "outcome": str(turn.outcome),
        "at": turn.at.isoformat(),
        "seconds": round(turn.seconds, 3),
        "error": turn.error,
    }
    if turn.report is not None:
        told |= {"run_id": turn.report.run_id, "needs_a_person": turn.report.needs_a_person}
    return told
