"""How hard one side may be worked and is: budget, pace and one lane for each of its hosts; sends nothing."""

from dataclasses import dataclass
from datetime import datetime

from sync.crm.breaker import Caution, Clock
from sync.crm.budget import Budget, Ledger, Limits, forgetful_ledger
from sync.crm.lane import Lane
from sync.crm.meter import Meter


@dataclass(frozen=True, slots=True)
class Sample:
    """One side at one moment; a limit of 0 is none. `concurrency`: calls allowed at once, of the host that
    allows fewest."""

    today: int
    per_day: int
    this_minute: int
    per_minute: int
    concurrency: int


class Pressure:
    """Shared by all senders of one side. A log-in host and a tenant's host fail and slow down apart, so each
    has a lane of its own; the budget is one. Without a clock no day is counted."""

    def __init__(
        self,
        limits: Limits,
        clock: Clock | None = None,
        ledger: Ledger | None = None,
        caution: Caution | None = None,
    ) -> None:
        self._limits = limits
        self._clock = clock
        self._caution = caution or Caution()
        self._meter = Meter(limits.per_minute, limits.per_ten_seconds)
        self._budget = Budget(limits, clock, ledger or forgetful_ledger()) if clock else None
        self._lanes: list[Lane] = []

    def open_lane(self, most: int) -> Lane:
        """For one host, with at most so many calls at once."""
        lane = Lane(most, self._caution, self._clock)
        self._lanes.append(lane)
        return lane

    def wait_turn(self) -> None:
        """Returns when the pace allows one more call."""
        self._meter.wait_turn()

    def spend(self, *, write: bool) -> datetime | None:
        """Counts one call; or gives the instant from which on calls may be made again."""
        return self._budget.spend(write=write) if self._budget else None

    def save(self) -> None:
        """Calls not yet written down are."""
        if self._budget:
            self._budget.save()

    def sample(self) -> Sample:
        today, this_minute = self._budget.use() if self._budget else (0, 0)
        width = min((lane.width for lane in self._lanes), default=0)
        return Sample(today, self._limits.per_day, this_minute, self._limits.per_minute, width)
