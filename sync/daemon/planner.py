"""How far the next cycle has to look, remembered in the state database across restarts; it starts nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sync.engine.pairing import Pairing
from sync.engine.reach import Reach
from sync.store import meta


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds between two ticks, and between two cycles of each greater reach; how long hints are gathered
    before they are followed; `once`: a single turn."""

    interval_s: float = 60.0
    changed_every_s: float = 900.0
    ids_every_s: float = 3600.0
    full_every_s: float = 21_600.0
    gather_s: float = 0.0
    once: bool = False

    @property
    def duty_s(self) -> float:
        """How long a daemon that shows no sign of life keeps those out that stand by."""
        return 3 * self.interval_s

    def every_s(self) -> Mapping[Reach, float]:
        return {
            Reach.ALL: self.full_every_s,
            Reach.IDS: self.ids_every_s,
            Reach.CHANGED: self.changed_every_s,
        }


class Planner:
    """Used by the worker alone."""

    def __init__(self, pairing: Pairing, pace: Pace) -> None:
        self._pairing = pairing
        self._pace = pace
        self._is_first = True

    def due(self) -> Reach:
        """The first cycle of a process looks beyond the open records: rules may be other ones now."""
        for reach, every_s in self._pace.every_s().items():
            if self._is_due(reach, every_s):
                return reach
        return Reach.CHANGED if self._is_first else Reach.OPEN

    def remember(self, reach: Reach, at: datetime) -> None:
        """That a cycle which began at `at` went well; it did for all smaller reaches too."""
        self._is_first = False
        if reach is Reach.OPEN:
            return
        done = list(self._pace.every_s())
        with self._pairing.database.begin() as connection:
            for smaller in done[done.index(reach) :]:
                meta.put(connection, _key(smaller), at.isoformat())

    def _is_due(self, reach: Reach, every_s: float) -> bool:
        """Due when never done, done too long ago, or done in the future (a clock was set back)."""
        with self._pairing.database.read() as connection:
            text = meta.get(connection, _key(reach))
        if text is None:
            return True
        age = self._pairing.clock() - datetime.fromisoformat(text)
        return not timedelta(0) <= age < timedelta(seconds=every_s)


def _key(reach: Reach) -> str:
    return f"daemon.{reach}_cycle_at"
