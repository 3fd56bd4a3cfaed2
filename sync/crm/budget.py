"""How many calls one side has had today and this minute, and whether it may have one more; sends nothing."""

import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from time import monotonic

from sync.errors import StateTrouble

Ledger = Callable[[datetime, int], int]
"""Adds calls made in the minute that begins at that instant; gives the total of its UTC day so far, calls of
other processes included. Adding 0 only asks. `StateTrouble` when it cannot be reached."""

SAVE_CALLS = 20
SAVE_S = 5.0
"""Calls are written down when so many are new, or after so many seconds: a crash forgets no more."""

_NEVER = datetime.min.replace(tzinfo=UTC)
_LEAST_RESERVE = 50


@dataclass(frozen=True, slots=True)
class Limits:
    """Calls of one side. 0 for `per_ten_seconds` and `per_day` means no such limit."""

    per_minute: int = 600
    per_ten_seconds: int = 0
    per_day: int = 0

    @property
    def reserve(self) -> int:
        """The end of a day's calls that only writes may use, so that a record in flight is finished: 2 %."""
        return min(max(self.per_day // 50, _LEAST_RESERVE), self.per_day // 2)


def forgetful_ledger() -> Ledger:
    """One that ends with the process."""
    totals: Counter[date] = Counter()

    def add(minute: datetime, calls: int) -> int:
        totals[minute.date()] += calls
        return totals[minute.date()]

    return add


class Budget:
    """Days and minutes are those of the calendar in UTC, so a clock that jumps finds the day it jumps to."""

    def __init__(
        self,
        limits: Limits,
        clock: Callable[[], datetime],
        ledger: Ledger,
        *,
        ticks: Callable[[], float] = monotonic,
    ) -> None:
        self._limits = limits
        self._clock = clock
        self._ledger = ledger
        self._ticks = ticks
        self._lock = threading.Lock()
        self._page = threading.RLock()
        """Held while the ledger is asked; taken before `_lock`, never inside it."""
        self._minute = _NEVER
        self._this_minute = 0
        self._known = 0
        self._unsaved = 0
        self._saved_at = ticks()

    def spend(self, *, write: bool) -> datetime | None:
        """Counts one call and gives None; or, when the day's are used up, the instant new ones begin."""
        minute = self._clock().astimezone(UTC).replace(second=0, microsecond=0)
        if minute != self._minute:
            self._turn_page(minute)
        with self._lock:
            if not self._has_room(write=write):
                return datetime.combine(minute.date() + timedelta(days=1), time.min, UTC)
            self._this_minute += 1
            self._unsaved += 1
            due = self._unsaved >= SAVE_CALLS or self._ticks() - self._saved_at >= SAVE_S
        if due:
            self.save()
        return None

    def save(self) -> None:
        """Writes new calls down; when that fails they are kept for the next time."""
        if not self._page.acquire(blocking=False):
            return  # another thread is at it
        try:
            self._save()
        finally:
            self._page.release()

    def use(self) -> tuple[int, int]:
        """Calls today, of all processes as far as known; calls of this process in this minute."""
        now = self._clock().astimezone(UTC)
        with self._lock:
            today = self._known + self._unsaved if now.date() == self._minute.date() else 0
            is_now = now.replace(second=0, microsecond=0) == self._minute
            return today, self._this_minute if is_now else 0

    def _has_room(self, *, write: bool) -> bool:
        if not self._limits.per_day:
            return True
        reserve = 0 if write else self._limits.reserve
        return self._known + self._unsaved < self._limits.per_day - reserve

    def _turn_page(self, minute: datetime) -> None:
        with self._page:
            if self._minute == minute:
                return  # another thread was first
            self._save()
            known = self._known if self._minute.date() == minute.date() else self._asked(minute)
            with self._lock:
                self._minute, self._this_minute, self._known = minute, 0, known

    def _save(self) -> None:
        """`_page` is held, so the minute stays."""
        calls, self._saved_at = self._unsaved, self._ticks()
        if not calls:
            return
        try:
            total = self._ledger(self._minute, calls)
        except StateTrouble:
            return
        with self._lock:
            self._unsaved -= calls
            self._known = total

    def _asked(self, minute: datetime) -> int:
        try:
            return self._ledger(minute, 0)
        except StateTrouble:
            return 0  # what is saved next brings the true total
